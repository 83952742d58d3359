"""What changed between two versions of a text, word by word. Pure.

A Korean word carries its particle (보안등을, 보안등이): where only the ending of a word changed,
the stem stays and the ending alone is marked.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

TOKEN = re.compile(r"\n|[^\S\n]+|[가-힣]+|[A-Za-z]+|\d+(?:[.,]\d+)*|.")


@dataclass(frozen=True)
class Piece:
    """A run of text: `kind` is same, added or removed."""

    kind: str
    text: str


def tokens(text: str) -> list[str]:
    """Words, numbers, blanks and signs in order; joined they give the text again."""
    return TOKEN.findall(text)


def differences(old: str, new: str) -> tuple[Piece, ...]:
    """The pieces that lead from `old` to `new`.

    Same and removed pieces joined give `old`, same and added ones give `new`. Removed comes before
    added where words were replaced.
    """
    a, b = tokens(old), tokens(new)
    pieces: list[Piece] = []
    for tag, a1, a2, b1, b2 in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        if tag == "equal":
            pieces.append(Piece("same", "".join(a[a1:a2])))
        elif tag == "replace" and a2 - a1 == b2 - b1 == 1:
            pieces.extend(word_change(a[a1], b[b1]))
        else:
            pieces.append(Piece("removed", "".join(a[a1:a2])))
            pieces.append(Piece("added", "".join(b[b1:b2])))
    return merged(pieces)


def word_change(old: str, new: str) -> list[Piece]:
    """One word became another: a stem of at least half of the shorter word is kept."""
    stem = 0
    while stem < min(len(old), len(new)) and old[stem] == new[stem]:
        stem += 1
    if stem * 2 < min(len(old), len(new)):
        stem = 0
    return [
        Piece("same", old[:stem]),
        Piece("removed", old[stem:]),
        Piece("added", new[stem:]),
    ]


def merged(pieces: Iterable[Piece]) -> tuple[Piece, ...]:
    """Neighbours of one kind in one piece, empty ones left out."""
    full = [piece for piece in pieces if piece.text]
    return tuple(
        Piece(kind, "".join(piece.text for piece in run))
        for kind, run in groupby(full, key=lambda piece: piece.kind)
    )
