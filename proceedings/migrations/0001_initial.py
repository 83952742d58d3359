import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("places", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Field",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("slug", models.SlugField(unique=True, verbose_name="address")),
                ("name", models.CharField(max_length=40, verbose_name="name")),
                ("english_name", models.CharField(max_length=40, verbose_name="English name")),
                ("position", models.PositiveSmallIntegerField(default=0, verbose_name="order")),
            ],
            options={
                "verbose_name": "field",
                "verbose_name_plural": "fields",
                "ordering": ("position", "id"),
            },
        ),
        migrations.CreateModel(
            name="AuditEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(auto_now_add=True, verbose_name="time")),
                (
                    "action",
                    models.CharField(
                        choices=[
                            ("proceedings.process.created", "Process created"),
                            ("proceedings.process.changed", "Process changed"),
                            ("proceedings.phase.opened", "Phase opened"),
                            ("proceedings.phase.closed", "Phase closed"),
                            ("proceedings.phase.changed", "Phase dates changed"),
                            ("places.areas.imported", "Areas imported"),
                            ("places.area.changed", "Area changed"),
                            ("places.centres.imported", "Centres imported"),
                            ("places.centre.changed", "Centre changed"),
                            ("residents.account.created", "Account created"),
                            ("residents.account.erased", "Account erased"),
                            ("residents.consent.given", "Consent given"),
                            ("residents.consent.withdrawn", "Consent withdrawn"),
                            ("residents.resident.registered", "Resident registered at a centre"),
                            ("residents.resident.verified", "Residence confirmed"),
                            ("residents.resident.changed", "Resident's dong changed"),
                            ("residents.verification.failed", "Residence check failed"),
                            ("residents.verification.revoked", "Residence confirmation revoked"),
                            ("residents.applicants.imported", "Applicants' roll imported"),
                            ("residents.codes.issued", "Paper codes issued"),
                            ("residents.code.used", "Paper code used"),
                            ("residents.role.granted", "Staff role granted"),
                            ("residents.role.ended", "Staff role ended"),
                            ("residents.notices.sent", "Notices sent"),
                            ("residents.traces.disposed", "Expired personal data disposed of"),
                            ("debates.debate.opened", "Debate opened"),
                            ("debates.debate.changed", "Debate changed"),
                            ("debates.debate.closed", "Debate closed"),
                            ("debates.comment.posted", "Opinion posted"),
                            ("debates.comment.withdrawn", "Opinion withdrawn by its author"),
                            ("debates.comment.flagged", "Opinion reported"),
                            ("debates.comment.hidden", "Opinion hidden"),
                            ("debates.comment.restored", "Opinion restored"),
                            ("debates.flags.dismissed", "Reports dismissed"),
                            ("debates.hiding.appealed", "Review of a hiding asked for"),
                            ("debates.thread.closed", "Conversation closed"),
                            ("voting.contest.created", "Contest created"),
                            ("voting.contest.changed", "Contest set-up changed"),
                            ("voting.contest.frozen", "Contest frozen"),
                            ("voting.contest.unfrozen", "Contest taken back to draft"),
                            ("voting.contest.opened", "Contest opened"),
                            ("voting.contest.closed", "Contest closed"),
                            ("voting.contest.boxed", "All paper certified"),
                            ("voting.box.opened", "Ballot box opened"),
                            ("voting.contest.counted", "Contest counted"),
                            ("voting.contest.disputed", "Counts differ"),
                            ("voting.contest.published", "Result published"),
                            ("voting.contest.final", "Result final"),
                            ("voting.roll.built", "Voter roll built"),
                            ("voting.roll.imported", "Voter roll imported"),
                            ("voting.roll.added", "One person added to the roll"),
                            ("voting.slot.voided", "Vote right voided"),
                            ("voting.stub.issued", "Ballot paper handed out"),
                            ("voting.stub.spoiled", "Ballot paper spoiled and replaced"),
                            ("voting.stub.returned", "Ballot paper handed back unused"),
                            ("voting.stub.missing", "Ballot paper reported missing"),
                            ("voting.batch.opened", "Paper box opened for voting"),
                            ("voting.batch.sealed", "Paper box sealed"),
                            ("voting.batch.counted", "Sheets counted"),
                            ("voting.batch.entered", "Sheets typed"),
                            ("voting.batch.compared", "Two passes compared"),
                            ("voting.batch.reconciled", "Box reconciled"),
                            ("voting.batch.certified", "Box certified"),
                            ("voting.batch.reopened", "Box reopened by correction"),
                            ("voting.correction.asked", "Correction asked for"),
                            ("voting.correction.approved", "Correction approved"),
                            ("voting.ballots.imported", "Published ballots imported"),
                            ("voting.papers.printed", "Ballot papers printed"),
                            ("proposals.proposal.published", "Proposal published"),
                            ("proposals.proposal.revised", "Proposal revised"),
                            ("proposals.proposal.withdrawn", "Proposal withdrawn"),
                            ("proposals.proposal.reached", "Support threshold reached"),
                            (
                                "proposals.proposal.expired",
                                "Support period ended below the threshold",
                            ),
                            ("proposals.proposal.merged", "Proposal merged"),
                            ("proposals.proposal.assigned", "Department assigned"),
                            ("proposals.proposal.transferred", "Proposal transferred"),
                            ("proposals.proposal.hidden", "Proposal hidden"),
                            ("proposals.proposal.restored", "Proposal restored"),
                            ("proposals.proposal.answered", "Official answer given"),
                            ("proposals.proposal.progressed", "Progress reported"),
                            ("proposals.proposal.done", "Proposal carried out"),
                            ("proposals.support.assisted", "Support recorded at a centre"),
                            ("proposals.proposal.assisted", "Proposal written down at a centre"),
                            ("budgets.budget.created", "Budget created"),
                            ("budgets.budget.changed", "Budget changed"),
                            ("budgets.budget.imported", "Budget imported"),
                            ("budgets.project.created", "Project created"),
                            ("budgets.project.changed", "Project changed"),
                            ("budgets.project.reviewed", "Project reviewed"),
                            ("budgets.contest.made", "Budget contest prepared"),
                            ("budgets.budget.allocated", "Budget allocated"),
                            ("budgets.milestone.reported", "Milestone reported"),
                        ],
                        max_length=60,
                        verbose_name="action",
                    ),
                ),
                ("actor_ref", models.CharField(max_length=60, verbose_name="who")),
                ("actor_role", models.CharField(blank=True, max_length=40, verbose_name="as")),
                ("subject", models.CharField(max_length=80, verbose_name="subject")),
                ("reason", models.TextField(blank=True, verbose_name="reason")),
                ("data", models.JSONField(default=dict, verbose_name="data")),
            ],
            options={
                "verbose_name": "audit event",
                "verbose_name_plural": "audit events",
                "ordering": ("-id",),
                "indexes": [
                    models.Index(fields=["subject", "id"], name="audit_by_subject"),
                    models.Index(fields=["actor_ref", "id"], name="audit_by_actor"),
                    models.Index(fields=["action", "id"], name="audit_by_action"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Process",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("slug", models.SlugField(unique=True, verbose_name="address")),
                ("title", models.CharField(max_length=120, verbose_name="title")),
                ("summary", models.TextField(blank=True, verbose_name="summary")),
                ("is_public", models.BooleanField(default=True, verbose_name="public")),
                ("created_on", models.DateField(auto_now_add=True, verbose_name="created on")),
                (
                    "area",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="processes",
                        to="places.area",
                        verbose_name="area",
                    ),
                ),
            ],
            options={
                "verbose_name": "process",
                "verbose_name_plural": "processes",
                "ordering": ("-created_on", "-id"),
            },
        ),
        migrations.CreateModel(
            name="Phase",
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
                            ("propose", "Collecting ideas"),
                            ("support", "Collecting support"),
                            ("debate", "Debate"),
                            ("review", "Department review"),
                            ("vote", "Vote"),
                            ("result", "Result"),
                            ("execution", "Execution"),
                        ],
                        max_length=16,
                        verbose_name="kind",
                    ),
                ),
                ("title", models.CharField(max_length=80, verbose_name="title")),
                ("note", models.TextField(blank=True, verbose_name="note")),
                ("opens_at", models.DateTimeField(verbose_name="opens at")),
                ("closes_at", models.DateTimeField(verbose_name="closes at")),
                (
                    "opened_at",
                    models.DateTimeField(
                        blank=True, editable=False, null=True, verbose_name="opened at"
                    ),
                ),
                (
                    "closed_at",
                    models.DateTimeField(
                        blank=True, editable=False, null=True, verbose_name="closed at"
                    ),
                ),
                (
                    "process",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="phases",
                        to="proceedings.process",
                        verbose_name="process",
                    ),
                ),
            ],
            options={
                "verbose_name": "phase",
                "verbose_name_plural": "phases",
                "ordering": ("opens_at", "id"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("closes_at__gt", models.F("opens_at"))),
                        name="phase_closes_after_it_opens",
                        violation_error_message="A phase must close after it opens.",
                    ),
                    models.UniqueConstraint(
                        fields=("process", "kind", "opens_at"), name="phase_once_per_start"
                    ),
                ],
            },
        ),
    ]
