"""What is kept of somebody's part in conversations, for the person it belongs to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from debates.models import Debate, Flag, Follow, Reaction
from debates.selectors.threads import opinions_by

if TYPE_CHECKING:
    from residents.models import User


def export_of(user: User) -> dict[str, object]:
    """Debates, opinions, ratings, reports and what is followed, as plain data, the latest first."""
    debates = Debate.objects.filter(author=user).order_by("-pk")
    ratings = Reaction.objects.filter(user=user).order_by("-pk")
    reports = Flag.objects.filter(user=user).order_by("-pk")
    follows = Follow.objects.filter(user=user).order_by("-pk")
    return {
        "debates": list(debates.values("pk", "title", "body", "area__name", "created_at")),
        "opinions": list(
            opinions_by(user).values(
                "pk", "thread__subject_title", "position", "body", "state", "created_at"
            )
        ),
        "ratings": list(ratings.values("comment", "useful", "created_on")),
        "reports": list(reports.values("comment", "rule__number", "note", "created_at")),
        "followed": list(follows.values("thread__subject_title")),
    }
