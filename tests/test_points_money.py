"""Money by points: voters spread points over projects, counted, given out and recounted."""

from __future__ import annotations

import json
import uuid
from collections import Counter
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from budgets.methods.equal_shares import EqualSharesOptions, Utility
from budgets.methods.greedy import GreedyOptions
from budgets.models import Budget, Project
from budgets.pabulib import profile_of, read_pabulib
from budgets.selectors.trying import try_rule
from budgets.services.contests import prepare_budget_contest
from budgets.services.planning import move_budget
from proceedings.refusals import Refused
from tests.budgets.methods.equal_shares import twin
from tests.budgets.selectors.test_exporting import export_of, found_by_checker
from tests.factories.budgets import (
    make_administrator,
    make_reviewing_budget,
    make_voting_budget,
    open_now,
    review,
    run_to_the_result,
    selected,
    verified,
)
from tests.factories.paper import Desk
from tests.factories.places import make_centre
from tests.factories.rules import Case, cases
from tests.factories.voting import make_voter
from tests.test_weighted_money import COSTS, GIVEN, MANY, by, codes, in_line, spent
from voting.models import Contest
from voting.selectors import ballot_design
from voting.selectors.pages import shown_result
from voting.services.casting import cast_ballot
from voting.summaries import summaries_of
from voting.wording import sheet_paper

if TYPE_CHECKING:
    from pathlib import Path

    from django.test import Client

    from budgets.methods.rules import Options

Plain = dict[str, Any]


# --- Both engines, and references of their own ----------------------------------------------------


@st.composite
def pointed(draw: st.DrawFn, *, shares: bool) -> tuple[Case, Plain]:
    """Draw a contest of points over projects, and the rule of its money."""
    case = draw(cases("points"))
    kept: Plain = {
        name: case.rule[name] for name in ("name", "quorum", "weights") if name in case.rule
    }
    options = [{**one, "cost": 100 * one["number"]} for one in case.ballot["options"]]
    case = replace(case, rule=kept, ballot={**case.ballot, "options": options, "overpick": "void"})
    box = {one: case.box[one] for one in case.box if fits(case, one[0])}
    case = replace(case, box=box, roll=sum(box.values()) + case.void + 3)
    money: Plain = {
        "rule": "greedy",
        "skip": draw(st.booleans()),
        "threshold": draw(st.none() | st.integers(1, 4)),
        "tie": draw(st.sampled_from([[], ["lower_cost"], ["more_votes"]])),
        "budget": draw(st.integers(0, 1500)),
    }
    if shares:
        case = replace(case, rule={k: v for k, v in kept.items() if k != "weights"})
        utility = draw(st.sampled_from(sorted(Utility)))
        del money["skip"]
        money |= {
            "rule": "equal_shares", "utility": utility, "completion": "none", "step": "1/3",
            "step_of": "share", "then_greedy": draw(st.booleans()), "comparison": draw(st.booleans()),
        }  # fmt: skip
    return case, money


def fits(case: Case, marks: str) -> bool:
    return bool(sum(json.loads(marks).values()) <= case.ballot["points"])


@MANY
@given(pointed(shares=False))
def test_both_engines_give_money_out_by_points_alike(drawn: tuple[Case, Plain]) -> None:
    assert len({*spent(*drawn)}) <= 1


@MANY
@given(pointed(shares=True))
def test_both_engines_give_equal_shares_out_by_points_alike(drawn: tuple[Case, Plain]) -> None:
    assert len({*spent(*drawn)}) <= 1


@MANY
@given(pointed(shares=False), st.data())
def test_points_are_spent_by_the_definition(drawn: tuple[Case, Plain], data: st.DataObject) -> None:
    case, money = drawn
    lot = data.draw(st.permutations(case.keys))
    case = replace(case, rule={"name": "points"}, lot=lot)
    given_points: Counter[str] = Counter()
    voters: Counter[str] = Counter()
    for (marks, _channel), number in case.box.items():
        for key, points in json.loads(marks).items():
            given_points[key] += points * number
            voters[key] += number
    winners = set(in_line(case, money, lot, given_points, voters))
    assert set(json.loads(spent(case, money)[0])["winners"]) == winners


@MANY
@given(pointed(shares=True), st.data())
def test_equal_shares_by_points_are_those_of_the_definition(
    drawn: tuple[Case, Plain], data: st.DataObject
) -> None:
    case, money = drawn
    lot = data.draw(st.permutations(case.keys))
    case = replace(case, rule={"name": "points"}, lot=lot)
    money = {**money, "threshold": None, "tie": [], "then_greedy": False, "comparison": False}
    ballots = [json.loads(marks) for (marks, _), number in case.box.items() for _ in range(number)]
    town = twin.Town(
        budget=Fraction(money["budget"]),
        costs={one["key"]: Fraction(one["cost"]) for one in case.ballot["options"]},
        ballots=ballots,
        utility=money["utility"],
        completion="none",
        step=Fraction(1),
        exclusions=[],
        pools=[],
    )
    answer = twin.count(town, lambda core: [min(core, key=lot.index)])
    outcome = json.loads(spent(case, money)[0])
    assert outcome["winners"] == list(answer.run.funded)


@MANY
@given(pointed(shares=False), st.data())
def test_no_order_of_projects_changes_anything(
    drawn: tuple[Case, Plain], data: st.DataObject
) -> None:
    case, money = drawn
    options = data.draw(st.permutations(case.ballot["options"]))
    numbered = [{**one, "number": at} for at, one in enumerate(options, start=1)]
    other = replace(case, ballot={**case.ballot, "options": numbered})
    assert spent(case, money) == spent(other, money)


# --- A contest from the set-up to the recount at home ---------------------------------------------

BALLOTS = (
    *[{"01": 6, "03": 4}] * 8,
    *[{"03": 3, "04": 7}] * 9,
    *[{"02": 10}] * 7,
    *[{"04": 1}] * 2,
)
"""01 has 48 points of 8 voters, 02 70 of 7, 03 59 of 17, 04 65 of 11."""


def spread(contest: Contest, ballot: dict[str, int]) -> None:
    cast_ballot(
        actor=make_voter(contest),
        contest_id=contest.pk,
        raw={key: str(number) for key, number in ballot.items()},
        request_id=uuid.uuid4(),
    )


def decided(*, bodies: bool = False, **columns: Any) -> Budget:
    budget = make_voting_budget(COSTS, points=10, **columns)
    contest = Contest.objects.get(budget=budget)
    for ballot in BALLOTS:
        spread(contest, ballot)
    return run_to_the_result(budget, **(GIVEN if bodies else {}))


@pytest.mark.django_db
@pytest.mark.parametrize("publication", ["full", "totals"])
def test_most_points_come_first_and_are_recounted(
    publication: str, tmp_path: Path, client: Client
) -> None:
    budget = decided(publication=publication, threshold=1)
    contest = Contest.objects.get(budget=budget)
    assert (contest.kind, contest.rule, contest.max_picks) == ("points", "points", 4)
    outcome = budget.allocations.get().result["outcome"]
    assert {one["project"]: one["score"] for one in outcome["decisions"]} == {
        "01": 48, "02": 70, "03": 59, "04": 65,
    }  # fmt: skip
    assert outcome["winners"] == ["02", "04", "03"]
    code, said = verified(budget, tmp_path)
    assert code == 0, said
    text = client.get(budget.get_absolute_url()).content.decode()
    assert "점수를 많이 받은 사업부터 차례로 고릅니다." in text
    assert "점수순과 균등 몫" in text
    assert "1명 이상이 고른 사업만 선정합니다." in text
    lost = client.get(budget.projects.get(code="01").get_absolute_url()).content.decode()
    assert "48점" in lost
    assert "8명이 준 점수" in lost
    assert "점를" not in lost
    shown = shown_result(contest)
    assert shown is not None
    assert "사업 3개가" in summaries_of(shown)["ko"]
    page = client.get(f"{contest.get_absolute_url()}result/").content.decode()
    assert "70점" in page


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("options", "publication"),
    [
        (GreedyOptions(threshold=1), "full"),
        (GreedyOptions(threshold=9), "full"),
        (GreedyOptions(), "totals"),
        (EqualSharesOptions(utility=Utility.POINTS), "full"),
    ],
)
def test_file_of_points_passes_the_public_checker(options: Options, publication: str) -> None:
    budget = decided(options=options, publication=publication)
    assert found_by_checker(export_of(budget)) == {}


@pytest.mark.django_db
def test_points_on_paper_are_typed_counted_and_spent_with_those_of_the_web(
    tmp_path: Path,
) -> None:
    budget, centre = reviewed(), make_centre()
    contest = prepared(budget, points=10, options=GreedyOptions(threshold=1))
    contest.centres.set([centre])
    open_now(contest, paper=True)
    contest.refresh_from_db()
    sheet = sheet_paper(contest, ballot_design(contest), centre.name)
    assert next(one.note for one in sheet.options).endswith("200,000,000원")
    for _ in range(3):
        spread(contest, {"03": 10})
    desk = Desk(of=(contest, centre))
    desk.certified([{"01": "6", "02": "4"}, {"01": "9"}, {"01": "9", "02": "8"}, {}])
    budget = run_to_the_result(Budget.objects.get(pk=budget.pk))
    outcome = budget.allocations.get().result["outcome"]
    assert {one["project"]: one["score"] for one in outcome["decisions"]} == {
        "01": 15, "02": 4, "03": 30, "04": 0,
    }  # fmt: skip
    assert outcome["winners"] == ["03", "01"]
    code, said = verified(budget, tmp_path)
    assert code == 0, said
    told = json.loads((tmp_path / "result.json").read_text())["tally"]
    assert (told["turnout"], told["blank"], told["void"]) == (7, 1, 1)


@pytest.mark.django_db
def test_other_programs_find_the_same_winners_in_the_file(tmp_path: Path) -> None:
    budget = decided(threshold=1)
    verified(budget, tmp_path)
    election = read_pabulib((tmp_path / "election.pb").read_bytes()).election
    assert election.meta["vote_type"] == "cumulative"
    assert (election.meta["max_sum_points"], len(election.ballots)) == ("10", len(BALLOTS))
    assert {one.key: one.score for one in profile_of(election).candidates} == {
        "01": 48, "02": 70, "03": 59, "04": 65,
    }  # fmt: skip
    assert election.official_winners == frozenset({"02", "03", "04"})


@pytest.mark.django_db
@pytest.mark.parametrize("utility", [*Utility])
def test_equal_shares_go_by_points_where_the_rule_says_so(
    utility: Utility, tmp_path: Path, client: Client
) -> None:
    options = EqualSharesOptions(utility=utility, tie_orders=("lower_cost",))
    budget = decided(options=options)
    code, said = verified(budget, tmp_path)
    assert code == 0, said
    won = budget.projects.filter(state="selected").first()
    assert won is not None
    text = client.get(won.get_absolute_url()).content.decode()
    assert ("준 점수 1점에 많아야" in text) == (utility is Utility.POINTS)


@pytest.mark.django_db
def test_points_can_be_weighed_beside_a_committee(tmp_path: Path) -> None:
    budget = decided(bodies=True, weights=by(all=30), threshold=1)
    outcome = budget.allocations.get().result["outcome"]
    scores = {one["project"]: Fraction(one["score"]) for one in outcome["decisions"]}
    assert scores["02"] == Fraction(30 * 70, 242) + 42
    assert selected(budget) == {"02", "03", "04"}
    code, said = verified(budget, tmp_path)
    assert code == 0, said


def reviewed() -> Budget:
    budget = make_reviewing_budget(COSTS)
    for project in budget.projects.all():
        review(project)
    return budget


def prepared(budget: Budget, **options: Any) -> Contest:
    return prepare_budget_contest(actor=make_administrator(), budget_id=budget.pk, **options)


@pytest.mark.django_db
def test_points_that_would_be_brought_down_are_refused() -> None:
    contest = prepared(reviewed(), points=10)
    assert codes(contest) & {"points_scaled_with_money", "tie_rule_without_cost"} == set()
    contest.overpick = "scale"
    assert "points_scaled_with_money" in codes(contest)


@pytest.mark.django_db
def test_a_rule_by_points_needs_ballots_with_points() -> None:
    options = EqualSharesOptions(utility=Utility.POINTS)
    with pytest.raises(Refused, match="points_without_points"):
        prepared(reviewed(), options=options)
    assert prepared(reviewed(), options=options, points=10).points == 10


@pytest.mark.django_db
def test_a_draft_can_go_from_choices_to_points_and_back() -> None:
    budget = reviewed()
    first = prepared(budget)
    Contest.objects.filter(pk=first.pk).update(max_picks=2, spend_limit=300_000_000)
    move_budget(actor=make_administrator(), budget_id=budget.pk, to="reviewing")
    pointed_ = prepared(budget, points=10)
    assert (pointed_.pk, pointed_.kind, pointed_.rule) == (first.pk, "points", "points")
    assert (pointed_.max_picks, pointed_.spend_limit) == (4, None)
    assert not {"purse_kind", "rule_kind", "points_missing"} & codes(pointed_)
    move_budget(actor=make_administrator(), budget_id=budget.pk, to="reviewing")
    again = prepared(budget, options=GreedyOptions())
    assert (again.kind, again.rule, again.points, again.max_picks) == (
        "budget",
        "projects",
        None,
        3,
    )
    Contest.objects.filter(pk=first.pk).update(max_picks=2)
    move_budget(actor=make_administrator(), budget_id=budget.pk, to="reviewing")
    assert prepared(budget).max_picks == 2


@pytest.mark.django_db
def test_points_are_tried_on_made_up_ballots_too() -> None:
    budget = reviewed()
    prepared(budget, points=10)
    budget.refresh_from_db()
    found = try_rule(budget)
    assert found is not None
    assert [one.way.label for one in found.ways] == ["점수순", "균등 몫"]
    assert Project.objects.filter(budget=budget).exists()
