"""The day's sheet, opening a box, its page, sealing it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from proceedings.refusals import Refused
from residents.models import User
from residents.permissions import centre_at_desk
from residents.selectors import desk_roles
from voting.forms.desk import SealForm, SecondForm
from voting.models import BatchState
from voting.selectors import public_contests
from voting.selectors.desk import (
    batch_leaf_hash,
    certified_versions,
    contests_at,
    corrections_of,
    count_standing,
    day_sheet,
    signatures_of,
    stub_sums,
    typing_quality,
    users_of,
)
from voting.selectors.paper import (
    batch_progress,
    next_sheet,
    open_correction,
    pass_standings,
    provisional_sums,
    settling_of,
    signed_by,
    stubs_with_ends,
    typing_disagreement,
)
from voting.services.cosign import confirm_second
from voting.services.paper import CORRECTABLE, open_batch, seal_batch
from voting.views.desk.frame import (
    batch_or_404,
    box_at,
    crumbs,
    get_or_post,
    home_crumbs,
    is_coordinator,
    may_only_read,
    staff_at,
)
from voting.views.desk.words import (
    box_name,
    count_words,
    figure_rows,
    next_step,
    reason_words,
    stages_of,
    tone_of,
)
from voting.wording import BADGES, grouped

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest, HttpResponse

    from voting.models import Batch
    from voting.selectors.desk import ContestAtCentre
    from voting.selectors.paper import Settling

TYPING = (BatchState.COUNTED, BatchState.ENTERING)
COMPARED = (BatchState.COMPARED, BatchState.RECONCILED, BatchState.CERTIFIED)


@login_required
@never_cache
@require_safe
def paper_home(request: HttpRequest) -> HttpResponse:
    """Votes with paper at this centre, each box with its next step, and the day's sheet."""
    centre = centre_at_desk(request)
    user = cast("User", request.user)
    several = len(desk_roles(user)) > 1
    today = timezone.localdate()
    found = contests_at(centre)
    boxes = [box for one in found for box in one.boxes]
    settling = settling_of(boxes, user.actor_ref)
    signed = signed_by(boxes, user.actor_ref)
    context = {
        "centre": centre,
        "crumbs": home_crumbs(),
        "several": several,
        "contests": [contest_card(one, settling, signed) for one in found],
        "today": today,
        "day": day_sheet(centre, today),
    }
    return render(request, "voting/desk_paper.html", context)


def contest_card(
    at: ContestAtCentre, settling: Mapping[int, Settling], signed: set[int]
) -> dict[str, Any]:
    """A vote with its boxes, in words; `settling`: by box, what waits for a third reading;
    `signed`: the boxes the reader has signed already.
    """
    label, tone = BADGES[at.contest.state]
    return {
        "at": at,
        "contest": at.contest,
        "badge": label,
        "tone": tone,
        "boxes": [
            {
                "box": box,
                "name": box_name(box),
                "tone": tone_of(box),
                "next": next_step(box, settling.get(box.pk), has_signed=box.pk in signed),
            }
            for box in at.boxes
        ],
    }


@login_required
@get_or_post
def batch_open(request: HttpRequest, pk: int) -> HttpResponse:
    """Open an empty box; a second person has seen that it is empty."""
    centre = centre_at_desk(request)
    user = staff_at(request, centre)
    contest = public_contests().filter(pk=pk, paper=True, centres=centre).first()
    if contest is None:
        raise Http404
    form = SecondForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            second = confirm_second(actor=user, centre=centre, **form.cleaned_data)
            batch = open_batch(actor=user, second=second, contest_id=pk, centre=centre)
        except Refused as refused:
            form.refuse(refused.refusal)
        else:
            messages.success(request, _("The box is open. You can hand out ballot papers."))
            return redirect("desk_hand_out", batch.pk)
    context = {
        "form": form,
        "contest": contest,
        "centre": centre,
        "crumbs": home_crumbs(_("Open a ballot box")),
    }
    return render(request, "voting/desk_open.html", context, status=422 if form.errors else 200)


@login_required
@never_cache
@require_safe
def batch(request: HttpRequest, pk: int) -> HttpResponse:
    """A box: where it stands, what comes next, its figures once they are certified."""
    box = batch_or_404(pk)
    read_only = may_only_read(request, box)
    context = {
        **box_facts(box),
        "read_only": read_only,
        "crumbs": crumbs(box),
        "corrections": corrections_of(box),
        "waiting": open_correction(box),
        "may_correct": not read_only and box.state in CORRECTABLE,
    }
    if isinstance(request.user, User) and not read_only:
        context |= working_facts(box, request.user)
    return render(request, "voting/desk_batch.html", context)


def box_facts(box: Batch) -> dict[str, Any]:
    """What stands on a box's page for everybody who may see it."""
    versions = certified_versions(box)
    signatures = signatures_of(box)
    is_certified = box.state == BatchState.CERTIFIED
    return {
        "batch": box,
        "name": box_name(box),
        "tone": tone_of(box),
        "stages": stages_of(box),
        "sums": stub_sums(box),
        "envelopes": provisional_sums(box),
        "signatures": signatures,
        "is_certified": is_certified,
        "leaf": grouped(batch_leaf_hash(box)) if is_certified else "",
        "digest": grouped(signatures[-1].digest) if is_certified and signatures else "",
        "versions": [
            {
                "version": one.version,
                "at": one.at,
                "rows": figure_rows(one.figures),
                "reasons": [reason_words(code) for code in reasons_in(one.figures)],
                "is_present": one.version == box.version and is_certified,
            }
            for one in versions
        ],
    }


def reasons_in(figures: Any) -> list[str]:
    """The codes of the reasons among certified figures."""
    return list(figures.get("reasons", {}).values())


def working_facts(box: Batch, user: User) -> dict[str, Any]:
    """What a clerk of the centre sees besides: what is left to do, and how typing went."""
    ref = user.actor_ref
    standing = count_standing(box, ref) if box.state == BatchState.SEALED else None
    settling = settling_of([box], ref).get(box.pk)
    facts: dict[str, Any] = {
        "passes": pass_panels(box, ref) if box.state in TYPING else [],
        "count": standing,
        "differing": count_words(standing.differing) if standing else [],
        "progress": batch_progress(box) if box.state in COMPARED else None,
        "settling": settling,
        "next": next_step(box, settling, has_signed=bool(signed_by([box], ref))),
        "quality": quality_rows(box, user) if box.state in COMPARED else [],
        "share": typing_disagreement(box) if box.state in COMPARED else None,
        "is_coordinator": is_coordinator(user, box.centre),
    }
    return facts


def pass_panels(box: Batch, actor_ref: str) -> list[dict[str, Any]]:
    """Both blind passes, each with the sheet that one person takes next (None: none is left)."""
    return [
        {"pass": one, "task": next_sheet(box, actor_ref, one.number)}
        for one in pass_standings(box, actor_ref)
    ]


def quality_rows(box: Batch, user: User) -> list[tuple[str, int, int]]:
    """Readings and slips by person: all for a coordinator, one's own for everybody else."""
    rows = typing_quality(box)
    if not is_coordinator(user, box.centre):
        return [(_("You"), r.typed, r.wrong) for r in rows if r.actor_ref == user.actor_ref]
    people = users_of([row.actor_ref for row in rows])
    return [
        (people[row.actor_ref].name if row.actor_ref in people else "–", row.typed, row.wrong)
        for row in rows
    ]


@login_required
@get_or_post
def seal(request: HttpRequest, pk: int) -> HttpResponse:
    """Close the slot of the box: seals on, two people, nothing more is handed out."""
    user, box = box_at(request, pk, BatchState.OPEN)
    form = SealForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            second = confirm_second(
                actor=user, centre=box.centre, email=data["email"], code=data["code"]
            )
            seal_batch(actor=user, second=second, batch_id=pk, seal_numbers=data["seal_numbers"])
        except Refused as refused:
            form.refuse(refused.refusal)
        else:
            messages.success(request, _("The box is sealed. Its sheets can be counted."))
            return redirect("desk_batch", pk)
    context = {
        "form": form,
        "batch": box,
        "name": box_name(box),
        "sums": stub_sums(box),
        "envelopes_wait": bool(provisional_sums(box).waiting),
        "out": [one.serial for one in stubs_with_ends(box) if not one.events.all()],
        "crumbs": crumbs(box, _("Seal the box")),
    }
    return render(request, "voting/desk_seal.html", context, status=422 if form.errors else 200)
