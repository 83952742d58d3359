"""Made-up fields, processes and phases."""

from __future__ import annotations

import itertools
from datetime import timedelta
from typing import Any

from django.utils import timezone

from proceedings.models import Field, Phase, PhaseKind, Process
from tests.factories.places import make_district

_numbers = itertools.count(1)


def make_field(**columns: Any) -> Field:
    """Store a field of public life."""
    number = next(_numbers)
    return Field.objects.create(
        **{
            "slug": f"field-{number}",
            "name": f"분야 {number}",
            "english_name": f"Field {number}",
            "position": number,
            **columns,
        },
    )


def make_process(**columns: Any) -> Process:
    """Store a public process, in a district of its own unless `area` is given."""
    number = next(_numbers)
    area = columns.pop("area", None) or make_district()
    return Process.objects.create(
        **{"slug": f"process-{number}", "title": f"주민참여예산 {number}", "area": area, **columns},
    )


def make_phase(**columns: Any) -> Phase:
    """Store a phase that began yesterday and ends in a week, unless `columns` say otherwise."""
    process = columns.pop("process", None) or make_process()
    now = timezone.now()
    return Phase.objects.create(
        **{
            "process": process,
            "kind": PhaseKind.PROPOSE,
            "title": "제안 받기",
            "opens_at": now - timedelta(days=1),
            "closes_at": now + timedelta(days=7),
            **columns,
        },
    )


def stage_of(kind: str, begins: int, ends: int) -> Process:
    """Store a process with one phase of `kind`, from and until so many days from now."""
    now = timezone.now()
    return make_phase(
        kind=kind, opens_at=now + timedelta(days=begins), closes_at=now + timedelta(days=ends)
    ).process
