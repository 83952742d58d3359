"""Write areas, centres and rooms: from files, and one by one in the admin.

This stands here and not in `places`, because a change is recorded and the record is above places.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext

from places.models import Area, AreaKind, Centre, Room
from places.selectors import ancestor_codes
from proceedings.audit import Action
from proceedings.locks import lock_exclusive
from proceedings.outlines import read_outlines
from proceedings.refusals import mark
from proceedings.services.record import record_event
from proceedings.tables import Column, ImportReport, Problem, Row, read_table, settle

if TYPE_CHECKING:
    from collections.abc import Mapping

AREA_COLUMNS = (
    Column("code", ("코드", "code", "adm_cd2")),
    Column("name", ("이름", "name")),
    Column("english_name", ("영문 이름", "english_name"), is_required=False),
    Column("kind", ("종류", "kind")),
    Column("parent", ("상위 코드", "parent"), is_required=False),
    Column("population", ("주민 수", "population"), is_required=False),
    Column("profile", ("소개", "profile"), is_required=False),
    Column("valid_from", ("시작일", "valid_from")),
    Column("valid_to", ("종료일", "valid_to"), is_required=False),
)
CENTRE_COLUMNS = (
    Column("code", ("코드", "code")),
    Column("name", ("이름", "name")),
    Column("area", ("동 코드", "area")),
    Column("address", ("주소", "address")),
    Column("phone", ("전화", "phone")),
    Column("hours", ("여는 시간", "hours")),
    Column("access", ("이용 안내", "access"), is_required=False),
    Column("longitude", ("경도", "longitude"), is_required=False),
    Column("latitude", ("위도", "latitude"), is_required=False),
)
KINDS = {
    "city": AreaKind.CITY,
    "시": AreaKind.CITY,
    "시·도": AreaKind.CITY,
    "district": AreaKind.DISTRICT,
    "구": AreaKind.DISTRICT,
    "시·군·구": AreaKind.DISTRICT,
    "dong": AreaKind.DONG,
    "동": AreaKind.DONG,
    "읍·면·동": AreaKind.DONG,
}


class _BadCell(Exception):  # noqa: N818 - becomes a Problem with its line
    def __init__(self, message: str, **params: object) -> None:
        super().__init__(message)
        self.message = message
        self.params = params


@transaction.atomic(durable=True)
def import_areas(
    *, actor_ref: str, data: bytes, outlines: bytes | None = None, keep_good: bool = False
) -> ImportReport:
    """Store the areas of a CSV file (columns in docs/imports.md) and, if given, their outlines.

    A line whose code and first day are there already changes that area; a known code with a later
    first day ends the old area the day before. Raises BadLines (nothing stored) when a line is bad
    and `keep_good` is off, Refused when the file is no such table.
    """
    table = read_table(data, AREA_COLUMNS)
    shapes = read_outlines(outlines) if outlines is not None else {}
    lock_exclusive("areas")
    problems, stored = list(table.problems), 0
    for row in table.rows:
        try:
            _store_area(row, shapes)
        except _BadCell as bad:
            problems.append(Problem(row.line, bad.message, bad.params))
        else:
            stored += 1
    report = ImportReport(stored, settle(problems, keep_good=keep_good))
    record_event(
        action=Action.AREAS_IMPORTED,
        actor_ref=actor_ref,
        subject="places.area:*",
        data={"stored": stored, "left_out": len(report.problems), "outlines": len(shapes)},
    )
    return report


def _store_area(row: Row, shapes: Mapping[str, dict[str, Any]]) -> None:
    if not row["code"].isascii() or not row["code"].isdigit() or len(row["code"]) > 10:
        raise _BadCell(mark("The code has up to 10 digits. Written: %(value)s"), value=row["code"])
    if row["kind"].casefold() not in KINDS:
        raise _BadCell(
            mark("The kind is city, district or dong. Written: %(value)s"), value=row["kind"]
        )
    parent = None
    if row["parent"]:
        parent = Area.objects.filter(code=row["parent"]).order_by("-valid_from").first()
        if parent is None or parent.code == row["code"]:
            raise _BadCell(mark("There is no area %(value)s above it."), value=row["parent"])
    valid_from = _day(row["valid_from"])
    valid_to = _day(row["valid_to"]) if row["valid_to"] else None
    columns: dict[str, Any] = {
        "name": row["name"],
        "english_name": row["english_name"],
        "kind": KINDS[row["kind"].casefold()],
        "parent": parent,
        "population": _count(row["population"]),
        "profile": row["profile"],
        "valid_to": valid_to,
    }
    if row["code"] in shapes:
        columns["shape"] = shapes[row["code"]]
    area = Area.objects.filter(code=row["code"], valid_from=valid_from).first() or Area(
        code=row["code"], valid_from=valid_from
    )
    for name, value in columns.items():
        setattr(area, name, value)
    earlier = Area.objects.filter(code=area.code, valid_from__lt=valid_from, valid_to__isnull=True)
    with transaction.atomic():  # a line that is bad ends nothing
        earlier.update(valid_to=valid_from - timedelta(days=1))
        _check(area)
        area.save()


@transaction.atomic(durable=True)
def import_centres(*, actor_ref: str, data: bytes, keep_good: bool = False) -> ImportReport:
    """Store the centres of a CSV file (columns in docs/imports.md); a known code is changed.

    Raises BadLines (nothing stored) when a line is bad and `keep_good` is off, Refused when the
    file is no such table.
    """
    table = read_table(data, CENTRE_COLUMNS)
    lock_exclusive("centres")
    problems, stored = list(table.problems), 0
    for row in table.rows:
        try:
            _store_centre(row)
        except _BadCell as bad:
            problems.append(Problem(row.line, bad.message, bad.params))
        else:
            stored += 1
    report = ImportReport(stored, settle(problems, keep_good=keep_good))
    record_event(
        action=Action.CENTRES_IMPORTED,
        actor_ref=actor_ref,
        subject="places.centre:*",
        data={"stored": stored, "left_out": len(report.problems)},
    )
    return report


def _store_centre(row: Row) -> None:
    area = Area.objects.filter(code=row["area"]).order_by("-valid_from").first()
    if area is None:
        raise _BadCell(mark("There is no dong %(value)s."), value=row["area"])
    if slugify(row["code"], allow_unicode=True) != row["code"].lower():
        raise _BadCell(
            mark("The code has letters, digits and hyphens only. Written: %(value)s"),
            value=row["code"],
        )
    centre = Centre.objects.filter(code=row["code"]).first() or Centre(code=row["code"])
    columns = {
        "name": row["name"],
        "area": area,
        "address": row["address"],
        "phone": row["phone"],
        "hours": row["hours"],
        "access": row["access"],
        "longitude": _degrees(row["longitude"], 180),
        "latitude": _degrees(row["latitude"], 90),
    }
    for name, value in columns.items():
        setattr(centre, name, value)
    _check(centre)
    centre.save()


@transaction.atomic(durable=True)
def save_area(*, actor_ref: str, area: Area) -> Area:
    """Store one area as changed in the admin.

    Raises ValidationError for a code that another area holds at that time, and for one that would
    be part of itself.
    """
    lock_exclusive("areas")
    area.full_clean()
    _check_tree(area)
    area.save()
    record_event(
        action=Action.AREA_CHANGED,
        actor_ref=actor_ref,
        subject=f"places.area:{area.pk}",
        data={"code": area.code},
    )
    return area


@transaction.atomic(durable=True)
def save_centre(*, actor_ref: str, centre: Centre) -> Centre:
    """Store one centre as changed in the admin."""
    centre.full_clean()
    centre.save()
    record_event(
        action=Action.CENTRE_CHANGED,
        actor_ref=actor_ref,
        subject=f"places.centre:{centre.pk}",
        data={"code": centre.code},
    )
    return centre


@transaction.atomic(durable=True)
def save_room(*, actor_ref: str, room: Room) -> Room:
    """Store one room as changed in the admin. Raises ValidationError."""
    room.full_clean()
    if room.centre is not None and room.centre.area_id != room.area_id:
        raise ValidationError(
            {"centre": gettext("This centre is in another dong: %s.") % room.centre.area}
        )
    room.save()
    record_event(
        action=Action.ROOM_CHANGED,
        actor_ref=actor_ref,
        subject=f"places.room:{room.pk}",
        data={"code": room.code, "in_use": room.is_open},
    )
    return room


def _check(row: Area | Centre) -> None:
    try:
        row.full_clean()
        if isinstance(row, Area):
            _check_tree(row)
    except ValidationError as error:
        raise _BadCell("%(what)s", what=" ".join(error.messages)) from error


def _check_tree(area: Area) -> None:
    """Raises ValidationError for an area that would be part of itself, however far up."""
    if area.parent is not None and area.code in ancestor_codes(area.parent):
        raise ValidationError(
            {"parent": gettext("An area cannot be part of itself or of an area below it.")}
        )


def _day(text: str) -> date:
    digits = "".join(c for c in text if c.isdigit())
    try:
        return date.fromisoformat(f"{digits[:4]}-{digits[4:6]}-{digits[6:]}")
    except ValueError:
        raise _BadCell(
            mark("Please write the day as 2026-07-01. Written: %(value)s"), value=text
        ) from None


def _count(text: str) -> int | None:
    plain = text.replace(",", "")
    if not plain:
        return None
    if not plain.isascii() or not plain.isdigit():
        raise _BadCell(mark("This should be a number. Written: %(value)s"), value=text)
    return int(plain)


def _degrees(text: str, most: int) -> Decimal | None:
    if not text:
        return None
    try:
        value = round(Decimal(text), 6)
    except InvalidOperation:
        value = Decimal("NaN")
    if not -most <= value <= most if value.is_finite() else True:
        raise _BadCell(
            mark("Please write degrees such as 126.915300. Written: %(value)s"), value=text
        )
    return value
