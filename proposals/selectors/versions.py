"""The versions of a proposal: each beside the one before it, words, point and dong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext

from places.selectors import town_map
from proposals.differences import Piece, differences
from proposals.selectors.distance import Spot, metres_between

if TYPE_CHECKING:
    from places.selectors import MapArea
    from proposals.models import Proposal, Revision


@dataclass(frozen=True)
class PointChange:
    """Where the point of a version lies, where the one before it lay, and what that means."""

    old: Spot | None
    new: Spot | None
    words: str
    town: tuple[MapArea, ...]


@dataclass(frozen=True)
class VersionPage:
    """Two versions beside each other: pieces of the title and of the text, their points and dongs.

    `point` is None where there is nothing to say of it; `dong` has the one before and the one
    after where it changed.
    """

    proposal: Proposal
    revisions: tuple[Revision, ...]
    old: Revision | None
    new: Revision
    title: tuple[Piece, ...]
    body: tuple[Piece, ...]
    point: PointChange | None
    dong: tuple[str, str] | None


def version_page(proposal: Proposal, number: int | None = None) -> VersionPage | None:
    """Version `number` (the latest if None) against the one before it; None if there is none."""
    revisions = tuple(proposal.revisions.select_related("area"))
    chosen = [r for r in revisions if number is None or r.number == number]
    if not chosen:
        return None
    new = chosen[-1]
    old = next((r for r in revisions if r.number == new.number - 1), None)
    return VersionPage(
        proposal=proposal,
        revisions=revisions,
        old=old,
        new=new,
        title=differences(old.title if old else new.title, new.title),
        body=differences(old.body if old else new.body, new.body),
        point=_point_change(old, new),
        dong=_dong_change(old, new),
    )


def _point_change(old: Revision | None, new: Revision) -> PointChange | None:
    """What happened to the point; of the first version, where it lies."""
    before, now = _spot(old) if old else None, _spot(new)
    if before == now:
        return None
    if old is None:
        words = gettext("The point on the map, as it was published.")
    elif now is None:
        words = gettext("The point on the map was taken away.")
    elif before is None:
        words = gettext("A point was put on the map.")
    else:
        far = metres_between(before, now)
        words = gettext("The point on the map was moved by %(metres)s m.") % {"metres": f"{far:,}"}
    return PointChange(before, now, words, tuple(town_map()))


def _dong_change(old: Revision | None, new: Revision) -> tuple[str, str] | None:
    if old is None or old.area is None or new.area is None or old.area == new.area:
        return None
    return old.area.local_name, new.area.local_name


def _spot(version: Revision) -> Spot | None:
    if version.latitude is None or version.longitude is None:
        return None
    return Spot(float(version.latitude), float(version.longitude))
