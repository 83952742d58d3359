"""The administration's own pages: its first one is the morning list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django.contrib.admin import AdminSite

from civic.morning import morning_of

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.template.response import TemplateResponse

    from residents.models import User


class OfficeSite(AdminSite):
    """Django's administration with a first page that says what waits today."""

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        """What waits for the reader, and below it everything they may open."""
        morning = morning_of(cast("User", request.user))
        return super().index(request, {"morning": morning, **(extra_context or {})})
