"""The rule of the money in words: every method, switch, condition and way out of a tie."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.utils import translation

from budgets.methods.constraints import Constraints
from budgets.methods.equal_shares import Completion, EqualSharesOptions, StepOf, Utility
from budgets.methods.greedy import GreedyOptions
from voting.words import money_sentences

if TYPE_CHECKING:
    from budgets.methods.rules import Options


def told(options: Options, tie_rule: str = "lower_lot", language: str = "ko") -> list[str]:
    with translation.override(language):
        said = money_sentences(options.as_data(), tie_rule)
    assert not any("%(" in one for one in said)
    return said


def test_by_votes_the_rule_is_told_as_it_was_frozen() -> None:
    assert "건너뛰고" in told(GreedyOptions())[1]
    stopping = told(GreedyOptions(skip=False, threshold=20, outside_percent=80))
    assert "선정을 마칩니다" in stopping[1]
    assert stopping[2].startswith("남은 돈이 사업비의 80% 이상이면")
    assert stopping[3] == "20표 이상 받은 사업만 선정합니다."


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (EqualSharesOptions(utility=Utility.COST), "가장 많은 주민이 낼 수 있는 사업"),
        (EqualSharesOptions(utility=Utility.CARDINALITY), "한 사람 부담이 가장 적은 사업"),
        (EqualSharesOptions(utility=Utility.POINTS), "1점에 드는 부담이 가장 적은 사업"),
        (EqualSharesOptions(), "첫 몫의 0.2%씩"),
        (EqualSharesOptions(step=500, step_of=StepOf.MONEY), "500원씩"),
        (EqualSharesOptions(completion=Completion.ADD1_EXHAUSTIVE), "더 선정할 수 있는 사업이"),
        (EqualSharesOptions(completion=Completion.NONE), "예산에 그대로 둡니다"),
        (EqualSharesOptions(then_greedy=True), "득표순으로 씁니다"),
        (EqualSharesOptions(comparison=True), "득표순 결과를 따릅니다"),
    ],
)
def test_equal_shares_name_utility_completion_and_step(
    options: EqualSharesOptions, words: str
) -> None:
    assert words in " ".join(told(options))


def test_every_condition_is_named() -> None:
    constraints = Constraints(
        threshold_percent=3,
        cost_multiple=2,
        min_turnout=100,
        min_turnout_percent=5,
        exclusions=(("01", "04"),),
        area_caps=(("느티동", 80_000_000),),
        category_caps=(("안전", 100_000_000),),
    )
    said = " ".join(told(GreedyOptions(constraints=constraints)))
    for words in (
        "투표자가 100명보다 적으면",
        "투표인명부의 5%보다 적게",
        "투표자의 3% 이상이",
        "예산의 2배",
        "하나만 선정합니다: 01, 04.",
        "느티동 사업에는 모두 8,000만 원까지",
        "안전 사업에는 모두 1억 원까지",
    ):
        assert words in said


CHEAPER = ("lower_cost",)
TIES: list[tuple[tuple[str, ...], str, str, str]] = [
    ((), "lot", "공개 추첨", "의결 기구"),
    ((), "report", "의결 기구", "추첨"),
    (CHEAPER, "lower_lot", "사업비가 적은 사업이 먼저", "의결 기구"),
    (CHEAPER, "lower_cost", "의결 기구", "추첨"),
    (("more_votes",), "lot", "표를 더 많이 받은 사업이 먼저", "사업비가 적은"),
    (("more_votes", "lower_cost"), "report", "그다음 사업비가 적은 사업", "추첨"),
    (("lower_cost", "more_votes"), "lot", "그다음 표를 더 많이 받은 사업", "의결 기구"),
]


@pytest.mark.parametrize(("orders", "tie_rule", "words", "never"), TIES)
@pytest.mark.parametrize("method", [GreedyOptions, EqualSharesOptions])
def test_a_tie_is_told_as_the_rule_ends_it(
    method: Any, orders: tuple[str, ...], tie_rule: str, words: str, never: str
) -> None:
    options = method(tie_orders=orders)
    ends = " ".join(told(options, tie_rule)[len(told(options, tie_rule)) - 1 - bool(orders) :])
    assert words in ends
    assert never not in ends
    assert ("lot" in told(options, tie_rule, "en")[-1]) == (tie_rule in {"lot", "lower_lot"})
