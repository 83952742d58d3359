"""What two people typed of the points that bodies gave."""

import django.db.models.deletion
from django.db import migrations, models

from proceedings.migrations._append_only import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("proceedings", "0002_append_only"),
        ("voting", "0009_lots"),
    ]

    operations = [
        migrations.CreateModel(
            name="BodyEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("part", models.CharField(max_length=40, verbose_name="body")),
                ("round", models.PositiveSmallIntegerField(default=1)),
                ("points", models.TextField(verbose_name="points")),
                ("entered_by_ref", models.CharField(max_length=60)),
                ("entered_at", models.DateTimeField(auto_now_add=True)),
                (
                    "contest",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="body_entries",
                        to="voting.contest",
                    ),
                ),
            ],
            options={
                "verbose_name": "points of a body",
                "verbose_name_plural": "points of bodies",
                "ordering": ("id",),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("contest", "part", "round", "entered_by_ref"),
                        name="body_typed_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("round__gt", 0)), name="body_round_counts"
                    ),
                ],
            },
        ),
        append_only("voting_bodyentry"),
    ]
