"""Write down who somebody is, and tell them things."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from residents.models import Notice, NoticeKind, NoticePreference, User
from residents.notices import is_mailed_by_default, missing_values

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


def send_notice(
    *, user_ids: Iterable[int], kind: NoticeKind, params: Mapping[str, Any], url: str
) -> int:
    """Tell accounts something, inside the caller's transaction; returns how many were told.

    `params` fill the words of `kind` (`residents.notices` lists the values) and must be plain JSON;
    `url` is a path of this site. The notice shows under “My notices” at once; those who want the kind by mail get
    one after the commit, from the worker. Erased and closed accounts are left out; each account is
    told once.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("Notices are written in the transaction of what they tell.")
    lacking = missing_values(kind, params)
    if lacking:
        raise ValueError(f"A notice {kind} needs {', '.join(sorted(lacking))}.")
    told = set(
        User.objects.filter(pk__in=set(user_ids), is_active=True).values_list("pk", flat=True)
    )
    chosen = dict(
        NoticePreference.objects.filter(user_id__in=told, kind=kind).values_list(
            "user_id", "by_mail"
        )
    )
    default = is_mailed_by_default(kind)
    Notice.objects.bulk_create(
        [
            Notice(
                user_id=pk,
                kind=kind,
                params=dict(params),
                url=url,
                mail_state="due" if chosen.get(pk, default) else "none",
            )
            for pk in sorted(told)
        ],
        batch_size=1000,
    )
    return len(told)
