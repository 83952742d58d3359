"""Who works on a budget: administrators on all of it, officials on their department's projects."""

from __future__ import annotations

from typing import TYPE_CHECKING

from proceedings.refusals import Refusal, mark
from residents.permissions import refuse_unless_role
from residents.roles import RoleKind
from residents.selectors import roles_over

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from budgets.models import Project
    from residents.models import User


def refuse_unless_administrator(user: User | AnonymousUser) -> Refusal | None:
    """None for those who set budgets up."""
    return refuse_unless_role(user, RoleKind.ADMINISTRATOR)


def refuse_unless_in_charge(user: User | AnonymousUser, project: Project) -> Refusal | None:
    """None for administrators, and for officials of the department that the project lies with.

    A role that is bound to an area counts for projects there only.
    """
    refusal = refuse_unless_role(user, RoleKind.ADMINISTRATOR, RoleKind.OFFICIAL, area=project.area)
    if refusal is not None:
        return refusal
    for role in roles_over(user.current_roles, project.area) if user.pk else []:
        if role.kind == RoleKind.ADMINISTRATOR:
            return None
        if role.kind == RoleKind.OFFICIAL and role.department_id == project.department_id:
            return None
    if project.department is None:
        return Refusal(
            "no_department",
            mark("No department has been named for this project yet."),
            mark("Please ask the administrator to name one."),
        )
    return Refusal(
        "other_department",
        mark("This project lies with another department: %(department)s."),
        mark("Please ask that department, or the administrator."),
        {"department": project.department.name},
    )
