"""The contest's log: promise a leaf, give waiting leaves their places, sign the tree."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, cast

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from proceedings.locks import lock_exclusive
from voting.keys import sign
from voting.log import (
    CompactTree,
    Json,
    canonical,
    leaf_hash,
    read_canonical,
    tree_head_message,
)
from voting.models import Contest, ContestState, LogLeaf, PromisedLeaf, TreeHead

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

LOG_STATES = (
    ContestState.OPEN,
    ContestState.CLOSED,
    ContestState.BOXED,
    ContestState.OPENED,
    ContestState.COUNTED,
    ContestState.DISPUTED,
    ContestState.RECOUNT,
    ContestState.PUBLISHED,
    ContestState.FINAL,
)


def promise_message(contest_key: str, leaf: str) -> bytes:
    """The bytes signed for a voter: this leaf will be in this contest's log."""
    return canonical({"contest": contest_key, "leaf": leaf, "promise": "in the log within 60 s"})


def make_leaf(contest: Contest, data: Mapping[str, Json]) -> PromisedLeaf:
    """A leaf of `contest` with the signed promise, not yet stored."""
    text = canonical(dict(data))
    digest = leaf_hash(text).hex()
    return PromisedLeaf(
        leaf_hash=digest,
        contest=contest,
        kind=str(data["kind"]),
        data=text.decode(),
        signature=sign(settings.LOG_KEY, promise_message(str(contest.key), digest)),
    )


def add_leaf(contest: Contest, data: Mapping[str, Json]) -> PromisedLeaf:
    """Store a leaf of the contest's own doing (not a ballot) and place it at once.

    Called inside the caller's transaction; waiting leaves are placed before it, so that the log
    tells things in the order in which they happened.
    """
    leaf = make_leaf(contest, data)
    _place_waiting(contest)
    leaf.save(force_insert=True)
    _place(contest, [leaf.pk])
    return leaf


def add_leaf_bytes(contest: Contest, data: bytes) -> PromisedLeaf:
    """The same for the bytes of a leaf that `voting.bundle` makes."""
    return add_leaf(contest, cast("dict[str, Json]", read_canonical(data)))


def _place(contest: Contest, leaves: list[UUID]) -> None:
    size = LogLeaf.objects.filter(contest=contest).count()
    LogLeaf.objects.bulk_create(
        LogLeaf(contest=contest, index=size + number, leaf_id=leaf)
        for number, leaf in enumerate(leaves)
    )


def _place_waiting(contest: Contest) -> int:
    lock_exclusive(f"log:{contest.pk}")
    waiting = list(
        PromisedLeaf.objects.filter(contest=contest, place__isnull=True).values_list(
            "pk", flat=True
        )
    )
    secrets.SystemRandom().shuffle(waiting)
    _place(contest, waiting)
    return len(waiting)


@transaction.atomic(durable=True)
def sequence_leaves(contest_id: int) -> int:
    """Give all waiting leaves of a contest their places, in random order; returns how many.

    This is merging, not counting: a ballot counts from its cast on.
    """
    return _place_waiting(Contest.objects.only("pk").get(pk=contest_id))


def sign_head(contest: Contest) -> TreeHead | None:
    """Sign the root over all placed leaves; None if it is signed already or nothing is there.

    Called inside the caller's transaction.
    """
    lock_exclusive(f"log:{contest.pk}")
    last = TreeHead.objects.filter(contest=contest).order_by("-size").first()
    hashes = LogLeaf.objects.filter(contest=contest).order_by("index")
    tree = CompactTree()
    for digest in hashes.values_list("leaf__leaf_hash", flat=True).iterator(chunk_size=5000):
        tree.append(bytes.fromhex(digest))
    if not tree.size or (last and last.size == tree.size):
        return None
    now = timezone.now().replace(microsecond=0)
    root = tree.root()
    message = tree_head_message(
        contest=str(contest.key), size=tree.size, root=root, at=now.isoformat()
    )
    return TreeHead.objects.create(
        contest=contest,
        size=tree.size,
        root=root.hex(),
        at=now,
        signature=sign(settings.LOG_KEY, message),
    )


@transaction.atomic(durable=True)
def sign_heads(contest_id: int) -> bool:
    """Sign a new head of a contest's log if it has grown; returns whether it had."""
    return sign_head(Contest.objects.get(pk=contest_id)) is not None


def contests_with_waiting_leaves() -> list[int]:
    """Contests whose log has leaves without a place."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT p.contest_id FROM voting_promisedleaf p "
            "LEFT JOIN voting_logleaf l ON l.leaf_id = p.id WHERE l.id IS NULL"
        )
        return [row[0] for row in cursor.fetchall()]
