"""From an idea to a count that anybody repeats: one matter through every room of the house.

Citizens, clerks, an official and an administrator act on pages as they do in life. Only crowds
come through services, and the hour of closing is moved.
"""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date, timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from django.utils import timezone

from civic.demo.town import confirm
from places.models import Area, Centre
from proposals.models import Proposal, ProposalState
from proposals.services import support_proposal
from residents.models import Department
from residents.roles import RoleKind
from tests.factories.proposals import make_preset, make_proposal
from tests.factories.residents import make_resident, make_user
from tests.factories.voting import pass_the_close, vote
from tests.journeys.conftest import until
from tests.journeys.office import Plan, begin, fill_sections, look_over_and_freeze
from tests.journeys.walks import DESKTOP, NO_LOG_IN, Walker, fresh_code, state_of, verify
from voting.models import Batch, BatchState, Contest, ContestState, Entry
from voting.services.paper import issue_paper

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from playwright.sync_api import Browser

    from residents.models import User

pytestmark = pytest.mark.journey

TITLE = "느티로 12길에 보안등을 하나 더"
AT_THE_CENTRE = (("문순례", "19580312"), ("허창식", "19610427"), ("노말순", "19490815"))
ALSO_AT_THE_CENTRE = 8  # so that the paper channel is large enough to be shown by itself
SHEETS = ("1", "12", "2", "1", "13", "1", "3", "12", "1", "0", "*3")
"""What is on the eleven sheets: nine choices, one blank, one crossed out."""
SLIP = 2
"""The sheet that pass 2 types wrongly."""
ON_THE_WEB = 10  # besides the one on the phone
SECONDS_TO_THE_BOARD = 10
"""How old the figures of a centre's wall display may be."""
NOTE_THE_TILES = """() => {
  window.firstSeen = {};
  const note = () => document.querySelectorAll(".tile").forEach((tile) => {
    window.firstSeen[tile.innerText.replace(/\\s+/g, " ")] ??= Date.now();
  });
  note();
  new MutationObserver(note).observe(document.body, { childList: true, subtree: true });
}"""
"""Keeps when each figure of the page came, for as long as the page is not loaded again."""


class Cast:
    """Who takes part: two citizens with phones, two clerks, a coordinator, two of the office."""

    def __init__(self) -> None:
        self.dong = Area.objects.get(name="느티동")
        self.centre = Centre.objects.get(code="neuti")
        safety = Department.objects.get(name="안전도시과")
        self.author = self.resident()
        self.neighbour = self.resident()
        self.clerk_a = make_user(role=RoleKind.CLERK, centre=self.centre, name="정나루")
        self.clerk_b = make_user(role=RoleKind.CLERK, centre=self.centre, name="한가온")
        self.coordinator = make_user(role=RoleKind.COORDINATOR, centre=self.centre, name="오다솜")
        self.official = make_user(role=RoleKind.OFFICIAL, department=safety, name="최담")
        self.administrator = make_user(role=RoleKind.ADMINISTRATOR, name="강하늘")
        for name, birth in AT_THE_CENTRE:
            born = date(int(birth[:4]), int(birth[4:6]), int(birth[6:]))
            confirm(None, name, born, self.dong, self.centre)

    def resident(self, **columns: str | None) -> User:
        """Somebody with an account whose residence in the dong is confirmed."""
        user = make_user(**columns)
        make_resident(user, area=self.dong)
        return user


def test_an_idea_becomes_a_vote_that_anybody_can_count_again(
    site: str, browser: Browser, tmp_path: Path
) -> None:
    cast = Cast()
    author = Walker(browser, site)
    neighbour = Walker(browser, site)
    desk = staff_of_the_desk(browser, site, cast)

    proposal = propose(author, cast)
    support(neighbour, cast, proposal)
    answer(Walker(browser, site, DESKTOP), cast, proposal)
    author.go(f"/proposals/{proposal.pk}/")
    author.reads("11월에 보안등을 바꿉니다.")
    author.check()

    contest = set_up(Walker(browser, site, DESKTOP), cast, proposal)
    lamp = contest.options.get(title=TITLE)
    until(lambda: state_of(contest) == ContestState.OPEN, 60, "the clock opens the vote")
    for _ in range(ON_THE_WEB):
        vote(contest, lamp.key, user=cast.resident(**NO_LOG_IN))
    voter = Walker(browser, site)
    vote_on_the_phone(voter, cast, contest)

    batch = vote_at_the_centre(desk[0], cast, contest)
    board = Board(browser, site, cast.centre)
    count_the_box(desk, batch, board)

    pass_the_close(contest)
    until(lambda: state_of(contest) == ContestState.PUBLISHED, 90, "the result")
    read_the_result(voter, contest)
    count_again(voter, contest, tmp_path)


def propose(person: Walker, cast: Cast) -> Proposal:
    """Write before logging in, see a similar one, log in, look it over, submit."""
    make_preset(threshold=4)
    make_proposal(
        cast.resident(**NO_LOG_IN), title="느티로에 보안등을 더 달아 주세요", area=cast.dong
    )
    page = person.go("/proposals/new/")
    person.check()
    person.press("쓰기 시작")
    person.send()
    person.check()  # nothing was written: the form says so
    page.locator("#id_title").press_sequentially(TITLE, delay=15)
    page.wait_for_selector(".hints")
    person.check()
    person.fill(body="세 개 가운데 두 개가 꺼져 있습니다. 어르신 귀갓길부터 바꿔 주세요.")
    page.select_option("#id_area", label="느티동")
    page.select_option("#id_field", label="안전")
    person.fill(place="느티로 12길 경로당 옆")
    person.send()
    page.wait_for_url("**/similar/")
    person.reads("느티로에 보안등을 더 달아 주세요")
    person.check()
    person.send("main .button--primary")
    person.log_in(cast.author, is_there=True)
    page.wait_for_url("**/preview/")
    person.reads(TITLE)
    person.check()
    person.press("제출")
    page.wait_for_url(lambda url: url.rstrip("/").rsplit("/", 1)[-1].isdecimal())
    person.check()
    return Proposal.objects.get(title=TITLE)


def support(person: Walker, cast: Cast, proposal: Proposal) -> None:
    """Two by services, two on a phone: the last one crosses the threshold."""
    for _ in range(2):
        support_proposal(actor=cast.resident(**NO_LOG_IN), proposal_id=proposal.pk)
    newcomer = Walker(person.context.browser, person.site)  # type: ignore[arg-type]  # a context of a browser
    newcomer.log_in(make_user())
    newcomer.go(f"/proposals/{proposal.pk}/")
    newcomer.page.click("#support-button")
    newcomer.reads("주민 확인")  # refused, with the way to go
    newcomer.check()
    for user in (cast.resident(), cast.neighbour):
        walker = person if user is cast.neighbour else Walker(newcomer.context.browser, person.site)  # type: ignore[arg-type]  # the same
        walker.log_in(user)
        walker.go(f"/proposals/{proposal.pk}/")
        walker.page.click("#support-button")
        walker.reads("공감했습니다.")
        walker.check()
    proposal.refresh_from_db()
    assert proposal.state == ProposalState.REVIEWING


def answer(person: Walker, cast: Cast, proposal: Proposal) -> None:
    """An official finds it in the list of what is due, and answers; without a reason it stays."""
    person.log_in(cast.official)
    page = person.go("/admin/proposals/proposal/")
    person.check()
    person.press(TITLE)
    person.check()
    page.check("#act-answer input[value=adopted]")
    person.send("#act-answer button[name=act]")
    person.check()
    next_date = timezone.localdate() + timedelta(days=14)
    person.fill(
        **{
            "answer-reason": "현장을 확인했고 전기 안전에 문제가 없습니다.",
            "answer-next_step": "11월에 보안등을 바꿉니다.",
            "answer-next_date": next_date.isoformat(),
            "answer-contact": "안전도시과 062-000-0101",
        }
    )
    person.send("#act-answer button[name=act]")
    page.wait_for_selector(".messagelist .success")
    person.check()
    proposal.refresh_from_db()
    assert proposal.state == ProposalState.ANSWERED


def set_up(office: Walker, cast: Cast, proposal: Proposal) -> Contest:
    """A vote on what was adopted and two other matters, set up on the pages of the office."""
    office.log_in(cast.administrator)
    plan = Plan(
        title="느티동 마을의제 정하기",
        area=cast.dong,
        preset="마을의제 순위(광주형)",
        options=[
            (proposal.title, proposal.get_absolute_url()),
            ("느티나무 아래 평상", ""),
            ("작은도서관 밤에도 열기", ""),
        ],
        centre=cast.centre,
        words={
            "effect": "이 투표는 주민총회의 우선순위를 정합니다.",
            "decided_by": "느티동 주민자치회",
        },
        ballot={"max_picks": "2"},
    )
    begin(office, plan)
    fill_sections(office, plan)
    look_over_and_freeze(office)
    return Contest.objects.get(title=plan.title)


def vote_on_the_phone(person: Walker, cast: Cast, contest: Contest) -> None:
    """Choose before logging in, check, send, receipt: on 360 pixels; the choice survives."""
    page = person.go("/")
    person.check()
    person.go(f"/votes/{contest.pk}/")
    person.check()
    person.press("투표하기")
    page.check("#pick-1")
    page.check("#pick-2")
    person.check()
    person.send("form.ballot button[type=submit]")
    person.log_in(cast.resident(), is_there=True)
    page.wait_for_url("**/cast/")
    person.reads(TITLE)
    person.reads("느티나무 아래 평상")
    person.check()
    person.press("투표하기")
    page.wait_for_url("**/receipt/")
    person.check()


def staff_of_the_desk(browser: Browser, site: str, cast: Cast) -> list[Walker]:
    """Clerks A and B and the coordinator, logged in; early, as each code of an app works once and
    two of them type another one when a box is opened and sealed.
    """
    desk = [Walker(browser, site, DESKTOP) for _ in range(3)]
    for person, user in zip(desk, (cast.clerk_a, cast.clerk_b, cast.coordinator), strict=True):
        person.log_in(user)
    return desk


def vote_at_the_centre(person: Walker, cast: Cast, contest: Contest) -> Batch:
    """Clerk A opens the box with B, hands out three papers, and seals it with the coordinator."""
    page = person.go("/desk/")
    person.check()
    person.go("/desk/votes/")
    person.press("투표함 열기")
    person.check()
    person.fill(email=cast.clerk_b.email, code="000000")
    person.send()
    person.check()  # a wrong code is refused, the e-mail stays
    assert page.input_value("#id_email") == cast.clerk_b.email
    person.fill(code=fresh_code(cast.clerk_b))
    person.send()
    page.wait_for_url("**/hand-out/")
    batch = Batch.objects.get(contest=contest)

    for name, birth in AT_THE_CENTRE:
        look_up(person, name, birth)
        page.wait_for_url("**person=*")
        person.check()
        page.keyboard.press("Enter")
        page.wait_for_url("**/stubs/*/")
        person.check()
        printed = page.request.get(f"{page.url.rstrip('/')}.pdf")
        assert printed.body().startswith(b"%PDF")
        person.press("다음 사람")
        page.wait_for_url("**/hand-out/")

    for _ in range(ALSO_AT_THE_CENTRE):
        issue_paper(
            actor=cast.clerk_a,
            batch_id=batch.pk,
            resident=make_resident(area=cast.dong),
            request_id=uuid4(),
        )
    look_up(person, *AT_THE_CENTRE[0])
    person.reads("투표용지를 드릴 수 없습니다")
    person.check()

    person.go(f"/desk/boxes/{batch.pk}/seal/")
    person.check()
    person.fill(
        seal_numbers="무등-0021, 무등-0022",
        email=cast.coordinator.email,
        code=fresh_code(cast.coordinator),
    )
    person.send()
    page.wait_for_url(f"**/boxes/{batch.pk}/")
    person.check()
    return batch


def look_up(person: Walker, name: str, birth: str) -> None:
    """Type who stands at the desk; the keyboard is in the first field already."""
    keyboard = person.page.keyboard
    person.page.wait_for_function("document.activeElement?.matches('input')")
    keyboard.type(name)
    keyboard.press("Tab")
    keyboard.type(birth)
    keyboard.press("Enter")


class Board:
    """The centre's wall display: opened once, nobody touches it again."""

    def __init__(self, browser: Browser, site: str, centre: Centre) -> None:
        self.walker = Walker(browser, site, DESKTOP)
        self.walker.go(f"/board/{centre.code}/")
        self.walker.check()
        assert self.walker.page.evaluate("document.documentElement.scrollHeight <= innerHeight")
        self.walker.page.evaluate(NOTE_THE_TILES)

    def typed_at(self, figure: int) -> float:
        """When it began to show that so many sheets are typed, in seconds; waits for it."""
        words = f"이 센터에서 입력한 용지 {figure}장"
        shown = "words => window.firstSeen[words]"  # gone if the page was loaded again
        found = self.walker.page.wait_for_function(shown, arg=words)
        return float(found.json_value()) / 1000


def count_the_box(desk: Sequence[Walker], batch: Batch, board: Board) -> None:
    """Two count and type apart, a third settles the one sheet that differs, two sign."""
    first, second, third = desk
    box = f"/desk/boxes/{batch.pk}/"

    for clerk in (first, second):
        clerk.go(f"{box}count/")
        clerk.check()
        number = str(len(SHEETS))
        clerk.fill(sheets=number, stubs=number, signatures=number)
        clerk.send()
        clerk.page.locator(".alert--success").wait_for()
        clerk.check()

    board.typed_at(0)
    type_sheets(first, f"{box}type/1/", SHEETS)
    last = Entry.objects.filter(sheet__batch=batch).latest("at")
    late = board.typed_at(len(SHEETS)) - last.at.timestamp()
    assert 0 < late < SECONDS_TO_THE_BOARD, late
    type_sheets(second, f"{box}type/2/", [*SHEETS[: SLIP - 1], "1", *SHEETS[SLIP:]])

    third.go(box)
    third.check()
    third.press("다르게 읽은 투표지 정하기")
    third.reads("1, 2")  # what pass 1 read
    third.check()
    third.page.keyboard.type(SHEETS[SLIP - 1])
    third.page.keyboard.press("Enter")
    third.page.get_by_role("link", name="수 맞춰 보기").click()
    third.page.wait_for_url("**/reconcile/")
    third.check()

    for clerk in (first, second):
        clerk.go(f"{box}sign/")
        clerk.check()
        clerk.send()
        clerk.check()
    batch.refresh_from_db()
    assert batch.state == BatchState.CERTIFIED
    board.walker.check()
    second.go(box)
    second.check()
    assert second.page.request.get(f"{second.site}{box}report.pdf").body().startswith(b"%PDF")


def type_sheets(clerk: Walker, address: str, keys: Sequence[str]) -> None:
    """Type sheet after sheet by keyboard; pass 2 is read from the back."""
    page = clerk.go(address)
    clerk.check()
    for _ in keys:
        shown = page.locator(".desk-number").inner_text()
        page.keyboard.type(keys[int(shown) - 1])
        page.keyboard.press("Enter")
        page.wait_for_function(
            "shown => document.querySelector('.desk-number')?.textContent !== shown", arg=shown
        )
    clerk.check()


def read_the_result(person: Walker, contest: Contest) -> None:
    """The page shows what came by web and by paper, and their sum."""
    page = person.go(f"/votes/{contest.pk}/result/")
    person.check()
    rows = re.sub(r"[표명장]", "", page.locator("#sums ~ *").first.inner_text())
    web, paper = ON_THE_WEB + 1, len(SHEETS)
    assert re.search(rf"온라인\s+{web}\s+0\s+0\s+{web}", rows), rows
    assert re.search(rf"종이\s+{paper - 2}\s+1\s+1\s+{paper}", rows), rows
    assert re.search(rf"{web + paper}", rows), rows
    page.set_viewport_size({"width": DESKTOP, "height": 900})
    person.check()
    person.go("/me/notices/")
    person.check()


def count_again(person: Walker, contest: Contest, folder: Path) -> None:
    """Download the kit, run its verifier: green; one byte changed, and it names the file."""
    page = person.go(f"/votes/{contest.pk}/recount/")
    person.check()
    with page.expect_download() as download:
        page.locator("a[href$='.zip']").first.click()
    zipfile.ZipFile(io.BytesIO(download.value.path().read_bytes())).extractall(folder)
    good = verify(folder)
    assert good.returncode == 0, good.stdout
    assert "초록" in good.stdout

    ballots = folder / "ballots.jsonl"
    text = bytearray(ballots.read_bytes())
    text[2] = ord("c")
    ballots.write_bytes(bytes(text))
    bad = verify(folder)
    assert bad.returncode == 1
    assert "빨강" in bad.stdout
    assert re.search(r"ballots\.jsonl\D+1\b", bad.stdout), bad.stdout
