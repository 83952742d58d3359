"""Read what the office of the votes shows: its contests, and what each still lacks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Count, Prefetch, Q

from voting.models import Contest, ContestState, Option

if TYPE_CHECKING:
    from django.db.models import QuerySet


def office_contests() -> QuerySet[Contest]:
    """All contests, newest first; drafts with what their check for completeness reads."""
    drafts = Option.objects.filter(contest__state=ContestState.DRAFT)
    return (
        Contest.objects.select_related("area", "figures")
        .defer("config")
        .prefetch_related("centres", Prefetch("options", drafts))
        .annotate(imported=Count("roll", filter=Q(roll__origin="import")))
        .order_by("-pk")
    )


def office_contest(pk: int) -> Contest | None:
    """One contest in any state, whole."""
    return (
        Contest.objects.select_related("area", "figures", "process", "preset").filter(pk=pk).first()
    )
