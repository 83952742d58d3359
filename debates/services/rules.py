"""The house rules themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from debates.services.opinions import raise_if
from proceedings.audit import Action
from proceedings.services import record_event
from residents.permissions import refuse_unless_role
from residents.roles import RoleKind

if TYPE_CHECKING:
    from debates.models import HouseRule
    from residents.models import User


@transaction.atomic
def save_house_rule(*, actor: User, rule: HouseRule) -> HouseRule:
    """Store a new or changed rule, with its words in the record.

    Composable, because the admin saves inside a transaction. Raises Refused for others than
    administrators.
    """
    raise_if(refuse_unless_role(actor, RoleKind.ADMINISTRATOR))
    rule.save()
    record_event(
        action=Action.HOUSE_RULE_CHANGED,
        actor_ref=actor.actor_ref,
        actor_role=RoleKind.ADMINISTRATOR,
        subject=f"debates.houserule:{rule.pk}",
        data={"number": rule.number, "title": rule.title, "text": rule.body},
    )
    return rule
