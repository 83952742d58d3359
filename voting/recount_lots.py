"""The second drawing of lots: plain, and written apart from `voting.lots` and `voting.sortition`.

Its text is part of `verify.py`, so that anybody repeats a draw at home. It needs Python 3.9 and
nothing else. docs/draws.md tells how lots are drawn.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Any


def drawn_lots(seed: str, number: int) -> list[int]:
    """The numbers 0 … number − 1 in the order drawn: RFC 3797 with SHA-256, without its skew."""
    left, drawn = [*range(number)], list[int]()
    while left:
        mark, more = len(drawn).to_bytes(2, "big"), 0
        value = most = 2**256 // len(left) * len(left)
        while value >= most:
            again = more.to_bytes(2, "big") if more else b""
            value = int(sha256(mark + seed.encode() + mark + again).hexdigest(), 16)
            more += 1
        drawn.append(left.pop(value % len(left)))
    return drawn


def lot_seed(secret: str, entropy: str, lines: list[str]) -> str:
    """The seed: the town's secret, the numbers called out, and the digest of the list."""
    return f"{secret}/{entropy}/{digest_of(lines)}/"


def digest_of(lines: list[str]) -> str:
    """SHA-256 over the lines of a list, each with its line feed."""
    return sha256("".join(line + "\n" for line in lines).encode()).hexdigest()


def filled_seats(draw: Any, order: list[str]) -> Any:
    """Who gets a seat when the numbers in `order` are called one after the other."""
    groups = {one["number"]: one["groups"] for one in draw["people"]}
    seated, rest, passed = list[str](), list[str](), list[Any]()
    for place, number in enumerate(order, start=1):
        full = [
            cap["name"]
            for cap in draw["caps"]
            if groups[number].get(cap["field"], "") in cap["values"]
            and cap["most"]
            <= sum(groups[one].get(cap["field"], "") in cap["values"] for one in seated)
        ]
        if len(seated) < draw["seats"] and not full:
            seated.append(number)
            continue
        rest.append(number)
        if len(seated) < draw["seats"]:
            passed.append({"place": place, "number": number, "cap": full[0]})
    return {
        "order": order,
        "seated": seated,
        "reserves": rest[: draw["reserves"]],
        "missing": draw["seats"] - len(seated),
        "passed": passed,
    }
