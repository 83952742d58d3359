"""The morning list: what waits for a member of staff today, by what their roles let them do.

Each part is one function that reads with the apps' own selectors, for one role; `PARTS` lists them
in the order of the page. Whoever has several roles sees the parts of all.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from allauth.mfa.models import Authenticator
from django.db.models import Count, Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext, ngettext
from redis.exceptions import RedisError

from budgets.selectors.queues import WAITING, office_projects, office_steps, own_departments
from debates.selectors.moderating import comments_for, waiting_comments, waiting_order
from hangul.formats import dday, seoul_date
from hangul.masking import mask_email, mask_name
from proceedings.refusals import mark
from proceedings.selectors import last_heartbeat
from proceedings.wording import say
from proposals.lifecycle import AMBER_DAYS, SILENCE_DAYS, Urgency, urgency
from proposals.models import Proposal, ProposalState
from proposals.selectors import appealed, department_figures, due_for
from residents.models import StaffRole
from residents.roles import RoleKind
from voting.models import Batch, BatchState, Contest, ContestState, Correction, RollRequest
from voting.selectors import readiness
from voting.selectors.office import office_contests

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import date, datetime

    from proposals.selectors.figures import DepartmentFigures
    from residents.models import User

SHOWN, READ = 8, 51
"""How many rows of a part are shown, and how many are read to count them ("50+")."""
MOST_DRAFTS = 3
"""How many drafts are checked for what is missing: those that open first."""
STALE_HEARTBEAT = 90
"""Seconds after which a silent worker counts as gone (beat asks it every 20 seconds)."""
PATIENCE = (3, 7)
"""Days after which something that somebody waits for turns amber, and red."""
COUNTING = (
    ContestState.CLOSED,
    ContestState.BOXED,
    ContestState.OPENED,
    ContestState.RECOUNT,
)


@dataclass(frozen=True)
class Row:
    """One thing to do: what, where it is done, how urgent. `tone`: "", "amber" or "red"."""

    title: str
    url: str
    note: str = ""
    badge: str = ""
    tone: str = ""


@dataclass(frozen=True)
class Part:
    """Things of one kind that wait, the most urgent first. `more_url`: all of them."""

    title: str
    rows: tuple[Row, ...]
    count: str
    more_url: str = ""

    @property
    def is_urgent(self) -> bool:
        """Whether something in it is red."""
        return any(row.tone == "red" for row in self.rows)


@dataclass(frozen=True)
class Morning:
    """What the first page of the administration shows one member of staff."""

    parts: tuple[Part, ...]
    figures: tuple[DepartmentFigures, ...]
    is_worker_silent: bool
    has_desk: bool

    @property
    def is_calm(self) -> bool:
        """Whether nothing waits."""
        return not self.parts and not self.is_worker_silent


def morning_of(user: User) -> Morning:
    """Everything that waits for `user`; each role sees what it may do something about."""
    parts = tuple(
        part
        for kind, title, rows, more in PARTS
        if user.has_role(kind) and (part := _part(gettext(title), rows(user), more)) is not None
    )
    sees_figures = user.has_role(RoleKind.ADMINISTRATOR, RoleKind.OFFICIAL)
    return Morning(
        parts=parts,
        figures=tuple(department_figures()) if sees_figures else (),
        is_worker_silent=user.has_role(RoleKind.ADMINISTRATOR) and worker_is_silent(),
        has_desk=user.has_role(RoleKind.CLERK, RoleKind.COORDINATOR),
    )


def _part(title: str, rows: Iterable[Row], more: str) -> Part | None:
    found = list(rows)
    if not found:
        return None
    count = f"{READ - 1}+" if len(found) == READ else str(len(found))
    address, sep, query = more.partition("?")
    more_url = f"{reverse(address)}{sep}{query}" if more and len(found) > SHOWN else ""
    return Part(title, tuple(found[:SHOWN]), count, more_url)


def worker_is_silent() -> bool:
    """Whether clock and worker have not been heard of lately: figures, mails and steps wait."""
    try:
        beat = last_heartbeat()
    except (RedisError, OSError):
        return True
    return beat is None or time.time() - beat > STALE_HEARTBEAT


# --- Officials ---


def _answers(user: User) -> Iterable[Row]:
    own = Q(department__in=own_departments(user)) | Q(department__isnull=True)
    for proposal in due_for(user).awaiting_answer().filter(own)[:READ]:
        yield _proposal(proposal, proposal.answer_due_on)


def _nobodys(user: User) -> Iterable[Row]:
    for proposal in due_for(user).awaiting_answer().filter(department__isnull=True)[:READ]:
        yield _proposal(proposal, proposal.answer_due_on)


def _silent(user: User) -> Iterable[Row]:
    today = timezone.localdate()
    waiting = due_for(user).filter(
        department__in=own_departments(user),
        state__in=[ProposalState.REVIEWING, ProposalState.TRANSFERRED],
        last_word_on__lte=today - timedelta(days=SILENCE_DAYS),
    )
    for proposal in waiting.order_by("last_word_on", "pk")[:READ]:
        silent = (today - (proposal.last_word_on or today)).days
        yield Row(
            proposal.title,
            reverse("admin:proposals_proposal_change", args=[proposal.pk]),
            badge=ngettext("%(count)s day silent", "%(count)s days silent", silent)
            % {"count": silent},
            tone="amber" if silent < 2 * SILENCE_DAYS else "red",
        )


def _projects(user: User) -> Iterable[Row]:
    own = office_projects(user).filter(department__in=own_departments(user), **WAITING)
    for project in own[:READ]:
        yield Row(
            project.title,
            reverse("admin:budgets_project_change", args=[project.pk]),
            f"{project.budget} · {project.area}",
        )


def _late_steps(user: User) -> Iterable[Row]:
    today = timezone.localdate()
    own = office_steps(user).filter(project__department__in=own_departments(user))
    for step in own.filter(done_on__isnull=True, planned_on__lt=today)[:READ]:
        yield Row(
            f"{step.project} · {step.title}",
            reverse("admin:budgets_project_change", args=[step.project_id]),
            badge=dday(step.planned_on, today, _language()),
            tone="red",
        )


def _proposal(proposal: Proposal, due: date | None) -> Row:
    today = timezone.localdate()
    department = proposal.department.name if proposal.department else gettext("No department yet")
    return Row(
        proposal.title,
        reverse("admin:proposals_proposal_change", args=[proposal.pk]),
        f"{department} · {proposal.area}",
        dday(due, today, _language()) if due else "",
        {Urgency.RED: "red", Urgency.AMBER: "amber"}.get(urgency(due, today), ""),
    )


# --- Moderators ---


def _reported(user: User) -> Iterable[Row]:
    for comment in waiting_order(waiting_comments(comments_for(user)))[:READ]:
        reports = ngettext("%(count)s report", "%(count)s reports", comment.reports)
        asked = gettext("Its author asks to look again")
        badge, tone = _since(comment.waiting_since)
        yield Row(
            comment.thread.subject_title,
            reverse("admin:debates_comment_change", args=[comment.pk]),
            asked if comment.is_appealed else reports % {"count": comment.reports},
            badge,
            tone,
        )


def _appeals(user: User) -> Iterable[Row]:
    hidden = appealed(user, Proposal.objects.filter(is_hidden=True)).order_by("appealed_at")
    for proposal in hidden.only("title", "appealed_at")[:READ]:
        badge, tone = _since(proposal.appealed_at)
        yield Row(
            proposal.title,
            reverse("admin:proposals_proposal_change", args=[proposal.pk]),
            badge=badge,
            tone=tone,
        )


def _since(moment: datetime | None) -> tuple[str, str]:
    """How many days something has waited, and how urgent that makes it."""
    days = (timezone.localdate() - seoul_date(moment)).days if moment else 0
    amber, red = PATIENCE
    words = ngettext("%(count)s day", "%(count)s days", days) % {"count": days}
    badge = words if days else gettext("today")
    return badge, "red" if days >= red else "amber" if days >= amber else ""


# --- Administrators ---


def _disputed(_user: User) -> Iterable[Row]:
    for contest in Contest.objects.filter(state=ContestState.DISPUTED).order_by("closes_at")[:READ]:
        yield Row(contest.title, _office(contest), badge=contest.get_state_display(), tone="red")


def _closing(_user: User) -> Iterable[Row]:
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    closing = Contest.objects.filter(
        state=ContestState.OPEN, closes_at__lt=midnight + timedelta(days=1)
    )
    for contest in closing.select_related("area").order_by("closes_at")[:READ]:
        at = timezone.localtime(contest.closes_at)
        yield Row(contest.title, _office(contest), str(contest.area), f"{at:%H:%M}", "amber")


def _unready(_user: User) -> Iterable[Row]:
    today = timezone.localdate()
    drafts = office_contests().filter(state=ContestState.DRAFT, origin="native")
    for contest in drafts.order_by(F("opens_at").asc(nulls_last=True), "pk")[:MOST_DRAFTS]:
        missing = readiness(contest)
        if missing:
            left = (seoul_date(contest.opens_at) - today).days if contest.opens_at else None
            yield Row(
                contest.title,
                _office(contest),
                say(missing[0])
                if len(missing) == 1
                else gettext("%(first)s And %(count)s more.")
                % {"first": say(missing[0]), "count": len(missing) - 1},
                dday(contest.opens_at, today, _language()) if contest.opens_at else "",
                "" if left is None or left > AMBER_DAYS else "red" if left <= 0 else "amber",
            )


def _uncertified(_user: User) -> Iterable[Row]:
    yield from _boxes(Batch.objects.filter(contest__state__in=COUNTING), office=True)


def _corrections(user: User) -> Iterable[Row]:
    yield from _asked(Correction.objects.exclude(asked_by_ref=user.actor_ref))


def _roll_changes(user: User) -> Iterable[Row]:
    waiting = RollRequest.objects.filter(decision__isnull=True, contest__state=ContestState.OPEN)
    others = waiting.exclude(asked_by_ref=user.actor_ref).select_related("contest")
    for asked in others.order_by("pk")[:READ]:
        badge, tone = _since(asked.asked_at)
        yield Row(
            str(asked.get_change_display()),
            _office(asked.contest),
            asked.contest.title,
            badge,
            tone,
        )


def _one_factor(_user: User) -> Iterable[Row]:
    app = Authenticator.objects.filter(user=OuterRef("user"), type=Authenticator.Type.TOTP)
    roles = StaffRole.objects.in_force().filter(~Exists(app), user__is_active=True)
    for role in roles.select_related("user").order_by("user", "pk")[:READ]:
        yield Row(
            f"{mask_name(role.user.name)} ({mask_email(role.user.email)})",
            reverse("admin:residents_staffrole_change", args=[role.pk]),
            str(role.get_kind_display()),
        )


# --- Centres ---


def _own_boxes(user: User) -> Iterable[Row]:
    running = (ContestState.OPEN, *COUNTING)
    own = Batch.objects.filter(centre__in=_centres(user), contest__state__in=running)
    yield from _boxes(own, office=False)


def _own_corrections(user: User) -> Iterable[Row]:
    own = Correction.objects.filter(batch__centre__in=_centres(user))
    yield from _asked(own.exclude(asked_by_ref=user.actor_ref))


def _centres(user: User) -> list[int]:
    return [
        role.centre_id
        for role in user.current_roles
        if role.kind == RoleKind.COORDINATOR and role.centre_id is not None
    ]


def _boxes(boxes: Iterable[Batch], *, office: bool) -> Iterable[Row]:
    """Boxes that are not certified; of votes that are over first."""
    waiting = boxes.exclude(state=BatchState.CERTIFIED).select_related("contest", "centre")  # type: ignore[attr-defined]  # a queryset
    today = timezone.localdate()
    for box in waiting.order_by("contest__closes_at", "centre", "number")[:READ]:
        closed = box.contest.closes_at if box.contest.state in COUNTING else None
        late = closed is not None and seoul_date(closed) < today
        yield Row(
            f"{box.centre} · {gettext('Box %(number)s') % {'number': box.number}}",
            _office(box.contest) if office else reverse("desk_batch", args=[box.pk]),
            box.contest.title,
            str(box.get_state_display()),
            "red" if late else "amber" if closed else "",
        )


def _asked(corrections: Iterable[Correction]) -> Iterable[Row]:
    open_ones = corrections.filter(decision__isnull=True, batch__isnull=False)  # type: ignore[attr-defined]  # a queryset
    for asked in open_ones.select_related("contest", "batch__centre").order_by("pk")[:READ]:
        badge, tone = _since(asked.asked_at)
        yield Row(
            asked.what,
            reverse("desk_correction_decide", args=[asked.pk]),
            f"{asked.contest.title} · {asked.batch.centre}",
            badge,
            tone,
        )


# --- Observers and auditors ---


def _running(_user: User) -> Iterable[Row]:
    today = timezone.localdate()
    running = Contest.objects.filter(
        state__in=[ContestState.OPEN, *COUNTING, ContestState.COUNTED, ContestState.DISPUTED]
    ).annotate(
        boxes=Count("batches"),
        certified=Count("batches", filter=Q(batches__state=BatchState.CERTIFIED)),
    )
    for contest in running.order_by("closes_at")[:READ]:
        boxes = gettext("%(certified)s of %(count)s boxes certified")
        yield Row(
            contest.title,
            _office(contest),
            boxes % {"certified": contest.certified, "count": contest.boxes}
            if contest.boxes
            else str(contest.get_state_display()),
            dday(contest.closes_at, today, _language())
            if contest.closes_at and contest.state == ContestState.OPEN
            else "",
            "red" if contest.state == ContestState.DISPUTED else "",
        )


def _office(contest: Contest) -> str:
    return reverse("admin:voting_contest_change", args=[contest.pk])


def _language() -> str:
    return get_language() or "ko"


PARTS: tuple[tuple[RoleKind, str, Callable[[User], Iterable[Row]], str], ...] = (
    (RoleKind.ADMINISTRATOR, mark("Counts that differ"), _disputed, ""),
    (RoleKind.OFFICIAL, mark("Answers due"), _answers, "admin:proposals_proposal_changelist"),
    (
        RoleKind.OFFICIAL,
        mark("Interim answers owed"),
        _silent,
        "admin:proposals_proposal_changelist",
    ),
    (RoleKind.OFFICIAL, mark("Projects to review"), _projects, "admin:budgets_project_changelist"),
    (
        RoleKind.OFFICIAL,
        mark("Steps that are late"),
        _late_steps,
        "admin:budgets_milestone_changelist",
    ),
    (RoleKind.MODERATOR, mark("Reported opinions"), _reported, "admin:debates_comment_changelist"),
    (
        RoleKind.MODERATOR,
        mark("Hidden proposals to look at again"),
        _appeals,
        "admin:proposals_proposal_changelist?due=appeal",
    ),
    (
        RoleKind.ADMINISTRATOR,
        mark("Votes closing today"),
        _closing,
        "admin:voting_contest_changelist",
    ),
    (RoleKind.ADMINISTRATOR, mark("Votes with something missing"), _unready, ""),
    (RoleKind.ADMINISTRATOR, mark("Paper boxes not certified"), _uncertified, ""),
    (RoleKind.ADMINISTRATOR, mark("Corrections to decide"), _corrections, ""),
    (RoleKind.ADMINISTRATOR, mark("Changes of rolls to decide"), _roll_changes, ""),
    (
        RoleKind.ADMINISTRATOR,
        mark("Proposals without a department"),
        _nobodys,
        "admin:proposals_proposal_changelist?due=nobody",
    ),
    (
        RoleKind.ADMINISTRATOR,
        mark("Staff without two-step log-in"),
        _one_factor,
        "admin:residents_staffrole_changelist",
    ),
    (RoleKind.COORDINATOR, mark("Boxes of my centre"), _own_boxes, ""),
    (RoleKind.COORDINATOR, mark("Corrections to decide"), _own_corrections, ""),
    (
        RoleKind.OBSERVER,
        mark("Votes that are running"),
        _running,
        "admin:voting_contest_changelist",
    ),
    (RoleKind.AUDITOR, mark("Votes that are running"), _running, "admin:voting_contest_changelist"),
)
"""Role, heading, rows, and the list with all of them: the parts of the page in their order."""
