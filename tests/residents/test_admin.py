"""What administrators do in the admin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from places.models import Area
from proceedings.audit import Action
from proceedings.models import AuditEvent, Phase
from proceedings.refusals import Refused
from residents.models import (
    ApplicantRoll,
    ConsentRecord,
    ConsentText,
    Department,
    StaffRole,
    User,
    Verification,
)
from residents.roles import RoleKind
from residents.services import dispose_expired, save_consent_text, save_department
from tests.factories.places import make_area, make_centre
from tests.factories.proceedings import make_process
from tests.factories.residents import make_department, make_resident, make_user

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    ClientOf = Callable[[User], Client]

pytestmark = pytest.mark.django_db
LISTS = [
    "places_area",
    "places_centre",
    "proceedings_process",
    "proceedings_field",
    "proceedings_auditevent",
    "residents_user",
    "residents_department",
    "residents_staffrole",
    "residents_resident",
    "residents_consenttext",
    "residents_consentrecord",
    "residents_applicantroll",
    "residents_papercode",
]


@pytest.fixture
def office(client_of: ClientOf) -> Client:
    return client_of(make_user(RoleKind.ADMINISTRATOR))


@pytest.mark.parametrize("name", LISTS)
def test_administrator_opens_every_list(name: str, office: Client) -> None:
    make_centre()
    make_department()
    make_resident(make_user())
    assert office.get(reverse(f"admin:{name}_changelist")).status_code == 200


@pytest.mark.parametrize("name", LISTS)
def test_moderator_opens_none_of_them(name: str, client_of: ClientOf) -> None:
    client = client_of(make_user(RoleKind.MODERATOR))
    assert client.get(reverse(f"admin:{name}_changelist")).status_code == 403


def test_accounts_are_shown_masked(office: Client) -> None:
    user = make_user(name="독고무등", email="dokgo-mudeung@example.org")
    page = office.get(reverse("admin:residents_user_changelist")).content.decode()
    assert "독고무등" not in page
    assert user.email not in page


def test_role_is_given_by_mail_and_ended_with_a_reason(office: Client) -> None:
    user, centre = make_user(), make_centre()
    form = {
        "email": user.email,
        "kind": "clerk",
        "centre": centre.pk,
        "valid_from": "2026-01-01",
    }
    office.post(reverse("admin:residents_staffrole_add"), form)
    role = StaffRole.objects.get(user=user)
    again = office.post(reverse("admin:residents_staffrole_add"), form)
    assert again.status_code == 200
    assert "이미 같은 역할" in again.content.decode()
    assert user.email in again.content.decode()
    end = reverse("admin:residents_staffrole_end", args=[role.pk])
    assert office.post(end, {"reason": ""}).status_code == 422
    assert office.post(end, {"reason": "부서 이동"}).status_code == 302
    role.refresh_from_db()
    assert role.valid_to is not None
    assert StaffRole.objects.filter(pk=role.pk).exists()


def test_role_for_oneself_is_refused_in_the_form(office: Client) -> None:
    own = StaffRole.objects.get().user
    form = {"email": own.email, "kind": "moderator", "valid_from": "2026-01-01"}
    response = office.post(reverse("admin:residents_staffrole_add"), form)
    assert "자기 역할" in response.content.decode()
    assert StaffRole.objects.count() == 1


def test_roll_is_uploaded_and_its_codes_printed(office: Client) -> None:
    area = make_area()
    text = f"이름,생년월일,휴대전화,동 코드\n김무등,19580312,010-0000-1234,{area.code}\n"
    upload = SimpleUploadedFile("roll.csv", text.encode("cp949"))
    url = reverse("admin:residents_applicantroll_add")
    assert office.post(url, {"title": "가을 신청", "file": upload}).status_code == 302
    roll = ApplicantRoll.objects.get()
    page = office.get(reverse("admin:residents_applicantroll_change", args=[roll.pk]))
    assert "가을 신청" in page.content.decode()
    codes = reverse("admin:residents_applicantroll_codes", args=[roll.pk])
    assert "가을 신청" in office.get(codes).content.decode()
    assert office.post(codes).content.startswith(b"%PDF")


def test_bad_roll_shows_each_line_and_keeps_the_title(office: Client) -> None:
    text = "이름,생년월일,휴대전화,동 코드\n김무등,58,010-0000-1234,1\n이솔,19580312,1,1\n"
    upload = SimpleUploadedFile("roll.csv", text.encode())
    url = reverse("admin:residents_applicantroll_add")
    page = office.post(url, {"title": "가을 신청", "file": upload}).content.decode()
    assert "2번째 줄" in page
    assert "3번째 줄" in page
    assert 'value="가을 신청"' in page
    assert not ApplicantRoll.objects.exists()


def test_evidence_is_revoked_with_a_reason(office: Client) -> None:
    resident = make_resident()
    check = Verification.objects.create(
        resident=resident,
        method="card_seen",
        checked_by_ref="system",
        valid_until=resident.verified_until,
    )
    page = office.get(reverse("admin:residents_resident_change", args=[resident.pk]))
    url = reverse("admin:residents_resident_revoke", args=[check.pk])
    assert url in page.content.decode()
    assert office.post(url, {"reason": "이사"}).status_code == 302
    resident.refresh_from_db()
    assert resident.verified_until < check.valid_until


def test_consent_text_that_somebody_agreed_to_is_not_changed(office: Client) -> None:
    text = ConsentText.objects.get(purpose="residency", version=1)
    url = reverse("admin:residents_consenttext_change", args=[text.pk])
    assert 'name="body"' in office.get(url).content.decode()
    text.records.create(subject_ref="user:1", given=True, recorded_by_ref="user:1")
    assert 'name="body"' not in office.get(url).content.decode()


def test_areas_are_imported_by_upload(office: Client) -> None:
    text = "코드,이름,종류,시작일\n9901,느티동,동,2020-01-01\n"
    url = reverse("admin:places_area_import")
    assert office.get(url).status_code == 200
    bad = SimpleUploadedFile("areas.csv", "이름\n느티동\n".encode())
    assert office.post(url, {"file": bad}).status_code == 422
    good = SimpleUploadedFile("areas.csv", text.encode())
    assert office.post(url, {"file": good}).status_code == 302
    assert Area.objects.get(code="9901").name == "느티동"


def test_process_is_kept_with_its_phases(office: Client) -> None:
    process = make_process()
    rows = {
        "phases-TOTAL_FORMS": "1",
        "phases-INITIAL_FORMS": "0",
        "phases-0-kind": "vote",
        "phases-0-title": "온라인투표",
        "phases-0-opens_at_0": "2026-12-01",
        "phases-0-opens_at_1": "09:00",
        "phases-0-closes_at_0": "2026-12-05",
        "phases-0-closes_at_1": "18:00",
    }
    form = {
        "title": process.title,
        "slug": process.slug,
        "area": process.area_id,
        "summary": "",
        "is_public": "on",
    }
    url = reverse("admin:proceedings_process_change", args=[process.pk])
    assert office.post(url, form | rows).status_code == 302
    assert Phase.objects.get().title == "온라인투표"


def test_process_and_its_phases_are_kept_together_or_not_at_all(office: Client) -> None:
    area = make_process().area
    rows: dict[str, Any] = {
        "phases-TOTAL_FORMS": "1",
        "phases-INITIAL_FORMS": "0",
        "phases-0-kind": "vote",
        "phases-0-title": "온라인투표",
        "phases-0-opens_at_0": "2026-12-01",
        "phases-0-opens_at_1": "09:00",
        "phases-0-closes_at_0": "2026-12-05",
        "phases-0-closes_at_1": "18:00",
    }
    form = {"title": "느티동 마을계획", "slug": "neuti-plan", "area": area.pk, "summary": ""}
    assert office.post(reverse("admin:proceedings_process_add"), form | rows).status_code == 302
    phase = Phase.objects.select_related("process").get()
    assert phase.process.title == "느티동 마을계획"

    Phase.objects.filter(pk=phase.pk).update(closed_at=phase.closes_at)  # it is over
    url = reverse("admin:proceedings_process_change", args=[phase.process.pk])
    rows |= {"phases-INITIAL_FORMS": "1", "phases-0-id": phase.pk, "phases-0-title": "다른 이름"}
    rows["phases-0-process"] = phase.process.pk
    refused = office.post(url, {**form, "title": "느티동 새 계획"} | rows)
    assert refused.status_code == 200
    page = refused.content.decode()
    assert "이미 끝난 단계라 바꿀 수 없습니다." in page
    assert 'value="느티동 새 계획"' in page
    phase.process.refresh_from_db()
    assert phase.process.title == "느티동 마을계획"


def test_record_shows_what_happened(office: Client) -> None:
    assert not any(dispose_expired().values())
    make_resident()
    page = office.get(reverse("admin:proceedings_auditevent_changelist"), {"part": "residents"})
    assert page.status_code == 200


def test_department_is_kept_through_its_service_and_recorded(office: Client) -> None:
    typed = {"name": "공원녹지과", "phone": "062-000-0101", "is_active": "on"}
    assert office.post(reverse("admin:residents_department_add"), typed).status_code == 302
    event = AuditEvent.objects.get(action=Action.DEPARTMENT_CHANGED)
    assert event.subject == f"residents.department:{Department.objects.get(name='공원녹지과').pk}"
    assert event.actor_role == RoleKind.ADMINISTRATOR


def test_consent_text_is_recorded_and_one_that_was_agreed_to_stays(office: Client) -> None:
    typed = {
        "purpose": "residency", "version": "900", "title": "새 동의", "body": "받는 것: 이름",
        "valid_from": "2026-01-01",
    }  # fmt: skip
    assert office.post(reverse("admin:residents_consenttext_add"), typed).status_code == 302
    text = ConsentText.objects.get(version=900)
    event = AuditEvent.objects.get(action=Action.CONSENT_TEXT_CHANGED)
    assert (event.subject, event.data["version"]) == (f"residents.consenttext:{text.pk}", 900)
    ConsentRecord.objects.create(
        text=text, subject_ref="resident:x", given=True, recorded_by_ref="system"
    )
    url = reverse("admin:residents_consenttext_change", args=[text.pk])
    assert office.post(url, {**typed, "body": "받는 것: 모두"}).status_code == 403
    administrator = User.objects.filter(roles__kind=RoleKind.ADMINISTRATOR).get()
    with pytest.raises(Refused, match="agreed_already"):
        save_consent_text(actor=administrator, text=text)


def test_departments_and_texts_are_written_by_administrators_only() -> None:
    for kind in (RoleKind.OFFICIAL, RoleKind.AUDITOR, RoleKind.MODERATOR):
        user = make_user(kind)
        with pytest.raises(Refused, match="role_needed"):
            save_department(actor=user, department=Department(name="새 부서", phone="1"))
        with pytest.raises(Refused, match="role_needed"):
            save_consent_text(actor=user, text=ConsentText(purpose="residency", version=901))
