"""Contests in the office: a list by state, and one page each with all that can be done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.utils.translation import gettext_lazy as _

from voting.admin.frame import OfficePages
from voting.models import Contest
from voting.selectors.office import office_contest, office_contests

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpResponse


@admin.register(Contest)
class ContestAdmin(OfficePages):
    """Every contest with where it stands."""

    list_display = ("title", "area", "stage", "opens_at", "closes_at")
    list_filter = ("state", "area")
    search_fields = ("title",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Contest]:  # noqa: ARG002 - Django's signature
        return office_contests()

    @admin.display(description=_("state"), ordering="state")
    def stage(self, contest: Contest) -> str:
        return str(contest.get_state_display())

    def contest_or_404(self, request: HttpRequest, object_id: str | int) -> Contest:
        """The contest that an address names; PermissionDenied for those who may not look."""
        named = str(object_id)
        contest = office_contest(int(named)) if named.isdecimal() and len(named) < 18 else None
        if contest is None:
            raise Http404
        if not self.has_view_permission(request, contest):
            raise PermissionDenied
        return contest

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",  # noqa: ARG002 - Django's signature
        extra_context: Any = None,  # noqa: ARG002 - Django's signature
    ) -> HttpResponse:
        """One contest, with the places where work on it is done."""
        contest = self.contest_or_404(request, object_id)
        return self.page(request, "admin_contest", title=contest.title, contest=contest)
