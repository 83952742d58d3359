"""What staff do about people at a desk."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from proceedings.audit import Action
from proceedings.models import AuditEvent
from proceedings.refusals import Refused
from residents.models import ConsentRecord, Resident, VerificationMethod
from residents.roles import RoleKind
from residents.selectors import find_resident, find_residents
from residents.services import (
    extend_resident,
    issue_code,
    look_up_residents,
    move_resident,
    register_resident,
    separate_account,
)
from tests.factories.places import make_area, make_centre
from tests.factories.residents import make_resident, make_user

pytestmark = pytest.mark.django_db
BORN = date(1949, 7, 1)
YESTERDAY = timedelta(days=-1)


def desk(**changes: Any) -> dict[str, Any]:
    centre = make_centre()
    return {
        "actor": make_user(RoleKind.CLERK, centre=centre),
        "centre": centre,
        "name": "박느티",
        "birth_date": BORN,
        "area": make_area(),
        "basis": "lives",
        "method": VerificationMethod.CARD_SEEN,
        "consents": ["residency"],
        **changes,
    }


def refused_code(call: Any, **arguments: Any) -> str:
    with pytest.raises(Refused) as refused:
        call(**arguments)
    return refused.value.refusal.code


def test_walk_in_is_registered_and_found_again_by_name_and_birth_date() -> None:
    what = desk()
    resident = register_resident(**what)
    assert find_resident(" 박 느티", BORN) == resident
    assert find_resident("박느티", date(1949, 7, 2)) is None
    consent = ConsentRecord.objects.get(subject_ref=f"resident:{resident.ref}")
    assert consent.centre == what["centre"]
    assert AuditEvent.objects.filter(action=Action.RESIDENT_REGISTERED).exists()


def test_name_is_not_in_the_record() -> None:
    register_resident(**desk())
    kept = " ".join(f"{e.data} {e.reason} {e.subject}" for e in AuditEvent.objects.all())
    assert "느티" not in kept


def test_staff_of_another_centre_are_refused() -> None:
    assert refused_code(register_resident, **desk(centre=make_centre())) == "other_centre"


def test_nobody_is_registered_without_consent() -> None:
    assert refused_code(register_resident, **desk(consents=[])) == "consent_needed"


def test_dong_of_the_past_is_refused() -> None:
    old = make_area(valid_to=timezone.localdate() + YESTERDAY)
    assert refused_code(register_resident, **desk(area=old)) == "no_such_dong"


def test_child_is_registered_with_the_guardian_only() -> None:
    born = timezone.localdate() - timedelta(days=365 * 10)
    assert refused_code(register_resident, **desk(birth_date=born)) == "guardian_needed"
    resident = register_resident(**desk(birth_date=born, consents=["residency", "guardian"]))
    purposes = ConsentRecord.objects.filter(subject_ref=f"resident:{resident.ref}")
    assert set(purposes.values_list("text__purpose", flat=True)) == {"residency", "guardian"}


def test_same_person_is_not_registered_twice_but_a_homonym_is() -> None:
    what = desk()
    first = register_resident(**what)
    assert refused_code(register_resident, **what) == "already_registered"
    second = register_resident(**what, homonym=True)
    assert [each for _mark, each in find_residents("박느티", BORN)] == [first, second]


def test_extending_holds_for_a_year_and_keeps_the_evidence() -> None:
    what = desk()
    resident = make_resident(verified_until=timezone.localdate() + YESTERDAY)
    extended = extend_resident(
        actor=what["actor"],
        centre=what["centre"],
        resident=resident,
        method=VerificationMethod.PROOF_SEEN,
    )
    assert extended.verified_until > timezone.localdate() + timedelta(days=360)
    assert extended.verifications.get().centre == what["centre"]


def test_move_keeps_what_was_before_in_the_record() -> None:
    what = desk()
    resident, there = make_resident(), make_area()
    before = resident.area.code
    moved = move_resident(
        actor=what["actor"], centre=what["centre"], resident=resident, area=there, basis="works"
    )
    assert (moved.area, moved.basis) == (there, "works")
    event = AuditEvent.objects.get(action=Action.RESIDENT_CHANGED)
    assert event.data["before"] == {"area": before, "basis": "lives"}


def test_separated_account_is_free_and_the_reason_kept() -> None:
    what = desk()
    resident = make_resident(make_user())
    arguments = {"actor": what["actor"], "centre": what["centre"], "resident": resident}
    assert refused_code(separate_account, **arguments, reason=" ") == "reason_needed"
    separate_account(**arguments, reason="휴대전화 분실")
    assert Resident.objects.get().user is None


def test_no_code_for_a_confirmation_that_has_ended() -> None:
    what = desk()
    resident = make_resident(verified_until=timezone.localdate() + YESTERDAY)
    arguments = {"actor": what["actor"], "centre": what["centre"], "resident": resident}
    assert refused_code(issue_code, **arguments) == "confirmation_ended"


def test_look_up_is_for_the_desk_alone() -> None:
    what = desk()
    asked = {name: what[name] for name in ("actor", "centre", "name", "birth_date")}
    assert look_up_residents(**asked) == []
    resident = register_resident(**what)
    assert look_up_residents(**asked) == [("", resident)]
    assert refused_code(look_up_residents, **{**asked, "actor": make_user()}) == "role_needed"
    other = make_user(RoleKind.CLERK)
    assert refused_code(look_up_residents, **{**asked, "actor": other}) == "other_centre"


def test_nobody_tries_out_names_from_a_desk(limit_to: Any) -> None:
    limit_to("desk_lookup", "2/hour")
    what = desk()
    asked = {name: what[name] for name in ("actor", "centre", "name", "birth_date")}
    for _try in range(2):
        look_up_residents(**asked)
    assert refused_code(look_up_residents, **asked) == "limit_reached"


def test_codes_of_a_desk_have_a_limit(limit_to: Any) -> None:
    limit_to("desk_code", "1/hour")
    what = desk()
    resident = register_resident(**what)
    issue = {"actor": what["actor"], "centre": what["centre"], "resident": resident}
    assert issue_code(**issue)
    assert refused_code(issue_code, **issue) == "limit_reached"
