"""Stickers counted on boards, shown beside a result; and the days that a preset proposes."""

import django.core.validators
import django.db.models.deletion
from django.db import migrations, models

from proceedings.migrations._append_only import append_only

IN_TIME = """
CREATE FUNCTION voting_stickers_in_time() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM voting_contest
        WHERE id = NEW.contest_id AND stickers
          AND state NOT IN ('draft', 'frozen', 'published', 'final')
    ) THEN
        RAISE EXCEPTION 'contest % takes no stickers now', NEW.contest_id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER voting_stickers_in_time BEFORE INSERT ON voting_stickercount
    FOR EACH ROW EXECUTE FUNCTION voting_stickers_in_time();
"""
AT_ANY_TIME = """
DROP TRIGGER voting_stickers_in_time ON voting_stickercount;
DROP FUNCTION voting_stickers_in_time();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("places", "0003_rooms"),
        ("proceedings", "0002_append_only"),
        ("voting", "0018_sheets_with_too_many"),
    ]

    operations = [
        migrations.AddField(
            model_name="contest",
            name="stickers",
            field=models.BooleanField(
                default=False, verbose_name="stickers on a board, shown apart"
            ),
        ),
        migrations.AddField(
            model_name="contestpreset",
            name="advance_days",
            field=models.PositiveSmallIntegerField(
                blank=True,
                help_text=(
                    "The days of opening and closing are proposed from it; "
                    "empty if each vote sets its own."
                ),
                null=True,
                validators=[django.core.validators.MaxValueValidator(90)],
                verbose_name="days of voting before the day itself",
            ),
        ),
        migrations.AddField(
            model_name="publication",
            name="stickers",
            field=models.TextField(blank=True),
        ),
        migrations.CreateModel(
            name="StickerCount",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "place",
                    models.CharField(
                        blank=True, max_length=60, verbose_name="where the board stood"
                    ),
                ),
                ("day", models.DateField(verbose_name="day")),
                ("version", models.PositiveSmallIntegerField(default=1, verbose_name="version")),
                ("counts", models.TextField(verbose_name="stickers")),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="reason")),
                ("counted_by_ref", models.CharField(max_length=60)),
                ("counted_at", models.DateTimeField(auto_now_add=True)),
                (
                    "centre",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="places.centre",
                    ),
                ),
                (
                    "contest",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sticker_counts",
                        to="voting.contest",
                    ),
                ),
            ],
            options={
                "verbose_name": "stickers of a board",
                "verbose_name_plural": "stickers of boards",
                "ordering": ("day", "centre", "place", "version"),
                "constraints": [
                    models.UniqueConstraint(
                        fields=["contest", "centre", "place", "day", "version"],
                        name="sticker_version_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("version", 1))
                        | models.Q(("version__gt", 1), ~models.Q(("reason", ""))),
                        name="sticker_correction_gives_a_reason",
                    ),
                ],
            },
        ),
        append_only("voting_stickercount"),
        migrations.RunSQL(IN_TIME, AT_ANY_TIME),
    ]
