"""Pages of budgets in Korean: what they say at each stage, and what they cost."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from django.core.cache import cache
from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from budgets.methods.constraints import Constraints
from budgets.methods.equal_shares import Completion, EqualSharesOptions
from budgets.methods.greedy import GreedyOptions
from budgets.models import Budget, Project
from budgets.pabulib import read_pabulib
from budgets.services.contests import prepare_budget_contest
from budgets.services.execution import Report, plan_milestone, report_milestone
from budgets.services.importing import store_election
from budgets.services.planning import Line
from tests.factories.budgets import (
    OWN_FILES,
    import_file,
    make_administrator,
    make_allocated_budget,
    make_budget,
    make_project,
    make_reviewing_budget,
    make_voting_budget,
    open_now,
    review,
    run_to_the_result,
    vote_for,
)
from tests.factories.debates import make_comment, make_hidden_comment, make_house_rule
from tests.factories.places import make_district
from tests.factories.proceedings import make_field
from tests.factories.proposals import make_proposal
from voting.selectors.counting import counting_key

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db

COSTS = (200_000_000, 150_000_000, 90_000_000)
BALLOTS = (["01", "02"], ["01", "03"], ["01"], ["02"])


def page(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status
    return answer.content.decode()


def project_url(budget: Budget, code: str) -> str:
    return Project.objects.get(budget=budget, code=code).get_absolute_url()


# --- The list ---


def test_an_empty_list_says_what_to_do(client: Client) -> None:
    assert "아직 투표할 예산이 없습니다" in page(client, "/budgets/")


def test_the_list_shows_cap_and_what_was_given_out(client: Client) -> None:
    make_allocated_budget(COSTS, BALLOTS)
    make_budget(title="아직 모으는 예산", cap=Decimal(40_000_000))
    text = page(client, "/budgets/")
    assert "<b>2억 9,000만 원</b> / 한도 3억 원" in text
    assert "한도 4,000만 원" in text
    assert "사업 3개 가운데 2개 선정" in text


def test_the_list_is_filtered_by_area_year_and_state(client: Client) -> None:
    here = make_budget(title="여기 예산")
    make_budget(title="저기 예산", year=2026)
    for query in (f"area={here.area.code}", "year=2027"):
        text = page(client, f"/budgets/?{query}")
        assert "여기 예산" in text
        assert "저기 예산" not in text
    assert "맞는 예산이 없습니다" in page(client, "/budgets/?state=settled")


@pytest.mark.parametrize("cursor", ["", "x", "-", "2027.", "99999.1", "-2027.9999999999999999999"])
def test_an_odd_cursor_gives_the_first_page(client: Client, cursor: str) -> None:
    make_budget(title="첫 예산")
    assert "첫 예산" in page(client, f"/budgets/?cursor={cursor}")


def test_the_list_turns_its_pages_forwards_and_back(client: Client) -> None:
    area = make_district()
    names = [make_budget(area=area, title=f"예산 번호 {n:02d}").title for n in range(14)]
    first = page(client, "/budgets/")
    assert [name in first for name in names] == [False, False, *[True] * 12]
    second = client.get(f"/budgets/?cursor=2027.{Budget.objects.get(title=names[2]).pk}")
    assert [name in second.content.decode() for name in names[:3]] == [True, True, False]
    back = page(client, f"/budgets/?cursor=-2027.{Budget.objects.get(title=names[1]).pk}")
    assert names[2] in back
    assert names[13] in back


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_costs_three_queries(
    client: Client, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _n in range(rows):
        make_project(make_budget())
    with django_assert_num_queries(3):  # the budgets, and the two filters
        page(client, "/budgets/")


# --- One budget ---


def test_a_budget_that_gathers_projects_shows_stage_cap_and_sum(client: Client) -> None:
    budget = make_budget()
    text = page(client, budget.get_absolute_url())
    assert "아직 사업이 없습니다" in text
    make_project(budget)
    make_project(budget, cost=Decimal(62_500_000))
    text = page(client, budget.get_absolute_url())
    for words in ("사업 모으기", "3억 원", "모두 1억 1,050만 원", "4,800만 원", "6,250만 원"):
        assert words in text


def test_the_review_shows_each_verdict_with_its_note(client: Client) -> None:
    budget = make_reviewing_budget([48_000_000, 62_500_000])
    first, _second = budget.projects.order_by("pk")
    review(first, eligible=False, note="시유지가 아니라 설치할 수 없습니다.")
    text = page(client, budget.get_absolute_url())
    assert "시유지가 아니라 설치할 수 없습니다." in text
    assert "아직 부서 검토를 기다리는 사업이 1개 있습니다." in text


def test_an_open_vote_leads_to_the_ballot_and_shows_who_took_part(client: Client) -> None:
    budget = make_voting_budget(COSTS)
    text = page(client, budget.get_absolute_url())
    assert f'href="/votes/{budget.contest_id}/ballot/"' in text
    assert "3개까지" in text
    assert "득표" not in text.split("<main")[1]


def test_a_draft_contest_is_not_mentioned(client: Client) -> None:
    budget = make_reviewing_budget([48_000_000])
    review(budget.projects.get())
    contest = prepare_budget_contest(actor=make_administrator(), budget_id=budget.pk)
    assert f"/votes/{contest.pk}/" not in page(client, budget.get_absolute_url())


def test_the_result_says_for_each_project_why(client: Client) -> None:
    budget = make_allocated_budget(COSTS, BALLOTS)
    text = page(client, budget.get_absolute_url())
    assert "1번째로 선정되었습니다. 남은 예산 1억 원." in text
    assert "남은 예산 1억 원으로는 1억 5,000만 원 사업을 할 수 없었습니다." in text
    assert "사업 3개 가운데 2개를 2억 9,000만 원으로 합니다. 남은 돈은 1,000만 원입니다." in text
    assert f"/budgets/{budget.pk}/export.pb" in text
    assert "직접 다시 세기" in text


def test_a_count_that_goes_on_is_told_and_leads_to_how_far_it_is(client: Client) -> None:
    budget = import_file("approval_greedy.pb")
    assert budget.contest is not None
    address = f"/votes/{budget.contest.pk}/result/#counting"
    assert address not in page(client, budget.get_absolute_url())
    budget.contest.tally_runs.create(
        input_root="0",
        config_digest=budget.contest.config_digest,
        engine="money/plain/1",
        state="running",
        lease_until=Now() + timedelta(minutes=1),
    )
    text = page(client, budget.get_absolute_url())
    assert "지금 개표하고 있습니다." in text
    assert address in text
    cache.set(counting_key(budget.contest.pk, "money/plain/1"), (timezone.now(), 120), 60)
    text = page(client, budget.get_absolute_url())
    assert "지금 개표하고 있습니다. 120번째 계산까지 마쳤습니다." in text


def test_a_missed_quorum_is_named_on_the_pages_of_budget_and_project(client: Client) -> None:
    budget = make_allocated_budget(
        (200_000_000, 150_000_000), (["01"], ["02"]), quorum={"of": "fixed", "number": 30}
    )
    text = page(client, budget.get_absolute_url())
    assert "참여한 사람이 모자라 어느 사업에도 예산을 쓰지 않습니다" in text
    assert "기준에 이르지 못해 성립하지 않았습니다" in text
    project = budget.projects.first()
    assert project is not None
    assert "참여한 사람이 모자라" in page(client, project.get_absolute_url())


def test_an_undecided_tie_is_named_on_the_page(client: Client) -> None:
    budget = make_voting_budget((200_000_000, 190_000_000 + 10_000_000))
    vote_for(budget, ["01"], ["02"])
    budget = run_to_the_result(budget)
    titles = [project.title for project in budget.projects.order_by("code")]
    text = page(client, budget.get_absolute_url())
    assert "아직 정해지지 않은 동점이 있습니다" in text
    assert f"“{titles[0]}”, “{titles[1]}” 사업이 각각 1표" in text.replace("&quot;", '"')


def test_web_and_paper_stand_side_by_side(client: Client) -> None:
    budget = run_to_the_result(import_file("approval_greedy.pb"))
    text = page(client, budget.get_absolute_url())
    assert "다른 곳에서 치른 예산을 들여왔습니다" in text
    assert "온라인 3장" in text
    assert "종이 4장" in text


def test_another_currency_is_shown_by_its_code(client: Client) -> None:
    text = (OWN_FILES / "approval_greedy.pb").read_text().replace("KRW", "PLN")
    with transaction.atomic():
        budget = store_election(
            actor_ref="system",
            election=read_pabulib(text).election,
            area=make_district(),
            source="x.pb",
        )
    shown = page(client, run_to_the_result(budget).get_absolute_url())
    assert "5,000,000 PLN" in shown
    assert "500만 원" not in shown


def test_projects_are_filtered_by_dong_and_result_and_sorted_by_cost(client: Client) -> None:
    budget = make_allocated_budget(COSTS, BALLOTS)
    first, second, third = budget.projects.select_related("area").order_by("code")
    address = budget.get_absolute_url()

    def shown(query: str) -> list[str]:
        listed = page(client, f"{address}?{query}").split('<ol class="bills')[1].split("</ol>")[0]
        places = {p.code: listed.find(p.get_absolute_url()) for p in (first, second, third)}
        return sorted((code for code, at in places.items() if at >= 0), key=places.__getitem__)

    assert shown("") == ["01", "02", "03"]
    assert shown(f"area={second.area.code}") == ["02"]
    assert shown("result=funded") == ["01", "03"]
    assert shown("sort=cheap") == ["03", "02", "01"]
    assert shown("sort=nonsense&result=nonsense") == ["01", "02", "03"]
    assert "맞는 사업이 없습니다" in page(client, f"{address}?area=none")


@pytest.mark.parametrize("rows", [1, 3])
def test_a_decided_budget_costs_six_queries(
    client: Client, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    budget = make_allocated_budget(COSTS[:rows], BALLOTS[:1] if rows > 1 else (["01"],))
    client.get(budget.get_absolute_url())  # frozen settings are read once per process
    with django_assert_num_queries(6 if rows > 1 else 5):  # a map of one dong is not asked for
        page(client, budget.get_absolute_url())


def test_a_project_has_its_number_on_the_ballot_once_that_is_fixed(client: Client) -> None:
    budget = make_reviewing_budget(COSTS)
    road, park, night = budget.projects.order_by("code")
    for project, position in ((road, 2), (park, 1)):
        Project.objects.filter(pk=project.pk).update(field=make_field(position=position))
        review(project)
    review(night, eligible=False)
    contest = prepare_budget_contest(
        actor=make_administrator(), budget_id=budget.pk, options=GreedyOptions(), groups="field"
    )
    before = page(client, road.get_absolute_url())
    assert "<dt>사업 번호</dt><dd>01</dd>" in before
    assert "투표용지" not in page(client, budget.get_absolute_url())
    open_now(contest)
    listed = page(client, budget.get_absolute_url()).split('<ol class="bills')[1].split("</ol>")[0]
    numbers = re.findall(r"투표용지 (\d+)번.*?href=\"([^\"]+)\"", listed, re.DOTALL)
    assert numbers == [("1", park.get_absolute_url()), ("2", road.get_absolute_url())]
    assert listed.find(night.get_absolute_url()) > listed.find(road.get_absolute_url())
    one = page(client, road.get_absolute_url())
    assert "<dt>투표용지 번호</dt><dd>2</dd>" in one
    assert "사업 번호" not in one
    ballot = page(client, f"/votes/{contest.pk}/ballot/")
    places = [ballot.index(project.title) for project in (park, road)]
    assert places == sorted(places)


def test_what_was_voted_on_elsewhere_keeps_the_codes_of_its_file(client: Client) -> None:
    budget = import_file("approval_greedy.pb")
    project = budget.projects.order_by("pk")[0]
    assert f"<dt>사업 번호</dt><dd>{project.code}</dd>" in page(client, project.get_absolute_url())
    assert "투표용지 1번" not in page(client, budget.get_absolute_url())


def test_an_unknown_budget_is_not_there(client: Client) -> None:
    page(client, "/budgets/999999/", status=404)


# --- One project ---


def test_a_project_shows_text_costs_review_and_where_it_came_from(client: Client) -> None:
    proposal = make_proposal(title="밤 9시 이후 골목이 어둡습니다")
    budget = make_budget()
    lines = [Line("보안등", Decimal(60), Decimal(800_000), "등")]
    project = make_project(budget, lines=lines, proposal_id=proposal.pk, place="느티로 12길")
    Budget.objects.filter(pk=budget.pk).update(state="reviewing")
    review(project)
    text = page(client, project.get_absolute_url())
    for words in ("60등", "800,000원", "48,000,000원", "느티로 12길", "밤길이 밝아집니다."):
        assert words in text
    assert f'href="{proposal.get_absolute_url()}"' in text
    assert "현장을 살펴보니 설치할 수 있습니다." in text


def test_a_hidden_proposal_is_not_named_by_its_project(client: Client) -> None:
    proposal = make_proposal(title="가려야 할 제목")
    project = make_project(proposal_id=proposal.pk)
    type(proposal).objects.filter(pk=proposal.pk).update(
        is_hidden=True, hidden_rule=make_house_rule(), hidden_at=timezone.now()
    )
    assert "가려야 할 제목" not in page(client, project.get_absolute_url())


def test_a_chosen_project_shows_its_steps_and_what_was_spent(client: Client) -> None:
    budget = make_allocated_budget(COSTS, BALLOTS)
    project = budget.projects.get(code="01")
    actor = make_administrator()
    step = plan_milestone(
        actor=actor, project_id=project.pk, title="현장 설계", planned_on=timezone.localdate()
    )
    plan_milestone(
        actor=actor,
        project_id=project.pk,
        title="설치",
        planned_on=timezone.localdate() + timedelta(days=30),
    )
    report_milestone(
        actor=actor,
        milestone_id=step.pk,
        report=Report(timezone.localdate(), "설계를 마쳤습니다.", Decimal(12_000_000)),
    )
    text = page(client, project.get_absolute_url())
    for words in ("현장 설계", "설계를 마쳤습니다.", "1,200만 원", "2단계 가운데 1단계", "추진 중"):
        assert words in text
    assert "1,200만 원" in page(client, budget.get_absolute_url())


def test_a_lost_project_says_what_was_left(client: Client) -> None:
    budget = make_allocated_budget(COSTS, BALLOTS)
    text = page(client, project_url(budget, "02"))
    assert "남은 예산 1억 원으로는 1억 5,000만 원 사업을 할 수 없었습니다." in text


def shared_out(number: int, **options: Any) -> Budget:
    """Ten voters for so many projects of 10 million won, of which all but the last are paid."""
    codes = [f"{place:02d}" for place in range(1, number + 1)]
    rule = EqualSharesOptions(completion=Completion.NONE, tie_orders=("lower_cost",), **options)
    costs = [10_000_000 + place for place in range(number - 1)] + [40_000_000]
    return make_allocated_budget(
        costs, [codes] * 2, cap=Decimal(100_000_000), options=rule, max_picks=number
    )


def test_a_project_tells_every_round_its_supporters_paid_in(client: Client) -> None:
    budget = shared_out(9)
    text = re.sub(r' data-label="[^"]+"', "", page(client, project_url(budget, "09")))
    assert "낸 몫 8번을 차수마다 모두 보기" in text
    rows = re.findall(r'<tr><td class="num">(\d)</td><th scope="row">(.*?)</th>', text)
    assert [int(number) for number, _label in rows] == list(range(1, 9))
    first = ("9,000만 원", "1,000만 원", "500만 원")  # left, paid together, at most by one
    assert "".join(f'<td class="num">{money}</td>' for money in first) in text
    assert "그림에는 큰 것만, 표에는 모두 있습니다." in text


def test_a_story_stored_with_its_largest_payments_only_is_still_told(client: Client) -> None:
    budget = shared_out(3)
    stored = budget.allocations.get()
    beside = {**stored.beside}
    del beside["every_step"], beside["in_the_way"]
    budget.allocations.create(
        version=2,
        rule=stored.rule,
        result=stored.result,
        digest=stored.digest,
        beside=beside,
        paths={"03": [["", 100_000_000], ["02", 70_000_000]]},
    )
    text = page(client, project_url(budget, "03"))
    assert "낸 몫 가운데 큰 것만 보여 드립니다." in text
    assert "차수마다 모두 보기" not in text
    text = re.sub(r' data-label="[^"]+"', "", text)
    told = r'<td class="num">2</td><th scope="row">[^<]*</th><td class="num">7,000만 원</td>'
    assert re.search(f'{told}<td class="num">–</td><td class="num">500만 원</td>', text)


@pytest.mark.parametrize(
    ("exclusions", "words"),
    [
        ((("01", "03"),), "”[이가] 선정되는 한 표를 아무리 더 얻어도"),
        ((("01", "03"), ("02", "03")), "모두 선정되는 한 표를 아무리 더 얻어도"),
    ],
)
def test_what_barred_a_project_of_equal_shares_is_named(
    client: Client, exclusions: tuple[tuple[str, ...], ...], words: str
) -> None:
    budget = shared_out(3, constraints=Constraints(exclusions=exclusions))
    rival = Project.objects.get(budget=budget, code="01")
    text = page(client, project_url(budget, "03"))
    assert re.search(f"“{rival.title}”.*{words}", text)


@pytest.mark.parametrize("opinions", [1, 3])
def test_a_project_costs_six_queries_and_its_conversation_three(
    client: Client, opinions: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    budget = make_allocated_budget(COSTS, BALLOTS)
    thread = budget.projects.get(code="01").thread
    for _each in range(opinions):
        make_comment(thread=thread, parent=make_comment(thread=thread))
        make_hidden_comment(thread=thread)
    address = project_url(budget, "01")
    client.get(address)
    with django_assert_num_queries(6 + 3):
        page(client, address)


def test_a_project_is_talked_about_on_its_own_page(client: Client) -> None:
    project = make_project()
    assert project.thread is not None
    assert project.thread.subject_url == project.get_absolute_url()
    make_comment(thread=project.thread, body="순서를 정해 주세요.", position="against")
    text = page(client, project.get_absolute_url())
    assert "순서를 정해 주세요." in text
    assert "반대" in text
    assert "어떻게 투표했는지는 적지 않아도 됩니다" not in text


def test_a_project_on_the_ballot_asks_to_say_why_not_how_one_voted(client: Client) -> None:
    text = page(client, project_url(make_voting_budget(COSTS), "01"))
    assert "어떻게 투표했는지는 적지 않아도 됩니다" in text
    assert text.index("투표하기</a>") < text.index('id="opinions"')


def test_a_project_has_no_address_under_another_budget(client: Client) -> None:
    project = make_project()
    page(client, f"/budgets/{make_budget().pk}/projects/{project.pk}/", status=404)


# --- The file ---


def test_the_export_is_there_after_the_result_and_holds_no_traces_of_people(
    client: Client,
) -> None:
    budget = make_voting_budget(COSTS)
    vote_for(budget, *BALLOTS)
    page(client, f"/budgets/{budget.pk}/export.pb", status=404)
    run_to_the_result(budget)
    answer = client.get(f"/budgets/{budget.pk}/export.pb")
    assert answer["Content-Disposition"] == f'attachment; filename="budget-{budget.pk}.pb"'
    election = read_pabulib(answer.content).election
    assert election.official_winners == frozenset({"01", "03"})
    assert [b.voter_id for b in election.ballots] == ["1", "2", "3", "4"]
    assert sorted(b.choices for b in election.ballots) == sorted(map(tuple, BALLOTS))
    assert all(not ballot.extra for ballot in election.ballots)


def test_the_export_has_no_ballots_where_only_totals_are_published(client: Client) -> None:
    budget = make_voting_budget(COSTS, publication="totals")
    vote_for(budget, *BALLOTS)
    run_to_the_result(budget)
    election = read_pabulib(client.get(f"/budgets/{budget.pk}/export.pb").content).election
    assert election.ballots == ()
    assert election.official_winners == frozenset({"01", "03"})


@pytest.mark.parametrize(
    ("tie_rule", "words"),
    [("lower_cost", "의결 기구가 정합니다"), ("lot", "공개 추첨으로 정합니다")],
)
def test_how_the_money_is_given_out_is_read_before_anybody_votes(
    client: Client, tie_rule: str, words: str
) -> None:
    extra = {"lot_source": "주민 세 명이 주사위를 던집니다."} if tie_rule == "lot" else {}
    budget = make_voting_budget(
        (200_000_000, 150_000_000), options=EqualSharesOptions(), tie_rule=tie_rule, **extra
    )
    assert budget.contest is not None
    for page in (budget.get_absolute_url(), budget.contest.get_absolute_url()):
        text = client.get(page).content.decode()
        assert "첫 몫의 0.2%씩" in text
        assert words in text


def test_each_figure_of_a_wide_table_carries_the_head_of_its_column(client: Client) -> None:
    """On a phone a row of such a table is a block; the words before each figure come from here."""
    budget = make_allocated_budget(
        [50_000_000] * 3, [["01", "02"], ["01"], ["03"]], cap=150_000_000
    )
    page = client.get(budget.get_absolute_url()).content.decode()
    tables = re.findall(r'<table class="[^"]*table--stacks".*?</table>', page, re.DOTALL)
    assert tables
    for table in tables:
        head, body = table.split("</thead>")
        heads = re.findall(r"<th [^>]*>(.*?)</th>", head)
        for row in re.findall(r"<tr.*?</tr>", body, re.DOTALL):
            cells = re.findall(r"<(td|th) ([^>]*)>", row)
            told = [
                re.search(r'data-label="([^"]*)"', words)[1] if kind == "td" else None  # type: ignore[index]  # a missing label fails here
                for kind, words in cells
            ]
            assert [one or name for one, name in zip(told, heads, strict=True)] == heads
