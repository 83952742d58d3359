"""Draws of people by lot."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from places.models import Area


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
