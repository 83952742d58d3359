"""One proposal, whole: where it stands, who supports it, what the office said, what changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import get_language, gettext

from debates.models import Follow
from hangul.formats import day
from hangul.masking import mask_name
from hangul.sentences import fill
from places.selectors import town_map
from proceedings.models import PhaseKind
from proceedings.selectors import refuse_outside_phase
from proposals.lifecycle import (
    DECISIONS,
    SUPPORTABLE,
    WITH_PROGRESS,
    AnswerKind,
    Revising,
    Stage,
    State,
    add_months,
    check_appeal,
    check_other_dong,
    check_support_withdrawable,
    promised_day,
    revising,
    stages,
    urgency,
)
from proposals.models import (
    Answer,
    Progress,
    Proposal,
    ProposalState,
    Revision,
    StateChange,
    Support,
    SupportPreset,
)
from proposals.models import (
    AnswerKind as AnswerWord,
)
from proposals.permissions import may_see, refuse_unless_author
from proposals.selectors.cards import TONES, Card, card_of, local_name
from proposals.selectors.listing import public_proposals

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from django.contrib.auth.models import AnonymousUser
    from django.db.models import QuerySet

    from places.selectors import MapArea
    from proceedings.refusals import Refusal
    from proposals.models import ProposalPicture, ProposalQuerySet
    from residents.models import Resident, User

ANSWER_TONES: Mapping[str, str] = {
    AnswerWord.ADOPTED: "success",
    AnswerWord.PARTLY: "success",
    AnswerWord.NOT_ADOPTED: "danger",
    AnswerWord.INTERIM: "warning",
    AnswerWord.REPAIR: "warning",
    AnswerWord.TRANSFER: "info",
    AnswerWord.SHORT: "info",
}


@dataclass(frozen=True)
class SupportState:
    """Supports of one proposal as one reader may act on them.

    `outside`: why its process takes no support now, although the proposal itself would.
    """

    pk: int
    count: int
    goal: int
    mine: bool
    is_open: bool
    outside: Refusal | None
    withdrawable: bool
    closes_on: date | None


@dataclass(frozen=True)
class AnswerShown:
    """An official answer with its tone."""

    answer: Answer
    tone: str


@dataclass(frozen=True)
class Moment:
    """A line of the history: `components/timeline.html`."""

    date: str
    title: str
    text: str
    state: str
    url: str = ""


@dataclass(frozen=True)
class Dot:
    """A stage of the status strip."""

    label: str
    state: str
    date: str


@dataclass(frozen=True)
class ProposalPage:
    """All that a proposal's page shows to one reader."""

    proposal: Proposal
    author: str
    desk: str
    over: str
    badge: str
    tone: str
    is_visible: bool
    is_author: bool
    revising: str
    may_withdraw: bool
    support: SupportState
    pictures: tuple[ProposalPicture, ...]
    town: tuple[MapArea, ...]
    """The ground on which its point is shown; empty where it names none."""
    answers: tuple[AnswerShown, ...]
    progress: tuple[Progress, ...]
    history: tuple[Moment, ...]
    dots: tuple[Dot, ...]
    next_text: str
    next_date: str
    decides: str
    urgency: str
    overdue_days: int
    withdrawn_reason: str
    may_appeal: bool
    versions: int
    paragraphs: tuple[str, ...]


def proposal_by_id(pk: int, reader: User | AnonymousUser | None = None) -> Proposal | None:
    """A proposal, or a draft, with everything that its page reads of it; None if there is none.

    Of `reader` it is known since when they support it, and whether they follow its conversation.
    """
    account = (reader.pk if reader else None) or 0  # no account has this number
    own = Support.objects.filter(proposal=OuterRef("pk"), resident__user=account)
    follow = Follow.objects.filter(thread=OuterRef("thread"), user=account)
    found = (
        Proposal.objects.select_related(
            "author",
            "resident",
            "centre",
            "area",
            "field",
            "department",
            "hidden_rule",
            "merged_into",
            "process",
            "thread__process",
            "figures",
        )
        .annotate(
            version_count=Coalesce(
                Subquery(
                    Revision.objects.filter(proposal=OuterRef("pk"))
                    .order_by()
                    .values("proposal")
                    .annotate(count=Count("pk"))
                    .values("count")
                ),
                0,
            ),
            supported_at=Subquery(own.values("created_at")),
            is_followed=Exists(follow),
        )
        .prefetch_related("process__phases")
        .filter(pk=pk)
        .first()
    )
    if found and found.thread and found.thread.process_id == found.process_id:
        found.thread.process = found.process  # its phases are known already
    return found


def author_name(proposal: Proposal) -> str:
    """Whose words they are, masked; residents without an account have no name here."""
    if proposal.resident_id and (proposal.resident is None or not proposal.resident.user_id):
        return gettext("A resident")
    if proposal.author.erased_at:
        return gettext("Former member")
    return mask_name(proposal.author.name)


def support_state(proposal: Proposal, *, count: int | None = None) -> SupportState:
    """Supports as they were last counted up, and whether the reader's is among them; no query.

    The proposal comes from `proposal_by_id`. A support of the reader that is younger than the
    figures is added, so that nobody misses their own; `count` is known to whoever just counted.
    """
    own: datetime | None = getattr(proposal, "supported_at", None)
    figures = getattr(proposal, "figures", None)
    shown = figures.supports if figures else 0
    if own is not None and figures is not None and own > figures.refreshed_at:
        shown += 1
    state = State(proposal.state)
    until = proposal.closes_at if state is State.GATHERING else proposal.debate_until
    is_open = state in SUPPORTABLE and (until is None or timezone.now() < until)
    outside = refuse_outside_phase(proposal.process, PhaseKind.SUPPORT) if is_open else None
    return SupportState(
        pk=proposal.pk,
        count=shown if count is None else count,
        goal=proposal.threshold,
        mine=own is not None,
        is_open=is_open and outside is None,
        outside=outside,
        withdrawable=check_support_withdrawable(state) is None,
        closes_on=timezone.localdate(until) if until else None,
    )


def revising_now(proposal: Proposal) -> Revising:
    """How its author may change a proposal at this moment."""
    supports = Support.objects.filter(proposal=proposal).count()
    return revising(State(proposal.state), supports, proposal.editable_until)


def refuse_other_dong(proposal: Proposal) -> Refusal | None:
    """None while its author may change the dong of a proposal along with the point."""
    is_held = proposal.department_id is not None or proposal.is_hidden
    return check_other_dong(State(proposal.state), is_held=is_held)


def proposal_page(
    proposal: Proposal, user: User | AnonymousUser, *, count: int | None = None
) -> ProposalPage:
    """The page of a published `proposal` as `user` sees it, in at most four queries.

    It comes from `proposal_by_id` with the same reader; `count` as in `support_state`.
    """
    changes = tuple(proposal.changes.all())
    answers = tuple(proposal.answers.select_related("department", "transferred_to"))
    progress = tuple(proposal.progress.select_related("department"))
    support = support_state(proposal, count=count)
    is_author = refuse_unless_author(user, proposal) is None
    state = State(proposal.state)
    today = timezone.localdate()
    way = revising(state, support.count, proposal.editable_until)
    next_text, next_day = _next_words(proposal, support, answers)
    due = promised_day(state, proposal.answer_due_on)
    withdrawn = [c.reason for c in changes if c.to_state in {State.WITHDRAWN, State.MERGED}]
    return ProposalPage(
        proposal=proposal,
        author=author_name(proposal),
        desk=proposal.centre.name if proposal.centre else "",
        over=f"{local_name(proposal.field)} · {local_name(proposal.area)}",
        badge=str(proposal.get_state_display()),
        tone=TONES.get(proposal.state, ""),
        is_visible=may_see(user, proposal),
        is_author=is_author,
        revising=way.value if is_author else Revising.NOT.value,
        may_withdraw=is_author and state in {State.GATHERING, State.REPAIR},
        support=support,
        pictures=tuple(proposal.pictures.all()),
        town=tuple(town_map()) if proposal.latitude is not None else (),
        answers=tuple(AnswerShown(a, ANSWER_TONES[a.kind]) for a in reversed(answers)),
        progress=progress,
        history=_history(proposal, changes, answers, progress),
        dots=_dots(proposal, changes, answers),
        next_text=next_text,
        next_date=_day(next_day),
        decides=_decides(proposal),
        urgency=urgency(due, today).value,
        overdue_days=max((today - due).days, 0) if due else 0,
        withdrawn_reason=withdrawn[-1] if withdrawn else "",
        may_appeal=is_author
        and check_appeal(proposal.hidden_at, proposal.appealed_at, timezone.now()) is None,
        versions=getattr(proposal, "version_count", 1),
        paragraphs=paragraphs_of(proposal.body),
    )


def paragraphs_of(body: str) -> tuple[str, ...]:
    """A text as its page and its preview set it: each line a paragraph, without empty ones."""
    return tuple(part for part in body.split("\n") if part.strip())


# --- Words ---


def _day(value: date | None) -> str:
    return day(value, get_language() or "ko") if value else ""


def _say(frame: str, **values: object) -> str:
    return fill(frame, values, get_language() or "ko")


def _next_words(
    proposal: Proposal, support: SupportState, answers: tuple[Answer, ...]
) -> tuple[str, date | None]:
    """What happens next, and when."""
    state = State(proposal.state)
    due = promised_day(state, proposal.answer_due_on)
    last = answers[-1] if answers else None
    missing = max(support.goal - support.count, 0)
    put_off = gettext("The department answers by the new date it gave.")
    review = gettext("The department gives its official answer.")
    review = put_off if last and last.kind == AnswerKind.INTERIM else review
    work = (last.next_step, last.next_date) if last else ("", None)
    short = gettext("The department gives a short answer.")
    return {
        State.GATHERING: (
            _say(
                gettext("With %(goal)s supports it goes on: %(missing)s more are needed."),
                goal=support.goal,
                missing=missing,
            ),
            support.closes_on,
        ),
        State.DEBATING: (
            gettext("After the public debate it goes to the department."),
            support.closes_on,
        ),
        State.REVIEWING: (review, due),
        State.TRANSFERRED: (review, due),
        State.REPAIR: (
            gettext("The proposer completes the text. Then the clock goes on."),
            proposal.repair_until,
        ),
        State.EXPIRED: (short, due) if due else ("", None),
        State.ANSWERED: work,
        State.IN_PROGRESS: work,
    }.get(state, ("", None))


def _decides(proposal: Proposal) -> str:
    """Who decides, in one sentence; every outcome here is the office's, with its reason."""
    state = State(proposal.state)
    if state in {State.MERGED, State.WITHDRAWN, State.DONE}:
        return ""
    if proposal.department is not None:
        return _say(
            gettext("%(department)s decides and gives its reason."),
            department=local_name(proposal.department),
        )
    return gettext("The department in charge decides and gives its reason.")


def _dots(
    proposal: Proposal, changes: tuple[StateChange, ...], answers: tuple[Answer, ...]
) -> tuple[Dot, ...]:
    begun: dict[State, date] = {}
    for change in changes:
        begun[State(change.to_state)] = timezone.localdate(change.at)
    planned: dict[State, date] = {}
    state = State(proposal.state)
    if state is State.GATHERING and proposal.closes_at:
        after = timezone.localdate(proposal.closes_at)
        planned[State.DEBATING if proposal.debate_days else State.REVIEWING] = after
    elif state is State.DEBATING and proposal.debate_until:
        after = timezone.localdate(proposal.debate_until)
        planned[State.REVIEWING] = after
        planned[State.ANSWERED] = add_months(after, proposal.answer_months)
    elif due := promised_day(state, proposal.answer_due_on):
        planned[State.ANSWERED] = due
    decided = [a.kind for a in answers if a.kind in DECISIONS]
    works = not decided or decided[-1] in WITH_PROGRESS
    line = stages(state, begun, planned, debates=bool(proposal.debate_days), works=works)
    return tuple(_dot(stage) for stage in line)


def _dot(stage: Stage) -> Dot:
    when = _day(stage.at)
    if stage.mode == "next" and when:
        when = _say(gettext("by %(day)s"), day=stage.at or "")
    return Dot(label=str(ProposalState(stage.state).label), state=stage.mode, date=when)


def _history(
    proposal: Proposal,
    changes: tuple[StateChange, ...],
    answers: tuple[Answer, ...],
    progress: tuple[Progress, ...],
) -> tuple[Moment, ...]:
    """Everything that happened, oldest first."""
    moments: list[tuple[datetime, Moment]] = []
    for change in changes:
        at = timezone.localdate(change.at)
        title, url = _change_words(proposal, change)
        if title:
            moments.append((change.at, Moment(_day(at), title, change.reason, "done", url)))
    for answer in answers:
        at = timezone.localdate(answer.published_at)
        said = _say(
            gettext("%(department)s: %(kind)s"),
            department=local_name(answer.department),
            kind=str(answer.get_kind_display()),
        )
        moments.append(
            (answer.published_at, Moment(_day(at), said, "", "done", f"#answer-{answer.pk}"))
        )
    moments.extend(
        (step.reported_at, Moment(_day(step.happened_on), step.title, step.body, "done"))
        for step in progress
    )
    return tuple(moment for _at, moment in sorted(moments, key=lambda pair: pair[0]))


def _change_words(proposal: Proposal, change: StateChange) -> tuple[str, str]:
    """A step in words, with an address if it leads somewhere; steps told by an answer have none."""
    said = {
        (State.GATHERING): gettext("Published, gathering support"),
        (State.DEBATING): gettext("Threshold reached: public debate begins"),
        (State.EXPIRED): gettext("The support period ended below the threshold"),
        (State.WITHDRAWN): gettext("Withdrawn by the proposer"),
    }
    to_state, from_state = State(change.to_state), State(change.from_state)
    if to_state is State.REVIEWING:
        return {
            State.GATHERING: gettext("Threshold reached: the department reviews it"),
            State.DEBATING: gettext("The debate ended: the department reviews it"),
            State.REPAIR: gettext("The clock goes on after the repair"),
            State.TRANSFERRED: gettext("The new department took it in"),
        }.get(from_state, ""), ""
    if to_state is State.MERGED and proposal.merged_into is not None:
        return (
            _say(gettext("Merged into “%(title)s”"), title=proposal.merged_into.title),
            proposal.merged_into.get_absolute_url(),
        )
    return said.get(to_state, ""), ""


# --- One's own, and everybody's answers ---


def proposals_of(user: User) -> ProposalQuerySet:
    """What somebody proposed, or had written down, newest first; no drafts."""
    return (
        Proposal.objects.filter(Q(author=user, resident__isnull=True) | Q(resident__user=user))
        .exclude(state=ProposalState.DRAFT)
        .select_related("area", "field", "figures")
        .defer("tokens")
        .order_by("-pk")
    )


def drafts_of(user: User) -> ProposalQuerySet:
    """Somebody's drafts, the latest first."""
    return (
        Proposal.objects.filter(author=user, state=ProposalState.DRAFT)
        .select_related("area", "field")
        .order_by("-pk")
    )


def writing_of(user: User) -> tuple[list[Proposal], list[Proposal]]:
    """Somebody's latest drafts (five) and proposals (six), in one query."""
    drafts = drafts_of(user).select_related("figures").defer("tokens")[:5]
    rows = list(proposals_of(user)[:6].union(drafts, all=True))
    rows.sort(key=lambda row: row.pk, reverse=True)
    return (
        [row for row in rows if row.state == ProposalState.DRAFT],
        [row for row in rows if row.state != ProposalState.DRAFT],
    )


def supports_of(resident: Resident) -> list[Card]:
    """Cards of the proposals that a resident supports, the latest support first (at most 100)."""
    rows = (
        Support.objects.filter(resident=resident, proposal__is_hidden=False)
        .select_related("proposal__area", "proposal__field", "proposal__figures")
        .order_by("-pk")[:100]
    )
    return [card_of(row.proposal) for row in rows]


def proposal_rows() -> ProposalQuerySet:
    """Public proposals with all that a row of the API says of them."""
    return (
        public_proposals()
        .select_related("author", "resident", "centre", "area", "field", "department", "figures")
        .defer("tokens")
    )


def proposals_whole() -> ProposalQuerySet:
    """The same with pictures, answers, progress and each step it took."""
    answers = Answer.objects.select_related("department", "transferred_to")
    progress = Progress.objects.select_related("department")
    return proposal_rows().prefetch_related(
        "pictures", Prefetch("answers", answers), Prefetch("progress", progress), "changes"
    )


def support_presets() -> QuerySet[SupportPreset]:
    """How many supports in how many days carry a proposal on; one of them is used for new ones."""
    return SupportPreset.objects.all()


def revisions_of(pk: int) -> QuerySet[Revision] | None:
    """The versions of a public proposal; None if there is no such proposal."""
    found = public_proposals().filter(pk=pk).only("pk").first()
    return Revision.objects.filter(proposal=found).select_related("area") if found else None


def public_answers() -> QuerySet[Answer]:
    """Official answers of public proposals, for the API."""
    return Answer.objects.filter(proposal__is_hidden=False).select_related(
        "proposal", "department", "transferred_to"
    )
