import uuid

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("places", "0001_initial"),
        ("proceedings", "0002_append_only"),
    ]

    operations = [
        migrations.CreateModel(
            name="Contest",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("title", models.CharField(max_length=120, verbose_name="title")),
                ("summary", models.TextField(blank=True, verbose_name="what this is about")),
                (
                    "effect",
                    models.CharField(
                        blank=True, max_length=300, verbose_name="what the vote decides"
                    ),
                ),
                (
                    "ordinance",
                    models.TextField(blank=True, verbose_name="clauses of the ordinance"),
                ),
                (
                    "origin",
                    models.CharField(
                        choices=[("native", "held here"), ("imported", "imported")],
                        default="native",
                        editable=False,
                        max_length=10,
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("count", "by the count"),
                            ("allocation", "by an allocation of money"),
                        ],
                        default="count",
                        editable=False,
                        max_length=12,
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("single", "choose one"),
                            ("pick", "choose up to k"),
                            ("yes_no", "yes or no, item by item"),
                            ("budget", "projects of a budget"),
                        ],
                        max_length=10,
                        verbose_name="ballot",
                    ),
                ),
                (
                    "secrecy",
                    models.CharField(
                        choices=[
                            ("L0", "named: everybody sees who voted how"),
                            (
                                "L1",
                                "secret: name and ballot are kept apart and the link is destroyed at close",
                            ),
                        ],
                        default="L1",
                        max_length=2,
                        verbose_name="secrecy",
                    ),
                ),
                ("web", models.BooleanField(default=True, verbose_name="votes on the web")),
                ("paper", models.BooleanField(default=True, verbose_name="votes on paper")),
                (
                    "revote",
                    models.CharField(
                        choices=[
                            ("until_close", "until the close, the last one counts"),
                            ("never", "never"),
                        ],
                        default="until_close",
                        max_length=12,
                        verbose_name="voting again on the web",
                    ),
                ),
                (
                    "paper_over_web",
                    models.CharField(
                        choices=[("replace", "paper replaces the web vote"), ("refuse", "refused")],
                        default="replace",
                        max_length=8,
                        verbose_name="paper after web",
                    ),
                ),
                ("opens_at", models.DateTimeField(blank=True, null=True, verbose_name="opens at")),
                (
                    "closes_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="closes at"),
                ),
                (
                    "grace_seconds",
                    models.PositiveSmallIntegerField(
                        default=60, verbose_name="seconds of grace for pages already open"
                    ),
                ),
                (
                    "roll_mode",
                    models.CharField(
                        choices=[
                            ("fixed", "fixed when the contest is frozen"),
                            ("rolling", "confirmed residents are entered as they come"),
                        ],
                        default="rolling",
                        max_length=8,
                        verbose_name="voter roll",
                    ),
                ),
                (
                    "min_age",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="minimum age"
                    ),
                ),
                ("age_on", models.DateField(blank=True, null=True, verbose_name="age counted on")),
                ("bases", models.JSONField(blank=True, default=list, verbose_name="who counts")),
                (
                    "census",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="How many people the contest is for; quorums may refer to it.",
                        null=True,
                        verbose_name="census",
                    ),
                ),
                (
                    "min_picks",
                    models.PositiveSmallIntegerField(default=1, verbose_name="least picks"),
                ),
                (
                    "max_picks",
                    models.PositiveSmallIntegerField(default=1, verbose_name="most picks"),
                ),
                (
                    "spend_limit",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=16,
                        null=True,
                        verbose_name="most money on one ballot",
                    ),
                ),
                (
                    "allow_blank",
                    models.BooleanField(default=True, verbose_name="a blank ballot is possible"),
                ),
                (
                    "abstain_allowed",
                    models.BooleanField(default=False, verbose_name="abstention is offered"),
                ),
                (
                    "overpick",
                    models.CharField(
                        choices=[("void", "the sheet is void"), ("first_k", "the first k count")],
                        default="void",
                        max_length=8,
                        verbose_name="too many marks on paper",
                    ),
                ),
                (
                    "rule",
                    models.CharField(
                        default="plurality", max_length=20, verbose_name="counting rule"
                    ),
                ),
                (
                    "rule_options",
                    models.JSONField(blank=True, default=dict, verbose_name="options of the rule"),
                ),
                (
                    "seats",
                    models.PositiveSmallIntegerField(default=1, verbose_name="how many are chosen"),
                ),
                (
                    "tie_rule",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "not settled"),
                            ("report", "reported as a tie, decided by the body named"),
                            ("lower_cost", "lower cost first, then reported as a tie"),
                        ],
                        max_length=12,
                        verbose_name="ties",
                    ),
                ),
                (
                    "live_turnout",
                    models.BooleanField(default=True, verbose_name="turnout shown while open"),
                ),
                (
                    "publication",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "not settled"),
                            ("full", "every ballot, in sorted order"),
                            ("patterns", "patterns cast by three or more voters"),
                            ("totals", "totals only"),
                        ],
                        max_length=10,
                        verbose_name="ballots published",
                    ),
                ),
                (
                    "result_on",
                    models.DateField(blank=True, null=True, verbose_name="result announced on"),
                ),
                (
                    "decided_by",
                    models.CharField(blank=True, max_length=120, verbose_name="who decides next"),
                ),
                (
                    "objection_days",
                    models.PositiveSmallIntegerField(default=7, verbose_name="days for objections"),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "being prepared"),
                            ("frozen", "frozen, not yet open"),
                            ("open", "open for voting"),
                            ("closed", "closed, paper being counted"),
                            ("boxed", "all paper certified"),
                            ("opened", "box opened"),
                            ("counted", "counted"),
                            ("disputed", "counts differ"),
                            ("recount", "being counted again"),
                            ("published", "result published"),
                            ("final", "final"),
                        ],
                        default="draft",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("config", models.TextField(blank=True, editable=False)),
                ("config_digest", models.CharField(blank=True, editable=False, max_length=64)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "area",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contests",
                        to="places.area",
                        verbose_name="area",
                    ),
                ),
                (
                    "centres",
                    models.ManyToManyField(
                        blank=True,
                        related_name="contests",
                        to="places.centre",
                        verbose_name="centres with paper",
                    ),
                ),
                (
                    "process",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contests",
                        to="proceedings.process",
                        verbose_name="process",
                    ),
                ),
            ],
            options={
                "verbose_name": "contest",
                "verbose_name_plural": "contests",
                "ordering": ("-id",),
            },
        ),
        migrations.CreateModel(
            name="ContestPreset",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("slug", models.SlugField(unique=True, verbose_name="address")),
                ("name", models.CharField(max_length=60, verbose_name="name")),
                (
                    "note",
                    models.CharField(blank=True, max_length=200, verbose_name="where it is used"),
                ),
                ("settings", models.JSONField(default=dict, verbose_name="settings")),
                ("position", models.PositiveSmallIntegerField(default=0, verbose_name="order")),
            ],
            options={
                "verbose_name": "contest preset",
                "verbose_name_plural": "contest presets",
                "ordering": ("position", "id"),
            },
        ),
        migrations.CreateModel(
            name="RollEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("person_key", models.CharField(max_length=64)),
                ("group", models.CharField(blank=True, max_length=60)),
                (
                    "origin",
                    models.CharField(
                        choices=[
                            ("built", "from confirmed residents"),
                            ("import", "imported"),
                            ("came", "entered when they came"),
                            ("added", "added by two people"),
                        ],
                        max_length=8,
                    ),
                ),
                ("added_by_ref", models.CharField(max_length=60)),
                ("approved_by_ref", models.CharField(blank=True, max_length=60)),
                ("reason", models.CharField(blank=True, max_length=200)),
                (
                    "area",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="places.area",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Batch",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveSmallIntegerField(verbose_name="box")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "box in use"),
                            ("sealed", "box sealed"),
                            ("counted", "sheets counted"),
                            ("entering", "being typed"),
                            ("compared", "compared"),
                            ("reconciled", "reconciled"),
                            ("certified", "certified"),
                        ],
                        default="open",
                        max_length=12,
                        verbose_name="state",
                    ),
                ),
                ("version", models.PositiveSmallIntegerField(default=1, verbose_name="version")),
                ("opened_by_ref", models.CharField(max_length=60)),
                ("witnessed_by_ref", models.CharField(max_length=60)),
                (
                    "seal_numbers",
                    models.CharField(blank=True, max_length=120, verbose_name="seal numbers"),
                ),
                ("opened_at", models.DateTimeField(auto_now_add=True, verbose_name="opened at")),
                (
                    "centre",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="batches",
                        to="places.centre",
                        verbose_name="centre",
                    ),
                ),
                (
                    "contest",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="batches",
                        to="voting.contest",
                    ),
                ),
            ],
            options={
                "verbose_name": "paper box",
                "verbose_name_plural": "paper boxes",
                "ordering": ("contest", "centre", "number"),
            },
        ),
        migrations.CreateModel(
            name="BatchEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveSmallIntegerField()),
                (
                    "from_state",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("open", "box in use"),
                            ("sealed", "box sealed"),
                            ("counted", "sheets counted"),
                            ("entering", "being typed"),
                            ("compared", "compared"),
                            ("reconciled", "reconciled"),
                            ("certified", "certified"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "to_state",
                    models.CharField(
                        choices=[
                            ("open", "box in use"),
                            ("sealed", "box sealed"),
                            ("counted", "sheets counted"),
                            ("entering", "being typed"),
                            ("compared", "compared"),
                            ("reconciled", "reconciled"),
                            ("certified", "certified"),
                        ],
                        max_length=12,
                    ),
                ),
                ("actor_ref", models.CharField(max_length=60)),
                ("second_ref", models.CharField(blank=True, max_length=60)),
                ("reason", models.CharField(blank=True, max_length=300)),
                ("data", models.JSONField(default=dict)),
                ("at", models.DateTimeField(auto_now_add=True)),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="events",
                        to="voting.batch",
                    ),
                ),
            ],
            options={
                "verbose_name": "step of a box",
                "verbose_name_plural": "steps of boxes",
                "ordering": ("id",),
            },
        ),
        migrations.CreateModel(
            name="ContestFigures",
            fields=[
                (
                    "contest",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="figures",
                        serialize=False,
                        to="voting.contest",
                    ),
                ),
                ("roll", models.PositiveIntegerField(default=0)),
                ("web", models.PositiveIntegerField(default=0)),
                ("paper", models.PositiveIntegerField(default=0)),
                ("sheets_typed", models.PositiveIntegerField(default=0)),
                ("refreshed_at", models.DateTimeField(auto_now=True)),
            ],
        ),
        migrations.CreateModel(
            name="Ballot",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ("marks", models.TextField()),
                (
                    "channel",
                    models.CharField(
                        choices=[("web", "web"), ("paper", "paper"), ("other", "other")],
                        max_length=8,
                    ),
                ),
                ("batch_version", models.PositiveSmallIntegerField(null=True)),
                ("sheet_number", models.PositiveIntegerField(null=True)),
                ("named", models.CharField(blank=True, max_length=60)),
                (
                    "batch",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="ballots",
                        to="voting.batch",
                    ),
                ),
                (
                    "contest",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="ballots",
                        to="voting.contest",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="contest",
            name="preset",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                to="voting.contestpreset",
                verbose_name="preset",
            ),
        ),
        migrations.CreateModel(
            name="Correction",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("what", models.CharField(max_length=200, verbose_name="what")),
                ("why", models.TextField(max_length=1000, verbose_name="why")),
                ("evidence", models.CharField(max_length=300, verbose_name="evidence")),
                ("asked_by_ref", models.CharField(max_length=60)),
                ("asked_at", models.DateTimeField(auto_now_add=True)),
                (
                    "batch",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="voting.batch",
                    ),
                ),
                (
                    "contest",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrections",
                        to="voting.contest",
                    ),
                ),
            ],
            options={
                "verbose_name": "correction",
                "verbose_name_plural": "corrections",
                "ordering": ("-id",),
            },
        ),
        migrations.CreateModel(
            name="CorrectionDecision",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("approved", models.BooleanField()),
                ("asked_by_ref", models.CharField(max_length=60)),
                ("decided_by_ref", models.CharField(max_length=60)),
                ("note", models.CharField(blank=True, max_length=300)),
                ("at", models.DateTimeField(auto_now_add=True)),
                (
                    "correction",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="decision",
                        to="voting.correction",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Envelope",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "contest_id",
                        "id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("id", models.UUIDField()),
                ("marks", models.TextField(blank=True)),
                ("ciphertext", models.BinaryField(null=True)),
                ("nonce", models.CharField(max_length=32)),
                ("digest", models.CharField(max_length=64)),
                ("named", models.CharField(blank=True, max_length=60)),
                (
                    "contest",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="voting.contest",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Option",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=60, verbose_name="key")),
                ("number", models.PositiveSmallIntegerField(verbose_name="number on the ballot")),
                ("title", models.CharField(max_length=300, verbose_name="title")),
                ("detail", models.TextField(blank=True, verbose_name="detail")),
                (
                    "url",
                    models.CharField(
                        blank=True, max_length=200, verbose_name="address of its subject"
                    ),
                ),
                ("group", models.CharField(blank=True, max_length=60, verbose_name="group")),
                (
                    "cost",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=16, null=True, verbose_name="cost"
                    ),
                ),
                (
                    "contest",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="options",
                        to="voting.contest",
                    ),
                ),
            ],
            options={
                "verbose_name": "option",
                "verbose_name_plural": "options",
                "ordering": ("number",),
            },
        ),
        migrations.CreateModel(
            name="PromisedLeaf",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ("leaf_hash", models.CharField(max_length=64)),
                ("kind", models.CharField(max_length=12)),
                ("data", models.TextField()),
                ("signature", models.CharField(max_length=128)),
                (
                    "contest",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="voting.contest",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="LogLeaf",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("index", models.PositiveIntegerField()),
                (
                    "contest",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="voting.contest",
                    ),
                ),
                (
                    "leaf",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="place",
                        to="voting.promisedleaf",
                    ),
                ),
            ],
            options={
                "ordering": ("contest", "index"),
            },
        ),
        migrations.CreateModel(
            name="Publication",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveSmallIntegerField()),
                ("result", models.TextField()),
                ("result_digest", models.CharField(max_length=64)),
                ("reconciliation", models.TextField()),
                ("note", models.CharField(blank=True, max_length=300)),
                ("published_at", models.DateTimeField(auto_now_add=True)),
                (
                    "contest",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="publications",
                        to="voting.contest",
                    ),
                ),
            ],
            options={
                "verbose_name": "publication",
                "verbose_name_plural": "publications",
                "ordering": ("contest", "-version"),
            },
        ),
        migrations.CreateModel(
            name="PublicationFile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=60)),
                ("content", models.BinaryField()),
                ("size", models.PositiveBigIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                (
                    "publication",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="files",
                        to="voting.publication",
                    ),
                ),
            ],
            options={
                "ordering": ("name",),
            },
        ),
        migrations.CreateModel(
            name="Slot",
            fields=[
                (
                    "roll_entry",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="slot",
                        serialize=False,
                        to="voting.rollentry",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("free", "not used"),
                            ("web", "voted on the web"),
                            ("paper_issued", "ballot paper handed out"),
                            ("paper_cast", "voted on paper"),
                            ("voided", "voided"),
                        ],
                        max_length=12,
                    ),
                ),
                ("ref", models.UUIDField(null=True)),
                ("version", models.PositiveIntegerField()),
            ],
        ),
        migrations.AddField(
            model_name="rollentry",
            name="contest",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="roll",
                to="voting.contest",
            ),
        ),
        migrations.CreateModel(
            name="PaperStub",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("serial", models.PositiveIntegerField(verbose_name="serial")),
                ("issued_by_ref", models.CharField(max_length=60)),
                ("issued_at", models.DateTimeField(auto_now_add=True)),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="stubs",
                        to="voting.batch",
                    ),
                ),
                (
                    "contest",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="stubs",
                        to="voting.contest",
                    ),
                ),
                (
                    "replaces",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="replaced_by",
                        to="voting.paperstub",
                    ),
                ),
                (
                    "roll_entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="stubs",
                        to="voting.rollentry",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Sheet",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveSmallIntegerField()),
                ("number", models.PositiveIntegerField()),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sheets",
                        to="voting.batch",
                    ),
                ),
            ],
            options={
                "ordering": ("number",),
            },
        ),
        migrations.CreateModel(
            name="Entry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("pass_number", models.PositiveSmallIntegerField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("valid", "valid"),
                            ("blank", "blank"),
                            ("void", "void"),
                            ("unreadable", "unreadable"),
                        ],
                        max_length=10,
                    ),
                ),
                ("marks", models.TextField(blank=True)),
                ("void_reason", models.CharField(blank=True, max_length=40)),
                ("typed_by_ref", models.CharField(max_length=60)),
                ("at", models.DateTimeField(auto_now_add=True)),
                (
                    "sheet",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="voting.sheet",
                    ),
                ),
            ],
            options={
                "ordering": ("sheet", "pass_number"),
            },
        ),
        migrations.CreateModel(
            name="SlotEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveIntegerField()),
                (
                    "from_state",
                    models.CharField(
                        choices=[
                            ("free", "not used"),
                            ("web", "voted on the web"),
                            ("paper_issued", "ballot paper handed out"),
                            ("paper_cast", "voted on paper"),
                            ("voided", "voided"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "to_state",
                    models.CharField(
                        choices=[
                            ("free", "not used"),
                            ("web", "voted on the web"),
                            ("paper_issued", "ballot paper handed out"),
                            ("paper_cast", "voted on paper"),
                            ("voided", "voided"),
                        ],
                        max_length=12,
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=200)),
                ("actor_ref", models.CharField(max_length=60)),
                ("second_ref", models.CharField(blank=True, max_length=60)),
                ("request_id", models.UUIDField()),
                ("leaf_hash", models.CharField(blank=True, max_length=64)),
                ("at_minute", models.DateTimeField()),
                (
                    "centre",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="places.centre",
                    ),
                ),
                (
                    "contest",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="voting.contest",
                    ),
                ),
                (
                    "roll_entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="events",
                        to="voting.rollentry",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="StubEvent",
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
                            ("cast", "in the box"),
                            ("spoiled", "spoiled"),
                            ("returned", "handed back unused"),
                            ("missing", "missing"),
                        ],
                        max_length=10,
                    ),
                ),
                ("actor_ref", models.CharField(max_length=60)),
                ("second_ref", models.CharField(blank=True, max_length=60)),
                ("reason", models.CharField(blank=True, max_length=200)),
                ("at", models.DateTimeField(auto_now_add=True)),
                (
                    "stub",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="events",
                        to="voting.paperstub",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="TallyRun",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("input_root", models.CharField(max_length=64)),
                ("config_digest", models.CharField(max_length=64)),
                ("engine", models.CharField(max_length=20)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("queued", "queued"),
                            ("running", "running"),
                            ("done", "done"),
                            ("failed", "failed"),
                        ],
                        default="queued",
                        max_length=8,
                    ),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("lease_until", models.DateTimeField(null=True)),
                ("result", models.TextField(blank=True)),
                ("result_digest", models.CharField(blank=True, max_length=64)),
                ("error", models.CharField(blank=True, max_length=300)),
                ("done_at", models.DateTimeField(null=True)),
                (
                    "contest",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tally_runs",
                        to="voting.contest",
                    ),
                ),
            ],
            options={
                "verbose_name": "count",
                "verbose_name_plural": "counts",
            },
        ),
        migrations.CreateModel(
            name="TreeHead",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("size", models.PositiveIntegerField()),
                ("root", models.CharField(max_length=64)),
                ("at", models.DateTimeField()),
                ("signature", models.CharField(max_length=128)),
                (
                    "contest",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="heads",
                        to="voting.contest",
                    ),
                ),
            ],
            options={
                "verbose_name": "tree head",
                "verbose_name_plural": "tree heads",
                "ordering": ("contest", "size"),
            },
        ),
        migrations.CreateModel(
            name="TurnoutPoint",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("hour", models.DateTimeField()),
                ("web", models.PositiveIntegerField(default=0)),
                ("paper", models.PositiveIntegerField(default=0)),
                (
                    "contest",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="turnout",
                        to="voting.contest",
                    ),
                ),
            ],
            options={
                "ordering": ("hour",),
            },
        ),
        migrations.CreateModel(
            name="BatchCount",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveSmallIntegerField()),
                ("round", models.PositiveSmallIntegerField(default=1)),
                ("sheets", models.PositiveIntegerField(verbose_name="sheets in the box")),
                ("stubs", models.PositiveIntegerField(verbose_name="stubs")),
                ("signatures", models.PositiveIntegerField(verbose_name="signatures")),
                ("counted_by_ref", models.CharField(max_length=60)),
                ("at", models.DateTimeField(auto_now_add=True)),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="counts",
                        to="voting.batch",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("batch", "version", "round", "counted_by_ref"),
                        name="count_once_per_person",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="BatchReason",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveSmallIntegerField()),
                ("equation", models.CharField(max_length=20)),
                ("code", models.CharField(max_length=30)),
                ("note", models.CharField(max_length=300)),
                ("given_by_ref", models.CharField(max_length=60)),
                ("at", models.DateTimeField(auto_now_add=True)),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reasons",
                        to="voting.batch",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("batch", "version", "equation"), name="reason_once_per_equation"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="BatchSignature",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveSmallIntegerField()),
                ("digest", models.CharField(max_length=64)),
                ("signed_by_ref", models.CharField(max_length=60)),
                ("at", models.DateTimeField(auto_now_add=True)),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="signatures",
                        to="voting.batch",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("batch", "version", "signed_by_ref"),
                        name="signature_once_per_person",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CentreFigures",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("issued", models.PositiveIntegerField(default=0)),
                ("sheets_counted", models.PositiveIntegerField(default=0)),
                ("sheets_typed", models.PositiveIntegerField(default=0)),
                ("certified", models.PositiveIntegerField(default=0)),
                ("refreshed_at", models.DateTimeField(auto_now=True)),
                (
                    "centre",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="places.centre",
                    ),
                ),
                (
                    "contest",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="centre_figures",
                        to="voting.contest",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("contest", "centre"), name="centre_figures_once"
                    )
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="batch",
            constraint=models.UniqueConstraint(
                fields=("contest", "centre", "number"), name="batch_number_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="batch",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "open")),
                fields=("contest", "centre"),
                name="one_open_box_per_centre",
            ),
        ),
        migrations.AddConstraint(
            model_name="batch",
            constraint=models.CheckConstraint(
                condition=models.Q(("opened_by_ref", models.F("witnessed_by_ref")), _negated=True),
                name="box_opened_by_two",
            ),
        ),
        migrations.AddIndex(
            model_name="ballot",
            index=models.Index(fields=["contest", "channel"], name="ballot_by_contest"),
        ),
        migrations.AddConstraint(
            model_name="ballot",
            constraint=models.UniqueConstraint(
                fields=("batch", "batch_version", "sheet_number"), name="ballot_once_per_sheet"
            ),
        ),
        migrations.AddConstraint(
            model_name="ballot",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("batch__isnull", False),
                        ("batch_version__isnull", False),
                        ("channel", "paper"),
                        ("sheet_number__isnull", False),
                    ),
                    models.Q(("batch__isnull", True), ("sheet_number__isnull", True)),
                    _connector="OR",
                ),
                name="ballot_of_a_box_names_its_sheet",
            ),
        ),
        migrations.AddIndex(
            model_name="contest",
            index=models.Index(fields=["state", "closes_at"], name="contest_by_state"),
        ),
        migrations.AddConstraint(
            model_name="contest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("closes_at__isnull", True),
                    ("opens_at__isnull", True),
                    ("closes_at__gt", models.F("opens_at")),
                    _connector="OR",
                ),
                name="contest_closes_after_it_opens",
                violation_error_message="The contest must close after it opens.",
            ),
        ),
        migrations.AddConstraint(
            model_name="contest",
            constraint=models.CheckConstraint(
                condition=models.Q(("max_picks__gte", models.F("min_picks"))),
                name="contest_picks_in_order",
                violation_error_message="The most picks cannot be fewer than the least.",
            ),
        ),
        migrations.AddConstraint(
            model_name="contest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state", "draft"),
                    models.Q(("config_digest", ""), _negated=True),
                    _connector="OR",
                ),
                name="contest_beyond_draft_is_frozen",
            ),
        ),
        migrations.AddConstraint(
            model_name="correctiondecision",
            constraint=models.CheckConstraint(
                condition=models.Q(("asked_by_ref", models.F("decided_by_ref")), _negated=True),
                name="correction_by_two",
            ),
        ),
        migrations.AddConstraint(
            model_name="envelope",
            constraint=models.UniqueConstraint(
                fields=("contest", "digest"), name="envelope_digest_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="option",
            constraint=models.UniqueConstraint(fields=("contest", "key"), name="option_key_once"),
        ),
        migrations.AddConstraint(
            model_name="option",
            constraint=models.UniqueConstraint(
                fields=("contest", "number"), name="option_number_once"
            ),
        ),
        migrations.AddIndex(
            model_name="promisedleaf",
            index=models.Index(fields=["contest", "kind"], name="leaf_by_kind"),
        ),
        migrations.AddIndex(
            model_name="promisedleaf",
            index=models.Index(fields=["leaf_hash"], name="leaf_by_hash"),
        ),
        migrations.AddConstraint(
            model_name="logleaf",
            constraint=models.UniqueConstraint(fields=("contest", "index"), name="log_index_once"),
        ),
        migrations.AddConstraint(
            model_name="publication",
            constraint=models.UniqueConstraint(
                fields=("contest", "version"), name="publication_version_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="publicationfile",
            constraint=models.UniqueConstraint(
                fields=("publication", "name"), name="publication_file_once"
            ),
        ),
        migrations.AddField(
            model_name="slot",
            name="contest",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="voting.contest"
            ),
        ),
        migrations.AddConstraint(
            model_name="rollentry",
            constraint=models.UniqueConstraint(
                fields=("contest", "person_key"), name="roll_person_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="rollentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("origin", "added"), _negated=True),
                    models.Q(
                        models.Q(("approved_by_ref", ""), _negated=True),
                        models.Q(("approved_by_ref", models.F("added_by_ref")), _negated=True),
                        models.Q(("reason", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="roll_addition_by_two",
            ),
        ),
        migrations.AddConstraint(
            model_name="paperstub",
            constraint=models.UniqueConstraint(
                fields=("contest", "serial"), name="stub_serial_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="sheet",
            constraint=models.UniqueConstraint(
                fields=("batch", "version", "number"), name="sheet_number_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="entry",
            constraint=models.UniqueConstraint(
                fields=("sheet", "pass_number"), name="entry_pass_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="entry",
            constraint=models.UniqueConstraint(
                fields=("sheet", "typed_by_ref"), name="entry_person_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="entry",
            constraint=models.CheckConstraint(
                condition=models.Q(("pass_number__in", [1, 2, 3])), name="entry_pass_is_1_2_3"
            ),
        ),
        migrations.AddIndex(
            model_name="slotevent",
            index=models.Index(fields=["contest", "at_minute"], name="slot_by_minute"),
        ),
        migrations.AddConstraint(
            model_name="slotevent",
            constraint=models.UniqueConstraint(
                fields=("contest", "request_id"), name="slot_request_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="slotevent",
            constraint=models.UniqueConstraint(
                fields=("roll_entry", "version"), name="slot_version_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="stubevent",
            constraint=models.UniqueConstraint(fields=("stub",), name="stub_ends_once"),
        ),
        migrations.AddConstraint(
            model_name="tallyrun",
            constraint=models.UniqueConstraint(
                fields=("contest", "input_root", "config_digest", "engine"), name="tally_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="tallyrun",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "done"), _negated=True),
                    models.Q(("result_digest", ""), _negated=True),
                    _connector="OR",
                ),
                name="tally_done_has_digest",
            ),
        ),
        migrations.AddConstraint(
            model_name="treehead",
            constraint=models.UniqueConstraint(fields=("contest", "size"), name="head_size_once"),
        ),
        migrations.AddConstraint(
            model_name="turnoutpoint",
            constraint=models.UniqueConstraint(
                fields=("contest", "hour"), name="turnout_hour_once"
            ),
        ),
        migrations.AddIndex(
            model_name="slot",
            index=models.Index(fields=["contest", "state"], name="slot_by_state"),
        ),
    ]
