"""What is voted on and by which rules: presets, the contest, its options."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from places.models import Area, Centre
from proceedings.models import Process


class ContestPreset(models.Model):
    """A ready set of rules a town uses, edited in the admin. `settings` names contest fields."""

    slug = models.SlugField(_("address"), unique=True)
    name = models.CharField(_("name"), max_length=60)
    note = models.CharField(_("where it is used"), max_length=200, blank=True)
    settings = models.JSONField(_("settings"), default=dict)
    advance_days = models.PositiveSmallIntegerField(
        _("days of voting before the day itself"),
        null=True,
        blank=True,
        validators=[MaxValueValidator(90)],
        help_text=_(
            "The days of opening and closing are proposed from it; empty if each vote sets its own."
        ),
    )
    position = models.PositiveSmallIntegerField(_("order"), default=0)
    on_plan = models.BooleanField(
        _("decides on the self-government plan of a dong"),
        help_text=_("The page of the dong shows such votes with its plan."),
        default=False,
        db_default=False,
    )

    class Meta:
        verbose_name = _("contest preset")
        verbose_name_plural = _("contest presets")
        ordering = ("position", "id")

    def __str__(self) -> str:
        return self.name


class ContestKind(models.TextChoices):
    SINGLE = "single", _("choose one")
    PICK = "pick", _("choose up to k")
    YES_NO = "yes_no", _("yes or no, item by item")
    BUDGET = "budget", _("projects of a budget")
    RANK = "rank", _("put in order of preference")
    SCORE = "score", _("give each a score")
    POINTS = "points", _("spread points")


class ContestState(models.TextChoices):
    DRAFT = "draft", _("being prepared")
    FROZEN = "frozen", _("frozen, not yet open")
    OPEN = "open", _("open for voting")
    CLOSED = "closed", _("closed, paper being counted")
    BOXED = "boxed", _("all paper certified")
    OPENED = "opened", _("box opened")
    COUNTED = "counted", _("counted")
    DISPUTED = "disputed", _("counts differ")
    RECOUNT = "recount", _("being counted again")
    PUBLISHED = "published", _("result published")
    FINAL = "final", _("final")


class Secrecy(models.TextChoices):
    """Levels of secrecy in force; L2 (double envelope) will add its row and its module."""

    NAMED = "L0", _("named: everybody sees who voted how")
    SEPARATE = "L1", _("secret: name and ballot are kept apart and the link is destroyed at close")


class Contest(models.Model):
    """A countable choice between frozen options. From opening on only its state moves."""

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    title = models.CharField(_("title"), max_length=120)
    summary = models.TextField(_("what this is about"), blank=True)
    effect = models.CharField(_("what the vote decides"), max_length=300, blank=True)
    ordinance = models.TextField(_("clauses of the ordinance"), blank=True)
    area = models.ForeignKey(
        Area, on_delete=models.PROTECT, related_name="contests", verbose_name=_("area")
    )
    process = models.ForeignKey(
        Process,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="contests",
        verbose_name=_("process"),
    )
    preset = models.ForeignKey(
        ContestPreset, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("preset")
    )
    centres = models.ManyToManyField(
        Centre, blank=True, related_name="contests", verbose_name=_("centres with paper")
    )
    origin = models.CharField(
        max_length=10,
        choices=[("native", _("held here")), ("imported", _("imported"))],
        default="native",
        editable=False,
    )
    outcome = models.CharField(
        max_length=12,
        choices=[("count", _("by the count")), ("allocation", _("by an allocation of money"))],
        default="count",
        editable=False,
    )

    kind = models.CharField(_("ballot"), max_length=10, choices=ContestKind.choices)
    secrecy = models.CharField(
        _("secrecy"), max_length=2, choices=Secrecy.choices, default=Secrecy.SEPARATE
    )
    web = models.BooleanField(_("votes on the web"), default=True)
    paper = models.BooleanField(_("votes on paper"), default=True)
    stickers = models.BooleanField(_("stickers on a board, shown apart"), default=False)
    revote = models.CharField(
        _("voting again on the web"),
        max_length=12,
        choices=[("until_close", _("until the close, the last one counts")), ("never", _("never"))],
        default="until_close",
    )
    paper_over_web = models.CharField(
        _("paper after web"),
        max_length=8,
        choices=[("replace", _("paper replaces the web vote")), ("refuse", _("refused"))],
        default="replace",
    )
    opens_at = models.DateTimeField(_("opens at"), null=True, blank=True)
    closes_at = models.DateTimeField(_("closes at"), null=True, blank=True)
    grace_seconds = models.PositiveSmallIntegerField(
        _("seconds of grace for pages already open"), default=60
    )

    roll_mode = models.CharField(
        _("voter roll"),
        max_length=8,
        choices=[
            ("fixed", _("fixed when the contest is frozen")),
            ("rolling", _("confirmed residents are entered as they come")),
        ],
        default="rolling",
    )
    min_age = models.PositiveSmallIntegerField(_("minimum age"), null=True, blank=True)
    age_on = models.DateField(_("age counted on"), null=True, blank=True)
    bases = models.JSONField(_("who counts"), default=list, blank=True)
    census = models.PositiveIntegerField(
        _("census"),
        null=True,
        blank=True,
        help_text=_("How many people the contest is for; quorums may refer to it."),
    )

    min_picks = models.PositiveSmallIntegerField(_("least picks"), default=1)
    max_picks = models.PositiveSmallIntegerField(_("most picks"), default=1)
    spend_limit = models.DecimalField(
        _("most money on one ballot"), max_digits=16, decimal_places=2, null=True, blank=True
    )
    group_picks = models.PositiveSmallIntegerField(_("most picks per group"), null=True, blank=True)
    equal_ranks = models.BooleanField(_("several options may share a place"), default=False)
    score_max = models.PositiveSmallIntegerField(_("highest score"), null=True, blank=True)
    points = models.PositiveSmallIntegerField(_("points on one ballot"), null=True, blank=True)
    points_cap = models.PositiveSmallIntegerField(
        _("most points for one option"), null=True, blank=True
    )
    spend_all = models.BooleanField(_("all points must be given"), default=False)
    allow_blank = models.BooleanField(_("a blank ballot is possible"), default=True)
    abstain_allowed = models.BooleanField(_("abstention is offered"), default=False)
    overpick = models.CharField(
        _("too many marks on paper"),
        max_length=8,
        choices=[
            ("void", _("the sheet is void")),
            ("left_out", _("what cannot count is left out")),
            ("scale", _("points are brought down in proportion")),
        ],
        default="void",
    )

    rule = models.CharField(_("counting rule"), max_length=20, default="plurality")
    rule_options = models.JSONField(_("options of the rule"), default=dict, blank=True)
    seats = models.PositiveSmallIntegerField(_("how many are chosen"), default=1)
    tie_rule = models.CharField(
        _("ties"),
        max_length=12,
        choices=[
            ("", _("not settled")),
            ("report", _("reported as a tie, decided by the body named")),
            ("lot", _("drawn by lot in public")),
            ("lower_cost", _("lower cost first, then reported as a tie")),
            ("lower_lot", _("lower cost first, then drawn by lot in public")),
        ],
        blank=True,
    )
    lot_source = models.CharField(
        _("where the public numbers come from"),
        max_length=300,
        blank=True,
        help_text=_("Say it before the draw, such as: three residents throw three dice each."),
    )
    live_turnout = models.BooleanField(_("turnout shown while open"), default=True)
    publication = models.CharField(
        _("ballots published"),
        max_length=10,
        choices=[
            ("", _("not settled")),
            ("full", _("every ballot, in sorted order")),
            ("patterns", _("patterns cast by three or more voters")),
            ("totals", _("totals only")),
        ],
        blank=True,
    )
    result_on = models.DateField(_("result announced on"), null=True, blank=True)
    decided_by = models.CharField(_("who decides next"), max_length=120, blank=True)
    objection_days = models.PositiveSmallIntegerField(_("days for objections"), default=7)

    state = models.CharField(
        _("state"), max_length=10, choices=ContestState.choices, default=ContestState.DRAFT
    )
    config = models.TextField(editable=False, blank=True)
    config_digest = models.CharField(max_length=64, editable=False, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("contest")
        verbose_name_plural = _("contests")
        ordering = ("-id",)
        indexes: ClassVar = [
            models.Index(fields=["state", "closes_at"], name="contest_by_state"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(closes_at__isnull=True)
                | Q(opens_at__isnull=True)
                | Q(closes_at__gt=F("opens_at")),
                name="contest_closes_after_it_opens",
                violation_error_message=_("The contest must close after it opens."),
            ),
            models.CheckConstraint(
                condition=Q(max_picks__gte=F("min_picks")),
                name="contest_picks_in_order",
                violation_error_message=_("The most picks cannot be fewer than the least."),
            ),
            models.CheckConstraint(
                condition=Q(state="draft") | ~Q(config_digest=""),
                name="contest_beyond_draft_is_frozen",
            ),
            models.CheckConstraint(
                condition=Q(overpick="void")
                | Q(overpick="left_out", kind__in=["yes_no", "rank", "score"])
                | Q(overpick="scale", kind="points"),
                name="contest_overpick_fits_its_kind",
                violation_error_message=_("Too many marks cannot mean this on such a ballot."),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("contest", args=[self.pk])


class Option(models.Model):
    """A choice on the ballot: a frozen copy of its subject, known by its key."""

    contest = models.ForeignKey(Contest, on_delete=models.CASCADE, related_name="options")
    key = models.CharField(_("key"), max_length=60)
    number = models.PositiveSmallIntegerField(_("number on the ballot"))
    title = models.CharField(_("title"), max_length=300)
    detail = models.TextField(_("detail"), blank=True)
    url = models.CharField(_("address of its subject"), max_length=200, blank=True)
    group = models.CharField(_("group"), max_length=60, blank=True)
    cost = models.DecimalField(_("cost"), max_digits=16, decimal_places=2, null=True, blank=True)

    class Meta:
        verbose_name = _("option")
        verbose_name_plural = _("options")
        ordering = ("number",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["contest", "key"], name="option_key_once"),
            models.UniqueConstraint(fields=["contest", "number"], name="option_number_once"),
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.title}"
