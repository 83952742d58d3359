"""The words of notices: for each kind a title and a body that params fill (pure)."""

from __future__ import annotations

NOT_MAILED_BY_DEFAULT = frozenset({"thread_activity"})
"""Kinds that come often: in the site only, unless the account asks for mail."""


def is_mailed_by_default(kind: str) -> bool:
    """Whether a kind of notice goes out by mail to somebody who has not chosen."""
    return kind not in NOT_MAILED_BY_DEFAULT
