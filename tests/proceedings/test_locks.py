"""Advisory locks, seen from a second connection."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest
from django.db import connection, transaction

from proceedings.locks import (
    lock_exclusive,
    lock_number,
    lock_shared,
    lock_shared_along,
    try_lock_exclusive,
)
from proceedings.models import Process
from tests.factories.proceedings import make_process

if TYPE_CHECKING:
    from collections.abc import Callable

NAME = "test:locks"


def elsewhere(act: Callable[[], object]) -> object:
    """Do it on a connection of its own, in a transaction; None if it waits in vain."""
    said: list[object] = []

    def run() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '300ms'")
            said.append(act())
        connection.close()

    thread = threading.Thread(target=lambda: quietly(run))
    thread.start()
    thread.join()
    return said[0] if said else None


def quietly(run: Callable[[], None]) -> None:
    try:
        run()
    except Exception:  # noqa: BLE001 - that it did not get the lock is what is asked
        connection.close()


def shared() -> bool:
    lock_shared(NAME)
    return True


def alone() -> bool:
    lock_exclusive(NAME)
    return True


def test_names_become_numbers_of_64_bits_and_differ() -> None:
    numbers = {lock_number(f"contest:{pk}") for pk in range(1000)}
    assert len(numbers) == 1000
    assert all(-(2**63) <= number < 2**63 for number in numbers)
    assert lock_number("contest:1") == lock_number("contest:1")


@pytest.mark.django_db(transaction=True)
def test_lock_outside_a_transaction_is_a_mistake_of_the_code() -> None:
    for take in (lock_shared, lock_exclusive, try_lock_exclusive, lock_shared_along):
        with pytest.raises(RuntimeError, match="inside a transaction"):
            take(NAME)


@pytest.mark.django_db(transaction=True)
def test_sharers_hold_it_together_and_keep_out_whoever_wants_it_alone() -> None:
    with transaction.atomic():
        lock_shared(NAME)
        assert elsewhere(shared) is True
        assert elsewhere(alone) is None
        assert elsewhere(lambda: try_lock_exclusive(NAME)) is False
        assert elsewhere(lambda: try_lock_exclusive("test:another")) is True
    assert elsewhere(alone) is True


@pytest.mark.django_db(transaction=True)
def test_whoever_holds_it_alone_keeps_everybody_out_until_the_end() -> None:
    with transaction.atomic():
        lock_exclusive(NAME)
        assert elsewhere(shared) is None
        assert elsewhere(lambda: try_lock_exclusive(NAME)) is False
    assert elsewhere(shared) is True


@pytest.mark.django_db(transaction=True)
def test_lock_that_comes_along_with_a_statement_is_the_shared_one() -> None:
    make_process()
    with transaction.atomic():
        Process.objects.annotate(held=lock_shared_along(NAME)).get()
        assert elsewhere(shared) is True
        assert elsewhere(alone) is None
    assert elsewhere(alone) is True
