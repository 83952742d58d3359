"""Envelopes and costed projects, their review, allocation and execution."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from debates.models import Thread
from places.models import Area
from proceedings.models import Field, Process
from proposals.models import Proposal
from residents.models import Department
from voting.models import Contest

if TYPE_CHECKING:
    from decimal import Decimal


class BudgetState(models.TextChoices):
    PREPARING = "preparing", _("projects being gathered")
    REVIEWING = "reviewing", _("department review")
    VOTING = "voting", _("vote")
    COUNTING = "counting", _("count")
    ALLOCATED = "allocated", _("decided")
    EXECUTING = "executing", _("being carried out")
    SETTLED = "settled", _("settled")


class Budget(models.Model):
    """An amount of public money that people spend by vote, under a published rule."""

    title = models.CharField(_("title"), max_length=120)
    summary = models.TextField(_("summary"), blank=True)
    area = models.ForeignKey(
        Area, on_delete=models.PROTECT, related_name="budgets", verbose_name=_("area")
    )
    process = models.ForeignKey(
        Process,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="budgets",
        verbose_name=_("process"),
    )
    year = models.PositiveSmallIntegerField(_("budget year"))
    cap = models.DecimalField(_("budget cap"), max_digits=16, decimal_places=2)
    currency = models.CharField(_("currency"), max_length=3, default="KRW")
    rule = models.JSONField(
        _("allocation rule"),
        default=dict,
        help_text=_("The allocation rule and its options, as frozen with the contest."),
    )
    state = models.CharField(
        _("state"), max_length=12, choices=BudgetState.choices, default=BudgetState.PREPARING
    )
    effect = models.CharField(_("what the vote decides"), max_length=300, blank=True)
    contest = models.OneToOneField(
        Contest,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="budget",
        verbose_name=_("contest"),
    )
    imported_from = models.CharField(_("imported from"), max_length=200, blank=True)
    imported_meta = models.JSONField(default=dict, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("budget")
        verbose_name_plural = _("budgets")
        ordering = ("-year", "-id")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(cap__gt=0), name="budget_cap_positive"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("budget", args=[self.pk])

    @property
    def is_imported(self) -> bool:
        """Whether it came whole from a file."""
        return bool(self.imported_from)


class ProjectState(models.TextChoices):
    SUBMITTED = "submitted", _("submitted")
    ELIGIBLE = "eligible", _("eligible")
    INELIGIBLE = "ineligible", _("not eligible")
    ON_BALLOT = "on_ballot", _("on the ballot")
    SELECTED = "selected", _("selected")
    NOT_SELECTED = "not_selected", _("not selected")
    EXECUTING = "executing", _("being carried out")
    DONE = "done", _("done")


class Project(models.Model):
    """A costed project of a budget; its code is its option key on the ballot."""

    budget = models.ForeignKey(
        Budget, on_delete=models.PROTECT, related_name="projects", verbose_name=_("budget")
    )
    code = models.CharField(_("code"), max_length=60)
    title = models.CharField(_("title"), max_length=300)
    summary = models.TextField(_("summary"), blank=True)
    area = models.ForeignKey(
        Area, on_delete=models.PROTECT, related_name="projects", verbose_name=_("dong")
    )
    field = models.ForeignKey(
        Field, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("field")
    )
    place = models.CharField(_("place"), max_length=120, blank=True)
    longitude = models.DecimalField(
        _("longitude"), max_digits=9, decimal_places=6, null=True, blank=True
    )
    latitude = models.DecimalField(
        _("latitude"), max_digits=9, decimal_places=6, null=True, blank=True
    )
    proposal = models.ForeignKey(
        Proposal,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="projects",
        verbose_name=_("from proposal"),
    )
    cost = models.DecimalField(_("cost"), max_digits=16, decimal_places=2)
    state = models.CharField(
        _("state"), max_length=14, choices=ProjectState.choices, default=ProjectState.SUBMITTED
    )
    department = models.ForeignKey(
        Department, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("department")
    )
    picture = models.ImageField(_("picture"), upload_to="budgets/%Y/%m", blank=True)
    thumbnail = models.ImageField(upload_to="budgets/%Y/%m", blank=True, editable=False)
    picture_alt = models.CharField(_("what the picture shows"), max_length=160, blank=True)
    thread = models.OneToOneField(
        Thread, on_delete=models.PROTECT, null=True, editable=False, related_name="project"
    )
    """What is said about it; none for projects of an imported budget, which is over."""
    extra = models.JSONField(default=dict, editable=False)
    """Columns of an imported file that the site has no place for, kept for the export."""

    class Meta:
        verbose_name = _("project")
        verbose_name_plural = _("projects")
        ordering = ("budget", "id")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["budget", "code"], name="project_code_once_per_budget"),
            models.CheckConstraint(condition=Q(cost__gte=0), name="project_cost_not_negative"),
            models.CheckConstraint(
                condition=Q(picture="", thumbnail="") | ~Q(picture_alt=""),
                name="project_picture_has_words",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("project", args=[self.budget_id, self.pk])


class CostLine(models.Model):
    """One line of a cost breakdown (산출내역): quantity × unit price."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="cost_lines")
    label = models.CharField(_("item"), max_length=80)
    quantity = models.DecimalField(_("quantity"), max_digits=10, decimal_places=2)
    unit = models.CharField(_("unit"), max_length=12, blank=True)
    unit_price = models.DecimalField(_("unit price"), max_digits=14, decimal_places=2)

    class Meta:
        verbose_name = _("cost line")
        verbose_name_plural = _("cost breakdown")
        ordering = ("id",)

    def __str__(self) -> str:
        return self.label

    @property
    def amount(self) -> Decimal:
        """Quantity times unit price."""
        return self.quantity * self.unit_price


class ProjectReview(models.Model):
    """A department's review: eligible or not, with note and reviewed cost. Append-only."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="reviews")
    department = models.ForeignKey(
        Department, on_delete=models.PROTECT, verbose_name=_("department")
    )
    is_eligible = models.BooleanField(_("eligible"))
    note = models.TextField(_("review note"), max_length=2000)
    reviewed_cost = models.DecimalField(_("reviewed cost"), max_digits=16, decimal_places=2)
    expected_effect = models.CharField(_("expected effect"), max_length=300, blank=True)
    reviewed_by_ref = models.CharField(max_length=60, editable=False)
    reviewed_at = models.DateTimeField(_("reviewed at"), auto_now_add=True)

    class Meta:
        verbose_name = _("department review")
        verbose_name_plural = _("department reviews")
        ordering = ("id",)
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(note=""), name="review_gives_a_note"),
        ]

    def __str__(self) -> str:
        return self.note


class Allocation(models.Model):
    """An allocation computed from a counted contest. Append-only; a recount adds a version.

    `beside` and `paths` explain it and decide nothing: the same ballots counted the other way, and
    how the money of those who supported a project went (`budgets/methods/beside.py`).
    """

    budget = models.ForeignKey(Budget, on_delete=models.PROTECT, related_name="allocations")
    version = models.PositiveSmallIntegerField()
    rule = models.JSONField()
    result = models.JSONField()
    beside = models.JSONField(default=dict)
    paths = models.JSONField(default=dict)
    digest = models.CharField(max_length=64)
    computed_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("allocation")
        verbose_name_plural = _("allocations")
        ordering = ("budget", "-version")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["budget", "version"], name="allocation_version"),
        ]

    def __str__(self) -> str:
        return f"{self.budget_id} · {self.version}"


class Milestone(models.Model):
    """A step of a selected project's execution, planned and reported."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="milestones")
    title = models.CharField(_("step"), max_length=100)
    planned_on = models.DateField(_("planned for"))
    done_on = models.DateField(_("done on"), null=True, blank=True)
    note = models.TextField(pgettext_lazy("milestone", "report"), max_length=2000, blank=True)
    spent = models.DecimalField(_("spent"), max_digits=16, decimal_places=2, default=0)

    class Meta:
        verbose_name = _("milestone")
        verbose_name_plural = _("milestones")
        ordering = ("planned_on", "id")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(spent__gte=0), name="milestone_spent_not_negative"),
        ]

    def __str__(self) -> str:
        return self.title


class UploadState(models.TextChoices):
    WAITING = "waiting", _("waits for the worker")
    STORED = "stored", _("stored")
    REFUSED = "refused", _("could not be stored")


class ElectionUpload(models.Model):
    """A file of an election that was checked on its upload and waits to be stored by the worker.

    The bytes are kept until that is done. `lease_until` is how long whoever works on it has, by
    the database's clock; a worker that dies leaves it to expire, and the next one begins anew.
    """

    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+")
    source = models.CharField(_("file"), max_length=200)
    sha256 = models.CharField(max_length=64)
    content = models.BinaryField(null=True)
    rule_name = models.CharField(max_length=40, blank=True)
    projects = models.PositiveIntegerField(_("projects"))
    ballots = models.PositiveIntegerField(_("ballots"))
    warnings = models.JSONField(default=list)
    """What looked wrong in the file without hindering the count: line, words, what fills them."""
    state = models.CharField(
        _("state"), max_length=8, choices=UploadState.choices, default=UploadState.WAITING
    )
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    problem = models.JSONField(null=True)
    """Why it could not be stored: a refusal's message, next step and what fills their places."""
    budget = models.OneToOneField(
        Budget, on_delete=models.PROTECT, null=True, related_name="upload"
    )
    uploaded_by_ref = models.CharField(max_length=60)
    uploaded_at = models.DateTimeField(_("uploaded at"), auto_now_add=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("uploaded election")
        verbose_name_plural = _("uploaded elections")
        ordering = ("-id",)
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["sha256", "area"],
                condition=Q(state="waiting"),
                name="one_upload_of_a_file_waits",
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", content__isnull=False)
                | Q(state="stored", content__isnull=True, budget__isnull=False)
                | Q(state="refused", content__isnull=True, budget__isnull=True),
                name="upload_keeps_its_file_while_it_waits",
            ),
        ]

    def __str__(self) -> str:
        return self.source
