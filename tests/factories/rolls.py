"""Made-up people with names, and files that name them for a roll."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.conf import settings

from residents.identity import identity_hash
from residents.services import import_applicants
from tests.factories.residents import make_resident
from voting.services.rolls import adopt_roll, preview_roll

if TYPE_CHECKING:
    from places.models import Area
    from residents.models import Resident, User
    from voting.models import Contest, RollImport

HEADER = "이름,생년월일,휴대전화,동명이인 구분\n"
BORN = date(1958, 3, 12)


def roll_file(*lines: str) -> bytes:
    """A CSV file of a roll: each line is name, birth date, phone, mark; what is missing is empty."""
    padded = (",".join(([*line.split(","), "", "", ""])[:4]) for line in lines)
    return (HEADER + "\n".join(padded)).encode()


def make_named(name: str = "김무등", born: date = BORN, mark: str = "", **columns: Any) -> Resident:
    """A confirmed resident who can be found by name and birth date."""
    hashed = identity_hash(settings.IDENTITY_KEY, name, born, mark)
    return make_resident(identity_hash=hashed, birth_date=born, **columns)


def make_applicants(area: Area, *lines: str, title: str = "신청자") -> None:
    """Applicants of a dong from lines of name, birth date, phone, mark."""
    rows = [([*line.split(","), ""])[:4] for line in lines]
    text = "이름,생년월일,휴대전화,동 코드,동명이인 구분\n" + "\n".join(
        f"{name},{born},{phone},{area.code},{mark}" for name, born, phone, mark in rows
    )
    import_applicants(actor=None, title=title, data=text.encode())


def take_over(contest: Contest, actor: User, *lines: str) -> RollImport:
    """Look at a file and take it over."""
    seen = preview_roll(actor=actor, contest_id=contest.pk, data=roll_file(*lines))
    return adopt_roll(actor=actor, contest_id=contest.pk, token=seen.token)
