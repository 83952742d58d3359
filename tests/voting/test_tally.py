"""What holds for every rule, whatever is voted: order, ties, lots, and a second opinion."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.factories.bundles import pick_design
from tests.factories.rules import Case, cases
from voting.ballots import BallotDesign, BallotKind, design_from_config, ranking_marks, ranking_of
from voting.log import canonical
from voting.tally import RULES, check_rule, count_box
from voting.tally.result import Box, TallyResult

if TYPE_CHECKING:
    from collections.abc import Callable

NAMES = sorted(RULES)
KEYS = "abcd"
RANK = pick_design(KEYS, kind=BallotKind.RANK, max_picks=4)
PICK = pick_design(KEYS, max_picks=4)


def count(case: Case, design: BallotDesign | None = None, lot: Any = None) -> TallyResult:
    design = design or design_from_config(case.ballot)
    void = {"paper": case.void} if case.void else {}
    return count_box(design, case.rule, Box(case.box, case.roll, void, case.bodies), lot)


def renumbered(design: BallotDesign) -> BallotDesign:
    """The same ballot with its options in the opposite order."""
    options = [
        replace(option, number=1 + len(design.options) - option.number) for option in design.options
    ]
    return replace(design, options=tuple(options))


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_order_of_options_and_ballots_changes_nothing(name: str, data: st.DataObject) -> None:
    case = data.draw(cases(name))
    design = design_from_config(case.ballot)
    assert check_rule(design, case.rule) == []
    told = count(case, design, case.lot)
    mixed = replace(design, options=design.options[::-1])
    turned = replace(case, box=dict(reversed(case.box.items())))
    assert count(turned, mixed, case.lot).digest == told.digest


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_no_tie_is_broken_by_the_order_on_the_ballot(name: str, data: st.DataObject) -> None:
    case = data.draw(cases(name))
    design = design_from_config(case.ballot)
    one, other = count(case, design), count(case, renumbered(design))
    assert set(one.winners) == set(other.winners)
    assert one.decided == other.decided
    reasons = {option.key: option.reason for option in one.options}
    assert reasons == {option.key: option.reason for option in other.options}


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_lot_of_all_options_decides_everything_and_replays(name: str, data: st.DataObject) -> None:
    case = data.draw(cases(name))
    lot = data.draw(st.permutations(case.keys))
    told = count(case, lot=lot)
    assert told.decided
    assert told.tie_order in {None, tuple(lot)}
    assert count(case, lot=told.tie_order).digest == told.digest
    if told.tie_order is None:
        assert count(case).digest == told.digest


def by_part(name: str) -> st.SearchStrategy[Case]:
    """Contests of a rule in which parts give seats of their own."""
    return cases(name).filter(lambda case: "seats_by" in case.rule)


WAYS: dict[str, Callable[[], st.SearchStrategy[Case]]] = {
    **{name: partial(cases, name) for name in NAMES},
    **{f"{name} by part": partial(by_part, name) for name in ("plurality", "approval")},
}
"""Every rule, and those with seats by part apart, so that each of them is drawn often enough."""


@pytest.mark.parametrize("way", WAYS)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
@given(data=st.data())
def test_what_is_settled_without_a_lot_no_lot_changes(way: str, data: st.DataObject) -> None:
    case = data.draw(WAYS[way]())
    told = count(case)
    drawn = count(case, lot=data.draw(st.permutations(case.keys)))
    for option in told.options:
        if option.reason != "tie_undecided":
            assert drawn.option(option.key).won == option.won
    assert told.decided == (drawn.tie_order is None)


def renamed(value: Any, names: dict[str, str]) -> Any:
    """Marks with other keys, in the form in which they are kept."""
    if isinstance(value, dict):
        return {names[key]: one for key, one in value.items()}
    if all(isinstance(one, str) for one in value):
        return sorted(names[key] for key in value)
    return [renamed(place, names) for place in value]


@pytest.mark.parametrize("way", WAYS)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
@given(data=st.data())
def test_other_keys_give_the_same_result_under_other_keys(way: str, data: st.DataObject) -> None:
    """So no tie is broken by the letters of a key."""
    case = data.draw(WAYS[way]())
    names = dict(zip(case.keys, data.draw(st.permutations(case.keys)), strict=True))
    options = [{**one, "key": names[one["key"]]} for one in case.ballot["options"]]
    other = replace(
        case,
        ballot={**case.ballot, "options": options},
        box={
            (canonical(renamed(json.loads(marks), names)).decode(), channel): number
            for (marks, channel), number in case.box.items()
        },
        bodies={part: renamed(points, names) for part, points in case.bodies.items()},
        lot=None if case.lot is None else [names[key] for key in case.lot],
    )
    for lot in (None, case.lot):
        one = count(case, lot=lot)
        two = count(other, lot=lot and other.lot)
        fates = {option.key: (option.rank, option.won, option.reason) for option in one.options}
        assert {names[key]: fate for key, fate in fates.items()} == {
            option.key: (option.rank, option.won, option.reason) for option in two.options
        }
        assert one.decided == two.decided


@pytest.mark.parametrize("name", ["irv", "stv"])
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_no_vote_is_lost_or_made_in_a_round(name: str, data: st.DataObject) -> None:
    case = data.draw(cases(name))
    result = count(case, lot=case.lot)
    rounds: Any = result.to_json()["rounds"]
    for one in rounds:
        together = sum(Fraction(votes) for votes in one["votes"].values())
        assert together + Fraction(one["exhausted"]) == result.valid
    if name == "stv":
        assert len(result.winners) <= int(str(case.rule["seats"]))


def ranked() -> st.SearchStrategy[dict[str, int]]:
    """Strict rankings of four options with how many cast each."""
    ranking = st.lists(st.sampled_from(KEYS), unique=True, min_size=1, max_size=4)
    marks = ranking.map(lambda keys: str(ranking_marks(keys)))
    return st.dictionaries(marks, st.integers(1, 9), min_size=1, max_size=8)


def of_rankings(rule: dict[str, Any], ballots: dict[str, int]) -> TallyResult:
    box = Box({(marks, "web"): number for marks, number in ballots.items()}, roll=999)
    return count_box(RANK, rule, box)


@settings(deadline=None)
@given(ranked())
def test_who_beats_every_other_wins_by_schulze(ballots: dict[str, int]) -> None:
    for strength in ("winning", "margins"):
        result = of_rankings({"name": "schulze", "seats": 1, "strength": strength}, ballots)
        best = result.to_json()["condorcet"]
        assert best is None or result.winners == (best,)


@settings(deadline=None)
@given(ranked())
def test_first_choice_of_most_wins_by_instant_run_off(ballots: dict[str, int]) -> None:
    result = of_rankings({"name": "irv"}, ballots)
    for option in result.options:
        if 2 * option.counts["votes"] > result.valid:
            assert result.winners == (option.key,)


@settings(deadline=None)
@given(ranked(), st.sampled_from(["schulze", "borda"]), st.data())
def test_raising_the_winner_never_hurts(
    ballots: dict[str, int], name: str, data: st.DataObject
) -> None:
    rule: dict[str, Any] = {"name": name, "seats": 1}
    before = of_rankings(rule, ballots)
    if not before.winners:
        return
    winner = before.winners[0]
    marks = data.draw(st.sampled_from(sorted(ballots)))
    places = [place for place in ranking_of(marks) if place != [winner]]
    if len(places) == len(ranking_of(marks)):
        places = places[:3]
    better = str(ranking_marks([[winner], *places]))
    after = dict(ballots)
    after[marks] -= 1
    after[better] = after.get(better, 0) + 1
    if len(places) == len(ranking_of(marks)) - 1:  # only raised, nobody was left out
        assert of_rankings(rule, {m: n for m, n in after.items() if n}).winners == (winner,)


@settings(deadline=None)
@given(
    st.dictionaries(
        st.lists(st.sampled_from(KEYS), unique=True, min_size=1).map(
            lambda keys: '["' + '","'.join(sorted(keys)) + '"]'
        ),
        st.integers(1, 9),
        min_size=1,
        max_size=8,
    ),
    st.sampled_from(["plurality", "approval"]),
)
def test_one_more_ballot_for_the_winner_never_hurts(ballots: dict[str, int], name: str) -> None:
    def winners(ballots: dict[str, int]) -> tuple[str, ...]:
        box = Box({(marks, "web"): number for marks, number in ballots.items()}, roll=999)
        return count_box(PICK, {"name": name, "seats": 1}, box).winners

    for winner in winners(ballots):
        alone = f'["{winner}"]'
        assert winners({**ballots, alone: ballots.get(alone, 0) + 1}) == (winner,)


def test_two_thirds_of_299_is_200() -> None:
    for votes, wins in ((200, True), (199, False)):
        box = Box({('["a"]', "web"): votes, ('["b"]', "web"): 299 - votes}, roll=299)
        threshold = {"of": "valid", "share": "2/3"}
        rule: dict[str, Any] = {"name": "approval", "seats": 1, "threshold": threshold}
        assert bool(count_box(PICK, rule, box).winners) is wins
