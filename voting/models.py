"""Roll, contest, ballot box, paper, tally, publication. Append-only but for named pointers.

Pointers (rows that move on, each move written as an event beside them): `Contest.state`, `Slot`,
`Batch`, `TallyRun` until it is done. Everything else is only ever inserted; triggers refuse the
rest (see the migrations), and the site's database role lacks the privilege besides.
"""

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


class Envelope(models.Model):
    """A web ballot waiting for the box to be opened. One physical table per contest.

    At L0 and L1 `marks` is plain; a sealed level would fill `ciphertext` instead. The
    contest's table is dropped when its box has been opened, and with it every link to a slot.
    """

    pk = models.CompositePrimaryKey("contest_id", "id")
    contest = models.ForeignKey(
        Contest, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False
    )
    id = models.UUIDField()
    marks = models.TextField(blank=True)
    ciphertext = models.BinaryField(null=True)
    nonce = models.CharField(max_length=32)
    digest = models.CharField(max_length=64)
    named = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["contest", "digest"], name="envelope_digest_once"),
        ]


class PromisedLeaf(models.Model):
    """A leaf with the site's signed promise that it will be in the log within a minute."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    contest = models.ForeignKey(Contest, on_delete=models.PROTECT, related_name="+")
    leaf_hash = models.CharField(max_length=64)
    kind = models.CharField(max_length=12)
    data = models.TextField()
    signature = models.CharField(max_length=128)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["contest", "kind"], name="leaf_by_kind"),
            models.Index(fields=["leaf_hash"], name="leaf_by_hash"),
        ]


class LogLeaf(models.Model):
    """A leaf's place in the contest's log (RFC 6962); waiting leaves get places in random order."""

    contest = models.ForeignKey(Contest, on_delete=models.PROTECT, related_name="+")
    index = models.PositiveIntegerField()
    leaf = models.OneToOneField(PromisedLeaf, on_delete=models.PROTECT, related_name="place")

    class Meta:
        ordering = ("contest", "index")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["contest", "index"], name="log_index_once"),
        ]


class TreeHead(models.Model):
    """A signed root of the log at a size; each is consistent with the one before."""

    contest = models.ForeignKey(Contest, on_delete=models.PROTECT, related_name="heads")
    size = models.PositiveIntegerField()
    root = models.CharField(max_length=64)
    at = models.DateTimeField()
    signature = models.CharField(max_length=128)

    class Meta:
        verbose_name = _("tree head")
        verbose_name_plural = _("tree heads")
        ordering = ("contest", "size")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["contest", "size"], name="head_size_once"),
        ]


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


class DrawState(models.TextChoices):
    DRAFT = "draft", _("being prepared")
    PUBLISHED = "published", _("list published")
    DRAWN = "drawn", _("drawn")


class DrawPreset(models.Model):
    """A ready set of rules for draws, edited in the admin; draws begun before keep theirs."""

    slug = models.SlugField(_("address"), unique=True)
    name = models.CharField(_("name"), max_length=60)
    note = models.CharField(_("where it is used"), max_length=200, blank=True)
    effect = models.CharField(_("what the draw decides"), max_length=300)
    ordinance = models.TextField(_("clauses of the ordinance"), blank=True)
    entropy_source = models.CharField(_("where the public numbers come from"), max_length=300)
    seats = models.PositiveSmallIntegerField(_("seats"))
    reserves = models.PositiveSmallIntegerField(_("reserves"), default=0)
    demands = models.JSONField(default=list, editable=False)
    position = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("preset of a draw")
        verbose_name_plural = _("presets of draws")
        ordering = ("position", "id")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(seats__gte=1), name="draw_preset_has_seats"),
        ]

    def __str__(self) -> str:
        return self.name


class Draw(models.Model):
    """Seats of a council that are filled by lot, in public.

    From publication on the list and the rules are fixed, and only the outcome is added, once.
    """

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    title = models.CharField(_("title"), max_length=120)
    effect = models.CharField(_("what the draw decides"), max_length=300)
    ordinance = models.TextField(_("clauses of the ordinance"), blank=True)
    area = models.ForeignKey(
        Area, on_delete=models.PROTECT, related_name="draws", verbose_name=_("area")
    )
    draws_at = models.DateTimeField(_("drawn at"))
    place = models.CharField(_("place of the draw"), max_length=120)
    entropy_source = models.CharField(
        _("where the public numbers come from"),
        max_length=300,
        help_text=_("Say it before the draw, such as: three residents throw three dice each."),
    )
    seats = models.PositiveSmallIntegerField(_("seats"))
    reserves = models.PositiveSmallIntegerField(_("reserves"), default=0)
    demands = models.JSONField(default=list, editable=False)
    people = models.JSONField(default=list, editable=False)
    """The list: `{"number", "groups"}`. No names: who applied knows their number."""

    state = models.CharField(
        _("state"), max_length=10, choices=DrawState.choices, default=DrawState.DRAFT
    )
    list_digest = models.CharField(max_length=64, blank=True, editable=False)
    commitment = models.CharField(max_length=64, blank=True, editable=False)
    published_at = models.DateTimeField(null=True, editable=False)
    secret = models.CharField(max_length=64, blank=True, editable=False)
    entropy = models.CharField(max_length=300, blank=True, editable=False)
    witnesses = models.CharField(max_length=200, blank=True, editable=False)
    outcome = models.JSONField(null=True, editable=False)
    drawn_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("draw by lot")
        verbose_name_plural = _("draws by lot")
        ordering = ("-id",)
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(seats__gte=1), name="draw_has_seats"),
            models.CheckConstraint(
                condition=Q(state="draft") | (~Q(list_digest="") & ~Q(commitment="")),
                name="draw_published_with_digest",
            ),
            models.CheckConstraint(
                condition=~Q(state="drawn")
                | (~Q(secret="") & ~Q(entropy="") & Q(outcome__isnull=False)),
                name="draw_drawn_with_outcome",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("draw", args=[self.pk])
