"""One's own account: profile, consents, data, the end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from residents.forms import EraseForm, ProfileForm
from residents.selectors import consents_of, current_resident
from residents.services import (
    change_profile,
    check_erasable,
    erase_account,
    withdraw_residency_consent,
)
from residents.views.residency import account_of, typed

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@login_required
@require_http_methods(["GET", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """Change the name shown, the dong and the language of notices."""
    user = account_of(request.user)
    form = ProfileForm(
        typed(request),
        initial={"name": user.name, "home_area": user.home_area_id, "language": user.language},
    )
    if form.is_valid():
        change_profile(actor=user, **form.cleaned_data)
        messages.success(request, _("Saved."))
        response = redirect("profile")
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            form.cleaned_data["language"],
            samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
        )
        return response
    return render(
        request, "residents/profile.html", {"form": form}, status=422 if form.errors else 200
    )


@login_required
@require_GET
def consents(request: HttpRequest) -> HttpResponse:
    """Show what one agreed to, when and in which version."""
    user = account_of(request.user)
    resident = current_resident(user)
    refs = [user.actor_ref, *([f"resident:{resident.ref}"] if resident else [])]
    return render(
        request,
        "residents/consents.html",
        {"records": consents_of(*refs), "resident": resident},
    )


@login_required
@require_http_methods(["GET", "POST"])
def consent_withdraw(request: HttpRequest) -> HttpResponse:
    """Ask once more, then take the consent to the residency check back."""
    if request.method == "POST":
        withdraw_residency_consent(actor=account_of(request.user))
        messages.success(request, _("Your consent is taken back and the confirmation has ended."))
        return redirect("consents")
    return render(request, "residents/consent_withdraw.html")


@login_required
@require_GET
def my_data(request: HttpRequest) -> HttpResponse:
    """Say what is kept about oneself; offer it as a file; offer the end."""
    user = account_of(request.user)
    return render(
        request,
        "residents/my_data.html",
        {"resident": current_resident(user), "refusal": check_erasable(user)},
    )


@login_required
@require_http_methods(["GET", "POST"])
def my_data_erase(request: HttpRequest) -> HttpResponse:
    """Ask once more, then close the account for good."""
    user = account_of(request.user)
    form = EraseForm(typed(request))
    if form.is_valid():
        erase_account(actor=user)
        logout(request)
        return redirect("account_erased")
    return render(
        request,
        "residents/my_data_erase.html",
        {"form": form, "refusal": check_erasable(user)},
        status=422 if form.errors else 200,
    )


@require_GET
def account_erased(request: HttpRequest) -> HttpResponse:
    """Say that the account is closed, without knowing whose it was."""
    return render(request, "residents/account_erased.html")
