import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("places", "0001_initial"),
        ("proceedings", "0002_append_only"),
        ("proposals", "0002_append_only"),
        ("residents", "0002_append_only"),
        ("voting", "0002_guards"),
    ]

    operations = [
        migrations.CreateModel(
            name="Budget",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("title", models.CharField(max_length=120, verbose_name="title")),
                ("summary", models.TextField(blank=True, verbose_name="summary")),
                ("year", models.PositiveSmallIntegerField(verbose_name="budget year")),
                (
                    "cap",
                    models.DecimalField(decimal_places=2, max_digits=16, verbose_name="budget cap"),
                ),
                (
                    "currency",
                    models.CharField(default="KRW", max_length=3, verbose_name="currency"),
                ),
                (
                    "rule",
                    models.JSONField(
                        default=dict,
                        help_text="The allocation rule and its options, as frozen with the contest.",
                        verbose_name="allocation rule",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("preparing", "projects being gathered"),
                            ("reviewing", "department review"),
                            ("voting", "vote"),
                            ("counting", "count"),
                            ("allocated", "decided"),
                            ("executing", "being carried out"),
                            ("settled", "settled"),
                        ],
                        default="preparing",
                        max_length=12,
                        verbose_name="state",
                    ),
                ),
                (
                    "effect",
                    models.CharField(
                        blank=True, max_length=300, verbose_name="what the vote decides"
                    ),
                ),
                (
                    "imported_from",
                    models.CharField(blank=True, max_length=200, verbose_name="imported from"),
                ),
                ("imported_meta", models.JSONField(default=dict, editable=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "area",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="budgets",
                        to="places.area",
                        verbose_name="area",
                    ),
                ),
                (
                    "contest",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="budget",
                        to="voting.contest",
                        verbose_name="contest",
                    ),
                ),
                (
                    "process",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="budgets",
                        to="proceedings.process",
                        verbose_name="process",
                    ),
                ),
            ],
            options={
                "verbose_name": "budget",
                "verbose_name_plural": "budgets",
                "ordering": ("-year", "-id"),
            },
        ),
        migrations.CreateModel(
            name="Allocation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveSmallIntegerField()),
                ("rule", models.JSONField()),
                ("result", models.JSONField()),
                ("digest", models.CharField(max_length=64)),
                ("computed_at", models.DateTimeField(auto_now_add=True)),
                (
                    "budget",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="allocations",
                        to="budgets.budget",
                    ),
                ),
            ],
            options={
                "verbose_name": "allocation",
                "verbose_name_plural": "allocations",
                "ordering": ("budget", "-version"),
            },
        ),
        migrations.CreateModel(
            name="Project",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=60, verbose_name="code")),
                ("title", models.CharField(max_length=300, verbose_name="title")),
                ("summary", models.TextField(blank=True, verbose_name="summary")),
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
                ("cost", models.DecimalField(decimal_places=2, max_digits=16, verbose_name="cost")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("submitted", "submitted"),
                            ("eligible", "eligible"),
                            ("ineligible", "not eligible"),
                            ("on_ballot", "on the ballot"),
                            ("selected", "selected"),
                            ("not_selected", "not selected"),
                            ("executing", "being carried out"),
                            ("done", "done"),
                        ],
                        default="submitted",
                        max_length=14,
                        verbose_name="state",
                    ),
                ),
                ("extra", models.JSONField(default=dict, editable=False)),
                (
                    "area",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="projects",
                        to="places.area",
                        verbose_name="dong",
                    ),
                ),
                (
                    "budget",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="projects",
                        to="budgets.budget",
                        verbose_name="budget",
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
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="proceedings.field",
                        verbose_name="field",
                    ),
                ),
                (
                    "proposal",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="projects",
                        to="proposals.proposal",
                        verbose_name="from proposal",
                    ),
                ),
            ],
            options={
                "verbose_name": "project",
                "verbose_name_plural": "projects",
                "ordering": ("budget", "id"),
            },
        ),
        migrations.CreateModel(
            name="Milestone",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("title", models.CharField(max_length=100, verbose_name="step")),
                ("planned_on", models.DateField(verbose_name="planned for")),
                ("done_on", models.DateField(blank=True, null=True, verbose_name="done on")),
                ("note", models.TextField(blank=True, max_length=2000, verbose_name="report")),
                (
                    "spent",
                    models.DecimalField(
                        decimal_places=2, default=0, max_digits=16, verbose_name="spent"
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="milestones",
                        to="budgets.project",
                    ),
                ),
            ],
            options={
                "verbose_name": "milestone",
                "verbose_name_plural": "milestones",
                "ordering": ("planned_on", "id"),
            },
        ),
        migrations.CreateModel(
            name="CostLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("label", models.CharField(max_length=80, verbose_name="item")),
                (
                    "quantity",
                    models.DecimalField(decimal_places=2, max_digits=10, verbose_name="quantity"),
                ),
                ("unit", models.CharField(blank=True, max_length=12, verbose_name="unit")),
                (
                    "unit_price",
                    models.DecimalField(decimal_places=2, max_digits=14, verbose_name="unit price"),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="cost_lines",
                        to="budgets.project",
                    ),
                ),
            ],
            options={
                "verbose_name": "cost line",
                "verbose_name_plural": "cost breakdown",
                "ordering": ("id",),
            },
        ),
        migrations.CreateModel(
            name="ProjectReview",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("is_eligible", models.BooleanField(verbose_name="eligible")),
                ("note", models.TextField(max_length=2000, verbose_name="review note")),
                (
                    "reviewed_cost",
                    models.DecimalField(
                        decimal_places=2, max_digits=16, verbose_name="reviewed cost"
                    ),
                ),
                (
                    "expected_effect",
                    models.CharField(blank=True, max_length=300, verbose_name="expected effect"),
                ),
                ("reviewed_by_ref", models.CharField(editable=False, max_length=60)),
                (
                    "reviewed_at",
                    models.DateTimeField(auto_now_add=True, verbose_name="reviewed at"),
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
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reviews",
                        to="budgets.project",
                    ),
                ),
            ],
            options={
                "verbose_name": "department review",
                "verbose_name_plural": "department reviews",
                "ordering": ("id",),
            },
        ),
        migrations.AddConstraint(
            model_name="budget",
            constraint=models.CheckConstraint(
                condition=models.Q(("cap__gt", 0)), name="budget_cap_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="allocation",
            constraint=models.UniqueConstraint(
                fields=("budget", "version"), name="allocation_version"
            ),
        ),
        migrations.AddConstraint(
            model_name="project",
            constraint=models.UniqueConstraint(
                fields=("budget", "code"), name="project_code_once_per_budget"
            ),
        ),
        migrations.AddConstraint(
            model_name="project",
            constraint=models.CheckConstraint(
                condition=models.Q(("cost__gte", 0)), name="project_cost_not_negative"
            ),
        ),
        migrations.AddConstraint(
            model_name="milestone",
            constraint=models.CheckConstraint(
                condition=models.Q(("spent__gte", 0)), name="milestone_spent_not_negative"
            ),
        ),
        migrations.AddConstraint(
            model_name="projectreview",
            constraint=models.CheckConstraint(
                condition=models.Q(("note", ""), _negated=True), name="review_gives_a_note"
            ),
        ),
    ]
