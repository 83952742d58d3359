"""An administrator sets a vote up in the browser, and the clock opens it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from places.models import Area, Centre
from residents.roles import RoleKind
from tests.factories.residents import give_second_factor, grant, make_user
from tests.journeys.conftest import until
from tests.journeys.office import Plan, begin, fill_sections, look_over_and_freeze
from tests.journeys.walks import Walker
from voting.models import Contest, ContestState

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.journey

OPTIONS = ("장터 골목에 그늘막 늘리기", "작은도서관 저녁 9시까지 열기", "장날마다 청소년 무대")


def test_a_vote_is_set_up_frozen_and_opens_by_itself(site: str, browser: Browser) -> None:
    user = make_user()
    grant(user, RoleKind.ADMINISTRATOR)
    office = Walker(browser, site, width=1280)
    give_second_factor(user)
    office.log_in(user)

    dong = Area.objects.get(name="장터동")
    plan = Plan(
        title="장터동 마을의제 우선순위",
        area=dong,
        preset="마을의제 순위(광주형)",
        options=[(title, "") for title in OPTIONS],
        centre=Centre.objects.get(name="장터동 행정복지센터"),
    )
    begin(office, plan)
    fill_sections(office, plan)
    look_over_and_freeze(office)
    contest = Contest.objects.get()
    assert contest.area == dong
    until(lambda: state_of(contest) == ContestState.OPEN, 60, "the vote is open")
    office.page.reload()
    assert office.reads("투표 시작")
    office.check()
    everybody = Walker(browser, site)
    everybody.go(f"/votes/{contest.pk}/")
    assert everybody.reads(OPTIONS[0])
    everybody.check()


def state_of(contest: Contest) -> str:
    return Contest.objects.get(pk=contest.pk).state
