"""Who someone is: account, residency and its evidence, staff roles, consent, notices."""

from __future__ import annotations

import uuid
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from places.models import Area, Centre
from residents.roles import ROLE_PERMISSIONS, RoleKind

if TYPE_CHECKING:
    from collections.abc import Iterable


class UserManager(BaseUserManager["User"]):
    """Makes accounts; the e-mail is the name by which one logs in."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Store a new account; `email` is kept in lower case, which is how log-in looks it up."""
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def signed_in(self, pk: int) -> User | None:
        """The account behind a session, with `holds_role` read along in the same query."""
        in_force = StaffRole.objects.in_force().filter(user=OuterRef("pk"))
        user = self.filter(pk=pk).annotate(has_any_role=Exists(in_force)).first()
        if user is not None:
            user.holds_role = user.has_any_role
        return user


class User(AbstractBaseUser):
    """An account: how somebody logs in, not who they are (that is `Resident`).

    There is no superuser: what staff may do comes from `StaffRole` rows and nothing else.
    """

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(_("name shown"), max_length=30)
    home_area = models.ForeignKey(
        Area,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("my dong"),
    )
    is_active = models.BooleanField(_("active"), default=True)
    erased_at = models.DateTimeField(_("erased at"), null=True, blank=True)
    date_joined = models.DateTimeField(_("joined"), auto_now_add=True)
    language = models.CharField(_("language"), max_length=5, default="ko")

    holds_role: bool | None = None
    """Whether a staff role is in force: known for the account that makes a request, so that the
    pages of everybody else ask for no roles. None means: not read along."""

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar = ["name"]

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")

    def __str__(self) -> str:
        return self.name

    @property
    def actor_ref(self) -> str:
        """The opaque reference under which the record knows this account."""
        return f"user:{self.ref}"

    @cached_property
    def current_roles(self) -> list[StaffRole]:
        """Staff roles in force today, read once per request."""
        if self.holds_role is False:
            return []
        return list(StaffRole.objects.in_force().filter(user=self).select_related("centre", "area"))

    @property
    def is_staff(self) -> bool:
        """Whether any staff role is in force (Django's admin asks for this name)."""
        return self.is_active and bool(self.current_roles)

    @property
    def is_superuser(self) -> bool:
        """Nobody is: kept because libraries ask."""
        return False

    def has_role(self, *kinds: str) -> bool:
        """Whether one of `kinds` is in force for this account."""
        return self.is_active and any(role.kind in kinds for role in self.current_roles)

    def has_perm(self, perm: str, obj: object = None) -> bool:  # noqa: ARG002 - Django's signature
        """Whether a role in force carries Django's permission `app.action_model`."""
        return self.is_active and any(
            perm in ROLE_PERMISSIONS[RoleKind(role.kind)] for role in self.current_roles
        )

    def has_perms(self, perm_list: Iterable[str], obj: object = None) -> bool:
        """Whether all of `perm_list` are carried."""
        return all(self.has_perm(perm, obj) for perm in perm_list)

    def has_module_perms(self, app_label: str) -> bool:
        """Whether anything in `app_label` may be seen in the admin."""
        return self.is_active and any(
            perm.startswith(f"{app_label}.")
            for role in self.current_roles
            for perm in ROLE_PERMISSIONS[RoleKind(role.kind)]
        )


class Department(models.Model):
    """A department that reviews and answers."""

    name = models.CharField(_("name"), max_length=60, unique=True)
    english_name = models.CharField(_("English name"), max_length=80, blank=True)
    phone = models.CharField(_("phone"), max_length=20)
    email = models.EmailField(_("e-mail"), blank=True)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("department")
        verbose_name_plural = _("departments")
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class StaffRoleQuerySet(models.QuerySet["StaffRole"]):
    def in_force(self) -> StaffRoleQuerySet:
        """Roles that hold today."""
        today = timezone.localdate()
        return self.filter(valid_from__lte=today).filter(
            Q(valid_to__isnull=True) | Q(valid_to__gte=today),
        )


class StaffRole(models.Model):
    """What a member of staff may do, where, and from when to when. Ended, never deleted.

    A clerk and a coordinator work at one centre; an official for one department, and, if an area
    is named, for what lies there only, as a moderator may; all others for the whole town, so they
    are bound to nothing.
    """

    user = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="roles", verbose_name=_("account")
    )
    kind = models.CharField(_("role"), max_length=16, choices=RoleKind.choices)
    area = models.ForeignKey(
        Area, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("area")
    )
    centre = models.ForeignKey(
        Centre, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("centre")
    )
    department = models.ForeignKey(
        Department, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("department")
    )
    valid_from = models.DateField(_("from"), default=timezone.localdate)
    valid_to = models.DateField(_("last day"), null=True, blank=True)
    granted_by_ref = models.CharField(_("granted by"), max_length=60, editable=False)

    objects = StaffRoleQuerySet.as_manager()

    class Meta:
        verbose_name = _("staff role")
        verbose_name_plural = _("staff roles")
        ordering = ("kind", "user__name")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(kind__in=["clerk", "coordinator"]) | Q(centre__isnull=False),
                name="role_at_a_desk_names_its_centre",
                violation_error_message=_("A clerk's role names a centre."),
            ),
            models.CheckConstraint(
                condition=~Q(kind="official") | Q(department__isnull=False),
                name="role_of_official_names_department",
                violation_error_message=_("An official's role names a department."),
            ),
            models.CheckConstraint(
                condition=Q(centre__isnull=True) | Q(kind__in=["clerk", "coordinator"]),
                name="role_with_a_centre_works_at_its_desk",
                violation_error_message=_("Only a clerk's or coordinator's role names a centre."),
            ),
            models.CheckConstraint(
                condition=Q(kind="official") | Q(department__isnull=True),
                name="role_with_a_department_is_an_officials",
                violation_error_message=_("Only an official's role names a department."),
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["official", "moderator"]) | Q(area__isnull=True),
                name="role_with_an_area_is_an_officials_or_moderators",
                violation_error_message=_("Only an official's or moderator's role names an area."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.get_kind_display()}"


class Basis(models.TextChoices):
    """Why somebody belongs to the town (who counts is each contest's setting)."""

    LIVES = "lives", _("lives here")
    WORKS = "works", _("works here")
    STUDIES = "studies", _("studies here")
    BUSINESS = "business", _("runs a business here")
    MEMBER = "member", _("is active in a group here")
    FOREIGNER = "foreigner", _("registered foreign resident")


class Resident(models.Model):
    """One person, whatever the channel. No name, no number, no full address: keyed hashes only.

    `identity_hash` is HMAC(identity key, name | birth date | mark) and finds the same person
    again at a desk, on a phone and in an import. `birth_date` stays because ages are voted on.
    """

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    identity_hash = models.CharField(max_length=64, unique=True, editable=False)
    birth_date = models.DateField(_("date of birth"))
    area = models.ForeignKey(
        Area, on_delete=models.PROTECT, related_name="residents", verbose_name=_("dong")
    )
    basis = models.CharField(_("belongs here because"), max_length=12, choices=Basis.choices)
    user = models.OneToOneField(
        User,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="resident",
        verbose_name=_("account"),
    )
    verified_until = models.DateField(_("confirmed until"))
    created_on = models.DateField(_("since"), auto_now_add=True)

    class Meta:
        verbose_name = _("resident")
        verbose_name_plural = _("residents")
        indexes: ClassVar = [models.Index(fields=["area", "verified_until"], name="resident_area")]

    def __str__(self) -> str:
        return f"{self.area} · {self.birth_date.year}"


class ReservedRef(models.Model):
    """The `ref` somebody will have once confirmed, because a roll names them already.

    Held for applicants only: a contest's roll needs the reference before there is a resident. It
    becomes the resident's own when they are confirmed, and is then gone from here.
    """

    identity_hash = models.CharField(max_length=64, unique=True, editable=False)
    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    reserved_on = models.DateField(auto_now_add=True)

    def __str__(self) -> str:
        return str(self.ref)


class VerificationMethod(models.TextChoices):
    """How it was seen that somebody belongs here."""

    APPLICANT_ROLL = "applicant_roll", _("matched with the applicants' roll")
    CARD_SEEN = "card_seen", _("staff saw the identity card")
    PROOF_SEEN = "proof_seen", _("staff saw a proof of work, study or business")
    PAPER_CODE = "paper_code", _("one-time code on paper")


class Verification(models.Model):
    """Evidence that somebody belongs here: what kind, when, by whom. No copy of any paper."""

    resident = models.ForeignKey(Resident, on_delete=models.CASCADE, related_name="verifications")
    method = models.CharField(_("how"), max_length=16, choices=VerificationMethod.choices)
    centre = models.ForeignKey(
        Centre, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("centre")
    )
    checked_by_ref = models.CharField(_("checked by"), max_length=60)
    checked_at = models.DateTimeField(_("checked at"), auto_now_add=True)
    valid_until = models.DateField(_("valid until"))

    class Meta:
        verbose_name = _("verification")
        verbose_name_plural = _("verifications")
        ordering = ("-checked_at",)

    def __str__(self) -> str:
        return f"{self.get_method_display()} · {self.checked_at:%Y-%m-%d}"


class VerificationAttempt(models.Model):
    """One try at a residency check, for the limit on tries. Disposed of after a week."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    ok = models.BooleanField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["user", "at"], name="attempt_by_user")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.ok}"


class ApplicantRoll(models.Model):
    """People who applied beforehand, imported from a file as one versioned set."""

    title = models.CharField(_("title"), max_length=120)
    digest = models.CharField(_("fingerprint of the file"), max_length=64, unique=True)
    imported_at = models.DateTimeField(_("imported at"), auto_now_add=True)
    imported_by_ref = models.CharField(_("imported by"), max_length=60)

    class Meta:
        verbose_name = _("applicants' roll")
        verbose_name_plural = _("applicants' rolls")
        ordering = ("-imported_at",)

    def __str__(self) -> str:
        return self.title


class Applicant(models.Model):
    """One applicant: keyed hashes to match against, the dong and what ages need."""

    roll = models.ForeignKey(ApplicantRoll, on_delete=models.CASCADE, related_name="applicants")
    match_hash = models.CharField(max_length=64, editable=False)
    identity_hash = models.CharField(max_length=64, editable=False)
    birth_date = models.DateField(_("date of birth"))
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+")
    basis = models.CharField(max_length=12, choices=Basis.choices)
    matched_on = models.DateField(null=True, blank=True)
    line = models.PositiveIntegerField(
        default=0,
        help_text="Line in the imported file: how staff tell whose paper code a slip is.",
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["roll", "identity_hash"], name="applicant_once_per_roll"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["match_hash"], name="applicant_match")]

    def __str__(self) -> str:
        return f"{self.roll_id}:{self.line}"


class PaperCode(models.Model):
    """A one-time code on paper, posted or handed over; only its keyed hash is kept."""

    code_hash = models.CharField(max_length=64, unique=True, editable=False)
    resident = models.ForeignKey(Resident, on_delete=models.CASCADE, null=True, blank=True)
    applicant = models.ForeignKey(Applicant, on_delete=models.CASCADE, null=True, blank=True)
    centre = models.ForeignKey(Centre, on_delete=models.PROTECT, null=True, blank=True)
    issued_by_ref = models.CharField(max_length=60)
    issued_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("paper code")
        verbose_name_plural = _("paper codes")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(resident__isnull=False) ^ Q(applicant__isnull=False),
                name="code_is_for_one_person",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.issued_at:%Y-%m-%d}"


class ConsentText(models.Model):
    """What people are asked to agree to, in versions."""

    purpose = models.SlugField(_("purpose"))
    version = models.PositiveSmallIntegerField(_("version"))
    is_required = models.BooleanField(_("required"))
    title = models.CharField(_("title"), max_length=120)
    body = models.TextField(_("text"))
    english_title = models.CharField(_("title in English"), max_length=120, blank=True)
    english_body = models.TextField(_("text in English"), blank=True)
    valid_from = models.DateField(_("valid from"))

    class Meta:
        verbose_name = _("consent text")
        verbose_name_plural = _("consent texts")
        ordering = ("purpose", "-version")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["purpose", "version"], name="consent_text_version"),
        ]

    def __str__(self) -> str:
        return f"{self.title} (v{self.version})"

    @property
    def local_title(self) -> str:
        """The title in the reader's language."""
        return self.english_title if get_language() == "en" and self.english_title else self.title

    @property
    def local_body(self) -> str:
        """The text in the reader's language."""
        return self.english_body if get_language() == "en" and self.english_body else self.body


class ConsentRecord(models.Model):
    """Somebody agreed, or took it back, on the web or at a desk. Append-only."""

    text = models.ForeignKey(ConsentText, on_delete=models.PROTECT, related_name="records")
    subject_ref = models.CharField(_("who"), max_length=60)
    given = models.BooleanField(_("agreed"))
    centre = models.ForeignKey(Centre, on_delete=models.PROTECT, null=True, blank=True)
    recorded_by_ref = models.CharField(_("recorded by"), max_length=60)
    at = models.DateTimeField(_("time"), auto_now_add=True)

    class Meta:
        verbose_name = _("consent record")
        verbose_name_plural = _("consent records")
        indexes: ClassVar = [
            models.Index(fields=["subject_ref", "text"], name="consent_by_subject")
        ]

    def __str__(self) -> str:
        return f"{self.text_id} {self.given} {self.at:%Y-%m-%d}"


class NoticeKind(models.TextChoices):
    """What a notice tells; preferences are kept per kind."""

    PROPOSAL_REACHED = "proposal_reached", _("My proposal reached its threshold")
    PROPOSAL_EXPIRED = "proposal_expired", _("My proposal's support period ended")
    PROPOSAL_ANSWERED = "proposal_answered", _("An official answer was given")
    PROPOSAL_PROGRESS = "proposal_progress", _("Progress on a proposal I support")
    PROPOSAL_CHANGED = "proposal_changed", _("My proposal was merged, transferred or hidden")
    COMMENT_REPLY = "comment_reply", _("A reply to my opinion")
    COMMENT_HIDDEN = "comment_hidden", _("My opinion was hidden or restored")
    THREAD_ACTIVITY = "thread_activity", _("New opinions in conversations I follow")
    CONTEST_OPENED = "contest_opened", _("A vote I may take part in has opened")
    CONTEST_RESULT = "contest_result", _("The result of a vote I took part in")
    VOTE_RIGHT = "vote_right", _("A change of my vote right")
    PROJECT_PROGRESS = "project_progress", _("Progress on a budget project")
    STAFF_DUE = "staff_due", _("Work that is due (staff)")


class Notice(models.Model):
    """A message to one account; kind and params become words in the reader's language."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=20, choices=NoticeKind.choices)
    params = models.JSONField(default=dict)
    url = models.CharField(max_length=200)
    created_at = models.DateTimeField(auto_now_add=True)
    read_at = models.DateTimeField(null=True, blank=True)
    mail_state = models.CharField(
        max_length=8,
        choices=[
            ("none", _("not asked for")),
            ("due", _("due")),
            ("sent", _("sent")),
            ("failed", _("could not be delivered")),
        ],
        default="none",
    )
    mailing_until = models.DateTimeField(null=True, editable=False)
    """Until when a worker has it in hand to mail it; afterwards another may."""

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        ordering = ("-id",)
        indexes: ClassVar = [
            models.Index(fields=["user", "-id"], name="notice_by_user"),
            models.Index(fields=["id"], name="notice_mail_due", condition=Q(mail_state="due")),
        ]

    def __str__(self) -> str:
        return f"{self.kind} → {self.user_id}"


class NoticePreference(models.Model):
    """Whether an account wants a kind of notice by mail too (in the site it always appears)."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="notice_preferences")
    kind = models.CharField(max_length=20, choices=NoticeKind.choices)
    by_mail = models.BooleanField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "kind"], name="preference_once_per_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.by_mail}"
