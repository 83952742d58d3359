"""Every counting rule as a town uses it: set up in the office, voted by phone, typed at the desk,
counted by the worker, read on a page, and counted again by anybody.

What all votes share (words, days, crowds, boxes) comes through services; what differs by rule is
done on pages.
"""

from __future__ import annotations

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
from tests.journeys.test_cycle import type_sheets
from tests.journeys.walks import DESKTOP, NO_LOG_IN, PHONE, Walker, count_again, state_of
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
    body: Mapping[str, str] = field(default_factory=dict)
    """What a body with seats of its own gives, for two to type."""

    @property
    def pages(self) -> tuple[str, ...]:
        """What its pages before the rule depend on: those of another way may be the same."""
        return (self.kind, *self.ballot)


COUNCIL = "주민자치회"
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
    Way(
        "plurality",
        "pick",
        PICKS,
        ["a", "d"],
        "abc",  # the web chooses a; the council b, passing over a; paper c, passing over both
        {"max_picks": "4"},
        {
            "seats": "3",
            "seats_by_web": "1",
            "seats_by_paper": "1",
            "seats_by_body1": COUNCIL,
            "seats_by_seats1": "1",
        },
        paper=True,
        body={"a": "9", "b": "8", "c": "0", "d": "1"},
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


def is_new(way: Way) -> bool:
    """Whether no way before has the same pages of the ballot."""
    return all(one.pages != way.pages for one in WAYS[: WAYS.index(way)])


class Town:
    """Who is needed for all votes."""

    def __init__(self, site: str, browser: Browser) -> None:
        self.dong = Area.objects.get(name="느티동")
        self.centre = Centre.objects.get(code="neuti")
        self.administrator = make_user(role=RoleKind.ADMINISTRATOR)
        self.clerks = [make_user(role=RoleKind.CLERK, centre=self.centre) for _ in range(2)]
        self.office = Walker(browser, site)
        self.office.log_in(self.administrator)
        self.colleague = Walker(browser, site)
        self.colleague.log_in(make_user(role=RoleKind.COORDINATOR, centre=self.centre))
        self.voter = self.resident()
        self.phone = Walker(browser, site)
        self.phone.log_in(self.voter)
        self.desk = [Walker(browser, site, DESKTOP) for _ in self.clerks]
        for walker, clerk in zip(self.desk, self.clerks, strict=True):
            walker.log_in(clerk)

    def resident(self, **columns: str | None) -> User:
        """Somebody with an account who may vote."""
        user = make_user(**columns)
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
        if way.body:
            type_what_the_body_gave(town, way, contest)
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
    town.office.widen(PHONE)
    section(town.office, contest, "ballot", {"kind": way.kind}, way.ballot)
    if is_new(way):
        town.office.check()
    send_section(town.office, contest)
    section(
        town.office,
        contest,
        "rule",
        {"rule": way.rule} if way.rule != first_rule else {},
        way.options,
    )
    town.office.check()
    send_section(town.office, contest)
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


def send_section(office: Walker, contest: Contest) -> None:
    """Save what was filled in; nothing is refused."""
    office.press("저장하기")
    page = office.page
    assert f"/{contest.pk}/change/" in page.url, page.locator(".errorlist").all_inner_texts()


def vote(town: Town, way: Way, contest: Contest) -> None:
    """A crowd by services, one on a phone, paper by two clerks."""
    for raw in way.ballots:
        cast_ballot(
            actor=town.resident(**NO_LOG_IN), contest_id=contest.pk, raw=raw, request_id=uuid4()
        )
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
    if is_new(way):
        phone.check()
    phone.send("form.ballot button[type=submit]")
    if is_new(way):
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


def type_what_the_body_gave(town: Town, way: Way, contest: Contest) -> None:
    """Two type it apart on phones: a slip of the second has both type again, then they agree."""
    closed = ContestState.CLOSED
    until(lambda: state_of(contest) == closed, 90, "the clock closes the vote of a body")
    both = (town.office, town.colleague)
    town.office.widen(PHONE)
    slip = {**way.body, "d": "7"}
    said = (
        "저장했습니다.",
        "두 사람이 입력한 값이 다릅니다.",
        "저장했습니다.",
        "두 사람이 입력한 값이 같아",
    )
    typed = (way.body, slip, way.body, way.body)
    for walker, given, words in zip(both * 2, typed, said, strict=True):
        walker.go(f"/admin/voting/contest/{contest.pk}/change/")
        walker.press(COUNCIL)
        if given is slip:
            walker.press("저장")
            walker.reads("기구가 점수를 주지 않은 항목에는 0을 적어 주세요.")
            walker.check()
        numbers = enumerate(given.values(), start=1)
        walker.fill(**{f"points-{number}": value for number, value in numbers})
        if given is slip:
            walker.widen(DESKTOP)
            walker.check()
            walker.widen(PHONE)
        walker.press("저장")
        walker.reads(words)
    town.colleague.check()


def read_and_count_again(town: Town, way: Way, contest: Contest, folder: Path) -> None:
    """The result names who was chosen and who is level; the kit's own verifier is green."""
    page = town.phone.go(f"/votes/{contest.pk}/result/")
    town.phone.check()
    chosen = page.locator("tr.is-won th[scope=row]").all_inner_texts()
    letters = sorted(text.splitlines()[0].strip()[-1].lower() for text in chosen)
    assert letters == list(way.won), f"{way.rule}: {chosen}"
    verdict = page.locator(".verdict").inner_text()
    assert all(f"의제 {letter.upper()}" in verdict for letter in way.won), f"{way.rule}: {verdict}"
    assert ("같" in verdict) == way.is_level, f"{way.rule}: {verdict}"
    count_again(town.phone, contest, folder)
