"""Provisional envelopes of a box: register one, hold it against the roll, accept or reject it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from proceedings.refusals import Refused
from proceedings.wording import form_status, show_refusal
from residents.forms import PersonForm
from residents.selectors import resident_by_ref
from residents.services import look_up_residents
from voting.forms.desk import EnvelopeForm, ProvisionalForm
from voting.models import BatchState, ProvisionalCause
from voting.permissions import refuse_roll_keeper
from voting.selectors.desk import provisional_sheet, provisional_sheets, right_standing
from voting.selectors.paper import provisional_sums
from voting.services.cosign import confirm_second
from voting.services.provisional import (
    accept_provisional,
    register_provisional,
    reject_provisional,
)
from voting.views.desk.frame import box_at, crumbs, get_or_post
from voting.views.desk.words import box_name
from voting.wording import sentence

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from residents.models import Resident, User
    from voting.models import Batch, ProvisionalSheet


@login_required
@never_cache
@get_or_post
def provisional(request: HttpRequest, pk: int) -> HttpResponse:
    """The envelopes of a box, what was decided, and the next number."""
    user, box = box_at(request, pk)
    form = ProvisionalForm(request.POST or None, initial={"request_id": uuid4()})
    if request.method == "POST" and form.is_valid():
        try:
            made = register_provisional(
                actor=user,
                batch_id=pk,
                cause=ProvisionalCause(form.cleaned_data["cause"]),
                request_id=form.cleaned_data["request_id"],
            )
        except Refused as refused:
            form.refuse(refused.refusal)
        else:
            words = _("Envelope %(number)s is registered. Write this number on it.")
            messages.success(request, sentence(words, number=made.number))
            return redirect("desk_provisional", pk)
    context = {
        "form": form,
        "batch": box,
        "name": box_name(box),
        "is_open": box.state == BatchState.OPEN,
        "sheets": provisional_sheets(box),
        "sums": provisional_sums(box),
        "crumbs": crumbs(box, _("Provisional envelopes")),
    }
    return render(request, "voting/desk_provisional.html", context, status=form_status(form))


@login_required
@never_cache
@get_or_post
def provisional_decide(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Look up who stands on an envelope; then two people accept or reject it."""
    user, box = box_at(request, pk, BatchState.OPEN)
    sheet = provisional_sheet(box, number)
    if sheet is None:
        raise Http404
    if hasattr(sheet, "decision"):
        return redirect("desk_provisional", pk)
    if "code" in request.POST:
        return decide(request, user, box, sheet)
    resident = resident_by_ref(request.GET.get("person", ""))
    if request.method != "POST" and (resident or "unnamed" in request.GET):
        return show_envelope(request, box, sheet, asked(box, resident))
    form = PersonForm(request.POST or None)
    context: dict[str, Any] = {"form": form}
    if form.is_valid():
        try:
            found = look_up_residents(actor=user, centre=box.centre, **form.cleaned_data)
        except Refused as refused:
            show_refusal(form, refused.refusal)
        else:
            if len(found) == 1:
                here = reverse("desk_provisional_decide", args=[pk, number])
                return redirect(f"{here}?person={found[0][1].ref}")
            context |= {"found": found, "nobody": not found}
    return show_envelope(request, box, sheet, context, status=form_status(form))


def asked(box: Batch, resident: Resident | None) -> dict[str, Any]:
    """What the roll says of whoever stands on the envelope, and the form to decide."""
    initial = {"person": resident.ref if resident else ""}
    second = EnvelopeForm(initial=initial, with_person=resident is not None)
    standing = right_standing(box.contest, resident) if resident else None
    return {"second": second, "standing": standing}


def decide(request: HttpRequest, user: User, box: Batch, sheet: ProvisionalSheet) -> HttpResponse:
    """Accept or reject, as the button says, with the second person's code."""
    resident = resident_by_ref(request.POST.get("person", ""))
    second_form = EnvelopeForm(request.POST, with_person=resident is not None)
    if second_form.is_valid():
        data = second_form.cleaned_data
        try:
            second = confirm_second(
                actor=user, centre=box.centre, email=data["email"], code=data["code"]
            )
            common: dict[str, Any] = {
                "actor": user,
                "second": second,
                "batch_id": box.pk,
                "number": sheet.number,
            }
            if request.POST.get("act") == "accept" and resident is not None:
                stub = accept_provisional(**common, resident=resident)
                words = _(
                    "Accepted as stub %(serial)s. Put the sheet into the box without unfolding it, "
                    "and the signed envelope with the stubs."
                )
                messages.success(request, sentence(words, serial=stub.serial))
            else:
                reject_provisional(**common, resident=resident, refusal=data.get("refusal", ""))
                messages.success(
                    request, _("Rejected. The envelope stays closed, with the papers of the box.")
                )
        except Refused as refused:
            second_form.refuse(refused.refusal)
        else:
            return redirect("desk_provisional", box.pk)
    context = {**asked(box, resident), "second": second_form}
    return show_envelope(request, box, sheet, context, status=422)


def show_envelope(
    request: HttpRequest,
    box: Batch,
    sheet: ProvisionalSheet,
    context: dict[str, Any],
    *,
    status: int = 200,
) -> HttpResponse:
    """The page of one envelope."""
    standing = context.get("standing")
    if (
        standing is not None
        and standing.refusal is not None
        and standing.refusal.code == "not_on_roll"
        and refuse_roll_keeper(request.user, box.contest) is None
    ):
        page = reverse("admin:voting_contest_roll_person", args=[box.contest.pk])
        context["add_url"] = f"{page}?person={standing.resident.ref}&change=add"
    title = sentence(_("Envelope %(number)s"), number=sheet.number)
    frame = {
        "batch": box,
        "name": box_name(box),
        "sheet": sheet,
        "title": title,
        "crumbs": crumbs(box, title),
    }
    return render(
        request, "voting/desk_provisional_decide.html", {**frame, **context}, status=status
    )
