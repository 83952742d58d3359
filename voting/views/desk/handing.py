"""Handing out: who is it, may they, the stub and what becomes of its sheet, papers to print."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from proceedings.refusals import Refused
from proceedings.wording import form_status, show_refusal
from residents.forms import PersonForm
from residents.selectors import resident_by_ref
from residents.services import look_up_residents
from voting.forms.desk import (
    CopiesForm,
    DeskForm,
    GoToStubForm,
    IssueForm,
    MissingForm,
    SecondForm,
    StubForm,
)
from voting.models import BatchState
from voting.papers import StubPaper, blank_sheets, stub_paper
from voting.permissions import refuse_roll_keeper
from voting.selectors import ballot_design, database_now
from voting.selectors.desk import paper_standing, stub_of, stub_sums
from voting.selectors.paper import stubs_with_ends
from voting.services.cosign import confirm_second
from voting.services.paper import (
    MOST_SPOILED,
    issue_paper,
    print_sheets,
    report_missing,
    return_paper,
    spoil_paper,
)
from voting.views.desk.frame import box_at, crumbs, get_or_post
from voting.views.desk.words import box_name
from voting.wording import sentence, sheet_paper

if TYPE_CHECKING:
    from django.http import HttpRequest

    from residents.models import Resident, User
    from voting.models import Batch, PaperStub


@login_required
@never_cache
@get_or_post
def hand_out(request: HttpRequest, pk: int) -> HttpResponse:
    """Look somebody up, see whether they get a sheet, hand it out. What is typed is not kept."""
    user, box = box_at(request, pk, BatchState.OPEN)
    if "person" in request.POST:
        return give(request, user, box)
    if "stub" in request.GET:
        return go_to_stub(request, box)
    form = person_form(request)
    context: dict[str, Any] = {"form": form}
    if request.method == "POST" and form.is_valid():
        try:
            found = look_up_residents(actor=user, centre=box.centre, **form.cleaned_data)
        except Refused as refused:
            show_refusal(form, refused.refusal)
        else:
            if len(found) == 1:
                here = reverse("desk_hand_out", args=[pk])
                return redirect(f"{here}?person={found[0][1].ref}")
            context |= {"found": found, "nobody": not found}
    resident = resident_by_ref(request.GET.get("person", ""))
    if resident is not None and request.method != "POST":
        context |= standing_context(request, box, resident)
    return show_hand_out(request, box, context, status=form_status(form))


def person_form(request: HttpRequest) -> PersonForm:
    """The look-up, with the keyboard in its first field unless something is to be put right."""
    form = PersonForm(request.POST or None)
    if not form.is_bound:
        form.fields["name"].widget.attrs["autofocus"] = True
    return form


def go_to_stub(request: HttpRequest, box: Batch) -> HttpResponse:
    """From the number on a stub to its page; a number that is not there keeps what was typed."""
    form = GoToStubForm(request.GET)
    if form.is_valid():
        one = stub_of(box, form.cleaned_data["stub"])
        if one is not None:
            return redirect("desk_stub", box.pk, one.serial)
        form.add_error("stub", _("This box has no stub with this number."))
    return show_hand_out(request, box, {"form": PersonForm(), "goto": form}, status=422)


def standing_context(request: HttpRequest, box: Batch, resident: Resident) -> dict[str, Any]:
    """Whether this person gets a sheet, and the button; who keeps the roll can ask to add them."""
    standing = paper_standing(box.contest, resident, database_now())
    issue = IssueForm(initial={"person": resident.ref, "request_id": uuid4()})
    context: dict[str, Any] = {"standing": standing, "issue": issue}
    is_missing = standing.refusal is not None and standing.refusal.code == "not_on_roll"
    if is_missing and refuse_roll_keeper(request.user, box.contest) is None:
        page = reverse("admin:voting_contest_roll_person", args=[box.contest.pk])
        context["add_url"] = f"{page}?person={resident.ref}&change=add"
    return context


def give(request: HttpRequest, user: User, box: Batch) -> HttpResponse:
    """Take the vote right and number the stub; asked twice with one name it is done once."""
    form = IssueForm(request.POST)
    resident = resident_by_ref(request.POST["person"])
    if not form.is_valid() or resident is None:
        raise Http404
    try:
        made = issue_paper(
            actor=user,
            batch_id=box.pk,
            resident=resident,
            request_id=form.cleaned_data["request_id"],
            assisted=form.cleaned_data["assisted"],
        )
    except Refused as refused:
        context = {"form": PersonForm(), "refusal": refused.refusal}
        return show_hand_out(request, box, context, status=409)
    return redirect("desk_stub", box.pk, made.serial)


def show_hand_out(
    request: HttpRequest, box: Batch, context: dict[str, Any], *, status: int
) -> HttpResponse:
    """The page of handing out, with the sums of the box beside it."""
    sums = stub_sums(box)
    stubs = list(stubs_with_ends(box).reverse()[:8])
    frame = {
        "batch": box,
        "name": box_name(box),
        "sums": sums,
        "stubs": stubs,
        "copies": CopiesForm(),
        "goto": GoToStubForm(),
        "crumbs": crumbs(box, _("Hand out ballot papers")),
    }
    return render(request, "voting/desk_hand_out.html", {**frame, **context}, status=status)


@login_required
@never_cache
@get_or_post
def stub(request: HttpRequest, pk: int, serial: int) -> HttpResponse:
    """One stub: its number in big type, print it, and what became of its sheet."""
    user, box = box_at(request, pk)
    one = stub_or_404(box, serial)
    act = request.POST.get("act") or request.GET.get("act", "")
    if act not in ACTS or is_over(one, act):
        return render(request, "voting/desk_stub.html", stub_context(box, one))
    form = FORMS[act](request.POST or None, initial={"request_id": uuid4()})
    if request.method == "POST" and form.is_valid():
        try:
            after = ACTS[act](user, box, serial, form.cleaned_data)
        except Refused as refused:
            form.refuse(refused.refusal)
        else:
            messages.success(request, DONE[act]())
            return redirect("desk_stub", pk, after)
    context = {**stub_context(box, one), "act": act, "form": form}
    return render(request, "voting/desk_stub_end.html", context, status=422 if form.errors else 200)


def is_over(one: PaperStub, act: str) -> bool:
    """Whether the sheet came to an end already: its page then tells which, also to whoever pressed
    the button twice. A sheet replaced twice with one request leads to its new stub instead.
    """
    return act != "spoil" and one.events.exists()


def stub_or_404(box: Batch, serial: int) -> PaperStub:
    """The stub with this number in this box."""
    one = stub_of(box, serial)
    if one is None:
        raise Http404
    return one


def stub_context(box: Batch, one: PaperStub) -> dict[str, Any]:
    """A stub as its pages show it."""
    return {
        "batch": box,
        "name": box_name(box),
        "stub": one,
        "end": next(iter(one.events.all()), None),
        "replaced_by": getattr(one, "replaced_by", None),
        "most_spoiled": MOST_SPOILED,
        "is_open": box.state == BatchState.OPEN,
        "crumbs": crumbs(box, sentence(_("Stub %(serial)s"), serial=one.serial)),
    }


def _spoil(user: User, box: Batch, serial: int, data: dict[str, Any]) -> int:
    new = spoil_paper(actor=user, batch_id=box.pk, serial=serial, request_id=data["request_id"])
    return new.serial


def _return(user: User, box: Batch, serial: int, data: dict[str, Any]) -> int:
    second = confirm_second(actor=user, centre=box.centre, **data)
    return_paper(actor=user, second=second, batch_id=box.pk, serial=serial)
    return serial


def _miss(user: User, box: Batch, serial: int, data: dict[str, Any]) -> int:
    report_missing(actor=user, batch_id=box.pk, serial=serial, reason=data["reason"])
    return serial


ACTS = {"spoil": _spoil, "return": _return, "missing": _miss}
"""What a clerk does with a sheet that is out; each gives the stub to show next."""

FORMS: dict[str, type[DeskForm]] = {
    "spoil": StubForm,
    "return": SecondForm,
    "missing": MissingForm,
}

DONE = {
    "spoil": lambda: _("The spoiled sheet is taken back. This is the stub of the new one."),
    "return": lambda: _("The sheet is taken back unused. The person can vote again."),
    "missing": lambda: _("Noted as missing. The vote right stays used."),
}


@login_required
@require_safe
def stub_pdf(request: HttpRequest, pk: int, serial: int) -> HttpResponse:
    """The stub to sign and the slip to keep, to print."""
    _user, box = box_at(request, pk)
    one = stub_or_404(box, serial)
    contest = box.contest
    result = sentence(_("Result on %(day)s"), day=contest.result_on) if contest.result_on else ""
    paper = StubPaper(one.serial, contest.title, box.centre.name, box.centre.phone, result)
    return as_pdf(stub_paper(paper), f"stub-{one.serial}.pdf")


@login_required
@require_POST
def sheets_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """Blank sheets to print; how many were printed is recorded."""
    user, box = box_at(request, pk, BatchState.OPEN)
    form = CopiesForm(request.POST)
    if form.is_valid():
        copies = form.cleaned_data["copies"]
        print_sheets(actor=user, batch_id=pk, copies=copies)
        paper = sheet_paper(box.contest, ballot_design(box.contest), box.centre.name)
        return as_pdf(blank_sheets(paper, copies), "sheets.pdf")
    return show_hand_out(request, box, {"form": PersonForm(), "copies": form}, status=422)


def as_pdf(content: bytes, name: str) -> HttpResponse:
    """An answer that opens in the browser's own viewer and is kept nowhere."""
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response
