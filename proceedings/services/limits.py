"""Limits on how often: a few sane numbers against floods, kept in the cache (settings.LIMITS).

Casting a vote has no limit: somebody who changes their mind honestly is never sent away. Whoever
reaches a limit loses nothing and is told when to try again.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.cache import cache
from django.utils import timezone
from redis.exceptions import RedisError

from proceedings.refusals import LIMIT_REACHED, Refusal, Refused, mark

if TYPE_CHECKING:
    from datetime import datetime

log = logging.getLogger("madang.limits")
PERIODS = {
    "minute": (
        timedelta(minutes=1),
        mark("This is possible %(most)s times a minute, and you have used them."),
    ),
    "hour": (
        timedelta(hours=1),
        mark("This is possible %(most)s times an hour, and you have used them."),
    ),
    "day": (
        timedelta(days=1),
        mark("This is possible %(most)s times a day, and you have used them."),
    ),
}
TRY_AGAIN = mark("Please try again from %(again)s. What you wrote is still here.")
TRY_SOON = mark("Please try again in a minute.")


def spend(limit: str, who: str) -> None:
    """Count one more of `limit` for `who`: an account's reference, or a hash of an address.

    Minutes, hours and days are those of the town's clock. Raises Refused when the number for this
    one is used up. Without Redis nobody is refused: a limit is no reason to lose a voice.
    """
    rate = settings.LIMITS[limit]
    if rate == "off":
        return
    most, period = rate.split("/")
    length, words = PERIODS[period]
    begun = _began(timezone.localtime(), length)
    key = f"limit:{limit}:{begun.isoformat()}:{who}"
    try:
        cache.add(key, 0, int(length.total_seconds()) + 60)
        used = cache.incr(key)
    except (RedisError, OSError):
        log.warning("limits are not counted: Redis does not answer")
        return
    if used > int(most):
        again = {} if period == "minute" else {"again": begun + length}
        raise Refused(
            Refusal(
                code=LIMIT_REACHED,
                message=words,
                next_step=TRY_AGAIN if again else TRY_SOON,
                params={"most": int(most), **again},
            ),
        )


def _began(now: datetime, length: timedelta) -> datetime:
    """When the minute, hour or day of `now` began."""
    minute = now.replace(second=0, microsecond=0)
    if length <= timedelta(minutes=1):
        return minute
    hour = minute.replace(minute=0)
    return hour if length <= timedelta(hours=1) else hour.replace(hour=0)
