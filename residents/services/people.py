"""Find people whom a file names among those known here, and hold a reference for each.

Known are residents and applicants. Both carry the same `identity_hash`; a resident has a `ref`
besides, under which rolls know them. An applicant gets theirs reserved when a roll names them, and
becomes a resident under that very `ref`: so a roll made before somebody is confirmed still holds
them afterwards (docs/identity.md).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import uuid4

from django.conf import settings
from django.utils import timezone

from proceedings.locks import lock_exclusive, lock_shared
from proceedings.refusals import mark
from proceedings.tables import Column, Problem, read_table
from residents.identity import MARKS, identity_hash, match_hash, plain_name, read_birth_date
from residents.models import Applicant, ReservedRef, Resident

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import date
    from uuid import UUID

    from places.models import Area
    from proceedings.tables import Row

COLUMNS = (
    Column("name", ("이름", "name")),
    Column("birth_date", ("생년월일", "birth_date")),
    Column("phone", ("휴대전화", "phone"), is_required=False),
    Column("mark", ("동명이인 구분", "mark"), is_required=False),
)
TYPED_MARKS = {"1": "", "2": "2", "3": "3", "4": "4"}
"""Marks as a file names them: 1 is the first of the homonyms, who is stored without one."""


@dataclass(frozen=True)
class KnownPerson:
    """Somebody known here, and what a rule asks about them; `ref` is None for an applicant."""

    identity_hash: str
    birth_date: date
    area: Area
    basis: str
    ref: UUID | None


@dataclass(frozen=True)
class _Typed:
    """One line as it was typed, hashed: nothing here tells a name."""

    line: int
    hashes: tuple[str, ...]
    match: str


def read_people(data: bytes) -> tuple[dict[int, KnownPerson], list[Problem]]:
    """The known people a CSV file names, by line (columns in docs/imports.md), and the bad lines.

    A name and birth date that several known people share need the phone or the mark. Raises
    Refused when the file is no such table or holds resident registration numbers.
    """
    table = read_table(data, COLUMNS)
    read = [_read(row, timezone.localdate()) for row in table.rows]
    typed = [each for each in read if isinstance(each, _Typed)]
    known = known_people(one for each in typed for one in each.hashes)
    phones = _phones({each.match for each in typed if each.match})
    applied = _applied(known)
    people: dict[int, KnownPerson] = {}
    problems = [*table.problems, *(each for each in read if isinstance(each, Problem))]
    for each in typed:
        found = [known[one] for one in each.hashes if one in known]
        person = _settle(each, found, phones.get(each.match, set()), applied)
        if isinstance(person, Problem):
            problems.append(person)
        else:
            people[each.line] = person
    return people, problems


def _read(row: Row, today: date) -> _Typed | Problem:
    try:
        birth_date = read_birth_date(row["birth_date"], today)
    except ValueError:
        return Problem(
            row.line, mark("Please write the date of birth with 8 digits, such as 19580312.")
        )
    phone = re.sub(r"\D", "", unicodedata.normalize("NFKC", row["phone"]))
    if row["phone"] and not 4 <= len(phone) <= 12:
        return Problem(
            row.line,
            mark("Please write the phone number, or its last four digits, or leave it empty."),
        )
    if not plain_name(row["name"]) or row["mark"] not in {"", *TYPED_MARKS}:
        return Problem(row.line, mark("Please check the name and the mark (empty, 1, 2, 3 or 4)."))
    key, name = settings.IDENTITY_KEY, row["name"]
    marks = (TYPED_MARKS[row["mark"]],) if row["mark"] else MARKS
    return _Typed(
        line=row.line,
        hashes=tuple(identity_hash(key, name, birth_date, each) for each in marks),
        match=match_hash(key, name, birth_date, phone) if phone else "",
    )


def _settle(
    typed: _Typed, found: list[KnownPerson], by_phone: set[str], applied: set[str]
) -> KnownPerson | Problem:
    """The one person a line means. A phone decides among applicants; others have none kept."""
    if typed.match and found:
        found = [one for one in found if one.identity_hash in by_phone] or [
            one for one in found if one.identity_hash not in applied
        ]
        if not found:
            return Problem(
                typed.line,
                mark(
                    "Somebody with this name and date of birth applied with another phone number. "
                    "Please check the number, or leave it empty."
                ),
            )
    if not found:
        return Problem(
            typed.line,
            mark(
                "Nobody known here has this name and date of birth. Please check both; or register "
                "the person at a centre, or bring in the applicants' roll first."
            ),
        )
    if len(found) > 1:
        return Problem(
            typed.line,
            mark(
                "Several people have this name and date of birth. Please add the phone number they "
                "applied with, or the mark (1, 2, 3 or 4)."
            ),
        )
    return found[0]


def known_people(hashes: Iterable[str]) -> dict[str, KnownPerson]:
    """Residents and applicants by identity hash; what a resident's row says goes first."""
    wanted = set(hashes)
    applicants = Applicant.objects.filter(identity_hash__in=wanted).select_related("area")
    residents = Resident.objects.filter(identity_hash__in=wanted).select_related("area")
    people = {
        each.identity_hash: KnownPerson(
            each.identity_hash, each.birth_date, each.area, each.basis, None
        )
        for each in applicants.order_by("roll_id", "pk")  # the newest roll goes over older ones
    }
    people |= {
        each.identity_hash: KnownPerson(
            each.identity_hash, each.birth_date, each.area, each.basis, each.ref
        )
        for each in residents
    }
    return people


def _phones(matches: set[str]) -> dict[str, set[str]]:
    """Which identities applied with each name, birth date and phone."""
    found: dict[str, set[str]] = {}
    rows = Applicant.objects.filter(match_hash__in=matches)
    for match, identity in rows.values_list("match_hash", "identity_hash"):
        found.setdefault(match, set()).add(identity)
    return found


def _applied(people: Mapping[str, KnownPerson]) -> set[str]:
    """Those of `people` who applied, and so left a phone number to compare."""
    rows = Applicant.objects.filter(identity_hash__in=list(people))
    return set(rows.values_list("identity_hash", flat=True))


def refs_of(hashes: Collection[str]) -> dict[str, UUID]:
    """The references that are there for these identities: residents' own, and reserved ones."""
    reserved = ReservedRef.objects.filter(identity_hash__in=hashes)
    residents = Resident.objects.filter(identity_hash__in=hashes)
    return dict(reserved.values_list("identity_hash", "ref")) | dict(
        residents.values_list("identity_hash", "ref")
    )


def reserve_refs(hashes: Collection[str]) -> dict[str, UUID]:
    """A reference for each identity, reserved for those who are not residents yet.

    Inside the caller's transaction; nobody becomes a resident until it ends.
    """
    lock_exclusive("refs")
    missing = sorted(set(hashes) - refs_of(hashes).keys())
    ReservedRef.objects.bulk_create(
        [ReservedRef(identity_hash=each) for each in missing], batch_size=1000
    )
    return refs_of(hashes)


def take_ref(identity: str) -> UUID:
    """The reference of a resident about to be made: the reserved one, if a roll names them."""
    lock_shared("refs")
    reserved = ReservedRef.objects.filter(identity_hash=identity).first()
    if reserved is None:
        return uuid4()
    reserved.delete()
    return reserved.ref
