"""Append-only log of a contest: canonical JSON, Merkle tree of RFC 6962, proofs, tree heads.

Everything here is a plain function of its arguments. Signing happens elsewhere; this module only
says which bytes are signed.
"""

from __future__ import annotations

import json
from enum import StrEnum
from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

Json = str | int | bool | None | list["Json"] | dict[str, "Json"]
"""What may stand in a canonical document: no float, no tuple, no other type."""

LARGEST_NUMBER = 2**53 - 1
"""The largest whole number that a browser reads back exactly."""

EMPTY_ROOT = sha256(b"").digest()
"""Root of the tree without leaves (RFC 6962, section 2.1)."""


class CanonicalError(ValueError):
    """A value that has no canonical form, or bytes that are not the canonical form of theirs."""


def canonical(value: Json) -> bytes:
    """Give the one byte string that stands for `value`.

    UTF-8, keys in code point order, no space, no escape but those JSON demands. Raises
    CanonicalError for floats, tuples, other types, numbers past `LARGEST_NUMBER` and text that
    is not Unicode (a lone surrogate), naming the place.
    """
    _refuse_strangers(value, "$")
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise CanonicalError("A text holds half a character (a lone surrogate).") from error


def read_canonical(data: bytes) -> Json:
    """Read `data` back; raises CanonicalError unless it is exactly `canonical(its value)`."""
    try:
        value: Json = json.loads(data.decode(), parse_float=_refuse_float)
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise CanonicalError(f"Not a JSON document: {error}") from error
    if canonical(value) != data:
        raise CanonicalError("The document is JSON, but not in canonical form.")
    return value


def digest(data: bytes) -> str:
    """Give the SHA-256 of `data` as 64 lower-case hex digits."""
    return sha256(data).hexdigest()


class LeafKind(StrEnum):
    """What a leaf records. A contest's log starts with `config`; leaves are never taken out."""

    CONFIG = "config"
    ROLL = "roll"
    STATE = "state"
    BALLOT = "ballot"
    BATCH = "batch"
    CORRECTION = "correction"
    SEED = "seed"
    BODY = "body"
    BALLOTS = "ballots"
    RESULT = "result"
    PUBLISHED = "published"


def leaf(kind: LeafKind, **facts: Json) -> bytes:
    """Give the data of a leaf: canonical JSON of its kind and facts (see docs/bundle.md)."""
    return canonical({"kind": str(kind), **facts})


def leaf_hash(data: bytes) -> bytes:
    """Hash of one leaf: SHA-256(0x00 ‖ data), RFC 6962 section 2.1."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash of an inner node: SHA-256(0x01 ‖ left ‖ right), RFC 6962 section 2.1."""
    return sha256(b"\x01" + left + right).digest()


class CompactTree:
    """A tree that remembers only its full subtrees, so that a root costs O(log n), not O(n).

    `size` and `peaks` (left to right, largest first) are all there is to store between two heads.
    """

    def __init__(self, size: int = 0, peaks: Sequence[bytes] = ()) -> None:
        if size < 0 or len(peaks) != size.bit_count():
            raise ValueError(f"A tree of {size} leaves cannot have {len(peaks)} peaks.")
        self.size = size
        self.peaks = list(peaks)

    def append(self, leaf: bytes) -> None:
        """Add one leaf *hash* at the right end."""
        node, trailing = leaf, self.size
        while trailing & 1:
            node = node_hash(self.peaks.pop(), node)
            trailing >>= 1
        self.peaks.append(node)
        self.size += 1

    def root(self) -> bytes:
        """Give the root over all leaves so far (RFC 6962 section 2.1)."""
        if not self.peaks:
            return EMPTY_ROOT
        node = self.peaks[-1]
        for peak in reversed(self.peaks[:-1]):
            node = node_hash(peak, node)
        return node


def tree_root(leaves: Sequence[bytes]) -> bytes:
    """Give the root over leaf *hashes* (RFC 6962 section 2.1)."""
    tree = CompactTree()
    for leaf in leaves:
        tree.append(leaf)
    return tree.root()


def inclusion_proof(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """Give the audit path of leaf `index` in the tree over `leaves` (RFC 6962 section 2.1.1).

    Raises IndexError when there is no such leaf.
    """
    if not 0 <= index < len(leaves):
        raise IndexError(f"There is no leaf {index} in a tree of {len(leaves)}.")
    proof: list[bytes] = []
    low, high = 0, len(leaves)
    while high - low > 1:
        middle = low + _left_size(high - low)
        if index < middle:
            proof.append(tree_root(leaves[middle:high]))
            high = middle
        else:
            proof.append(tree_root(leaves[low:middle]))
            low = middle
    return proof[::-1]


def verify_inclusion(
    *, leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes
) -> bool:
    """Say whether `proof` shows that the hash `leaf` is number `index` of `size` under `root`.

    Algorithm of RFC 9162, section 2.1.3.2.
    """
    if not 0 <= index < size:
        return False
    node, place, last = leaf, index, size - 1
    for step in proof:
        if last == 0:
            return False
        if place & 1 or place == last:
            node = node_hash(step, node)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            node = node_hash(node, step)
        place, last = place >> 1, last >> 1
    return last == 0 and node == root


def consistency_proof(leaves: Sequence[bytes], old_size: int) -> list[bytes]:
    """Show that the tree over `leaves` extends its own first `old_size` leaves (section 2.1.2).

    Raises ValueError unless 0 < old_size ≤ len(leaves); every tree extends the empty one.
    """
    if not 0 < old_size <= len(leaves):
        raise ValueError(f"A tree of {len(leaves)} leaves has no head at {old_size}.")
    proof: list[bytes] = []
    low, high, known = 0, len(leaves), True
    while old_size < high:
        middle = low + _left_size(high - low)
        if old_size <= middle:
            proof.append(tree_root(leaves[middle:high]))
            high = middle
        else:
            proof.append(tree_root(leaves[low:middle]))
            low, known = middle, False
    if not known:
        proof.append(tree_root(leaves[low:high]))
    return proof[::-1]


def verify_consistency(
    *, old_size: int, new_size: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]
) -> bool:
    """Say whether `proof` shows that the new head extends the old (RFC 9162, section 2.1.4.2)."""
    if not 0 < old_size <= new_size:
        return False
    if old_size == new_size:
        return not proof and old_root == new_root
    path = list(proof)
    if old_size.bit_count() == 1:
        path.insert(0, old_root)
    if not path:
        return False
    place, last = old_size - 1, new_size - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    old = new = path[0]
    for step in path[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            old, new = node_hash(step, old), node_hash(step, new)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            new = node_hash(new, step)
        place, last = place >> 1, last >> 1
    return last == 0 and old == old_root and new == new_root


def tree_head_message(*, contest: str, size: int, root: bytes, at: str) -> bytes:
    """Give the bytes that a tree head's Ed25519 signature covers.

    `contest` is the contest's public key name, `at` a time as text (ISO 8601, minutes are enough).
    """
    return canonical({"at": at, "contest": contest, "root": root.hex(), "size": size})


def signed_head(*, contest: str, size: int, root: bytes, at: str, signature: bytes) -> Json:
    """Give a tree head with its signature, as it stands in heads.jsonl of a published bundle."""
    return {
        "at": at,
        "contest": contest,
        "root": root.hex(),
        "signature": signature.hex(),
        "size": size,
    }


def _left_size(size: int) -> int:
    """Largest power of two that is smaller than `size`."""
    return 1 << (size - 1).bit_length() - 1


def _refuse_float(text: str) -> Json:
    raise CanonicalError(f"A number with a decimal point or an exponent: {text}")


def _refuse_strangers(value: object, place: str) -> None:
    if isinstance(value, dict):
        for key, inner in value.items():
            if not isinstance(key, str):
                raise CanonicalError(f"{place}: the key {key!r} is not a text.")
            _refuse_strangers(inner, f"{place}.{key}")
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            _refuse_strangers(inner, f"{place}[{number}]")
    elif isinstance(value, int):
        if abs(value) > LARGEST_NUMBER:
            raise CanonicalError(f"{place}: {value} is larger than a browser can read exactly.")
    elif value is not None and not isinstance(value, str):
        raise CanonicalError(f"{place}: {type(value).__name__} has no canonical form.")
