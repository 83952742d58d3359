"""Who may vote: the roll, its changes, and the one vote right of each person."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from places.models import Area, Centre
from voting.models.contests import Contest


class RollEntry(models.Model):
    """One person on a contest's roll, under a key that means nothing in any other contest."""

    contest = models.ForeignKey(Contest, on_delete=models.PROTECT, related_name="roll")
    person_key = models.CharField(max_length=64)
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+")
    group = models.CharField(max_length=60, blank=True)
    origin = models.CharField(
        max_length=8,
        choices=[
            ("built", _("from confirmed residents")),
            ("import", _("imported")),
            ("came", _("entered when they came")),
            ("added", _("added by two people")),
        ],
    )
    added_by_ref = models.CharField(max_length=60)
    approved_by_ref = models.CharField(max_length=60, blank=True)
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["contest", "person_key"], name="roll_person_once"),
            models.CheckConstraint(
                condition=~Q(origin="added")
                | (~Q(approved_by_ref="") & ~Q(approved_by_ref=F("added_by_ref")) & ~Q(reason="")),
                name="roll_addition_by_two",
            ),
        ]


class RollImport(models.Model):
    """A roll brought in from a file before the opening; the newest version is the one that opens.

    `digest` is SHA-256 over the sorted person keys, the same that the log's roll leaf will hold.
    `people` 0 gives the import up: the roll is built from confirmed residents then. Append-only.
    """

    contest = models.ForeignKey(Contest, on_delete=models.PROTECT, related_name="roll_imports")
    version = models.PositiveSmallIntegerField(_("version"))
    people = models.PositiveIntegerField(_("people"))
    digest = models.CharField(_("fingerprint"), max_length=64)
    rule_digest = models.CharField(max_length=64)
    """Fingerprint of who may vote as it was set when the lines were checked."""
    imported_by_ref = models.CharField(max_length=60)
    imported_at = models.DateTimeField(_("imported at"), auto_now_add=True)

    class Meta:
        verbose_name = _("imported roll")
        verbose_name_plural = _("imported rolls")
        ordering = ("-version",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["contest", "version"], name="roll_version_once"),
        ]

    def __str__(self) -> str:
        return f"{self.contest} · {self.version}"


class RollImportLine(models.Model):
    """One person of an imported roll; becomes a roll entry when the contest opens. Append-only."""

    roll_import = models.ForeignKey(RollImport, on_delete=models.PROTECT, related_name="lines")
    person_key = models.CharField(max_length=64)
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["roll_import", "person_key"], name="roll_line_person_once"
            ),
        ]


class RollChange(models.TextChoices):
    """What two people can do to the roll while the contest is open."""

    ADD = "add", _("Add to the roll")
    VOID = "void", _("Void the vote right")
    RESTORE = "restore", _("Give the vote right back")


class VoidCause(models.TextChoices):
    """Why a vote right is voided: only what was proved."""

    MOVED = "moved", _("Moved away")
    DIED = "died", _("Died")
    TWICE = "twice", _("On the roll twice")
    OTHER = "other", _("Another proved error")


class RollRequest(models.Model):
    """Somebody asks to change the roll of an open contest; somebody else decides. Append-only."""

    contest = models.ForeignKey(Contest, on_delete=models.PROTECT, related_name="roll_requests")
    person_key = models.CharField(max_length=64)
    change = models.CharField(_("what"), max_length=8, choices=RollChange.choices)
    cause = models.CharField(_("cause"), max_length=8, choices=VoidCause.choices, blank=True)
    reason = models.CharField(_("reason"), max_length=200)
    asked_by_ref = models.CharField(max_length=60)
    asked_at = models.DateTimeField(_("asked at"), auto_now_add=True)

    class Meta:
        verbose_name = _("change of a roll")
        verbose_name_plural = _("changes of rolls")
        ordering = ("-id",)
        indexes: ClassVar = [
            models.Index(fields=["contest", "person_key"], name="request_by_person"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(change="void") ^ Q(cause=""), name="voiding_names_its_cause"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="roll_request_has_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.get_change_display()} · {self.pk}"


class RollDecision(models.Model):
    """The second person carries a change of the roll out, or refuses it. Append-only."""

    request = models.OneToOneField(RollRequest, on_delete=models.PROTECT, related_name="decision")
    approved = models.BooleanField()
    asked_by_ref = models.CharField(max_length=60)
    decided_by_ref = models.CharField(max_length=60)
    note = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(asked_by_ref=F("decided_by_ref")), name="roll_change_by_two"
            ),
        ]


class SlotState(models.TextChoices):
    FREE = "free", _("not used")
    WEB = "web", _("voted on the web")
    PAPER_ISSUED = "paper_issued", _("ballot paper handed out")
    PAPER_CAST = "paper_cast", _("voted on paper")
    VOIDED = "voided", _("voided")


class Slot(models.Model):
    """The vote right itself, a pointer: at most one row per person and contest, any channel."""

    roll_entry = models.OneToOneField(
        RollEntry, on_delete=models.PROTECT, primary_key=True, related_name="slot"
    )
    contest = models.ForeignKey(Contest, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=12, choices=SlotState.choices)
    ref = models.UUIDField(null=True)
    """Web: the envelope that counts, until the box is opened."""
    version = models.PositiveIntegerField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["contest", "state"], name="slot_by_state")]


class SlotEvent(models.Model):
    """Each move of a slot: the slot is the fold of its events."""

    roll_entry = models.ForeignKey(RollEntry, on_delete=models.PROTECT, related_name="events")
    contest = models.ForeignKey(Contest, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField()
    from_state = models.CharField(max_length=12, choices=SlotState.choices)
    to_state = models.CharField(max_length=12, choices=SlotState.choices)
    reason = models.CharField(max_length=200, blank=True)
    actor_ref = models.CharField(max_length=60)
    second_ref = models.CharField(max_length=60, blank=True)
    centre = models.ForeignKey(Centre, on_delete=models.PROTECT, null=True, related_name="+")
    request_id = models.UUIDField()
    leaf_hash = models.CharField(max_length=64, blank=True)
    at_minute = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["contest", "request_id"], name="slot_request_once"),
            models.UniqueConstraint(fields=["roll_entry", "version"], name="slot_version_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["contest", "at_minute"], name="slot_by_minute")]
