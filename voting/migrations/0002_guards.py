"""What holds even if all Python is wrong: the box, the moves that are possible, append-only."""

from django.db import migrations

from proceedings.migrations._append_only import append_only

APPEND_ONLY = (
    "voting_rollentry",
    "voting_slotevent",
    "voting_promisedleaf",
    "voting_logleaf",
    "voting_treehead",
    "voting_batchevent",
    "voting_batchcount",
    "voting_paperstub",
    "voting_stubevent",
    "voting_sheet",
    "voting_entry",
    "voting_batchreason",
    "voting_batchsignature",
    "voting_ballot",
    "voting_correction",
    "voting_correctiondecision",
    "voting_publication",
    "voting_publicationfile",
)

BOX = """
DROP TABLE voting_envelope;
CREATE TABLE voting_envelope (
    contest_id bigint NOT NULL,
    id uuid NOT NULL,
    marks text NOT NULL,
    ciphertext bytea,
    nonce varchar(32) NOT NULL,
    digest varchar(64) NOT NULL,
    named varchar(60) NOT NULL,
    PRIMARY KEY (contest_id, id),
    CONSTRAINT envelope_digest_once UNIQUE (contest_id, digest)
) PARTITION BY LIST (contest_id);

-- One physical table per contest, made when the contest opens.
CREATE FUNCTION voting_make_box(contest bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM voting_contest WHERE id = contest AND state = 'frozen') THEN
        RAISE EXCEPTION 'contest % is not frozen: no box', contest;
    END IF;
    EXECUTE format('CREATE TABLE voting_envelope_%s PARTITION OF voting_envelope FOR VALUES IN (%s)',
                   contest, contest);
END $$;

-- Dropped once every web slot has its ballot: with it goes every link from a slot to marks.
CREATE FUNCTION voting_drop_box(contest bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    slots bigint;
    ballots bigint;
BEGIN
    IF NOT EXISTS (SELECT 1 FROM voting_contest WHERE id = contest AND state = 'opened') THEN
        RAISE EXCEPTION 'contest % is not opened: the box stays', contest;
    END IF;
    SELECT count(*) INTO slots FROM voting_slot WHERE contest_id = contest AND state = 'web';
    SELECT count(*) INTO ballots FROM voting_ballot WHERE contest_id = contest AND channel = 'web';
    IF slots <> ballots THEN
        RAISE EXCEPTION 'contest %: % web slots but % web ballots', contest, slots, ballots;
    END IF;
    EXECUTE format('DROP TABLE voting_envelope_%s', contest);
END $$;
"""

MOVES = """
CREATE FUNCTION voting_slot_moves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a slot is never deleted' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NEW.version <> 1 OR NEW.state NOT IN ('web', 'paper_issued') THEN
            RAISE EXCEPTION 'a slot begins with a vote or a ballot paper'
                USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF NEW.roll_entry_id <> OLD.roll_entry_id OR NEW.contest_id <> OLD.contest_id
       OR NEW.version <> OLD.version + 1
       OR (OLD.state, NEW.state) NOT IN (
            ('free', 'web'), ('free', 'paper_issued'),
            ('web', 'web'), ('web', 'paper_issued'), ('web', 'voided'),
            ('paper_issued', 'paper_issued'), ('paper_issued', 'paper_cast'),
            ('paper_issued', 'free'), ('paper_issued', 'voided'),
            ('paper_cast', 'voided'), ('voided', 'free')) THEN
        RAISE EXCEPTION 'slot: % -> % is not a possible move', OLD.state, NEW.state
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER voting_slot_moves BEFORE INSERT OR UPDATE OR DELETE ON voting_slot
    FOR EACH ROW EXECUTE FUNCTION voting_slot_moves();

CREATE FUNCTION voting_contest_moves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
        ('draft', 'frozen'), ('frozen', 'draft'), ('frozen', 'open'), ('open', 'closed'),
        ('closed', 'boxed'), ('boxed', 'opened'), ('opened', 'counted'), ('opened', 'disputed'),
        ('counted', 'published'), ('counted', 'disputed'), ('disputed', 'recount'),
        ('recount', 'counted'), ('recount', 'disputed'),
        ('published', 'final'), ('published', 'recount')) THEN
        RAISE EXCEPTION 'contest: % -> % is not a possible move', OLD.state, NEW.state
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.state <> 'draft' AND NOT (OLD.state = 'frozen' AND NEW.state = 'draft')
       AND to_jsonb(NEW) - 'state' <> to_jsonb(OLD) - 'state' THEN
        RAISE EXCEPTION 'contest % is frozen: only its state moves', OLD.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER voting_contest_moves BEFORE UPDATE ON voting_contest
    FOR EACH ROW EXECUTE FUNCTION voting_contest_moves();

CREATE FUNCTION voting_frozen_parts() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    holder bigint;
    holder_state text;
BEGIN
    holder := CASE WHEN TG_OP = 'DELETE' THEN OLD.contest_id ELSE NEW.contest_id END;
    SELECT state INTO holder_state FROM voting_contest WHERE id = holder;
    IF holder_state IS NOT NULL AND holder_state <> 'draft' THEN
        RAISE EXCEPTION 'contest % is frozen: % cannot change', holder, TG_TABLE_NAME
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER voting_option_frozen BEFORE INSERT OR UPDATE OR DELETE ON voting_option
    FOR EACH ROW EXECUTE FUNCTION voting_frozen_parts();
CREATE TRIGGER voting_centres_frozen BEFORE INSERT OR UPDATE OR DELETE ON voting_contest_centres
    FOR EACH ROW EXECUTE FUNCTION voting_frozen_parts();

CREATE FUNCTION voting_tally_done() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.state = 'done' THEN
        RAISE EXCEPTION 'a finished count does not change' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER voting_tally_done BEFORE UPDATE OR DELETE ON voting_tallyrun
    FOR EACH ROW EXECUTE FUNCTION voting_tally_done();
"""


class Migration(migrations.Migration):
    dependencies = [("voting", "0001_initial"), ("proceedings", "0002_append_only")]
    operations = [
        migrations.RunSQL(BOX, migrations.RunSQL.noop),
        append_only("voting_envelope"),
        migrations.RunSQL(MOVES, migrations.RunSQL.noop),
        *[append_only(table) for table in APPEND_ONLY],
    ]
