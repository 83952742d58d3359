"""What services write."""

from __future__ import annotations

import pytest
from django.db import transaction

from residents.models import Notice, NoticeKind, NoticePreference
from residents.services import send_notice
from tests.factories.residents import make_user


@pytest.mark.django_db
def test_notice_goes_once_to_each_active_account_and_by_mail_as_each_chose() -> None:
    usual, quiet, closed = make_user(), make_user(), make_user(is_active=False)
    kind = NoticeKind.PROPOSAL_ANSWERED
    NoticePreference.objects.create(user=quiet, kind=kind, by_mail=False)
    told = send_notice(
        user_ids=[usual.pk, usual.pk, quiet.pk, closed.pk],
        kind=kind,
        params={"title": "골목 보안등"},
        url="/proposals/1/",
    )
    rows = list(Notice.objects.order_by("user_id").values_list("user_id", "mail_state"))
    assert told == 2
    assert rows == [(usual.pk, "due"), (quiet.pk, "none")]


@pytest.mark.django_db(transaction=True)
def test_notice_outside_a_transaction_is_a_mistake_of_the_program() -> None:
    assert not transaction.get_connection().in_atomic_block
    with pytest.raises(RuntimeError):
        send_notice(user_ids=[1], kind=NoticeKind.STAFF_DUE, params={}, url="/")


@pytest.mark.django_db
def test_notice_without_the_values_of_its_words_is_a_mistake_of_the_program() -> None:
    with pytest.raises(ValueError, match="needs title"):
        send_notice(user_ids=[], kind=NoticeKind.COMMENT_REPLY, params={}, url="/")
