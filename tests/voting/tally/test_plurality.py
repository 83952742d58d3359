"""Most votes win: seats, groups, thresholds, quorum and ties that wait for a lot."""

from __future__ import annotations

from collections import Counter
from itertools import permutations
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.factories.bundles import budget_design, pick_design
from voting.ballots import BallotKind, picks_marks
from voting.tally import RULES, check_rule, count_box
from voting.tally.result import Box, Tie

if TYPE_CHECKING:
    from collections.abc import Sequence

    from voting.ballots import BallotDesign
    from voting.tally.result import TallyResult

DESIGN = pick_design()
SINGLE = pick_design(kind=BallotKind.SINGLE, max_picks=1)


def count(
    votes: dict[str, int],
    rule: dict[str, Any],
    lot: Sequence[str] | None = None,
    design: BallotDesign = SINGLE,
    roll: int = 100,
) -> TallyResult:
    """Count single-option ballots, so many for each option."""
    box = Box({(picks_marks([key]), "web"): number for key, number in votes.items()}, roll=roll)
    return count_box(design, {"name": "plurality", **rule}, box, lot)


def outcome(result: TallyResult) -> dict[str, tuple[bool | None, str]]:
    return {option.key: (option.won, option.reason) for option in result.options}


def test_most_votes_win_the_seats() -> None:
    result = count({"a": 3, "b": 9, "c": 5}, {"seats": 2})
    assert result.winners == ("b", "c")
    assert outcome(result) == {
        "a": (False, "fewer_votes"),
        "b": (True, "enough_votes"),
        "c": (True, "enough_votes"),
        "d": (False, "no_votes"),
    }
    assert [option.rank for option in result.options] == [3, 1, 2, 4]


def test_all_picks_of_a_ballot_count_and_channels_are_kept_apart() -> None:
    box = Box(
        {
            ('["a","b"]', "web"): 4,
            ('["b"]', "paper"): 2,
            ("[]", "paper"): 3,
            ('["c"]', "web"): 1,
        },
        roll=50,
        void={"paper": 2},
    )
    result = count_box(DESIGN, {"name": "plurality", "seats": 1}, box)
    assert {one.key: one.counts["votes"] for one in result.options} == {
        "a": 4,
        "b": 6,
        "c": 1,
        "d": 0,
    }
    assert (result.valid, result.blank, result.void, result.turnout) == (7, 3, 2, 12)
    paper, web = result.channels
    assert (paper.channel, paper.ballots, paper.blank, paper.void) == ("paper", 5, 3, 2)
    assert (web.channel, web.ballots, web.counts["b"]["votes"]) == ("web", 5, 4)


def test_tie_at_the_last_seat_is_named_and_not_broken() -> None:
    result = count({"a": 5, "b": 9, "c": 5, "d": 1}, {"seats": 2})
    assert result.winners == ("b",)
    assert not result.decided
    assert result.ties == (Tie(("a", "c"), 5, 1),)
    assert outcome(result)["a"] == outcome(result)["c"] == (None, "tie_undecided")
    assert outcome(result)["d"] == (False, "fewer_votes")
    assert result.tie_order is None


def test_lot_breaks_the_tie_and_is_kept() -> None:
    result = count({"a": 5, "b": 9, "c": 5}, {"seats": 2}, ["d", "c", "a", "b"])
    assert result.winners == ("b", "c")
    assert result.decided
    assert outcome(result)["a"] == (False, "lost_by_lot")
    assert outcome(result)["c"] == (True, "won_by_lot")
    assert result.tie_order == ("d", "c", "a", "b")


def test_lot_that_leaves_out_a_tied_option_breaks_nothing() -> None:
    result = count({"a": 5, "b": 9, "c": 5}, {"seats": 2}, ["c", "b"])
    assert (result.winners, result.decided, result.tie_order) == (("b",), False, None)


def test_lot_without_a_tie_is_not_mentioned() -> None:
    assert count({"a": 5, "b": 9}, {"seats": 1}, ["a", "b"]).tie_order is None


def test_equal_votes_that_all_win_or_all_lose_are_no_tie() -> None:
    result = count({"a": 5, "b": 5, "c": 2, "d": 2}, {"seats": 2})
    assert (result.winners, result.ties) == (("a", "b"), ())
    assert [option.rank for option in result.options] == [1, 1, 3, 3]


def test_option_without_a_vote_never_wins_even_if_seats_are_free() -> None:
    assert count({}, {"seats": 1}).winners == ()
    result = count({"a": 1}, {"seats": 2})
    assert (result.winners, result.ties) == (("a",), ())


def test_threshold_keeps_a_seat_empty() -> None:
    rule = {"seats": 2, "threshold": {"of": "valid", "share": "1/2", "strict": True}}
    result = count({"a": 6, "b": 5, "c": 1}, rule)
    assert result.winners == ()
    result = count({"a": 7, "b": 5, "c": 1}, rule)
    assert result.winners == ("a",)
    assert outcome(result)["b"] == (False, "below_threshold")
    assert {option.need for option in result.options} == {7}


def test_missed_quorum_leaves_no_winner_and_no_tie() -> None:
    rule = {"seats": 1, "quorum": {"of": "roll", "share": "1/4"}}
    result = count({"a": 12, "b": 12}, rule)
    assert (result.winners, result.ties, result.decided) == ((), (), True)
    assert set(outcome(result).values()) == {(False, "quorum_missed")}
    assert count({"a": 13, "b": 12}, rule).winners == ("a",)


def test_without_seats_options_are_only_ranked() -> None:
    result = count({"a": 5, "b": 9, "c": 5}, {"seats": None})
    assert (result.winners, result.ties) == ((), ())
    assert set(outcome(result).values()) == {(None, "ranked")}
    assert [option.rank for option in result.options] == [2, 1, 2, 4]
    missed = count({"a": 5}, {"seats": None, "quorum": {"of": "roll"}})
    assert set(outcome(missed).values()) == {(None, "quorum_missed")}


def test_seats_per_group_are_filled_apart() -> None:
    options = tuple(
        option.__class__(option.key, option.number, option.title, None, group)
        for option, group in zip(SINGLE.options, ("east", "west", "east", "west"), strict=True)
    )
    design = pick_design(kind=BallotKind.SINGLE, max_picks=1, options=options)
    rule = {"seats": 1, "per_group": True}
    result = count({"a": 5, "b": 2, "c": 4, "d": 2}, rule, design=design)
    assert result.winners == ("a",)
    assert [tie.options for tie in result.ties] == [("b", "d")]
    assert [option.rank for option in result.options] == [1, 1, 2, 1]
    drawn = count({"a": 5, "b": 2, "c": 4, "d": 2}, rule, ["d", "b"], design)
    assert drawn.winners == ("a", "d")


def test_ties_of_groups_stand_in_the_order_of_the_ballot() -> None:
    options = tuple(
        option.__class__(option.key, option.number, option.title, None, group)
        for option, group in zip(SINGLE.options, ("east", "west", "west", "east"), strict=True)
    )
    design = pick_design(kind=BallotKind.SINGLE, max_picks=1, options=options)
    result = count(dict.fromkeys("abcd", 2), {"seats": 1, "per_group": True}, design=design)
    assert [tie.options for tie in result.ties] == [("a", "d"), ("b", "c")]


def test_marks_that_the_ballot_does_not_allow_stop_the_count() -> None:
    with pytest.raises(ValueError, match="does not allow"):
        count_box(SINGLE, {"name": "plurality"}, Box({('["a","b"]', "web"): 1}, roll=9))
    with pytest.raises(ValueError, match="Not the marks"):
        count_box(SINGLE, {"name": "plurality"}, Box({('["z"]', "web"): 1}, roll=9))


votes_of = st.dictionaries(st.sampled_from("abcd"), st.integers(0, 6))


@settings(deadline=None)
@given(votes_of, st.integers(1, 4))
def test_every_lot_gives_winners_from_the_sure_and_the_tied(
    votes: dict[str, int], seats: int
) -> None:
    open_result = count(votes, {"seats": seats})
    possible = set(open_result.winners) | {key for tie in open_result.ties for key in tie.options}
    seen: set[str] = set()
    for lot in permutations("abcd"):
        result = count(votes, {"seats": seats}, lot)
        assert result.decided
        assert set(open_result.winners) <= set(result.winners) <= possible
        assert len(result.winners) == min(seats, sum(number > 0 for number in votes.values()))
        seen |= set(result.winners)
    assert seen == possible


@settings(deadline=None)
@given(votes_of, st.integers(1, 4), st.sampled_from("abcd"))
def test_one_more_ballot_for_a_winner_alone_never_makes_it_lose(
    votes: dict[str, int], seats: int, key: str
) -> None:
    if key in count(votes, {"seats": seats}).winners:
        more = {**votes, key: votes[key] + 1}
        assert key in count(more, {"seats": seats}).winners


@settings(deadline=None)
@given(st.lists(st.sampled_from(['["a"]', '["a","b"]', '["c","d"]', "[]"])), st.randoms())
def test_order_and_channel_of_ballots_do_not_change_the_result(
    ballots: list[str], chance: Any
) -> None:
    rule: dict[str, Any] = {"name": "plurality", "seats": 2}
    plain = count_box(DESIGN, rule, Box(Counter((one, "web") for one in ballots), roll=99))
    chance.shuffle(ballots)
    mixed = Counter((one, chance.choice(["web", "paper"])) for one in ballots)
    assert count_box(DESIGN, rule, Box(mixed, roll=99)).digest == plain.digest


@pytest.mark.parametrize(
    ("rule", "code", "form_field"),
    [
        ({"seats": 0}, "bad_seats", "seats"),
        ({"seats": 5}, "bad_seats", "seats"),
        ({"seats": True}, "bad_seats", "seats"),
        ({"seats": "2"}, "bad_seats", "seats"),
        ({"seats": 1, "per_group": True}, "no_group", "per_group"),
        ({"seats": 1, "per_group": "yes"}, "no_group", "per_group"),
        ({"seats": 1, "threshold": {"of": "moon"}}, "bad_bar", "threshold"),
        ({"seats": 1, "quorum": 5}, "bad_bar", "quorum"),
        ({"seats": 1, "places": 2}, "unknown_part", "rule"),
    ],
)
def test_rule_that_cannot_be_counted_is_named(
    rule: dict[str, Any], code: str, form_field: str
) -> None:
    problems = check_rule(DESIGN, {"name": "plurality", **rule})
    assert [(one.code, one.form_field) for one in problems] == [(code, form_field)]
    assert problems[0].message % problems[0].params


def test_unknown_rule_names_the_known_ones() -> None:
    problem = check_rule(DESIGN, {"name": "tombola"})[0]
    assert problem.code == "unknown_rule"
    assert problem.params == {"rule": "tombola", "known": ", ".join(sorted(RULES))}
    assert check_rule(DESIGN, {})[0].code == "unknown_rule"


@pytest.mark.parametrize("name", sorted(RULES))
def test_rule_counts_only_its_kinds_of_ballot(name: str) -> None:
    designs = [
        SINGLE,
        DESIGN,
        budget_design({"lamp": 5}, 1),
        pick_design(kind=BallotKind.YES_NO, max_picks=4, min_picks=0),
        pick_design(kind=BallotKind.RANK, max_picks=4),
        pick_design(kind=BallotKind.SCORE, max_picks=4, score_max=5),
        pick_design(kind=BallotKind.POINTS, max_picks=4, points=10),
    ]
    seats = {"seats": 1} if RULES[name].seated else {}
    for design in designs:
        codes = [one.code for one in check_rule(design, {"name": name, **seats})]
        assert codes == ([] if design.kind in RULES[name].kinds else ["rule_kind"])
