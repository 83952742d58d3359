"""Confirm that somebody belongs here: by the applicants' roll, by a code on paper, by staff.

Every way ends in the same place: one `Resident` per identity hash, found or made under the lock
`identity:<hash>`, so that one person never becomes two, whatever the channel.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from proceedings.audit import Action
from proceedings.locks import lock_exclusive
from proceedings.refusals import Refusal, Refused, mark
from proceedings.services import record_event
from residents import codes
from residents.identity import check_consent_age, keyed_hash, match_hash, year_from
from residents.models import (
    Applicant,
    PaperCode,
    Resident,
    Verification,
    VerificationAttempt,
    VerificationMethod,
)
from residents.permissions import refuse_unless_role
from residents.roles import RoleKind
from residents.selectors import tries_left
from residents.services.consents import record_consent, required_text
from residents.services.people import take_ref

if TYPE_CHECKING:
    from datetime import date

    from places.models import Area, Centre
    from residents.models import User

NOT_ON_ROLL = Refusal(
    "not_on_roll",
    mark("We could not find you on the roll with what you wrote."),
    mark(
        "Please enter the code of a paper slip, or visit your centre with your identity card. "
        "Your centre answers questions by phone."
    ),
)
NO_SUCH_CODE = Refusal(
    "no_such_code",
    mark("This code and this date of birth do not go together, or the code was used or has ended."),
    mark("Please check the slip, or ask your centre for a new code."),
)
TOO_MANY_TRIES = Refusal(
    "too_many_tries",
    mark("You have tried several times today."),
    mark("Please try again tomorrow, or visit your centre with your identity card."),
)
OTHER_ACCOUNT = Refusal(
    "other_account",
    mark("This person is already confirmed with another account."),
    mark("Please log in there, or ask your centre to separate the accounts."),
)
OTHER_PERSON = Refusal(
    "other_person",
    mark("This account is already confirmed for another person."),
    mark("Each person needs an account of their own. Your centre can help."),
)


@dataclass(frozen=True)
class Person:
    """Whom an evidence points to: the identity hash and what is kept of a person."""

    identity_hash: str
    birth_date: date
    area: Area
    basis: str


def confirm_by_roll(*, actor: User, name: str, birth_date: date, phone: str) -> Resident:
    """Confirm `actor` as an applicant with this name, birth date and end of the phone number.

    The consent to the residency text in force is recorded with it. A failed try is kept too (five
    in 24 hours); then Refused is raised after the commit, so that it counts.
    """
    wanted = match_hash(settings.IDENTITY_KEY, name, birth_date, phone)
    with transaction.atomic(durable=True):
        outcome = _try_roll(actor, wanted)
    if isinstance(outcome, Refusal):
        raise Refused(outcome)
    return outcome


def _try_roll(actor: User, wanted: str) -> Resident | Refusal:
    lock_exclusive(f"residency:{actor.pk}")
    if not tries_left(actor):
        return TOO_MANY_TRIES
    applicant = (
        Applicant.objects.filter(match_hash=wanted)
        .select_related("area")
        .order_by("-roll_id")
        .first()
    )
    if applicant is None:
        return _note_failure(actor, NOT_ON_ROLL)
    person = Person(applicant.identity_hash, applicant.birth_date, applicant.area, applicant.basis)
    resident = _link(actor, person, VerificationMethod.APPLICANT_ROLL)
    if isinstance(resident, Refusal):
        return _note_failure(actor, resident)
    Applicant.objects.filter(pk=applicant.pk).update(matched_on=timezone.localdate())
    return resident


def confirm_by_code(*, actor: User, code: str, birth_date: date) -> Resident:
    """Confirm `actor` with a paper code and the birth date of the person it was issued for.

    `code` is what was typed. Failed tries count as in `confirm_by_roll`; raises Refused.
    """
    with transaction.atomic(durable=True):
        outcome = _try_code(actor, code, birth_date)
    if isinstance(outcome, Refusal):
        raise Refused(outcome)
    return outcome


def _try_code(actor: User, typed: str, birth_date: date) -> Resident | Refusal:
    lock_exclusive(f"residency:{actor.pk}")
    if not tries_left(actor):
        return TOO_MANY_TRIES
    try:
        wanted = code_hash(codes.plain(typed))
    except ValueError:
        return _note_failure(actor, NO_SUCH_CODE)
    code = (
        PaperCode.objects.select_for_update(of=("self",))
        .filter(code_hash=wanted, used_at__isnull=True, expires_at__gt=timezone.now())
        .select_related("resident__area", "applicant__area")
        .first()
    )
    holder = (code.resident or code.applicant) if code else None
    if code is None or holder is None or holder.birth_date != birth_date:
        return _note_failure(actor, NO_SUCH_CODE)
    person = Person(holder.identity_hash, holder.birth_date, holder.area, holder.basis)
    resident = _link(actor, person, VerificationMethod.PAPER_CODE)
    if isinstance(resident, Refusal):
        return _note_failure(actor, resident)
    PaperCode.objects.filter(pk=code.pk).update(used_at=timezone.now())
    if code.applicant_id is not None:
        Applicant.objects.filter(pk=code.applicant_id).update(matched_on=timezone.localdate())
    record_event(
        action=Action.CODE_USED,
        actor_ref=actor.actor_ref,
        subject=f"residents.papercode:{code.pk}",
    )
    return resident


def _link(actor: User, person: Person, method: VerificationMethod) -> Resident | Refusal:
    """Make or find the resident and tie the account to it; a refusal changes nothing."""
    refusal = check_consent_age(person.birth_date, timezone.localdate(), has_guardian=False)
    if refusal is not None:
        return refusal
    lock_exclusive(f"identity:{person.identity_hash}")
    found = Resident.objects.filter(identity_hash=person.identity_hash).first()
    if found is not None and found.user_id not in {None, actor.pk}:
        return OTHER_ACCOUNT
    mine = Resident.objects.filter(user=actor).first()
    if mine is not None and (found is None or mine.pk != found.pk):
        return OTHER_PERSON
    resident = found or Resident(
        ref=take_ref(person.identity_hash),
        identity_hash=person.identity_hash,
        birth_date=person.birth_date,
        verified_until=timezone.localdate(),
    )
    resident.user, resident.area, resident.basis = actor, person.area, person.basis
    note_verification(resident, method=method, checked_by_ref=actor.actor_ref)
    VerificationAttempt.objects.create(user=actor, ok=True)
    record_consent(
        text=required_text("residency"),
        subject_ref=actor.actor_ref,
        recorded_by_ref=actor.actor_ref,
    )
    return resident


def note_verification(
    resident: Resident,
    *,
    method: VerificationMethod,
    checked_by_ref: str,
    centre: Centre | None = None,
) -> Verification:
    """Store `resident` as confirmed for a year from today, with the evidence and the record.

    Inside the caller's transaction, under the lock of the identity.
    """
    until = max(year_from(timezone.localdate()), resident.verified_until)
    resident.verified_until = until
    resident.save()
    verification = Verification.objects.create(
        resident=resident,
        method=method,
        centre=centre,
        checked_by_ref=checked_by_ref,
        valid_until=until,
    )
    record_event(
        action=Action.RESIDENT_VERIFIED,
        actor_ref=checked_by_ref,
        subject=f"residents.resident:{resident.pk}",
        data={"method": str(method), "until": until.isoformat()},
    )
    return verification


def _note_failure(actor: User, refusal: Refusal) -> Refusal:
    VerificationAttempt.objects.create(user=actor, ok=False)
    record_event(
        action=Action.VERIFICATION_FAILED,
        actor_ref=actor.actor_ref,
        subject=f"residents.user:{actor.pk}",
        data={"code": refusal.code},
    )
    return refusal


@transaction.atomic(durable=True)
def revoke_verification(*, actor: User, verification: Verification, reason: str) -> Resident:
    """Take one piece of evidence back; the residence ends unless another piece still holds.

    Raises Refused without the role of an administrator or without a reason.
    """
    refusal = refuse_unless_role(actor, RoleKind.ADMINISTRATOR)
    if refusal is None and not reason.strip():
        refusal = Refusal(
            "reason_needed",
            mark("A revocation needs a reason."),
            mark("Please write in one sentence what was found."),
            form_field="reason",
        )
    if refusal is not None:
        raise Refused(refusal)
    resident = Resident.objects.select_for_update().get(pk=verification.resident_id)
    yesterday = timezone.localdate() - timedelta(days=1)
    before = verification.valid_until
    Verification.objects.filter(pk=verification.pk).update(valid_until=min(before, yesterday))
    rest = resident.verifications.order_by("-valid_until").values_list("valid_until", flat=True)
    resident.verified_until = max([min(resident.verified_until, yesterday), *rest[:1]])
    resident.save(update_fields=["verified_until"])
    record_event(
        action=Action.VERIFICATION_REVOKED,
        actor_ref=actor.actor_ref,
        actor_role=RoleKind.ADMINISTRATOR,
        subject=f"residents.verification:{verification.pk}",
        reason=reason.strip(),
        data={"valid_until_before": before.isoformat()},
    )
    return resident


def code_hash(code: str) -> str:
    """The keyed hash under which a paper code is kept."""
    return keyed_hash(settings.IDENTITY_KEY, "code", code)
