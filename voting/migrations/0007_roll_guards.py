"""Rolls from files, changes by two people, and the guards that hold whatever the code says."""

from django.db import migrations

from proceedings.migrations._append_only import append_only

TABLES = (
    "voting_rollimport",
    "voting_rollimportline",
    "voting_rollrequest",
    "voting_rolldecision",
)

MOVES = """
-- A vote right is voided and given back only while its contest is open. What was cast on paper
-- stays (the sheet cannot be fetched out of the box), and what is out on paper comes back first.
CREATE OR REPLACE FUNCTION voting_slot_moves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a slot is never deleted' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NEW.version <> 1 OR NEW.state NOT IN ('web', 'paper_issued', 'voided') THEN
            RAISE EXCEPTION 'a slot begins with a vote, a ballot paper or a voiding'
                USING ERRCODE = 'restrict_violation';
        END IF;
    ELSIF NEW.roll_entry_id <> OLD.roll_entry_id OR NEW.contest_id <> OLD.contest_id
       OR NEW.version <> OLD.version + 1
       OR (OLD.state, NEW.state) NOT IN (
            ('free', 'web'), ('free', 'paper_issued'), ('free', 'voided'),
            ('web', 'web'), ('web', 'paper_issued'), ('web', 'voided'),
            ('paper_issued', 'paper_issued'), ('paper_issued', 'paper_cast'),
            ('paper_issued', 'free'), ('paper_issued', 'voided'), ('voided', 'free')) THEN
        RAISE EXCEPTION 'slot: % -> % is not a possible move', OLD.state, NEW.state
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF (NEW.state = 'voided' OR TG_OP = 'UPDATE' AND OLD.state = 'voided')
       AND NOT EXISTS (SELECT 1 FROM voting_contest
                       WHERE id = NEW.contest_id AND state = 'open') THEN
        RAISE EXCEPTION 'contest % is not open: no vote right is voided or given back',
            NEW.contest_id USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.state = 'voided' AND EXISTS (
            SELECT 1 FROM voting_paperstub p WHERE p.roll_entry_id = NEW.roll_entry_id
            AND NOT EXISTS (SELECT 1 FROM voting_stubevent e WHERE e.stub_id = p.id)) THEN
        RAISE EXCEPTION 'roll entry %: a ballot paper is out', NEW.roll_entry_id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

-- Before the opening a roll is entered, while open people come or are added; then it stands.
CREATE FUNCTION voting_roll_grows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM voting_contest
                   WHERE id = NEW.contest_id AND state IN ('frozen', 'open')) THEN
        RAISE EXCEPTION 'contest % is not open: its roll stands', NEW.contest_id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER voting_roll_grows BEFORE INSERT ON voting_rollentry
    FOR EACH ROW EXECUTE FUNCTION voting_roll_grows();

-- A roll comes from a file only before the opening.
CREATE FUNCTION voting_roll_import_in_time() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM voting_contest
                   WHERE id = NEW.contest_id AND state IN ('draft', 'frozen')) THEN
        RAISE EXCEPTION 'contest % has opened: no roll is imported', NEW.contest_id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER voting_roll_import_in_time BEFORE INSERT ON voting_rollimport
    FOR EACH ROW EXECUTE FUNCTION voting_roll_import_in_time();
"""


class Migration(migrations.Migration):
    dependencies = [("voting", "0006_rolls")]
    operations = [
        migrations.RunSQL(MOVES, migrations.RunSQL.noop),
        *[append_only(table) for table in TABLES],
    ]
