"""When things may happen (process, phase) and what happened (audit events)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from places.models import Area
from proceedings.audit import action_choices


class Process(models.Model):
    """A whole undertaking, such as "주민참여예산 2027", from the first idea to the settlement."""

    slug = models.SlugField(_("address"), unique=True)
    title = models.CharField(_("title"), max_length=120)
    summary = models.TextField(_("summary"), blank=True)
    area = models.ForeignKey(
        Area,
        on_delete=models.PROTECT,
        related_name="processes",
        verbose_name=_("area"),
    )
    is_public = models.BooleanField(_("public"), default=True)
    created_on = models.DateField(_("created on"), auto_now_add=True)

    class Meta:
        verbose_name = _("process")
        verbose_name_plural = _("processes")
        ordering = ("-created_on", "-id")

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("process", args=[self.slug])


class PhaseKind(models.TextChoices):
    """What people can do in a phase."""

    PROPOSE = "propose", _("Collecting ideas")
    SUPPORT = "support", _("Collecting support")
    DEBATE = "debate", _("Debate")
    REVIEW = "review", _("Department review")
    VOTE = "vote", _("Vote")
    RESULT = "result", _("Result")
    EXECUTION = "execution", _("Execution")


class Phase(models.Model):
    """A stretch of time in a process, opened and closed by date and hour."""

    process = models.ForeignKey(
        Process,
        on_delete=models.CASCADE,
        related_name="phases",
        verbose_name=_("process"),
    )
    kind = models.CharField(_("kind"), max_length=16, choices=PhaseKind.choices)
    title = models.CharField(_("title"), max_length=80)
    note = models.TextField(pgettext_lazy("phase", "note"), blank=True)
    opens_at = models.DateTimeField(_("opens at"))
    closes_at = models.DateTimeField(_("closes at"))
    opened_at = models.DateTimeField(_("opened at"), null=True, blank=True, editable=False)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("phase")
        verbose_name_plural = _("phases")
        ordering = ("opens_at", "id")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(closes_at__gt=F("opens_at")),
                name="phase_closes_after_it_opens",
                violation_error_message=_("A phase must close after it opens."),
            ),
            models.UniqueConstraint(
                fields=["process", "kind", "opens_at"],
                name="phase_once_per_start",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class AuditEvent(models.Model):
    """One thing that happened. Written by services, inside their transaction; never changed.

    `actor_ref` is an opaque reference (`user:<uuid>`, `system`, `centre:<code>`): erasing an
    account leaves the record whole. `data` holds no personal data and nothing from a ballot.
    """

    at = models.DateTimeField(_("time"), auto_now_add=True)
    action = models.CharField(_("action"), max_length=60, choices=action_choices)
    actor_ref = models.CharField(_("who"), max_length=60)
    actor_role = models.CharField(_("as"), max_length=40, blank=True)
    subject = models.CharField(_("subject"), max_length=80)
    reason = models.TextField(_("reason"), blank=True)
    data = models.JSONField(_("data"), default=dict)

    class Meta:
        verbose_name = _("audit event")
        verbose_name_plural = _("audit events")
        ordering = ("-id",)
        indexes: ClassVar = [
            models.Index(fields=["subject", "id"], name="audit_by_subject"),
            models.Index(fields=["actor_ref", "id"], name="audit_by_actor"),
            models.Index(fields=["action", "id"], name="audit_by_action"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.action} {self.subject}"


class Field(models.Model):
    """A field of public life (안전, 교통 …) by which proposals, debates and projects are sorted."""

    slug = models.SlugField(_("address"), unique=True)
    name = models.CharField(_("name"), max_length=40)
    english_name = models.CharField(_("English name"), max_length=40)
    position = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("field")
        verbose_name_plural = _("fields")
        ordering = ("position", "id")

    def __str__(self) -> str:
        return self.name
