"""Take an uploaded election from the page to the worker, who stores it whole or not at all."""

from __future__ import annotations

import logging
from datetime import timedelta
from functools import partial
from hashlib import sha256
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.db.models.functions import Now

from budgets.models import ElectionUpload, UploadState
from budgets.pabulib import PabulibError, read_pabulib
from budgets.permissions import refuse_unless_administrator
from budgets.services.importing import refuse_election, store_election
from budgets.tasks import store_upload_task
from proceedings.locks import lock_exclusive
from proceedings.refusals import Refusal, Refused, mark
from proceedings.services import Round

if TYPE_CHECKING:
    from collections.abc import Mapping

    from budgets.models import Budget
    from budgets.pabulib import PabulibElection, PabulibReading
    from places.models import Area
    from residents.models import User

log = logging.getLogger("madang.uploads")
LEASE = timedelta(minutes=5)
"""Some fifty times what the largest election known takes."""
MOST_ATTEMPTS = 3

UNREADABLE = Refusal(
    "upload_unreadable",
    mark("The file could not be stored."),
    mark("Nothing of it was kept. Please call whoever runs this site."),
)


@transaction.atomic(durable=True)
def take_upload(
    *,
    actor: User,
    content: bytes,
    reading: PabulibReading,
    area: Area,
    source: str,
    rule_name: str = "",
) -> ElectionUpload:
    """Keep a file that was read without an error, and let the worker store it.

    The same file sent twice is one upload. Refused as `import_pabulib` refuses.
    """
    election = reading.election
    for refusal in (refuse_unless_administrator(actor), refuse_election(election, rule_name)):
        if refusal is not None:
            raise Refused(refusal)
    digest = sha256(content).hexdigest()
    lock_exclusive(f"upload:{digest}")
    waiting = ElectionUpload.objects.filter(area=area, sha256=digest, state=UploadState.WAITING)
    upload = waiting.first() or ElectionUpload.objects.create(
        area=area,
        source=source[:200],
        sha256=digest,
        content=content,
        rule_name=rule_name,
        projects=len(election.projects),
        ballots=len(election.ballots),
        warnings=[[one.line, one.message, _plain(one.params)] for one in reading.warnings],
        uploaded_by_ref=actor.actor_ref,
    )
    # Robust: if the broker is away, the clock finds the upload a minute later.
    transaction.on_commit(partial(store_upload_task.delay, upload.pk), robust=True)
    return upload


def store_upload(upload_id: int) -> Budget | None:
    """Store a waiting upload; None if it is done, given up, or somebody works on it.

    Safe to run twice and to be killed: it is stored in one transaction with its mark.
    """
    upload = _claim(upload_id)
    if upload is None:
        return None
    try:
        election = read_pabulib(bytes(upload.content or b"")).election
        return _store(upload.pk, election)
    except Refused as refused:
        _refuse(upload.pk, refused.refusal)
    except (PabulibError, IntegrityError):
        log.exception("upload not stored", extra={"upload": upload.pk})
        _refuse(upload.pk, UNREADABLE)
    return None


def store_waiting() -> int:
    """Store what a worker left behind; returns how many were stored. For the clock."""
    free = Q(lease_until=None, uploaded_at__lte=Now() - timedelta(minutes=1))
    left = ElectionUpload.objects.filter(
        free | Q(lease_until__lte=Now()), state=UploadState.WAITING
    ).values_list("pk", flat=True)
    walk = Round()
    for pk in left:
        walk.take(partial(store_upload, pk), upload=pk)
    return walk.end()


@transaction.atomic(durable=True)
def _claim(upload_id: int) -> ElectionUpload | None:
    waiting = ElectionUpload.objects.filter(pk=upload_id, state=UploadState.WAITING)
    claimed = waiting.filter(Q(lease_until=None) | Q(lease_until__lte=Now())).update(
        lease_until=Now() + LEASE, attempts=F("attempts") + 1
    )
    upload = waiting.select_related("area").first() if claimed else None
    if upload is not None and upload.attempts > MOST_ATTEMPTS:
        _end(upload.pk, state=UploadState.REFUSED, problem=_as_data(UNREADABLE))
        return None
    return upload


@transaction.atomic(durable=True)
def _store(upload_id: int, election: PabulibElection) -> Budget | None:
    upload = (
        ElectionUpload.objects.select_for_update(of=("self",))
        .select_related("area")
        .get(pk=upload_id)
    )
    if upload.state != UploadState.WAITING:
        return None
    budget = store_election(
        actor_ref=upload.uploaded_by_ref,
        election=election,
        area=upload.area,
        source=upload.source,
        rule_name=upload.rule_name,
    )
    _end(upload.pk, state=UploadState.STORED, budget=budget)
    return budget


@transaction.atomic(durable=True)
def _refuse(upload_id: int, refusal: Refusal) -> None:
    _end(upload_id, state=UploadState.REFUSED, problem=_as_data(refusal))


def _end(upload_id: int, **fields: object) -> None:
    ElectionUpload.objects.filter(pk=upload_id, state=UploadState.WAITING).update(
        content=None, lease_until=None, ended_at=Now(), **fields
    )


def _as_data(refusal: Refusal) -> dict[str, object]:
    return {
        "code": refusal.code,
        "message": refusal.message,
        "next_step": refusal.next_step,
        "params": _plain(refusal.params),
    }


def _plain(params: Mapping[str, object]) -> dict[str, str]:
    return {name: str(value) for name, value in params.items()}
