"""One-time codes on paper: how they are written, read and made (pure).

Eight characters out of 25 that cannot be taken for one another (no 0 O 1 I L 2 Z 5 S 8 B) are
about 10¹¹ codes; with five tries a day nobody guesses one.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

ALPHABET = "34679ACDEFGHJKMNPQRTUVWXY"
LENGTH = 8


def new_code(choose: Callable[[str], str]) -> str:
    """A new code; `choose` picks one character of a string (`secrets.choice`)."""
    return "".join(choose(ALPHABET) for _ in range(LENGTH))


def shown(code: str) -> str:
    """A code as it is printed: two groups of four."""
    return f"{code[:4]}-{code[4:]}"


def plain(text: str) -> str:
    """What somebody typed, as it is compared: capitals, without hyphens and blanks.

    Raises ValueError when it cannot be a code.
    """
    code = re.sub(r"[\s\-‐-―]", "", unicodedata.normalize("NFKC", text)).upper()
    if len(code) != LENGTH or any(character not in ALPHABET for character in code):
        raise ValueError("not a code")
    return code
