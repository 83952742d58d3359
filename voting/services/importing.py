"""Take in a contest that was held elsewhere: its frozen question and its published ballots."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

from django.conf import settings
from django.db import connection

from proceedings.audit import Action
from proceedings.locks import lock_exclusive
from proceedings.services import record_event
from voting.configuration import config_digest, frozen_config
from voting.keys import public_key
from voting.lots import commitment
from voting.models import Ballot, Contest, ContestState
from voting.selectors import contest_draft
from voting.selectors.counting import box_of
from voting.services.contests import lot_secret, move, subject_of
from voting.services.counting import write_ballots_leaf
from voting.services.figures import refresh_contest_figures
from voting.services.leaves import add_leaf

if TYPE_CHECKING:
    from collections.abc import Iterable

PATH = (ContestState.OPEN, ContestState.CLOSED, ContestState.BOXED, ContestState.OPENED)


def import_ballots(contest: Contest, rows: Iterable[tuple[str, str]], *, actor_ref: str) -> int:
    """Put published ballots into a draft of origin "imported" and leave it ready to be counted.

    `rows` are (marks text, channel). Runs inside the caller's transaction; returns how many
    ballots there were. There is no roll and no slot: the size of a roll is
    the file's word, and who took part is counted by ballots.
    """
    if contest.origin != "imported" or contest.state != ContestState.DRAFT:
        raise ValueError("Only a draft of an imported contest takes ballots.")
    lock_exclusive(f"contest:{contest.pk}")
    lot = commitment(lot_secret(contest))
    config = frozen_config(contest_draft(contest), public_key(settings.LOG_KEY), lot)
    contest.config = config.decode()
    contest.config_digest = config_digest(config)
    contest.state = ContestState.FROZEN
    contest.save()
    move(contest, ContestState.OPEN)
    add_leaf(contest, {"kind": "config", "digest": contest.config_digest})
    total = _copy(contest, rows)
    for state in PATH[1:]:
        move(contest, state)
    add_leaf(contest, {"kind": "state", "state": "opened"})
    write_ballots_leaf(contest, box_of(contest))
    refresh_contest_figures([contest.pk])
    record_event(
        action=Action.BALLOTS_IMPORTED,
        actor_ref=actor_ref,
        subject=subject_of(contest),
        data={"ballots": total},
    )
    return total


def _copy(contest: Contest, rows: Iterable[tuple[str, str]]) -> int:
    """Write the ballots by COPY in sorted order: the file's order says nothing here."""
    total = 0
    table = Ballot._meta.db_table  # noqa: SLF001 - the documented way to a model's table
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY {table} (id, contest_id, marks, channel, named) FROM STDIN") as copy,
    ):
        for marks, channel in sorted(rows):
            copy.write_row((str(uuid4()), contest.pk, marks, channel, ""))
            total += 1
    return total
