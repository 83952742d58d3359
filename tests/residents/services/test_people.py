"""Finding the known people a file names, and holding references for them."""

from __future__ import annotations

import contextlib
import threading
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.db import IntegrityError, connections, transaction
from django.utils import timezone

from proceedings.refusals import Refused
from residents.identity import identity_hash
from residents.models import ReservedRef, Resident, VerificationMethod
from residents.roles import RoleKind
from residents.services import (
    confirm_by_roll,
    desk,
    dispose_expired,
    people,
    read_people,
    refs_of,
    register_resident,
    reserve_refs,
    verification,
)
from tests.factories.places import make_area, make_centre
from tests.factories.residents import make_consent_text, make_user
from tests.factories.rolls import BORN, HEADER, make_applicants, make_named, roll_file

if TYPE_CHECKING:
    from places.models import Area

pytestmark = pytest.mark.django_db


def hash_of(name: str, mark: str = "") -> str:
    return identity_hash(settings.IDENTITY_KEY, name, BORN, mark)


def problem_of(*lines: str) -> str:
    """What the one bad line of a file is told."""
    _people, problems = read_people(roll_file(*lines))
    assert len(problems) == 1
    return problems[0].message


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949"])
def test_resident_and_applicant_are_found_in_every_encoding(encoding: str) -> None:
    area = make_area()
    resident = make_named("김무등", area=area)
    make_applicants(area, "이솔,19580312,010-0000-1234")
    data = roll_file("김 무등,1958-03-12", "이솔,19580312,1234").decode().encode(encoding)
    found, problems = read_people(data)
    assert problems == []
    assert (found[2].ref, found[3].ref) == (resident.ref, None)
    assert found[3].area == area


def test_resident_known_from_the_desk_is_found_whatever_phone_is_written() -> None:
    resident = make_named()
    found, problems = read_people(roll_file("김무등,19580312,010-9999-0000"))
    assert (found[2].ref, problems) == (resident.ref, [])


def test_resident_goes_before_the_applicant_they_were() -> None:
    old, new = make_area(), make_area()
    make_applicants(old, "김무등,19580312,1234")
    make_named(area=new)
    assert read_people(roll_file("김무등,19580312"))[0][2].area == new


def test_newest_application_counts() -> None:
    old, new = make_area(), make_area()
    make_applicants(old, "김무등,19580312,1234", title="지난해")
    make_applicants(new, "김무등,19580312,1234", title="올해")
    assert read_people(roll_file("김무등,19580312"))[0][2].area == new


def test_unknown_person_is_a_bad_line() -> None:
    assert "Nobody known here" in problem_of("김무등,19580312")


def test_other_phone_than_the_applicants_is_a_bad_line() -> None:
    make_applicants(make_area(), "김무등,19580312,010-0000-1234")
    assert "another phone number" in problem_of("김무등,19580312,010-0000-9999")


def test_homonyms_are_told_apart_by_phone_or_mark() -> None:
    area = make_area()
    make_applicants(area, "김무등,19580312,1234,", "김무등,19580312,5678,2")
    assert "Several people" in problem_of("김무등,19580312")
    found, problems = read_people(
        roll_file("김무등,19580312,5678", "김무등,19580312,,1", "김무등,19580312,,2")
    )
    assert problems == []
    assert [found[line].identity_hash for line in (2, 3, 4)] == [
        hash_of("김무등", "2"),
        hash_of("김무등"),
        hash_of("김무등", "2"),
    ]


def test_phone_that_no_applicant_has_means_the_homonym_from_the_desk() -> None:
    area = make_area()
    make_applicants(area, "김무등,19580312,5678,2")
    resident = make_named()
    found, problems = read_people(roll_file("김무등,19580312,1111"))
    assert (found[2].ref, problems) == (resident.ref, [])


@pytest.mark.parametrize(
    "line",
    [
        "김무등,580312",
        "김무등,19580312,12",
        "김무등,19580312,,5",
        "···,19580312",
        ",19580312",
        "김무등,",
    ],
)
def test_line_that_cannot_be_read_is_named(line: str) -> None:
    make_named()
    _people, problems = read_people(roll_file("김무등,19580312", line))
    assert [problem.line for problem in problems] == [3]


def test_resident_registration_number_refuses_the_file() -> None:
    with pytest.raises(Refused) as refused:
        read_people(roll_file("김무등,580312-1234567"))
    assert refused.value.refusal.code == "resident_number"


def test_queries_do_not_grow_with_the_lines(django_assert_num_queries: Any) -> None:
    for count in (1, 3):
        names = [f"김무{'가나다'[place]}{count}" for place in range(count)]
        for name in names:
            make_named(name)
        with django_assert_num_queries(4):
            read_people(roll_file(*(f"{name},19580312,1234" for name in names)))


# --- References ---------------------------------------------------------------------------------


def reserve(*names: str) -> dict[str, Any]:
    with transaction.atomic():
        return reserve_refs([hash_of(name) for name in names])


def test_reference_is_reserved_once_and_a_resident_keeps_their_own() -> None:
    resident = make_named("김무등")
    first = reserve("김무등", "이솔")
    assert first[hash_of("김무등")] == resident.ref
    assert reserve("이솔", "박강")[hash_of("이솔")] == first[hash_of("이솔")]
    assert ReservedRef.objects.count() == 2


def test_applicant_becomes_a_resident_under_the_reserved_reference() -> None:
    make_consent_text(version=90)
    make_applicants(make_area(), "김무등,19580312,1234")
    wanted = reserve("김무등")[hash_of("김무등")]
    resident = confirm_by_roll(actor=make_user(), name="김무등", birth_date=BORN, phone="1234")
    assert resident.ref == wanted
    assert not ReservedRef.objects.exists()
    assert refs_of([hash_of("김무등")]) == {hash_of("김무등"): wanted}


def test_desk_registers_under_the_reserved_reference() -> None:
    make_consent_text(version=90)
    wanted = reserve("김무등")[hash_of("김무등")]
    assert _register("김무등", make_area()).ref == wanted


def _register(name: str, area: Area) -> Resident:
    centre = make_centre()
    return register_resident(
        actor=make_user(role=RoleKind.CLERK, centre=centre),
        centre=centre,
        name=name,
        birth_date=BORN,
        area=area,
        basis="lives",
        method=VerificationMethod.CARD_SEEN,
        consents=["residency"],
    )


def test_reserved_reference_is_disposed_of_after_a_year() -> None:
    reserve("김무등")
    ReservedRef.objects.update(reserved_on=timezone.localdate() - timedelta(days=366))
    assert dispose_expired()["reserved"] == 1
    assert not ReservedRef.objects.exists()


def test_one_identity_has_one_reserved_reference_in_the_database() -> None:
    ReservedRef.objects.create(identity_hash=hash_of("김무등"))
    with pytest.raises(IntegrityError), transaction.atomic():
        ReservedRef.objects.create(identity_hash=hash_of("김무등"))


def _register_while_a_roll_reserves(monkeypatch: pytest.MonkeyPatch) -> tuple[Any, Any]:
    """One person is registered, held up before the commit, while a roll asks for their reference.

    Returns the reference that the roll got, and the one that the resident has.
    """
    make_consent_text(version=90)
    area = make_area()
    holding, asked = threading.Event(), threading.Event()
    note = verification.note_verification

    def slow_note(*args: Any, **named: Any) -> Any:
        holding.set()
        asked.wait(0.5)
        return note(*args, **named)

    monkeypatch.setattr(desk, "note_verification", slow_note)
    got: list[Any] = []

    def ask() -> None:
        with contextlib.ExitStack() as ends:
            ends.callback(connections.close_all)
            holding.wait(10)
            got.append(reserve("김무등")[hash_of("김무등")])
            asked.set()

    thread = threading.Thread(target=ask)
    thread.start()
    resident = _register("김무등", area)
    thread.join()
    return got[0], resident.ref


@pytest.mark.django_db(transaction=True)
def test_roll_waits_for_a_registration_and_gets_its_reference(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    on_roll, own = _register_while_a_roll_reserves(monkeypatch)
    assert on_roll == own


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_the_roll_names_somebody_who_never_comes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The twin: the same two without the lock."""
    monkeypatch.setattr(people, "lock_exclusive", lambda _name: None)
    on_roll, own = _register_while_a_roll_reserves(monkeypatch)
    assert on_roll != own


def test_columns_are_known_by_their_english_names_too() -> None:
    make_named()
    assert HEADER.startswith("이름")
    assert len(read_people("name,birth_date\n김무등,19580312".encode())[0]) == 1
