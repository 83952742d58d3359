"""The clock takes each contest by itself."""

from __future__ import annotations

import logging

import pytest
from django.db import ProgrammingError, connection, transaction

from residents.models import Notice
from tests.factories.voting import make_contest, make_open_contest, make_voter, vote
from voting.models import Contest, ContestState, LogLeaf, PromisedLeaf
from voting.services.clock import advance_contests, sequence_all_leaves, sign_all_heads
from voting.services.contests import freeze
from voting.tasks import advance_contests_task

pytestmark = pytest.mark.django_db


def frozen() -> Contest:
    """A contest that opens with the next round, and somebody who may vote in it."""
    contest = make_contest()
    make_voter(contest)
    with transaction.atomic():
        freeze(contest_id=contest.pk, actor_ref="system")
    return contest


def put_in_the_way(contest: Contest) -> None:
    """A table where the contest's box has to stand: the database refuses to make the box."""
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE voting_envelope_{contest.pk} ()")


def clear_the_way(contest: Contest) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE voting_envelope_{contest.pk}")


def states(*contests: Contest) -> list[str]:
    return [Contest.objects.get(pk=contest.pk).state for contest in contests]


def test_what_the_database_refuses_one_contest_stops_no_other(
    caplog: pytest.LogCaptureFixture,
) -> None:
    first, broken, last = frozen(), frozen(), frozen()
    put_in_the_way(broken)
    with caplog.at_level(logging.ERROR, "madang.clock"), pytest.raises(ProgrammingError):
        advance_contests_task()
    assert states(first, broken, last) == [
        ContestState.OPEN,
        ContestState.FROZEN,
        ContestState.OPEN,
    ]
    [line] = caplog.records
    assert (vars(line)["contest"], line.getMessage()) == (broken.pk, "a step failed")
    assert line.exc_info is not None


def test_people_hear_of_what_opened_although_another_contest_failed() -> None:
    broken, fine = frozen(), frozen()
    put_in_the_way(broken)
    with pytest.raises(ProgrammingError):
        advance_contests()
    assert list(Notice.objects.values_list("url", flat=True)) == [fine.get_absolute_url()]


def test_the_next_round_takes_the_step_that_failed() -> None:
    broken = frozen()
    put_in_the_way(broken)
    with pytest.raises(ProgrammingError):
        advance_contests()
    clear_the_way(broken)
    advance_contests()
    assert states(broken) == [ContestState.OPEN]


def test_a_log_that_cannot_grow_stops_no_other() -> None:
    broken, fine = make_open_contest(), make_open_contest()
    for contest in (broken, fine):
        vote(contest, "a")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(
            f"ALTER TABLE voting_logleaf ADD CHECK (contest_id <> {broken.pk}) NOT VALID"
        )
    with pytest.raises(Exception, match="voting_logleaf"):
        sequence_all_leaves()
    waiting = PromisedLeaf.objects.filter(place__isnull=True)
    assert list(waiting.values_list("contest_id", flat=True)) == [broken.pk]
    assert sign_all_heads() == 1
    assert LogLeaf.objects.filter(contest=fine).count() == fine.heads.latest("size").size
