"""An administrator sets a vote up in the browser, and the clock opens it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from places.models import Area
from residents.roles import RoleKind
from tests.factories.residents import give_second_factor, grant, make_user
from tests.journeys.conftest import until
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

    page = office.go("/admin/voting/contest/")
    office.check()
    office.press("투표 추가")
    office.check()
    office.press("초안 만들기")
    assert office.reads("틀이나 베껴 올 지난 투표를 골라 주세요.")
    office.check()
    office.fill(title="장터동 마을의제 우선순위")
    dong = Area.objects.get(name="장터동")
    page.get_by_label("어느 지역의 투표인가요").select_option(value=str(dong.pk))
    page.get_by_label("마을의제 순위(광주형)").check()
    office.press("초안 만들기")
    assert office.reads("확정하기까지 4가지가 빠져 있습니다")
    office.check()

    fill_times(office)
    fill_options(office)
    for heading in ("투표용지", "이렇게 셉니다"):
        page.get_by_role("heading", name=heading, exact=True).wait_for()
        office.check()
        office.press("저장하고 다음으로")
    page.get_by_role("heading", name="비밀, 공개, 이의신청").wait_for()
    office.check()
    office.press("저장하기")
    assert office.reads("확정하기까지 1가지가 빠져 있습니다")
    office.press("빠진 것 채우기")
    office.fill(age_on=f"{timezone.localdate():%Y-%m-%d}")
    office.press("저장하기")
    assert office.reads("모두 갖추었습니다")
    office.check()

    office.press("투표용지 미리 보기")
    assert office.reads("여기서는 투표할 수 없습니다")
    office.check()
    office.press("준비 화면으로 돌아가기")
    office.press("투표 확정하기")
    contest = Contest.objects.get()
    assert contest.area == dong
    until(lambda: state_of(contest) == ContestState.OPEN, 60, "the vote is open")
    page.reload()
    assert office.reads("투표 시작")
    office.check()
    everybody = Walker(browser, site)
    everybody.go(f"/votes/{contest.pk}/")
    assert everybody.reads(OPTIONS[0])
    everybody.check()


def state_of(contest: Contest) -> str:
    return Contest.objects.get(pk=contest.pk).state


def fill_times(office: Walker) -> None:
    """The hours in Korean time, and paper at one centre; on to the options."""
    office.press("바꾸기: 언제, 어디서, 어떻게")
    office.check()
    now = timezone.localtime()
    office.fill(
        opens_at=f"{now - timedelta(minutes=2):%Y-%m-%dT%H:%M}",
        closes_at=f"{now + timedelta(days=9):%Y-%m-%dT%H:%M}",
    )
    office.page.get_by_label("장터동 행정복지센터").check()
    office.press("저장하고 다음으로")


def fill_options(office: Walker) -> None:
    """Three lines of the ballot; on to the ballot."""
    office.check()
    for place, title in enumerate(OPTIONS):
        office.page.fill(f"#id_form-{place}-title", title)
    office.press("저장하고 다음으로")
