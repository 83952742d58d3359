"""A vote whose hours are fixed stays inside a voting stage of its process, if that has one.

Freezing holds the stages of the process and looks; from then on the database refuses a stage that
moves away from under the vote. So a vote opens inside its stage, or is a draft again.
"""

from django.db import migrations

INSIDE = """
CREATE FUNCTION voting_stage_holds_votes() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    outside bigint;
BEGIN
    IF 'vote' NOT IN (coalesce(OLD.kind, ''), coalesce(NEW.kind, '')) THEN
        RETURN NULL;
    END IF;
    -- Whoever freezes a vote of the process holds its row: looked at only when they are done.
    PERFORM FROM proceedings_process WHERE id IN (OLD.process_id, NEW.process_id) FOR SHARE;
    SELECT c.id INTO outside FROM voting_contest c
    WHERE c.process_id IN (OLD.process_id, NEW.process_id) AND c.state IN ('frozen', 'open')
      AND NOT EXISTS (SELECT FROM proceedings_phase p
                      WHERE p.process_id = c.process_id AND p.kind = 'vote'
                        AND p.opens_at <= c.opens_at AND c.closes_at <= p.closes_at)
    LIMIT 1;
    IF outside IS NOT NULL THEN
        RAISE EXCEPTION 'contest % would lie outside the voting stage of its process', outside
            USING ERRCODE = 'check_violation', CONSTRAINT = 'vote_inside_its_stage';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER voting_stage_holds_votes
    AFTER INSERT OR DELETE OR UPDATE OF process_id, kind, opens_at, closes_at ON proceedings_phase
    FOR EACH ROW EXECUTE FUNCTION voting_stage_holds_votes();
"""
ANYWHERE = """
DROP TRIGGER voting_stage_holds_votes ON proceedings_phase;
DROP FUNCTION voting_stage_holds_votes();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("voting", "0014_two_take_back"),
        ("proceedings", "0006_actions_by_name"),
    ]

    operations = [migrations.RunSQL(INSIDE, ANYWHERE)]
