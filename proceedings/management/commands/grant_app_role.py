"""`manage.py grant_app_role ROLE`: what the running site may do in the database, and no more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    help = "Give ROLE read and write on all tables, but no UPDATE or DELETE on append-only ones."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("role")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        role = connection.ops.quote_name(options["role"])
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [options["role"]])
            if not cursor.fetchone():
                raise CommandError(f"The database has no role {options['role']}.")
            cursor.execute(
                f"GRANT USAGE ON SCHEMA public TO {role};"
                f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role};"
                f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role};"
                f"GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO {role}",
            )
            cursor.execute(
                # The table of an open ballot box is a part of an append-only one.
                "SELECT table_.relname FROM pg_class table_ "
                "LEFT JOIN pg_inherits part ON part.inhrelid = table_.oid "
                "WHERE table_.relnamespace = 'public'::regnamespace "
                "AND table_.relkind IN ('r', 'p') AND 'append-only' IN "
                "(obj_description(table_.oid, 'pg_class'), "
                "obj_description(part.inhparent, 'pg_class')) ORDER BY table_.relname",
            )
            tables = [name for (name,) in cursor.fetchall()]
            for table in tables:
                name = connection.ops.quote_name(table)
                cursor.execute(f"REVOKE UPDATE, DELETE, TRUNCATE ON {name} FROM {role}")
            cursor.execute(f"REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {role}")
        self.stdout.write(f"{options['role']}: {len(tables)} tables are append-only.")
