"""Yes or no, item by item, with exact majorities."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.factories.bundles import pick_design
from voting.ballots import BallotKind, answers_marks
from voting.tally import check_rule, count_box
from voting.tally.result import Box, OptionResult, TallyResult

DESIGN = pick_design(
    ("plan", "bus"), kind=BallotKind.YES_NO, min_picks=0, max_picks=2, abstain_allowed=True
)


def count(
    answers: dict[str, int],
    rule: dict[str, Any],
    *,
    blank: int = 0,
    void: int = 0,
    roll: int = 1000,
) -> TallyResult:
    """Count ballots that answer the first item only, so many for each answer."""
    ballots: dict[tuple[str, str], int] = {
        (answers_marks({"plan": answer}), "web"): number for answer, number in answers.items()
    }
    ballots["{}", "paper"] = blank
    box = Box(ballots, roll=roll, void={"paper": void} if void else {})
    return count_box(DESIGN, {"name": "yes_no", **rule}, box)


def plan(result: TallyResult) -> OptionResult:
    return result.option("plan")


def test_answers_are_counted_and_missing_ones_are_blank() -> None:
    box = Box(
        {
            ('{"bus":"no","plan":"yes"}', "web"): 4,
            ('{"plan":"abstain"}', "paper"): 2,
            ("{}", "paper"): 1,
        },
        roll=20,
        void={"paper": 1},
    )
    result = count_box(DESIGN, {"name": "yes_no"}, box)
    assert plan(result).counts == {"yes": 4, "no": 0, "abstain": 2, "blank": 1}
    assert result.option("bus").counts == {"yes": 0, "no": 4, "abstain": 0, "blank": 3}
    assert (result.valid, result.blank, result.void) == (6, 1, 1)
    assert result.winners == ("plan",)


def test_two_thirds_of_299_is_200() -> None:
    rule = {"majority": {"of": "valid", "share": "2/3"}}
    passed = count({"yes": 200, "no": 99}, rule)
    assert (plan(passed).need, plan(passed).won, plan(passed).reason) == (200, True, "enough_yes")
    failed = count({"yes": 199, "no": 100}, rule)
    assert (plan(failed).need, plan(failed).won, plan(failed).reason) == (
        200,
        False,
        "too_few_yes",
    )


@pytest.mark.parametrize(("yes", "no", "won"), [(5, 5, False), (6, 5, True), (0, 0, False)])
def test_more_than_half_is_asked_unless_said_otherwise(yes: int, no: int, *, won: bool) -> None:
    for rule in ({}, {"majority": None}):
        assert plan(count({"yes": yes, "no": no}, rule)).won is won


def test_exactly_half_is_enough_only_where_the_rule_says_so() -> None:
    assert plan(count({"yes": 5, "no": 5}, {"majority": {"of": "valid", "share": "1/2"}})).won


def test_majority_of_the_turnout_counts_blank_and_void_against() -> None:
    rule = {"majority": {"of": "turnout", "share": "1/2", "strict": True}}
    assert plan(count({"yes": 6, "no": 1}, rule, blank=2, void=2)).won
    failed = count({"yes": 6, "no": 1}, rule, blank=2, void=3)
    assert (plan(failed).need, plan(failed).won) == (7, False)


def test_abstentions_weigh_only_where_they_count() -> None:
    answers = {"yes": 6, "no": 5, "abstain": 2}
    assert plan(count(answers, {})).won
    counted = plan(count(answers, {"abstain_counts": True}))
    assert (counted.need, counted.won) == (7, False)


@pytest.mark.parametrize(
    ("quorum", "need"),
    [
        ({"of": "roll", "share": "1/100"}, 10),
        ({"of": "fixed", "number": 10}, 10),
        ({"of": "members", "number": 5, "share": "2/1"}, 10),
        ({"of": "turnout"}, 9),
    ],
)
def test_quorum_is_held_against_the_turnout(quorum: dict[str, Any], need: int) -> None:
    result = count({"yes": 7, "no": 1}, {"quorum": quorum}, void=1)
    assert result.quorum is not None
    assert (result.quorum.need, result.quorum.got) == (need, 9)
    assert plan(result).won is (need <= 9)
    if need > 9:
        assert {option.reason for option in result.options} == {"quorum_missed"}
        assert count({"yes": 7, "no": 1}, {"quorum": quorum}, void=2).winners == ("plan",)


@settings(deadline=None)
@given(st.integers(0, 50), st.integers(0, 50), st.integers(0, 50), st.integers(1, 9))
def test_majority_is_the_exact_inequality(yes: int, no: int, abstain: int, share: int) -> None:
    rule = {
        "majority": {"of": "valid", "share": f"{share}/9", "strict": True},
        "abstain_counts": True,
    }
    won = plan(count({"yes": yes, "no": no, "abstain": abstain}, rule)).won
    assert won is (9 * yes > share * (yes + no + abstain))


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        ({"majority": "1/2"}, "bad_bar"),
        ({"quorum": {"of": "roll", "share": "x"}}, "bad_bar"),
        ({"abstain_counts": 1}, "bad_abstain"),
        ({"seats": 1}, "unknown_part"),
    ],
)
def test_rule_that_cannot_be_counted_is_named(rule: dict[str, Any], code: str) -> None:
    assert [one.code for one in check_rule(DESIGN, {"name": "yes_no", **rule})] == [code]
