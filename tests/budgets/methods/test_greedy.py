"""Greedy counting: each variant, each reason, and ties against every possible order."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain, combinations, groupby, permutations, product
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from budgets.methods import greedy
from budgets.methods.greedy import GreedyOptions, allocate_greedily, some_order_funds
from budgets.methods.outcome import Fate, Outcome
from budgets.methods.profile import Candidate, Profile
from voting import recount_money

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from random import Random

    from budgets.methods.exact import Exact

A, B, C = Candidate("a", 60, 9), Candidate("b", 50, 5), Candidate("c", 40, 3)
PROFILE = Profile(100, (C, A, B))


def fates(outcome: Outcome) -> dict[str, Fate]:
    return {decision.key: decision.fate for decision in outcome.decisions}


# --- The variants ---


def test_passing_over_funds_a_later_project_that_fits() -> None:
    outcome = allocate_greedily(PROFILE, GreedyOptions(skip=True))
    assert outcome.winners == ("a", "c")
    assert outcome.cost == 100
    assert fates(outcome)["b"] is Fate.DOES_NOT_FIT


def test_stopping_leaves_out_all_that_come_after_a_misfit() -> None:
    outcome = allocate_greedily(PROFILE, GreedyOptions(skip=False))
    assert outcome.winners == ("a",)
    assert fates(outcome) == {"a": Fate.FUNDED, "b": Fate.DOES_NOT_FIT, "c": Fate.AFTER_STOP}


def test_the_minimum_score_is_enough_and_less_is_not() -> None:
    assert allocate_greedily(PROFILE, GreedyOptions(threshold=9)).winners == ("a",)
    assert allocate_greedily(PROFILE, GreedyOptions(threshold=10)).winners == ()


def test_a_project_below_the_minimum_does_not_stop_the_count() -> None:
    profile = Profile(10, (Candidate("huge", 99, 1), Candidate("small", 5, 2)))
    outcome = allocate_greedily(profile, GreedyOptions(skip=False, threshold=2))
    assert outcome.winners == ("small",)


def test_a_withdrawn_project_is_passed_over_and_does_not_stop_the_count() -> None:
    profile = Profile(10, (Candidate("gone", 99, 7, withdrawn=True), Candidate("small", 5, 2)))
    outcome = allocate_greedily(profile, GreedyOptions(skip=False))
    assert outcome.winners == ("small",)
    assert fates(outcome)["gone"] is Fate.WITHDRAWN


def test_a_project_of_exactly_the_money_left_is_funded() -> None:
    outcome = allocate_greedily(Profile(60, (A, C)), GreedyOptions())
    assert outcome.winners == ("a",)
    assert outcome.left == 0


def test_nothing_to_count_gives_an_empty_result() -> None:
    outcome = allocate_greedily(Profile(60, ()), GreedyOptions())
    assert (outcome.winners, outcome.cost, outcome.ties) == ((), 0, ())


# --- Ties by example ---

TIED = Profile(100, (Candidate("x", 60, 5), Candidate("y", 70, 5), Candidate("z", 30, 5)))


def test_a_tie_that_all_survive_does_not_matter() -> None:
    outcome = allocate_greedily(Profile(160, TIED.candidates), GreedyOptions())
    assert not outcome.undecided
    assert [tie.mattered for tie in outcome.ties] == [False]
    assert set(outcome.winners) == {"x", "y", "z"}


def test_a_tie_that_matters_is_left_undecided_without_an_order() -> None:
    outcome = allocate_greedily(TIED, GreedyOptions())
    [tie] = outcome.ties
    assert tie.mattered
    assert tie.contested == ("x", "y")
    assert tie.always == outcome.winners == ("z",)


def test_a_named_order_decides_a_tie_and_is_named() -> None:
    outcome = allocate_greedily(TIED, GreedyOptions(tie_orders=("lower_cost",)))
    assert outcome.winners == ("z", "x")
    assert outcome.ties[0].decided_by == ("lower_cost",)


def test_a_lot_decides_a_tie_and_is_named() -> None:
    outcome = allocate_greedily(TIED, GreedyOptions(), tie_break=["y", "x", "z"])
    assert outcome.winners == ("y", "z")
    assert outcome.ties[0].decided_by == ("lot",)


def test_the_lot_comes_after_the_named_order() -> None:
    profile = Profile(50, (Candidate("x", 50, 5), Candidate("y", 50, 5), Candidate("z", 60, 5)))
    options = GreedyOptions(tie_orders=("lower_cost",))
    assert allocate_greedily(profile, options).contested == ("x", "y")
    drawn = allocate_greedily(profile, options, tie_break=["z", "y", "x"])
    assert drawn.winners == ("y",)
    assert drawn.ties[0].decided_by == ("lower_cost", "lot")


def test_a_lot_that_names_only_some_of_a_tie_decides_nothing() -> None:
    outcome = allocate_greedily(TIED, GreedyOptions(), tie_break=["x", "y"])
    assert outcome.contested == ("x", "y")


def test_a_lot_among_others_changes_nothing_where_no_tie_is() -> None:
    outcome = allocate_greedily(PROFILE, GreedyOptions(), tie_break=["c", "b", "a"])
    assert outcome == allocate_greedily(PROFILE, GreedyOptions())


@pytest.mark.parametrize(("lot", "why"), [(["x", "x"], "twice"), (["q"], "does not compete")])
def test_a_lot_that_makes_no_sense_is_refused(lot: list[str], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        allocate_greedily(TIED, GreedyOptions(), tie_break=lot)


def test_an_unknown_tie_order_is_refused() -> None:
    with pytest.raises(ValueError, match="Unknown tie order 'oldest'"):
        GreedyOptions(tie_orders=("oldest",))


def test_stopping_undecided_says_that_later_projects_are_out_in_any_case() -> None:
    profile = Profile(100, (*TIED.candidates, Candidate("later", 1, 4)))
    outcome = allocate_greedily(profile, GreedyOptions(skip=False))
    assert outcome.contested == ("x", "y", "z")
    assert fates(outcome)["later"] is Fate.AFTER_STOP


def test_with_too_many_sums_the_answer_is_sound_and_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    members = tuple(Candidate(f"p{n:02}", 2**n + 1000, 5) for n in range(12))
    free = Candidate("free", 0, 5)
    profile = Profile(6000, (*members, free))
    monkeypatch.setattr(greedy, "MAX_SUMS", 3)
    [tie] = allocate_greedily(profile, GreedyOptions()).ties
    assert not tie.exact
    assert tie.always == ("free",)
    assert len(tie.contested) == 12


def test_options_as_data_are_plain_values() -> None:
    options = GreedyOptions(skip=False, threshold=30, tie_orders=("lower_cost",))
    assert options.as_data() == {
        "rule": "greedy",
        "skip": False,
        "threshold": 30,
        "tie": ["lower_cost"],
    }


# --- Ties and promises against every order ---


@st.composite
def profiles(draw: st.DrawFn) -> Profile:
    costs = st.integers(0, 12)
    pairs = draw(st.lists(st.tuples(costs, st.integers(0, 3)), max_size=6))
    return Profile(
        draw(st.integers(0, 30)),
        tuple(Candidate(f"p{n}", cost, score) for n, (cost, score) in enumerate(pairs)),
    )


variants = st.builds(
    GreedyOptions,
    skip=st.booleans(),
    threshold=st.none() | st.integers(0, 3),
    tie_orders=st.just(()),
)
cheap_first = st.just(("lower_cost",))
all_variants = variants | st.builds(GreedyOptions, skip=st.booleans(), tie_orders=cheap_first)


def every_order(profile: Profile, options: GreedyOptions) -> Iterator[list[Candidate]]:
    """Each order that the options allow, written without any of the code under test."""
    least = options.threshold or 0
    eligible = [one for one in profile.candidates if one.score >= least]

    def level(one: Candidate) -> tuple[object, ...]:
        return (-one.score, one.cost) if options.tie_orders else (-one.score,)

    groups = [list(group) for _, group in groupby(sorted(eligible, key=level), key=level)]
    for orders in product(*(permutations(group) for group in groups)):
        yield list(chain.from_iterable(orders))


def fund_in(order: Iterable[Candidate], budget: Exact, *, skip: bool) -> frozenset[str]:
    funded = set()
    for one in order:
        if one.cost <= budget:
            budget -= one.cost
            funded.add(one.key)
        elif not skip:
            break
    return frozenset(funded)


def all_results(profile: Profile, options: GreedyOptions) -> set[frozenset[str]]:
    orders = every_order(profile, options)
    return {fund_in(order, profile.budget, skip=options.skip) for order in orders}


@settings(deadline=None, max_examples=300)
@given(profiles(), all_variants)
def test_undecided_means_that_some_orders_differ(profile: Profile, options: GreedyOptions) -> None:
    results = all_results(profile, options)
    outcome = allocate_greedily(profile, options)
    assert outcome.undecided == (len(results) > 1)
    if not outcome.undecided:
        assert results == {frozenset(outcome.winners)}


@settings(deadline=None, max_examples=300)
@given(profiles(), all_variants)
def test_certain_and_contested_are_exactly_so(profile: Profile, options: GreedyOptions) -> None:
    results = all_results(profile, options)
    outcome = allocate_greedily(profile, options)
    ever, always = frozenset().union(*results), frozenset.intersection(*results)
    assert set(outcome.winners) <= always
    for key, fate in fates(outcome).items():
        if fate is Fate.CONTESTED:
            assert key in ever - always
        elif fate in {Fate.FUNDED, Fate.FUNDED_IN_EVERY_ORDER}:
            assert key in always
        elif fate is not Fate.WAITING:
            assert key not in ever


@settings(deadline=None, max_examples=200)
@given(profiles(), variants)
def test_a_tie_matters_exactly_if_another_order_in_it_funds_others(
    profile: Profile, options: GreedyOptions
) -> None:
    lot = sorted(candidate.key for candidate in profile.candidates)
    outcome = allocate_greedily(profile, options, lot)
    assert not outcome.undecided
    for tie in outcome.ties:
        others = [key for key in lot if key not in tie.members]
        results = {
            frozenset(allocate_greedily(profile, options, [*order, *others]).winners)
            & frozenset(tie.members)
            for order in permutations(tie.members)
        }
        assert tie.mattered == (len(results) > 1)


@settings(deadline=None, max_examples=200)
@given(profiles(), all_variants, st.randoms(use_true_random=False))
def test_a_full_lot_gives_the_result_of_that_order(
    profile: Profile, options: GreedyOptions, random: Random
) -> None:
    lot = [candidate.key for candidate in profile.candidates]
    random.shuffle(lot)
    outcome = allocate_greedily(profile, options, lot)
    drawn = tuple(sorted(profile.candidates, key=lambda one: lot.index(one.key)))
    order = next(every_order(Profile(profile.budget, drawn), options))
    assert frozenset(outcome.winners) == fund_in(order, profile.budget, skip=options.skip)


@settings(deadline=None, max_examples=100)
@given(profiles(), variants)
def test_some_order_funds_tells_possible_results_from_others(
    profile: Profile, options: GreedyOptions
) -> None:
    results = all_results(profile, options)
    keys = [candidate.key for candidate in profile.candidates]
    for size in range(len(keys) + 1):
        for winners in combinations(keys, size):
            possible = frozenset(winners) in results
            assert some_order_funds(profile, options, winners) == possible


@settings(deadline=None)
@given(profiles(), all_variants, st.data())
def test_the_order_of_projects_is_irrelevant(
    profile: Profile, options: GreedyOptions, data: st.DataObject
) -> None:
    shuffled = Profile(profile.budget, tuple(data.draw(st.permutations(profile.candidates))))
    assert allocate_greedily(shuffled, options) == allocate_greedily(profile, options)


@settings(deadline=None)
@given(profiles(), all_variants)
def test_winners_never_cost_more_than_the_budget(profile: Profile, options: GreedyOptions) -> None:
    outcome = allocate_greedily(profile, options)
    costs = {candidate.key: candidate.cost for candidate in profile.candidates}
    assert outcome.cost == sum(costs[key] for key in outcome.winners) <= profile.budget
    assert sorted(fates(outcome)) == sorted(costs)


@settings(deadline=None, max_examples=200)
@given(profile=profiles(), options=all_variants, drawn=st.booleans())
def test_one_more_ballot_for_a_winner_alone_never_makes_it_lose(
    *, profile: Profile, options: GreedyOptions, drawn: bool
) -> None:
    lot = [candidate.key for candidate in profile.candidates] if drawn else []
    for winner in allocate_greedily(profile, options, lot).winners:
        raised = tuple(
            Candidate(one.key, one.cost, one.score + (one.key == winner))
            for one in profile.candidates
        )
        outcome = allocate_greedily(Profile(profile.budget, raised), options, lot)
        assert winner in outcome.winners


# --- The second engine ---


@settings(deadline=None, max_examples=300)
@given(
    profile=profiles(),
    options=all_variants,
    withdrawn=st.sets(st.sampled_from(["p0", "p1", "p2"])),
    drawn=st.booleans(),
)
def test_the_second_count_written_apart_gives_the_same_outcome(
    *, profile: Profile, options: GreedyOptions, withdrawn: set[str], drawn: bool
) -> None:
    gone = [candidate.key for candidate in profile.candidates if candidate.key in withdrawn]
    lot = sorted((candidate.key for candidate in profile.candidates), reverse=True) * drawn
    profile = Profile(
        profile.budget,
        tuple(replace(one, withdrawn=one.key in gone) for one in profile.candidates),
    )
    config = {
        "allocation": {**options.as_data(), "budget": profile.budget},
        "ballot": {"options": [{"key": one.key, "cost": one.cost} for one in profile.candidates]},
    }
    votes = {one.key: int(one.score) for one in profile.candidates}
    told = recount_money.allocate(config, votes, {}, lot, gone)
    assert told == allocate_greedily(profile, options, lot).as_data()
