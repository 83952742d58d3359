"""Migration pieces that make a table append-only: the database refuses, whatever the code says."""

from __future__ import annotations

from django.db.migrations import RunSQL

REFUSE_CHANGE = RunSQL(
    sql="""
    CREATE FUNCTION madang_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'TRUNCATE' AND current_setting('madang.allow_truncate', true) = 'on' THEN
            RETURN NULL;
        END IF;
        RAISE EXCEPTION 'table % is append-only: % refused', TG_TABLE_NAME, TG_OP
            USING ERRCODE = 'restrict_violation';
    END $$;
    """,
    reverse_sql="DROP FUNCTION madang_refuse_change();",
)


def append_only(table: str) -> RunSQL:
    """Refuse UPDATE, DELETE and TRUNCATE on `table` by trigger (privileges are revoked besides)."""
    return RunSQL(
        sql=f"""
        CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
            FOR EACH ROW EXECUTE FUNCTION madang_refuse_change();
        CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}
            FOR EACH STATEMENT EXECUTE FUNCTION madang_refuse_change();
        COMMENT ON TABLE {table} IS 'append-only';
        """,
        reverse_sql=f"""
        DROP TRIGGER {table}_append_only ON {table};
        DROP TRIGGER {table}_no_truncate ON {table};
        COMMENT ON TABLE {table} IS NULL;
        """,
    )
