"""Turning the two-step log-in on: the pages are allauth's, what follows is ours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.totp.views import ActivateTOTPView

if TYPE_CHECKING:
    from django.forms import Form
    from django.http import HttpResponse


class SecondFactorSetUp(ActivateTOTPView):  # type: ignore[misc]  # allauth ships no types
    """The code that turns it on was typed in this session: it proves the factor at once."""

    def form_valid(self, form: Form) -> HttpResponse:
        """Note the proof, so that staff are not asked for a second code right away."""
        response: HttpResponse = super().form_valid(form)
        record_authentication(self.request, self.request.user, "mfa", type="totp")
        return response
