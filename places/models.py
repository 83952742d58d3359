"""Where: areas that change over time, and community centres."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Case, F, Func, Q, Value, When
from django.urls import reverse
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from datetime import date


class AreaKind(models.TextChoices):
    CITY = "city", _("City or province")
    DISTRICT = "district", _("District")
    DONG = "dong", _("Dong")


class DaysOfArea(Func):
    """From the first to the last day, both among them; without a last day without end."""

    function = "DATERANGE"
    output_field = DateRangeField()


def last_day() -> Case:
    """The last day, or the first where it would be before it (another constraint says so)."""
    return Case(When(valid_to__lt=F("valid_from"), then=F("valid_from")), default=F("valid_to"))


class AreaQuerySet(models.QuerySet["Area"]):
    def in_force(self, day: date) -> AreaQuerySet:
        """Areas that hold on `day`."""
        return self.filter(valid_from__lte=day).filter(
            Q(valid_to__isnull=True) | Q(valid_to__gte=day),
        )


class Area(models.Model):
    """A city, district or dong, with the code and the time for which it holds.

    Names and codes move: when a boundary or a name changes, the old row gets a last day and a
    new row begins; nothing that happened is rewritten. The database refuses two rows of one code
    for the same day, and an area that is part of itself, however far up.
    """

    code = models.CharField(_("code"), max_length=10)
    name = models.CharField(_("name"), max_length=60)
    english_name = models.CharField(_("English name"), max_length=80, blank=True)
    kind = models.CharField(_("kind"), max_length=12, choices=AreaKind.choices)
    parent = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("part of"),
    )
    population = models.PositiveIntegerField(
        pgettext_lazy("count", "residents"), null=True, blank=True
    )
    shape = models.JSONField(
        _("outline"),
        null=True,
        blank=True,
        help_text=_("GeoJSON polygon (longitude, latitude)."),
    )
    profile = models.TextField(_("about this place"), blank=True)
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("last day"), null=True, blank=True)

    objects = AreaQuerySet.as_manager()

    class Meta:
        verbose_name = _("area")
        verbose_name_plural = _("areas")
        ordering = ("code", "valid_from")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["code", "valid_from"], name="area_code_once_per_start"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="area_ends_after_it_starts",
            ),
            ExclusionConstraint(
                name="area_code_holds_once_at_a_time",
                expressions=[
                    ("code", RangeOperators.EQUAL),
                    (DaysOfArea("valid_from", last_day(), Value("[]")), RangeOperators.OVERLAPS),
                ],
                violation_error_message=_(
                    "Another area holds this code at that time: please end it first."
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("area", args=[self.code])

    @property
    def local_name(self) -> str:
        """The name in the reader's language."""
        return self.english_name if get_language() == "en" and self.english_name else self.name


class Centre(models.Model):
    """A community centre (행정복지센터) or another place with a desk."""

    code = models.SlugField(_("code"), max_length=20, unique=True, allow_unicode=True)
    name = models.CharField(_("name"), max_length=80)
    area = models.ForeignKey(
        Area,
        on_delete=models.PROTECT,
        related_name="centres",
        verbose_name=_("area"),
    )
    address = models.CharField(_("address"), max_length=160)
    phone = models.CharField(_("phone"), max_length=20)
    hours = models.CharField(_("opening hours"), max_length=160)
    access = models.CharField(_("access"), max_length=160, blank=True)
    longitude = models.DecimalField(
        _("longitude"), max_digits=9, decimal_places=6, null=True, blank=True
    )
    latitude = models.DecimalField(
        _("latitude"), max_digits=9, decimal_places=6, null=True, blank=True
    )
    is_open = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("centre")
        verbose_name_plural = _("centres")
        ordering = ("area__code", "name")

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("board", args=[self.code])


class Room(models.Model):
    """A room that residents may use (공간): what it offers, and whom to ask.

    Nothing is booked here. It lies in a dong, in a centre or elsewhere, and is run by whoever
    answers its phone.
    """

    code = models.SlugField(_("code"), max_length=20, unique=True, allow_unicode=True)
    name = models.CharField(_("name"), max_length=80)
    area = models.ForeignKey(
        Area, on_delete=models.PROTECT, related_name="rooms", verbose_name=_("dong")
    )
    centre = models.ForeignKey(
        Centre,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="rooms",
        verbose_name=_("in the centre"),
        help_text=_("Only where it is in a community centre."),
    )
    location = models.CharField(
        _("where it is"), max_length=160, help_text=_("Address or building, and floor.")
    )
    size = models.PositiveIntegerField(_("size (m²)"), validators=[MinValueValidator(1)])
    seats = models.PositiveIntegerField(
        pgettext_lazy("count", "seats"), validators=[MinValueValidator(1)]
    )
    hours = models.CharField(_("opening hours"), max_length=160)
    phone = models.CharField(_("phone"), max_length=20, help_text=_("Where one asks for it."))
    fee = models.CharField(
        _("fee"), max_length=80, blank=True, help_text=_("Empty if it costs nothing.")
    )
    access = models.CharField(_("access"), max_length=160, blank=True)
    equipment = models.CharField(_("equipment"), max_length=200, blank=True)
    rules = models.TextField(_("rules of use"), blank=True, max_length=1000)
    is_open = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("room")
        verbose_name_plural = _("rooms")
        ordering = ("area__code", "name")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(size__gte=1, seats__gte=1), name="room_holds_people")
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return f"{reverse('rooms')}#{self.code}"
