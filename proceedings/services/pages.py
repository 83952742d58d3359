"""Have pages that are kept for readers made anew."""

from __future__ import annotations

import logging
import secrets

from django.core.cache import cache
from django.db import transaction
from redis.exceptions import RedisError

from proceedings.selectors import PAGES_VERSION_KEY

log = logging.getLogger("madang.pages")


def renew_pages() -> None:
    """Show no page that was made before the end of the caller's transaction.

    What is written stays written if Redis does not answer; pages then follow within seconds.
    """
    transaction.on_commit(_name_new_version)


def _name_new_version() -> None:
    try:
        cache.set(PAGES_VERSION_KEY, secrets.token_hex(8), timeout=None)
    except (RedisError, OSError):
        log.warning("kept pages stay until they run out: Redis does not answer")
