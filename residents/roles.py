"""Staff roles and what each may touch in the admin: one table, least privilege."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class RoleKind(models.TextChoices):
    """The staff of a town, from the desk to the office."""

    ADMINISTRATOR = "administrator", _("Administrator")
    OFFICIAL = "official", _("Official in charge")
    MODERATOR = "moderator", _("Moderator")
    CLERK = "clerk", _("Centre clerk")
    COORDINATOR = "coordinator", _("Centre coordinator")
    OBSERVER = "observer", _("Observer")
    AUDITOR = "auditor", _("Auditor")


def _perms(app: str, models_: str, actions: str = "view") -> frozenset[str]:
    return frozenset(
        f"{app}.{action}_{model}" for model in models_.split() for action in actions.split()
    )


_READ_RECORD = _perms("proceedings", "auditevent")
_VOTING_READ = _perms(
    "voting",
    "contest option contestpreset tallyrun publication batch batchevent correction treehead draw",
)
_BUDGET_READ = _perms("budgets", "budget project costline projectreview allocation milestone")

ROLE_PERMISSIONS: dict[RoleKind, frozenset[str]] = {
    RoleKind.ADMINISTRATOR: (
        _READ_RECORD
        | _VOTING_READ
        | _BUDGET_READ
        | _perms("places", "area centre room", "view add change")
        | _perms("proceedings", "process phase field", "view add change")
        | _perms("proceedings", "phase", "delete")
        | _perms("residents", "user resident verification consentrecord applicantroll papercode")
        | _perms("residents", "department staffrole consenttext", "view add change")
        | _perms("residents", "applicantroll", "add")
        | _perms("voting", "contest option contestpreset correction draw", "add change")
        | _perms("voting", "drawpreset", "view add change")
        | _perms("voting", "option", "delete")
        | _perms("budgets", "budget project costline projectreview milestone", "add change")
        | _perms("budgets", "costline milestone", "delete")
        | _perms("proposals", "proposal answer progress supportpreset", "view add change")
        | _perms("debates", "debate", "view add change")
        | _perms("debates", "comment flag moderation")
        | _perms("debates", "houserule", "view add change")
    ),
    RoleKind.OFFICIAL: (
        _perms("proposals", "proposal answer progress", "view add change")
        | _perms("budgets", "projectreview milestone", "view add change")
        | _BUDGET_READ
        | _perms("debates", "debate", "view add change")
        | _perms("debates", "comment")
    ),
    RoleKind.MODERATOR: (
        _perms("debates", "comment flag moderation debate")
        | _perms("debates", "comment", "change")
        | _perms("proposals", "proposal")
    ),
    RoleKind.CLERK: frozenset(),
    RoleKind.COORDINATOR: _perms("voting", "contest batch batchevent correction"),
    RoleKind.OBSERVER: _VOTING_READ,
    RoleKind.AUDITOR: _READ_RECORD | _VOTING_READ | _BUDGET_READ,
}
"""Role → Django permissions (`app.action_model`). Clerks work at /desk/ only, not in the admin."""
