"""What can be done to the files of a bundle, and where the verifier finds it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from voting.log import canonical
from voting.verifier import Check

if TYPE_CHECKING:
    from collections.abc import Callable

Files = dict[str, bytes]


def where(files: Files) -> str:
    """The place that the verifier names, or nothing if all is well."""
    wrong = Check(files).wrong
    return wrong[0] if wrong else ""


def lines(change: Callable[[list[bytes]], object]) -> Callable[[bytes], bytes]:
    def changed(data: bytes) -> bytes:
        rows = data.splitlines(keepends=True)
        change(rows)
        return b"".join(rows)

    return changed


def plain(change: Callable[[Any], None]) -> Callable[[bytes], bytes]:
    def changed(data: bytes) -> bytes:
        value = json.loads(data)
        change(value)
        return canonical(value)

    return changed


def swap(first: int, second: int) -> Callable[[bytes], bytes]:
    def swapped(rows: list[bytes]) -> None:
        rows[first], rows[second] = rows[second], rows[first]

    return lines(swapped)


def put(first: int, data: bytes) -> Callable[[bytes], bytes]:
    return lines(lambda rows: rows.__setitem__(first, data))


def in_line(number: int, change: Callable[[Any], None]) -> Callable[[bytes], bytes]:
    def changed(rows: list[bytes]) -> None:
        rows[number] = plain(change)(rows[number]) + b"\n"

    return lines(changed)


def at(*path: str | int, to: Any) -> Callable[[Any], None]:
    def change(value: Any) -> None:
        for step in path[:-1]:
            value = value[step]
        value[path[-1]] = to

    return change
