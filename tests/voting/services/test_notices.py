"""What people are told of an opening and a result: once, whoever dies in between."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.utils.translation import override

from hangul.formats import when
from residents.models import Notice
from residents.selectors import told_in_words
from tests.factories.places import make_area, make_centre, make_district
from tests.factories.residents import make_resident, make_user
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


def test_of_a_fixed_roll_only_those_on_it_hear_of_the_opening() -> None:
    area = make_district()
    dong = make_area(parent=area)
    on_it = make_user()
    make_resident(on_it, area=dong)
    contest = make_open_contest(area=area, roll_mode="fixed")
    make_resident(make_user(), area=dong)
    assert announce(contest_id=contest.pk, version=0)
    assert [notice.user for notice in Notice.objects.all()] == [on_it]


@pytest.mark.parametrize(
    ("web", "paper", "way"),
    [
        (True, True, "센터에서"),
        (True, False, "이 누리집에서 투표하실 수 있습니다."),
        (False, True, "투표 안내에 적힌 센터에서 투표용지를 받을 수 있습니다."),
    ],
)
def test_opening_tells_until_when_and_only_the_ways_there_are(
    web: bool,  # noqa: FBT001 - a case
    paper: bool,  # noqa: FBT001 - a case
    way: str,
) -> None:
    contest = make_open_contest(web=web, paper=paper, centres=[make_centre()] if paper else [])
    make_voter(contest)
    announce(contest_id=contest.pk, version=0)
    notice = Notice.objects.get()
    with override("ko"):
        told = told_in_words(notice.kind, notice.params)
    assert contest.closes_at is not None
    assert when(contest.closes_at, "ko") in told.body
    assert way in told.body
    assert ("센터" in told.body) is paper


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
