"""The box when it is open, its counts, what was published and corrected, figures by the hour."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from places.models import Centre
from voting.models.contests import Contest
from voting.models.paper import Batch


class Ballot(models.Model):
    """A ballot in the opened box. Nothing here leads to a person. Append-only.

    Web ballots are written by the opening, in random order, under new ids; paper ballots by the
    certification of their box (the newest version of a box counts).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    contest = models.ForeignKey(Contest, on_delete=models.PROTECT, related_name="ballots")
    marks = models.TextField()
    channel = models.CharField(
        max_length=8, choices=[("web", _("web")), ("paper", _("paper")), ("other", _("other"))]
    )
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, null=True, related_name="ballots")
    batch_version = models.PositiveSmallIntegerField(null=True)
    sheet_number = models.PositiveIntegerField(null=True)
    named = models.CharField(max_length=60, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["contest", "channel"], name="ballot_by_contest")]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["batch", "batch_version", "sheet_number"], name="ballot_once_per_sheet"
            ),
            models.CheckConstraint(
                condition=Q(
                    channel="paper",
                    sheet_number__isnull=False,
                    batch__isnull=False,
                    batch_version__isnull=False,
                )
                | Q(batch__isnull=True, sheet_number__isnull=True),
                name="ballot_of_a_box_names_its_sheet",
            ),
        ]


class TallyRun(models.Model):
    """One count by one engine of one frozen input. A pointer under a lease until it is done.

    `round` is 0 for the first count; each count that is ordered after a dispute adds one.
    """

    contest = models.ForeignKey(Contest, on_delete=models.PROTECT, related_name="tally_runs")
    round = models.PositiveSmallIntegerField(default=0)
    input_root = models.CharField(max_length=64)
    config_digest = models.CharField(max_length=64)
    engine = models.CharField(max_length=20)
    state = models.CharField(
        max_length=8,
        choices=[
            ("queued", _("queued")),
            ("running", _("running")),
            ("done", _("done")),
            ("failed", _("failed")),
        ],
        default="queued",
    )
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    result = models.TextField(blank=True)
    result_digest = models.CharField(max_length=64, blank=True)
    error = models.CharField(max_length=300, blank=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("count")
        verbose_name_plural = _("counts")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["contest", "round", "input_root", "config_digest", "engine"],
                name="tally_once",
            ),
            models.CheckConstraint(
                condition=~Q(state="done") | ~Q(result_digest=""), name="tally_done_has_digest"
            ),
        ]


class Recount(models.Model):
    """An order to count again after two engines disagreed, and why. Append-only."""

    contest = models.ForeignKey(Contest, on_delete=models.PROTECT, related_name="recounts")
    round = models.PositiveSmallIntegerField()
    reason = models.TextField(_("reason"), max_length=1000)
    ordered_by_ref = models.CharField(max_length=60)
    ordered_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("order to count again")
        verbose_name_plural = _("orders to count again")
        ordering = ("contest", "round")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["contest", "round"], name="recount_round_once"),
            models.CheckConstraint(condition=Q(round__gt=0), name="recount_round_from_one"),
            models.CheckConstraint(condition=~Q(reason=""), name="recount_gives_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.contest_id} · {self.round}"


class Announcement(models.Model):
    """That people were told of an opening or a result, stored with the notices. Append-only.

    `version` is the publication's; 0 for the opening.
    """

    contest = models.ForeignKey(Contest, on_delete=models.PROTECT, related_name="announcements")
    version = models.PositiveSmallIntegerField()
    told = models.PositiveIntegerField()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("announcement")
        verbose_name_plural = _("announcements")
        ordering = ("contest", "version")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["contest", "version"], name="announced_once"),
        ]

    def __str__(self) -> str:
        return f"{self.contest_id} · {self.version}"


class Correction(models.Model):
    """Somebody asks to correct what is already certified or published. Append-only."""

    contest = models.ForeignKey(Contest, on_delete=models.PROTECT, related_name="corrections")
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, null=True, blank=True)
    what = models.CharField(_("what"), max_length=200)
    why = models.TextField(_("why"), max_length=1000)
    evidence = models.CharField(_("evidence"), max_length=300)
    asked_by_ref = models.CharField(max_length=60)
    asked_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("correction")
        verbose_name_plural = _("corrections")
        ordering = ("-id",)

    def __str__(self) -> str:
        return self.what


class CorrectionDecision(models.Model):
    """Somebody else approves or refuses a correction. Append-only."""

    correction = models.OneToOneField(Correction, on_delete=models.PROTECT, related_name="decision")
    approved = models.BooleanField()
    asked_by_ref = models.CharField(max_length=60)
    decided_by_ref = models.CharField(max_length=60)
    note = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(asked_by_ref=F("decided_by_ref")), name="correction_by_two"
            ),
        ]


class Publication(models.Model):
    """A published result; a correction adds the next version and leaves this one readable."""

    contest = models.ForeignKey(Contest, on_delete=models.PROTECT, related_name="publications")
    version = models.PositiveSmallIntegerField()
    result = models.TextField()
    result_digest = models.CharField(max_length=64)
    reconciliation = models.TextField()
    stickers = models.TextField(blank=True)
    note = models.CharField(max_length=300, blank=True)
    published_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("publication")
        verbose_name_plural = _("publications")
        ordering = ("contest", "-version")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["contest", "version"], name="publication_version_once"),
        ]

    def __str__(self) -> str:
        return f"{self.contest} · {self.version}"


class PublicationFile(models.Model):
    """One file of a published bundle, byte for byte."""

    publication = models.ForeignKey(Publication, on_delete=models.PROTECT, related_name="files")
    name = models.CharField(max_length=60)
    content = models.BinaryField()
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        ordering = ("name",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["publication", "name"], name="publication_file_once"),
        ]


class ContestFigures(models.Model):
    """Turnout and typing figures of a contest, refreshed in batches; never written by a click."""

    contest = models.OneToOneField(
        Contest, on_delete=models.CASCADE, primary_key=True, related_name="figures"
    )
    roll = models.PositiveIntegerField(default=0)
    web = models.PositiveIntegerField(default=0)
    paper = models.PositiveIntegerField(default=0)
    sheets_typed = models.PositiveIntegerField(default=0)
    refreshed_at = models.DateTimeField(auto_now=True)


class CentreFigures(models.Model):
    """The same per centre, for the wall display."""

    contest = models.ForeignKey(Contest, on_delete=models.CASCADE, related_name="centre_figures")
    centre = models.ForeignKey(Centre, on_delete=models.CASCADE, related_name="+")
    issued = models.PositiveIntegerField(default=0)
    sheets_counted = models.PositiveIntegerField(default=0)
    sheets_typed = models.PositiveIntegerField(default=0)
    certified = models.PositiveIntegerField(default=0)
    refreshed_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["contest", "centre"], name="centre_figures_once"),
        ]


class TurnoutPoint(models.Model):
    """Turnout at the end of an hour, cumulative, for the line on the contest page."""

    contest = models.ForeignKey(Contest, on_delete=models.CASCADE, related_name="turnout")
    hour = models.DateTimeField()
    web = models.PositiveIntegerField(default=0)
    paper = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ("hour",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["contest", "hour"], name="turnout_hour_once"),
        ]
