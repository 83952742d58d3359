"""Confirming that somebody belongs here."""

from __future__ import annotations

import contextlib
import threading
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.db import IntegrityError, connection
from django.utils import timezone

from proceedings.audit import Action
from proceedings.models import AuditEvent
from proceedings.refusals import Refused
from residents.identity import identity_hash
from residents.models import (
    Applicant,
    ConsentRecord,
    PaperCode,
    Resident,
    Verification,
    VerificationAttempt,
)
from residents.roles import RoleKind
from residents.selectors import tries_left
from residents.services import (
    confirm_by_code,
    confirm_by_roll,
    import_applicants,
    issue_code,
    issue_codes,
    revoke_verification,
    verification,
)
from tests.factories.places import make_area, make_centre
from tests.factories.residents import make_consent_text, make_resident, make_user

if TYPE_CHECKING:
    from collections.abc import Callable

    from places.models import Area
    from residents.models import ApplicantRoll, User

pytestmark = pytest.mark.django_db
BORN = date(1958, 3, 12)


def make_roll(area: Area, *people: str) -> ApplicantRoll:
    lines = people or ("김무등,19580312,010-0000-1234",)
    text = "이름,생년월일,휴대전화,동 코드,자격\n" + "\n".join(
        f"{p},{area.code},거주" for p in lines
    )
    return import_applicants(actor=None, title="신청자", data=text.encode())[0]


def refused_code(call: object, **arguments: object) -> str:
    with pytest.raises(Refused) as refused:
        call(**arguments)  # type: ignore[operator]  # a service
    return refused.value.refusal.code


def test_applicant_is_confirmed_for_a_year_with_consent_and_record() -> None:
    area, user = make_area(), make_user()
    make_roll(area)
    resident = confirm_by_roll(actor=user, name="김 무등", birth_date=BORN, phone="1234")
    today = timezone.localdate()
    assert (resident.user_id, resident.area_id) == (user.pk, area.pk)
    assert resident.verified_until == today.replace(year=today.year + 1)
    assert Applicant.objects.get().matched_on == today
    assert ConsentRecord.objects.get(subject_ref=user.actor_ref).text.purpose == "residency"
    assert AuditEvent.objects.filter(action=Action.RESIDENT_VERIFIED).count() == 1


def test_nothing_of_the_name_or_the_phone_is_stored() -> None:
    make_roll(make_area(), "독고무등,19580312,010-7777-9753")
    with connection.cursor() as cursor:
        for table in ("residents_applicant", "residents_applicantroll", "proceedings_auditevent"):
            cursor.execute(f"SELECT {table}::text FROM {table}")  # noqa: S608 - fixed names
            kept = "".join(row[0] for row in cursor.fetchall())
            assert "독고" not in kept
            assert "9753" not in kept


def test_wrong_digits_are_refused_and_the_failed_try_is_kept() -> None:
    user = make_user()
    make_roll(make_area())
    wrong = {"actor": user, "name": "김무등", "birth_date": BORN, "phone": "9999"}
    assert refused_code(confirm_by_roll, **wrong) == "not_on_roll"
    assert VerificationAttempt.objects.filter(user=user, ok=False).count() == 1
    assert AuditEvent.objects.filter(action=Action.VERIFICATION_FAILED).count() == 1


def test_sixth_try_within_a_day_is_refused_even_with_the_right_words() -> None:
    user = make_user()
    make_roll(make_area())
    for _ in range(5):
        assert (
            refused_code(confirm_by_roll, actor=user, name="김무등", birth_date=BORN, phone="0000")
            == "not_on_roll"
        )
    right = {"actor": user, "name": "김무등", "birth_date": BORN, "phone": "1234"}
    assert refused_code(confirm_by_roll, **right) == "too_many_tries"
    VerificationAttempt.objects.update(at=timezone.now() - timedelta(hours=25))
    assert confirm_by_roll(**right).user_id == user.pk  # type: ignore[arg-type]  # the same words


def test_person_of_another_account_is_refused() -> None:
    make_roll(make_area())
    words = {"name": "김무등", "birth_date": BORN, "phone": "1234"}
    confirm_by_roll(actor=make_user(), **words)  # type: ignore[arg-type]  # the same words
    assert refused_code(confirm_by_roll, actor=make_user(), **words) == "other_account"
    assert Resident.objects.count() == 1


def test_account_of_another_person_is_refused() -> None:
    user = make_user()
    make_resident(user)
    make_roll(make_area())
    words = {"name": "김무등", "birth_date": BORN, "phone": "1234"}
    assert refused_code(confirm_by_roll, actor=user, **words) == "other_person"


def test_child_under_14_is_sent_to_the_centre() -> None:
    born = timezone.localdate() - timedelta(days=365 * 10)
    make_roll(make_area(), f"김새싹,{born:%Y%m%d},010-0000-1234")
    words = {"name": "김새싹", "birth_date": born, "phone": "1234"}
    assert refused_code(confirm_by_roll, actor=make_user(), **words) == "guardian_needed"


def test_code_of_the_desk_ties_an_account_once() -> None:
    centre = make_centre()
    clerk = make_user(RoleKind.CLERK, centre=centre)
    resident = make_resident(birth_date=BORN)
    code = issue_code(actor=clerk, centre=centre, resident=resident)
    assert not PaperCode.objects.filter(code_hash__contains=code).exists()
    user = make_user()
    typed = f"{code[:4]}-{code[4:]}".lower()
    assert confirm_by_code(actor=user, code=typed, birth_date=BORN).pk == resident.pk
    resident.refresh_from_db()
    assert resident.user_id == user.pk
    again = {"actor": make_user(), "code": code, "birth_date": BORN}
    assert refused_code(confirm_by_code, **again) == "no_such_code"


def test_code_with_another_birth_date_is_refused() -> None:
    centre = make_centre()
    clerk = make_user(RoleKind.CLERK, centre=centre)
    code = issue_code(actor=clerk, centre=centre, resident=make_resident(birth_date=BORN))
    finder = {"actor": make_user(), "code": code, "birth_date": date(1990, 1, 1)}
    assert refused_code(confirm_by_code, **finder) == "no_such_code"


def test_code_that_has_ended_or_was_replaced_is_refused() -> None:
    centre = make_centre()
    clerk = make_user(RoleKind.CLERK, centre=centre)
    resident = make_resident(birth_date=BORN)
    old = issue_code(actor=clerk, centre=centre, resident=resident)
    new = issue_code(actor=clerk, centre=centre, resident=resident)
    assert (
        refused_code(confirm_by_code, actor=make_user(), code=old, birth_date=BORN)
        == "no_such_code"
    )
    PaperCode.objects.update(expires_at=timezone.now() - timedelta(minutes=1))
    assert (
        refused_code(confirm_by_code, actor=make_user(), code=new, birth_date=BORN)
        == "no_such_code"
    )


def test_posted_code_confirms_an_applicant() -> None:
    area = make_area()
    roll = make_roll(area, "김무등,19580312,010-0000-1234", "이솔,20000101,010-0000-5678")
    issued = issue_codes(actor=make_user(RoleKind.ADMINISTRATOR), roll=roll)
    assert [each.line for each in issued] == [2, 3]
    resident = confirm_by_code(actor=make_user(), code=issued[0].code, birth_date=BORN)
    assert resident.identity_hash == identity_hash(settings.IDENTITY_KEY, "김무등", BORN)
    assert Applicant.objects.filter(matched_on__isnull=False).count() == 1


def test_codes_are_issued_by_administrators_for_people_who_wait() -> None:
    roll = make_roll(make_area())
    assert refused_code(issue_codes, actor=make_user(RoleKind.AUDITOR), roll=roll) == "role_needed"
    Applicant.objects.update(matched_on=timezone.localdate())
    administrator = make_user(RoleKind.ADMINISTRATOR)
    assert refused_code(issue_codes, actor=administrator, roll=roll) == "nobody_waiting"


def confirmed(user: User) -> Verification:
    make_roll(make_area())
    confirm_by_roll(actor=user, name="김무등", birth_date=BORN, phone="1234")
    return Verification.objects.get()


def test_revoked_evidence_ends_the_residence_and_names_the_reason() -> None:
    user = make_user()
    check = confirmed(user)
    administrator = make_user(RoleKind.ADMINISTRATOR)
    resident = revoke_verification(
        actor=administrator, verification=check, reason="다른 동으로 이사"
    )
    assert resident.verified_until < timezone.localdate()
    event = AuditEvent.objects.get(action=Action.VERIFICATION_REVOKED)
    assert event.reason == "다른 동으로 이사"


def test_revocation_needs_the_role_and_a_reason() -> None:
    check = confirmed(make_user())
    nobody = {"actor": make_user(RoleKind.OFFICIAL), "verification": check, "reason": "사유"}
    assert refused_code(revoke_verification, **nobody) == "role_needed"
    silent = {"actor": make_user(RoleKind.ADMINISTRATOR), "verification": check, "reason": " "}
    assert refused_code(revoke_verification, **silent) == "reason_needed"


def meet(barrier: threading.Barrier) -> None:
    """Wait for the other thread; go on alone when a lock keeps it away."""
    with contextlib.suppress(threading.BrokenBarrierError):
        barrier.wait(timeout=1)


def at_once(call: Callable[[User], object], users: list[User]) -> list[str]:
    """What came of `call` for each user, in threads with connections of their own."""
    outcomes: list[str] = []

    def run(user: User) -> None:
        try:
            call(user)
            outcomes.append("confirmed")
        except Refused as refused:
            outcomes.append(refused.refusal.code)
        except IntegrityError:
            outcomes.append("broken")
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(user,)) for user in users]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(outcomes)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("is_locked", "expected"),
    [(True, ["confirmed", "other_account"]), (False, ["broken", "confirmed"])],
)
def test_claims_of_one_person_meet_at_the_lock(
    *,
    is_locked: bool,
    expected: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Both threads are held between looking and writing; without the lock both have looked."""
    make_consent_text()
    make_roll(make_area())
    barrier, write = threading.Barrier(2), verification.note_verification

    def write_later(*args: Any, **kwargs: Any) -> Verification:
        meet(barrier)
        return write(*args, **kwargs)

    monkeypatch.setattr(verification, "note_verification", write_later)
    if not is_locked:
        monkeypatch.setattr(verification, "lock_exclusive", lambda _name: None)

    def claim(user: User) -> object:
        return confirm_by_roll(actor=user, name="김무등", birth_date=BORN, phone="1234")

    assert at_once(claim, [make_user(), make_user()]) == expected
    assert Resident.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("is_locked", "tried"), [(True, 5), (False, 6)])
def test_tries_of_one_account_are_counted_one_after_the_other(
    *,
    is_locked: bool,
    tried: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """At four failures two tries come at once: the fifth counts, the sixth is refused."""
    user, barrier, count = make_user(), threading.Barrier(2), tries_left
    for _ in range(4):
        VerificationAttempt.objects.create(user=user, ok=False)

    def count_then_meet(who: User) -> int:
        left = count(who)
        meet(barrier)
        return left

    monkeypatch.setattr(verification, "tries_left", count_then_meet)
    if not is_locked:
        monkeypatch.setattr(verification, "lock_exclusive", lambda _name: None)

    def guess(who: User) -> object:
        return confirm_by_roll(actor=who, name="김무등", birth_date=BORN, phone="1234")

    outcomes = at_once(guess, [user, user])
    assert VerificationAttempt.objects.filter(ok=False).count() == tried
    assert outcomes == sorted(["not_on_roll", "too_many_tries" if is_locked else "not_on_roll"])
