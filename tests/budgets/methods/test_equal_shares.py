"""Equal shares by example: figures that can be followed by hand, and what is promised of them."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import combinations
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from budgets.methods.constraints import Constraints
from budgets.methods.equal_shares import (
    Completion,
    EqualSharesOptions,
    StepOf,
    Utility,
    allocate_equal_shares,
    completion,
    exploring,
)
from budgets.methods.outcome import Fate, Outcome
from budgets.methods.profile import Ballots, Candidate, Profile
from tests.budgets.methods.equal_shares.test_counting import Case, cases, profile_of

if TYPE_CHECKING:
    from collections.abc import Sequence

ALONE = EqualSharesOptions(completion=Completion.NONE)
ADD1 = EqualSharesOptions(step=1, step_of=StepOf.MONEY)


def votes(*ballots: str) -> list[dict[str, int]]:
    return [dict.fromkeys(ballot, 1) for ballot in ballots]


def told(outcome: Outcome, key: str) -> dict[str, Any]:
    [decision] = [one.as_data() for one in outcome.decisions if one.key == key]
    return decision


PARK = profile_of(120, {"a": 80, "b": 30, "c": 40}, votes("a", "a", "a", "ab", "b", "bc"))


def test_a_run_by_hand() -> None:
    """Six voters have 20 each: four of them pay 80 for a, then b has 40 left for its 30."""
    outcome = allocate_equal_shares(PARK, ALONE)
    assert outcome.winners == ("a", "b")
    assert told(outcome, "a") == {
        "project": "a",
        "fate": "funded",
        "score": 4,
        "cost": 80,
        "left": 120,
        "position": 1,
        "support": 4,
        "price": 20,
        "money": 80,
    }
    assert (told(outcome, "b")["support"], told(outcome, "b")["price"]) == (2, 15)
    assert told(outcome, "c") == {
        "project": "c",
        "fate": "support_spent",
        "score": 1,
        "cost": 40,
        "money": 5,
        "more": 2,
    }
    assert outcome.as_data()["shares"] == {
        "first": 20,
        "share": 20,
        "runs": 1,
        "stopped": "only_run",
    }


def test_who_cannot_pay_the_price_gives_all() -> None:
    """The voter with 5 left gives 5, the other one the rest: as if 30 / 20 had paid."""
    profile = profile_of(80, {"a": 60, "b": 25}, votes("ab", "a", "a", "b"))
    outcome = allocate_equal_shares(profile, replace(ALONE, utility=Utility.COST))
    assert outcome.winners == ("a",)
    again = allocate_equal_shares(replace(profile, budget=100), ALONE)
    assert again.winners == ("a", "b")
    assert told(again, "b")["price"] == 20
    assert told(again, "b")["support"] == "1.25"
    assert told(again, "b")["money"] == 30


@pytest.mark.parametrize(
    ("utility", "first", "price", "support"),
    [(Utility.COST, "a", 10, 4), (Utility.CARDINALITY, "b", 5, 2), (Utility.POINTS, "c", 2, 9)],
)
def test_the_utility_says_who_comes_first(
    utility: Utility, first: str, price: int, support: int
) -> None:
    """By cost the most supporters, by 1 the lowest price for each, by points for each point."""
    ballots: list[dict[str, int]] = [{"a": 1}] * 4 + [{"b": 1}, {"b": 1}, {"c": 4}, {"c": 5}]
    outcome = allocate_equal_shares(
        profile_of(96, {"a": 40, "b": 10, "c": 18}, ballots), replace(ALONE, utility=utility)
    )
    assert outcome.winners[0] == first
    assert (told(outcome, first)["price"], told(outcome, first)["support"]) == (price, support)


@pytest.mark.parametrize(
    ("how", "winners", "stopped", "share"),
    [
        (Completion.NONE, ("a",), "only_run", 25),
        (Completion.ADD1_EXHAUSTIVE, ("a", "b"), "exhaustive", 35),
        (Completion.ADD1_OVERSPEND, ("a", "b"), "overspent", 59),
    ],
)
def test_the_completions_by_hand(
    how: Completion, winners: tuple[str, ...], stopped: str, share: int
) -> None:
    profile = profile_of(100, {"a": 60, "b": 35, "c": 40}, votes("a", "a", "ac", "b"))
    outcome = allocate_equal_shares(profile, replace(ADD1, completion=how))
    assert outcome.shares is not None
    assert outcome.winners == winners
    assert (outcome.shares.stopped, outcome.shares.share) == (stopped, share)


def test_a_count_ends_when_nothing_is_left_to_fund() -> None:
    profile = profile_of(100, {"a": 60, "b": 90}, votes("a", "", "", ""))
    outcome = allocate_equal_shares(profile, ADD1)
    assert outcome.winners == ("a",)
    assert outcome.shares is not None
    assert (outcome.shares.stopped, outcome.shares.runs) == ("nothing_left", 36)


def test_a_count_ends_at_the_limit_of_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(completion, "MOST_RUNS", 7)
    profile = profile_of(100, {"a": 60}, votes("a", "", "", ""))
    outcome = allocate_equal_shares(profile, ADD1)
    assert outcome.shares is not None
    assert (outcome.shares.stopped, outcome.shares.runs, outcome.shares.share) == ("limit", 7, 31)


def test_what_is_left_may_be_spent_by_votes() -> None:
    outcome = allocate_equal_shares(
        profile_of(100, {"a": 60, "b": 35, "c": 45, "d": 5}, votes("a", "a", "ac", "bc")),
        replace(ALONE, then_greedy=True),
    )
    assert outcome.winners == ("a", "b", "d")
    assert told(outcome, "b")["fate"] == "funded_from_rest"
    assert (told(outcome, "b")["position"], told(outcome, "b")["left"]) == (2, 40)
    assert told(outcome, "c")["fate"] == "support_spent"
    assert told(outcome, "c")["left"] == 40
    assert outcome.cost == 100


def test_greedy_is_taken_if_more_voters_have_more_from_it() -> None:
    ballots = votes("ab", "ab", "ab", "c", "d")
    profile = profile_of(100, {"a": 49, "b": 51, "c": 20, "d": 20}, ballots)
    cheap_first = replace(ALONE, tie_orders=("lower_cost",))
    shared = allocate_equal_shares(profile, cheap_first)
    assert set(shared.winners) == {"a", "c", "d"}
    compared = allocate_equal_shares(profile, replace(cheap_first, comparison=True))
    assert compared.winners == ("a", "b")
    assert compared.as_data()["comparison"] == {
        "equal_shares": 2,
        "greedy": 3,
        "chosen": "greedy",
    }
    assert compared.shares == shared.shares
    assert [tie.mattered for tie in compared.ties] == [False, False, True]


def test_blank_ballots_have_a_share_and_nobody_at_all_has_none() -> None:
    outcome = allocate_equal_shares(profile_of(100, {"a": 50}, votes("a", "")), ALONE)
    assert outcome.winners == ("a",)
    nobody = allocate_equal_shares(profile_of(100, {"a": 50}, []), ADD1)
    assert nobody.winners == ()
    assert "more" not in told(nobody, "a")
    assert told(nobody, "a")["money"] == 0


def test_without_money_only_what_costs_nothing_is_funded() -> None:
    profile = profile_of(0, {"a": 50, "b": 0, "c": 0}, votes("ab", "b"))
    outcome = allocate_equal_shares(profile, EqualSharesOptions())
    assert outcome.winners == ("b",)
    assert (told(outcome, "b")["support"], told(outcome, "b")["price"]) == (2, 0)
    assert told(outcome, "c")["fate"] == "support_spent"


def test_conditions_keep_projects_out() -> None:
    constraints = Constraints(exclusions=(("a", "b"),), threshold_percent=30)
    outcome = allocate_equal_shares(PARK, replace(ALONE, constraints=constraints))
    assert outcome.winners == ("a",)
    assert (told(outcome, "b")["fate"], told(outcome, "b")["rival"]) == ("excluded", "a")
    assert (told(outcome, "c")["fate"], told(outcome, "c")["needed"]) == ("too_few_supporters", 2)
    few = replace(ALONE, constraints=Constraints(min_turnout=7))
    assert {one.fate for one in allocate_equal_shares(PARK, few).decisions} == {Fate.TOO_FEW_VOTERS}


@pytest.mark.parametrize(
    ("profile", "lot", "why"),
    [
        (replace(PARK, ballots=None), [], "needs the ballots"),
        (PARK, ["a", "a"], "twice"),
        (PARK, ["q"], "does not compete"),
    ],
)
def test_a_count_that_cannot_be_is_refused(profile: Profile, lot: Sequence[str], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        allocate_equal_shares(profile, ALONE, lot)


@pytest.mark.parametrize("step", [0, -1, Fraction(-1, 2)])
def test_a_step_that_leads_nowhere_is_refused(step: int | Fraction) -> None:
    with pytest.raises(ValueError, match="more than 0"):
        EqualSharesOptions(step=step)


# --- Ties ---

RIVALS = profile_of(30, {"a": 20, "b": 20, "c": 10}, votes("ab", "ab", "c"))


def test_a_tie_that_matters_is_left_undecided_and_its_certain_winners_are_named() -> None:
    outcome = allocate_equal_shares(RIVALS, ALONE)
    assert outcome.winners == ("c",)
    assert outcome.contested == ("a", "b")
    [tie] = outcome.ties
    assert tie.as_data() == {
        "round": 1,
        "run": 1,
        "score": 2,
        "projects": ["a", "b"],
        "mattered": True,
        "decided_by": [],
        "always": [],
        "contested": ["a", "b"],
        "exact": True,
    }
    assert {one.key: one.fate for one in outcome.decisions} == {
        "a": Fate.CONTESTED,
        "b": Fate.CONTESTED,
        "c": Fate.FUNDED_IN_EVERY_ORDER,
    }


def test_a_lot_or_a_named_order_decides_it_and_is_told() -> None:
    drawn = allocate_equal_shares(RIVALS, ALONE, ["b", "c", "a"])
    assert drawn.winners == ("b", "c")
    assert drawn.ties[0].decided_by == ("lot",)
    cheaper = replace(RIVALS, candidates=(*RIVALS.candidates[1:], Candidate("a", 20, 2, votes=3)))
    voted = replace(ALONE, tie_orders=("lower_cost", "more_votes"))
    outcome = allocate_equal_shares(cheaper, voted)
    assert outcome.winners == ("a", "c")
    assert outcome.ties[0].decided_by == ("more_votes",)


def test_a_tie_that_all_survive_does_not_matter() -> None:
    outcome = allocate_equal_shares(replace(RIVALS, budget=60), ALONE)
    assert set(outcome.winners) == {"a", "b", "c"}
    [tie] = outcome.ties
    assert not tie.mattered
    assert tie.decided_by == ()


def fates(outcome: Outcome) -> dict[str, tuple[str, object]]:
    """What became of each project and at which price, or with how much money left."""
    decisions = [one.as_data() for one in outcome.decisions]
    return {
        str(one["project"]): (str(one["fate"]), one.get("price", one.get("money")))
        for one in decisions
    }


def test_a_level_tie_that_comes_to_the_same_leaves_nothing_open() -> None:
    """Three voters have 5/3 each; whoever comes second costs its own voter more."""
    outcome = allocate_equal_shares(profile_of(5, {"a": 2, "b": 2}, votes("a", "b", "ab")), ALONE)
    assert (outcome.winners, outcome.cost, outcome.undecided) == (("a", "b"), 4, False)
    assert fates(outcome) == dict.fromkeys("ab", ("funded_in_every_order", None))
    assert [tie.as_data() for tie in outcome.ties] == [
        {
            "round": 1,
            "score": 2,
            "projects": ["a", "b"],
            "mattered": False,
            "decided_by": [],
            "always": [],
            "contested": [],
            "exact": True,
        }
    ]
    assert outcome.shares is not None
    assert (outcome.shares.share, outcome.shares.runs) == (Fraction(5, 3), 1)


def test_after_a_level_tie_only_what_all_ways_have_in_common_is_told() -> None:
    costs = {"a": 3, "b": 4, "c": 3, "d": 3}
    profile = profile_of(12, costs, votes("ab", "cd", "abcd", "abd"))
    cheaper = replace(ALONE, tie_orders=("lower_cost",))
    assert fates(allocate_equal_shares(profile, cheaper)) == {
        "a": ("funded_in_every_order", 1),
        "b": ("funded_in_every_order", 2),
        "c": ("support_spent", 2),
        "d": ("funded_in_every_order", 1),
    }
    before = profile_of(10, {"a": 2, "b": 2, "c": 6}, votes("ab", "abc", "bc"))
    outcome = allocate_equal_shares(before, replace(ADD1, completion=Completion.ADD1_EXHAUSTIVE))
    first, *rest = outcome.decisions
    assert (first.key, first.fate, first.position, first.money) == ("b", Fate.FUNDED, 1, 13)
    assert {one.fate for one in rest} == {Fate.FUNDED_IN_EVERY_ORDER}
    assert {(one.position, one.price, one.left) for one in rest} == {(None, None, None)}
    assert outcome.shares is not None
    assert outcome.shares.stopped == "exhaustive"


def test_ways_that_fund_the_same_in_several_runs_share_no_run() -> None:
    profile = profile_of(7, {"a": 2, "b": 4}, votes("ab", "b", "a", "ab"))
    outcome = allocate_equal_shares(profile, replace(ADD1, completion=Completion.ADD1_EXHAUSTIVE))
    assert outcome.shares is None
    assert [(tie.run, tie.mattered) for tie in outcome.ties] == [(1, False), (2, False)]
    assert not outcome.undecided
    assert set(outcome.winners) == {"a", "b"}


def test_an_order_that_narrowed_a_level_tie_is_told_where_it_mattered() -> None:
    profile = profile_of(5, {"a": 2, "b": 6, "c": 2, "d": 4}, votes("acd", "acd"))
    outcome = allocate_equal_shares(profile, replace(ALONE, tie_orders=("lower_cost",)))
    [tie] = outcome.ties
    assert (tie.members, tie.mattered, tie.decided_by) == (("a", "c", "d"), True, ("lower_cost",))
    assert not outcome.undecided
    assert fates(outcome)["d"] == ("support_spent", 1)


def test_different_results_may_come_to_the_same_with_what_is_left() -> None:
    profile = profile_of(10, {"a": 3, "b": 3}, votes("ab", ""))
    assert allocate_equal_shares(profile, ALONE).contested == ("a", "b")
    outcome = allocate_equal_shares(profile, replace(ALONE, then_greedy=True))
    assert fates(outcome) == dict.fromkeys("ab", ("funded_in_every_order", None))
    assert ([tie.mattered for tie in outcome.ties], outcome.shares) == ([False], None)
    assert outcome.cost == 6


def test_a_level_tie_does_not_matter_where_greedy_is_preferred_to_all_of_it() -> None:
    profile = profile_of(9, {"a": 2, "b": 6}, votes("ab", "", "ab", "ab"))
    assert allocate_equal_shares(profile, ALONE).contested == ("a", "b")
    outcome = allocate_equal_shares(profile, replace(ALONE, comparison=True))
    assert (set(outcome.winners), outcome.undecided) == ({"a", "b"}, False)
    assert ([tie.mattered for tie in outcome.ties], outcome.comparison) == ([False], None)
    same = profile_of(8, {"a": 4, "b": 2}, votes("ab", "a", "b"))
    whole = allocate_equal_shares(same, replace(ALONE, then_greedy=True, comparison=True))
    assert whole.comparison is not None
    assert whole.comparison.as_data() == {"equal_shares": 0, "greedy": 0, "chosen": "equal_shares"}


def test_a_level_tie_that_decides_stays_open_with_every_completion() -> None:
    for options in (ALONE, ADD1, replace(ADD1, completion=Completion.ADD1_EXHAUSTIVE)):
        outcome = allocate_equal_shares(RIVALS, options)
        assert outcome.contested == ("a", "b")
        assert [tie.mattered for tie in outcome.ties] == [True]
        assert outcome.shares is None


def test_an_undecided_outcome_counts_all_that_may_follow() -> None:
    greedy = allocate_equal_shares(RIVALS, replace(ALONE, then_greedy=True))
    assert (greedy.winners, greedy.contested) == (("c",), ("a", "b"))
    compared = allocate_equal_shares(RIVALS, replace(ALONE, comparison=True))
    assert (compared.winners, compared.contested) == ((), ("a", "b", "c"))


def test_a_tie_of_the_greedy_side_leaves_a_comparison_open() -> None:
    profile = profile_of(30, {"a": 30, "b": 30, "c": 5}, votes("a", "b", "c"))
    outcome = allocate_equal_shares(profile, replace(ALONE, comparison=True))
    assert outcome.undecided
    assert outcome.contested == ("a", "b", "c")


def test_with_too_many_ways_nothing_is_claimed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exploring, "MOST_FORKS", 0)
    outcome = allocate_equal_shares(RIVALS, ALONE)
    assert outcome.winners == ()
    assert outcome.contested == ("a", "b")
    assert not outcome.ties[0].exact
    assert told(outcome, "c") == {
        "project": "c",
        "fate": "waiting",
        "score": 1,
        "cost": 10,
        "left": 30,
    }


def test_with_too_many_ways_a_decided_tie_counts_as_one_that_mattered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    profile = profile_of(40, {"a": 20, "b": 20, "c": 20, "d": 20}, votes("abcd", "abcd"))
    lot = ["d", "c", "b", "a"]
    ties = allocate_equal_shares(profile, ALONE, lot).ties
    assert [(tie.mattered, tie.exact) for tie in ties] == [(True, True), (True, True)]
    monkeypatch.setattr(exploring, "MOST_FORKS", 0)
    ties = allocate_equal_shares(profile, ALONE, lot).ties
    assert [(tie.mattered, tie.exact) for tie in ties] == [(True, False), (True, True)]


# --- Promises ---


@settings(deadline=None, max_examples=150)
@given(case=cases(), greedy=st.booleans(), compared=st.booleans(), data=st.data())
def test_the_order_of_projects_and_ballots_is_irrelevant(
    *,
    case: Case,
    greedy: bool,
    compared: bool,
    data: st.DataObject,
) -> None:
    profile, options, ballots = case
    options = replace(options, then_greedy=greedy, comparison=compared)
    shuffled = replace(
        profile,
        candidates=tuple(data.draw(st.permutations(profile.candidates))),
        ballots=Ballots.of((one.items(), 1) for one in data.draw(st.permutations(ballots))),
    )
    assert allocate_equal_shares(shuffled, options) == allocate_equal_shares(profile, options)


@settings(deadline=None, max_examples=150)
@given(
    case=cases(),
    greedy=st.booleans(),
    unit=st.fractions(Fraction(1, 50), 50, max_denominator=60),
)
def test_another_unit_of_money_changes_nothing(
    *,
    case: Case,
    greedy: bool,
    unit: Fraction,
) -> None:
    profile, options, _ = case
    options = replace(options, then_greedy=greedy, comparison=not greedy)
    scaled = replace(
        profile,
        budget=profile.budget * unit,
        candidates=tuple(replace(one, cost=one.cost * unit) for one in profile.candidates),
    )
    in_unit = replace(
        options,
        step=options.step * (unit if options.step_of is StepOf.MONEY else 1),
        constraints=replace(
            options.constraints,
            category_caps=tuple((k, cap * unit) for k, cap in options.constraints.category_caps),
        ),
    )
    before, after = (
        allocate_equal_shares(profile, options),
        allocate_equal_shares(scaled, in_unit),
    )
    assert (after.winners, after.contested) == (before.winners, before.contested)
    assert after.cost == before.cost * unit
    assert [tie.mattered for tie in after.ties] == [tie.mattered for tie in before.ties]


@settings(deadline=None, max_examples=150)
@given(case=cases(), greedy=st.booleans(), compared=st.booleans())
def test_winners_never_cost_more_than_the_budget_and_everyone_has_a_decision(
    *,
    case: Case,
    greedy: bool,
    compared: bool,
) -> None:
    profile, options, _ = case
    outcome = allocate_equal_shares(
        profile, replace(options, then_greedy=greedy, comparison=compared)
    )
    costs = {one.key: one.cost for one in profile.candidates}
    assert outcome.cost == sum(costs[key] for key in outcome.winners) <= profile.budget
    assert sorted(one.key for one in outcome.decisions) == sorted(costs)


@settings(deadline=None, max_examples=150)
@given(cases())
def test_a_group_that_deserves_projects_has_one_member_with_as_much(case: Case) -> None:
    """Extended justified representation, up to one project, for one run by cardinality.

    Voters who are enough to pay for a set of projects they all support: one of them supports as
    many funded ones, or would with one project more of the set.
    """
    profile, options, ballots = case
    plain = replace(
        options,
        utility=Utility.CARDINALITY,
        completion=Completion.NONE,
        constraints=Constraints(),
    )
    lot = [one.key for one in profile.candidates]
    winners = set(allocate_equal_shares(profile, plain, lot).winners)
    costs = {one.key: one.cost for one in profile.candidates}
    likes = [{key for key, points in ballot.items() if points > 0} for ballot in ballots]
    for size in range(1, len(costs) + 1):
        for wanted in combinations(costs, size):
            group = [mine for mine in likes if mine.issuperset(wanted)]
            deserved = len(group) * Fraction(profile.budget) / len(ballots)
            if group and sum(costs[key] for key in wanted) <= deserved:
                assert any(
                    len(mine & winners) + 1 >= size or winners.issuperset(wanted) for mine in group
                )


@settings(deadline=None, max_examples=150)
@given(cases())
def test_what_would_have_been_enough_is_enough(case: Case) -> None:
    """At the share that counted: a lower cost, or more supporters with the same share."""
    profile, options, ballots = case
    lot = sorted(one.key for one in profile.candidates)
    outcome = allocate_equal_shares(profile, options, lot)
    assert outcome.shares is not None
    alone = replace(options, completion=Completion.NONE, constraints=Constraints())
    share = Fraction(outcome.shares.share)
    if options.constraints != Constraints():
        return
    for decision in outcome.decisions:
        if decision.fate is not Fate.SUPPORT_SPENT or decision.money is None:
            continue
        assert decision.more is not None
        supporters = Ballots.of(
            [*((one.items(), 1) for one in ballots), ([(decision.key, 1)], decision.more)]
        )
        more = replace(profile, budget=share * supporters.count, ballots=supporters)
        assert decision.key in allocate_equal_shares(more, alone, lot).winners
        if decision.score and any(one.get(decision.key, 0) > 0 for one in ballots):
            cheap = tuple(
                replace(one, cost=decision.money) if one.key == decision.key else one
                for one in profile.candidates
            )
            less = replace(profile, budget=share * len(ballots), candidates=cheap)
            assert decision.key in allocate_equal_shares(less, alone, lot).winners
