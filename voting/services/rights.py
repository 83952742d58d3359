"""Change the roll of an open contest by two people: add somebody, void a vote right, give it back.

One asks, with a reason; another carries it out, in their own account or with their code on the
same screen. What is asked waits as a row and lapses at the close. Nobody's name is kept: the second
person looks the same person up again, so that both have seen whom they decide about.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import uuid4

from django.db import transaction
from django.utils import timezone

from proceedings.audit import Action
from proceedings.locks import lock_exclusive
from proceedings.refusals import Refusal, Refused, mark
from proceedings.services import record_event, spend
from residents.eligibility import check_eligibility
from residents.models import NoticeKind
from residents.selectors import find_residents, person_facts
from residents.services import send_notice
from voting.models import (
    Contest,
    RollChange,
    RollDecision,
    RollEntry,
    RollRequest,
    SlotState,
    VoidCause,
)
from voting.permissions import refuse_roll_keeper
from voting.selectors import database_now, key_of, refuse_unless_open, roll_entry_of
from voting.selectors.imports import roll_rule
from voting.selectors.rolls import sheet_is_out, waiting_request
from voting.services.contests import subject_of
from voting.services.slots import move_slot

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from residents.models import Resident, User

VOIDABLE = [SlotState.FREE, SlotState.WEB, SlotState.PAPER_ISSUED]
"""From a sealed box no sheet can be fetched out again: what was cast on paper stays."""


@dataclass(frozen=True)
class Wanted:
    """What is asked for: the change, for a voiding its cause, and a sentence without names."""

    change: RollChange
    reason: str
    cause: str = ""


WAITS = Refusal(
    "request_waits",
    mark("Somebody has already asked for a change for this person."),
    mark("It waits on the page of the roll; somebody else decides on it there."),
)
ON_ROLL = Refusal(
    "already_on_roll",
    mark("This person is on the roll already."),
    mark("Nothing has to be added."),
)
ROLLING = Refusal(
    "rolling_roll",
    mark("In this vote people are entered on the roll as they come."),
    mark("Nobody has to be added: whoever may vote votes on the web or gets a ballot paper."),
)
NOT_THERE = Refusal(
    "not_on_this_roll",
    mark("This person is not on the roll of this vote."),
    mark("There is no vote right to void or to give back."),
)
VOIDED_BEFORE = Refusal(
    "voided_before",
    mark("This vote right is voided already."),
    mark("If that was wrong, two people can give it back."),
)
NOT_VOIDED = Refusal(
    "not_voided",
    mark("This vote right is not voided."),
    mark("There is nothing to give back."),
)
IN_SEALED_BOX = Refusal(
    "in_sealed_box",
    mark("The sheet of this person lies in a sealed box and looks like every other."),
    mark(
        "It cannot be taken out, so the vote right stays used. Write down what was proved for "
        "the body that decides on objections."
    ),
)
SHEET_OUT = Refusal(
    "sheet_out",
    mark("A ballot paper is out for this person."),
    mark(
        "Let the desk take it back first, or note it as missing on the page of its stub; then the "
        "vote right can be voided."
    ),
)
REASON_NEEDED = Refusal(
    "reason_needed",
    mark("Please write in one sentence what was found, without names."),
    form_field="reason",
)
CAUSE_NEEDED = Refusal(
    "cause_needed",
    mark("Please choose why the vote right is voided."),
    form_field="cause",
)
OWN_REQUEST = Refusal(
    "own_request",
    mark("You asked for this change yourself."),
    mark("Somebody else decides."),
)
SAME_PERSON = Refusal(
    "same_person",
    mark("The second person must be somebody else."),
    mark("Ask a colleague to sign with their own code."),
    form_field="email",
)
DECIDED = Refusal(
    "decided_before",
    mark("This was decided already."),
    mark("The page of the roll shows how."),
)
OTHER_PERSON = Refusal(
    "other_person",
    mark("The change was asked for somebody else than the person you looked up."),
    mark("Compare name and date of birth with the papers, or ask your colleague."),
    form_field="name",
)
NOTE_NEEDED = Refusal(
    "note_needed",
    mark("Please write why you refuse, so that your colleague knows."),
    form_field="note",
)


def look_up_for_roll(
    *, actor: User, contest_id: int, name: str, birth_date: date
) -> list[tuple[str, Resident]]:
    """All residents with this name and birth date, for keepers of the contest's roll.

    What was typed is not kept. Raises Refused for others, and at the limit of the hour that holds
    at desks too: nobody tries out names.
    """
    _refuse_unless_keeper(actor, Contest.objects.get(pk=contest_id))
    spend("desk_lookup", actor.actor_ref)
    return find_residents(name, birth_date)


@transaction.atomic(durable=True)
def ask_roll_change(
    *,
    actor: User,
    contest_id: int,
    resident: Resident,
    wanted: Wanted,
    second: User | None = None,
) -> RollRequest:
    """Ask to change somebody's place on the roll; with `second` it is carried out at once.

    `second` has signed on the same screen (`confirm_roll_second`). Without, the request waits for
    another administrator, or coordinator of a centre of the vote. Raises Refused for others, before
    the opening and after the close, without a reason, and for what is not possible as things stand.
    """
    lock_exclusive(f"contest:{contest_id}")
    contest = Contest.objects.select_related("area").get(pk=contest_id)
    _refuse_unless_keeper(actor, contest)
    refusal = _refuse_wanted(wanted) or _refuse_change(contest, resident, wanted.change)
    if refusal is None and waiting_request(contest, key_of(contest, resident)) is not None:
        refusal = WAITS
    if refusal is not None:
        raise Refused(refusal)
    request = RollRequest.objects.create(
        contest=contest,
        person_key=key_of(contest, resident),
        change=wanted.change,
        cause=wanted.cause,
        reason=wanted.reason.strip(),
        asked_by_ref=actor.actor_ref,
    )
    record_event(
        action=Action.ROLL_CHANGE_ASKED,
        actor_ref=actor.actor_ref,
        subject=subject_of(contest),
        reason=request.reason,
        data={"request": request.pk, "change": wanted.change.value, "cause": wanted.cause},
    )
    if second is not None:
        if second.pk == actor.pk:
            raise Refused(SAME_PERSON)
        _refuse_unless_keeper(second, contest)
        _carry_out(request, contest, resident, second)
    return request


@transaction.atomic(durable=True)
def approve_roll_request(
    *, actor: User, request_id: int, people: Sequence[Resident], note: str = ""
) -> RollDecision:
    """Carry a waiting change out. `people` are those whom `actor` found by name and birth date:
    the one it was asked for must be among them.
    """
    request, contest = _waiting(actor, request_id)
    resident = next((one for one in people if key_of(contest, one) == request.person_key), None)
    if resident is None:
        raise Refused(OTHER_PERSON)
    refusal = _refuse_change(contest, resident, RollChange(request.change))
    if refusal is not None:
        raise Refused(refusal)
    return _carry_out(request, contest, resident, actor, note)


@transaction.atomic(durable=True)
def refuse_roll_request(*, actor: User, request_id: int, note: str) -> RollDecision:
    """Refuse a waiting change, with the reason; nothing is changed."""
    request, contest = _waiting(actor, request_id)
    if not note.strip():
        raise Refused(NOTE_NEEDED)
    decision = _decide(request, actor, approved=False, note=note)
    record_event(
        action=Action.ROLL_CHANGE_REFUSED,
        actor_ref=actor.actor_ref,
        subject=subject_of(contest),
        reason=decision.note,
        data={"request": request.pk, "change": request.change},
    )
    return decision


def _waiting(actor: User, request_id: int) -> tuple[RollRequest, Contest]:
    """The request under its contest's lock, if `actor` may decide on it now."""
    contest_id = RollRequest.objects.values_list("contest_id", flat=True).get(pk=request_id)
    lock_exclusive(f"contest:{contest_id}")
    contest = Contest.objects.select_related("area").get(pk=contest_id)
    request = RollRequest.objects.select_related("decision").get(pk=request_id)
    _refuse_unless_keeper(actor, contest)
    refusal = refuse_unless_open(contest, database_now())
    if refusal is None and request.asked_by_ref == actor.actor_ref:
        refusal = OWN_REQUEST
    if refusal is None and hasattr(request, "decision"):
        refusal = DECIDED
    if refusal is not None:
        raise Refused(refusal)
    return request, contest


def _refuse_unless_keeper(actor: User, contest: Contest) -> None:
    refusal = refuse_roll_keeper(actor, contest)
    if refusal is not None:
        raise Refused(refusal)


def _refuse_wanted(wanted: Wanted) -> Refusal | None:
    if not wanted.reason.strip():
        return REASON_NEEDED
    if wanted.change == RollChange.VOID and wanted.cause not in VoidCause.values:
        return CAUSE_NEEDED
    return None


def _refuse_change(contest: Contest, resident: Resident, change: RollChange) -> Refusal | None:
    """Why this change is not possible for this person as things stand; None if it is."""
    refusal = refuse_unless_open(contest, database_now())
    if refusal is not None:
        return refusal
    entry = roll_entry_of(contest, resident)
    if change == RollChange.ADD:
        return _refuse_adding(contest, resident, entry)
    if entry is None:
        return NOT_THERE
    slot = getattr(entry, "slot", None)
    state = slot.state if slot else SlotState.FREE
    if change == RollChange.RESTORE:
        return None if state == SlotState.VOIDED else NOT_VOIDED
    if state == SlotState.PAPER_ISSUED and sheet_is_out(entry):
        return SHEET_OUT
    return {SlotState.VOIDED: VOIDED_BEFORE, SlotState.PAPER_CAST: IN_SEALED_BOX}.get(state)


def _refuse_adding(contest: Contest, resident: Resident, entry: RollEntry | None) -> Refusal | None:
    """Two people can repair the roll; they cannot set aside who may vote."""
    if entry is not None:
        return ON_ROLL
    if contest.roll_mode != "fixed":
        return ROLLING
    return check_eligibility(person_facts(resident), roll_rule(contest), timezone.localdate())


def _decide(request: RollRequest, second: User, *, approved: bool, note: str) -> RollDecision:
    return RollDecision.objects.create(
        request=request,
        approved=approved,
        asked_by_ref=request.asked_by_ref,
        decided_by_ref=second.actor_ref,
        note=note.strip(),
    )


def _carry_out(
    request: RollRequest, contest: Contest, resident: Resident, second: User, note: str = ""
) -> RollDecision:
    decision = _decide(request, second, approved=True, note=note)
    if request.change == RollChange.ADD:
        _add(request, contest, resident, second)
    else:
        _move_right(request, contest, resident, second)
    record_event(
        action=DONE[RollChange(request.change)],
        actor_ref=second.actor_ref,
        subject=subject_of(contest),
        reason=request.reason,
        data={"request": request.pk, "asked_by": request.asked_by_ref, "cause": request.cause},
    )
    if resident.user_id is not None:
        send_notice(
            user_ids=[resident.user_id],
            kind=NoticeKind.VOTE_RIGHT,
            params={
                "title": contest.title,
                "change": TOLD[RollChange(request.change)] + request.cause,
                "closes_at": contest.closes_at.isoformat() if contest.closes_at else "",
            },
            url=contest.get_absolute_url(),
        )
    return decision


DONE = {
    RollChange.ADD: Action.ROLL_ADDED,
    RollChange.VOID: Action.RIGHT_VOIDED,
    RollChange.RESTORE: Action.RIGHT_RESTORED,
}
TOLD = {RollChange.ADD: "added", RollChange.VOID: "voided_", RollChange.RESTORE: "restored"}
"""The words of the notice; a voiding adds its cause."""


def _add(request: RollRequest, contest: Contest, resident: Resident, second: User) -> None:
    RollEntry.objects.create(
        contest=contest,
        person_key=request.person_key,
        area_id=resident.area_id,
        origin="added",
        added_by_ref=request.asked_by_ref,
        approved_by_ref=second.actor_ref,
        reason=request.reason,
    )


def _move_right(request: RollRequest, contest: Contest, resident: Resident, second: User) -> None:
    """The envelope of a voided web vote stays, and no slot points to it any more."""
    entry = RollEntry.objects.get(contest=contest, person_key=key_of(contest, resident))
    voids = request.change == RollChange.VOID
    move_slot(
        entry=entry,
        contest=contest,
        from_states=VOIDABLE if voids else [SlotState.VOIDED],
        to_state=SlotState.VOIDED if voids else SlotState.FREE,
        actor_ref=request.asked_by_ref,
        second_ref=second.actor_ref,
        request_id=uuid4(),
        reason=request.cause or "restored",
    )
