"""The office's contests: who sees them, and what each state shows."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from hangul.formats import seoul_date
from proceedings.audit import Action
from proceedings.models import AuditEvent
from residents.roles import RoleKind
from tests.factories.paper import Desk
from tests.factories.places import make_district
from tests.factories.residents import make_user
from tests.factories.voting import make_contest, make_open_contest, pass_the_objections
from voting.admin.words import unique_words
from voting.log import canonical, digest
from voting.models import Contest, ContestPreset, ContestState
from voting.selectors import ballot_design
from voting.services.clock import advance_contests
from voting.services.contests import freeze, move

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from django.test import Client

    from residents.models import User

    ClientOf = Callable[[User], Client]

pytestmark = pytest.mark.django_db

CONTESTS = "/admin/voting/contest/"


@pytest.fixture
def office(client_of: ClientOf) -> Client:
    return client_of(make_user(role=RoleKind.ADMINISTRATOR))


def page(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("role", [RoleKind.ADMINISTRATOR, RoleKind.OBSERVER, RoleKind.AUDITOR])
def test_who_watches_the_votes_sees_list_and_page(client_of: ClientOf, role: RoleKind) -> None:
    contest = make_contest()
    client = client_of(make_user(role=role))
    assert contest.title in page(client, CONTESTS)
    assert contest.title in page(client, f"{CONTESTS}{contest.pk}/change/")


@pytest.mark.parametrize("role", [RoleKind.MODERATOR, RoleKind.OFFICIAL])
def test_other_staff_sees_no_contests(client_of: ClientOf, role: RoleKind) -> None:
    contest = make_contest()
    client = client_of(make_user(role=role))
    assert client.get(CONTESTS).status_code == 403
    assert client.get(f"{CONTESTS}{contest.pk}/change/").status_code == 403


@pytest.mark.parametrize("address", ["999999", "nothing", "9" * 30])
def test_an_unknown_contest_is_not_found(office: Client, address: str) -> None:
    assert office.get(f"{CONTESTS}{address}/change/").status_code == 404


def test_nothing_is_added_or_deleted_by_djangos_own_forms(office: Client) -> None:
    contest = make_contest()
    assert office.get(f"{CONTESTS}{contest.pk}/delete/").status_code == 403


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_takes_the_same_queries_for_one_and_three(
    office: Client, rows: int, django_assert_num_queries: Callable[[int], object]
) -> None:
    for _number in range(rows):
        make_contest()
    page(office, CONTESTS)
    with django_assert_num_queries(8):  # type: ignore[attr-defined]  # a context manager
        page(office, CONTESTS)


def test_the_list_says_what_is_next_and_what_is_missing(office: Client) -> None:
    make_contest(tie_rule="", census=None)
    make_contest()
    html = page(office, CONTESTS)
    assert "2가지 빠짐" in html
    assert "갖춤" in html


def test_the_list_is_narrowed_by_state(office: Client) -> None:
    draft, running = make_contest(), make_open_contest()
    html = page(office, f"{CONTESTS}?stands=open")
    assert (running.title in html, draft.title in html) == (True, False)
    frozen = make_contest()
    with transaction.atomic():
        freeze(contest_id=frozen.pk, actor_ref="system")
    html = page(office, f"{CONTESTS}?stands=frozen")
    assert (frozen.title in html, draft.title in html) == (True, False)
    offered = html.split('id="changelist-filter"')[1]
    for state in (ContestState.FROZEN, ContestState.PUBLISHED, ContestState.FINAL):
        assert str(state.label) in offered


def test_a_share_of_lone_ballots_that_comes_to_nothing_is_no_figure(office: Client) -> None:
    contest = make_contest(census=31_750, publication="full")
    words = unique_words(contest, ballot_design(contest))
    assert words == ["똑같이 고른 사람이 없어 누구 것인지 짐작될 수 있는 표는 거의 없습니다."]
    contest.census = 100
    (words_of_few,) = unique_words(contest, ballot_design(contest))
    assert "20명이 투표하면 거의 없습니다." in words_of_few


# --- Beginning ---


def test_a_contest_begins_from_a_preset_with_the_population_as_census(office: Client) -> None:
    assert "정족수형(서울형)" in page(office, f"{CONTESTS}add/")
    preset = ContestPreset.objects.get(slug="seoul")
    area = make_district(population=22_460)
    data = {"title": "내년 자치계획", "area": area.pk, "begin": preset.pk}
    answer = office.post(f"{CONTESTS}add/", data)
    contest = Contest.objects.get()
    assert answer["Location"] == f"{CONTESTS}{contest.pk}/change/"
    assert (contest.preset, contest.census, contest.min_age) == (preset, 22_460, 18)
    assert contest.rule_options["quorum"] == {"of": "fixed", "share": "1/200", "number": 22_460}
    assert "대상 인원 22,460명의 0.5%인 113명" in page(office, str(answer["Location"]))


def test_a_contest_begins_as_a_copy(office: Client) -> None:
    earlier = make_contest(kind="pick", max_picks=2)
    data = {"title": "올해", "area": earlier.area.pk, "begin": "copy", "earlier": earlier.pk}
    office.post(f"{CONTESTS}add/", data)
    copy = Contest.objects.get(title="올해")
    assert (copy.max_picks, copy.options.count()) == (2, 3)


def days_of(contest: Contest) -> tuple[date, date]:
    """The days of opening and closing in Seoul."""
    assert contest.opens_at is not None
    assert contest.closes_at is not None
    return seoul_date(contest.opens_at), seoul_date(contest.closes_at)


def test_a_day_proposes_the_hours_of_the_preset_and_other_ones_are_warned_of(
    office: Client,
) -> None:
    preset = ContestPreset.objects.get(slug="gwangju")
    day = timezone.localdate() + timedelta(days=20)
    data = {"title": "총회", "area": make_district().pk, "begin": preset.pk, "day": day.isoformat()}
    assert "9일 동안과 당일" in page(office, f"{CONTESTS}add/")
    answer = office.post(f"{CONTESTS}add/", data)
    contest = Contest.objects.get()
    assert days_of(contest) == (day - timedelta(days=9), day)
    times = f"{CONTESTS}{contest.pk}/set-up/times/"
    assert "틀의 기간은" not in page(office, times)
    Contest.objects.update(opens_at=F("opens_at") + timedelta(days=3))
    for address in (times, str(answer["Location"])):
        assert "틀의 기간은 9일 동안과 당일인데 여기서는 6일 동안과 당일입니다." in page(
            office, address
        )
    Contest.objects.update(opens_at=None)
    assert "틀의 기간은 9일 동안과 당일입니다." in page(office, times)


def test_a_day_that_has_passed_is_refused_and_stays(office: Client) -> None:
    today = timezone.localdate()
    data = {"title": "총회", "area": make_district().pk, "begin": "copy", "day": today.isoformat()}
    answer = office.post(f"{CONTESTS}add/", data)
    assert answer.status_code == 422
    assert "내일이나 그 뒤의 날을 고르거나 비워 두세요." in answer.content.decode()
    assert f'value="{today.isoformat()}"' in answer.content.decode()
    answer = office.post(f"{CONTESTS}add/", data | {"day": "곧"})
    assert "날짜를 2026-11-22처럼 적어 주세요." in answer.content.decode()


def test_a_copy_has_the_days_of_the_earlier_ones_preset(office: Client) -> None:
    earlier = make_contest(preset=ContestPreset.objects.get(slug="songdo"))
    day = timezone.localdate() + timedelta(days=20)
    data = {"title": "올해", "area": earlier.area.pk, "begin": "copy", "earlier": earlier.pk}
    office.post(f"{CONTESTS}add/", data | {"day": day.isoformat()})
    copy = Contest.objects.get(title="올해")
    assert days_of(copy) == (day - timedelta(days=4), day)


def test_what_was_typed_stays_when_something_is_missing(office: Client) -> None:
    answer = office.post(f"{CONTESTS}add/", {"title": "이름만 있는 투표"})
    assert answer.status_code == 422
    assert "이름만 있는 투표" in answer.content.decode()
    assert "틀이나 베껴 올 지난 투표를 골라 주세요." in answer.content.decode()


def test_a_link_may_fill_in_the_title(office: Client) -> None:
    assert 'value="골목 보안등"' in page(office, f"{CONTESTS}add/?title=골목 보안등")


@pytest.mark.parametrize("role", [RoleKind.OBSERVER, RoleKind.AUDITOR])
def test_who_only_looks_begins_nothing(client_of: ClientOf, role: RoleKind) -> None:
    client = client_of(make_user(role=role))
    assert client.get(f"{CONTESTS}add/").status_code == 403
    assert f"{CONTESTS}add/" not in page(client, CONTESTS)


# --- The page of a draft ---


def test_each_missing_thing_leads_to_its_field(office: Client) -> None:
    contest = make_contest(tie_rule="", census=None)
    html = page(office, f"{CONTESTS}{contest.pk}/change/")
    assert "2가지가 빠져 있습니다" in html
    for field in ("voters/#field-census", "rule/#field-tie_rule"):
        assert f'href="{CONTESTS}{contest.pk}/set-up/{field}"' in html
    assert 'value="freeze"' not in html


def test_who_only_looks_sees_what_is_missing_but_no_way_to_change(client_of: ClientOf) -> None:
    contest = make_contest(tie_rule="")
    html = page(client_of(make_user(role=RoleKind.OBSERVER)), f"{CONTESTS}{contest.pk}/change/")
    assert "동점일 때 어떻게 할지" in html
    assert "/set-up/" not in html


def test_a_complete_draft_is_frozen_and_taken_back_with_a_reason(office: Client) -> None:
    contest = make_contest()
    address = f"{CONTESTS}{contest.pk}/change/"
    assert 'value="freeze"' in page(office, address)
    office.post(address, {"act": "freeze"})
    contest.refresh_from_db()
    assert contest.state == ContestState.FROZEN
    assert contest.config_digest in page(office, address)
    refused = office.post(address, {"act": "unfreeze", "reason": ""})
    assert refused.status_code == 422
    office.post(address, {"act": "unfreeze", "reason": "날짜를 잘못 적음"})
    contest.refresh_from_db()
    assert contest.state == ContestState.DRAFT
    record = AuditEvent.objects.filter(subject=f"voting.contest:{contest.pk}").order_by("pk")
    assert [event.action for event in record] == [
        Action.CONTEST_CREATED,
        Action.CONTEST_FROZEN,
        Action.CONTEST_UNFROZEN,
    ]
    assert "날짜를 잘못 적음" in page(office, address)


def test_freezing_what_is_not_complete_is_refused_by_the_service(office: Client) -> None:
    contest = make_contest(tie_rule="")
    answer = office.post(f"{CONTESTS}{contest.pk}/change/", {"act": "freeze"}, follow=True)
    assert "1가지가 빠져" in answer.content.decode()
    contest.refresh_from_db()
    assert contest.state == ContestState.DRAFT


def test_an_open_contest_is_not_taken_back_from_its_page(office: Client) -> None:
    contest = make_open_contest()
    data = {"act": "unfreeze", "reason": "늦었다"}
    answer = office.post(f"{CONTESTS}{contest.pk}/change/", data, follow=True)
    assert "확정했지만 아직 열리지 않은 투표만" in answer.content.decode()


def make_disputed() -> Contest:
    """A contest whose two engines give one option different votes."""
    contest = make_open_contest()
    for state in ("closed", "boxed", "opened", "disputed"):
        move(contest, ContestState(state))
    for engine, votes in (("main/1", 3), ("plain/1", 4)):
        result = canonical({"options": [{"key": "b", "counts": {"votes": votes}}]})
        contest.tally_runs.create(
            input_root="0" * 64,
            config_digest=contest.config_digest,
            engine=engine,
            state="done",
            result=result.decode(),
            result_digest=digest(result),
        )
    return contest


def test_a_dispute_is_shown_with_its_differences_and_ended_with_a_reason(office: Client) -> None:
    contest = make_disputed()
    address = f"{CONTESTS}{contest.pk}/change/"
    html = page(office, address)
    assert "options[b].counts.votes" in html
    assert "plain/1" in html
    assert office.post(address, {"act": "recount", "reason": ""}).status_code == 422
    contest.refresh_from_db()
    assert contest.state == ContestState.DISPUTED
    office.post(address, {"act": "recount", "reason": "빈 표를 잘못 세던 것을 고침"})
    contest.refresh_from_db()
    assert contest.state == ContestState.RECOUNT
    html = page(office, address)
    assert "빈 표를 잘못 세던 것을 고침" in html
    assert 'value="recount"' not in html


def test_who_only_watches_reads_a_dispute_and_orders_nothing(client_of: ClientOf) -> None:
    contest = make_disputed()
    client = client_of(make_user(role=RoleKind.OBSERVER))
    html = page(client, f"{CONTESTS}{contest.pk}/change/")
    assert "options[b].counts.votes" in html
    assert 'value="recount"' not in html


@pytest.mark.parametrize("act", ["freeze", "unfreeze", "recount"])
def test_acts_are_for_administrators(client_of: ClientOf, act: str) -> None:
    contest = make_contest()
    client = client_of(make_user(role=RoleKind.OBSERVER))
    answer = client.post(f"{CONTESTS}{contest.pk}/change/", {"act": act, "reason": "까닭"})
    assert answer.status_code == 403


def test_an_act_that_nobody_knows_changes_nothing(office: Client) -> None:
    contest = make_contest()
    assert office.post(f"{CONTESTS}{contest.pk}/change/", {"act": "open"}).status_code == 200
    contest.refresh_from_db()
    assert contest.state == ContestState.DRAFT


# --- What went on ---


@pytest.mark.django_db(transaction=True)
def test_a_published_contest_shows_boxes_counts_corrections_and_its_end(
    client_of: ClientOf,
) -> None:
    desk = Desk().certified([["a"], ["b"]])
    desk.publish()
    office = client_of(make_user(role=RoleKind.ADMINISTRATOR))
    address = f"{CONTESTS}{desk.contest.pk}/change/"
    html = page(office, address)
    for words in (desk.centre.name, "1차 발표", "까지 이의신청을 받습니다", "투표함 엶"):
        assert words in html
    assert "빠짐" not in html
    pass_the_objections(desk.contest)
    advance_contests()
    assert "결과가 확정되었습니다." in page(office, address)
    assert "확정된 결과입니다" in page(office, f"/votes/{desk.contest.pk}/result/")
