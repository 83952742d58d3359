"""Checks of passwords one after the other: they cost a processor far more than a vote does.

A storm of log-ins must not stop those who vote. So only a few passwords are checked on a machine
at once (`LOGINS_AT_ONCE`). While somebody waits here a web process waits with them: only so many
may that one process stays free (`LOGINS_WAITING`), and once in some seconds one more. Whoever else
comes is asked to come back.

The line stands in Redis, in the order of arrival by its clock. A place that a killed process left
is forgotten after some seconds. Without Redis nobody waits: a line is no reason to stay outside.
"""

from __future__ import annotations

import logging
import secrets
import socket
import time
from contextlib import contextmanager
from functools import cache as once
from typing import TYPE_CHECKING
from uuid import uuid4

from django.conf import settings
from django.core.cache import cache
from redis import Redis
from redis.exceptions import RedisError

from proceedings.refusals import Refusal, Refused, mark

if TYPE_CHECKING:
    from collections.abc import Iterator

log = logging.getLogger("madang.logins")
LONGEST = 10
"""Seconds after which a place is forgotten; a check takes a tenth of one."""
PATIENCE = 2.0
"""Seconds that somebody waits at most; then a process is worth more than a place."""
LOOK_AGAIN = 0.01
RARELY = 5
"""Seconds within which one may wait although all places are taken."""
COME_BACK = range(5, 16)
"""Seconds until the next try: others for others, so that they do not come back all at once."""

PLACE = """
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - ARGV[2] * 1000000)
if ARGV[3] == 'join' then
    redis.call('ZADD', KEYS[1], now, ARGV[1])
    redis.call('EXPIRE', KEYS[1], 60)
end
return redis.call('ZRANK', KEYS[1], ARGV[1])
"""
"""How many stand before this one; nothing if it is not in the line (any more)."""


@once
def _redis() -> Redis:
    return Redis.from_url(settings.REDIS_URL)


def _line() -> str:
    """The line of this machine."""
    return str(cache.make_key(f"logins:{socket.gethostname()}"))


def _let_off() -> str:
    """Notes that somebody on this machine waits although all places are taken."""
    return f"logins-wait:{socket.gethostname()}"


def _place(who: str, *, join: bool = False) -> int | None:
    place: int | None = _redis().eval(PLACE, 1, _line(), who, LONGEST, "join" if join else "look")
    return place


@contextmanager
def login_turn() -> Iterator[None]:
    """Hold one of the few places at which passwords are checked.

    Raises Refused, with `seconds` until the next try, when too many wait already.
    """
    who = uuid4().hex
    try:
        admitted = _wait(who)
    except (RedisError, OSError):
        log.warning("log-ins do not wait for each other: Redis does not answer")
        admitted = True
    try:
        if not admitted:
            raise Refused(come_back(secrets.choice(COME_BACK)))
        yield
    finally:
        _leave(who)


def _wait(who: str) -> bool:
    """Stand in line until it is this one's turn; whether it came."""
    place = _place(who, join=True)
    at_once = settings.LOGINS_AT_ONCE
    if place is None or place < at_once:
        return place is not None
    may_wait = place < at_once + settings.LOGINS_WAITING
    if not may_wait and not cache.add(_let_off(), 1, timeout=RARELY):
        return False
    until = time.monotonic() + PATIENCE
    while place is not None and place >= at_once and time.monotonic() < until:
        time.sleep(LOOK_AGAIN)
        place = _place(who)
    return place is not None and place < at_once


def _leave(who: str) -> None:
    try:
        _redis().zrem(_line(), who)
    except (RedisError, OSError):
        log.warning("a place in the line of log-ins is left to be forgotten")


def come_back(seconds: int) -> Refusal:
    """Many log in at this moment; when to try again."""
    return Refusal(
        "many_log_in",
        mark("Many people are logging in at this moment."),
        mark("Please type your password and try again in %(seconds)s seconds."),
        {"seconds": seconds},
    )
