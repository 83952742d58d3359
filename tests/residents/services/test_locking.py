"""Rolls of applicants and their codes, under real threads, each with the twin without its lock."""

from __future__ import annotations

from functools import partial

import pytest
from django.utils import timezone

from residents.models import Applicant, ApplicantRoll, PaperCode
from residents.roles import RoleKind
from residents.services import import_applicants, issue_codes, rolls
from tests.factories.places import make_area
from tests.factories.residents import make_user
from tests.factories.rolls import make_applicants
from tests.factories.threads import at_once, codes, held_up, unlocked

pytestmark = pytest.mark.django_db(transaction=True)


def one_file_twice(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Two administrators bring the same file at once."""
    area = make_area(code="9901")
    line = f"김무등,19580312,010-0000-1234,{area.code}\n"
    data = f"이름,생년월일,휴대전화,동 코드\n{line}".encode()
    held_up(monkeypatch, rolls, "read_table")
    return codes(at_once(*[partial(import_applicants, actor=None, title="신청자", data=data)] * 2))


def test_one_file_brought_twice_is_taken_once_and_the_other_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert one_file_twice(monkeypatch) == ["imported_before"]
    assert Applicant.objects.count() == 1


def test_without_the_lock_nobody_is_told_why(monkeypatch: pytest.MonkeyPatch) -> None:
    unlocked(monkeypatch, rolls)
    assert one_file_twice(monkeypatch) == ["residents_applicantroll_digest_key"]
    assert Applicant.objects.count() == 1


def two_prints(monkeypatch: pytest.MonkeyPatch) -> int:
    """Two administrators print codes for three applicants at once; how many codes are good."""
    make_applicants(
        make_area(), *(f"{name},19580312,010-0000-1234" for name in ("김무등", "이솔", "박강"))
    )
    roll = ApplicantRoll.objects.get()
    held_up(monkeypatch, rolls, "code_hash")
    administrators = [make_user(role=RoleKind.ADMINISTRATOR) for _ in range(2)]
    jobs = [partial(issue_codes, actor=actor, roll=roll) for actor in administrators]
    assert codes(at_once(*jobs)) == []
    return PaperCode.objects.filter(expires_at__gt=timezone.now()).count()


def test_of_two_prints_one_is_good(monkeypatch: pytest.MonkeyPatch) -> None:
    assert two_prints(monkeypatch) == 3


def test_without_the_lock_each_person_has_two_good_codes(monkeypatch: pytest.MonkeyPatch) -> None:
    unlocked(monkeypatch, rolls)
    assert two_prints(monkeypatch) == 6
