"""My participation: the next step first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.urls import reverse

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
