"""Money by weighted shares: votes of 30 % beside a committee of 70 %, web against paper, exactly."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from budgets.methods.greedy import GreedyOptions, allocate_greedily
from budgets.methods.profile import Candidate, Profile
from budgets.services.allocation import ENGINES, MoneyInput, why_nothing
from budgets.services.contests import prepare_budget_contest
from tests.budgets.selectors.test_exporting import found_by_checker
from tests.factories.budgets import (
    make_administrator,
    make_reviewing_budget,
    make_voting_budget,
    review,
    run_to_the_result,
    selected,
    verified,
    vote_for,
)
from tests.factories.bundles import Town, budget_town
from tests.factories.frauds import where
from tests.factories.rules import Case, cases
from tests.test_two_engines import TWINS
from voting.ballots import picks_of
from voting.log import canonical, digest
from voting.models import Contest
from voting.selectors import readiness
from voting.selectors.counting import CountInput, count
from voting.selectors.pages import shown_result
from voting.summaries import summaries_of
from voting.tally.result import Box

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from django.test import Client

    from budgets.models import Budget

Plain = dict[str, Any]
COMMITTEE = "참여예산위원회"
COSTS = (200_000_000, 150_000_000, 90_000_000, 60_000_000)
MANY = settings(
    deadline=None,
    max_examples=2 * TWINS,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


# --- Both engines, and a reference of its own -----------------------------------------------------


@st.composite
def frozen(draw: st.DrawFn) -> tuple[Case, Plain]:
    """Draw a weighted contest of projects and the rule of its money."""
    case = draw(cases("projects").filter(lambda case: "weights" in case.rule))
    money: Plain = {
        "rule": "greedy",
        "skip": draw(st.booleans()),
        "threshold": draw(st.none() | st.integers(1, 4)),
        "tie": draw(st.sampled_from([[], ["lower_cost"], ["more_votes"]])),
        "budget": draw(st.integers(0, 1500)),
    }
    return case, money


def contest_of(case: Case, money: Plain) -> Contest:
    """A frozen contest that nobody stored."""
    config = canonical({"ballot": case.ballot, "rule": case.rule, "allocation": money})
    options = {name: value for name, value in case.rule.items() if name != "name"}
    return Contest(
        kind=case.ballot["kind"],
        rule=case.rule["name"],
        outcome="allocation",
        rule_options={**options, "allocation": money},
        config=config.decode(),
        config_digest=digest(config),
    )


def spent(case: Case, money: Plain) -> list[bytes]:
    """What each engine makes of the money; nothing where none is given out."""
    contest = contest_of(case, money)
    box = Box(case.box, case.roll, {"paper": case.void} if case.void else {}, case.bodies)
    given_ = CountInput(box, tuple(case.lot) if case.lot else None)
    result = count(contest, given_)
    if why_nothing(result) is not None:
        return []
    counts = {one.key: one.counts for one in result.options}
    told = MoneyInput(given_, counts, ())
    return [canonical(dict(engine(contest, told))) for engine in ENGINES.values()]


@MANY
@given(frozen())
def test_both_engines_give_weighted_money_out_alike(drawn: tuple[Case, Plain]) -> None:
    assert len({*spent(*drawn)}) <= 1


def shares_of(case: Case) -> dict[str, dict[str, Fraction]]:
    """What each project has of each part that is not empty, one ballot after the other."""
    shares = {}
    for part in case.rule["weights"]["parts"]:
        name, keys = part["part"], case.keys
        has = dict.fromkeys(keys, Fraction(0))
        ballots = [
            picks_of(marks)
            for (marks, channel), number in case.box.items()
            for _ in range(number)
            if not part.get("body") and name in (channel, "all")
        ]
        for key in (key for ballot in ballots for key in ballot):
            has[key] += 1
        for key, points in case.bodies.get(name, {}).items() if part.get("body") else ():
            has[key] += points
        way = case.rule["weights"]["as"]
        if way == "rank" and any(has.values()):
            shares[name] = {key: place_of(has, key) for key in keys}
            continue
        whole: Any = sum(has.values())
        if way == "ballots" and not part.get("body"):
            whole = sum(bool(ballot) for ballot in ballots)
        if whole and way != "rank":
            shares[name] = {key: has[key] / whole for key in keys}
    return shares


def place_of(has: Mapping[str, Fraction], key: str) -> Fraction:
    others = [has[other] for other in has if other != key]
    level = Fraction(others.count(has[key]), 2)
    return (sum(has[key] > one for one in others) + level) / len(others)


def scores_of(case: Case) -> dict[str, Fraction] | None:
    """The weighted score of each project; None where an empty part stops the count."""
    weights, shares = case.rule["weights"], shares_of(case)
    weight = {part["part"]: Fraction(part["weight"]) for part in weights["parts"]}
    if len(shares) < len(weight) and weights["empty"] == "void":
        return None
    whole: Any = sum(weight[name] for name in shares) or 1
    if len(shares) == len(weight) or weights["empty"] == "void":
        whole = 100
    return {
        key: sum((100 * weight[name] * shares[name][key] for name in shares), Fraction(0)) / whole
        for key in case.keys
    }


def in_line(
    case: Case,
    money: Plain,
    lot: list[str],
    scores: Mapping[str, Fraction | int],
    voters: Mapping[str, int],
) -> list[str]:
    """Whom the money reaches, one after the other: the definition of greedy, without its engine."""
    cost = {one["key"]: one["cost"] for one in case.ballot["options"]}
    orders: Plain = {"lower_cost": cost, "more_votes": {key: -voters[key] for key in case.keys}}
    line = sorted(
        case.keys,
        key=lambda key: (
            -scores[key],
            *(orders[name][key] for name in money["tie"]),
            lot.index(key),
        ),
    )
    left, winners = money["budget"], []
    for key in line:
        if voters[key] < (money["threshold"] or 0):
            continue
        if cost[key] <= left:
            winners.append(key)
            left -= cost[key]
        elif not money["skip"]:
            break
    return winners


def reference(case: Case, money: Plain, lot: list[str]) -> list[str] | None:
    """The winners by the definition, where a lot decides whatever is level."""
    scores = scores_of(case)
    if scores is None:
        return None
    votes = {
        key: sum(number for (marks, _), number in case.box.items() if key in picks_of(marks))
        for key in case.keys
    }
    return in_line(case, money, lot, scores, votes)


@MANY
@given(frozen(), st.data())
def test_winners_are_those_of_the_definition(
    drawn: tuple[Case, Plain], data: st.DataObject
) -> None:
    case, money = drawn
    rule = {name: value for name, value in case.rule.items() if name != "quorum"}
    lot = data.draw(st.permutations(case.keys))
    case = replace(case, rule=rule, lot=lot)
    told, must = spent(case, money), reference(case, money, lot)
    if must is None:
        assert told == []
    else:
        outcome = json.loads(told[0])
        assert set(outcome["winners"]) == set(must)
        assert outcome["undecided"] == []


@MANY
@given(frozen(), st.data())
def test_no_order_of_projects_changes_anything(
    drawn: tuple[Case, Plain], data: st.DataObject
) -> None:
    case, money = drawn
    options = data.draw(st.permutations(case.ballot["options"]))
    numbered = [{**one, "number": at} for at, one in enumerate(options, start=1)]
    other = replace(case, ballot={**case.ballot, "options": numbered})
    assert spent(case, money) == spent(other, money)


def test_seven_thirds_of_a_share_are_exact_and_equal_scores_a_tie() -> None:
    options = [
        {"key": key, "number": at, "title": key, "cost": cost, "group": None}
        for at, (key, cost) in enumerate({"a": 60, "b": 60, "c": 40}.items(), start=1)
    ]
    ballot = {
        "kind": "budget", "options": options, "min_picks": 1, "max_picks": 3, "spend_limit": None,
        "allow_blank": False, "abstain_allowed": False, "overpick": "void",
    }  # fmt: skip
    parts = [{"part": "all", "weight": 70}, {"part": "committee", "weight": 30, "body": True}]
    rule = {"name": "projects", "weights": {"parts": parts, "as": "points", "empty": "void"}}
    money = {"rule": "greedy", "skip": True, "threshold": None, "tie": [], "budget": 100}
    box = {('["a"]', "web"): 1, ('["b"]', "paper"): 1, ('["c"]', "web"): 1}
    case = Case(ballot, rule, box, 9, 0, {"committee": {"a": 1, "b": 1, "c": 0}}, None)
    outcome, again = map(json.loads, spent(case, money))
    assert outcome == again
    assert {one["project"]: one["score"] for one in outcome["decisions"]} == {
        "a": "115/3",
        "b": "115/3",
        "c": "70/3",
    }
    [tie] = outcome["ties"]
    assert (tie["projects"], tie["mattered"], outcome["undecided"]) == (
        ["a", "b"],
        True,
        ["a", "b"],
    )
    drawn = json.loads(spent(replace(case, lot=["b", "c", "a"]), money)[0])
    assert (drawn["winners"], drawn["ties"][0]["decided_by"]) == (["b", "c"], ["lot"])


# --- A contest from the set-up to the recount at home ---------------------------------------------


def parts(**weights: int) -> list[Plain]:
    ways = [{"part": name, "weight": weight} for name, weight in weights.items()]
    return [*ways, {"part": COMMITTEE, "weight": 100 - sum(weights.values()), "body": True}]


def by(**weights: int) -> Plain:
    return {"parts": parts(**weights), "as": "points", "empty": "void"}


BALLOTS = (*[["01", "02"]] * 12, *[["03"]] * 11, *[["03", "04"]] * 10, *[["04"]] * 3)
"""By votes 03 (21), 04 (13), then 01 and 02 (12 each); the committee likes 02 best."""
GIVEN = {COMMITTEE: {"01": 10, "02": 60, "03": 20, "04": 10}}


def decided(weights: Plain, ballots: Any = BALLOTS, **columns: Any) -> Budget:
    budget = make_voting_budget(COSTS, threshold=1, weights=weights, **columns)
    vote_for(budget, *ballots)
    return run_to_the_result(budget, **GIVEN)


@pytest.mark.django_db
@pytest.mark.parametrize("publication", ["full", "patterns", "totals"])
@pytest.mark.parametrize("part", ["all", "web"])
def test_vote_of_thirty_beside_a_committee_is_counted_and_recounted(
    part: str, publication: str, tmp_path: Path
) -> None:
    budget = decided(by(**{part: 30}), publication=publication)
    outcome = budget.allocations.get().result["outcome"]
    scores = {one["project"]: Fraction(one["score"]) for one in outcome["decisions"]}
    votes = {"01": 12, "02": 12, "03": 21, "04": 13}
    assert scores == {
        key: Fraction(30 * votes[key], 58) + Fraction(70 * GIVEN[COMMITTEE][key], 100)
        for key in votes
    }
    assert outcome["winners"] == ["02", "03", "04"] == sorted(selected(budget))
    code, said = verified(budget, tmp_path)
    assert code == 0, said
    tells = publication == "full" and '"channel"' in (tmp_path / "ballots.jsonl").read_text()
    assert tells == (part == "web" and publication == "full")


@pytest.mark.django_db
def test_another_weight_gives_other_projects_and_both_are_shown(client: Client) -> None:
    budget = decided(by(all=20))
    beside = budget.allocations.get().beside
    assert beside["counted"] == "weighted"
    assert beside["ways"]["weighted"]["winners"] == ["02", "03", "04"]
    assert beside["ways"]["unweighted"]["winners"] == ["03", "04", "02"]
    text = client.get(budget.get_absolute_url()).content.decode()
    assert set(beside["ways"]) == {"weighted", "unweighted", "equal_shares"}
    assert "반영 비율을 적용한 결과, 적용하지 않은 결과, 균등 몫으로 나눈 결과" in text
    assert "균등 몫에는 반영 비율이 없습니다." in text
    assert "다른 방법(균등 몫)으로는" in text
    assert "투표 전체 20% + 참여예산위원회 80%" in text
    assert "비율대로 합친 점수(100점 만점)가 높은 사업부터" in text
    lost = client.get(budget.projects.get(code="01").get_absolute_url()).content.decode()
    assert "12.14점" in lost  # 20 · 12/58 + 80 · 10/100
    assert "투표 전체 4.14점" in lost
    assert "참여예산위원회 8점" in lost
    assert "남은 예산 0원으로는 2억 원 사업을 할 수 없었습니다." in lost
    assert "52.14점을 넘었다면 선정되었을 것입니다." in lost  # before 02, of 20 · 12/58 + 48


@pytest.mark.django_db
def test_result_is_said_in_one_paragraph_and_part_by_part(client: Client) -> None:
    budget = decided(by(all=30))
    contest = Contest.objects.get(budget=budget)
    shown = shown_result(contest)
    assert shown is not None
    said = summaries_of(shown)
    assert "사업의 순서는 투표 전체 30% + 참여예산위원회 70%를 합쳐서 정했습니다." in said["ko"]
    assert "All ballots 30% + 참여예산위원회 70%" in said["en"]
    page = client.get(f"{contest.get_absolute_url()}result/").content.decode()
    assert "부문별 반영 점수(100점 만점)" in page
    told = client.get(f"/api/v1/budgets/{budget.pk}/allocations/").json()["results"][0]
    assert told["result"]["outcome"]["decisions"][0]["project"] == "02"


@pytest.mark.django_db
def test_nothing_is_paid_where_a_part_is_empty(client: Client, tmp_path: Path) -> None:
    budget = decided(by(all=30), ballots=())
    assert selected(budget) == set()
    outcome = budget.allocations.get().result["outcome"]
    assert {one["fate"] for one in outcome["decisions"]} == {"part_empty"}
    code, said = verified(budget, tmp_path)
    assert code == 0, said
    assert not (tmp_path / "allocation.json").exists()
    text = client.get(budget.get_absolute_url()).content.decode()
    assert "투표의 한 부분이 비어 어느 사업에도 예산을 쓰지 않습니다." in text
    shown = shown_result(Contest.objects.get(budget=budget))
    assert shown is not None
    assert "투표의 한 부분이 비어 아무것도 정해지지 않았습니다." in summaries_of(shown)["ko"]


@pytest.mark.django_db
def test_committee_alone_pays_for_nothing_that_no_voter_chose() -> None:
    budget = decided(by(all=30), ballots=[["03"]] * 12)
    assert selected(budget) == {"03"}
    outcome = budget.allocations.get().result["outcome"]
    told = {one["project"]: one for one in outcome["decisions"]}
    assert (told["02"]["fate"], told["02"]["votes"]) == ("below_threshold", 0)


@pytest.mark.django_db
def test_file_for_other_programs_says_what_it_cannot(tmp_path: Path) -> None:
    budget = decided(by(all=30))
    verified(budget, tmp_path)
    text = (tmp_path / "election.pb").read_text()
    assert found_by_checker(text) == {}
    assert "rule;greedy-custom" in text
    assert f"put together from all ballots 30%, {COMMITTEE} 70%" in text


def prepared() -> Contest:
    budget = make_reviewing_budget(COSTS)
    for project in budget.projects.all():
        review(project)
    return prepare_budget_contest(actor=make_administrator(), budget_id=budget.pk)


def codes(contest: Contest) -> set[str]:
    return {one.code for one in readiness(contest)}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("weights", "code"),
    [
        (by(all=30), None),
        (by(web=30), None),
        (by(paper=30), "parts_differ"),
        (by(web=20, paper=10), "parts_differ"),
        (by(all=20, web=10), "bad_weights"),
        ({**by(), "parts": [{"part": "all", "weight": 100, "body": True}]}, "bad_weights"),
        ({**by(), "parts": [{"part": "web", "weight": 99}]}, "bad_weights"),
    ],
)
def test_weights_of_a_budget_fit_its_ways_of_voting(weights: Plain, code: str | None) -> None:
    contest = prepared()
    contest.paper = False
    contest.rule_options["weights"] = weights
    found = codes(contest) & {"parts_differ", "bad_weights"}
    assert found == ({code} if code else set())


@pytest.mark.parametrize("way", ["all", "apart"])
def test_money_that_went_by_plain_votes_is_found_out(way: str) -> None:
    """A town that signs a weighted count and spends by votes is red, an honest one is not."""
    ways = {"all": 30} if way == "all" else {"web": 20, "paper": 10}
    named = [{"part": name, "weight": weight} for name, weight in ways.items()]
    body = {"part": "committee", "weight": 70, "body": True}
    rule: Plain = {
        "name": "projects",
        "weights": {"parts": [*named, body], "as": "points", "empty": "void"},
    }
    bodies = {"committee": {"lamp": 1, "bench": 2, "kerb": 1, "room": 40}}
    town = budget_town(rule=rule, bodies=bodies)
    assert where(town.bundle()).startswith("allocation.json outcome")
    honest = weighted_outcome(town)
    assert where(replace(town, outcome=honest).bundle()) == ""


def weighted_outcome(town: Town) -> Plain:
    result = town.contents().result
    rule: Any = town.allocation
    votes = {one.key: one.counts for one in result.options}
    candidates = tuple(
        Candidate(
            option.key,
            option.cost or 0,
            votes[option.key]["weighted"],
            votes=int(votes[option.key]["votes"]),
        )
        for option in town.design.options
    )
    options = GreedyOptions(rule["skip"], rule["threshold"], tuple(rule["tie"]))
    profile = Profile(rule["budget"], candidates, threshold_of_votes=True)
    outcome: Any = allocate_greedily(profile, options).as_data()
    return {"lot": None, "withdrawn": [], "outcome": outcome}
