"""What the office's pages share: the admin's frame around them, and how an act answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django.shortcuts import render

from proceedings.office import ReadOnlyAdmin
from residents.permissions import refuse_unless_role
from residents.roles import RoleKind

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from residents.models import User


def actor_of(request: HttpRequest) -> User:
    """Who works in the admin, which lets only accounts in."""
    return cast("User", request.user)


def sets_up(request: HttpRequest) -> bool:
    """Whether the reader prepares contests; everybody else who gets here may look."""
    return refuse_unless_role(actor_of(request), RoleKind.ADMINISTRATOR) is None


class OfficePages(ReadOnlyAdmin):
    """Lists that Django draws and pages of our own, each act of which calls a service."""

    class Media:
        css = {"all": ["css/pages/voting-office.css"]}

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """Django's list, under its plain name."""
        title = {"title": self.opts.verbose_name_plural}
        return super().changelist_view(request, {**title, **(extra_context or {})})

    def page(
        self, request: HttpRequest, template: str, *, status: int = 200, **context: Any
    ) -> HttpResponse:
        """A page of the office in the admin's frame."""
        frame = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "media": self.media,
            "sets_up": sets_up(request),
        }
        return render(request, f"voting/{template}.html", {**frame, **context}, status=status)
