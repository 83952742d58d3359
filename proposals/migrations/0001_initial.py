import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.conf import settings
from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("debates", "0001_initial"),
        ("places", "0001_initial"),
        ("proceedings", "0001_initial"),
        ("residents", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        TrigramExtension(),
        migrations.CreateModel(
            name="Proposal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("title", models.CharField(max_length=80, verbose_name="title")),
                ("body", models.TextField(max_length=8000, verbose_name="text")),
                ("place", models.CharField(blank=True, max_length=120, verbose_name="place")),
                (
                    "longitude",
                    models.DecimalField(
                        blank=True,
                        decimal_places=6,
                        max_digits=9,
                        null=True,
                        verbose_name="longitude",
                    ),
                ),
                (
                    "latitude",
                    models.DecimalField(
                        blank=True,
                        decimal_places=6,
                        max_digits=9,
                        null=True,
                        verbose_name="latitude",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "draft"),
                            ("gathering", "gathering support"),
                            ("debating", "public debate"),
                            ("reviewing", "department review"),
                            ("repair", "sent back for repair"),
                            ("answered", "answered"),
                            ("in_progress", "being carried out"),
                            ("done", "done"),
                            ("expired", "support period ended"),
                            ("merged", "merged"),
                            ("withdrawn", "withdrawn"),
                            ("transferred", "transferred"),
                        ],
                        default="draft",
                        max_length=12,
                        verbose_name="state",
                    ),
                ),
                ("is_hidden", models.BooleanField(default=False, verbose_name="hidden")),
                (
                    "hidden_reason",
                    models.CharField(blank=True, max_length=300, verbose_name="hidden because"),
                ),
                (
                    "threshold",
                    models.PositiveIntegerField(default=0, verbose_name="supports needed"),
                ),
                (
                    "answer_days",
                    models.PositiveSmallIntegerField(default=30, verbose_name="days to answer"),
                ),
                ("editable_until", models.PositiveIntegerField(default=10)),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="begun at")),
                (
                    "published_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="published at"),
                ),
                (
                    "closes_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="support until"),
                ),
                (
                    "reached_at",
                    models.DateTimeField(
                        blank=True, null=True, verbose_name="threshold reached at"
                    ),
                ),
                (
                    "debate_until",
                    models.DateTimeField(blank=True, null=True, verbose_name="debate until"),
                ),
                (
                    "answer_due_on",
                    models.DateField(blank=True, null=True, verbose_name="answer due"),
                ),
                (
                    "tokens",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), default=list, editable=False, size=None
                    ),
                ),
                (
                    "area",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="proposals",
                        to="places.area",
                        verbose_name="dong",
                    ),
                ),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="proposals",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="proposer",
                    ),
                ),
                (
                    "centre",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="places.centre",
                        verbose_name="written down at",
                    ),
                ),
                (
                    "department",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="residents.department",
                        verbose_name="department",
                    ),
                ),
                (
                    "field",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="proceedings.field",
                        verbose_name="field",
                    ),
                ),
                (
                    "merged_into",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="merged_from",
                        to="proposals.proposal",
                        verbose_name="merged into",
                    ),
                ),
                (
                    "thread",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="proposal",
                        to="debates.thread",
                    ),
                ),
            ],
            options={
                "verbose_name": "proposal",
                "verbose_name_plural": "proposals",
                "ordering": ("-published_at", "-id"),
            },
        ),
        migrations.CreateModel(
            name="Progress",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("title", models.CharField(max_length=100, verbose_name="title")),
                ("body", models.TextField(blank=True, max_length=2000, verbose_name="text")),
                ("percent", models.PositiveSmallIntegerField(verbose_name="how far (%)")),
                ("is_done", models.BooleanField(default=False, verbose_name="carried out")),
                ("happened_on", models.DateField(verbose_name="date")),
                ("reported_by_ref", models.CharField(editable=False, max_length=60)),
                ("reported_at", models.DateTimeField(auto_now_add=True)),
                (
                    "department",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="residents.department",
                        verbose_name="department",
                    ),
                ),
                (
                    "proposal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="progress",
                        to="proposals.proposal",
                    ),
                ),
            ],
            options={
                "verbose_name": "progress report",
                "verbose_name_plural": "progress reports",
                "ordering": ("happened_on", "id"),
            },
        ),
        migrations.CreateModel(
            name="Answer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("adopted", "adopted"),
                            ("partly", "partly adopted"),
                            ("not_adopted", "not adopted"),
                            ("transfer", "passed on"),
                            ("repair", "please complete"),
                            ("interim", "interim answer"),
                            ("short", "short answer"),
                        ],
                        max_length=12,
                        verbose_name="decision",
                    ),
                ),
                ("reason", models.TextField(max_length=4000, verbose_name="reason")),
                ("next_date", models.DateField(blank=True, null=True, verbose_name="next date")),
                ("next_step", models.CharField(max_length=200, verbose_name="what happens next")),
                (
                    "cost",
                    models.PositiveBigIntegerField(
                        blank=True, null=True, verbose_name="cost (won)"
                    ),
                ),
                ("contact", models.CharField(max_length=80, verbose_name="contact")),
                ("signed_by_ref", models.CharField(editable=False, max_length=60)),
                (
                    "published_at",
                    models.DateTimeField(auto_now_add=True, verbose_name="answered at"),
                ),
                (
                    "department",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="residents.department",
                        verbose_name="department",
                    ),
                ),
                (
                    "transferred_to",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="residents.department",
                        verbose_name="passed on to",
                    ),
                ),
                (
                    "proposal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="answers",
                        to="proposals.proposal",
                    ),
                ),
            ],
            options={
                "verbose_name": "official answer",
                "verbose_name_plural": "official answers",
                "ordering": ("id",),
            },
        ),
        migrations.CreateModel(
            name="ProposalPicture",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "image",
                    models.ImageField(
                        height_field="height", upload_to="proposals/%Y/%m", width_field="width"
                    ),
                ),
                ("alt", models.CharField(max_length=160, verbose_name="what the picture shows")),
                ("width", models.PositiveIntegerField(default=0, editable=False)),
                ("height", models.PositiveIntegerField(default=0, editable=False)),
                (
                    "proposal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="pictures",
                        to="proposals.proposal",
                    ),
                ),
            ],
            options={
                "ordering": ("id",),
            },
        ),
        migrations.CreateModel(
            name="Revision",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveSmallIntegerField()),
                ("title", models.CharField(max_length=80)),
                ("body", models.TextField()),
                ("note", models.CharField(blank=True, max_length=160, verbose_name="what changed")),
                ("author_ref", models.CharField(max_length=60)),
                ("at", models.DateTimeField(auto_now_add=True)),
                (
                    "proposal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="revisions",
                        to="proposals.proposal",
                    ),
                ),
            ],
            options={
                "ordering": ("number",),
            },
        ),
        migrations.CreateModel(
            name="StateChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "from_state",
                    models.CharField(
                        choices=[
                            ("draft", "draft"),
                            ("gathering", "gathering support"),
                            ("debating", "public debate"),
                            ("reviewing", "department review"),
                            ("repair", "sent back for repair"),
                            ("answered", "answered"),
                            ("in_progress", "being carried out"),
                            ("done", "done"),
                            ("expired", "support period ended"),
                            ("merged", "merged"),
                            ("withdrawn", "withdrawn"),
                            ("transferred", "transferred"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "to_state",
                    models.CharField(
                        choices=[
                            ("draft", "draft"),
                            ("gathering", "gathering support"),
                            ("debating", "public debate"),
                            ("reviewing", "department review"),
                            ("repair", "sent back for repair"),
                            ("answered", "answered"),
                            ("in_progress", "being carried out"),
                            ("done", "done"),
                            ("expired", "support period ended"),
                            ("merged", "merged"),
                            ("withdrawn", "withdrawn"),
                            ("transferred", "transferred"),
                        ],
                        max_length=12,
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=300)),
                ("actor_ref", models.CharField(max_length=60)),
                ("at", models.DateTimeField(auto_now_add=True)),
                (
                    "proposal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="changes",
                        to="proposals.proposal",
                    ),
                ),
            ],
            options={
                "ordering": ("id",),
            },
        ),
        migrations.CreateModel(
            name="Support",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "centre",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="places.centre",
                    ),
                ),
                (
                    "proposal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="supports",
                        to="proposals.proposal",
                    ),
                ),
                (
                    "resident",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="supports",
                        to="residents.resident",
                    ),
                ),
            ],
            options={
                "verbose_name": "support",
                "verbose_name_plural": "supports",
            },
        ),
        migrations.CreateModel(
            name="SupportPreset",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=60, unique=True, verbose_name="name")),
                ("threshold", models.PositiveIntegerField(verbose_name="supports needed")),
                ("days", models.PositiveSmallIntegerField(verbose_name="days")),
                (
                    "answer_days",
                    models.PositiveSmallIntegerField(default=30, verbose_name="days to answer"),
                ),
                (
                    "editable_until",
                    models.PositiveIntegerField(
                        default=10, verbose_name="editable until this many supports"
                    ),
                ),
                (
                    "is_default",
                    models.BooleanField(default=False, verbose_name="used for new proposals"),
                ),
            ],
            options={
                "verbose_name": "support preset",
                "verbose_name_plural": "support presets",
                "ordering": ("threshold", "days"),
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("is_default", True)),
                        fields=("is_default",),
                        name="one_default_support_preset",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("threshold__gte", 1)), name="preset_threshold_positive"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ProposalFigures",
            fields=[
                (
                    "proposal",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="figures",
                        serialize=False,
                        to="proposals.proposal",
                    ),
                ),
                ("supports", models.PositiveIntegerField(default=0)),
                ("comments", models.PositiveIntegerField(default=0)),
                ("hot", models.FloatField(default=0)),
                ("refreshed_at", models.DateTimeField(auto_now=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["-hot", "-proposal"], name="proposal_hot"),
                    models.Index(fields=["-supports", "-proposal"], name="proposal_supported"),
                ],
            },
        ),
        migrations.AddIndex(
            model_name="proposal",
            index=django.contrib.postgres.indexes.GinIndex(
                fields=["tokens"], name="proposal_tokens"
            ),
        ),
        migrations.AddIndex(
            model_name="proposal",
            index=django.contrib.postgres.indexes.GinIndex(
                fields=["title"], name="proposal_title_trgm", opclasses=["gin_trgm_ops"]
            ),
        ),
        migrations.AddIndex(
            model_name="proposal",
            index=models.Index(fields=["-published_at", "-id"], name="proposal_newest"),
        ),
        migrations.AddIndex(
            model_name="proposal",
            index=models.Index(
                fields=["area", "-published_at", "-id"], name="proposal_area_newest"
            ),
        ),
        migrations.AddIndex(
            model_name="proposal",
            index=models.Index(fields=["closes_at", "id"], name="proposal_closing"),
        ),
        migrations.AddIndex(
            model_name="proposal",
            index=models.Index(fields=["answer_due_on", "id"], name="proposal_due"),
        ),
        migrations.AddConstraint(
            model_name="proposal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state", "draft"),
                    models.Q(("published_at__isnull", False), ("thread__isnull", False)),
                    _connector="OR",
                ),
                name="published_proposal_is_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="proposal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "merged"), _negated=True),
                    ("merged_into__isnull", False),
                    _connector="OR",
                ),
                name="merged_proposal_names_target",
            ),
        ),
        migrations.AddConstraint(
            model_name="progress",
            constraint=models.CheckConstraint(
                condition=models.Q(("percent__lte", 100)), name="progress_at_most_whole"
            ),
        ),
        migrations.AddConstraint(
            model_name="answer",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="answer_gives_a_reason"
            ),
        ),
        migrations.AddConstraint(
            model_name="answer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "transfer"), _negated=True),
                    ("transferred_to__isnull", False),
                    _connector="OR",
                ),
                name="transfer_names_department",
            ),
        ),
        migrations.AddConstraint(
            model_name="revision",
            constraint=models.UniqueConstraint(
                fields=("proposal", "number"), name="revision_number"
            ),
        ),
        migrations.AddIndex(
            model_name="support",
            index=models.Index(fields=["resident", "-id"], name="support_by_resident"),
        ),
        migrations.AddConstraint(
            model_name="support",
            constraint=models.UniqueConstraint(
                fields=("proposal", "resident"), name="support_once_per_person"
            ),
        ),
    ]
