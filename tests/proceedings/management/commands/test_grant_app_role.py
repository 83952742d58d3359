"""What the running site may do in the database: a real log-in as its role, on every table."""

from __future__ import annotations

from io import StringIO
from typing import TYPE_CHECKING, cast

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from psycopg import errors, sql

from tests.factories.voting import make_open_contest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.backends.postgresql.base import DatabaseWrapper

APP = "madang_app"
LEAST = {
    "proceedings_auditevent", "residents_consentrecord", "debates_moderation", "proposals_revision",
    "proposals_statechange", "proposals_answer", "proposals_progress", "budgets_projectreview",
    "budgets_allocation", "voting_envelope", "voting_ballot", "voting_rollentry",
    "voting_slotevent", "voting_promisedleaf", "voting_logleaf", "voting_treehead",
    "voting_paperstub", "voting_sheet", "voting_entry", "voting_batchsignature",
    "voting_correction", "voting_recount",
}  # fmt: skip
"""Tables that must be among the append-only ones; the rest is read from the database."""


@pytest.fixture
def app(transactional_db: None) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    """A connection of the site's own role, to a town with an open ballot box."""
    make_open_contest()
    call_command("grant_app_role", APP, stdout=StringIO())
    known = cast("DatabaseWrapper", connection).get_connection_params()
    place = {name: known[name] for name in ("dbname", "host", "port") if known.get(name)}
    with psycopg.connect(**place, user=APP, autocommit=True) as own:
        yield own


def append_only_tables(own: psycopg.Connection[tuple[object, ...]]) -> list[str]:
    """The tables that migrations declared append-only, and the partitions of such tables."""
    rows = own.execute(
        "SELECT c.relname FROM pg_class c LEFT JOIN pg_inherits i ON i.inhrelid = c.oid "
        "WHERE c.relkind IN ('r', 'p') AND 'append-only' IN "
        "(obj_description(c.oid, 'pg_class'), obj_description(i.inhparent, 'pg_class'))"
    )
    return [str(name) for (name,) in rows]


def test_site_may_add_and_read_but_neither_change_nor_remove_what_is_append_only(
    app: psycopg.Connection[tuple[object, ...]],
) -> None:
    tables = append_only_tables(app)
    assert set(tables) >= LEAST
    assert any(name.startswith("voting_envelope_") for name in tables)
    for name in tables:
        table = sql.Identifier(name)
        (column,) = app.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum = 1", [name]
        ).fetchone() or ("",)
        change = sql.SQL("UPDATE {} SET {} = {} WHERE false").format(
            table, *[sql.Identifier(str(column))] * 2
        )
        for forbidden in (
            change,
            sql.SQL("DELETE FROM {} WHERE false").format(table),
            sql.SQL("TRUNCATE {}").format(table),
            sql.SQL("ALTER TABLE {} DISABLE TRIGGER ALL").format(table),
        ):
            with pytest.raises(errors.InsufficientPrivilege):
                app.execute(forbidden)


def test_site_may_add_to_the_record(app: psycopg.Connection[tuple[object, ...]]) -> None:
    stored = app.execute(
        "INSERT INTO proceedings_auditevent (at, action, actor_ref, actor_role, subject, reason, "
        "data) VALUES (now(), 'test', 'system', '', 'test', '', '{}') RETURNING id"
    ).fetchone()
    assert stored is not None
    again = app.execute("SELECT subject FROM proceedings_auditevent WHERE id = %s", stored)
    assert again.fetchone() == ("test",)


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE mine (id int)",
        "DROP TABLE voting_ballot",
        "DROP TRIGGER voting_ballot_append_only ON voting_ballot",
        "INSERT INTO django_migrations (app, name, applied) VALUES ('a', 'b', now())",
        "SET ROLE madang_owner",
    ],
)
def test_site_may_not_change_the_tables_themselves(
    app: psycopg.Connection[tuple[object, ...]], statement: str
) -> None:
    with pytest.raises(errors.InsufficientPrivilege):
        app.execute(statement)


@pytest.mark.django_db
def test_role_that_does_not_exist_is_named() -> None:
    with pytest.raises(CommandError, match="has no role nobody_here"):
        call_command("grant_app_role", "nobody_here")
