"""What people are told of an opening and a result: once, whoever dies in between."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import connection

from residents.models import Notice
from tests.factories.voting import make_open_contest, make_voter, pass_the_close, vote
from voting.models import Announcement, Contest, ContestState
from voting.selectors.counting import unannounced
from voting.services import clock
from voting.services.clock import advance_contests
from voting.services.contests import move
from voting.services.counting import publish_contest
from voting.services.notices import announce, announce_what_happened

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.django_db


def end(contest: Contest) -> None:
    """Let the hour of closing have passed, and the clock run."""
    with connection.cursor() as cursor:  # rows of the same transaction wait for their checks
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        pass_the_close(contest)
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    for _tick in range(3):
        advance_contests()


class KilledError(Exception):
    """Stands for the end of the worker."""


def kill(*_arguments: object, **_named: object) -> None:
    raise KilledError


def test_those_who_may_vote_hear_of_the_opening_once() -> None:
    contest = make_open_contest()
    make_voter(contest)
    assert unannounced() == [(contest.pk, 0)]
    assert announce_what_happened() == 1
    assert announce_what_happened() == 0
    assert Notice.objects.filter(kind="contest_opened").count() == 1
    assert Announcement.objects.get().told == 1


def test_those_who_voted_hear_of_the_result_once() -> None:
    contest = make_open_contest()
    for key in "aab":
        vote(contest, key)
    make_voter(contest)
    end(contest)
    assert unannounced() == []
    assert not announce(contest_id=contest.pk, version=1)
    assert Notice.objects.filter(kind="contest_result").count() == 3


def test_an_opening_that_was_over_before_anybody_was_told_is_not_announced() -> None:
    contest = make_open_contest()
    make_voter(contest)
    move(contest, ContestState.CLOSED)
    assert unannounced() == []


@pytest.mark.parametrize("where", ["before", "inside"])
def test_what_a_killed_worker_left_untold_is_told_by_the_next(
    where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    contest = make_open_contest()
    vote(contest, "a")
    with monkeypatch.context() as fault:
        if where == "before":
            fault.setattr(clock, "announce_what_happened", kill)
        else:
            fault.setattr(Announcement.objects, "create", kill)
        with pytest.raises(KilledError):
            end(contest)
        while Contest.objects.get(pk=contest.pk).state != ContestState.PUBLISHED:
            with pytest.raises(KilledError):
                advance_contests()
    assert not Notice.objects.filter(kind="contest_result").exists()
    assert publish_contest(contest_id=contest.pk) is None
    advance_contests()
    advance_contests()
    assert Notice.objects.filter(kind="contest_result").count() == 1


def test_an_account_that_is_gone_is_not_told(client_of: Callable[..., object]) -> None:
    contest = make_open_contest()
    voter = make_voter(contest)
    voter.is_active = False
    voter.save(update_fields=["is_active"])
    assert announce(contest_id=contest.pk, version=0)
    assert Announcement.objects.get().told == 0
