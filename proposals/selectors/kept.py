"""What is kept of somebody's proposals and supports, for the person it belongs to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from proposals.models import Support
from proposals.selectors.reading import drafts_of, proposals_of

if TYPE_CHECKING:
    from residents.models import User

WORDS = ("title", "body", "area__name", "field__name", "place", "latitude", "longitude")


def export_of(user: User) -> dict[str, object]:
    """Proposals, drafts and supports of an account as plain data, the latest first."""
    supports = Support.objects.filter(resident__user=user).order_by("-pk")
    return {
        "proposals": list(proposals_of(user).values("pk", "state", "published_at", *WORDS)),
        "drafts": list(drafts_of(user).values("created_at", *WORDS)),
        "supports": list(
            supports.values("proposal", "proposal__title", "created_at", "centre__name")
        ),
    }
