"""Giving and ending staff roles."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connections
from django.utils import timezone

from proceedings.audit import Action
from proceedings.models import AuditEvent
from proceedings.refusals import Refused
from residents.models import StaffRole, User
from residents.roles import RoleKind
from residents.services import end_role, grant_role, roles
from tests.factories.residents import grant, make_user

pytestmark = pytest.mark.django_db


def refused_code(call: Any, **arguments: Any) -> str:
    with pytest.raises(Refused) as refused:
        call(**arguments)
    return refused.value.refusal.code


def role_for(user: User, kind: str = RoleKind.MODERATOR, **columns: Any) -> StaffRole:
    return StaffRole(user=user, kind=kind, **columns)


def test_administrator_gives_a_role_that_holds_at_once() -> None:
    administrator, user = make_user(RoleKind.ADMINISTRATOR), make_user()
    role = grant_role(actor=administrator, role=role_for(user))
    assert role.granted_by_ref == administrator.actor_ref
    assert User.objects.get(pk=user.pk).has_role(RoleKind.MODERATOR)
    assert AuditEvent.objects.filter(action=Action.ROLE_GRANTED).count() == 1


def test_nobody_gives_or_ends_a_role_of_their_own() -> None:
    administrator = make_user(RoleKind.ADMINISTRATOR)
    own = role_for(administrator)
    assert refused_code(grant_role, actor=administrator, role=own) == "own_role"
    held = StaffRole.objects.get()
    assert refused_code(end_role, actor=administrator, role=held, reason="끝") == "own_role"


def test_other_staff_give_no_roles() -> None:
    official = make_user(RoleKind.OFFICIAL)
    assert refused_code(grant_role, actor=official, role=role_for(make_user())) == "role_needed"


def test_role_is_not_given_twice() -> None:
    administrator, user = make_user(RoleKind.ADMINISTRATOR), make_user()
    grant_role(actor=administrator, role=role_for(user))
    twice = refused_code(grant_role, actor=administrator, role=role_for(user))
    assert twice == "role_given_already"


def test_clerk_without_a_centre_is_no_clerk() -> None:
    administrator = make_user(RoleKind.ADMINISTRATOR)
    with pytest.raises(ValidationError):
        grant_role(actor=administrator, role=role_for(make_user(), RoleKind.CLERK))


def test_ended_role_stays_in_the_table_and_holds_no_longer() -> None:
    administrator, user = make_user(RoleKind.ADMINISTRATOR), make_user()
    role = grant(user, RoleKind.MODERATOR, valid_from=timezone.localdate())
    assert refused_code(end_role, actor=administrator, role=role, reason="") == "reason_needed"
    end_role(actor=administrator, role=role, reason="부서 이동")
    assert StaffRole.objects.filter(pk=role.pk).exists()
    assert not User.objects.get(pk=user.pk).has_role(RoleKind.MODERATOR)
    assert AuditEvent.objects.get(action=Action.ROLE_ENDED).reason == "부서 이동"


def _given_at_once(monkeypatch: pytest.MonkeyPatch, number: int) -> list[str]:
    """So many administrators give one role at once, each held up after the look; the answers."""
    user = make_user()
    administrators = [make_user(RoleKind.ADMINISTRATOR) for _ in range(number)]
    barrier, clean = threading.Barrier(number), StaffRole.full_clean

    def slow_clean(role: StaffRole, *args: Any, **options: Any) -> None:
        threading.Event().wait(0.3)
        clean(role, *args, **options)

    def give(administrator: User) -> str:
        try:
            barrier.wait(timeout=30)
            grant_role(actor=administrator, role=role_for(user))
        except Refused as refused:
            return refused.refusal.code
        finally:
            connections.close_all()
        return "given"

    monkeypatch.setattr(StaffRole, "full_clean", slow_clean)
    with ThreadPoolExecutor(max_workers=number) as pool:
        return sorted(pool.map(give, administrators))


@pytest.mark.django_db(transaction=True)
def test_role_given_four_times_at_once_is_given_once(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = _given_at_once(monkeypatch, 4)
    assert answers == ["given", *["role_given_already"] * 3]
    assert StaffRole.objects.filter(kind=RoleKind.MODERATOR).count() == 1


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_the_role_is_given_four_times(monkeypatch: pytest.MonkeyPatch) -> None:
    """The twin: the same four without the lock."""
    monkeypatch.setattr(roles, "lock_exclusive", lambda _name: None)
    assert _given_at_once(monkeypatch, 4) == ["given"] * 4
    assert StaffRole.objects.filter(kind=RoleKind.MODERATOR).count() == 4
