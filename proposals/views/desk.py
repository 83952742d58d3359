"""A clerk writes down a proposal, or records a support, for somebody at the desk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from proceedings.refusals import Refused
from proceedings.wording import form_status, show_refusal
from proposals.forms import AssistedForm, AssistedSupportForm, PersonForm
from proposals.models import Proposal
from proposals.services import record_support, write_down_proposal
from proposals.views.writing import refused_words
from residents.models import Resident, User
from residents.permissions import refuse_unless_role
from residents.roles import RoleKind
from residents.selectors import consent_text, desk_roles, resident_by_ref
from residents.services import look_up_residents

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from places.models import Centre

get_or_post = require_http_methods(["GET", "HEAD", "POST"])


def _clerk(request: HttpRequest) -> tuple[User, Centre]:
    """The clerk and the own centre. Raises Refused for everybody else."""
    refusal = refuse_unless_role(request.user, RoleKind.CLERK, RoleKind.COORDINATOR)
    if refusal is not None:
        raise Refused(refusal)
    if not isinstance(request.user, User):
        raise Http404
    centre = next(role.centre for role in desk_roles(request.user) if role.centre is not None)
    return request.user, centre


def _resident(ref: str) -> Resident:
    resident = resident_by_ref(ref)
    if resident is None:
        raise Http404
    return resident


def _context(centre: Centre, resident: Resident | None = None) -> dict[str, Any]:
    crumbs = [(_("Desk"), reverse("desk")), (_("Proposals at the desk"), reverse("desk_proposals"))]
    if resident is None:
        crumbs[-1] = (crumbs[-1][0], "")
    else:
        crumbs.append((_("For a resident"), ""))
    return {
        "centre": centre,
        "resident": resident,
        "consent": consent_text("assistance"),
        "crumbs": crumbs,
    }


@login_required
@get_or_post
def find(request: HttpRequest) -> HttpResponse:
    """Who is it? Name and date of birth are compared as keyed hashes and forgotten."""
    user, centre = _clerk(request)
    form = PersonForm(request.POST or None)
    context = {**_context(centre), "form": form}
    if form.is_valid():
        try:
            found = look_up_residents(actor=user, centre=centre, **form.cleaned_data)
        except Refused as refused:
            show_refusal(form, refused.refusal)
        else:
            if len(found) == 1:
                return redirect("desk_proposals_for", ref=found[0][1].ref)
            context |= {"found": found, "nobody": not found}
    return render(request, "proposals/desk_find.html", context, status=form_status(form))


@login_required
@get_or_post
def for_resident(request: HttpRequest, ref: str) -> HttpResponse:
    """Record a support by the proposal's number; the way on to writing one down."""
    user, centre = _clerk(request)
    resident = _resident(ref)
    form = AssistedSupportForm(request.POST or None)
    if form.is_valid():
        try:
            done = record_support(
                actor=user,
                centre=centre,
                resident=resident,
                proposal_id=form.cleaned_data["number"],
                agreed=form.cleaned_data["agreed"],
            )
        except Proposal.DoesNotExist:
            form.add_error("number", _("There is no proposal with this number."))
        except Refused as refused:
            form.refuse(refused.refusal, refused_words(refused))
        else:
            text = _("Support recorded for no. %(pk)s: %(title)s")
            messages.success(request, text % {"pk": done.proposal.pk, "title": done.proposal.title})
            return redirect("desk_proposals_for", ref=ref)
    context = {**_context(centre, resident), "form": form}
    return render(request, "proposals/desk_for.html", context)


@login_required
@get_or_post
def write_down(request: HttpRequest, ref: str) -> HttpResponse:
    """Write a proposal down in the resident's words and publish it."""
    user, centre = _clerk(request)
    resident = _resident(ref)
    form = AssistedForm(request.POST or None, initial={"area": resident.area_id})
    if form.is_valid():
        try:
            proposal = write_down_proposal(
                actor=user,
                centre=centre,
                resident=resident,
                words=form.words(),
                agreed=form.cleaned_data["agreed"],
            )
        except Refused as refused:
            form.refuse(refused.refusal, refused_words(refused))
        else:
            messages.success(request, _("Published as no. %s.") % proposal.pk)
            return redirect("desk_proposals_for", ref=ref)
    context = {**_context(centre, resident), "form": form}
    return render(request, "proposals/desk_write.html", context, status=422 if form.errors else 200)
