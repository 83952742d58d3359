"""Equal shares against a second engine that follows the definition and nothing else."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from math import ceil
from typing import TYPE_CHECKING, Any

from hypothesis import given, settings
from hypothesis import strategies as st

from budgets.methods.constraints import Constraints
from budgets.methods.equal_shares import (
    Completion,
    EqualSharesOptions,
    StepOf,
    Utility,
    allocate_equal_shares,
)
from budgets.methods.exact import plain, rounded
from budgets.methods.outcome import Fate, Outcome
from budgets.methods.profile import Ballots, Candidate, Profile
from tests.budgets.methods.equal_shares import twin

if TYPE_CHECKING:
    from collections.abc import Sequence

KEYS = "abcde"
Case = tuple[Profile, EqualSharesOptions, list[dict[str, Any]]]


def profile_of(
    budget: int | Fraction, costs: dict[str, Any], ballots: Sequence[dict[str, Any]], **about: Any
) -> Profile:
    """A profile from plain values: each ballot is its projects with their points."""
    scores = {key: sum(1 for one in ballots if key in one) for key in costs}
    return Profile(
        budget,
        tuple(Candidate(key, cost, scores[key], **about) for key, cost in costs.items()),
        Ballots.of((one.items(), 1) for one in ballots),
    )


@st.composite
def cases(draw: st.DrawFn) -> Case:
    keys = KEYS[: draw(st.integers(1, 5))]
    alike = draw(st.booleans())  # so that there are many ties
    amounts = st.integers(0, 6) | st.sampled_from([Fraction(1, 2), Fraction(7, 3)])
    costs = {key: draw(st.sampled_from([2, 4]) if alike else amounts) for key in keys}
    points = st.integers(1, 3) | st.sampled_from([Fraction(1, 2), 0, -1])
    marks = st.dictionaries(
        st.sampled_from(keys), st.just(1) if alike else points, min_size=2 * alike * (len(keys) > 2)
    )
    ballots = draw(st.lists(marks, min_size=1 + 2 * alike, max_size=6))
    groups = st.lists(st.sampled_from(keys), min_size=2, max_size=3, unique=True).map(tuple)
    exclusions = draw(st.lists(groups, max_size=1)) if len(keys) > 1 else []
    caps = draw(st.lists(st.integers(0, 6), max_size=1))
    profile = profile_of(draw(st.integers(1, 12)), costs, ballots)
    in_pool = draw(st.sets(st.sampled_from(keys), min_size=1))
    profile = replace(
        profile,
        candidates=tuple(
            replace(one, categories=("pool",) if one.key in in_pool else ())
            for one in profile.candidates
        ),
    )
    options = EqualSharesOptions(
        utility=draw(st.sampled_from(Utility)),
        completion=draw(st.sampled_from(Completion)),
        step=draw(st.sampled_from([Fraction(1, 3), Fraction(1), Fraction(1, 5)])),
        step_of=draw(st.sampled_from(StepOf)),
        tie_orders=draw(st.sampled_from([(), ("lower_cost",), ("lower_cost", "more_votes")])),
        constraints=Constraints(
            exclusions=tuple(exclusions), category_caps=tuple(("pool", cap) for cap in caps)
        ),
    )
    return profile, options, ballots


def twin_of(case: Case, lot: Sequence[str]) -> twin.Answer:
    profile, options, ballots = case
    costs = {one.key: Fraction(one.cost) for one in profile.candidates}
    votes = {one.key: one.supporters for one in profile.candidates}
    first = Fraction(profile.budget, len(ballots))
    pool = {one.key for one in profile.candidates if one.categories}
    town = twin.Town(
        budget=Fraction(profile.budget),
        costs=costs,
        ballots=ballots,
        utility=options.utility.value,
        completion=options.completion.value,
        step=Fraction(options.step) * (first if options.step_of is StepOf.SHARE else 1),
        exclusions=[set(group) for group in options.constraints.exclusions],
        pools=[(pool, Fraction(cap)) for _, cap in options.constraints.category_caps],
    )

    def choose(core: list[str]) -> list[str]:
        ranks: dict[str, Any] = {
            "lower_cost": costs,
            "more_votes": {key: -votes[key] for key in votes},
        }
        for name in options.tie_orders:
            least = min(ranks[name][key] for key in core)
            core = [key for key in core if ranks[name][key] == least]
        if len(core) > 1 and set(core) <= set(lot):
            core = [min(core, key=list(lot).index)]
        return core

    return twin.count(town, choose)


@settings(deadline=None, max_examples=400)
@given(cases(), st.booleans(), st.randoms(use_true_random=False))
def test_the_twin_gives_the_same(case: Case, drawn: bool, random: Any) -> None:  # noqa: FBT001
    profile, options, _ballots = case
    lot = sorted(one.key for one in profile.candidates) * drawn
    random.shuffle(lot)
    outcome = allocate_equal_shares(profile, options, lot)
    answer = twin_of(case, lot)
    if answer.doubt is None:
        check_decided(outcome, answer, profile, options)
    elif len(answer.finals) == 1:
        check_level(outcome, answer, options)
    else:
        check_undecided(outcome, answer)


def check_decided(
    outcome: Outcome, answer: twin.Answer, profile: Profile, options: EqualSharesOptions
) -> None:
    assert outcome.winners == answer.run.funded
    assert outcome.shares is not None
    assert (outcome.shares.share, outcome.shares.runs) == (answer.share, answer.runs)
    assert outcome.shares.stopped == answer.stopped
    by_cost = options.utility is Utility.COST
    told = [
        (tie.round, tie.run, list(tie.members), tie.mattered, tie.score) for tie in outcome.ties
    ]
    assert told == [
        (
            tie.round,
            run,
            tie.members,
            tie.mattered,
            rounded(1 / tie.burden if by_cost else tie.burden),
        )
        for run, tie in answer.ties
    ]
    state = twin.start(answer.run.town, answer.share)
    for decision in outcome.decisions[: len(outcome.winners)]:
        price = state.price(decision.key)
        assert price is not None
        assert decision.money == rounded(state.held(decision.key))
        assert decision.price == rounded(price)
        state = state.fund(decision.key)
    for decision in outcome.decisions[len(outcome.winners) :]:
        if state.town.barred(decision.key, outcome.winners):
            assert decision.fate in {Fate.EXCLUDED, Fate.OVER_LIMIT}
        else:
            assert decision.fate is Fate.SUPPORT_SPENT
            money = state.held(decision.key)
            assert decision.money == rounded(money) <= decision.cost
            assert decision.more is not None
            more = (decision.cost - money) / answer.share
            assert decision.more == max(1, ceil(more))
    assert outcome.as_data()["cost"] == plain(outcome.cost)
    assert outcome.cost <= profile.budget


def check_level(outcome: Outcome, answer: twin.Answer, options: EqualSharesOptions) -> None:
    """All ways to break a tie fund the same: nothing is open, and only what is common is told."""
    [final] = answer.finals
    assert set(outcome.winners) == final
    assert not outcome.undecided
    several = len(answer.ends) > 1
    if several:
        assert outcome.shares is None
    else:
        [(share, stopped, _)] = answer.ends.values()
        assert outcome.shares is not None
        assert (outcome.shares.share, outcome.shares.runs) == (share, answer.runs)
        assert outcome.shares.stopped == stopped
    assert [
        (tie.run, tie.round, list(tie.members), tie.score, tie.mattered) for tie in outcome.ties
    ] == level_ties(answer, by_cost=options.utility is Utility.COST)
    ways = [
        (share, state)
        for share, _, some in answer.ends.values()
        for state, _ in some
        if set(state.funded) == final
    ]
    paid = [prices(state, share) for share, state in ways]
    for decision in outcome.decisions:
        if decision.fate is Fate.FUNDED:
            assert not several
            assert decision.position is not None
            for share, state in ways:
                here = twin.start(state.town, share)
                for key in state.funded[: decision.position - 1]:
                    here = here.fund(key)
                assert state.funded[decision.position - 1] == decision.key
                assert decision.money == rounded(here.held(decision.key))
                assert decision.price == rounded(here.price(decision.key) or Fraction(0))
        elif decision.key in final:
            assert decision.fate is Fate.FUNDED_IN_EVERY_ORDER
            found = {one[decision.key] for one in paid}
            assert decision.price == (rounded(found.pop()) if len(found) == 1 else None)
            assert (decision.left, decision.position, decision.money) == (None, None, None)
        elif decision.fate not in {Fate.EXCLUDED, Fate.OVER_LIMIT}:
            lacks = {
                (state.held(decision.key), max(1, ceil((decision.cost - held) / share)))
                for share, state in ways
                for held in [state.held(decision.key)]
            }
            money, more = lacks.pop() if len(lacks) == 1 else (None, None)
            assert decision.money == (None if money is None else rounded(money))
            assert decision.more == more
            lost = Fate.LOST_IN_EVERY_ORDER if money is None else Fate.SUPPORT_SPENT
            assert decision.fate is lost


def prices(state: twin.State, share: Fraction) -> dict[str, Fraction]:
    """What a run paid for each project."""
    here, found = twin.start(state.town, share), {}
    for key in state.funded:
        found[key] = here.price(key) or Fraction(0)
        here = here.fund(key)
    return found


def level_ties(answer: twin.Answer, *, by_cost: bool) -> list[tuple[Any, ...]]:
    """Every tie of every way of the runs that may count, and those that decided which may."""
    told: dict[tuple[Any, ...], bool] = {}
    for number, (_, _, ways) in sorted(answer.ends.items()):
        for tie in [tie for _, ties in ways for tie in ties]:
            score = rounded(1 / tie.burden if by_cost else tie.burden)
            place = number, tie.round, tuple(tie.members), score
            told[place] = told.get(place, False) or (tie.mattered and not tie.whole)
    several = len(answer.ends) > 1
    found: list[tuple[Any, ...]] = [
        (run if several else None, number, list(members), score, told[run, number, members, score])
        for run, number, members, score in sorted(told)
    ]
    return found + [
        (
            run,
            tie.round,
            tie.members,
            rounded(1 / tie.burden if by_cost else tie.burden),
            tie.mattered,
        )
        for run, tie in answer.turning
        if run not in answer.ends
    ]


def check_undecided(outcome: Outcome, answer: twin.Answer) -> None:
    assert answer.doubt is not None
    number, met = answer.doubt
    certain = frozenset.intersection(*answer.finals)
    contested = frozenset().union(*answer.finals) - certain
    [tie] = outcome.ties
    assert (tie.run, tie.round, list(tie.members)) == (number, met.round, met.members)
    assert set(outcome.winners) == certain
    assert outcome.contested == tuple(sorted(contested))
    assert tie.mattered
    assert outcome.undecided
