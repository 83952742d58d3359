"""Confirming that one belongs here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from places.selectors import open_centres
from proceedings.refusals import Refused
from residents.forms import CodeForm, RollForm
from residents.models import User
from residents.selectors import current_resident, tries_left
from residents.services import confirm_by_code, confirm_by_roll

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser
    from django.forms import Form
    from django.http import HttpRequest, HttpResponse, QueryDict

    from proceedings.refusals import Refusal


def account_of(user: User | AnonymousUser) -> User:
    """The account behind a page that asks for log-in."""
    if not isinstance(user, User):
        raise TypeError("This page is behind log-in.")
    return user


def typed(request: HttpRequest) -> QueryDict | None:
    """What was sent to a form; None when the page is only looked at."""
    return request.POST if request.method == "POST" else None


@login_required
@require_http_methods(["GET", "POST"])
def residency(request: HttpRequest) -> HttpResponse:
    """Show how far one's residence is confirmed; match with the applicants' roll."""
    form = RollForm(typed(request))
    if form.is_valid():
        data = form.cleaned_data
        try:
            confirm_by_roll(
                actor=account_of(request.user),
                name=data["name"],
                birth_date=data["birth_date"],
                phone=data["phone"],
            )
        except Refused as refused:
            return _page(request, form, "residents/residency.html", refused.refusal)
        messages.success(request, _("Your residence is confirmed."))
        return redirect("residency")
    return _page(request, form, "residents/residency.html")


@login_required
@require_http_methods(["GET", "POST"])
def residency_code(request: HttpRequest) -> HttpResponse:
    """Confirm one's residence with a code on paper."""
    form = CodeForm(typed(request))
    if form.is_valid():
        data = form.cleaned_data
        try:
            confirm_by_code(
                actor=account_of(request.user), code=data["code"], birth_date=data["birth_date"]
            )
        except Refused as refused:
            return _page(request, form, "residents/residency_code.html", refused.refusal)
        messages.success(request, _("Your residence is confirmed."))
        return redirect("residency")
    return _page(request, form, "residents/residency_code.html")


def _page(
    request: HttpRequest, form: Form, template: str, refusal: Refusal | None = None
) -> HttpResponse:
    user = account_of(request.user)
    return render(
        request,
        template,
        {
            "form": form,
            "refusal": refusal,
            "resident": current_resident(user),
            "tries": tries_left(user),
            "centres": open_centres(),
        },
        status=422 if form.errors else 409 if refusal else 200,
    )
