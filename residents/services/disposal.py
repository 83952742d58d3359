"""Dispose of personal traces when their time has come (docs/identity.md lists the terms)."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.db.models import CharField, DateField, F, Value
from django.db.models.functions import Cast, Concat, TruncYear
from django.utils import timezone

from proceedings.audit import Action
from proceedings.services import SYSTEM, record_event
from residents.models import (
    Applicant,
    Notice,
    PaperCode,
    ReservedRef,
    Resident,
    VerificationAttempt,
)

ATTEMPT_DAYS = 7
CODE_DAYS = 30
APPLICANT_DAYS = 365
NOTICE_DAYS = 365
RESIDENT_DAYS = 30
DISPOSED = "disposed:"
"""Begins the identity hash of a resident who can no longer be found."""


@transaction.atomic(durable=True)
def dispose_expired() -> dict[str, int]:
    """Delete what is past its term, and record how much of each kind; safe to run twice.

    Failed and passed tries after 7 days, paper codes 30 days after they ended or were used,
    applicants a year after they were matched or imported, references reserved for them after a
    year, notices after a year. Residents whose
    confirmation ended 30 days ago can no longer be found again: the identity hash, the account and
    the day of birth go, the year stays with what they took part in.
    """
    now, today = timezone.now(), timezone.localdate()
    year_ago = now - timedelta(days=APPLICANT_DAYS)
    code_end = now - timedelta(days=CODE_DAYS)
    counts = {
        "attempts": VerificationAttempt.objects.filter(
            at__lt=now - timedelta(days=ATTEMPT_DAYS)
        ).delete()[0],
        "codes": PaperCode.objects.filter(expires_at__lt=code_end).delete()[0]
        + PaperCode.objects.filter(used_at__lt=code_end).delete()[0],
        "applicants": Applicant.objects.filter(
            matched_on__lt=today - timedelta(days=APPLICANT_DAYS)
        ).delete()[0]
        + Applicant.objects.filter(roll__imported_at__lt=year_ago).delete()[0],
        "reserved": ReservedRef.objects.filter(
            reserved_on__lt=today - timedelta(days=APPLICANT_DAYS)
        ).delete()[0],
        "notices": Notice.objects.filter(created_at__lt=now - timedelta(days=NOTICE_DAYS)).delete()[
            0
        ],
    }
    counts["residents"] = (
        Resident.objects.filter(verified_until__lt=today - timedelta(days=RESIDENT_DAYS))
        .exclude(identity_hash__startswith=DISPOSED)
        .update(
            identity_hash=Concat(
                Value(DISPOSED), Cast(F("ref"), CharField()), output_field=CharField()
            ),
            birth_date=Cast(TruncYear("birth_date"), DateField()),
            user=None,
        )
    )
    if any(counts.values()):
        record_event(
            action=Action.TRACES_DISPOSED,
            actor_ref=SYSTEM,
            subject="residents:*",
            data=counts,
        )
    return counts
