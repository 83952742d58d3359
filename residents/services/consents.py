"""Keep who agreed to what, when, in which version."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from proceedings.audit import Action
from proceedings.refusals import Refusal, Refused, mark
from proceedings.services import record_event
from residents.models import ConsentRecord, Resident
from residents.permissions import refuse_unless_role
from residents.roles import RoleKind
from residents.selectors import consent_text

if TYPE_CHECKING:
    from places.models import Centre
    from residents.models import ConsentText, User


def required_text(purpose: str) -> ConsentText:
    """The text for `purpose` that holds today. Raises Refused when there is none to agree to."""
    text = consent_text(purpose)
    if text is None:
        raise Refused(
            Refusal(
                "no_consent_text",
                mark("There is no consent text for this yet."),
                mark("Please tell the administrator: it is entered under “Consent texts”."),
            ),
        )
    return text


def record_consent(
    *,
    text: ConsentText,
    subject_ref: str,
    recorded_by_ref: str,
    centre: Centre | None = None,
    given: bool = True,
) -> ConsentRecord:
    """Write down, inside the caller's transaction, that somebody agreed or took it back."""
    record = ConsentRecord.objects.create(
        text=text,
        subject_ref=subject_ref,
        given=given,
        centre=centre,
        recorded_by_ref=recorded_by_ref,
    )
    record_event(
        action=Action.CONSENT_GIVEN if given else Action.CONSENT_WITHDRAWN,
        actor_ref=recorded_by_ref,
        subject=f"residents.consentrecord:{record.pk}",
        data={"purpose": text.purpose, "version": text.version},
    )
    return record


def record_assistance(*, actor: User, centre: Centre, subject_ref: str) -> ConsentRecord:
    """Write down, inside the caller's transaction, that somebody let staff act on their behalf.

    For services of other apps that let a clerk propose or support for a resident who asked for it
    (`subject_ref` is `resident:<ref>`). Raises Refused when no text for it is in force.
    """
    return record_consent(
        text=required_text("assistance"),
        subject_ref=subject_ref,
        recorded_by_ref=actor.actor_ref,
        centre=centre,
    )


@transaction.atomic(durable=True)
def save_consent_text(*, actor: User, text: ConsentText) -> ConsentText:
    """Store a new text, or change one that nobody has agreed to yet.

    Raises Refused for anybody but an administrator, and once somebody has agreed to it.
    """
    refusal = refuse_unless_role(actor, RoleKind.ADMINISTRATOR)
    if refusal is None and text.pk is not None and text.records.exists():
        refusal = Refusal(
            "agreed_already",
            mark("Somebody has agreed to this text: it stays as it was."),
            mark("Please add a new version."),
        )
    if refusal is not None:
        raise Refused(refusal)
    text.full_clean()
    text.save()
    record_event(
        action=Action.CONSENT_TEXT_CHANGED,
        actor_ref=actor.actor_ref,
        actor_role=RoleKind.ADMINISTRATOR,
        subject=f"residents.consenttext:{text.pk}",
        data={"purpose": text.purpose, "version": text.version, "required": text.is_required},
    )
    return text


@transaction.atomic(durable=True)
def withdraw_residency_consent(*, actor: User) -> None:
    """Take back the consent to the residency check: the confirmation ends and is unlinked today.

    What was done while it held stays done. Raises Refused when nothing is confirmed.
    """
    resident = Resident.objects.select_for_update().filter(user=actor).first()
    if resident is None:
        raise Refused(
            Refusal(
                "nothing_to_withdraw",
                mark("Your residence is not confirmed, so there is nothing to take back."),
            ),
        )
    record_consent(
        text=required_text("residency"),
        subject_ref=actor.actor_ref,
        recorded_by_ref=actor.actor_ref,
        given=False,
    )
    resident.user = None
    resident.verified_until = min(resident.verified_until, timezone.localdate() - timedelta(days=1))
    resident.save(update_fields=["user", "verified_until"])
