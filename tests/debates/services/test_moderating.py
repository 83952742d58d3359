"""Decisions of moderators, and requests to look again."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from debates import services
from debates.models import Moderation
from proceedings.audit import Action
from proceedings.models import AuditEvent
from proceedings.refusals import Refused
from residents.models import Notice, NoticeKind
from tests.factories.debates import make_comment, make_flag, make_house_rule, make_thread
from tests.factories.places import make_area, make_district
from tests.factories.residents import grant, make_user

if TYPE_CHECKING:
    from collections.abc import Callable

    from debates.models import Comment
    from residents.models import User

pytestmark = pytest.mark.django_db


def refusal_of(act: Callable[[], object]) -> str:
    """The code with which `act` is refused."""
    with pytest.raises(Refused) as refused:
        act()
    return refused.value.refusal.code


def hide(comment: Comment) -> Moderation:
    """A moderator hides an opinion."""
    return services.hide_comment(
        actor=make_user("moderator"),
        comment_id=comment.pk,
        rule=make_house_rule(),
        note="전화번호가 있습니다.",
    )


def test_hiding_settles_reports_tells_the_author_and_is_recorded() -> None:
    flag = make_flag()
    decision = hide(flag.comment)
    flag.refresh_from_db()
    assert (flag.comment.state, flag.settled_at is not None) == ("hidden", True)
    notice = Notice.objects.get()
    assert decision.rule is not None
    assert (notice.user, notice.kind, notice.params["rule"]) == (
        flag.comment.author,
        NoticeKind.COMMENT_HIDDEN,
        decision.rule.number,
    )
    event = AuditEvent.objects.get(action=Action.COMMENT_HIDDEN)
    assert event.reason == "전화번호가 있습니다."
    assert event.data == {"rule": decision.rule.number, "reports": 1, "appeals": 0}


@pytest.mark.parametrize("role", [None, "clerk", "official", "administrator", "auditor"])
def test_only_moderators_decide(role: str | None) -> None:
    comment, actor = make_comment(), make_user(role)
    code = refusal_of(
        lambda: services.hide_comment(
            actor=actor, comment_id=comment.pk, rule=make_house_rule(), note="?"
        )
    )
    assert code == "role_needed"
    assert not Moderation.objects.exists()


def test_moderator_does_not_decide_about_an_own_opinion() -> None:
    moderator = make_user("moderator")
    comment = make_comment(author=moderator)
    code = refusal_of(
        lambda: services.leave_comment(actor=moderator, comment_id=comment.pk, note="괜찮음")
    )
    assert code == "own_opinion"


def test_second_moderator_who_hides_too_late_is_told() -> None:
    comment = make_comment()
    hide(comment)
    assert refusal_of(lambda: hide(comment)) == "verdict_does_not_fit"


def test_restoring_shows_it_again_and_tells_the_author() -> None:
    comment = make_comment()
    hide(comment)
    services.restore_comment(
        actor=make_user("moderator"), comment_id=comment.pk, note="번호가 아니었습니다."
    )
    comment.refresh_from_db()
    assert comment.state == "visible"
    assert Notice.objects.order_by("-pk")[0].params["change"] == "restored"


def test_leaving_a_reported_opinion_settles_the_report_without_a_notice() -> None:
    flag = make_flag()
    services.leave_comment(
        actor=make_user("moderator"), comment_id=flag.comment_id, note="다른 생각일 뿐입니다."
    )
    flag.refresh_from_db()
    assert (flag.comment.state, flag.settled_at is not None) == ("visible", True)
    assert not Notice.objects.exists()
    assert AuditEvent.objects.filter(action=Action.FLAGS_DISMISSED).count() == 1


def test_author_asks_once_and_hears_the_answer() -> None:
    comment = make_comment()
    hide(comment)
    appeal = services.appeal_hiding(actor=comment.author, comment_id=comment.pk, body="예시입니다.")
    again = refusal_of(
        lambda: services.appeal_hiding(actor=comment.author, comment_id=comment.pk, body="또")
    )
    services.leave_comment(
        actor=make_user("moderator"), comment_id=comment.pk, note="그래도 번호입니다."
    )
    appeal.refresh_from_db()
    comment.refresh_from_db()
    assert (again, comment.state, appeal.answered_at is not None) == (
        "already_appealed",
        "hidden",
        True,
    )
    assert Notice.objects.order_by("-pk")[0].params["change"] == "kept"
    assert AuditEvent.objects.filter(action=Action.HIDING_APPEALED).count() == 1


def test_after_seven_days_nobody_asks() -> None:
    comment = make_comment()
    hide(comment)
    with time_machine.travel(timezone.now() + timedelta(days=7, seconds=1), tick=False):
        code = refusal_of(
            lambda: services.appeal_hiding(actor=comment.author, comment_id=comment.pk, body="늦음")
        )
    assert code == "appeal_too_late"


def test_a_hiding_after_a_restoring_can_be_asked_about_again() -> None:
    comment = make_comment()
    hide(comment)
    services.appeal_hiding(actor=comment.author, comment_id=comment.pk, body="첫 번째")
    services.restore_comment(actor=make_user("moderator"), comment_id=comment.pk, note="복원")
    hide(comment)
    services.appeal_hiding(actor=comment.author, comment_id=comment.pk, body="두 번째")
    assert [one.appeal.body for one in Moderation.objects.filter(verdict="hidden")] == [
        "두 번째",
        "첫 번째",
    ]


@pytest.mark.parametrize(
    "statement", ["UPDATE debates_moderation SET note = 'x'", "DELETE FROM debates_moderation"]
)
def test_database_refuses_to_change_a_decision(statement: str) -> None:
    hide(make_comment())
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        connection.cursor().execute(statement)


# --- A moderator of an area ---


def decisions(comment: Comment, actor: User) -> list[Callable[[], object]]:
    """All that a moderator can decide about an opinion."""
    rule = make_house_rule()
    given: dict[str, Any] = {"actor": actor, "comment_id": comment.pk}
    return [
        partial(services.leave_comment, **given, note="그대로 둡니다."),
        partial(services.hide_comment, **given, rule=rule, note="전화번호가 있습니다."),
        partial(services.restore_comment, **given, note="다시 보입니다."),
    ]


def test_a_moderator_of_an_area_decides_there_and_below_it() -> None:
    district = make_district()
    actor = make_user("moderator", area=district)
    for area in (district, make_area(parent=district)):
        comment = make_comment(thread=make_thread(area=area))
        make_flag(comment=comment)
        for decide in decisions(comment, actor):
            decide()
        assert Moderation.objects.filter(comment=comment).count() == 3


@pytest.mark.parametrize("where", ["beside", "above", "nowhere"])
def test_a_moderator_of_an_area_decides_nothing_elsewhere(where: str) -> None:
    district = make_district()
    actor = make_user("moderator", area=make_area(parent=district))
    area = {"beside": make_area(parent=district), "above": district, "nowhere": None}[where]
    flag = make_flag(comment=make_comment(thread=make_thread(area=area)))
    for decide in decisions(flag.comment, actor):
        assert refusal_of(decide) == "other_area"
    flag.refresh_from_db()
    assert (flag.settled_at, Moderation.objects.count()) == (None, 0)


def test_a_second_role_for_the_whole_town_opens_everything() -> None:
    actor = make_user("moderator", area=make_area())
    grant(actor, "moderator")
    comment = make_comment(thread=make_thread())
    make_flag(comment=comment)
    assert services.leave_comment(actor=actor, comment_id=comment.pk, note="그대로").pk
