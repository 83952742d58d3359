"""The administration's own pages: its first one is the morning list, its log-in is everybody's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django.contrib.admin import AdminSite
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext

from civic.morning import morning_of

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse
    from django.template.response import TemplateResponse

    from residents.models import User


class OfficeSite(AdminSite):
    """Django's administration with a first page that says what waits today."""

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        """What waits for the reader, and below it everything they may open."""
        morning = morning_of(cast("User", request.user))
        context = {"title": gettext("What waits today"), "morning": morning}
        return super().index(request, {**context, **(extra_context or {})})

    def login(
        self,
        request: HttpRequest,
        extra_context: dict[str, Any] | None = None,  # noqa: ARG002 - Django's signature
    ) -> HttpResponse:
        """Staff log in where everybody does: Django's own form knows no second factor.

        Raises PermissionDenied for somebody who is logged in without a role.
        """
        home = reverse("admin:index")
        if self.has_permission(request):
            return redirect(home)
        if request.user.is_authenticated:
            raise PermissionDenied
        return redirect_to_login(request.GET.get("next", home), reverse("account_login"))

    def password_change(  # type: ignore[override]  # a redirect is an answer, too
        self,
        request: HttpRequest,  # noqa: ARG002 - Django's signature
        extra_context: dict[str, Any] | None = None,  # noqa: ARG002 - Django's signature
    ) -> HttpResponse:
        """Passwords are changed where everybody does it."""
        return redirect("account_change_password")
