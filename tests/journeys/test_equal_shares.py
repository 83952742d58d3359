"""A budget by equal shares: from the office's form to a losing project's story, and a recount."""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile
from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from budgets.models import Budget, Project
from civic.demo.votes import close_box
from places.models import Area, Centre
from residents.roles import RoleKind
from tests.factories.budgets import make_reviewing_budget, open_now, review
from tests.factories.residents import make_resident, make_user
from tests.factories.voting import pass_the_close, vote
from tests.journeys.conftest import until
from tests.journeys.walks import DESKTOP, Walker
from voting.models import Contest, ContestState
from voting.services.paper import SheetTyping, issue_paper, open_batch

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser

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


def test_a_budget_by_equal_shares_tells_why_a_project_lost(
    site: str, browser: Browser, tmp_path: Path
) -> None:
    budget = reviewed_budget()
    contest = prepare(Walker(browser, site, DESKTOP), budget)
    dong, centre = Area.objects.get(name="느티동"), Centre.objects.get(code="neuti")
    contest.centres.set([centre])
    open_now(contest, paper=True)
    phone = Walker(browser, site)
    vote_on_the_phone(phone, contest, resident_of(dong))
    for picks in WEB[1:]:
        vote(contest, *picks, user=resident_of(dong))
    vote_on_paper(contest, dong, centre)
    pass_the_close(contest)
    until(lambda: state_of(contest) == ContestState.PUBLISHED, 90, "the result")
    read_the_result(phone, budget)
    read_the_story(phone, budget)
    count_again(phone, contest, tmp_path)


def state_of(contest: Contest) -> str:
    """Where the contest stands now."""
    return Contest.objects.values_list("state", flat=True).get(pk=contest.pk)


def resident_of(dong: Area) -> User:
    """Somebody with an account whose residence is confirmed."""
    user = make_user()
    make_resident(user, area=dong)
    return user


def reviewed_budget() -> Budget:
    """Four projects that their department found eligible."""
    budget = make_reviewing_budget(COSTS, area=Area.objects.get(name="무등구"))
    for project, title in zip(budget.projects.order_by("pk"), TITLES, strict=True):
        Project.objects.filter(pk=project.pk).update(title=title)
        review(project, reviewed_cost=Decimal(project.cost))
    return budget


def prepare(office: Walker, budget: Budget) -> Contest:
    """The administrator chooses equal shares; a step of nothing is refused beside its field."""
    office.log_in(make_user(role=RoleKind.ADMINISTRATOR, name="강하늘"))
    page = office.go(f"/admin/budgets/budget/{budget.pk}/change/")
    office.check()
    page.check("input[name=contest-method][value=equal_shares]")
    page.check("input[name=contest-tie_rule][value=lower_cost]")
    office.fill(**{"contest-step": "0", "contest-threshold_percent": "5"})
    office.send("#act-contest button[name=act]")
    office.reads("0보다 큰 폭을 적어 주세요.")
    office.check()
    office.fill(**{"contest-step": "0.2"})
    office.send("#act-contest button[name=act]")
    until(lambda: Contest.objects.filter(budget=budget).exists(), 20, "the contest is prepared")
    contest = Contest.objects.get(budget=budget)
    rule = contest.rule_options["allocation"]
    assert rule["rule"] == "equal_shares"
    assert rule["constraints"] == {"threshold_percent": 5}
    office.go(f"/admin/voting/contest/{contest.pk}/change/")
    office.check()
    return contest


def vote_on_the_phone(person: Walker, contest: Contest, user: User) -> None:
    """Two projects, chosen on 360 pixels."""
    person.log_in(user)
    page = person.go(f"/votes/{contest.pk}/ballot/")
    page.check("#pick-1")
    page.check("#pick-2")
    person.check()
    person.send("form.ballot button[type=submit]")
    page.wait_for_url("**/cast/")
    person.press("투표하기")
    page.wait_for_url("**/receipt/")
    person.check()


def vote_on_paper(contest: Contest, dong: Area, centre: Centre) -> None:
    """A box of eleven sheets, counted and typed by two."""
    first, second = (make_user(role=RoleKind.CLERK, centre=centre) for _ in range(2))
    batch = open_batch(actor=first, second=second, contest_id=contest.pk, centre=centre)
    for _ in PAPER:
        resident = make_resident(area=dong)
        issue_paper(actor=first, batch_id=batch.pk, resident=resident, request_id=uuid4())
    close_box(batch, first, second, [SheetTyping(picks) for picks in PAPER])


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


def count_again(person: Walker, contest: Contest, folder: Path) -> None:
    """The kit's own verifier gives the money out again, and is green."""
    page = person.go(f"/votes/{contest.pk}/recount/")
    with page.expect_download() as download:
        page.locator("a[href$='.zip']").first.click()
    zipfile.ZipFile(io.BytesIO(download.value.path().read_bytes())).extractall(folder)
    told = subprocess.run(  # noqa: S603 - fixed words
        [sys.executable, str(folder / "verify.py"), str(folder)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stdout
    assert "초록" in told.stdout
