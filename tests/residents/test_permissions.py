"""Who may, and the words in which the others are told."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.contrib import admin
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, transaction
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone

from budgets.permissions import refuse_unless_administrator
from debates.permissions import may_ask_for_office, refuse_unless_moderator
from proceedings.refusals import Refusal, Refused
from proceedings.wording import say
from proposals.permissions import refuse_unless_answering, refuse_unless_moderating
from residents.models import StaffRole, User
from residents.permissions import refuse_unless_resident, refuse_unless_role, who_asks
from residents.roles import ROLE_PERMISSIONS, RoleKind
from residents.selectors import DESK_KINDS
from residents.services import grant_role
from tests.factories.places import make_area, make_centre, make_district
from tests.factories.proposals import make_reviewed
from tests.factories.residents import (
    grant,
    make_department,
    make_resident,
    make_user,
    signed_in,
)
from tests.factories.voting import make_contest
from voting.permissions import refuse_roll_keeper
from voting.services.contests import refuse_unless_administrator as refuse_unless_sets_up_votes

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_django import DjangoAssertNumQueries

    from places.models import Centre

pytestmark = pytest.mark.django_db
YESTERDAY = timedelta(days=-1)


def code(refusal: object) -> str | None:
    return getattr(refusal, "code", None)


def test_stranger_is_asked_to_log_in() -> None:
    assert code(refuse_unless_resident(AnonymousUser())) == "log_in_first"
    assert code(refuse_unless_role(AnonymousUser(), RoleKind.CLERK)) == "log_in_first"


def test_closed_account_is_a_stranger() -> None:
    assert code(refuse_unless_resident(make_user(is_active=False))) == "log_in_first"


def test_account_without_residence_is_told_to_confirm() -> None:
    assert code(refuse_unless_resident(make_user())) == "residence_not_confirmed"


def test_confirmation_holds_through_its_last_day() -> None:
    user = make_user()
    make_resident(user, verified_until=timezone.localdate())
    assert refuse_unless_resident(user) is None


def test_ended_confirmation_names_its_last_day() -> None:
    user = make_user()
    last_day = timezone.localdate() + YESTERDAY
    make_resident(user, verified_until=last_day)
    refusal = refuse_unless_resident(user)
    assert refusal is not None
    assert (refusal.code, refusal.params["day"]) == ("confirmation_ended", last_day)


def test_role_in_force_is_let_through() -> None:
    assert refuse_unless_role(make_user(RoleKind.AUDITOR), RoleKind.AUDITOR) is None


def test_other_role_is_refused() -> None:
    user = make_user(RoleKind.AUDITOR)
    assert code(refuse_unless_role(user, RoleKind.CLERK)) == "role_needed"


def test_ended_role_is_refused() -> None:
    user = make_user()
    grant(user, RoleKind.AUDITOR, valid_to=timezone.localdate() + YESTERDAY)
    assert code(refuse_unless_role(user, RoleKind.AUDITOR)) == "role_needed"


def test_clerk_works_at_their_own_centre_only() -> None:
    mine, other = make_centre(), make_centre()
    clerk = make_user(RoleKind.CLERK, centre=mine)
    assert refuse_unless_role(clerk, RoleKind.CLERK, centre=mine) is None
    assert code(refuse_unless_role(clerk, RoleKind.CLERK, centre=other)) == "other_centre"


# --- Whom limits are counted for ---


def asking(**meta: str) -> str:
    request = RequestFactory().get("/")
    request.META.update(meta)
    request.user = AnonymousUser()
    return who_asks(request)


def test_account_is_counted_wherever_it_comes_from() -> None:
    user = make_user()
    request = RequestFactory().get("/", REMOTE_ADDR="203.0.113.1")
    request.user = user
    assert who_asks(request) == user.actor_ref


def test_address_is_hashed_and_another_one_each_day() -> None:
    first = asking(REMOTE_ADDR="203.0.113.1")
    assert "203.0.113" not in first
    assert first == asking(REMOTE_ADDR="203.0.113.1")
    assert first != asking(REMOTE_ADDR="203.0.113.2")
    with time_machine.travel(timezone.now() + timedelta(days=1)):
        assert first != asking(REMOTE_ADDR="203.0.113.1")


def test_one_house_is_one_address_in_the_new_internet_too() -> None:
    assert asking(REMOTE_ADDR="2001:db8:1:2::1") == asking(REMOTE_ADDR="2001:db8:1:2:ffff::9")
    assert asking(REMOTE_ADDR="2001:db8:1:2::1") != asking(REMOTE_ADDR="2001:db8:1:3::1")


def test_only_a_trusted_proxy_is_believed(settings: Any) -> None:
    told = {"REMOTE_ADDR": "203.0.113.1", "HTTP_X_FORWARDED_FOR": "198.51.100.1, 198.51.100.2"}
    assert asking(**told) == asking(REMOTE_ADDR="203.0.113.1")
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    assert asking(**told) == asking(REMOTE_ADDR="198.51.100.2")


def test_request_without_an_address_is_counted_with_its_like() -> None:
    assert asking(REMOTE_ADDR="") == "address:unknown"


# --- Bound to an area ---


def test_role_without_an_area_holds_everywhere_and_asks_for_no_area(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    official, area = make_user(RoleKind.OFFICIAL), make_area()
    with django_assert_num_queries(1):  # the roles
        assert refuse_unless_role(official, RoleKind.OFFICIAL, area=area) is None


def test_role_bound_to_an_area_holds_there_and_below_it_only() -> None:
    district = make_district()
    dong, elsewhere = make_area(parent=district), make_area()
    official = make_user(RoleKind.OFFICIAL, area=district)
    for inside in (district, dong):
        assert refuse_unless_role(official, RoleKind.OFFICIAL, area=inside) is None
    refusal = refuse_unless_role(official, RoleKind.OFFICIAL, area=elsewhere)
    assert code(refusal) == "other_area"
    assert elsewhere.name in say(refusal)  # type: ignore[arg-type]  # it is one, see above
    below = make_user(RoleKind.OFFICIAL, area=dong)
    assert code(refuse_unless_role(below, RoleKind.OFFICIAL, area=district)) == "other_area"


def test_role_keeps_its_area_when_the_area_is_named_anew() -> None:
    old = make_area(code="9800000001", valid_to=date(2024, 12, 31))
    official = make_user(RoleKind.OFFICIAL, area=old)
    new = make_area(code="9800000001", name="새이름동", valid_from=date(2025, 1, 1))
    assert refuse_unless_role(official, RoleKind.OFFICIAL, area=new) is None


BINDINGS = ("centre", "area", "department")


@pytest.mark.parametrize("kind", RoleKind.values)
@pytest.mark.parametrize("binding", BINDINGS)
def test_database_refuses_a_binding_that_means_nothing(kind: str, binding: str) -> None:
    meant = {
        "clerk": ["centre"],
        "coordinator": ["centre"],
        "official": ["department", "area"],
        "moderator": ["area"],
    }
    made = {"centre": make_centre, "area": make_area, "department": make_department}[binding]()
    if binding in meant.get(kind, []):
        assert getattr(grant(make_user(), kind, **{binding: made}), binding) == made
    else:
        user = make_user()
        with pytest.raises(IntegrityError, match="role_with_"), transaction.atomic():
            grant(user, kind, **{binding: made})


# --- Least privilege: what each role is refused ---


def refused_by(call: Callable[[], object]) -> Refusal | None:
    try:
        call()
    except Refused as refused:
        return refused.refusal
    return None


DOORS: dict[str, Callable[[User, Centre], object]] = {
    "set up votes": lambda user, _: refused_by(partial(refuse_unless_sets_up_votes, user)),
    "set up budgets": lambda user, _: refuse_unless_administrator(user),
    "give roles": lambda user, _: refused_by(
        partial(grant_role, actor=user, role=StaffRole(user=make_user(), kind=RoleKind.MODERATOR))
    ),
    "answer proposals": lambda user, _: refuse_unless_answering(user, make_reviewed()),
    "speak for the office": lambda user, _: None if may_ask_for_office(user) else "no",
    "hide proposals": lambda user, _: refuse_unless_moderating(user, make_reviewed()),
    "decide about opinions": lambda user, _: refuse_unless_moderator(user, make_area()),
    "work at a desk": lambda user, centre: refuse_unless_role(user, *DESK_KINDS, centre=centre),
    "keep a roll": lambda user, centre: refuse_roll_keeper(user, make_contest(centres=[centre])),
}
MAY: dict[str, set[str]] = {
    "set up votes": {"administrator"},
    "set up budgets": {"administrator"},
    "give roles": {"administrator"},
    "answer proposals": {"administrator", "official"},
    "speak for the office": {"administrator", "official"},
    "hide proposals": {"administrator", "moderator"},
    "decide about opinions": {"moderator"},
    "work at a desk": {"clerk", "coordinator"},
    "keep a roll": {"administrator", "coordinator"},
}


@pytest.mark.parametrize("kind", RoleKind.values)
@pytest.mark.parametrize("what", MAY)
def test_each_role_may_do_its_own_work_and_no_other(kind: str, what: str) -> None:
    centre = make_centre()
    bound = {"centre": centre} if kind in DESK_KINDS else {}
    refusal = DOORS[what](make_user(kind, **bound), centre)
    assert (refusal is None) == (kind in MAY[what])


@pytest.mark.parametrize("kind", RoleKind.values)
def test_each_role_opens_its_own_lists_of_the_office_and_no_other(kind: str) -> None:
    request = RequestFactory().get("/admin/")
    request.user = make_user(kind)
    for model, office in admin.site._registry.items():
        meta = model._meta
        for action in ("view", "add", "change", "delete"):
            allowed = (
                f"{meta.app_label}.{action}_{meta.model_name}" in ROLE_PERMISSIONS[RoleKind(kind)]
            )
            may = getattr(office, f"has_{action}_permission")(request)
            assert allowed or not may, (kind, action, meta.label)


def test_list_that_a_role_may_not_see_is_closed() -> None:
    client = signed_in(make_user(RoleKind.MODERATOR))
    assert client.get(reverse("admin:residents_user_changelist")).status_code == 403
    assert client.get(reverse("admin:debates_comment_changelist")).status_code == 200
