import uuid

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("places", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="ApplicantRoll",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("title", models.CharField(max_length=120, verbose_name="title")),
                (
                    "digest",
                    models.CharField(
                        max_length=64, unique=True, verbose_name="fingerprint of the file"
                    ),
                ),
                (
                    "imported_at",
                    models.DateTimeField(auto_now_add=True, verbose_name="imported at"),
                ),
                ("imported_by_ref", models.CharField(max_length=60, verbose_name="imported by")),
            ],
            options={
                "verbose_name": "applicants' roll",
                "verbose_name_plural": "applicants' rolls",
                "ordering": ("-imported_at",),
            },
        ),
        migrations.CreateModel(
            name="Department",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=60, unique=True, verbose_name="name")),
                (
                    "english_name",
                    models.CharField(blank=True, max_length=80, verbose_name="English name"),
                ),
                ("phone", models.CharField(max_length=20, verbose_name="phone")),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="e-mail")),
                ("is_active", models.BooleanField(default=True, verbose_name="in use")),
            ],
            options={
                "verbose_name": "department",
                "verbose_name_plural": "departments",
                "ordering": ("name",),
            },
        ),
        migrations.CreateModel(
            name="User",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                (
                    "last_login",
                    models.DateTimeField(blank=True, null=True, verbose_name="last login"),
                ),
                ("ref", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("email", models.EmailField(max_length=254, unique=True, verbose_name="e-mail")),
                ("name", models.CharField(max_length=30, verbose_name="name shown")),
                ("is_active", models.BooleanField(default=True, verbose_name="active")),
                (
                    "erased_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="erased at"),
                ),
                ("date_joined", models.DateTimeField(auto_now_add=True, verbose_name="joined")),
                ("language", models.CharField(default="ko", max_length=5, verbose_name="language")),
                (
                    "home_area",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="places.area",
                        verbose_name="my dong",
                    ),
                ),
            ],
            options={
                "verbose_name": "account",
                "verbose_name_plural": "accounts",
            },
        ),
        migrations.CreateModel(
            name="Applicant",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("match_hash", models.CharField(editable=False, max_length=64)),
                ("identity_hash", models.CharField(editable=False, max_length=64)),
                ("birth_date", models.DateField(verbose_name="date of birth")),
                (
                    "basis",
                    models.CharField(
                        choices=[
                            ("lives", "lives here"),
                            ("works", "works here"),
                            ("studies", "studies here"),
                            ("business", "runs a business here"),
                            ("member", "is active in a group here"),
                            ("foreigner", "registered foreign resident"),
                        ],
                        max_length=12,
                    ),
                ),
                ("matched_on", models.DateField(blank=True, null=True)),
                (
                    "area",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="places.area",
                    ),
                ),
                (
                    "roll",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="applicants",
                        to="residents.applicantroll",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ConsentText",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("purpose", models.SlugField(verbose_name="purpose")),
                ("version", models.PositiveSmallIntegerField(verbose_name="version")),
                ("is_required", models.BooleanField(verbose_name="required")),
                ("title", models.CharField(max_length=120, verbose_name="title")),
                ("body", models.TextField(verbose_name="text")),
                (
                    "english_title",
                    models.CharField(blank=True, max_length=120, verbose_name="title in English"),
                ),
                ("english_body", models.TextField(blank=True, verbose_name="text in English")),
                ("valid_from", models.DateField(verbose_name="valid from")),
            ],
            options={
                "verbose_name": "consent text",
                "verbose_name_plural": "consent texts",
                "ordering": ("purpose", "-version"),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("purpose", "version"), name="consent_text_version"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ConsentRecord",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("subject_ref", models.CharField(max_length=60, verbose_name="who")),
                ("given", models.BooleanField(verbose_name="agreed")),
                ("recorded_by_ref", models.CharField(max_length=60, verbose_name="recorded by")),
                ("at", models.DateTimeField(auto_now_add=True, verbose_name="time")),
                (
                    "centre",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="places.centre",
                    ),
                ),
                (
                    "text",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="records",
                        to="residents.consenttext",
                    ),
                ),
            ],
            options={
                "verbose_name": "consent record",
                "verbose_name_plural": "consent records",
            },
        ),
        migrations.CreateModel(
            name="Notice",
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
                            ("proposal_reached", "My proposal reached its threshold"),
                            ("proposal_expired", "My proposal's support period ended"),
                            ("proposal_answered", "An official answer was given"),
                            ("proposal_progress", "Progress on a proposal I support"),
                            ("proposal_changed", "My proposal was merged, transferred or hidden"),
                            ("comment_reply", "A reply to my opinion"),
                            ("comment_hidden", "My opinion was hidden or restored"),
                            ("thread_activity", "New opinions in conversations I follow"),
                            ("contest_opened", "A vote I may take part in has opened"),
                            ("contest_result", "The result of a vote I took part in"),
                            ("project_progress", "Progress on a budget project"),
                            ("staff_due", "Work that is due (staff)"),
                        ],
                        max_length=20,
                    ),
                ),
                ("params", models.JSONField(default=dict)),
                ("url", models.CharField(max_length=200)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("read_at", models.DateTimeField(blank=True, null=True)),
                (
                    "mail_state",
                    models.CharField(
                        choices=[("none", "not asked for"), ("due", "due"), ("sent", "sent")],
                        default="none",
                        max_length=8,
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notices",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "notice",
                "verbose_name_plural": "notices",
                "ordering": ("-id",),
            },
        ),
        migrations.CreateModel(
            name="NoticePreference",
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
                            ("proposal_reached", "My proposal reached its threshold"),
                            ("proposal_expired", "My proposal's support period ended"),
                            ("proposal_answered", "An official answer was given"),
                            ("proposal_progress", "Progress on a proposal I support"),
                            ("proposal_changed", "My proposal was merged, transferred or hidden"),
                            ("comment_reply", "A reply to my opinion"),
                            ("comment_hidden", "My opinion was hidden or restored"),
                            ("thread_activity", "New opinions in conversations I follow"),
                            ("contest_opened", "A vote I may take part in has opened"),
                            ("contest_result", "The result of a vote I took part in"),
                            ("project_progress", "Progress on a budget project"),
                            ("staff_due", "Work that is due (staff)"),
                        ],
                        max_length=20,
                    ),
                ),
                ("by_mail", models.BooleanField()),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notice_preferences",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Resident",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("ref", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("identity_hash", models.CharField(editable=False, max_length=64, unique=True)),
                ("birth_date", models.DateField(verbose_name="date of birth")),
                (
                    "basis",
                    models.CharField(
                        choices=[
                            ("lives", "lives here"),
                            ("works", "works here"),
                            ("studies", "studies here"),
                            ("business", "runs a business here"),
                            ("member", "is active in a group here"),
                            ("foreigner", "registered foreign resident"),
                        ],
                        max_length=12,
                        verbose_name="belongs here because",
                    ),
                ),
                ("verified_until", models.DateField(verbose_name="confirmed until")),
                ("created_on", models.DateField(auto_now_add=True, verbose_name="since")),
                (
                    "area",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="residents",
                        to="places.area",
                        verbose_name="dong",
                    ),
                ),
                (
                    "user",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="resident",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="account",
                    ),
                ),
            ],
            options={
                "verbose_name": "resident",
                "verbose_name_plural": "residents",
            },
        ),
        migrations.CreateModel(
            name="PaperCode",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code_hash", models.CharField(editable=False, max_length=64, unique=True)),
                ("issued_by_ref", models.CharField(max_length=60)),
                ("issued_at", models.DateTimeField(auto_now_add=True)),
                ("expires_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(blank=True, null=True)),
                (
                    "applicant",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        to="residents.applicant",
                    ),
                ),
                (
                    "centre",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="places.centre",
                    ),
                ),
                (
                    "resident",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        to="residents.resident",
                    ),
                ),
            ],
            options={
                "verbose_name": "paper code",
                "verbose_name_plural": "paper codes",
            },
        ),
        migrations.CreateModel(
            name="StaffRole",
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
                            ("administrator", "Administrator"),
                            ("official", "Official in charge"),
                            ("moderator", "Moderator"),
                            ("clerk", "Centre clerk"),
                            ("coordinator", "Centre coordinator"),
                            ("observer", "Observer"),
                            ("auditor", "Auditor"),
                        ],
                        max_length=16,
                        verbose_name="role",
                    ),
                ),
                (
                    "valid_from",
                    models.DateField(default=django.utils.timezone.localdate, verbose_name="from"),
                ),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="last day")),
                (
                    "granted_by_ref",
                    models.CharField(editable=False, max_length=60, verbose_name="granted by"),
                ),
                (
                    "area",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="places.area",
                        verbose_name="area",
                    ),
                ),
                (
                    "centre",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="places.centre",
                        verbose_name="centre",
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
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="roles",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="account",
                    ),
                ),
            ],
            options={
                "verbose_name": "staff role",
                "verbose_name_plural": "staff roles",
                "ordering": ("kind", "user__name"),
            },
        ),
        migrations.CreateModel(
            name="Verification",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "method",
                    models.CharField(
                        choices=[
                            ("applicant_roll", "matched with the applicants' roll"),
                            ("card_seen", "staff saw the identity card"),
                            ("proof_seen", "staff saw a proof of work, study or business"),
                            ("paper_code", "one-time code on paper"),
                        ],
                        max_length=16,
                        verbose_name="how",
                    ),
                ),
                ("checked_by_ref", models.CharField(max_length=60, verbose_name="checked by")),
                ("checked_at", models.DateTimeField(auto_now_add=True, verbose_name="checked at")),
                ("valid_until", models.DateField(verbose_name="valid until")),
                (
                    "centre",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="places.centre",
                        verbose_name="centre",
                    ),
                ),
                (
                    "resident",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="verifications",
                        to="residents.resident",
                    ),
                ),
            ],
            options={
                "verbose_name": "verification",
                "verbose_name_plural": "verifications",
                "ordering": ("-checked_at",),
            },
        ),
        migrations.CreateModel(
            name="VerificationAttempt",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(auto_now_add=True)),
                ("ok", models.BooleanField()),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="applicant",
            index=models.Index(fields=["match_hash"], name="applicant_match"),
        ),
        migrations.AddConstraint(
            model_name="applicant",
            constraint=models.UniqueConstraint(
                fields=("roll", "identity_hash"), name="applicant_once_per_roll"
            ),
        ),
        migrations.AddIndex(
            model_name="consentrecord",
            index=models.Index(fields=["subject_ref", "text"], name="consent_by_subject"),
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(fields=["user", "-id"], name="notice_by_user"),
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(
                condition=models.Q(("mail_state", "due")), fields=["id"], name="notice_mail_due"
            ),
        ),
        migrations.AddConstraint(
            model_name="noticepreference",
            constraint=models.UniqueConstraint(
                fields=("user", "kind"), name="preference_once_per_kind"
            ),
        ),
        migrations.AddIndex(
            model_name="resident",
            index=models.Index(fields=["area", "verified_until"], name="resident_area"),
        ),
        migrations.AddConstraint(
            model_name="papercode",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("resident__isnull", False), ("applicant__isnull", False), _connector="XOR"
                ),
                name="code_is_for_one_person",
            ),
        ),
        migrations.AddConstraint(
            model_name="staffrole",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind__in", ["clerk", "coordinator"]), _negated=True),
                    ("centre__isnull", False),
                    _connector="OR",
                ),
                name="role_at_a_desk_names_its_centre",
                violation_error_message="A clerk's role names a centre.",
            ),
        ),
        migrations.AddConstraint(
            model_name="staffrole",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "official"), _negated=True),
                    ("department__isnull", False),
                    _connector="OR",
                ),
                name="role_of_official_names_department",
                violation_error_message="An official's role names a department.",
            ),
        ),
        migrations.AddIndex(
            model_name="verificationattempt",
            index=models.Index(fields=["user", "at"], name="attempt_by_user"),
        ),
    ]
