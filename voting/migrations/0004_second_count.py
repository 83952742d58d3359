"""Two engines: runs by round, orders to count again, and what people were told of."""

import django.db.models.deletion
from django.db import migrations, models

from proceedings.migrations._append_only import append_only

MOVES = """
-- A counted contest whose box or lot changed before its day goes back to be counted.
CREATE OR REPLACE FUNCTION voting_contest_moves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
        ('draft', 'frozen'), ('frozen', 'draft'), ('frozen', 'open'), ('open', 'closed'),
        ('closed', 'boxed'), ('boxed', 'opened'), ('opened', 'counted'), ('opened', 'disputed'),
        ('counted', 'published'), ('counted', 'disputed'), ('counted', 'recount'),
        ('disputed', 'recount'), ('recount', 'counted'), ('recount', 'disputed'),
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
"""

TOLD = """
-- What happened before this table was there has been told.
INSERT INTO voting_announcement (contest_id, version, told, at)
SELECT id, 0, 0, now() FROM voting_contest WHERE state NOT IN ('draft', 'frozen')
UNION ALL
SELECT contest_id, version, 0, now() FROM voting_publication;
"""


class Migration(migrations.Migration):
    dependencies = [("voting", "0003_ballot_kinds"), ("proceedings", "0002_append_only")]
    operations = [
        migrations.CreateModel(
            name="Announcement",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveSmallIntegerField()),
                ("told", models.PositiveIntegerField()),
                ("at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "verbose_name": "announcement",
                "verbose_name_plural": "announcements",
                "ordering": ("contest", "version"),
            },
        ),
        migrations.CreateModel(
            name="Recount",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("round", models.PositiveSmallIntegerField()),
                ("reason", models.TextField(max_length=1000, verbose_name="reason")),
                ("ordered_by_ref", models.CharField(max_length=60)),
                ("ordered_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "verbose_name": "order to count again",
                "verbose_name_plural": "orders to count again",
                "ordering": ("contest", "round"),
            },
        ),
        migrations.RemoveConstraint(
            model_name="tallyrun",
            name="tally_once",
        ),
        migrations.AddField(
            model_name="tallyrun",
            name="round",
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddConstraint(
            model_name="tallyrun",
            constraint=models.UniqueConstraint(
                fields=("contest", "round", "input_root", "config_digest", "engine"),
                name="tally_once",
            ),
        ),
        migrations.AddField(
            model_name="announcement",
            name="contest",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="announcements",
                to="voting.contest",
            ),
        ),
        migrations.AddField(
            model_name="recount",
            name="contest",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="recounts",
                to="voting.contest",
            ),
        ),
        migrations.AddConstraint(
            model_name="announcement",
            constraint=models.UniqueConstraint(
                fields=("contest", "version"), name="announced_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="recount",
            constraint=models.UniqueConstraint(
                fields=("contest", "round"), name="recount_round_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="recount",
            constraint=models.CheckConstraint(
                condition=models.Q(("round__gt", 0)), name="recount_round_from_one"
            ),
        ),
        migrations.AddConstraint(
            model_name="recount",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="recount_gives_a_reason"
            ),
        ),
        migrations.RunSQL(MOVES, migrations.RunSQL.noop),
        append_only("voting_recount"),
        append_only("voting_announcement"),
        migrations.RunSQL(TOLD, migrations.RunSQL.noop),
    ]
