"""The end of a box: equations, reasons, two signatures, the report for the wall, corrections."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from hangul.formats import when
from proceedings.refusals import Refused
from residents.models import User
from residents.permissions import refuse_unless_role
from voting.forms.desk import CorrectionForm, DecisionForm, ReasonForm
from voting.log import canonical, digest
from voting.models import BatchState
from voting.papers import ReportPaper, box_report
from voting.selectors.desk import (
    batch_leaf_hash,
    certified_versions,
    find_correction,
    signatures_of,
    users_of,
)
from voting.selectors.paper import batch_figures, batch_progress
from voting.services.paper import (
    CORRECTABLE,
    DECIDERS,
    ask_correction,
    decide_correction,
    explain_difference,
    sign_batch,
)
from voting.views.desk.frame import (
    batch_or_404,
    box_at,
    crumbs,
    get_or_post,
    may_only_read,
)
from voting.views.desk.handing import as_pdf
from voting.views.desk.words import (
    EquationLine,
    box_name,
    equation_lines,
    equation_words,
    figure_rows,
)
from voting.wording import grouped, language, sentence

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from proceedings.refusals import Refusal
    from voting.models import Batch, Correction

AT_THE_END = (BatchState.COMPARED, BatchState.RECONCILED)


@login_required
@never_cache
@get_or_post
def reconcile(request: HttpRequest, pk: int) -> HttpResponse:
    """Hold the equations against the box; a difference asks for its reason."""
    user, box = box_at(request, pk)
    if box.state not in AT_THE_END:
        return redirect("desk_batch", pk)
    if batch_progress(box).unsettled:
        return redirect("desk_settle", pk)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            explain_difference(actor=user, batch_id=pk, **form.cleaned_data)
        except Refused as refused:
            form.refuse(refused.refusal)
        else:
            messages.success(request, _("The reason is kept."))
            return redirect("desk_reconcile", pk)
    lines = lines_of(box)
    context = {
        "batch": box,
        "name": box_name(box),
        "lines": [(line, form_for(line, form)) for line in lines],
        "form": form,
        "can_sign": all(line.holds or line.reason for line in lines),
        "crumbs": crumbs(box, _("Check the figures")),
    }
    status = 422 if form.errors else 200
    return render(request, "voting/desk_reconcile.html", context, status=status)


def lines_of(box: Batch) -> list[EquationLine]:
    """The equations of a box with the reasons given."""
    notes = {one.equation: one.note for one in box.reasons.filter(version=box.version)}
    return equation_lines(batch_figures(box), notes)


def form_for(line: EquationLine, sent: ReasonForm) -> ReasonForm | None:
    """The form for a difference that a reason can settle; the one just sent keeps its input."""
    if not line.needs_reason:
        return None
    if sent.is_bound and sent.data.get("equation") == line.name:
        return sent
    return ReasonForm(initial={"equation": line.name}, auto_id=f"id_{line.name}_%s")


@login_required
@never_cache
@get_or_post
def sign(request: HttpRequest, pk: int) -> HttpResponse:
    """Sign the figures in one's own account; the second signature certifies the box."""
    user, box = box_at(request, pk)
    if box.state not in AT_THE_END:
        return redirect("desk_batch", pk)
    refusal: Refusal | None = None
    if request.method == "POST":
        try:
            signed = sign_batch(actor=user, batch_id=pk)
        except Refused as refused:
            refusal = refused.refusal
        else:
            is_certified = signed.state == BatchState.CERTIFIED
            words = _("The box is certified.") if is_certified else _("You have signed.")
            messages.success(request, words)
            return redirect("desk_batch" if is_certified else "desk_sign", pk)
    return show_signing(request, user, box, refusal)


def show_signing(
    request: HttpRequest, user: User, box: Batch, refusal: Refusal | None
) -> HttpResponse:
    """The figures to sign, and who has signed."""
    figures = batch_figures(box)
    signatures = signatures_of(box)
    context = {
        "batch": box,
        "name": box_name(box),
        "rows": figure_rows(figures.to_json()),
        "lines": lines_of(box),
        "digest": grouped(digest(canonical(figures.to_json()))),
        "signatures": signatures,
        "by_me": any(one.actor_ref == user.actor_ref for one in signatures),
        "refusal": refusal,
        "crumbs": crumbs(box, _("Sign")),
    }
    return render(request, "voting/desk_sign.html", context, status=409 if refusal else 200)


@login_required
@require_safe
def report_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """The report of a certified box, for the centre's wall."""
    box = batch_or_404(pk)
    may_only_read(request, box)
    if box.state != BatchState.CERTIFIED:
        raise Http404
    return as_pdf(box_report(report_of(box)), f"box-{box.pk}.pdf")


def report_of(box: Batch) -> ReportPaper:
    """What the report says: the certified figures as they stand in the record."""
    signatures = signatures_of(box)
    version = certified_versions(box)[0]
    return ReportPaper(
        contest=box.contest.title,
        box=f"{box.centre.name} · {box_name(box)}",
        version=sentence(_("Version %(version)s"), version=box.version),
        figures=tuple(figure_rows(version.figures)),
        lines=tuple((equation_words(line), line.holds) for line in lines_of(box)),
        signatures=tuple(f"{one.role} · {when(one.at, language())}" for one in signatures),
        digest=signatures[-1].digest if signatures else "",
        leaf=batch_leaf_hash(box),
        address=f"{settings.SITE_URL}{box.contest.get_absolute_url()}",
    )


@login_required
@never_cache
@get_or_post
def correction(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask that a box be counted and typed again; somebody else decides."""
    user, box = box_at(request, pk, *CORRECTABLE)
    form = CorrectionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            ask_correction(actor=user, batch_id=pk, **form.cleaned_data)
        except Refused as refused:
            form.refuse(refused.refusal)
        else:
            messages.success(request, _("The correction waits for a decision."))
            return redirect("desk_batch", pk)
    context = {
        "batch": box,
        "name": box_name(box),
        "form": form,
        "crumbs": crumbs(box, _("Ask for a correction")),
    }
    status = 422 if form.errors else 200
    return render(request, "voting/desk_correction.html", context, status=status)


@login_required
@never_cache
@get_or_post
def correction_decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Approve or refuse a correction that somebody else asked for."""
    asked = find_correction(pk)
    if asked is None or asked.batch is None:
        raise Http404
    user = decider(request, asked.batch)
    form = DecisionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        approved = form.cleaned_data["approved"] == "yes"
        try:
            decide_correction(
                actor=user, correction_id=pk, approved=approved, note=form.cleaned_data["note"]
            )
        except Refused as refused:
            form.refuse(refused.refusal)
        else:
            said = _("Approved. The box is counted again.") if approved else _("Refused.")
            messages.success(request, said)
            return redirect("desk_correction_decide", pk)
    context = decision_context(asked, asked.batch, form)
    status = 422 if form.errors else 200
    return render(request, "voting/desk_decide.html", context, status=status)


def decider(request: HttpRequest, box: Batch) -> User:
    """A coordinator of the box's centre or the office. Raises Refused for everybody else."""
    refusal = refuse_unless_role(request.user, *DECIDERS, centre=box.centre)
    if refusal is not None:
        raise Refused(refusal)
    assert isinstance(request.user, User)  # noqa: S101 - nobody else has a role
    return request.user


def decision_context(asked: Correction, box: Batch, form: DecisionForm) -> dict[str, Any]:
    """A correction as its page shows it."""
    people = users_of([asked.asked_by_ref])
    by = people.get(asked.asked_by_ref)
    return {
        "asked": asked,
        "asked_by": by.name if by else "",
        "decision": getattr(asked, "decision", None),
        "batch": box,
        "name": box_name(box),
        "form": form,
        "crumbs": crumbs(box, _("Correction")),
    }
