"""What waits for moderators, and what they came to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from debates import services
from debates.selectors import (
    appealable,
    moderation_figures,
    queue_item,
    waiting_comments,
    waiting_order,
)
from tests.factories.debates import (
    make_comment,
    make_flag,
    make_hidden_comment,
    make_house_rule,
    make_thread,
)
from tests.factories.residents import make_user

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db


def test_what_waits_longest_comes_first_once_with_its_open_reports() -> None:
    older, newer = make_flag().comment, make_flag().comment
    make_flag(comment=older)
    settled = make_flag().comment
    services.leave_comment(actor=make_user("moderator"), comment_id=settled.pk, note="괜찮음")
    appealed = make_hidden_comment()
    services.appeal_hiding(actor=appealed.author, comment_id=appealed.pk, body="다시 봐 주세요.")
    make_comment()
    queue = waiting_order(waiting_comments())
    assert [(one.pk, one.reports, one.is_appealed) for one in queue] == [
        (older.pk, 2, False),
        (newer.pk, 1, False),
        (appealed.pk, 0, True),
    ]


@pytest.mark.parametrize("many", [1, 3])
def test_queue_is_one_query(many: int, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    for _ in range(many):
        make_flag()
    with django_assert_num_queries(1):
        assert all(one.thread.subject_title for one in waiting_order(waiting_comments()))


def test_one_page_has_all_that_a_decision_needs() -> None:
    thread = make_thread()
    before, comment, after = (make_comment(thread=thread) for _ in range(3))
    reply = make_comment(thread=thread, parent=comment)
    flag = make_flag(comment=comment)
    item = queue_item(comment)
    assert (item.before, item.after, item.flags) == ((before,), (after,), (flag,))
    assert (item.parent, item.appeal, item.decisions, item.appeal_until) == (None, None, (), None)
    assert queue_item(reply).parent == comment


def test_public_figures_count_rows_by_rule() -> None:
    rule = make_house_rule()
    moderator = make_user("moderator")
    kept, shown_again = make_comment(), make_comment()
    make_flag(comment=kept, rule=rule)
    make_flag(comment=make_comment(), rule=rule)
    for comment in (kept, shown_again):
        services.hide_comment(actor=moderator, comment_id=comment.pk, rule=rule, note="번호")
        services.appeal_hiding(actor=comment.author, comment_id=comment.pk, body="다시")
    services.restore_comment(actor=moderator, comment_id=shown_again.pk, note="아님")
    services.leave_comment(actor=moderator, comment_id=kept.pk, note="맞음")
    figures = moderation_figures()
    assert (figures.reports, figures.waiting) == (2, 1)
    assert (figures.hidden, figures.restored, figures.left) == (2, 1, 1)
    assert (figures.appeals, figures.appeals_upheld) == (2, 1)
    assert (rule, 2, 2) in figures.by_rule
    numbers = [one.number for one, _, _ in figures.by_rule]
    assert numbers == sorted(numbers)


def test_hiding_is_found_only_while_it_hides() -> None:
    hidden = make_hidden_comment()
    assert appealable(hidden) == hidden.moderations.get()
    assert appealable(make_comment()) is None
