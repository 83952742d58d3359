"""Who may, and the words in which the others are told."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from residents.permissions import refuse_unless_resident, refuse_unless_role
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
