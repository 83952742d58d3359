"""Paper, from the stub that is handed out to the signature under a batch of sheets."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from places.models import Centre
from voting.models.contests import Contest
from voting.models.rolls import RollEntry


class BatchState(models.TextChoices):
    OPEN = "open", _("box in use")
    SEALED = "sealed", _("box sealed")
    COUNTED = "counted", _("sheets counted")
    ENTERING = "entering", _("being typed")
    COMPARED = "compared", _("compared")
    RECONCILED = "reconciled", _("reconciled")
    CERTIFIED = "certified", _("certified")


class Batch(models.Model):
    """One box of paper at one centre, from opening to certification. A pointer: see BatchEvent."""

    contest = models.ForeignKey(Contest, on_delete=models.PROTECT, related_name="batches")
    centre = models.ForeignKey(
        Centre, on_delete=models.PROTECT, related_name="batches", verbose_name=_("centre")
    )
    number = models.PositiveSmallIntegerField(_("box"))
    state = models.CharField(
        _("state"), max_length=12, choices=BatchState.choices, default=BatchState.OPEN
    )
    version = models.PositiveSmallIntegerField(_("version"), default=1)
    opened_by_ref = models.CharField(max_length=60)
    witnessed_by_ref = models.CharField(max_length=60)
    seal_numbers = models.CharField(_("seal numbers"), max_length=120, blank=True)
    opened_at = models.DateTimeField(_("opened at"), auto_now_add=True)

    class Meta:
        verbose_name = _("paper box")
        verbose_name_plural = _("paper boxes")
        ordering = ("contest", "centre", "number")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["contest", "centre", "number"], name="batch_number_once"
            ),
            models.UniqueConstraint(
                fields=["contest", "centre"],
                condition=Q(state="open"),
                name="one_open_box_per_centre",
            ),
            models.CheckConstraint(
                condition=~Q(opened_by_ref=F("witnessed_by_ref")), name="box_opened_by_two"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.centre} · {self.number}"


class BatchEvent(models.Model):
    """Each step of a box, with who did it and what was found. Append-only."""

    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="events")
    version = models.PositiveSmallIntegerField()
    from_state = models.CharField(max_length=12, choices=BatchState.choices, blank=True)
    to_state = models.CharField(max_length=12, choices=BatchState.choices)
    actor_ref = models.CharField(max_length=60)
    second_ref = models.CharField(max_length=60, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    data = models.JSONField(default=dict)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("step of a box")
        verbose_name_plural = _("steps of boxes")
        ordering = ("id",)


class BatchCount(models.Model):
    """One person's count of sheets, stubs or signatures in a box. Append-only."""

    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="counts")
    version = models.PositiveSmallIntegerField()
    round = models.PositiveSmallIntegerField(default=1)
    sheets = models.PositiveIntegerField(_("sheets in the box"))
    stubs = models.PositiveIntegerField(_("stubs"))
    signatures = models.PositiveIntegerField(_("signatures"))
    counted_by_ref = models.CharField(max_length=60)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["batch", "version", "round", "counted_by_ref"],
                name="count_once_per_person",
            ),
        ]


class PaperStub(models.Model):
    """A stub with its serial, signed by the person who got the sheet. The serial is never on it."""

    contest = models.ForeignKey(Contest, on_delete=models.PROTECT, related_name="stubs")
    serial = models.PositiveIntegerField(_("serial"))
    roll_entry = models.ForeignKey(RollEntry, on_delete=models.PROTECT, related_name="stubs")
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="stubs")
    replaces = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="replaced_by"
    )
    issued_by_ref = models.CharField(max_length=60)
    issued_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["contest", "serial"], name="stub_serial_once"),
        ]


class StubEvent(models.Model):
    """What became of a stub's sheet. Append-only."""

    stub = models.ForeignKey(PaperStub, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(
        max_length=10,
        choices=[
            ("cast", _("in the box")),
            ("spoiled", _("spoiled")),
            ("returned", _("handed back unused")),
            ("missing", _("missing")),
        ],
    )
    actor_ref = models.CharField(max_length=60)
    second_ref = models.CharField(max_length=60, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["stub"], name="stub_ends_once"),
            models.CheckConstraint(
                condition=~Q(kind="returned") | (~Q(second_ref="") & ~Q(second_ref=F("actor_ref"))),
                name="stub_returned_by_two",
            ),
        ]


class ProvisionalCause(models.TextChoices):
    """Why a sheet was given in an envelope instead of a vote right being taken."""

    ROLL_UNREACHABLE = "roll_unreachable", _("The roll could not be reached")
    NOT_FOUND = "not_found", _("The person was not found")


class ProvisionalRefusal(models.TextChoices):
    """Why a sheet in an envelope does not count."""

    NOT_ON_ROLL = "not_on_roll", _("Not on the roll")
    NOT_ELIGIBLE = "not_eligible", _("May not vote in this vote")
    RIGHT_USED = "right_used", _("Had voted, or had another ballot paper")
    VOIDED = "voided", _("The vote right was voided by two people")
    NOBODY_FOUND = "nobody_found", _("Nobody is registered under this name and date of birth")
    NO_NAME = "no_name", _("The envelope does not say who it is from")


class ProvisionalSheet(models.Model):
    """A ballot paper in a signed envelope, given when the roll could not answer. Append-only.

    Who it is from stands on the envelope alone; here only the envelope's number in its box.
    """

    contest = models.ForeignKey(
        Contest, on_delete=models.PROTECT, related_name="provisional_sheets"
    )
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="provisional_sheets")
    number = models.PositiveIntegerField(_("envelope"))
    cause = models.CharField(_("cause"), max_length=20, choices=ProvisionalCause.choices)
    request_id = models.UUIDField()
    registered_by_ref = models.CharField(max_length=60)
    registered_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("number",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["batch", "number"], name="envelope_number_once"),
            models.UniqueConstraint(
                fields=["contest", "request_id"], name="provisional_request_once"
            ),
        ]


class ProvisionalDecision(models.Model):
    """Two people held an envelope against the roll: its sheet counts, or why not. Append-only."""

    sheet = models.OneToOneField(
        ProvisionalSheet, on_delete=models.PROTECT, related_name="decision"
    )
    accepted = models.BooleanField()
    refusal = models.CharField(
        _("why not"), max_length=20, choices=ProvisionalRefusal.choices, blank=True
    )
    stub = models.OneToOneField(PaperStub, on_delete=models.PROTECT, null=True, related_name="+")
    decided_by_ref = models.CharField(max_length=60)
    second_ref = models.CharField(max_length=60)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(decided_by_ref=F("second_ref")), name="provisional_by_two"
            ),
            models.CheckConstraint(
                condition=Q(accepted=True, refusal="", stub__isnull=False)
                | (Q(accepted=False, stub__isnull=True) & ~Q(refusal="")),
                name="provisional_stub_or_refusal",
            ),
        ]


class Sheet(models.Model):
    """A sheet with the number stamped on it after the opened box was mixed."""

    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="sheets")
    version = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField()

    class Meta:
        ordering = ("number",)
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["batch", "version", "number"], name="sheet_number_once"
            ),
        ]


class EntryKind(models.TextChoices):
    VALID = "valid", _("valid")
    BLANK = "blank", _("blank")
    VOID = "void", _("void")
    UNREADABLE = "unreadable", _("unreadable")


class Entry(models.Model):
    """What one person read on one sheet. Nobody types the same sheet twice. Append-only."""

    sheet = models.ForeignKey(Sheet, on_delete=models.PROTECT, related_name="entries")
    pass_number = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=10, choices=EntryKind.choices)
    marks = models.TextField(blank=True)
    void_reason = models.CharField(max_length=40, blank=True)
    typed_by_ref = models.CharField(max_length=60)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("sheet", "pass_number")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["sheet", "pass_number"], name="entry_pass_once"),
            models.UniqueConstraint(fields=["sheet", "typed_by_ref"], name="entry_person_once"),
            models.CheckConstraint(
                condition=Q(pass_number__in=[1, 2, 3]), name="entry_pass_is_1_2_3"
            ),
        ]


class BatchReason(models.Model):
    """Why an equation of a box does not balance. Append-only."""

    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="reasons")
    version = models.PositiveSmallIntegerField()
    equation = models.CharField(max_length=20)
    code = models.CharField(max_length=30)
    note = models.CharField(max_length=300)
    given_by_ref = models.CharField(max_length=60)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["batch", "version", "equation"], name="reason_once_per_equation"
            ),
        ]


class BatchSignature(models.Model):
    """One of the two signatures under a reconciled box. Append-only."""

    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="signatures")
    version = models.PositiveSmallIntegerField()
    digest = models.CharField(max_length=64)
    signed_by_ref = models.CharField(max_length=60)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["batch", "version", "signed_by_ref"], name="signature_once_per_person"
            ),
        ]


class BodyEntry(models.Model):
    """What one person typed of the points that a body with a weight gave. Append-only.

    Two people type apart; where both typed the same in one round, the points enter the log.
    """

    contest = models.ForeignKey(Contest, on_delete=models.PROTECT, related_name="body_entries")
    part = models.CharField(_("body"), max_length=40)
    round = models.PositiveSmallIntegerField(default=1)
    points = models.TextField(_("points"))
    entered_by_ref = models.CharField(max_length=60)
    entered_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("points of a body")
        verbose_name_plural = _("points of bodies")
        ordering = ("id",)
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["contest", "part", "round", "entered_by_ref"], name="body_typed_once"
            ),
            models.CheckConstraint(condition=Q(round__gt=0), name="body_round_counts"),
        ]

    def __str__(self) -> str:
        return f"{self.contest} · {self.part}"


class StickerCount(models.Model):
    """How many stickers each option had on one board at the end of one day. Append-only.

    Nobody's right to vote stands behind a sticker, so nothing here is ever added to a count. The
    newest version of a board's day holds; a correction is the next one, with its reason.
    """

    contest = models.ForeignKey(Contest, on_delete=models.PROTECT, related_name="sticker_counts")
    centre = models.ForeignKey(Centre, on_delete=models.PROTECT, related_name="+")
    place = models.CharField(_("where the board stood"), max_length=60, blank=True)
    day = models.DateField(_("day"))
    version = models.PositiveSmallIntegerField(_("version"), default=1)
    counts = models.TextField(_("stickers"))
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    counted_by_ref = models.CharField(max_length=60)
    counted_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("stickers of a board")
        verbose_name_plural = _("stickers of boards")
        ordering = ("day", "centre", "place", "version")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["contest", "centre", "place", "day", "version"],
                name="sticker_version_once",
            ),
            models.CheckConstraint(
                condition=Q(version=1) | (Q(version__gt=1) & ~Q(reason="")),
                name="sticker_correction_gives_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contest} · {self.centre} · {self.place} · {self.day}"
