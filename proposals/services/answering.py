"""What the office says and does: assign, answer, pass on, report."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from proceedings.audit import Action
from proceedings.refusals import Refusal, Refused, mark
from proceedings.services import record_event
from proposals.lifecycle import (
    DECISIONS,
    STEP_OF,
    WITH_PROGRESS,
    AnswerKind,
    State,
    Step,
    check_answer,
    check_assignable,
    check_next_date,
)
from proposals.models import Answer, Progress, Proposal
from proposals.permissions import refuse_unless_answering
from proposals.services.moving import (
    author_ids,
    insist,
    lock_proposal,
    subject,
    supporter_ids,
    take_step,
    tell,
    tell_staff,
)
from proposals.services.writing import end
from residents.models import NoticeKind
from residents.permissions import refuse_unless_role
from residents.roles import RoleKind

if TYPE_CHECKING:
    from datetime import date

    from residents.models import Department, User


@dataclass(frozen=True)
class AnswerWords:
    """An answer as it is typed: decision, reason, who, when next, what next, money (won)."""

    kind: AnswerKind
    reason: str
    department: Department
    next_step: str
    contact: str
    next_date: date | None = None
    transferred_to: Department | None = None
    cost: int | None = None


@transaction.atomic(durable=True)
def assign_department(*, actor: User, proposal_id: int, department: Department) -> Proposal:
    """Say which department is in charge; it is told. Raises Refused.

    While a department owes the answer it passes the proposal on by an answer, with reason and date.
    """
    insist(refuse_unless_role(actor, RoleKind.ADMINISTRATOR, RoleKind.OFFICIAL))
    proposal = lock_proposal(proposal_id)
    insist(refuse_unless_answering(actor, proposal))
    if proposal.department_id == department.pk:
        return proposal
    insist(check_assignable(State(proposal.state), has_department=bool(proposal.department_id)))
    proposal.department = department
    proposal.last_word_on = timezone.localdate()
    proposal.save()
    record_event(
        action=Action.PROPOSAL_ASSIGNED,
        actor_ref=actor.actor_ref,
        subject=subject(proposal),
        data={"department": department.pk},
    )
    if proposal.answer_due_on is not None:
        tell_staff(proposal)
    return proposal


@transaction.atomic(durable=True)
def answer_proposal(*, actor: User, proposal_id: int, words: AnswerWords) -> Answer:
    """Give an official answer, and do what it says: decide, pass on, ask for repair, put off.

    A decision ends the clock, one that a repair had stopped, too; a transfer and an interim answer
    set the promised date as the new due date; a repair stops the clock until the proposer has
    written, or until that date. Only a transfer changes the department in charge. Raises Refused
    for a department not in charge, a missing reason or date, or an answer that does not fit the
    stage.
    """
    proposal = lock_proposal(proposal_id)
    insist(refuse_unless_answering(actor, proposal))
    _check_words(actor, proposal, words)
    before = State(proposal.state)
    answer = Answer.objects.create(
        proposal=proposal,
        kind=words.kind.value,
        reason=words.reason,
        department=words.department,
        transferred_to=words.transferred_to if words.kind is AnswerKind.TRANSFER else None,
        next_date=words.next_date,
        next_step=words.next_step,
        cost=words.cost,
        contact=words.contact,
        signed_by_ref=actor.actor_ref,
    )
    if words.kind in STEP_OF:
        take_step(proposal=proposal, step=STEP_OF[words.kind], actor_ref=actor.actor_ref)
    proposal.department = answer.transferred_to or words.department
    proposal.last_word_on = timezone.localdate()
    _set_clock(proposal, words)
    proposal.save()
    record_event(
        action=(
            Action.PROPOSAL_TRANSFERRED
            if words.kind is AnswerKind.TRANSFER
            else Action.PROPOSAL_ANSWERED
        ),
        actor_ref=actor.actor_ref,
        subject=subject(proposal),
        data={"answer": answer.pk, "kind": words.kind.value, "stage": before.value},
    )
    _tell_answer(proposal, answer)
    return answer


@transaction.atomic(durable=True)
def receive_transfer(*, actor: User, proposal_id: int) -> Proposal:
    """The new department takes a transferred proposal in; the due date stays. Raises Refused."""
    proposal = lock_proposal(proposal_id)
    insist(refuse_unless_answering(actor, proposal))
    take_step(proposal=proposal, step=Step.RECEIVE, actor_ref=actor.actor_ref)
    proposal.last_word_on = timezone.localdate()
    proposal.save()
    record_event(
        action=Action.PROPOSAL_ASSIGNED,
        actor_ref=actor.actor_ref,
        subject=subject(proposal),
        data={"department": proposal.department_id, "received": True},
    )
    return proposal


@transaction.atomic(durable=True)
def report_progress(
    *,
    actor: User,
    proposal_id: int,
    title: str,
    body: str,
    percent: int,
    happened_on: date,
    is_done: bool,
) -> Progress:
    """Report how far an adopted proposal is; the first report starts the work, the last ends it.

    `percent` is 0 to 100. Raises Refused unless the proposal is adopted at least in part.
    """
    proposal = lock_proposal(proposal_id)
    insist(refuse_unless_answering(actor, proposal))
    _check_progress(proposal, happened_on)
    if proposal.department is None:
        raise ValueError("An answered proposal has a department.")
    progress = Progress.objects.create(
        proposal=proposal,
        title=title,
        body=body,
        percent=100 if is_done else percent,
        is_done=is_done,
        happened_on=happened_on,
        department=proposal.department,
        reported_by_ref=actor.actor_ref,
    )
    proposal.last_word_on = timezone.localdate()
    if is_done:
        take_step(proposal=proposal, step=Step.FINISH, actor_ref=actor.actor_ref)
        end(proposal, actor_ref=actor.actor_ref)
    elif proposal.state == State.ANSWERED:
        take_step(proposal=proposal, step=Step.START, actor_ref=actor.actor_ref)
    proposal.save()
    record_event(
        action=Action.PROPOSAL_DONE if is_done else Action.PROPOSAL_PROGRESSED,
        actor_ref=actor.actor_ref,
        subject=subject(proposal),
        data={"progress": progress.pk, "percent": progress.percent},
    )
    tell(
        proposal,
        NoticeKind.PROPOSAL_PROGRESS,
        author_ids(proposal) | supporter_ids(proposal),
        note=title,
    )
    return progress


def _check_words(actor: User, proposal: Proposal, words: AnswerWords) -> None:
    if not words.reason.strip():
        raise Refused(
            Refusal(
                code="reason_missing",
                message=mark("An answer cannot be sent without its reason."),
                form_field="reason",
            ),
        )
    own = {role.department_id for role in actor.current_roles}
    if words.department.pk not in own and not actor.has_role(RoleKind.ADMINISTRATOR):
        raise Refused(
            Refusal(
                code="not_your_department",
                message=mark("You can answer only for your own department."),
                form_field="department",
            ),
        )
    if proposal.department_id not in {None, words.department.pk}:
        raise Refused(
            Refusal(
                code="not_in_charge",
                message=mark("The department in charge answers: %(department)s."),
                next_step=mark("Choose it, and pass the proposal on if another is to take over."),
                params={"department": str(proposal.department)},
                form_field="department",
            ),
        )
    if words.kind is AnswerKind.TRANSFER and words.transferred_to in {None, words.department}:
        raise Refused(
            Refusal(
                code="transfer_target_missing",
                message=mark("Please choose the other department that it is passed on to."),
                form_field="transferred_to",
            ),
        )
    has_short = proposal.answers.filter(kind=AnswerKind.SHORT.value).exists()
    insist(check_answer(State(proposal.state), words.kind, has_short_answer=has_short))
    insist(check_next_date(words.kind, words.next_date, timezone.localdate()))


def _set_clock(proposal: Proposal, words: AnswerWords) -> None:
    if words.kind in DECISIONS or words.kind is AnswerKind.SHORT:
        proposal.answer_due_on = proposal.clock_stopped_on = proposal.repair_until = None
    elif words.kind is AnswerKind.REPAIR:
        proposal.clock_stopped_on = timezone.localdate()
        proposal.repair_until = words.next_date
    else:
        proposal.answer_due_on = words.next_date


def _tell_answer(proposal: Proposal, answer: Answer) -> None:
    """Answers go to all who support it, a repair or a transfer to its author only."""
    kind = AnswerKind(answer.kind)
    if answer.transferred_to is not None:
        tell(
            proposal,
            NoticeKind.PROPOSAL_CHANGED,
            author_ids(proposal),
            change="transferred",
            department=answer.transferred_to.name,
        )
        tell_staff(proposal)
        return
    people = author_ids(proposal)
    if kind is not AnswerKind.REPAIR:
        people |= supporter_ids(proposal)
    tell(proposal, NoticeKind.PROPOSAL_ANSWERED, people, department=answer.department.name)


def _check_progress(proposal: Proposal, happened_on: date) -> None:
    decision = (
        proposal.answers.filter(kind__in=[kind.value for kind in DECISIONS]).order_by("id").last()
    )
    if (
        decision is None
        or AnswerKind(decision.kind) not in WITH_PROGRESS
        or proposal.state not in {State.ANSWERED, State.IN_PROGRESS}
    ):
        raise Refused(
            Refusal(
                code="nothing_to_carry_out",
                message=mark(
                    "Progress is reported for proposals that are adopted, in whole or in part."
                ),
            ),
        )
    if happened_on > timezone.localdate():
        raise Refused(
            Refusal(
                code="date_ahead",
                message=mark("A report tells what has happened: the date cannot lie ahead."),
                form_field="happened_on",
            ),
        )
