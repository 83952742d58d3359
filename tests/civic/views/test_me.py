"""My participation: the next step first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import transaction
from django.urls import reverse

from residents.models import Notice, NoticeKind
from residents.roles import RoleKind
from residents.services import send_notice
from tests.factories.residents import make_user
from tests.factories.voting import make_open_contest, make_voter, vote

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from residents.models import User

pytestmark = pytest.mark.django_db(transaction=True)


def test_an_open_vote_is_the_next_step_until_one_has_voted(
    client_of: Callable[[User], Client],
) -> None:
    contest = make_open_contest()
    voter = make_voter(contest)
    client = client_of(voter)
    assert reverse("ballot", args=[contest.pk]) in client.get(reverse("me")).text
    vote(contest, "a", user=voter)
    page = client.get(reverse("me"))
    assert page.context["open_votes"] == []
    assert reverse("receipt", args=[contest.pk]) in page.text


def test_a_notice_is_opened_by_a_button_because_opening_marks_it_as_read(
    client_of: Callable[[User], Client],
) -> None:
    user = make_user()
    with transaction.atomic():
        send_notice(
            user_ids={user.pk},
            kind=NoticeKind.PROPOSAL_EXPIRED,
            params={"title": "느티로 보안등", "count": "41", "threshold": "50"},
            url=reverse("proposals"),
        )
    client = client_of(user)
    address = reverse("notice_open", args=[Notice.objects.get().pk])
    page = client.get(reverse("me")).text
    assert f'method="post" action="{address}"' in page
    assert f'href="{address}"' not in page
    assert client.post(address).headers["Location"] == reverse("proposals")


@pytest.mark.parametrize(
    ("role", "is_shown"),
    [
        (RoleKind.CLERK, True),
        (RoleKind.COORDINATOR, True),
        (RoleKind.OFFICIAL, False),
        (None, False),
    ],
)
def test_the_desk_is_shown_to_those_who_work_at_one(
    role: str | None, *, is_shown: bool, client_of: Callable[[User], Client]
) -> None:
    page = client_of(make_user(role)).get(reverse("me")).text
    assert (f'href="{reverse("desk")}"' in page) is is_shown
