"""The line before the check of a password, with real threads and a real Redis."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest
from django.core.cache import cache
from redis.exceptions import RedisError

from proceedings.refusals import Refused
from residents.services import login_turn, logins

if TYPE_CHECKING:
    from collections.abc import Iterator


class Line:
    """People who log in at once: each checks until told to go on."""

    def __init__(self) -> None:
        self.inside: list[int] = []
        self.most = 0
        self.order: list[int] = []
        self.waiting: set[int] = set()
        self.refused: list[int] = []
        self.lock = threading.Lock()
        self.go = {number: threading.Event() for number in range(20)}
        self.threads: list[threading.Thread] = []

    def come(self, number: int) -> None:
        """Somebody comes; returns once they check, wait or are refused."""
        thread = threading.Thread(target=self._log_in, args=[number], name=str(number))
        self.threads.append(thread)
        thread.start()
        until(lambda: number in {*self.inside, *self.waiting, *self.refused})

    def _log_in(self, number: int) -> None:
        try:
            with login_turn():
                with self.lock:
                    self.inside.append(number)
                    self.order.append(number)
                    self.most = max(self.most, len(self.inside))
                assert self.go[number].wait(timeout=30)
                with self.lock:
                    self.inside.remove(number)
        except Refused as refused:
            if refused.refusal.params["seconds"] in logins.COME_BACK:
                self.refused.append(number)

    def length(self) -> int:
        """How many check or wait."""
        return int(logins._redis().zcard(logins._line()))

    def end(self) -> None:
        """Let everybody go on."""
        for event in self.go.values():
            event.set()
        for thread in self.threads:
            thread.join()


def until(is_so: Any) -> None:
    """Wait for something that other threads do."""
    for _ in range(3000):
        if is_so():
            return
        threading.Event().wait(0.01)
    raise AssertionError("It did not come to this.")


@pytest.fixture
def line(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Line]:
    """Two check at once, three wait as long as it takes, and nobody is let off."""
    settings.LOGINS_AT_ONCE, settings.LOGINS_WAITING = 2, 3
    monkeypatch.setattr(logins, "PATIENCE", 60.0)
    monkeypatch.setattr(logins, "RARELY", 60)
    cache.add(logins._let_off(), 1, timeout=60)
    people, place = Line(), logins._place

    def look(who: str, *, join: bool = False) -> int | None:
        if not join:
            people.waiting.add(int(threading.current_thread().name))
        return place(who, join=join)

    monkeypatch.setattr(logins, "_place", look)
    yield people
    people.end()


def test_two_check_three_wait_and_the_others_come_back(line: Line) -> None:
    for number in range(10):
        line.come(number)
    assert line.inside == [0, 1]
    assert line.refused == [5, 6, 7, 8, 9]
    line.end()
    assert sorted(line.order) == [0, 1, 2, 3, 4]
    assert line.most == 2
    assert line.length() == 0


def test_who_waits_comes_in_in_order(line: Line) -> None:
    for number in range(5):
        line.come(number)
    for leaves in (1, 0, 3):
        count = len(line.order)
        if leaves in line.inside:
            line.go[leaves].set()
            until(lambda now=count: len(line.order) > now)
    assert line.order[:4] == [0, 1, 2, 3]
    line.go[2].set()
    until(lambda: len(line.order) == 5)
    assert line.order == [0, 1, 2, 3, 4]


def test_without_the_line_ten_check_at_once(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    """The twin: the same ten with nothing to wait for."""
    monkeypatch.setattr(logins, "_wait", lambda _who: True)
    for number in range(10):
        threading.Thread(target=line._log_in, args=[number]).start()
    until(lambda: len(line.inside) == 10)
    assert line.refused == []


def test_somebody_waits_although_no_place_is_free_as_long_as_that_is_rare(line: Line) -> None:
    cache.delete(logins._let_off())
    for number in range(7):
        line.come(number)
    assert (line.length(), line.refused) == (6, [6])


def test_who_waited_too_long_comes_back(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logins, "PATIENCE", 0.05)
    for number in range(2):
        line.come(number)
    line.come(2)
    until(lambda: line.refused == [2])
    assert line.length() == 2


def test_a_place_that_a_killed_process_left_is_forgotten(line: Line) -> None:
    logins._redis().zadd(logins._line(), {"killed": 1, "killed too": 2})
    with login_turn():
        assert line.length() == 1
    assert line.length() == 0


def test_a_check_that_fails_frees_its_place(line: Line) -> None:
    with pytest.raises(KeyError), login_turn():
        raise KeyError
    assert line.length() == 0


def test_without_redis_nobody_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone() -> None:
        raise RedisError

    monkeypatch.setattr(logins, "_redis", gone)
    with login_turn():
        pass
