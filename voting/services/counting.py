"""Open the box, count it, publish the result: from a frozen input, safe to be repeated."""

from __future__ import annotations

from functools import partial
from hashlib import sha256
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import connection, transaction
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
    stickers_file,
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
    Recount,
    TreeHead,
)
from voting.reconcile import check_contest
from voting.selectors.counting import (
    ballots_json,
    box_of,
    contest_counts,
    count,
    count_plainly,
    input_of,
    lines_of,
    round_of,
    runs_of,
    waits_for_paper,
)
from voting.selectors.lots import is_left_to_lot
from voting.selectors.stickers import sticker_table
from voting.services.contests import move, refuse_unless_administrator, subject_of
from voting.services.leaves import add_leaf, add_leaf_bytes, sign_head
from voting.services.runs import Verdict, dispute, run_engines, verdict_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from residents.models import User
    from voting.log import Json
    from voting.selectors.counting import CountInput
    from voting.tally.result import Box, TallyResult


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
    add_leaf_bytes(contest, ballots_leaf(lines_of(contest, box), salt_of(contest)))
    sign_head(contest)


def salt_of(contest: Contest) -> str:
    """Keeps a small box whose ballots are not published from being guessed by its digest.

    Derived from the log's key, so that the auditors' copy can be made again.
    """
    if contest.publication == FULL:
        return ""
    return sha256(f"salt|{settings.LOG_KEY}|{contest.key}".encode()).hexdigest()


ENGINES: Mapping[str, Callable[[Contest, CountInput], Mapping[str, Json]]] = {
    "main/1": lambda contest, given: count(contest, given).to_json(),
    "plain/1": count_plainly,
}
"""Written apart, they must agree about every box."""


def count_contest(*, contest_id: int) -> bool:
    """Have both engines count an opened contest; returns whether it is counted now."""
    contest = Contest.objects.get(pk=contest_id)
    if not _may_be_counted(contest):
        return False
    given = input_of(contest)
    engines = {name: partial(engine, contest, given) for name, engine in ENGINES.items()}
    run_engines(contest_id=contest.pk, root=given.root, engines=engines)
    return _conclude(contest_id)


def _may_be_counted(contest: Contest) -> bool:
    opened = contest.state in {ContestState.OPENED, ContestState.RECOUNT}
    return opened and not waits_for_paper(contest)


@transaction.atomic(durable=True)
def _conclude(contest_id: int) -> bool:
    """Call a contest counted if both engines agree about the box as it is, disputed if not."""
    lock_exclusive(f"contest:{contest_id}")
    contest = Contest.objects.select_for_update().get(pk=contest_id)
    if not _may_be_counted(contest):
        return False
    root = input_of(contest).root
    verdict = verdict_of(contest, root, ENGINES)
    if verdict is Verdict.DIFFERENT:
        dispute(contest, root)
    if verdict is not Verdict.AGREED:
        return False
    move(contest, ContestState.COUNTED)
    add_leaf(contest, {"kind": "state", "state": "counted"})
    runs = runs_of(contest, root)
    record_event(
        action=Action.CONTEST_COUNTED,
        actor_ref=SYSTEM,
        subject=subject_of(contest),
        data={
            "result_digest": runs[0].result_digest,
            "attempts": {run.engine: run.attempts for run in runs},
        },
    )
    return True


@transaction.atomic(durable=True)
def recount_contest(*, actor: User, contest_id: int, reason: str) -> Contest:
    """Order a new count of a disputed contest, once the fault is found; both engines begin anew."""
    refuse_unless_administrator(actor)
    lock_exclusive(f"contest:{contest_id}")
    contest = Contest.objects.select_for_update().get(pk=contest_id)
    if contest.state != ContestState.DISPUTED:
        raise Refused(
            Refusal(
                "not_disputed",
                mark("The counts of this contest do not differ."),
                mark("Only a count that is disputed is ordered again."),
            )
        )
    if not reason.strip():
        raise Refused(
            Refusal(
                "reason_missing",
                mark("Say what was wrong and what has been mended."),
                mark("The reason is shown with the result."),
                form_field="reason",
            )
        )
    Recount.objects.create(
        contest=contest,
        round=round_of(contest) + 1,
        reason=reason.strip(),
        ordered_by_ref=actor.actor_ref,
    )
    move(contest, ContestState.RECOUNT)
    add_leaf(contest, {"kind": "state", "state": "recount"})
    record_event(
        action=Action.RECOUNT_ORDERED,
        actor_ref=actor.actor_ref,
        subject=subject_of(contest),
        reason=reason.strip(),
        data={"round": round_of(contest)},
    )
    return contest


@transaction.atomic(durable=True)
def publish_contest(*, contest_id: int, actor_ref: str = SYSTEM) -> Publication | None:
    """Publish a counted contest whose outcome is its count and whose day has come.

    Where equal votes are left to a lot, it waits until the lot is drawn.
    """
    lock_exclusive(f"contest:{contest_id}")
    contest = Contest.objects.select_for_update().get(pk=contest_id)
    if contest.state != ContestState.COUNTED or contest.outcome != "count" or not is_due(contest):
        return None
    given = input_of(contest)
    result = confirmed_count(contest, given)
    if result is None or (not result.decided and is_left_to_lot(contest)):
        return None
    return publish(contest, given, result, actor_ref=actor_ref)


def is_due(contest: Contest) -> bool:
    """Whether the day of the result has come, if one was fixed."""
    return contest.result_on is None or contest.result_on <= timezone.localdate()


def confirmed_count(contest: Contest, given: CountInput) -> TallyResult | None:
    """Count a counted contest anew; None if that is not what both engines found.

    If box or lot changed since, the contest goes back to be counted; if they did not and the
    result still differs, it is disputed. Inside the caller's transaction and lock.
    """
    verdict = verdict_of(contest, given.root, ENGINES)
    if verdict is Verdict.WAITING:
        move(contest, ContestState.RECOUNT)
        return None
    result = count(contest, given)
    stored = {run.result_digest for run in runs_of(contest, given.root)}
    if verdict is Verdict.DIFFERENT or stored != {result.digest}:
        dispute(contest, given.root)
        return None
    return result


def publish(
    contest: Contest,
    given: CountInput,
    result: TallyResult,
    *,
    actor_ref: str,
    allocation: dict[str, Json] | None = None,
    election_pb: bytes | None = None,
) -> Publication:
    """Write the next publication with its bundle; inside the caller's transaction and lock.

    `result` is what `confirmed_count` gave for `given`.
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
    runs = runs_of(contest, given.root)
    if [run.result_digest for run in runs] != [result.digest] * len(ENGINES):
        raise Refused(
            Refusal(
                "counts_differ",
                mark("Two counts of the same ballots differ."),
                mark("Nothing is published until this is explained."),
            )
        )
    stickers = sticker_table(contest) if contest.stickers else None
    last = contest.publications.order_by("-version").first()
    version = last.version + 1 if last else 1
    if last:
        write_ballots_leaf(contest, given.box)
    add_leaf_bytes(contest, result_leaf(result, counts, allocation, stickers))
    add_leaf(contest, {"kind": "published", "version": version})
    sign_head(contest)
    files = build_bundle(
        BundleContents(
            contest=str(contest.key),
            version=version,
            config=contest.config.encode(),
            leaves=leaf_bytes(contest),
            heads=heads_of(contest),
            ballots=lines_of(contest, given.box),
            counts=counts,
            result=result,
            allocation=allocation,
            election_pb=election_pb,
            stickers=stickers,
            ballots_json=ballots_json(contest, given),
        ),
        lambda message: bytes.fromhex(sign(settings.LOG_KEY, message)),
    )
    publication = Publication.objects.create(
        contest=contest,
        version=version,
        result=canonical(result.to_json()).decode(),
        result_digest=result.digest,
        reconciliation=reconciliation_file(counts).decode(),
        stickers=stickers_file(stickers).decode() if stickers else "",
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
