"""Applicants' rolls: people who applied beforehand, kept as keyed hashes, and their paper codes."""

from __future__ import annotations

import re
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from places.selectors import dongs_in_force
from proceedings.audit import Action
from proceedings.locks import lock_exclusive
from proceedings.refusals import Refusal, Refused, mark
from proceedings.services import SYSTEM, record_event
from proceedings.tables import Column, ImportReport, Problem, Row, read_table, settle
from proceedings.texts import clean_text
from residents import codes
from residents.identity import identity_hash, keyed_hash, match_hash, plain_name, read_birth_date
from residents.models import Applicant, ApplicantRoll, Basis, PaperCode
from residents.permissions import refuse_unless_role
from residents.roles import RoleKind
from residents.services.verification import code_hash

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from places.models import Area
    from residents.models import User

COLUMNS = (
    Column("name", ("이름", "name")),
    Column("birth_date", ("생년월일", "birth_date")),
    Column("phone", ("휴대전화", "phone")),
    Column("area", ("동 코드", "area")),
    Column("basis", ("자격", "basis"), is_required=False),
    Column("mark", ("동명이인 구분", "mark"), is_required=False),
)
BASES = {
    "": Basis.LIVES,
    "거주": Basis.LIVES,
    "직장": Basis.WORKS,
    "학교": Basis.STUDIES,
    "사업": Basis.BUSINESS,
    "단체": Basis.MEMBER,
    "외국인주민": Basis.FOREIGNER,
    **{str(basis.value): basis for basis in Basis},
}
POSTED_DAYS = 60
"""How long a code that goes by post can be used."""


@dataclass(frozen=True)
class IssuedCode:
    """A new code and how staff find its person: the line of the imported file, and the dong."""

    line: int
    area_name: str
    code: str
    expires_on: date


def _refuse_unless_administrator(actor: User | None) -> None:
    refusal = refuse_unless_role(actor, RoleKind.ADMINISTRATOR) if actor else None
    if refusal is not None:
        raise Refused(refusal)


def import_applicants(
    *, actor: User | None, title: str, data: bytes, keep_good: bool = False
) -> tuple[ApplicantRoll, ImportReport]:
    """Store a CSV file of applicants (columns in docs/imports.md) as a roll of keyed hashes.

    `actor` None is the operator at the command line. Names and phone numbers are not kept. The file
    is read before the lock is taken. Raises BadLines (nothing stored) when a line is bad and
    `keep_good` is off; Refused when the file was imported before, holds resident registration
    numbers, or is no such table.
    """
    _refuse_unless_administrator(actor)
    digest = keyed_hash(settings.IDENTITY_KEY, "roll", data.hex())
    _refuse_imported_before(digest)
    applicants, problems = _read_applicants(data)
    report = ImportReport(len(applicants), settle(problems, keep_good=keep_good))
    actor_ref = actor.actor_ref if actor else SYSTEM
    return _store_applicants(title, digest, applicants, report, actor_ref), report


def _refuse_imported_before(digest: str) -> None:
    if ApplicantRoll.objects.filter(digest=digest).exists():
        raise Refused(
            Refusal(
                "imported_before",
                mark("This very file was imported before."),
                mark("If people were added, please choose the file that holds them."),
            ),
        )


@transaction.atomic(durable=True)
def _store_applicants(
    title: str,
    digest: str,
    applicants: Sequence[Applicant],
    report: ImportReport,
    actor_ref: str,
) -> ApplicantRoll:
    lock_exclusive(f"applicants:{digest}")
    _refuse_imported_before(digest)
    roll = ApplicantRoll.objects.create(
        title=clean_text(title), digest=digest, imported_by_ref=actor_ref
    )
    for applicant in applicants:
        applicant.roll = roll
    Applicant.objects.bulk_create(applicants, batch_size=1000)
    record_event(
        action=Action.APPLICANTS_IMPORTED,
        actor_ref=actor_ref,
        subject=f"residents.applicantroll:{roll.pk}",
        data={"stored": report.stored, "left_out": len(report.problems)},
    )
    return roll


def _read_applicants(data: bytes) -> tuple[list[Applicant], list[Problem]]:
    """The people of a file, still without a roll, and what is wrong with its other lines."""
    table = read_table(data, COLUMNS)
    areas = {area.code: area for area in dongs_in_force()}
    applicants: dict[str, Applicant] = {}
    problems = list(table.problems)
    for row in table.rows:
        applicant = _read_applicant(row, areas)
        if isinstance(applicant, Problem):
            problems.append(applicant)
        elif applicant.identity_hash in applicants:
            first = applicants[applicant.identity_hash].line
            problems.append(
                Problem(
                    row.line,
                    mark("The same name and date of birth stand in line %(first)s too."),
                    {"first": first},
                ),
            )
        else:
            applicants[applicant.identity_hash] = applicant
    return list(applicants.values()), problems


def _read_applicant(row: Row, areas: Mapping[str, Area]) -> Applicant | Problem:
    key = settings.IDENTITY_KEY
    try:
        birth_date = read_birth_date(row["birth_date"], timezone.localdate())
    except ValueError:
        return Problem(
            row.line, mark("Please write the date of birth with 8 digits, such as 19580312.")
        )
    phone = re.sub(r"\D", "", unicodedata.normalize("NFKC", row["phone"]))
    if not 4 <= len(phone) <= 12:
        return Problem(
            row.line, mark("Please write the phone number, or at least its last four digits.")
        )
    if row["area"] not in areas:
        return Problem(row.line, mark("There is no dong %(value)s."), {"value": row["area"]})
    if row["basis"].replace(" ", "") not in BASES:
        return Problem(
            row.line,
            mark("“%(value)s” is none of 거주, 직장, 학교, 사업, 단체, 외국인주민."),
            {"value": row["basis"]},
        )
    if not plain_name(row["name"]) or row["mark"] not in {"", "2", "3", "4"}:
        return Problem(row.line, mark("Please check the name and the mark (empty, 2, 3 or 4)."))
    return Applicant(
        line=row.line,
        match_hash=match_hash(key, row["name"], birth_date, phone),
        identity_hash=identity_hash(key, row["name"], birth_date, row["mark"]),
        birth_date=birth_date,
        area=areas[row["area"]],
        basis=BASES[row["basis"].replace(" ", "")],
    )


@transaction.atomic(durable=True)
def issue_codes(*, actor: User, roll: ApplicantRoll) -> list[IssuedCode]:
    """Make a code for every applicant of `roll` who is not confirmed yet, in the order of lines.

    Returns the codes: they exist nowhere else and are printed at once. Codes issued before end.
    """
    _refuse_unless_administrator(actor)
    lock_exclusive(f"codes:{roll.pk}")
    now = timezone.now()
    expires_at = now + timedelta(days=POSTED_DAYS)
    waiting = list(
        roll.applicants.filter(matched_on__isnull=True).select_related("area").order_by("line")
    )
    if not waiting:
        raise Refused(
            Refusal(
                "nobody_waiting",
                mark("Everybody on this roll is confirmed already."),
                mark("There is nothing to print."),
            ),
        )
    PaperCode.objects.filter(applicant__roll=roll, used_at__isnull=True, expires_at__gt=now).update(
        expires_at=now
    )
    issued = [(each, codes.new_code(secrets.choice)) for each in waiting]
    PaperCode.objects.bulk_create(
        [
            PaperCode(
                code_hash=code_hash(code),
                applicant=applicant,
                issued_by_ref=actor.actor_ref,
                expires_at=expires_at,
            )
            for applicant, code in issued
        ],
        batch_size=1000,
    )
    record_event(
        action=Action.CODES_ISSUED,
        actor_ref=actor.actor_ref,
        subject=f"residents.applicantroll:{roll.pk}",
        data={"count": len(issued)},
    )
    return [
        IssuedCode(applicant.line, applicant.area.name, code, timezone.localtime(expires_at).date())
        for applicant, code in issued
    ]
