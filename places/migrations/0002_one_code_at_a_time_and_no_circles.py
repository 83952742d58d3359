"""A code belongs to one area at a time, and no area is part of itself, however far up."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
from django.contrib.postgres.operations import BtreeGistExtension
from django.db import migrations, models

import places.models

NO_CIRCLES = """
CREATE FUNCTION places_area_is_a_tree() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.parent_id IS NULL THEN
        RETURN NEW;
    END IF;
    -- Two changes at once could each look harmless: one after the other.
    PERFORM pg_advisory_xact_lock(hashtextextended('places_area', 0));
    IF NEW.parent_id = NEW.id OR NEW.code IN (
        WITH RECURSIVE above (code) AS (
            SELECT code FROM places_area WHERE id = NEW.parent_id
            UNION
            SELECT parent.code
            FROM above
            JOIN places_area child ON child.code = above.code
            JOIN places_area parent ON parent.id = child.parent_id
        )
        SELECT code FROM above
    ) THEN
        RAISE EXCEPTION 'area % would be part of itself', NEW.code
            USING ERRCODE = 'check_violation', CONSTRAINT = 'area_is_not_part_of_itself';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER places_area_tree BEFORE INSERT OR UPDATE OF parent_id, code ON places_area
    FOR EACH ROW EXECUTE FUNCTION places_area_is_a_tree();
"""


class Migration(migrations.Migration):
    dependencies = [("places", "0001_initial")]
    operations = [
        BtreeGistExtension(),
        migrations.AddConstraint(
            model_name="area",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                name="area_code_holds_once_at_a_time",
                expressions=[
                    ("code", "="),
                    (
                        places.models.DaysOfArea(
                            "valid_from", places.models.last_day(), models.Value("[]")
                        ),
                        "&&",
                    ),
                ],
                violation_error_message=(
                    "Another area holds this code at that time: please end it first."
                ),
            ),
        ),
        migrations.RunSQL(
            NO_CIRCLES,
            "DROP TRIGGER places_area_tree ON places_area; DROP FUNCTION places_area_is_a_tree();",
        ),
    ]
