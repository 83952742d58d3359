"""An idea from draft to decision: supports, revisions, official answers, progress."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Case, OuterRef, Q, Subquery, When
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from debates.models import HouseRule, Thread
from places.models import Area, Centre
from proceedings.models import Field, Process
from residents.models import Department, Resident, User

if TYPE_CHECKING:
    from datetime import date


class SupportPreset(models.Model):
    """How many supports in how many days carry a proposal on: data, edited in the admin."""

    name = models.CharField(_("name"), max_length=60, unique=True)
    threshold = models.PositiveIntegerField(_("supports needed"))
    days = models.PositiveSmallIntegerField(_("days"))
    debate_days = models.PositiveSmallIntegerField(
        _("days of public debate"),
        default=0,
        help_text=_("0: straight to the department."),
    )
    answer_months = models.PositiveSmallIntegerField(
        _("calendar months to answer"),
        default=1,
    )
    editable_until = models.PositiveIntegerField(
        _("editable until this many supports"),
        default=10,
        help_text=_("From then on the author can only add below the text."),
    )
    is_default = models.BooleanField(_("used for new proposals"), default=False)

    class Meta:
        verbose_name = _("support preset")
        verbose_name_plural = _("support presets")
        ordering = ("threshold", "days")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["is_default"],
                condition=Q(is_default=True),
                name="one_default_support_preset",
            ),
            models.CheckConstraint(condition=Q(threshold__gte=1), name="preset_threshold_positive"),
        ]

    def __str__(self) -> str:
        return self.name


class ProposalState(models.TextChoices):
    """Where a proposal stands; `lifecycle` holds which step may follow which."""

    DRAFT = "draft", _("draft")
    GATHERING = "gathering", _("gathering support")
    DEBATING = "debating", _("public debate")
    REVIEWING = "reviewing", _("department review")
    REPAIR = "repair", _("sent back for repair")
    ANSWERED = "answered", _("answered")
    IN_PROGRESS = "in_progress", _("being carried out")
    DONE = "done", _("done")
    EXPIRED = "expired", _("support period ended")
    MERGED = "merged", _("merged")
    WITHDRAWN = "withdrawn", pgettext_lazy("proposal", "withdrawn")
    TRANSFERRED = "transferred", _("transferred")


class ProposalQuerySet(models.QuerySet["Proposal"]):
    def public(self) -> ProposalQuerySet:
        """What everybody may see."""
        return self.filter(is_hidden=False).exclude(state=ProposalState.DRAFT)

    def as_cards(self) -> ProposalQuerySet:
        """With all that a card shows, its first picture included, in the same query."""
        first = ProposalPicture.objects.filter(proposal=OuterRef("pk")).order_by("pk")
        small = Case(
            When(thumbnail="", then="image"), default="thumbnail", output_field=models.CharField()
        )
        return self.select_related("area", "field", "figures").annotate(
            card_picture=Subquery(first.annotate(small=small).values("small")[:1]),
            card_alt=Subquery(first.values("alt")[:1]),
        )

    def awaiting_answer(self) -> ProposalQuerySet:
        """An office owes these an answer, a short one below the threshold included."""
        return self.filter(
            answer_due_on__isnull=False,
            state__in=[
                ProposalState.REVIEWING,
                ProposalState.TRANSFERRED,
                ProposalState.EXPIRED,
            ],
        )

    def overdue(self, today: date) -> ProposalQuerySet:
        """The date that was promised has gone by."""
        return self.awaiting_answer().filter(answer_due_on__lt=today)


class Proposal(models.Model):
    """An idea for the town. Its number is its address."""

    title = models.CharField(_("title"), max_length=80)
    body = models.TextField(_("text"), max_length=8000)
    author = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="proposals", verbose_name=_("proposer")
    )
    resident = models.ForeignKey(
        Resident,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="proposals",
        verbose_name=_("written down for"),
    )
    """Whose words they are when a clerk wrote them down; `author` is then the clerk's account."""
    centre = models.ForeignKey(
        Centre, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("written down at")
    )
    process = models.ForeignKey(
        Process,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="proposals",
        verbose_name=_("process"),
    )
    """Whose phases, if it has them, say when it is submitted, supported and debated."""
    area = models.ForeignKey(
        Area, on_delete=models.PROTECT, related_name="proposals", verbose_name=_("dong")
    )
    field = models.ForeignKey(Field, on_delete=models.PROTECT, verbose_name=_("field"))
    place = models.CharField(_("place"), max_length=120, blank=True)
    longitude = models.DecimalField(
        _("longitude"), max_digits=9, decimal_places=6, null=True, blank=True
    )
    latitude = models.DecimalField(
        _("latitude"), max_digits=9, decimal_places=6, null=True, blank=True
    )
    state = models.CharField(
        _("state"), max_length=12, choices=ProposalState.choices, default=ProposalState.DRAFT
    )
    is_hidden = models.BooleanField(_("hidden"), default=False)
    hidden_rule = models.ForeignKey(
        HouseRule,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("hidden under"),
    )
    hidden_reason = models.CharField(_("hidden because"), max_length=300, blank=True)
    hidden_at = models.DateTimeField(_("hidden at"), null=True, blank=True)
    appeal = models.CharField(_("the author asks to look again"), max_length=500, blank=True)
    """Why the author wants another look, once per hiding; emptied when it is decided."""
    appealed_at = models.DateTimeField(_("asked to look again at"), null=True, blank=True)
    threshold = models.PositiveIntegerField(_("supports needed"), default=0)
    debate_days = models.PositiveSmallIntegerField(_("days of public debate"), default=0)
    answer_months = models.PositiveSmallIntegerField(_("calendar months to answer"), default=1)
    editable_until = models.PositiveIntegerField(_("editable until this many supports"), default=10)
    created_at = models.DateTimeField(_("begun at"), auto_now_add=True)
    published_at = models.DateTimeField(_("published at"), null=True, blank=True)
    closes_at = models.DateTimeField(_("support until"), null=True, blank=True)
    reached_at = models.DateTimeField(_("threshold reached at"), null=True, blank=True)
    debate_until = models.DateTimeField(_("debate until"), null=True, blank=True)
    department = models.ForeignKey(
        Department, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("department")
    )
    answer_due_on = models.DateField(_("answer due"), null=True, blank=True)
    """Set while the department owes an answer, a short one below the threshold included."""
    clock_stopped_on = models.DateField(_("clock stopped on"), null=True, blank=True)
    repair_until = models.DateField(_("repair until"), null=True, blank=True)
    last_word_on = models.DateField(_("last word of the office"), null=True, blank=True)
    reminded_on = models.DateField(null=True, blank=True, editable=False)
    thread = models.OneToOneField(
        Thread, on_delete=models.PROTECT, null=True, blank=True, related_name="proposal"
    )
    merged_into = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="merged_from",
        verbose_name=_("merged into"),
    )
    tokens = ArrayField(models.TextField(), default=list, editable=False)
    """Search tokens of title and text (`hangul.search`)."""

    objects = ProposalQuerySet.as_manager()

    class Meta:
        verbose_name = _("proposal")
        verbose_name_plural = _("proposals")
        ordering = ("-published_at", "-id")
        indexes: ClassVar = [
            GinIndex(fields=["tokens"], name="proposal_tokens"),
            GinIndex(fields=["title"], opclasses=["gin_trgm_ops"], name="proposal_title_trgm"),
            models.Index(fields=["-published_at", "-id"], name="proposal_newest"),
            models.Index(fields=["area", "-published_at", "-id"], name="proposal_area_newest"),
            models.Index(fields=["closes_at", "id"], name="proposal_closing"),
            models.Index(fields=["answer_due_on", "id"], name="proposal_due"),
            models.Index(fields=["state", "-published_at", "-id"], name="proposal_state_newest"),
            models.Index(fields=["author", "-id"], name="proposal_by_author"),
            models.Index(
                fields=["latitude", "longitude"],
                name="proposal_point",
                condition=Q(latitude__isnull=False, longitude__isnull=False),
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state="draft") | Q(published_at__isnull=False, thread__isnull=False),
                name="published_proposal_is_whole",
            ),
            models.CheckConstraint(
                condition=~Q(state="merged") | Q(merged_into__isnull=False),
                name="merged_proposal_names_target",
            ),
            models.CheckConstraint(
                condition=Q(is_hidden=False)
                | Q(hidden_rule__isnull=False, hidden_at__isnull=False),
                name="hidden_proposal_names_a_rule",
            ),
            models.CheckConstraint(
                condition=~Q(state="repair")
                | Q(clock_stopped_on__isnull=False, repair_until__isnull=False),
                name="repair_stops_the_clock",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("proposal", args=[self.pk])


class ProposalFigures(models.Model):
    """Counts and hot score of a proposal, refreshed in batches; never written by a click."""

    proposal = models.OneToOneField(
        Proposal, on_delete=models.CASCADE, primary_key=True, related_name="figures"
    )
    supports = models.PositiveIntegerField(default=0)
    comments = models.PositiveIntegerField(default=0)
    hot = models.FloatField(default=0)
    refreshed_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("figures of a proposal")
        verbose_name_plural = _("figures of proposals")
        indexes: ClassVar = [
            models.Index(fields=["-hot", "-proposal"], name="proposal_hot"),
            models.Index(fields=["-supports", "-proposal"], name="proposal_supported"),
        ]

    def __str__(self) -> str:
        return f"{self.proposal_id}: {self.supports}"


class ProposalPicture(models.Model):
    """A picture, re-encoded on the way in, with words for those who cannot see it."""

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="pictures")
    image = models.ImageField(
        upload_to="proposals/%Y/%m", width_field="width", height_field="height"
    )
    thumbnail = models.ImageField(upload_to="proposals/%Y/%m", blank=True)
    """A small square of it for cards; empty for pictures that came before there were any."""
    alt = models.CharField(_("what the picture shows"), max_length=160)
    width = models.PositiveIntegerField(default=0, editable=False)
    height = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return self.alt


class Revision(models.Model):
    """A version of a proposal's title, text, point on the map and dong. Append-only."""

    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="revisions")
    number = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=80)
    body = models.TextField()
    longitude = models.DecimalField(max_digits=9, decimal_places=6, null=True)
    latitude = models.DecimalField(max_digits=9, decimal_places=6, null=True)
    area = models.ForeignKey(Area, on_delete=models.PROTECT, null=True, related_name="+")
    note = models.CharField(_("what changed"), max_length=160, blank=True)
    author_ref = models.CharField(max_length=60)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("number",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["proposal", "number"], name="revision_number"),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.number})"


class Support(models.Model):
    """One resident's support; withdrawing deletes the row, and nothing is left of it."""

    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="supports")
    resident = models.ForeignKey(Resident, on_delete=models.CASCADE, related_name="supports")
    centre = models.ForeignKey(
        Centre, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("support")
        verbose_name_plural = _("supports")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["proposal", "resident"], name="support_once_per_person"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["resident", "-id"], name="support_by_resident")]

    def __str__(self) -> str:
        return f"{self.proposal_id}"


class StateChange(models.Model):
    """A step in a proposal's life, with its reason. Append-only; feeds the status strip."""

    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="changes")
    from_state = models.CharField(max_length=12, choices=ProposalState.choices)
    to_state = models.CharField(max_length=12, choices=ProposalState.choices)
    reason = models.CharField(max_length=300, blank=True)
    actor_ref = models.CharField(max_length=60)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.from_state} → {self.to_state}"


class AnswerKind(models.TextChoices):
    ADOPTED = "adopted", _("adopted")
    PARTLY = "partly", _("partly adopted")
    NOT_ADOPTED = "not_adopted", _("not adopted")
    TRANSFER = "transfer", _("passed on")
    REPAIR = "repair", _("please complete")
    INTERIM = "interim", _("interim answer")
    SHORT = "short", _("short answer")


class Answer(models.Model):
    """An official answer: reason, department, next date and contact. Append-only."""

    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="answers")
    kind = models.CharField(
        pgettext_lazy("proposal", "decision"), max_length=12, choices=AnswerKind.choices
    )
    reason = models.TextField(_("reason"), max_length=4000)
    department = models.ForeignKey(
        Department, on_delete=models.PROTECT, verbose_name=_("department")
    )
    transferred_to = models.ForeignKey(
        Department,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("passed on to"),
    )
    next_date = models.DateField(_("next date"), null=True, blank=True)
    next_step = models.CharField(_("what happens next"), max_length=200)
    cost = models.PositiveBigIntegerField(_("cost (won)"), null=True, blank=True)
    contact = models.CharField(_("contact"), max_length=80)
    signed_by_ref = models.CharField(max_length=60, editable=False)
    published_at = models.DateTimeField(_("answered at"), auto_now_add=True)

    class Meta:
        verbose_name = _("official answer")
        verbose_name_plural = _("official answers")
        ordering = ("id",)
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(reason=""), name="answer_gives_a_reason"),
            models.CheckConstraint(
                condition=~Q(kind="transfer") | Q(transferred_to__isnull=False),
                name="transfer_names_department",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.department}"


class Progress(models.Model):
    """A report on the way from decision to done. Append-only."""

    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="progress")
    title = models.CharField(_("title"), max_length=100)
    body = models.TextField(_("text"), max_length=2000, blank=True)
    percent = models.PositiveSmallIntegerField(_("how far (%)"))
    is_done = models.BooleanField(_("carried out"), default=False)
    happened_on = models.DateField(_("date"))
    department = models.ForeignKey(
        Department, on_delete=models.PROTECT, verbose_name=_("department")
    )
    reported_by_ref = models.CharField(max_length=60, editable=False)
    reported_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("progress report")
        verbose_name_plural = _("progress reports")
        ordering = ("happened_on", "id")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(percent__lte=100), name="progress_at_most_whole"),
        ]

    def __str__(self) -> str:
        return self.title
