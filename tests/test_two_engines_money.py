"""The site's engine and the second one, written apart, spend made-up budgets to the same bytes."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from budgets.methods.profile import Ballots, Candidate, Profile
from budgets.methods.rules import OPTIONS, count, options_from_data
from budgets.pabulib import PabulibReading, profile_of, read_pabulib
from tests.test_two_engines import TWINS
from voting import recount_money
from voting.log import canonical

if TYPE_CHECKING:
    from collections.abc import Sequence

Plain = dict[str, Any]
FILES = sorted((Path(__file__).parent / "data" / "pabulib").glob("*.pb"))
IN_EVERY_ORDER = {"funded_in_every_order", "lost_in_every_order"}
MANY = settings(deadline=None, max_examples=2 * TWINS)


def second(profile: Profile, rule: Plain, lot: Sequence[str] | None) -> Plain:
    """Count a profile by the second engine, as a contest would be frozen."""
    options = [{"key": one.key, "cost": str(one.cost)} for one in profile.candidates]
    allocation = {
        **rule,
        "budget": str(profile.budget),
        "areas": {one.key: one.area for one in profile.candidates},
        "categories": {one.key: list(one.categories) for one in profile.candidates},
    }
    config = {"ballot": {"options": options}, "allocation": allocation}
    votes = {one.key: one.score for one in profile.candidates}
    gone = [one.key for one in profile.candidates if one.withdrawn]
    patterns: Plain = {}
    for marks, number in profile.ballots.groups if profile.ballots else ():
        patterns[json.dumps({key: int(points) for key, points in marks})] = number
    people = profile.electorate or 0
    return recount_money.allocate(config, votes, patterns, list(lot or []), gone, people)


def agree(profile: Profile, rule: Plain, lot: Sequence[str] | None) -> None:
    """Both engines give the same bytes."""
    ours: Any = count(profile, options_from_data(rule), lot).as_data()
    assert canonical(ours) == canonical(second(profile, rule, lot))


@st.composite
def profiles(draw: st.DrawFn) -> Profile:
    """Draw a few projects, of which several cost the same, and a few ballots."""
    keys = [f"p{number}" for number in range(draw(st.integers(1, 6)))]
    most = draw(st.sampled_from([1, 4]))
    marks = st.dictionaries(st.sampled_from(keys), st.integers(min(1, most - 1), most))
    ballots = draw(st.lists(st.tuples(marks, st.integers(1, 3)), max_size=6))
    candidates = tuple(
        Candidate(
            key,
            draw(st.sampled_from([0, 1, 2, 2, 3, 4, 4, 6])),
            sum(points.get(key, 0) * number for points, number in ballots),
            draw(st.sampled_from([False] * 9 + [True])),
            sum(number for points, number in ballots if key in points),
            draw(st.sampled_from("xy")),
            tuple(sorted(draw(st.sets(st.sampled_from(["art", "bus"]))))),
        )
        for key in keys
    )
    groups = Ballots.of((points.items(), number) for points, number in ballots)
    return Profile(draw(st.integers(0, 14)), candidates, groups, None, groups.count + 5)


@st.composite
def conditions(draw: st.DrawFn, profile: Profile) -> Plain:
    """Draw conditions that speak of this profile."""
    keys = [one.key for one in profile.candidates]
    found: Plain = {
        "threshold_percent": st.sampled_from([10, 30, 50]),
        "cost_multiple": st.sampled_from([1, 3]),
        "min_turnout": st.integers(1, 8),
        "min_turnout_percent": st.sampled_from([5, 20]),
    }
    if len(keys) > 1:
        rivals = st.sets(st.sampled_from(keys), min_size=2, max_size=3).map(sorted)
        found["exclusions"] = st.lists(rivals, min_size=1, max_size=2)
    if any("art" in one.categories for one in profile.candidates):
        found["category_caps"] = st.fixed_dictionaries({"art": st.integers(0, 8)})
    if any(one.area == "x" for one in profile.candidates):
        found["area_caps"] = st.fixed_dictionaries({"x": st.integers(0, 8)})
    names = draw(st.sets(st.sampled_from(sorted(found)), max_size=2))
    return {name: draw(found[name]) for name in sorted(names)}


@st.composite
def budgets(draw: st.DrawFn, name: str) -> tuple[Profile, Plain, list[str] | None]:
    """Draw a profile, a variant of a method, and perhaps a lot."""
    profile = draw(profiles())
    keys = [one.key for one in profile.candidates]
    rule: Plain = {
        "rule": name,
        "threshold": draw(st.sampled_from([None, None, 1, 2])),
        "tie": draw(
            st.sampled_from([[], ["lower_cost"], ["more_votes"], ["lower_cost", "more_votes"]])
        ),
    }
    if draw(st.booleans()):
        rule["constraints"] = draw(conditions(profile))
    if name == "greedy":
        rule["skip"] = draw(st.booleans())
        rule.update(draw(st.sampled_from([{}, {}, {"outside_percent": 50}])))
    else:
        choices: dict[str, list[Any]] = {
            "utility": ["cost", "cardinality", "points"],
            "completion": ["none", "add1_exhaustive", "add1_overspend"],
            "then_greedy": [False, True],
            "comparison": [False, True],
            "step": [1, "1/3"],
            "step_of": ["share", "money"],
        }
        rule.update({key: draw(st.sampled_from(choices[key])) for key in choices})
    lot = draw(st.none() | st.permutations(keys) | st.permutations(keys[1:]))
    return profile, rule, lot


@pytest.mark.parametrize("name", sorted(OPTIONS))
def test_budget_is_spent_alike(name: str) -> None:
    @MANY
    @given(budgets(name))
    def alike(drawn: tuple[Profile, Plain, list[str] | None]) -> None:
        agree(*drawn)

    alike()


@st.composite
def level_budgets(draw: st.DrawFn) -> tuple[Profile, Plain]:
    """Draw few projects that cost much the same, each with a voter of its own beside others."""
    keys = [f"p{number}" for number in range(draw(st.integers(2, 4)))]
    marks = st.sets(st.sampled_from(keys), min_size=2)
    ballots = [[key] for key in keys]
    ballots += draw(st.lists(marks.map(sorted), min_size=1, max_size=3))
    votes = {key: sum(key in ballot for ballot in ballots) for key in keys}
    candidates = tuple(
        Candidate(key, draw(st.sampled_from([2, 2, 2, 3])), votes[key]) for key in keys
    )
    groups = Ballots.of((dict.fromkeys(ballot, 1).items(), 1) for ballot in ballots)
    _, rule, _ = draw(budgets("equal_shares"))
    rule = {**rule, "threshold": None}
    rule.pop("constraints", None)
    return Profile(draw(st.integers(3, 12)), candidates, groups), rule


def test_a_level_tie_that_comes_to_the_same_is_told_alike_and_no_lot_changes_it() -> None:
    met: Counter[bool] = Counter()

    @settings(MANY, max_examples=3 * TWINS)
    @given(level_budgets(), st.randoms(use_true_random=False))
    def alike(drawn: tuple[Profile, Plain], chance: Any) -> None:
        profile, rule = drawn
        agree(profile, rule, None)
        told: Any = count(profile, options_from_data(rule)).as_data()
        level = {one["fate"] for one in told["decisions"]} & IN_EVERY_ORDER
        met[bool(level) and not told["undecided"]] += 1
        if not level or told["undecided"]:
            return
        common = {one["project"]: one for one in told["decisions"]}
        for _ in range(4):
            lot = [one.key for one in profile.candidates]
            chance.shuffle(lot)
            drawn_out: Any = count(profile, options_from_data(rule), lot).as_data()
            assert set(drawn_out["winners"]) == set(told["winners"])
            for name in ("cost", "shares", "comparison"):
                assert told.get(name, drawn_out.get(name)) == drawn_out.get(name)
            for one in drawn_out["decisions"]:
                kept = common[one["project"]]
                for name in kept.keys() - {"fate"}:
                    assert kept[name] == one[name]

    alike()
    assert met[True]
    assert met[False]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_collected_file_is_counted_alike(path: Path) -> None:
    reading = read_pabulib(path.read_bytes())
    assert isinstance(reading, PabulibReading)
    profile = profile_of(reading.election, with_ballots=True)
    for skip in (True, False):
        agree(profile, {"rule": "greedy", "skip": skip, "threshold": 2, "tie": []}, None)
    shares = {"rule": "equal_shares", "threshold": None, "tie": ["lower_cost"], "step": "1/500"}
    for completion in ("none", "add1_exhaustive", "add1_overspend"):
        variant = {"completion": completion, "step_of": "share", "utility": "cost"}
        agree(profile, {**shares, **variant, "then_greedy": True, "comparison": True}, None)
