"""Every counting rule as a town uses it: set up in the office, voted by phone, typed at the desk,
counted by the worker, read on a page, and counted again by anybody.

What all votes share (words, days, crowds, boxes) comes through services; what differs by rule is
done on pages.
"""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from django.utils import timezone

from places.models import Area, Centre
from residents.roles import RoleKind
from tests.factories.residents import make_resident, make_user
from tests.factories.voting import pass_the_close
from tests.journeys.conftest import until
from tests.journeys.test_cycle import state_of, type_sheets, verify
from tests.journeys.walks import DESKTOP, PHONE, Walker
from voting.models import Contest, ContestState
from voting.services.casting import cast_ballot
from voting.services.contests import OptionText, create_contest, freeze_contest, open_contest
from voting.services.paper import issue_paper, open_batch, record_count, seal_batch, sign_batch

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from playwright.sync_api import Browser

    from residents.models import User
    from voting.models import Batch

pytestmark = pytest.mark.journey

GROUPS = {"a": "안전", "b": "안전", "c": "환경", "d": "환경"}
PICKS: list[Any] = [["a", "b"], ["a"], ["c", "d"]]
RANKS: list[Any] = [{"a": "1", "b": "2"}, {"b": "1", "c": "2", "d": "3"}, {"a": "1", "d": "2"}]
SHEETS = {
    "rank": ("12..", "11.2", "3/1...", "0", "*3"),
    "points": ("6 4 0 0", "9 9 . .", "10...", "0", "/"),
    "score": ("50.4", "5/3...", "0", "*1"),
    "yes_no": ("1112", "1122", "1912", "0000"),
    "pick": ("13", "2", "0", "/"),
}
"""What is on the sheets; the rule reads what is odd about them, never the desk."""


@dataclass(frozen=True)
class Way:
    """How a rule is set up and voted: fields by their names, ballots as a program sends them."""

    rule: str
    kind: str
    ballots: Sequence[Any]
    phone: Mapping[str, str] | Sequence[str]
    """What somebody marks on a phone: options to numbers or answers, or options."""
    won: str
    """Who is chosen, one letter each; worked out by hand from what is cast."""
    ballot: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, str] = field(default_factory=dict)
    paper: bool = False
    is_level: bool = False
    """Whether others are equal for what is left."""


FIRST_AND_THIRD = {"a": "1", "c": "2"}
WAYS = (
    Way("plurality", "single", [["a"], ["b"], ["b"]], ["b"], "b"),
    Way("irv", "rank", RANKS, FIRST_AND_THIRD, "a", {"max_picks": "4"}, {"stop": "two"}, True),
    Way(
        "stv",
        "rank",
        [*RANKS, {"b": "1"}],
        FIRST_AND_THIRD,
        "ab",
        {"max_picks": "4"},
        {"seats": "2", "decimals": "5"},
    ),
    Way(
        "schulze", "rank", RANKS, FIRST_AND_THIRD, "a", {"max_picks": "4"}, {"strength": "margins"}
    ),
    Way("borda", "rank", RANKS, FIRST_AND_THIRD, "a", {"max_picks": "4"}, {"unranked": "average"}),
    Way(
        "points",
        "points",
        [{"a": "6", "b": "4"}, {"c": "10"}],
        {"a": "7", "d": "3"},
        "a",
        {"points": "10", "max_picks": "4"},
        {"seats": "2", "weights_web": "50", "weights_paper": "50"},
        paper=True,
        is_level=True,  # b and c: 4/30 + 4/20 = 10/30
    ),
    Way(
        "score",
        "score",
        [{"a": "5", "b": "0"}, {"b": "4"}],
        {"a": "3", "b": "5"},
        "a",
        {"score_max": "5"},
        {"of": "mean", "least": "2"},
        paper=True,
    ),
    Way(
        "approval",
        "pick",
        PICKS,
        ["a", "c", "d"],
        "ac",
        {"max_picks": "4"},
        {"seats": "2"},
        paper=True,
    ),
    Way("seq_pav", "pick", [*PICKS, ["c"]], ["a"], "ac", {"max_picks": "4"}, {"seats": "2"}),
    Way("seq_phragmen", "pick", [*PICKS, ["c"]], ["a"], "ac", {"max_picks": "4"}, {"seats": "2"}),
    Way(
        "equal_shares",
        "pick",
        [*PICKS, ["c"]],
        ["a"],
        "ac",
        {"max_picks": "4"},
        {"seats": "2", "completion": "votes"},
    ),
    Way(
        "plurality",
        "pick",
        [["a", "c"], ["b", "c"]],
        ["a", "d"],
        "ac",
        {"max_picks": "2", "group_picks": "1"},
        {"per_group": "on"},
    ),
    Way(
        "yes_no",
        "yes_no",
        [{"a": "yes", "b": "no", "c": "yes", "d": "yes"}, {"a": "yes", "b": "yes"}],
        {"a": "yes", "b": "no", "c": "yes", "d": "no"},
        "a",
        {},
        {"majority_of": "turnout", "majority_share": "2/3"},
        paper=True,
    ),
)


class Town:
    """Who is needed for all votes."""

    def __init__(self, site: str, browser: Browser) -> None:
        self.dong = Area.objects.get(name="느티동")
        self.centre = Centre.objects.get(code="neuti")
        self.administrator = make_user(role=RoleKind.ADMINISTRATOR)
        self.clerks = [make_user(role=RoleKind.CLERK, centre=self.centre) for _ in range(2)]
        self.office = Walker(browser, site, DESKTOP)
        self.office.log_in(self.administrator)
        self.voter = self.resident()
        self.phone = Walker(browser, site)
        self.phone.log_in(self.voter)
        self.desk = [Walker(browser, site, DESKTOP) for _ in self.clerks]
        for walker, clerk in zip(self.desk, self.clerks, strict=True):
            walker.log_in(clerk)

    def resident(self) -> User:
        """Somebody with an account who may vote."""
        user = make_user()
        make_resident(user, area=self.dong)
        return user


def test_every_rule_is_set_up_voted_typed_counted_and_read(
    site: str, browser: Browser, tmp_path: Path
) -> None:
    town = Town(site, browser)
    contests = [set_up(town, way) for way in WAYS]
    for way, contest in zip(WAYS, contests, strict=True):
        vote(town, way, contest)
    for contest in contests:
        pass_the_close(contest)
    for way, contest in zip(WAYS, contests, strict=True):
        until(
            lambda contest=contest: state_of(contest) == ContestState.PUBLISHED,
            90,
            f"the result of {way.rule}",
        )
        read_and_count_again(town, way, contest, tmp_path / str(contest.pk))


def set_up(town: Town, way: Way) -> Contest:
    """Choose ballot and rule on the pages of the office; everything else stands already."""
    now = timezone.now()
    contest = create_contest(
        actor=town.administrator,
        title=f"느티동 투표 {WAYS.index(way) + 1}",
        area=town.dong,
        options=[
            OptionText(key, f"{group} 의제 {key.upper()}", group=group)
            for key, group in GROUPS.items()
        ],
        effect="이 투표는 우선순위를 정합니다.",
        decided_by="주민자치회",
        census=100,
        bases=["lives"],
        tie_rule="report",
        publication="full",
        paper=way.paper,
        centres=[town.centre] if way.paper else [],
        grace_seconds=0,
        opens_at=now - timedelta(minutes=1),
        closes_at=now + timedelta(hours=2),
    )
    first_rule = {"rank": "irv", "pick": "plurality"}.get(way.kind, way.rule)
    town.office.page.set_viewport_size(
        {"width": PHONE if way.rule == "irv" else DESKTOP, "height": 900}
    )
    section(town.office, contest, "ballot", {"kind": way.kind}, way.ballot)
    section(
        town.office,
        contest,
        "rule",
        {"rule": way.rule} if way.rule != first_rule else {},
        way.options,
    )
    contest = freeze_contest(actor=town.administrator, contest_id=contest.pk)
    assert (contest.kind, contest.rule) == (way.kind, way.rule)
    assert open_contest(contest_id=contest.pk)
    return contest


def section(
    office: Walker,
    contest: Contest,
    slug: str,
    choice: Mapping[str, str],
    fields: Mapping[str, str],
) -> None:
    """Choose what the section asks other things after, then fill what it asks."""
    page = office.go(f"/admin/voting/contest/{contest.pk}/set-up/{slug}/")
    for name, value in choice.items():
        radio = page.locator(f"input[name={name}][value={value}]")
        if not radio.is_checked():
            radio.check()
            office.press("저장하기")
    for name, value in fields.items():
        found = page.locator(f"[name={name}]")
        kind = found.first.evaluate("e => e.type")
        if kind == "radio":
            page.check(f"input[name={name}][value={value}]")
        elif kind == "checkbox":
            page.check(f"#id_{name}")
        elif kind == "select-one":
            found.select_option(value)
        else:
            found.fill(value)
    office.check()
    office.press("저장하기")
    assert f"/{contest.pk}/change/" in page.url, page.locator(".errorlist").all_inner_texts()


def vote(town: Town, way: Way, contest: Contest) -> None:
    """A crowd by services, one on a phone, paper by two clerks."""
    for raw in way.ballots:
        cast_ballot(actor=town.resident(), contest_id=contest.pk, raw=raw, request_id=uuid4())
    vote_on_the_phone(town.phone, way, contest)
    if way.paper:
        box = sealed_box(town, contest, len(SHEETS[way.kind]))
        for number, walker in enumerate(town.desk, start=1):
            type_sheets(walker, f"/desk/boxes/{box.pk}/type/{number}/", SHEETS[way.kind])
        for clerk in town.clerks:
            sign_batch(actor=clerk, batch_id=box.pk)


def vote_on_the_phone(phone: Walker, way: Way, contest: Contest) -> None:
    """Mark, look it over, send: plain fields on 360 pixels."""
    page = phone.go(f"/votes/{contest.pk}/ballot/")
    numbers = {key: place for place, key in enumerate(GROUPS, start=1)}
    if isinstance(way.phone, dict):
        for key, value in way.phone.items():
            if way.kind == "yes_no":
                page.check(f"input[name='answer:{key}'][value={value}]")
            else:
                page.select_option(f"#mark-{numbers[key]}", value)
    else:
        for key in way.phone:
            page.check(f"#pick-{numbers[key]}")
    phone.check()
    phone.send("form.ballot button[type=submit]")
    phone.check()
    phone.press("투표하기")
    page.wait_for_url("**/receipt/")


def sealed_box(town: Town, contest: Contest, sheets: int) -> Batch:
    """A box with so many sheets, opened, counted and ready to be typed."""
    first, second = town.clerks
    box = open_batch(actor=first, second=second, contest_id=contest.pk, centre=town.centre)
    for _ in range(sheets):
        issue_paper(
            actor=first,
            batch_id=box.pk,
            resident=make_resident(area=town.dong),
            request_id=uuid4(),
        )
    seal_batch(actor=first, second=second, batch_id=box.pk, seal_numbers="무등-0021")
    for clerk in town.clerks:
        record_count(actor=clerk, batch_id=box.pk, sheets=sheets, stubs=sheets, signatures=sheets)
    return box


def read_and_count_again(town: Town, way: Way, contest: Contest, folder: Path) -> None:
    """The result names who was chosen and who is level; the kit's own verifier is green."""
    page = town.phone.go(f"/votes/{contest.pk}/result/")
    town.phone.check()
    chosen = page.locator("tr.is-won th[scope=row]").all_inner_texts()
    letters = sorted(text.strip()[-1].lower() for text in chosen)
    assert letters == list(way.won), f"{way.rule}: {chosen}"
    verdict = page.locator(".verdict").inner_text()
    assert all(f"의제 {letter.upper()}" in verdict for letter in way.won), f"{way.rule}: {verdict}"
    assert ("같" in verdict) == way.is_level, f"{way.rule}: {verdict}"
    town.phone.go(f"/votes/{contest.pk}/recount/")
    address = page.locator("a[href$='.zip']").first.get_attribute("href")
    kit = page.request.get(f"{town.phone.site}{address}").body()
    zipfile.ZipFile(io.BytesIO(kit)).extractall(folder)
    found = verify(folder)
    assert found.returncode == 0, f"{way.rule}: {found.stdout}"
    assert "초록" in found.stdout
