"""What an administrator does in the office to set a vote up, page by page."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from places.models import Area, Centre
    from tests.journeys.walks import Walker


@dataclass(frozen=True)
class Plan:
    """The vote that the office wants: what is typed, field by field where a preset says nothing."""

    title: str
    area: Area
    preset: str
    options: Sequence[tuple[str, str]]
    """Title and address of each."""
    centre: Centre
    words: Mapping[str, str] = field(default_factory=dict)
    ballot: Mapping[str, str] = field(default_factory=dict)
    rule: Mapping[str, str] = field(default_factory=dict)
    lot_source: str = ""
    """Where the numbers come from if equal votes are left to a lot."""


def begin(office: Walker, plan: Plan) -> None:
    """A draft from a preset; an empty form is refused first, and says why."""
    office.go("/admin/voting/contest/")
    office.check()
    office.press("투표 추가")
    office.check()
    office.press("초안 만들기")
    office.reads("틀이나 베껴 올 지난 투표를 골라 주세요.")
    office.check()
    office.fill(title=plan.title)
    office.page.get_by_label("어느 지역의 투표인가요").select_option(value=str(plan.area.pk))
    office.page.get_by_label(plan.preset).check()
    office.press("초안 만들기")
    office.reads("확정하기까지")
    office.check()


def fill_sections(office: Walker, plan: Plan) -> None:
    """Times, options, ballot, rule and ends in their order; then the date of the age."""
    set_times(office, plan.centre)
    fill_options(office, plan)
    for heading, typed in (("투표용지", plan.ballot), ("이렇게 셉니다", plan.rule)):
        office.page.get_by_role("heading", name=heading, exact=True).wait_for()
        office.fill(**typed)
        if plan.lot_source and heading == "이렇게 셉니다":
            office.page.check("input[name=tie_rule][value=lot]")
            office.fill(lot_source=plan.lot_source)
        office.check()
        office.press("저장하고 다음으로")
    office.page.get_by_role("heading", name="비밀, 공개, 이의신청").wait_for()
    office.check()
    office.press("저장하기")
    office.reads("확정하기까지 1가지가 빠져 있습니다")
    office.press("빠진 것 채우기")
    office.fill(age_on=f"{timezone.localdate():%Y-%m-%d}")
    office.press("저장하기")
    if plan.words:
        office.press("바꾸기: 무엇을 정하는 투표인가")
        office.fill(**plan.words)
        office.page.locator("button[name=save]").click()
    office.reads("모두 갖추었습니다")
    office.check()


def set_times(office: Walker, centre: Centre) -> None:
    """The hours in Korean time, and paper at one centre."""
    office.press("바꾸기: 언제, 어디서, 어떻게")
    office.check()
    now = timezone.localtime()
    office.fill(
        opens_at=f"{now - timedelta(minutes=2):%Y-%m-%dT%H:%M}",
        closes_at=f"{now + timedelta(days=9):%Y-%m-%dT%H:%M}",
        grace_seconds="0",
    )
    office.page.get_by_label(centre.name).check()
    office.press("저장하고 다음으로")


def fill_options(office: Walker, plan: Plan) -> None:
    """One line of the ballot for each."""
    office.check()
    for place, (title, url) in enumerate(plan.options):
        office.page.fill(f"#id_form-{place}-title", title)
        if url:
            office.page.locator(f"details:has(#id_form-{place}-url) summary").click()
            office.page.fill(f"#id_form-{place}-url", url)
    office.press("저장하고 다음으로")


def look_over_and_freeze(office: Walker) -> None:
    """See the ballot as voters will, go back, freeze."""
    office.press("투표용지 미리 보기")
    office.reads("여기서는 투표할 수 없습니다")
    office.check()
    office.press("준비 화면으로 돌아가기")
    office.press("투표 확정하기")
