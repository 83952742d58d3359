"""What waits for whom, what is urgent, and what nobody else sees."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from civic.morning import MOST_DRAFTS, PARTS, READ, SHOWN, Morning, Part, morning_of
from debates.models import Flag
from proceedings.selectors import HEARTBEAT_KEY
from proposals.models import Proposal, ProposalState
from residents.models import User
from residents.roles import RoleKind
from tests.factories.budgets import make_project, make_reviewing_budget
from tests.factories.debates import make_comment, make_debate, make_flag, make_house_rule
from tests.factories.paper import Desk
from tests.factories.places import make_area
from tests.factories.proposals import make_proposal
from tests.factories.residents import grant, make_department, make_user
from tests.factories.voting import make_contest, make_open_contest, pass_the_close
from voting.models import Contest, Correction, RollRequest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from django.test import Client

    from residents.models import Department

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _korean() -> Iterator[None]:
    with translation.override("ko"):
        cache.set(HEARTBEAT_KEY, time.time())
        yield


def today() -> Any:
    return timezone.localdate()


def make_due(department: Department | None, days: int, **columns: Any) -> Proposal:
    """A proposal whose answer is due in `days` (ago, if below zero)."""
    return make_proposal(
        state=ProposalState.REVIEWING,
        department=department,
        answer_due_on=today() + timedelta(days=days),
        **{"last_word_on": today(), **columns},
    )


def fresh(user: User) -> User:
    return User.objects.get(pk=user.pk)


def parts(user: User) -> dict[str, Part]:
    return {part.title: part for part in morning_of(fresh(user)).parts}


def badges(part: Part) -> list[tuple[str, str]]:
    return [(row.badge, row.tone) for row in part.rows]


# --- Officials ---


def test_officials_answers_are_by_date_amber_at_three_days_and_red_when_overdue() -> None:
    department = make_department()
    official = make_user(RoleKind.OFFICIAL, department=department)
    for days in (10, 3, -2, 0):
        make_due(department, days)
    part = parts(official)["답변할 제안"]
    assert badges(part) == [("D+2", "red"), ("D-DAY", "amber"), ("D-3", "amber"), ("D-10", "")]
    assert part.count == "4"
    assert part.is_urgent


def test_official_sees_the_own_department_and_what_nobody_has() -> None:
    department = make_department()
    official = make_user(RoleKind.OFFICIAL, department=department)
    own, nobodys = make_due(department, 5), make_due(None, 4)
    make_due(make_department(), 1)
    titles = [row.title for row in parts(official)["답변할 제안"].rows]
    assert titles == [own.title, nobodys.title]


def test_department_that_said_nothing_for_two_weeks_owes_an_interim_answer() -> None:
    department = make_department()
    official = make_user(RoleKind.OFFICIAL, department=department)
    for silent in (13, 14, 30):
        make_due(department, 20, last_word_on=today() - timedelta(days=silent))
    part = parts(official)["중간 답변이 필요한 제안"]
    assert badges(part) == [("30일째 소식 없음", "red"), ("14일째 소식 없음", "amber")]


def test_official_reviews_projects_of_the_own_department() -> None:
    department = make_department()
    official = make_user(RoleKind.OFFICIAL, department=department)
    budget = make_reviewing_budget((100, 200))
    first, _other = budget.projects.order_by("pk")
    type(first).objects.filter(pk=first.pk).update(department=department)
    assert [row.title for row in parts(official)["검토할 사업"].rows] == [first.title]


# --- Moderators ---


def test_moderators_queue_tells_how_long_each_has_waited() -> None:
    moderator = make_user(RoleKind.MODERATOR)
    for days in (8, 3, 0):
        flag = make_flag()
        Flag.objects.filter(pk=flag.pk).update(created_at=timezone.now() - timedelta(days=days))
    part = parts(moderator)["신고된 의견"]
    assert badges(part) == [("8일째", "red"), ("3일째", "amber"), ("오늘", "")]
    assert part.rows[0].note == "신고 1건"


def test_a_moderator_of_an_area_finds_what_waits_there() -> None:
    here, elsewhere = make_debate(), make_debate()
    hidden: dict[str, Any] = {
        "is_hidden": True,
        "hidden_rule": make_house_rule(),
        "hidden_at": timezone.now(),
        "appeal": "다시 봐 주세요.",
        "appealed_at": timezone.now(),
    }
    for debate in (here, elsewhere):
        make_flag(comment=make_comment(thread=debate.thread))
        make_proposal(area=debate.area, title=debate.title[:40], **hidden)
    found = parts(make_user(RoleKind.MODERATOR, area=here.area))
    assert [row.title for row in found["신고된 의견"].rows] == [here.title]
    assert [row.title for row in found["다시 살필 가린 제안"].rows] == [here.title[:40]]


def test_hidden_proposal_whose_author_asks_again_waits_for_the_moderator() -> None:
    moderator = make_user(RoleKind.MODERATOR)
    hidden: dict[str, Any] = {
        "is_hidden": True,
        "hidden_rule": make_house_rule(),
        "hidden_at": timezone.now(),
    }
    make_proposal(**hidden)
    asked = make_proposal(**hidden, appeal="다시 봐 주세요.", appealed_at=timezone.now())
    assert [row.title for row in parts(moderator)["다시 살필 가린 제안"].rows] == [asked.title]


# --- Administrators ---


def test_vote_that_closes_today_and_draft_that_lacks_something_are_shown() -> None:
    administrator = make_user(RoleKind.ADMINISTRATOR)
    closing = make_open_contest(closes_at=timezone.now() + timedelta(seconds=1))
    make_open_contest(closes_at=timezone.now() + timedelta(days=3))
    dates: dict[str, Any] = {
        "opens_at": timezone.now() + timedelta(days=2),
        "closes_at": timezone.now() + timedelta(days=9),
    }
    draft, ready = make_contest(publication="", **dates), make_contest(**dates)
    found = parts(administrator)
    assert [row.title for row in found["오늘 마감하는 투표"].rows] == [closing.title]
    assert [row.title for row in found["빠진 것이 있는 투표"].rows] == [draft.title]
    assert badges(found["빠진 것이 있는 투표"]) == [("D-2", "amber")]
    assert ready.title not in str(found)


def test_box_that_is_not_certified_after_the_close_is_shown_and_red_from_the_next_day() -> None:
    administrator = make_user(RoleKind.ADMINISTRATOR)
    desk = Desk()
    assert "확정하지 않은 종이 투표함" not in parts(administrator)
    close(desk.contest)
    part = parts(administrator)["확정하지 않은 종이 투표함"]
    assert part.rows[0].url == reverse("admin:voting_contest_change", args=[desk.contest.pk])
    with time_machine.travel(timezone.now() + timedelta(days=2)):
        assert badges(parts(administrator)["확정하지 않은 종이 투표함"])[0][1] == "red"


def close(contest: Contest) -> None:
    from voting.services.contests import close_contest  # noqa: PLC0415 - one use

    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    pass_the_close(contest)
    assert close_contest(contest_id=contest.pk)


def test_correction_waits_for_whoever_may_decide_it_and_did_not_ask() -> None:
    administrator, desk = make_user(RoleKind.ADMINISTRATOR), Desk()
    asked = {"contest": desk.contest, "batch": desk.batch, "why": "다시 셉니다.", "evidence": "-"}
    other = Correction.objects.create(**asked, what="3번 표", asked_by_ref="user:other")
    Correction.objects.create(**asked, what="내 것", asked_by_ref=administrator.actor_ref)
    rows = parts(administrator)["결정할 정정 요청"].rows
    assert [row.url for row in rows] == [reverse("desk_correction_decide", args=[other.pk])]
    own = make_user(RoleKind.COORDINATOR, centre=desk.batch.centre)
    assert len(parts(own)["결정할 정정 요청"].rows) == 2
    assert "결정할 정정 요청" not in parts(make_user(RoleKind.COORDINATOR))


def test_change_of_a_roll_waits_for_a_second_administrator() -> None:
    first, second = make_user(RoleKind.ADMINISTRATOR), make_user(RoleKind.ADMINISTRATOR)
    contest = make_open_contest()
    RollRequest.objects.create(
        contest=contest,
        person_key="1" * 64,
        change="add",
        reason="신분증을 보았습니다.",
        asked_by_ref=first.actor_ref,
    )
    row = parts(second)["결정할 명부 변경"].rows[0]
    assert (row.note, row.url) == (
        contest.title,
        reverse("admin:voting_contest_change", args=[contest.pk]),
    )
    assert "신분증" not in str(row)
    assert "결정할 명부 변경" not in parts(first)


def test_staff_without_a_second_factor_are_named_masked() -> None:
    administrator = make_user(RoleKind.ADMINISTRATOR)
    late = make_user(RoleKind.MODERATOR, name="윤솔비")
    assert "2단계 로그인이 없는 직원" not in parts(administrator)
    Authenticator.objects.filter(user=late).delete()
    row = parts(administrator)["2단계 로그인이 없는 직원"].rows[0]
    assert "윤솔비" not in row.title
    assert late.email not in row.title
    assert row.note


def test_silent_worker_is_an_alarm_for_administrators_alone() -> None:
    administrator, observer = make_user(RoleKind.ADMINISTRATOR), make_user(RoleKind.OBSERVER)
    assert not morning_of(administrator).is_worker_silent
    cache.set(HEARTBEAT_KEY, time.time() - 91)
    assert morning_of(fresh(administrator)).is_worker_silent
    assert not morning_of(fresh(administrator)).is_calm
    cache.delete(HEARTBEAT_KEY)
    assert morning_of(fresh(administrator)).is_worker_silent
    assert not morning_of(observer).is_worker_silent


def test_proposal_without_a_department_waits_for_the_administrator() -> None:
    administrator = make_user(RoleKind.ADMINISTRATOR)
    lost = make_due(None, 9)
    make_due(make_department(), 9)
    titles = [row.title for row in parts(administrator)["부서가 정해지지 않은 제안"].rows]
    assert titles == [lost.title]


# --- Centres and observers ---


def test_coordinator_sees_the_boxes_of_the_own_centre_and_the_way_to_the_desk() -> None:
    desk = Desk()
    coordinator = make_user(RoleKind.COORDINATOR, centre=desk.batch.centre)
    row = parts(coordinator)["우리 센터의 투표함"].rows[0]
    assert row.url == reverse("desk_batch", args=[desk.batch.pk])
    assert morning_of(fresh(coordinator)).has_desk
    assert parts(make_user(RoleKind.COORDINATOR)) == {}


@pytest.mark.parametrize("role", [RoleKind.OBSERVER, RoleKind.AUDITOR])
def test_who_watches_sees_running_votes_with_their_boxes_in_the_office(
    role: RoleKind, client_of: Callable[[User], Client]
) -> None:
    desk, watcher = Desk(), make_user(role)
    rows = parts(watcher)["진행 중인 투표"].rows
    address = reverse("admin:voting_contest_change", args=[desk.contest.pk])
    assert (rows[0].url, rows[0].note) == (address, "투표함 1개 가운데 0개 확정")
    assert client_of(watcher).get(address).status_code == 200


def test_clerk_has_no_list_but_the_way_to_the_desk() -> None:
    morning = morning_of(make_user(RoleKind.CLERK))
    assert (morning.parts, morning.has_desk) == ((), True)


# --- The page ---


def test_each_role_sees_its_own_parts_only() -> None:
    department = make_department()
    make_due(department, 1)
    make_flag()
    desk = Desk()
    close(desk.contest)
    seen = {
        role: set(parts(make_user(role)))
        for role in (RoleKind.MODERATOR, RoleKind.OBSERVER, RoleKind.AUDITOR, RoleKind.OFFICIAL)
    }
    assert seen == {
        RoleKind.MODERATOR: {"신고된 의견"},
        RoleKind.OBSERVER: {"진행 중인 투표"},
        RoleKind.AUDITOR: {"진행 중인 투표"},
        RoleKind.OFFICIAL: set(),
    }


def test_somebody_with_two_roles_sees_both(client_of: Callable[[User], Client]) -> None:
    user = make_user(RoleKind.MODERATOR)
    grant(user, RoleKind.OBSERVER)
    make_flag()
    make_open_contest()
    assert set(parts(user)) == {"신고된 의견", "진행 중인 투표"}


def test_empty_morning_says_so(client_of: Callable[[User], Client]) -> None:
    text = client_of(make_user(RoleKind.MODERATOR)).get("/admin/").content.decode()
    assert "오늘 기다리는 일이 없습니다." in text
    assert "부서별 현황" not in text


def test_page_links_to_where_each_thing_is_done(client_of: Callable[[User], Client]) -> None:
    comment = make_comment(author=make_user(name="김가람"))
    make_flag(comment=comment)
    client = client_of(make_user(RoleKind.MODERATOR))
    text = client.get("/admin/").content.decode()
    address = reverse("admin:debates_comment_change", args=[comment.pk])
    assert f'href="{address}"' in text
    assert "김가람" not in text
    assert client.get(address).status_code == 200


def test_long_part_is_cut_and_leads_to_its_list() -> None:
    department = make_department()
    official = make_user(RoleKind.OFFICIAL, department=department)
    area = make_area()
    for _number in range(SHOWN + 1):
        make_due(department, 5, area=area)
    part = parts(official)["답변할 제안"]
    assert (len(part.rows), part.count) == (SHOWN, str(SHOWN + 1))
    assert part.more_url == reverse("admin:proposals_proposal_changelist")
    assert READ > SHOWN


def test_boss_sees_how_the_departments_do(client_of: Callable[[User], Client]) -> None:
    department = make_department(name="안전도시과")
    make_due(department, -1)
    text = client_of(make_user(RoleKind.ADMINISTRATOR)).get("/admin/").content.decode()
    assert "부서별 현황" in text
    assert '<th scope="row">안전도시과</th><td>1</td><td class="is-red">1</td>' in text


@pytest.mark.parametrize("role", [kind for kind in RoleKind if kind is not RoleKind.CLERK])
def test_every_part_of_a_role_can_be_opened_by_it(
    role: RoleKind, client_of: Callable[[User], Client]
) -> None:
    client = client_of(make_user(role))
    for kind, _title, _rows, more in PARTS:
        if kind == role and more:
            address, _sep, query = more.partition("?")
            assert client.get(f"{reverse(address)}?{query}").status_code == 200


def queries_of(user: User) -> int:
    user = fresh(user)
    with CaptureQueriesContext(connection) as caught:
        morning_of(user)
    return len(caught)


def fill(user: User, department: Department) -> None:
    make_due(department, 1, last_word_on=today() - timedelta(days=20))
    make_due(None, 1)
    make_flag()
    make_project(make_reviewing_budget(), department=department)
    desk = Desk()
    make_open_contest(closes_at=timezone.now() + timedelta(seconds=1))
    Correction.objects.create(
        contest=desk.contest, batch=desk.batch, what="a", why="b", asked_by_ref="user:other"
    )
    grant(user, RoleKind.COORDINATOR, centre=desk.batch.centre)
    Authenticator.objects.filter(user=make_user(RoleKind.MODERATOR)).delete()


def test_queries_do_not_grow_with_what_waits() -> None:
    department = make_department()
    user = make_user(RoleKind.ADMINISTRATOR)
    for kind in (RoleKind.MODERATOR, RoleKind.OBSERVER):
        grant(user, kind)
    grant(user, RoleKind.OFFICIAL, department=department)
    fill(user, department)
    once = queries_of(user)
    for _time in range(2):
        fill(user, department)
    assert queries_of(user) == once
    assert once <= 24


def test_only_the_drafts_that_open_first_are_checked() -> None:
    user = make_user(RoleKind.ADMINISTRATOR)
    make_contest(publication="")
    once = queries_of(user)
    for _number in range(2 * MOST_DRAFTS):
        make_contest(publication="")
    assert len(parts(user)["빠진 것이 있는 투표"].rows) == MOST_DRAFTS
    assert queries_of(user) <= once + MOST_DRAFTS - 1


def test_moderators_morning_takes_three_queries() -> None:
    make_flag()
    assert queries_of(make_user(RoleKind.MODERATOR)) == 3  # roles, reports, hidden proposals


def test_nobody_else_opens_the_administration(client_of: Callable[[User], Client]) -> None:
    assert client_of(make_user()).get("/admin/").status_code in {302, 403}
    assert isinstance(morning_of(make_user()), Morning)
    assert morning_of(make_user()).is_calm
