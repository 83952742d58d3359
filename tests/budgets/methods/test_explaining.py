"""What would have been enough for a project that greedy left out."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from budgets.methods.constraints import Constraints
from budgets.methods.explaining import in_the_way, score_to_pass, votes_short
from budgets.methods.greedy import GreedyOptions, allocate_greedily
from budgets.methods.profile import Candidate, Profile
from tests.budgets.methods.test_greedy import profiles

if TYPE_CHECKING:
    from budgets.methods.exact import Exact

PROFILE = Profile(
    100,
    (
        Candidate("a", 50, 9),
        Candidate("b", 40, 7),
        Candidate("c", 30, 4),
        Candidate("d", 10, 3),
        Candidate("e", 120, 6),
        Candidate("f", 20, 1),
        Candidate("g", 5, 2, withdrawn=True),
    ),
)


@pytest.mark.parametrize(
    ("options", "short"),
    [
        (GreedyOptions(), {"a": None, "c": 4, "d": None, "e": None, "f": 7, "g": None}),
        (GreedyOptions(skip=False), {"a": None, "c": None, "d": 4, "e": None, "f": 7, "g": None}),
        (GreedyOptions(threshold=5), {"c": 4, "d": 2, "f": 7}),
        (GreedyOptions(constraints=Constraints(exclusions=(("a", "d"),))), {"d": 7}),
        (GreedyOptions(outside_percent=40), {"a": None, "c": 4, "d": None, "e": 2, "f": 3}),
    ],
)
def test_the_figure_by_example(options: GreedyOptions, short: dict[str, Exact | None]) -> None:
    profile = PROFILE
    if not options.skip:  # the dear project would stop the count before all others
        others = tuple(one for one in PROFILE.candidates if one.key != "c")
        profile = replace(PROFILE, candidates=others)
        short = {key: value for key, value in short.items() if key != "c"}
    outcome = allocate_greedily(profile, options)
    told = {key: votes_short(profile, options, outcome, key) for key in short}
    assert told == short


def test_what_bars_a_project_is_named_by_its_limit_or_its_rival() -> None:
    areas = {"a": "N", "b": "N", "c": "N", "d": "", "e": "S", "f": "N"}
    profile = replace(
        PROFILE,
        candidates=tuple(replace(one, area=areas.get(one.key, "")) for one in PROFILE.candidates),
    )
    limits = Constraints(exclusions=(("a", "d"),), area_caps=(("N", 95), ("S", 100)))
    outcome = allocate_greedily(profile, GreedyOptions(constraints=limits))
    assert outcome.winners == ("a", "b")
    told = in_the_way(profile, limits, outcome)
    assert told == {"c": ("a", "b"), "d": ("a",), "e": (), "f": ("a", "b")}


def test_an_undecided_outcome_has_no_figure() -> None:
    tied = Profile(10, (Candidate("a", 10, 3), Candidate("b", 10, 3), Candidate("c", 11, 1)))
    outcome = allocate_greedily(tied, GreedyOptions())
    assert votes_short(tied, GreedyOptions(), outcome, "c") is None


@settings(deadline=None, max_examples=300)
@given(
    profiles(),
    st.builds(
        GreedyOptions,
        skip=st.booleans(),
        threshold=st.none() | st.integers(0, 3),
        tie_orders=st.just(("lower_cost",)),
        outside_percent=st.none() | st.integers(1, 99),
    ),
)
def test_so_many_more_votes_would_have_been_enough(
    profile: Profile, options: GreedyOptions
) -> None:
    lot = [one.key for one in profile.candidates]
    outcome = allocate_greedily(profile, options, lot)
    for one in profile.candidates:
        short = votes_short(profile, options, outcome, one.key)
        if short is not None:
            assert one.key not in outcome.winners
            more = tuple(
                replace(other, score=other.score + short * (other is one))
                for other in profile.candidates
            )
            again = allocate_greedily(replace(profile, candidates=more), options, lot)
            assert one.key in again.winners
        elif one.key not in outcome.winners and options.pays(one.cost, profile.budget):
            pytest.fail("There always is a number of votes for what the budget can pay.")


@settings(deadline=None, max_examples=300)
@given(
    profiles(),
    st.builds(
        GreedyOptions,
        skip=st.booleans(),
        tie_orders=st.just(("lower_cost",)),
        outside_percent=st.none() | st.integers(1, 99),
    ),
)
def test_a_little_more_than_the_score_to_pass_is_enough_and_no_more_is_not(
    profile: Profile, options: GreedyOptions
) -> None:
    lot = [one.key for one in profile.candidates]
    outcome = allocate_greedily(profile, options, lot)

    def funds(key: str, score: Exact) -> bool:
        other = tuple(
            replace(one, score=score) if one.key == key else one for one in profile.candidates
        )
        return key in allocate_greedily(replace(profile, candidates=other), options, lot).winners

    for one in profile.candidates:
        bar = score_to_pass(profile, options, outcome, one.key)
        if bar is None:
            dear = not options.pays(one.cost, profile.budget)
            paid = dear or one.key in outcome.winners
            assert paid or one.withdrawn
            continue
        assert not funds(one.key, one.score)
        assert funds(one.key, bar + Fraction(1, 1000))
        assert bar == one.score or not funds(one.key, bar - Fraction(1, 1000))
