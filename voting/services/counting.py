"""Open the box, count it, publish the result: from a frozen input, safe to be repeated."""

from __future__ import annotations

import logging
from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from proceedings.audit import Action
from proceedings.locks import lock_exclusive
from proceedings.refusals import Refusal, Refused, mark
from proceedings.services import SYSTEM, record_event
from voting.bundle import (
    FULL,
    ballots_leaf,
    build_bundle,
    reconciliation_file,
    result_leaf,
)
from voting.bundle import Contents as BundleContents
from voting.keys import sign
from voting.log import canonical, signed_head
from voting.models import (
    Ballot,
    Contest,
    ContestState,
    LogLeaf,
    Publication,
    PublicationFile,
    TallyRun,
    TreeHead,
)
from voting.reconcile import check_contest
from voting.selectors.counting import box_of, contest_counts, count, input_root, marks_of
from voting.services.contests import move, subject_of
from voting.services.leaves import add_leaf, add_leaf_bytes, sign_head

if TYPE_CHECKING:
    from voting.log import Json
    from voting.tally.result import Box, TallyResult

log = logging.getLogger("madang.tally")
ENGINE = "main/1"
LEASE = timedelta(seconds=60)

OPEN_BOX = """
INSERT INTO voting_ballot (id, contest_id, marks, channel, named)
SELECT gen_random_uuid(), e.contest_id, e.marks, 'web', e.named
FROM voting_envelope e
JOIN voting_slot s ON s.ref = e.id AND s.contest_id = e.contest_id AND s.state = 'web'
WHERE e.contest_id = %s
ORDER BY gen_random_uuid()
"""
"""Only the envelope a slot points to counts; it leaves the slot under a new id, in random order."""


@transaction.atomic(durable=True)
def open_box(*, contest_id: int) -> bool:
    """Open the box of a contest whose paper is certified; returns whether it was opened now.

    Copies every counting web envelope into the box of ballots in random order under new ids, then
    drops the contest's table of envelopes, and with it the last link between slot and marks.
    """
    lock_exclusive(f"contest:{contest_id}")
    contest = Contest.objects.select_for_update().get(pk=contest_id)
    if contest.state != ContestState.BOXED:
        return False
    with connection.cursor() as cursor:
        cursor.execute(OPEN_BOX, [contest.pk])
    move(contest, ContestState.OPENED)
    with connection.cursor() as cursor:
        cursor.execute("SELECT voting_drop_box(%s)", [contest.pk])
    write_ballots_leaf(contest, box_of(contest))
    record_event(
        action=Action.BOX_OPENED,
        actor_ref=SYSTEM,
        subject=subject_of(contest),
        data={"ballots": Ballot.objects.filter(contest=contest).count()},
    )
    return True


def write_ballots_leaf(contest: Contest, box: Box) -> None:
    """Fix the content of the opened box in the log."""
    add_leaf_bytes(contest, ballots_leaf(marks_of(box), salt_of(contest)))
    sign_head(contest)


def salt_of(contest: Contest) -> str:
    """Keeps a small box whose ballots are not published from being guessed by its digest.

    Derived from the log's key, so that the auditors' copy can be made again.
    """
    if contest.publication == FULL:
        return ""
    return sha256(f"salt|{settings.LOG_KEY}|{contest.key}".encode()).hexdigest()


@transaction.atomic(durable=True)
def _claim_run(contest_id: int) -> TallyRun | None:
    """Claim the count of the present box under a lease; None if it is done or somebody has it."""
    lock_exclusive(f"tally:{contest_id}")
    contest = Contest.objects.get(pk=contest_id)
    if contest.state not in {ContestState.OPENED, ContestState.RECOUNT}:
        return None
    run, _made = TallyRun.objects.get_or_create(
        contest=contest,
        input_root=input_root(box_of(contest)),
        config_digest=contest.config_digest,
        engine=ENGINE,
    )
    now = timezone.now()
    if run.state == "running" and run.lease_until is not None and run.lease_until > now:
        return None
    if run.state != "done":
        run.state, run.lease_until = "running", now + LEASE
        run.attempts = F("attempts") + 1
        run.save(update_fields=["state", "lease_until", "attempts"])
    return run


def count_contest(*, contest_id: int) -> bool:
    """Count an opened contest; returns whether it is counted now.

    The work runs outside any transaction under a lease of a minute; its result is stored in one
    transaction at the end. A killed worker leaves the lease to expire, and the next run begins
    again from the same frozen input.
    """
    run = _claim_run(contest_id)
    if run is None:
        return False
    contest = Contest.objects.get(pk=contest_id)
    if run.state == "done":
        return _finish_run(run.pk, run.result)
    result = count(contest, box_of(contest))
    return _finish_run(run.pk, canonical(result.to_json()).decode())


@transaction.atomic(durable=True)
def _finish_run(run_id: int, result: str) -> bool:
    run = TallyRun.objects.select_related("contest").get(pk=run_id)
    lock_exclusive(f"contest:{run.contest_id}")
    run = TallyRun.objects.select_related("contest").get(pk=run_id)
    contest = Contest.objects.select_for_update().get(pk=run.contest_id)
    digest = sha256(result.encode()).hexdigest()
    if run.state != "done":
        TallyRun.objects.filter(pk=run.pk).update(
            state="done",
            result=result,
            result_digest=digest,
            lease_until=None,
            done_at=timezone.now(),
        )
    elif run.result_digest != digest:
        move(contest, ContestState.DISPUTED)
        record_event(
            action=Action.CONTEST_DISPUTED,
            actor_ref=SYSTEM,
            subject=subject_of(contest),
            data={"run": run.pk},
        )
        return False
    if contest.state not in {ContestState.OPENED, ContestState.RECOUNT}:
        return contest.state == ContestState.COUNTED
    if run.input_root != input_root(box_of(contest)):
        return False  # a correction came in meanwhile: the next tick counts the new input
    move(contest, ContestState.COUNTED)
    add_leaf(contest, {"kind": "state", "state": "counted"})
    record_event(
        action=Action.CONTEST_COUNTED,
        actor_ref=SYSTEM,
        subject=subject_of(contest),
        data={"result_digest": digest, "attempts": run.attempts},
    )
    return True


@transaction.atomic(durable=True)
def publish_contest(*, contest_id: int, actor_ref: str = SYSTEM) -> Publication | None:
    """Publish a counted contest whose outcome is its count and whose day has come."""
    lock_exclusive(f"contest:{contest_id}")
    contest = Contest.objects.select_for_update().get(pk=contest_id)
    due = contest.result_on is None or contest.result_on <= timezone.localdate()
    if contest.state != ContestState.COUNTED or contest.outcome != "count" or not due:
        return None
    box = box_of(contest)
    return publish(contest, box, count(contest, box), actor_ref=actor_ref)


def publish(
    contest: Contest,
    box: Box,
    result: TallyResult,
    *,
    actor_ref: str,
    allocation: dict[str, Json] | None = None,
    election_pb: bytes | None = None,
) -> Publication:
    """Write the next publication with its bundle; inside the caller's transaction and lock.

    `result` is the count of `box`, made anew: it must be the one that the stored run found.
    Refused while the figures of slots, log, boxes and ballots do not fit together.
    """
    counts = contest_counts(contest, result)
    wrong = check_contest(counts) if contest.origin == "native" else []
    if wrong:
        raise Refused(
            Refusal(
                "figures_differ",
                mark("The figures do not fit together: %(what)s."),
                mark("Nothing is published until they do."),
                {"what": ", ".join(f"{d.equation}: {d.left} ≠ {d.right}" for d in wrong)},
            )
        )
    run = contest.tally_runs.filter(state="done", input_root=input_root(box)).latest("pk")
    if run.result_digest != result.digest:
        raise Refused(
            Refusal(
                "counts_differ",
                mark("Two counts of the same ballots differ."),
                mark("Nothing is published until this is explained."),
            )
        )
    last = contest.publications.order_by("-version").first()
    version = last.version + 1 if last else 1
    if last:
        write_ballots_leaf(contest, box)
    add_leaf_bytes(contest, result_leaf(result, counts, allocation))
    add_leaf(contest, {"kind": "published", "version": version})
    sign_head(contest)
    files = build_bundle(
        BundleContents(
            contest=str(contest.key),
            version=version,
            config=contest.config.encode(),
            leaves=leaf_bytes(contest),
            heads=heads_of(contest),
            ballots=marks_of(box),
            counts=counts,
            result=result,
            allocation=allocation,
            election_pb=election_pb,
        ),
        lambda message: bytes.fromhex(sign(settings.LOG_KEY, message)),
    )
    publication = Publication.objects.create(
        contest=contest,
        version=version,
        result=canonical(result.to_json()).decode(),
        result_digest=result.digest,
        reconciliation=reconciliation_file(counts).decode(),
    )
    PublicationFile.objects.bulk_create(
        PublicationFile(
            publication=publication,
            name=name,
            content=content,
            size=len(content),
            sha256=sha256(content).hexdigest(),
        )
        for name, content in files.items()
    )
    move(contest, ContestState.PUBLISHED)
    record_event(
        action=Action.CONTEST_PUBLISHED,
        actor_ref=actor_ref,
        subject=subject_of(contest),
        data={"version": version, "result_digest": result.digest},
    )
    return publication


def leaf_bytes(contest: Contest) -> list[bytes]:
    """The data of every placed leaf, in order."""
    return [
        data.encode()
        for data in LogLeaf.objects.filter(contest=contest)
        .order_by("index")
        .values_list("leaf__data", flat=True)
    ]


def heads_of(contest: Contest) -> list[Json]:
    """The signed heads as the bundle holds them."""
    return [
        signed_head(
            contest=str(contest.key),
            size=head.size,
            root=bytes.fromhex(head.root),
            at=head.at.isoformat(),
            signature=bytes.fromhex(head.signature),
        )
        for head in TreeHead.objects.filter(contest=contest).order_by("size")
    ]
