"""What staff do about people at a desk: register, extend, move, separate, hand out codes."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from places.selectors import dongs_in_force
from proceedings.audit import Action
from proceedings.locks import lock_exclusive
from proceedings.refusals import Refusal, Refused, mark
from proceedings.services import record_event, spend
from residents import codes
from residents.identity import MARKS, check_consent_age, identity_hash
from residents.models import PaperCode, Resident, VerificationMethod
from residents.permissions import refuse_unless_role
from residents.selectors import DESK_KINDS, find_residents
from residents.services.consents import record_consent, required_text
from residents.services.people import take_ref
from residents.services.verification import code_hash, note_verification

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date

    from places.models import Area, Centre
    from residents.models import User

CODE_DAYS = 30
"""How long a paper code can be used."""


def _refuse_unless_at(actor: User, centre: Centre) -> None:
    refusal = refuse_unless_role(actor, *DESK_KINDS, centre=centre)
    if refusal is not None:
        raise Refused(refusal)


def look_up_residents(
    *, actor: User, centre: Centre, name: str, birth_date: date
) -> list[tuple[str, Resident]]:
    """All residents with this name and birth date, for staff at a desk; homonyms are real.

    What was typed is not kept. Raises Refused for others, and at the limit of the hour: nobody
    tries out names from a desk.
    """
    _refuse_unless_at(actor, centre)
    spend("desk_lookup", actor.actor_ref)
    return find_residents(name, birth_date)


@transaction.atomic(durable=True)
def register_resident(
    *,
    actor: User,
    centre: Centre,
    name: str,
    birth_date: date,
    area: Area,
    basis: str,
    method: VerificationMethod,
    consents: Collection[str],
    homonym: bool = False,
) -> Resident:
    """Register somebody who stands at the desk, after the staff saw a card or a proof.

    `consents` are the purposes of the texts that were read aloud and agreed to: "residency", for
    people under 14 "guardian" too. `homonym`: another person with this name and birth date is
    registered, and staff saw that this is somebody else. The name is hashed and forgotten. Raises
    Refused for staff of another centre, without consent, for a dong that is not in force, or for
    somebody who is registered already.
    """
    _refuse_unless_at(actor, centre)
    refusal = _check_registration(birth_date, area, consents)
    if refusal is not None:
        raise Refused(refusal)
    lock_exclusive(f"identity:{identity_hash(settings.IDENTITY_KEY, name, birth_date)}")
    hashes = [identity_hash(settings.IDENTITY_KEY, name, birth_date, each) for each in MARKS]
    taken = set(
        Resident.objects.filter(identity_hash__in=hashes).values_list("identity_hash", flat=True)
    )
    free = next((each for each in hashes if each not in taken), None)
    if free is None or (taken and not homonym):
        raise Refused(
            Refusal(
                "already_registered",
                mark("Somebody with this name and date of birth is already registered."),
                mark("Please look the person up: you can extend the confirmation there."),
            ),
        )
    resident = Resident(
        ref=take_ref(free),
        identity_hash=free,
        birth_date=birth_date,
        area=area,
        basis=basis,
        verified_until=timezone.localdate(),
    )
    note_verification(resident, method=method, checked_by_ref=actor.actor_ref, centre=centre)
    for purpose in sorted({"residency", "guardian"}.intersection(consents)):
        record_consent(
            text=required_text(purpose),
            subject_ref=f"resident:{resident.ref}",
            recorded_by_ref=actor.actor_ref,
            centre=centre,
        )
    record_event(
        action=Action.RESIDENT_REGISTERED,
        actor_ref=actor.actor_ref,
        subject=f"residents.resident:{resident.pk}",
        data={"centre": centre.code, "basis": basis, "homonym": bool(taken)},
    )
    return resident


def _check_registration(birth_date: date, area: Area, consents: Collection[str]) -> Refusal | None:
    if "residency" not in consents:
        return Refusal(
            "consent_needed",
            mark("Without consent nobody can be registered."),
            mark("Please read the text aloud and ask. Those who decline may still read and ask."),
            form_field="consent",
        )
    if not dongs_in_force().filter(pk=area.pk).exists():
        return Refusal(
            "no_such_dong",
            mark("%(area)s is not a dong in force today."),
            mark("Please choose a dong from the list."),
            {"area": area.name},
            form_field="area",
        )
    today = timezone.localdate()
    return check_consent_age(birth_date, today, has_guardian="guardian" in consents)


@transaction.atomic(durable=True)
def extend_resident(
    *, actor: User, centre: Centre, resident: Resident, method: VerificationMethod
) -> Resident:
    """Confirm a registered person for another year, after the staff saw a card or a proof."""
    _refuse_unless_at(actor, centre)
    held = Resident.objects.select_for_update().get(pk=resident.pk)
    note_verification(held, method=method, checked_by_ref=actor.actor_ref, centre=centre)
    return held


@transaction.atomic(durable=True)
def move_resident(
    *, actor: User, centre: Centre, resident: Resident, area: Area, basis: str
) -> Resident:
    """Keep another dong or basis for a registered person, after the staff saw a proof."""
    _refuse_unless_at(actor, centre)
    refusal = _check_registration(resident.birth_date, area, ("residency", "guardian"))
    if refusal is not None:
        raise Refused(refusal)
    held = Resident.objects.select_for_update().select_related("area").get(pk=resident.pk)
    before = {"area": held.area.code, "basis": held.basis}
    held.area, held.basis = area, basis
    held.save(update_fields=["area", "basis"])
    record_event(
        action=Action.RESIDENT_CHANGED,
        actor_ref=actor.actor_ref,
        subject=f"residents.resident:{held.pk}",
        data={"before": before, "after": {"area": area.code, "basis": basis}},
    )
    return held


@transaction.atomic(durable=True)
def separate_account(*, actor: User, centre: Centre, resident: Resident, reason: str) -> Resident:
    """Untie a registered person from the account they lost or were wrongly tied to."""
    _refuse_unless_at(actor, centre)
    if not reason.strip():
        raise Refused(
            Refusal(
                "reason_needed",
                mark("Please write why the account is separated."),
                form_field="reason",
            ),
        )
    held = Resident.objects.select_for_update().get(pk=resident.pk)
    held.user = None
    held.save(update_fields=["user"])
    record_event(
        action=Action.RESIDENT_CHANGED,
        actor_ref=actor.actor_ref,
        subject=f"residents.resident:{held.pk}",
        reason=reason.strip(),
        data={"separated": True},
    )
    return held


@transaction.atomic(durable=True)
def issue_code(*, actor: User, centre: Centre, resident: Resident) -> str:
    """Make a code with which a registered person can tie an account to themselves, for 30 days.

    Returns the code: it exists nowhere else and is printed at once. Codes issued before end.
    """
    _refuse_unless_at(actor, centre)
    spend("desk_code", actor.actor_ref)
    lock_exclusive(f"identity:{resident.identity_hash}")
    if resident.verified_until < timezone.localdate():
        raise Refused(
            Refusal(
                "confirmation_ended",
                mark("The confirmation of this person ended on %(day)s."),
                mark("Please extend it first, with the card in hand."),
                {"day": resident.verified_until},
            ),
        )
    now = timezone.now()
    PaperCode.objects.filter(resident=resident, used_at__isnull=True, expires_at__gt=now).update(
        expires_at=now
    )
    code = codes.new_code(secrets.choice)
    stored = PaperCode.objects.create(
        code_hash=code_hash(code),
        resident=resident,
        centre=centre,
        issued_by_ref=actor.actor_ref,
        expires_at=now + timedelta(days=CODE_DAYS),
    )
    record_event(
        action=Action.CODES_ISSUED,
        actor_ref=actor.actor_ref,
        subject=f"residents.papercode:{stored.pk}",
        data={"count": 1, "centre": centre.code},
    )
    return code
