"""Ballot papers in envelopes, held against the roll before their box is sealed."""

import django.db.models.deletion
from django.db import migrations, models

from proceedings.migrations._append_only import append_only

GUARDS = """
-- An envelope comes to a box in use; two people decide on it before the box is sealed.
CREATE FUNCTION voting_envelope_in_time() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    box bigint;
BEGIN
    IF TG_TABLE_NAME = 'voting_provisionalsheet' THEN
        box := NEW.batch_id;
    ELSE
        SELECT batch_id INTO box FROM voting_provisionalsheet WHERE id = NEW.sheet_id;
    END IF;
    IF NOT EXISTS (SELECT 1 FROM voting_batch WHERE id = box AND state = 'open') THEN
        RAISE EXCEPTION 'box % is sealed: its envelopes stand', box
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER voting_envelope_in_time BEFORE INSERT ON voting_provisionalsheet
    FOR EACH ROW EXECUTE FUNCTION voting_envelope_in_time();
CREATE TRIGGER voting_decision_in_time BEFORE INSERT ON voting_provisionaldecision
    FOR EACH ROW EXECUTE FUNCTION voting_envelope_in_time();

CREATE FUNCTION voting_no_envelope_waits() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM voting_provisionalsheet p WHERE p.batch_id = NEW.id
               AND NOT EXISTS (SELECT 1 FROM voting_provisionaldecision d
                               WHERE d.sheet_id = p.id)) THEN
        RAISE EXCEPTION 'box %: an envelope waits for a decision', NEW.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER voting_no_envelope_waits BEFORE UPDATE OF state ON voting_batch
    FOR EACH ROW WHEN (OLD.state = 'open' AND NEW.state <> 'open')
    EXECUTE FUNCTION voting_no_envelope_waits();

-- Before the opening a roll is entered, while open people come or are added; then it stands. Who
-- comes to a rolling roll by an envelope that was given before the close is entered after it.
CREATE OR REPLACE FUNCTION voting_roll_grows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM voting_contest
                   WHERE id = NEW.contest_id AND state IN ('frozen', 'open'))
       AND NOT (NEW.origin = 'came' AND EXISTS (
            SELECT 1 FROM voting_contest c
            JOIN voting_provisionalsheet p ON p.contest_id = c.id
            WHERE c.id = NEW.contest_id AND c.state = 'closed'
            AND NOT EXISTS (SELECT 1 FROM voting_provisionaldecision d
                            WHERE d.sheet_id = p.id))) THEN
        RAISE EXCEPTION 'contest % is not open: its roll stands', NEW.contest_id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("voting", "0010_bodies"),
    ]

    operations = [
        migrations.CreateModel(
            name="ProvisionalSheet",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField(verbose_name="envelope")),
                (
                    "cause",
                    models.CharField(
                        choices=[
                            ("roll_unreachable", "The roll could not be reached"),
                            ("not_found", "The person was not found"),
                        ],
                        max_length=20,
                        verbose_name="cause",
                    ),
                ),
                ("request_id", models.UUIDField()),
                ("registered_by_ref", models.CharField(max_length=60)),
                ("registered_at", models.DateTimeField(auto_now_add=True)),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="provisional_sheets",
                        to="voting.batch",
                    ),
                ),
                (
                    "contest",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="provisional_sheets",
                        to="voting.contest",
                    ),
                ),
            ],
            options={
                "ordering": ("number",),
            },
        ),
        migrations.CreateModel(
            name="ProvisionalDecision",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("accepted", models.BooleanField()),
                (
                    "refusal",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("not_on_roll", "Not on the roll"),
                            ("not_eligible", "May not vote in this vote"),
                            ("right_used", "Had voted, or had another ballot paper"),
                            ("voided", "The vote right was voided by two people"),
                            (
                                "nobody_found",
                                "Nobody is registered under this name and date of birth",
                            ),
                            ("no_name", "The envelope does not say who it is from"),
                        ],
                        max_length=20,
                        verbose_name="why not",
                    ),
                ),
                ("decided_by_ref", models.CharField(max_length=60)),
                ("second_ref", models.CharField(max_length=60)),
                ("at", models.DateTimeField(auto_now_add=True)),
                (
                    "stub",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="voting.paperstub",
                    ),
                ),
                (
                    "sheet",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="decision",
                        to="voting.provisionalsheet",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="provisionalsheet",
            constraint=models.UniqueConstraint(
                fields=("batch", "number"), name="envelope_number_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="provisionalsheet",
            constraint=models.UniqueConstraint(
                fields=("contest", "request_id"), name="provisional_request_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="provisionaldecision",
            constraint=models.CheckConstraint(
                condition=models.Q(("decided_by_ref", models.F("second_ref")), _negated=True),
                name="provisional_by_two",
            ),
        ),
        migrations.AddConstraint(
            model_name="provisionaldecision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("accepted", True), ("refusal", ""), ("stub__isnull", False)),
                    models.Q(
                        ("accepted", False),
                        ("stub__isnull", True),
                        models.Q(("refusal", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="provisional_stub_or_refusal",
            ),
        ),
        migrations.RunSQL(GUARDS, migrations.RunSQL.noop),
        append_only("voting_provisionalsheet"),
        append_only("voting_provisionaldecision"),
    ]
