"""The opened box: count it by hand, type it twice without seeing the other, settle differences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from proceedings.refusals import Refused
from voting.forms.ballots import most_of
from voting.forms.desk import CountForm, SheetForm
from voting.forms.keys import NUMBERED
from voting.models import BatchState
from voting.selectors import ballot_design
from voting.selectors.desk import count_standing, unsettled_sheet
from voting.selectors.paper import batch_progress, entry_of, next_sheet, reading_of
from voting.services.paper import enter_sheet, record_count
from voting.views.desk.frame import box_at, crumbs, get_or_post
from voting.views.desk.words import box_name, count_words, legend, reading_words
from voting.wording import how_sentence, mark_words, sentence

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from residents.models import User
    from voting.ballots import BallotDesign
    from voting.models import Batch
    from voting.selectors.paper import TypingTask

OTHER_SHEET = {"pass_taken", "typed_before", "nothing_to_settle"}
"""Refusals after which the sheet is not this person's to type: what was typed is let go of."""


@login_required
@never_cache
@get_or_post
def count(request: HttpRequest, pk: int) -> HttpResponse:
    """Type one's own count; nobody's figures are shown until two people agree."""
    user, box = box_at(request, pk)
    if box.state != BatchState.SEALED:
        return redirect("desk_batch", pk)
    form = CountForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            after = record_count(actor=user, batch_id=pk, **form.cleaned_data)
        except Refused as refused:
            form.refuse(refused.refusal)
        else:
            if after.state == BatchState.SEALED:
                return redirect("desk_count", pk)
            messages.success(request, _("Both counts agree. The sheets are numbered."))
            return redirect("desk_batch", pk)
    standing = count_standing(box, user.actor_ref)
    context = {
        "form": form,
        "batch": box,
        "name": box_name(box),
        "standing": standing,
        "differing": count_words(standing.differing),
        "crumbs": crumbs(box, _("Count")),
    }
    return render(request, "voting/desk_count.html", context, status=422 if form.errors else 200)


@login_required
@never_cache
@get_or_post
def type_sheets(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Type sheet after sheet in one pass, by the number keys alone."""
    if number not in {1, 2, 3}:
        raise Http404
    user, box = box_at(request, pk)
    if not is_typed_now(box, number):
        return redirect("desk_batch", pk)
    if request.method == "POST":
        return store_sheet(request, user, box, number)
    start = request.GET.get("sheet") or request.GET.get("saved") or ""
    task = next_sheet(box, user.actor_ref, number, start=int(start) if start.isdecimal() else None)
    return show_typing(request, user, box, number, {"task": task})


def is_typed_now(box: Batch, number: int) -> bool:
    """Whether this pass is typed at this point; the third one only if the whole box is."""
    if number == 3:
        return box.state == BatchState.COMPARED and batch_progress(box).third_pass
    return box.state in {BatchState.COUNTED, BatchState.ENTERING}


def store_sheet(request: HttpRequest, user: User, box: Batch, number: int) -> HttpResponse:
    """Store one reading and go to the next sheet; a slip of typing keeps sheet and keys."""
    form = SheetForm(request.POST, design=ballot_design(box.contest))
    if form.is_valid():
        sheet = form.cleaned_data["sheet"]
        try:
            enter_sheet(
                actor=user,
                batch_id=box.pk,
                number=sheet,
                pass_number=number,
                typing=form.typing(),
            )
        except Refused as refused:
            if refused.refusal.code in OTHER_SHEET:
                task = next_sheet(box, user.actor_ref, number, start=sheet)
                context = {"task": task, "refusal": refused.refusal}
                return show_typing(request, user, box, number, context, status=409)
            form.refuse(refused.refusal)
        else:
            return redirect(f"{reverse('desk_type', args=[box.pk, number])}?saved={sheet}")
    start = form.data.get("sheet", "")
    task = next_sheet(box, user.actor_ref, number, start=int(start) if start.isdecimal() else None)
    return show_typing(request, user, box, number, {"task": task, "form": form}, status=422)


def show_typing(
    request: HttpRequest,
    user: User,
    box: Batch,
    number: int,
    context: dict[str, Any],
    *,
    status: int = 200,
) -> HttpResponse:
    """The typing page: a huge sheet number, one field, the legend, how far the pass is."""
    design = ballot_design(box.contest)
    task: TypingTask | None = context["task"]
    saved = request.GET.get("saved", "")
    entry = entry_of(box, int(saved), user.actor_ref) if saved.isdecimal() else None
    frame = {
        "batch": box,
        "name": box_name(box),
        "number": number,
        "form": SheetForm(initial={"sheet": task.sheet.number}, design=design) if task else None,
        "how": how_sentence(design),
        "options": design.in_order,
        "kind": design.kind.value,
        "unit": unit_of(design),
        "highest": most_of(design),
        "most": design.points or design.max_picks,
        "legend": legend(design),
        "left": batch_progress(box).unsettled if number == 3 and task is None else (),
        "saved": saved if entry else "",
        "saved_words": reading_words(design, reading_of(entry)) if entry else "",
        "crumbs": crumbs(box, pass_title(number)),
    }
    return render(request, "voting/desk_type.html", {**frame, **context}, status=status)


def unit_of(design: BallotDesign) -> str:
    """Nought as one says it of this ballot, to fill other numbers into; empty without numbers."""
    return mark_words(design.kind, 0) if design.kind in NUMBERED else ""


def pass_title(number: int) -> str:
    """A pass by its number."""
    return sentence(_("Pass %(number)s"), number=number)


@login_required
@never_cache
@get_or_post
def settle(request: HttpRequest, pk: int) -> HttpResponse:
    """Show both readings of a sheet to somebody who made neither; their reading is final."""
    user, box = box_at(request, pk)
    if box.state != BatchState.COMPARED:
        return redirect("desk_batch", pk)
    progress = batch_progress(box)
    if progress.third_pass and progress.unsettled:
        return redirect("desk_type", pk, 3)
    design = ballot_design(box.contest)
    form = SheetForm(request.POST or None, design=design)
    if request.method == "POST" and form.is_valid():
        sheet = form.cleaned_data["sheet"]
        try:
            enter_sheet(actor=user, batch_id=pk, number=sheet, pass_number=3, typing=form.typing())
        except Refused as refused:
            form.refuse(refused.refusal)
        else:
            messages.success(request, sentence(_("Sheet %(number)s is settled."), number=sheet))
            return redirect("desk_settle", pk)
    return show_settling(request, user, box, form)


def show_settling(request: HttpRequest, user: User, box: Batch, form: SheetForm) -> HttpResponse:
    """The next sheet that differs for this person, or what is left for others."""
    design = ballot_design(box.contest)
    view = unsettled_sheet(box, user.actor_ref)
    if view is not None and not form.is_bound:
        form = SheetForm(initial={"sheet": view.sheet.number}, design=design)
    context = {
        "batch": box,
        "name": box_name(box),
        "view": view,
        "readings": [
            (pass_title(entry.pass_number), reading_words(design, entry.reading))
            for entry in (view.entries if view else ())
        ],
        "form": form,
        "left": batch_progress(box).unsettled,
        "how": how_sentence(design),
        "options": design.in_order,
        "kind": design.kind.value,
        "unit": unit_of(design),
        "highest": most_of(design),
        "most": design.points or design.max_picks,
        "legend": legend(design),
        "crumbs": crumbs(box, _("Settle sheets that differ")),
    }
    status = 422 if form.errors else 200
    return render(request, "voting/desk_settle.html", context, status=status)
