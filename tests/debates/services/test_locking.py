"""Two workers at the figures of opinions, under real threads, with the twin without the lock."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest
from django.db import connection, connections

from debates import services
from debates.services import figures
from tests.factories.debates import make_comment
from tests.factories.residents import make_user

if TYPE_CHECKING:
    from debates.models import Comment

pytestmark = pytest.mark.django_db(transaction=True)
GATE = 4711
SLOW = figures.COMMENT_SQL.replace(
    "FROM debates_comment c\n",
    f"FROM debates_comment c CROSS JOIN pg_advisory_xact_lock_shared({GATE}) AS gate\n",
    1,
)
"""The same count, held up at a gate after it began to look."""
AT_THE_GATE = """
SELECT count(*) FROM pg_locks WHERE objid = 4711 AND NOT granted
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


def find_useful(comment: Comment) -> None:
    """Somebody else finds an opinion useful."""
    services.react_to_comment(actor=make_user(), comment_id=comment.pk, useful=True)


def ask(question: str) -> int:
    """One number of the database."""
    with connection.cursor() as cursor:
        cursor.execute(question)
        return int(cursor.fetchone()[0] or 0)


def counted_by_two(monkeypatch: pytest.MonkeyPatch) -> tuple[int, int]:
    """A worker counts one reaction, slowly; meanwhile comes a second one, and a second worker.

    Returns how many opinions the second worker counted, and what is shown after both and the next.
    """
    comment = make_comment()
    find_useful(comment)

    def count() -> None:
        try:
            services.refresh_figures()
        finally:
            connections.close_all()

    with monkeypatch.context() as slowly, connection.cursor() as gate:
        gate.execute(f"SELECT pg_advisory_lock({GATE})")
        slowly.setattr(figures, "COMMENT_SQL", SLOW)
        first = threading.Thread(target=count)
        first.start()
        while not ask(AT_THE_GATE):
            threading.Event().wait(0.02)
    find_useful(comment)
    counted = services.refresh_figures()
    assert ask(f"SELECT pg_advisory_unlock({GATE})::int")
    first.join()
    services.refresh_figures()
    comment.refresh_from_db()
    return counted, comment.figures.useful


def test_a_second_worker_steps_back_and_the_newest_count_is_shown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert counted_by_two(monkeypatch) == (0, 2)


def test_without_the_lock_the_older_count_overwrites_the_newer_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(figures, "try_lock_exclusive", lambda _name: True)
    assert counted_by_two(monkeypatch) == (1, 1)
