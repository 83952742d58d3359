"""Staff at a centre's desk: look people up, register them, extend, move, hand out codes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from proceedings.refusals import Refused
from proceedings.wording import form_status, show_refusal
from residents import slips
from residents.forms import (
    DeskMethodForm,
    DeskPlaceForm,
    DeskRegisterForm,
    PersonForm,
    ReasonForm,
)
from residents.models import Resident, VerificationMethod
from residents.permissions import DESK_SESSION_KEY, centre_at_desk
from residents.selectors import consent_text, desk_roles, resident_by_ref
from residents.services import (
    extend_resident,
    issue_code,
    look_up_residents,
    move_resident,
    register_resident,
    separate_account,
)
from residents.views.residency import account_of, typed

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest

    from places.models import Centre


@login_required
@require_POST
def desk_centre(request: HttpRequest) -> HttpResponse:
    """Choose the centre at whose desk one works now."""
    codes = {role.centre.code for role in desk_roles(account_of(request.user)) if role.centre}
    if request.POST.get("centre") in codes:
        request.session[DESK_SESSION_KEY] = request.POST["centre"]
    return redirect("desk")


@login_required
@require_http_methods(["GET", "POST"])
def desk_residents(request: HttpRequest) -> HttpResponse:
    """Look somebody up by name and birth date; offer to register whom nobody knows."""
    centre = centre_at_desk(request)
    form = PersonForm(typed(request))
    context: dict[str, object] = {"form": form, "centre": centre}
    if form.is_valid():
        try:
            found = look_up_residents(
                actor=account_of(request.user), centre=centre, **form.cleaned_data
            )
        except Refused as refused:
            show_refusal(form, refused.refusal)
        else:
            if len(found) == 1:
                return redirect("desk_resident", found[0][1].ref)
            context |= {"found": found, "asked": True, "register_form": _register_form(request)}
    return render(
        request,
        "residents/desk_residents.html",
        context | {"text": consent_text("residency"), "guardian_text": consent_text("guardian")},
        status=form_status(form),
    )


def _register_form(request: HttpRequest) -> DeskRegisterForm:
    values = {name: request.POST.get(name, "") for name in ("name", "birth_date", "homonym")}
    return DeskRegisterForm(initial=values, auto_id="new_%s")


@login_required
@require_http_methods(["GET", "POST"])
def desk_resident_new(request: HttpRequest) -> HttpResponse:
    """Register somebody who stands at the desk."""
    centre = centre_at_desk(request)
    form = DeskRegisterForm(typed(request), initial={"homonym": request.GET.get("homonym", "")})
    context = {
        "form": form,
        "centre": centre,
        "text": consent_text("residency"),
        "guardian_text": consent_text("guardian"),
    }
    if form.is_valid():
        try:
            resident = _register(request, centre, form)
        except Refused as refused:
            context["refusal"] = refused.refusal
            return render(request, "residents/desk_resident_new.html", context, status=409)
        messages.success(request, _("Registered. The name was not kept."))
        return redirect("desk_resident", resident.ref)
    status = 422 if form.errors else 200
    return render(request, "residents/desk_resident_new.html", context, status=status)


def _register(request: HttpRequest, centre: Centre, form: DeskRegisterForm) -> Resident:
    data = form.cleaned_data
    return register_resident(
        actor=account_of(request.user),
        centre=centre,
        name=data["name"],
        birth_date=data["birth_date"],
        area=data["area"],
        basis=data["basis"],
        method=VerificationMethod(data["method"]),
        consents=["residency", "guardian"] if data["guardian"] else ["residency"],
        homonym=data["homonym"],
    )


@login_required
@require_http_methods(["GET"])
def desk_resident(request: HttpRequest, ref: UUID) -> HttpResponse:
    """Show what is known about a registered person and what staff can do."""
    centre = centre_at_desk(request)
    return _resident_page(request, centre, _resident(ref))


def _resident(ref: UUID) -> Resident:
    resident = resident_by_ref(str(ref))
    if resident is None:
        raise Http404
    return resident


def _resident_page(
    request: HttpRequest, centre: Centre, resident: Resident, **context: object
) -> HttpResponse:
    return render(
        request,
        "residents/desk_resident.html",
        {
            "centre": centre,
            "resident": resident,
            "in_force": resident.verified_until >= timezone.localdate(),
            "verifications": resident.verifications.select_related("centre")[:5],
            "method_form": DeskMethodForm(),
            "place_form": DeskPlaceForm(
                initial={"area": resident.area_id, "basis": resident.basis}
            ),
            "reason_form": ReasonForm(),
            **context,
        },
        status=422 if context else 200,
    )


@login_required
@require_POST
def desk_resident_extend(request: HttpRequest, ref: UUID) -> HttpResponse:
    """Confirm a registered person for another year."""
    centre, resident = centre_at_desk(request), _resident(ref)
    form = DeskMethodForm(request.POST)
    if not form.is_valid():
        return _resident_page(request, centre, resident, method_form=form)
    extend_resident(
        actor=account_of(request.user),
        centre=centre,
        resident=resident,
        method=VerificationMethod(form.cleaned_data["method"]),
    )
    messages.success(request, _("Confirmed for another year."))
    return redirect("desk_resident", ref)


@login_required
@require_POST
def desk_resident_move(request: HttpRequest, ref: UUID) -> HttpResponse:
    """Keep another dong or another reason for belonging here."""
    centre, resident = centre_at_desk(request), _resident(ref)
    form = DeskPlaceForm(request.POST)
    if not form.is_valid():
        return _resident_page(request, centre, resident, place_form=form)
    move_resident(
        actor=account_of(request.user), centre=centre, resident=resident, **form.cleaned_data
    )
    messages.success(request, _("The dong is changed."))
    return redirect("desk_resident", ref)


@login_required
@require_POST
def desk_resident_separate(request: HttpRequest, ref: UUID) -> HttpResponse:
    """Untie the person from an account that was lost or is wrong."""
    centre, resident = centre_at_desk(request), _resident(ref)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _resident_page(request, centre, resident, reason_form=form)
    separate_account(
        actor=account_of(request.user),
        centre=centre,
        resident=resident,
        reason=form.cleaned_data["reason"],
    )
    messages.success(request, _("The account is separated. A new code ties the new one."))
    return redirect("desk_resident", ref)


@login_required
@require_POST
def desk_resident_code(request: HttpRequest, ref: UUID) -> HttpResponse:
    """Print a slip with a one-time code; the code is shown nowhere else."""
    centre, resident = centre_at_desk(request), _resident(ref)
    code = issue_code(actor=account_of(request.user), centre=centre, resident=resident)
    response = HttpResponse(slips.desk_slip(code, centre), content_type="application/pdf")
    response["Content-Disposition"] = 'inline; filename="code.pdf"'
    response["Cache-Control"] = "no-store"
    return response
