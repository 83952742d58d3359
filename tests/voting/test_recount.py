"""The second count against the first: the same words from code written apart."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from budgets.methods import rules
from budgets.methods.exact import plain
from tests.factories.bundles import Town, budget_design, pick_design, spend
from voting import recount, recount_money
from voting.ballots import BallotKind, answers_marks, picks_marks
from voting.log import canonical
from voting.tally import RULES, count_box
from voting.tally.result import Box

YES_NO = pick_design(
    ("plan", "bus"), kind=BallotKind.YES_NO, min_picks=0, max_picks=2, abstain_allowed=True
)


def bars(number: st.SearchStrategy[int]) -> st.SearchStrategy[Any]:
    shares = st.tuples(st.integers(0, 4), st.integers(1, 5)).map(lambda s: f"{s[0]}/{s[1]}")
    counted = st.fixed_dictionaries(
        {"of": st.sampled_from(["roll", "turnout", "valid"])},
        optional={"share": shares, "strict": st.booleans()},
    )
    numbered = st.fixed_dictionaries(
        {"of": st.sampled_from(["fixed", "members"]), "number": number},
        optional={"share": shares, "strict": st.booleans()},
    )
    return counted | numbered


def agree(town: Town, box: Box) -> None:
    """Both engines give the same bytes for a box."""
    result = count_box(town.design, town.rule, box, town.lot)
    patterns: Counter[str] = Counter()
    for (marks, _channel), number in box.ballots.items():
        patterns[marks] += number
    figures = {"roll": box.roll, "void": sum(box.void.values())}
    lot = None if town.lot is None else list(town.lot)
    told = recount.count(json.loads(town.config), patterns, figures, lot)
    assert canonical(told) == canonical(result.to_json())


def test_every_rule_is_counted_by_both_engines() -> None:
    assert set(RULES) == set(recount.RULES)
    assert {str(kind) for kind in BallotKind} == set(recount.KINDS)
    stored = {rules.RULES[name].options.as_data()["rule"] for name in rules.RULES}
    assert stored <= set(recount_money.ALLOCATIONS)


@pytest.mark.parametrize(
    "marks",
    ['["z"]', '["b","a"]', '["a","a"]', '["a","b","c"]', "{}x", '{"a":"yes"}', '"a"', "3"],
)
def test_marks_that_the_contest_does_not_allow_are_not_counted(marks: str) -> None:
    config = json.loads(Town(pick_design(), {"name": "plurality", "seats": 1}, web=[]).config)
    with pytest.raises(ValueError):  # noqa: PT011 - no text, or no ballot: neither is counted
        recount.count(config, {marks: 1}, {"roll": 9, "void": 0})


@pytest.mark.parametrize(
    "marks",
    ['["plan"]', '{"plan":"maybe"}', '{"plan":"yes","bus":"no"}', '{"road":"yes"}'],
)
def test_answers_that_the_contest_does_not_allow_are_not_counted(marks: str) -> None:
    config = json.loads(Town(YES_NO, {"name": "yes_no"}, web=[]).config)
    with pytest.raises(ValueError, match="does not allow"):
        recount.count(config, {marks: 1}, {"roll": 9, "void": 0})


def test_ballot_beyond_the_purse_is_not_counted() -> None:
    design = replace(budget_design({"lamp": 48, "bench": 62}), spend_limit=Fraction("109.5"))
    config = json.loads(Town(design, {"name": "projects"}, web=[]).config)
    figures = {"roll": 9, "void": 0}
    assert recount.count(config, {'["lamp"]': 2}, figures)["options"][0]["counts"] == {"votes": 2}
    with pytest.raises(ValueError, match="does not allow"):
        recount.count(config, {'["bench","lamp"]': 1}, figures)


@given(st.fractions())
def test_fractions_are_written_as_the_platform_writes_them(number: Fraction) -> None:
    assert recount_money.in_json([number]) == [plain(number)]


def test_money_that_is_no_whole_number_is_spent_alike() -> None:
    rule: dict[str, Any] = {
        "rule": "greedy",
        "skip": True,
        "threshold": None,
        "tie": [],
        "budget": "100.5",
    }
    design = budget_design({"lamp": 50, "bench": Fraction("25.25")})
    town = Town(design, {"name": "projects"}, ['["bench","lamp"]'], allocation=rule)
    exact: dict[str, Any] = {**rule, "budget": Fraction("100.5")}
    money = replace(town, allocation=exact)
    told = json.loads(canonical(spend(money)))["outcome"]
    votes = {"lamp": 1, "bench": 1}
    assert recount_money.allocate(json.loads(town.config), votes, {}, [], []) == told


@settings(deadline=None, max_examples=300)
@given(
    st.dictionaries(
        st.lists(st.sampled_from("abcd"), unique=True, max_size=2).map(picks_marks),
        st.integers(0, 5),
    ),
    st.fixed_dictionaries(
        {"seats": st.none() | st.integers(1, 4)},
        optional={
            "threshold": st.none() | bars(st.integers(1, 12)),
            "quorum": st.none() | bars(st.integers(1, 40)),
            "per_group": st.booleans(),
        },
    ),
    st.none() | st.permutations("abcd"),
    st.integers(0, 3),
)
def test_choices_are_counted_alike(
    ballots: dict[str, int], rule: dict[str, Any], lot: list[str] | None, void: int
) -> None:
    design = pick_design()
    design = replace(
        design,
        options=tuple(
            replace(option, group="east" if option.number % 3 else "west")
            for option in design.options
        ),
    )
    town = Town(design, {"name": "plurality", **rule}, web=[], lot=lot)
    box = Box({(marks, "web"): number for marks, number in ballots.items()}, 40, {"paper": void})
    agree(town, box)


@settings(deadline=None, max_examples=200)
@given(
    st.dictionaries(
        st.dictionaries(
            st.sampled_from(["plan", "bus"]), st.sampled_from(["yes", "no", "abstain"])
        ).map(answers_marks),
        st.integers(0, 9),
    ),
    st.fixed_dictionaries(
        {},
        optional={
            "majority": st.none() | bars(st.integers(1, 12)),
            "quorum": st.none() | bars(st.integers(1, 40)),
            "abstain_counts": st.booleans(),
        },
    ),
    st.integers(0, 3),
)
def test_answers_are_counted_alike(
    ballots: dict[str, int], rule: dict[str, Any], void: int
) -> None:
    town = Town(YES_NO, {"name": "yes_no", **rule}, web=[])
    box = Box({(marks, "web"): number for marks, number in ballots.items()}, 40, {"paper": void})
    agree(town, box)


@settings(deadline=None, max_examples=300)
@given(
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 4)), min_size=1, max_size=7),
    st.integers(0, 25),
    st.booleans(),
    st.none() | st.integers(0, 3),
    st.booleans(),
    st.none() | st.permutations(range(7)),
    st.booleans(),
)
def test_a_budget_is_spent_alike(
    projects: list[tuple[int, int]],
    budget: int,
    skip: bool,  # noqa: FBT001 - hypothesis fills in by position
    threshold: int | None,
    cheaper_first: bool,  # noqa: FBT001 - the same
    order: list[int] | None,
    gone: bool,  # noqa: FBT001 - the same
) -> None:
    keys = [f"p{number}" for number in range(len(projects))]
    design = budget_design({key: cost for key, (cost, _) in zip(keys, projects, strict=True)}, 7)
    web = [
        picks_marks([key])
        for key, (_, votes) in zip(keys, projects, strict=True)
        for _ in range(votes)
    ]
    allocation: dict[str, Any] = {
        "rule": "greedy",
        "skip": skip,
        "threshold": threshold,
        "tie": ["lower_cost"] * cheaper_first,
        "budget": budget,
    }
    lot = None if order is None else [f"p{number}" for number in order if number < len(keys)]
    town = Town(design, {"name": "projects"}, web, allocation=allocation, lot=lot)
    told = json.loads(canonical(spend(town, keys[:1] * gone)))
    votes = {key: score for key, (_, score) in zip(keys, projects, strict=True)}
    config, away = json.loads(town.config), told["withdrawn"]
    assert recount_money.allocate(config, votes, {}, lot or [], away) == told["outcome"]
