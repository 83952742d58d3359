"""Forms of the administration: none keeps a resident number, whatever the table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.test import RequestFactory
from django.urls import reverse

from debates.models import HouseRule
from places.models import Area, Centre, Room
from proceedings.audit import Action
from proceedings.models import AuditEvent, Field, Phase, Process
from proposals.models import SupportPreset
from residents.models import ApplicantRoll, ConsentText, Department
from residents.roles import RoleKind
from tests.factories.places import make_area, make_centre
from tests.factories.residents import make_user, signed_in

if TYPE_CHECKING:
    from django.http import HttpRequest

pytestmark = pytest.mark.django_db
NUMBER = "900505-1234567"
PLAIN = (
    Process, Field, Area, Centre, Room, Department, ConsentText, ApplicantRoll, HouseRule, SupportPreset,
)  # fmt: skip
"""Tables that Django's own forms write; all others are written by forms of ours."""


@pytest.fixture
def office() -> HttpRequest:
    request = RequestFactory().get("/admin/")
    request.user = make_user(RoleKind.ADMINISTRATOR)
    return request


def lets_through(form: Any) -> list[str]:
    """The text fields of a form that would keep a resident number."""
    found = []
    for name, field in form.base_fields.items():
        if isinstance(field, forms.CharField) and not isinstance(field, forms.JSONField):
            try:
                field.run_validators(f"연락 {NUMBER}")
            except ValidationError as error:
                if any(each.code == "resident_number" for each in error.error_list):
                    continue
            found.append(name)
    return found


def test_every_form_of_the_administration_refuses_a_resident_number(office: HttpRequest) -> None:
    seen = set()
    for model, own in admin.site._registry.items():
        if model not in PLAIN:
            continue
        seen.add(model)
        assert lets_through(own.get_form(office)) == [], model
        for inline in own.get_inline_instances(office):
            assert lets_through(inline.get_formset(office).form) == [], inline.model
    assert seen == set(PLAIN)


def test_number_is_told_beside_its_field_and_nothing_is_kept(office: HttpRequest) -> None:
    client = signed_in(office.user)  # type: ignore[arg-type]  # an account, see above
    typed = {"name": f"안전 {NUMBER}", "english_name": "Safety", "slug": "safety", "position": "1"}
    page = client.post(reverse("admin:proceedings_field_add"), typed).content.decode()
    assert "주민등록번호" in page
    assert "Safety" in page
    assert not Field.objects.exists()


def test_field_is_kept_through_its_service_and_recorded(office: HttpRequest) -> None:
    client = signed_in(office.user)  # type: ignore[arg-type]  # as above
    typed = {"name": "안전", "english_name": "Safety", "slug": "safety", "position": "1"}
    assert client.post(reverse("admin:proceedings_field_add"), typed).status_code == 302
    event = AuditEvent.objects.get(action=Action.FIELD_CHANGED)
    assert event.subject == f"proceedings.field:{Field.objects.get().pk}"


def test_room_is_kept_through_its_service_and_refused_in_another_dongs_centre(
    office: HttpRequest,
) -> None:
    client = signed_in(office.user)  # type: ignore[arg-type]  # as above
    centre, dong = make_centre(), make_area()
    typed = {
        "code": "neuti-maru",
        "name": "느티마루",
        "area": dong.pk,
        "centre": centre.pk,
        "location": "행정복지센터 3층",
        "size": "62",
        "seats": "24",
        "hours": "평일 18:00–21:00",
        "phone": "062-000-0012",
        "is_open": "on",
    }
    refused = client.post(reverse("admin:places_room_add"), typed).content.decode()
    assert f"이 센터는 다른 동에 있습니다: {centre.area}" in refused
    assert "느티마루" in refused
    assert not Room.objects.exists()
    typed["area"] = centre.area.pk
    assert client.post(reverse("admin:places_room_add"), typed).status_code == 302
    event = AuditEvent.objects.get(action=Action.ROOM_CHANGED)
    assert (event.subject, event.data) == (
        f"places.room:{Room.objects.get().pk}",
        {"code": "neuti-maru", "in_use": True},
    )
    typed |= {"code": "none", "seats": "0"}
    nobody = client.post(reverse("admin:places_room_add"), typed)
    assert (nobody.status_code, Room.objects.count()) == (200, 1)


def test_phase_of_a_process_refuses_it_too() -> None:
    assert Phase in {inline.model for inline in admin.site._registry[Process].inlines}
