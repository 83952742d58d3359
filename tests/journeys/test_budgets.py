"""Two budgets in one town. By votes: from the office's first form to what was built. By equal
shares: from the office's form to a losing project's story. Both are counted again by anybody.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from django.utils import timezone

from budgets.models import Budget, Project
from civic.demo.votes import close_box
from places.models import Area, Centre
from residents.models import Department
from residents.roles import RoleKind
from tests.factories.budgets import make_project, make_reviewing_budget, open_now, review
from tests.factories.proceedings import make_field
from tests.factories.residents import make_resident, make_user
from tests.factories.voting import pass_the_close, vote
from tests.journeys.conftest import until
from tests.journeys.office import look_over_and_freeze, set_times
from tests.journeys.walks import DESKTOP, NO_LOG_IN, PHONE, Walker, count_again, state_of
from voting.models import Contest, ContestState
from voting.services.paper import SheetTyping, issue_paper, open_batch

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from playwright.sync_api import Browser

    from proceedings.models import Field
    from residents.models import User

pytestmark = pytest.mark.journey

TITLES = (
    "시장 공용 화장실 수선",
    "작은도서관 야간 개방",
    "버스 정류장 안내판",
    "동네 의자 서른 개",
)
COSTS = (200_000_000, 150_000_000, 90_000_000, 60_000_000)
WEB = (*[("01", "02")] * 6, *[("03",)] * 4)
PAPER = (*[["03", "04"]] * 6, *[["04"]] * 5)
"""By votes 01 would take most of the 300 million won; equal shares pay for 04, 03 and 02."""
LAMPS = "안심 골목 보안등 바꾸기"
BY_VOTES = (("놀이터 모래 갈기", 70_000_000), ("마을 쉼터 새로 짓기", 90_000_000))
WEB_BY_VOTES = (*[("01", "03")] * 5, *[("01",)] * 4, *[("02",)] * 2)
PAPER_BY_VOTES = (*[["03", "01"]] * 8, *[["02"]] * 3)
"""01 has 17 votes, 03 has 13 and costs more than is left of 120 million won, 02 has 5 and fits."""


class Cast:
    """Who takes part: one of the office, one of a department, two citizens with phones."""

    def __init__(self, browser: Browser, site: str) -> None:
        self.dong = Area.objects.get(name="느티동")
        self.centre = Centre.objects.get(code="neuti")
        self.safety = Department.objects.get(name="안전도시과")
        self.office, self.official = Walker(browser, site), Walker(browser, site)
        self.office.log_in(make_user(role=RoleKind.ADMINISTRATOR, name="강하늘"))
        self.official.log_in(make_user(role=RoleKind.OFFICIAL, department=self.safety, name="최담"))
        self.phones = [Walker(browser, site) for _ in range(2)]
        for phone in self.phones:
            phone.log_in(self.resident())

    def resident(self, **columns: str | None) -> User:
        """Somebody with an account whose residence is confirmed."""
        user = make_user(**columns)
        make_resident(user, area=self.dong)
        return user


def test_two_budgets_from_their_first_form_to_what_was_built(
    site: str, browser: Browser, tmp_path: Path
) -> None:
    cast = Cast(browser, site)
    by_votes, lamps = planned_budget(cast)
    first = put_to_the_vote(cast.office, by_votes)
    by_shares = reviewed_budget()
    second = prepare(cast.office, by_shares)
    second.centres.set([cast.centre])
    open_now(second, paper=True)
    until(lambda: state_of(first) == ContestState.OPEN, 90, "the clock opens the vote")

    for phone, contest, web, paper in zip(
        cast.phones, (first, second), (WEB_BY_VOTES, WEB), (PAPER_BY_VOTES, PAPER), strict=True
    ):
        vote_on_the_phone(phone, contest, web[0])
        for picks in web[1:]:
            vote(contest, *picks, user=cast.resident(**NO_LOG_IN))
        vote_on_paper(cast, contest, paper)
        pass_the_close(contest)

    until(by_votes.allocations.exists, 120, "the money is given out by votes")
    read_what_came_out(cast.phones[0], by_votes)
    carry_out(cast, by_votes, lamps)
    read_what_was_built(cast.phones[0], by_votes, lamps)
    until(by_shares.allocations.exists, 120, "the money is given out by equal shares")
    read_the_result(cast.phones[1], by_shares)
    read_the_story(cast.phones[1], by_shares)
    for phone, contest in zip(cast.phones, (first, second), strict=True):
        count_again(phone, contest, tmp_path / str(contest.pk))


# --- Both ---


def vote_on_the_phone(person: Walker, contest: Contest, codes: Sequence[str]) -> None:
    """Two projects, chosen on 360 pixels."""
    page = person.go(f"/votes/{contest.pk}/ballot/")
    for code in codes:
        page.check(f"#pick-{int(code)}")
    person.check()
    person.send("form.ballot button[type=submit]")
    page.wait_for_url("**/cast/*")
    person.press("투표하기")
    page.wait_for_url("**/receipt/")
    person.check()


def vote_on_paper(cast: Cast, contest: Contest, sheets: Sequence[Sequence[str]]) -> None:
    """A box of eleven sheets, counted and typed by two."""
    first, second = (make_user(role=RoleKind.CLERK, centre=cast.centre) for _ in range(2))
    batch = open_batch(actor=first, second=second, contest_id=contest.pk, centre=cast.centre)
    for _ in sheets:
        resident = make_resident(area=cast.dong)
        issue_paper(actor=first, batch_id=batch.pk, resident=resident, request_id=uuid4())
    close_box(batch, first, second, [SheetTyping(list(picks)) for picks in sheets])


# --- By votes: from the first form ---


def planned_budget(cast: Cast) -> tuple[Budget, Project]:
    """A budget and its first project, written and reviewed on pages; the others by services."""
    budget, safe = announce(cast.office), make_field(name="안전", slug="safe")
    lamps = write_a_project(cast.office, budget, cast.safety, safe)
    for title, cost in BY_VOTES:
        make_project(
            budget,
            title=title,
            cost=Decimal(cost),
            area=cast.dong,
            department=cast.safety,
            field_id=safe.pk,
        )
    cast.office.go(f"/admin/budgets/budget/{budget.pk}/change/")
    cast.office.press("부서 검토 시작하기")
    cast.office.check()
    give_a_verdict(cast.official, lamps)
    for project in budget.projects.exclude(pk=lamps.pk):
        review(project)
    return budget, lamps


def announce(office: Walker) -> Budget:
    """The budget itself; an empty form is refused first and says where."""
    office.go("/admin/budgets/budget/add/")
    office.press("예산 공고하기")
    office.reads("표시한 곳을 살펴 주세요.")
    office.check()
    office.fill(
        title="느티동 주민참여예산",
        year=str(timezone.localdate().year + 1),
        cap="120000000",
        summary="느티동 주민이 내년에 할 일을 고릅니다.",
        effect="이 투표로 내년 예산안에 담을 사업을 정합니다.",
    )
    office.page.select_option("#id_area", label="느티동")
    office.press("예산 공고하기")
    office.reads("예산을 공고했습니다.")
    office.check()
    return Budget.objects.get(title="느티동 주민참여예산")


def write_a_project(
    office: Walker, budget: Budget, department: Department, field: Field
) -> Project:
    """A project; a breakdown that does not add up is refused and stays as it was typed."""
    office.press("사업 추가하기")
    office.check()
    office.fill(
        title=LAMPS,
        cost="40000000",
        place="느티로 12길",
        summary="어두운 골목 세 곳의 보안등을 밝은 것으로 바꿉니다.",
    )
    office.page.select_option("#id_department", value=str(department.pk))
    office.page.select_option("#id_field", value=str(field.pk))
    office.fill(
        **{
            "lines-0-label": "보안등",
            "lines-0-quantity": "40",
            "lines-0-unit": "등",
            "lines-0-unit_price": "900000",
        }
    )
    office.press("사업 저장하기")
    office.check()
    assert office.page.input_value("#id_lines-0-unit_price") == "900000"
    office.fill(**{"lines-0-unit_price": "1000000"})
    office.press("사업 저장하기")
    office.check()
    return Project.objects.select_related("area").get(budget=budget, title=LAMPS)


def give_a_verdict(official: Walker, project: Project) -> None:
    """The department finds the project on its list and says what it found."""
    official.go("/admin/budgets/project/")
    official.check()
    official.press(project.title)
    official.check()
    official.page.check("#act-review input[value='1']")
    official.fill(
        **{
            "review-note": "현장을 살펴보니 설치할 수 있습니다.",
            "review-expected_effect": "밤길이 밝아집니다.",
        }
    )
    official.send("#act-review button[name=act]")
    official.reads("검토 결과를 기록했습니다.")
    official.check()


def put_to_the_vote(office: Walker, budget: Budget) -> Contest:
    """By votes, what does not fit is passed over; then hours and ballot, and the vote is frozen."""
    page = office.go(f"/admin/budgets/budget/{budget.pk}/change/")
    page.check("input[name=contest-method][value=greedy]")
    page.check("input[name=contest-skip][value='1']")
    page.select_option("#id_contest-preset", label="참여예산 구 단위")
    office.check()
    office.send("#act-contest button[value=contest]")
    office.reads("사업을 담아 투표 초안을 만들었습니다.")
    contest = Contest.objects.get(budget=budget)
    assert page.url.split("#")[0].endswith(f"/admin/voting/contest/{contest.pk}/change/")
    office.check()
    set_times(office, Centre.objects.get(code="neuti"))
    office.go(f"/admin/voting/contest/{contest.pk}/change/")
    office.press("빠진 것 채우기")
    office.check()
    office.fill(age_on=f"{timezone.localdate():%Y-%m-%d}")
    office.press("저장하기")
    office.press("빠진 것 채우기")
    office.check()
    office.fill(lot_source="주민 세 사람이 주사위를 던집니다.")
    office.press("저장하기")
    office.reads("모두 갖추었습니다")
    look_over_and_freeze(office)
    return contest


def read_what_came_out(person: Walker, budget: Budget) -> None:
    """What is paid for, what was passed over and why, on a phone and at a desk."""
    page = person.go(f"/budgets/{budget.pk}/")
    person.check()
    funded = page.locator("[aria-labelledby=figures] tr.is-funded th").all_text_contents()
    assert [text.strip() for text in funded] == [LAMPS, BY_VOTES[0][0]]
    person.widen(DESKTOP)
    person.check()
    person.widen(PHONE)
    person.press(BY_VOTES[1][0])
    person.check()
    assert "남은 예산 8,000만 원" in page.locator("#outcome + p").inner_text()


def carry_out(cast: Cast, budget: Budget, project: Project) -> None:
    """The office begins, the department plans a step, reports it with what it cost, and is done."""
    office, official = cast.office, cast.official
    office.go(f"/admin/budgets/budget/{budget.pk}/change/")
    office.check()
    office.press("집행 시작하기")
    page = official.go(f"/admin/budgets/project/{project.pk}/change/")
    page.locator("#act-plan summary").click()
    today = timezone.localdate()
    official.fill(
        **{
            "plan-title": "보안등 40개 설치",
            "plan-planned_on": f"{today + timedelta(days=7):%Y-%m-%d}",
        }
    )
    official.send("#act-plan button[name=act]")
    official.check()
    page.select_option("#id_report-milestone", label="보안등 40개 설치")
    official.fill(
        **{
            "report-done_on": f"{today:%Y-%m-%d}",
            "report-note": "세 골목에 모두 달았습니다.",
            "report-spent": "38500000",
        }
    )
    page.check("#id_report-finishes")
    official.send("#act-report button[name=act]")
    official.reads("추진 결과를 기록했습니다.")
    official.check()


def read_what_was_built(person: Walker, budget: Budget, project: Project) -> None:
    """The project tells its step and what it cost, the budget how far all of it is."""
    person.go(f"/budgets/{budget.pk}/projects/{project.pk}/")
    person.reads("세 골목에 모두 달았습니다.")
    person.reads("3,850만 원")
    person.check()
    person.go(f"/budgets/{budget.pk}/")
    person.reads("3,850만 원")
    person.check()


# --- By equal shares: why a project lost ---


def reviewed_budget() -> Budget:
    """Four projects that their department found eligible."""
    budget = make_reviewing_budget(COSTS, area=Area.objects.get(name="무등구"))
    for project, title in zip(budget.projects.order_by("pk"), TITLES, strict=True):
        Project.objects.filter(pk=project.pk).update(title=title)
        review(project, reviewed_cost=Decimal(project.cost))
    return budget


def prepare(office: Walker, budget: Budget) -> Contest:
    """The administrator chooses equal shares; a step of nothing is refused beside its field."""
    page = office.go(f"/admin/budgets/budget/{budget.pk}/change/")
    office.check()
    page.check("input[name=contest-method][value=equal_shares]")
    page.check("input[name=contest-tie_rule][value=lower_cost]")
    office.fill(**{"contest-step": "0", "contest-threshold_percent": "5"})
    office.send("#act-contest button[value=contest]")
    office.reads("0보다 큰 폭을 적어 주세요.")
    office.check()
    office.fill(**{"contest-step": "0.2"})
    office.send("#act-contest button[value=contest]")
    until(lambda: Contest.objects.filter(budget=budget).exists(), 20, "the contest is prepared")
    contest = Contest.objects.get(budget=budget)
    rule = contest.rule_options["allocation"]
    assert rule["rule"] == "equal_shares"
    assert rule["constraints"] == {"threshold_percent": 5}
    office.go(f"/admin/voting/contest/{contest.pk}/change/")
    office.check()
    return contest


def read_the_result(person: Walker, budget: Budget) -> None:
    """Both ways side by side, with the voters that each leaves with nothing."""
    page = person.go(f"/budgets/{budget.pk}/")
    person.check()
    person.reads("이 예산은 균등 몫 방식으로 나누었습니다.")
    told = page.locator("#beside ~ .table-box").first.inner_text()
    assert "균등 몫 (이 예산)" in told.replace("\n", " ")
    allocation = Budget.objects.get(pk=budget.pk).allocations.get()
    assert allocation.beside["ways"]["equal_shares"]["winners"][:2] == ["04", "03"]
    assert allocation.beside["ways"]["greedy"]["winners"][:1] == ["04"]


def read_the_story(person: Walker, budget: Budget) -> None:
    """A losing project: what its supporters had, and what would have been enough."""
    project = Project.objects.get(budget=budget, code="01")
    page = person.go(f"/budgets/{budget.pk}/projects/{project.pk}/")
    person.check()
    person.reads("이 사업을 고른 주민에게 남은 몫")
    person.reads(f"“{TITLES[1]}” 선정 뒤")
    assert "더 골랐다면 선정되었습니다" in page.locator("#outcome + p").inner_text()
