"""Reasons, rules and ties of a count in the reader's language, with figures as money and votes."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from django.utils import translation

from budgets.methods.outcome import FIGURES, Decision, Fate
from budgets.selectors.words import level_words, reason_of, text_of, tie_words


def told(fate: Fate, figures: dict[str, Any], language: str = "ko", currency: str = "KRW") -> str:
    decision = Decision("01", fate, **{"score": 20, "cost": 39_600_000, **figures})
    with translation.override(language):
        return reason_of(decision.as_data(), currency)


@pytest.mark.parametrize(
    ("fate", "figures", "words"),
    [
        (
            Fate.FUNDED,
            {"left": 60_000_000, "position": 3},
            "3번째로 선정되었습니다. 남은 예산 2,040만 원.",
        ),
        (
            Fate.DOES_NOT_FIT,
            {"left": 19_600_000},
            "남은 예산 1,960만 원으로는 3,960만 원 사업을 할 수 없었습니다.",
        ),
        (Fate.BELOW_THRESHOLD, {"threshold": 30}, "30표"),
        (Fate.CONTESTED, {"left": 39_600_000}, "20표"),
    ],
)
def test_a_reason_names_its_figures_in_korean(
    fate: Fate, figures: dict[str, int], words: str
) -> None:
    assert words in told(fate, figures)


@pytest.mark.parametrize("fate", list(Fate))
@pytest.mark.parametrize("language", ["ko", "en"])
def test_every_fate_has_a_reason_in_both_languages(fate: Fate, language: str) -> None:
    figures = {**dict.fromkeys(FIGURES, 30), "rival": "02", "limit": "환경"}
    said = told(fate, figures, language)
    assert said
    assert "%" not in said


def test_parts_of_a_whole_in_another_currency_are_written_with_its_code() -> None:
    said = told(Fate.DOES_NOT_FIT, {"left": Fraction(5, 2), "cost": 1200}, currency="PLN")
    assert "2.50 PLN" in said
    assert "1,200 PLN" in said


def tie(**columns: Any) -> dict[str, Any]:
    return {
        "score": 12,
        "projects": ["01", "02"],
        "mattered": True,
        "decided_by": [],
        "contested": [],
        **columns,
    }


TITLES = {"01": "공부방", "02": "음수대"}


def tie_told(rule: str = "greedy", tie_rule: str = "lower_lot", **columns: Any) -> str:
    with translation.override("ko"):
        return tie_words(tie(**columns), TITLES, rule, tie_rule)


def test_a_tie_is_told_by_what_decided_it() -> None:
    assert tie_told(mattered=False) == ""
    assert tie_told(decided_by=["lower_cost"]) == (
        "“공부방”, “음수대” 사업이 각각 12표를 받았습니다. 사업비가 적은 사업을 먼저 골랐습니다."
    )
    assert "공개 추첨으로 순서를" in tie_told(decided_by=["lot"])
    both = tie_told("equal_shares", decided_by=["more_votes", "lot"])
    assert "표를 더 많이 받은 사업을 먼저" in both
    assert "사업비" not in both
    assert both.endswith("그래도 같은 사업은 공개 추첨으로 순서를 정했습니다.")


@pytest.mark.parametrize("rule", ["greedy", "equal_shares"])
@pytest.mark.parametrize("tie_rule", ["lot", "lower_lot", "report", "lower_cost"])
def test_an_open_tie_names_a_lot_only_where_one_is_drawn(rule: str, tie_rule: str) -> None:
    said = tie_told(rule, tie_rule, contested=["01", "02"])
    if tie_rule in {"lot", "lower_lot"}:
        assert said.endswith("“공부방”, “음수대” 사업은 공개 추첨으로 정합니다.")
    else:
        assert said.endswith("“공부방”, “음수대” 사업은 추첨하지 않고 의결 기구가 정합니다.")


def test_what_is_funded_however_a_tie_is_broken_tells_what_all_ways_have_in_common() -> None:
    price = {"price": 12_000, "support": 4}
    assert told(Fate.FUNDED_IN_EVERY_ORDER, {}) == "동점을 어떻게 정하더라도 선정됩니다."
    paid = told(Fate.FUNDED_IN_EVERY_ORDER, price)
    assert "한 사람이 많아야 12,000원" in paid
    level = {"decisions": [{"fate": "funded_in_every_order"}], "undecided": []}
    with translation.override("ko"):
        assert "추첨하지 않습니다" in level_words(level)
        assert level_words({**level, "undecided": ["01"]}) == ""
        assert level_words({**level, "decisions": [{"fate": "funded"}]}) == ""


def test_money_of_purses_is_told_in_whole_won() -> None:
    with translation.override("ko"):
        assert text_of(Fraction(1_399_200_000, 7), "KRW") == "199,885,714원"
        assert text_of(Fraction(5, 2), "PLN") == "2.50 PLN"
