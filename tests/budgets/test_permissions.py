"""Who may work on which project."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser

from budgets.permissions import refuse_unless_administrator, refuse_unless_in_charge
from residents.roles import RoleKind
from tests.factories.budgets import make_administrator, make_project
from tests.factories.places import make_area
from tests.factories.residents import grant, make_user

pytestmark = pytest.mark.django_db


def test_the_own_department_and_administrators_are_in_charge() -> None:
    project = make_project()
    own = make_user(role=RoleKind.OFFICIAL, department=project.department)
    assert refuse_unless_in_charge(own, project) is None
    assert refuse_unless_in_charge(make_administrator(), project) is None


def test_another_department_is_refused_by_the_name_of_the_right_one() -> None:
    project = make_project()
    refusal = refuse_unless_in_charge(make_user(role=RoleKind.OFFICIAL), project)
    assert refusal is not None
    assert refusal.code == "other_department"
    assert project.department is not None
    assert refusal.params == {"department": project.department.name}


def test_an_official_waits_until_a_department_is_named() -> None:
    project = make_project(department=None)
    refusal = refuse_unless_in_charge(make_user(role=RoleKind.OFFICIAL), project)
    assert refusal is not None
    assert refusal.code == "no_department"


@pytest.mark.parametrize("role", [RoleKind.CLERK, RoleKind.MODERATOR, RoleKind.AUDITOR])
def test_other_staff_is_refused(role: RoleKind) -> None:
    user = make_user(role=role)
    for refusal in (
        refuse_unless_administrator(user),
        refuse_unless_in_charge(user, make_project()),
    ):
        assert refusal is not None
        assert refusal.code == "role_needed"


def test_strangers_are_asked_to_log_in() -> None:
    refusal = refuse_unless_administrator(AnonymousUser())
    assert refusal is not None
    assert refusal.code == "log_in_first"


def test_an_official_bound_to_an_area_is_in_charge_there_only() -> None:
    here, elsewhere = make_project(), make_project(area=make_area())
    for project, code in ((here, None), (elsewhere, "other_area")):
        bound = make_user(role=RoleKind.OFFICIAL, department=project.department, area=here.area)
        refusal = refuse_unless_in_charge(bound, project)
        assert (refusal.code if refusal else None) == code


def test_the_area_of_one_role_does_not_lend_itself_to_the_department_of_another() -> None:
    project = make_project()
    user = make_user(role=RoleKind.OFFICIAL, area=project.area)
    grant(user, RoleKind.OFFICIAL, department=project.department, area=make_area())
    refusal = refuse_unless_in_charge(user, project)
    assert refusal is not None
    assert refusal.code == "other_department"
