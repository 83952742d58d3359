"""Conversations: threads, comments, reactions, reports, moderation; and stand-alone debates."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from places.models import Area, Centre
from proceedings.models import Field, Process
from residents.models import User


class Thread(models.Model):
    """A conversation under a subject. It knows the subject's title and address, not what it is."""

    subject = models.CharField(_("subject"), max_length=60, blank=True, editable=False)
    """The subject's name, where the subject cannot hold the conversation's number; else empty."""
    subject_title = models.CharField(_("about"), max_length=160)
    subject_url = models.CharField(_("address"), max_length=200)
    asks_position = models.BooleanField(_("asks for a position"), default=True)
    is_hidden = models.BooleanField(_("hidden"), default=False, editable=False)
    """Hidden with its subject: nobody writes there, and nobody reads it."""
    closed_at = models.DateTimeField(
        _("closes at"), null=True, blank=True, help_text=_("May lie ahead; empty: stays open.")
    )
    process = models.ForeignKey(
        Process,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("process"),
    )
    """Whose debate phases, if it has any, say when opinions are taken."""
    area = models.ForeignKey(
        Area,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("area"),
    )
    """Where its subject lies: whoever moderates there decides about what is said."""
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("conversation")
        verbose_name_plural = _("conversations")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["subject"], condition=~Q(subject=""), name="thread_once_per_subject"
            ),
        ]

    def __str__(self) -> str:
        return self.subject_title


class Position(models.TextChoices):
    FOR = "for", _("for")
    NEUTRAL = "neutral", _("neutral")
    AGAINST = "against", _("against")


class CommentState(models.TextChoices):
    VISIBLE = "visible", _("shown")
    HIDDEN = "hidden", _("hidden")
    WITHDRAWN = "withdrawn", _("withdrawn")


class CommentQuerySet(models.QuerySet["Comment"]):
    def top_level(self) -> CommentQuerySet:
        """Opinions that answer nobody."""
        return self.filter(parent__isnull=True)


class Comment(models.Model):
    """One opinion, or a reply to one (replies are one level deep)."""

    thread = models.ForeignKey(Thread, on_delete=models.PROTECT, related_name="comments")
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="replies"
    )
    author = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="comments", verbose_name=_("author")
    )
    centre = models.ForeignKey(
        Centre,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("written down at"),
    )
    position = models.CharField(
        _("position"), max_length=8, choices=Position.choices, default=Position.NEUTRAL
    )
    body = models.TextField(_("opinion"), max_length=1000)
    state = models.CharField(
        _("state"), max_length=10, choices=CommentState.choices, default=CommentState.VISIBLE
    )
    created_at = models.DateTimeField(_("written at"), auto_now_add=True)

    objects = CommentQuerySet.as_manager()

    class Meta:
        verbose_name = _("opinion")
        verbose_name_plural = _("opinions")
        ordering = ("-id",)
        indexes: ClassVar = [
            models.Index(
                fields=["thread", "position", "-id"],
                name="comment_by_thread",
                condition=Q(parent__isnull=True),
            ),
            models.Index(fields=["parent", "id"], name="comment_replies"),
        ]

    def __str__(self) -> str:
        return self.body[:40]

    def get_absolute_url(self) -> str:
        return reverse("comment", args=[self.pk])


class CommentFigures(models.Model):
    """Counts of a comment, refreshed in batches; never written by a click."""

    comment = models.OneToOneField(
        Comment, on_delete=models.CASCADE, primary_key=True, related_name="figures"
    )
    useful = models.PositiveIntegerField(default=0)
    not_useful = models.PositiveIntegerField(default=0)
    replies = models.PositiveIntegerField(default=0)
    score = models.IntegerField(default=0, db_index=True)
    useful_for = models.PositiveIntegerField(default=0)
    rated_for = models.PositiveIntegerField(default=0)
    useful_against = models.PositiveIntegerField(default=0)
    rated_against = models.PositiveIntegerField(default=0)
    """Ratings by people of either side, for the map of opinions (`debates.opinion`)."""


class ThreadFigures(models.Model):
    """Counts of a conversation, refreshed in batches."""

    thread = models.OneToOneField(
        Thread, on_delete=models.CASCADE, primary_key=True, related_name="figures"
    )
    comments = models.PositiveIntegerField(default=0)
    people = models.PositiveIntegerField(default=0)
    """Who took part: said something that is shown, or found it useful or not."""
    in_favour = models.PositiveIntegerField(default=0)
    neutral = models.PositiveIntegerField(default=0)
    against = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField(null=True, blank=True)


class FiguresDue(models.Model):
    """A note that a comment's counts changed: added with each change, taken away by the refresh."""

    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="+")


class Reaction(models.Model):
    """Somebody found an opinion useful or not; one per person and opinion."""

    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="reactions")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    useful = models.BooleanField()
    created_on = models.DateField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["comment", "user"], name="reaction_once_per_person"),
        ]
        indexes: ClassVar = [models.Index(fields=["comment", "useful"], name="reaction_counts")]


class HouseRule(models.Model):
    """A rule of the house by number; hiding always names one."""

    number = models.PositiveSmallIntegerField(_("number"), unique=True)
    title = models.CharField(_("title"), max_length=80)
    body = models.TextField(_("text"))
    english_title = models.CharField(_("title in English"), max_length=80, blank=True)
    english_body = models.TextField(_("text in English"), blank=True)

    class Meta:
        verbose_name = _("house rule")
        verbose_name_plural = _("house rules")
        ordering = ("number",)

    def __str__(self) -> str:
        return f"{self.number}. {self.local_title}"

    @property
    def local_title(self) -> str:
        """The title in the reader's language."""
        return self.english_title if get_language() == "en" and self.english_title else self.title

    @property
    def local_body(self) -> str:
        """The text in the reader's language."""
        return self.english_body if get_language() == "en" and self.english_body else self.body


class Flag(models.Model):
    """A report of an opinion; one per person and opinion."""

    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="flags")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    rule = models.ForeignKey(HouseRule, on_delete=models.PROTECT, verbose_name=_("house rule"))
    note = models.CharField(_("note"), max_length=300, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    settled_at = models.DateTimeField(_("settled at"), null=True, blank=True)

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["comment", "user"], name="flag_once_per_person"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["comment"], name="flag_open", condition=Q(settled_at__isnull=True)
            ),
        ]


class Moderation(models.Model):
    """A decision about an opinion: hidden under a rule, restored, or left. Append-only."""

    comment = models.ForeignKey(Comment, on_delete=models.PROTECT, related_name="moderations")
    verdict = models.CharField(
        _("decision"),
        max_length=10,
        choices=[
            ("hidden", _("hidden")),
            ("restored", _("restored")),
            ("left", _("left as it is")),
        ],
    )
    rule = models.ForeignKey(
        HouseRule, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("house rule")
    )
    note = models.CharField(_("reason"), max_length=300)
    decided_by_ref = models.CharField(_("decided by"), max_length=60)
    decided_at = models.DateTimeField(_("decided at"), auto_now_add=True)

    class Meta:
        verbose_name = _("moderation decision")
        verbose_name_plural = _("moderation decisions")
        ordering = ("-id",)
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(verdict="hidden") | Q(rule__isnull=False),
                name="hiding_names_a_rule",
            ),
        ]


class Appeal(models.Model):
    """The author of a hidden opinion asks to look again (within seven days, once per hiding)."""

    moderation = models.OneToOneField(Moderation, on_delete=models.PROTECT, related_name="appeal")
    body = models.TextField(_("why"), max_length=500)
    asked_at = models.DateTimeField(auto_now_add=True)
    answered_at = models.DateTimeField(null=True, blank=True)


class Follow(models.Model):
    """Somebody wants to hear of new opinions in a conversation."""

    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="follows")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="follows")
    told_at = models.DateTimeField(
        default=timezone.now, help_text=_("Opinions up to here are known; told at most once a day.")
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["thread", "user"], name="follow_once_per_person"),
        ]


class Debate(models.Model):
    """A stand-alone debate, opened by a resident or asked by the office."""

    title = models.CharField(_("title"), max_length=80)
    body = models.TextField(_("text"), max_length=4000)
    author = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="debates", verbose_name=_("author")
    )
    asked_by_office = models.BooleanField(_("the office asks"), default=False)
    area = models.ForeignKey(
        Area, on_delete=models.PROTECT, related_name="debates", verbose_name=_("area")
    )
    field = models.ForeignKey(Field, on_delete=models.PROTECT, verbose_name=_("field"))
    thread = models.OneToOneField(Thread, on_delete=models.PROTECT, related_name="debate")
    summary = models.TextField(_("what came of it"), blank=True)
    created_at = models.DateTimeField(_("opened at"), auto_now_add=True)
    closes_at = models.DateTimeField(_("closes at"), null=True, blank=True)
    is_hidden = models.BooleanField(_("hidden"), default=False)

    class Meta:
        verbose_name = _("debate")
        verbose_name_plural = _("debates")
        ordering = ("-id",)

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("debate", args=[self.pk])
