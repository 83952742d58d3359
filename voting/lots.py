"""Drawing lots in public: everybody who knows the list, the commitment and the dice can repeat it.

A draw has three parts that nobody controls alone: the list, whose digest is published first; a
secret of the town, of which only a hash is published first; and entropy that comes from outside
once both are public, such as dice thrown in front of people. The seed is made of all three, and
the order follows from the seed by the method of RFC 3797 with SHA-256, and with rejected values in
place of its small skew.
"""

from __future__ import annotations

import hmac
import re
import unicodedata
from collections.abc import Callable
from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

Hash = Callable[[bytes], bytes]

MOST = 2**16
"""The longest list that can be drawn from: the method counts in two bytes."""


def _sha256(data: bytes) -> bytes:
    return sha256(data).digest()


def secret_of(key: str, name: str) -> str:
    """The town's secret for the draw called `name`: 64 hex digits that only the key can give."""
    return hmac.new(key.encode(), f"lot|{name}".encode(), sha256).hexdigest()


def commitment(secret: str) -> str:
    """What is published of a secret before the draw: SHA-256 of its text, 64 hex digits."""
    return sha256(secret.encode()).hexdigest()


def list_digest(lines: Sequence[str]) -> str:
    """SHA-256 over the lines that are drawn from, in their published order, each with a line feed.

    Raises ValueError for an empty list, and for a line that is there twice or holds a line feed.
    """
    if not lines or len(set(lines)) < len(lines) or any("\n" in line for line in lines):
        raise ValueError("A list to draw from has lines, each of them once.")
    return sha256("".join(f"{line}\n" for line in lines).encode()).hexdigest()


def clean_entropy(text: str) -> str:
    """What was called out in public, in one form: letters and digits in capitals, single spaces.

    Dice are read in the order in which they fell: `3 1 6 / 2 2 5`. Everything that is neither
    letter nor digit separates. Raises ValueError when nothing is left.
    """
    words = re.findall(r"[^\W_]+", unicodedata.normalize("NFKC", text).upper())
    if not words:
        raise ValueError("Nothing was typed in that a draw could use.")
    return " ".join(words)


def seed_of(secret: str, entropy: str, digest: str) -> str:
    """The seed of a draw as text: secret, entropy and list digest, each closed by `/`."""
    return f"{secret}/{clean_entropy(entropy)}/{digest}/"


def drawn_order(seed: str, number: int, hash_of: Hash = _sha256) -> tuple[int, ...]:
    """All places 0 … number − 1 of a list in the order in which they are drawn.

    RFC 3797, section 4: with i the number of the step in two bytes, the hash of i ‖ seed ‖ i as a
    whole number, modulo how many are left, is the place among those left. A value that would favour
    low places is not used; the hash of i ‖ seed ‖ i ‖ j in its stead, j = 1, 2, … in two bytes.
    Raises ValueError for fewer than one or more than 65,536 places.
    """
    if not 1 <= number <= MOST:
        raise ValueError(f"A draw is made from 1 to {MOST} names, not from {number}.")
    left = list(range(number))
    return tuple(
        left.pop(_place(seed.encode(), step, len(left), hash_of)) for step in range(number)
    )


def _place(seed: bytes, step: int, left: int, hash_of: Hash) -> int:
    mark = step.to_bytes(2, "big")
    data, turn = mark + seed + mark, 0
    while True:
        digest = hash_of(data + (turn.to_bytes(2, "big") if turn else b""))
        values = 1 << (8 * len(digest))
        value = int.from_bytes(digest, "big")
        if value < values - values % left:
            return value % left
        turn += 1
