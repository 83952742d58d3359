"""A vote that an administrator sets up on a phone, the clock opens, and a public lot decides."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from places.models import Area, Centre
from residents.roles import RoleKind
from tests.factories.residents import make_resident, make_user
from tests.factories.voting import pass_the_close, vote
from tests.journeys.conftest import until
from tests.journeys.office import Plan, begin, fill_sections, look_over_and_freeze
from tests.journeys.walks import DESKTOP, NO_LOG_IN, PHONE, Walker, count_again, state_of
from voting.models import Contest, ContestState, PromisedLeaf
from voting.selectors.lots import waits_for_lot

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser

pytestmark = pytest.mark.journey

OPTIONS = ("장터 골목에 그늘막 늘리기", "작은도서관 저녁 9시까지 열기", "장날마다 청소년 무대")
DICE, OTHER_DICE = "3 1 6 / 2 2 5", "3 1 6 / 2 2 6"


def test_a_vote_set_up_on_a_phone_opens_by_itself_and_a_lot_decides_its_tie(
    site: str, browser: Browser, tmp_path: Path
) -> None:
    office, everybody = Walker(browser, site), Walker(browser, site)
    contest = set_up(office)
    until(lambda: state_of(contest) == ContestState.OPEN, 90, "the clock opens the vote")
    office.page.reload()
    office.reads("투표 시작")
    office.check()
    everybody.go(f"/votes/{contest.pk}/")
    everybody.reads(OPTIONS[0])
    everybody.check()

    for title in OPTIONS[:2]:
        voter = make_user(**NO_LOG_IN)
        make_resident(voter, area=contest.area)
        vote(contest, contest.options.get(title=title).key, user=voter)
    pass_the_close(contest)
    until(lambda: waits_for_lot(Contest.objects.get(pk=contest.pk)), 90, "equal votes are found")
    everybody.go(f"/votes/{contest.pk}/result/")
    everybody.reads("아직 결과가 없습니다")
    draw(office, contest)
    until(lambda: state_of(contest) == ContestState.PUBLISHED, 90, "the result with the lot")
    read_the_result(everybody, contest)
    count_again(everybody, contest, tmp_path)


def set_up(office: Walker) -> Contest:
    """One of three is chosen, and a lot decides if votes are equal; set up on 360 pixels."""
    office.log_in(make_user(role=RoleKind.ADMINISTRATOR))
    plan = Plan(
        title="장터동 마을의제 우선순위",
        area=Area.objects.get(name="장터동"),
        preset="마을의제 순위(광주형)",
        options=[(title, "") for title in OPTIONS],
        centre=Centre.objects.get(name="장터동 행정복지센터"),
        rule={"seats": "1"},
        lot_source="주민 세 사람이 주사위를 두 번씩 던집니다.",
    )
    begin(office, plan)
    fill_sections(office, plan)
    look_over_and_freeze(office)
    contest = Contest.objects.select_related("area").get(title=plan.title)
    assert contest.area == plan.area
    return contest


def draw(office: Walker, contest: Contest) -> None:
    """Two type the dice: other numbers are refused and stay, the same ones draw the lot."""
    page = office.go(f"/admin/voting/contest/{contest.pk}/change/")
    office.reads("동점이라 추첨합니다")
    office.check()
    office.press("동점 추첨하기")
    office.check()
    office.fill(entropy=DICE, again=OTHER_DICE, witnesses="통장 한 사람, 참관인 두 사람")
    office.press("동점 추첨하기")
    office.reads("두 사람이 적은 숫자가 다릅니다.")
    assert page.input_value("#id_entropy") == DICE
    page.set_viewport_size({"width": DESKTOP, "height": 900})
    office.check()
    page.set_viewport_size({"width": PHONE, "height": 800})
    office.fill(again=DICE)
    office.press("동점 추첨하기")
    office.reads("추첨했습니다.")
    office.check()


def read_the_result(person: Walker, contest: Contest) -> None:
    """Of the two that are level the one chosen is whom the lot put first; the page says so."""
    seed = PromisedLeaf.objects.get(contest=contest, kind="seed")
    titles = {option.key: option.title for option in contest.options.all()}
    drawn = [titles[key] for key in json.loads(seed.data)["order"]]
    first = next(title for title in drawn if title in OPTIONS[:2])
    page = person.go(f"/votes/{contest.pk}/result/")
    person.check()
    chosen = page.locator("tr.is-won th[scope=row]").all_inner_texts()
    assert len(chosen) == 1
    assert first in chosen[0]
    told = page.locator(".alert--warning").inner_text()
    assert f"공개 추첨으로 “{first}”" in told
