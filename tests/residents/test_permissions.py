"""Who may, and the words in which the others are told."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory
from django.utils import timezone

from residents.permissions import refuse_unless_resident, refuse_unless_role, who_asks
from residents.roles import RoleKind
from tests.factories.places import make_centre
from tests.factories.residents import grant, make_resident, make_user

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
