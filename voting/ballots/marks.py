"""The texts that ballots are in the box, made and read back."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from voting.ballots.kinds import Answer, Marks
from voting.log import Json, canonical

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


def picks_marks(keys: Sequence[str]) -> Marks:
    """Give the marks of a ballot that chose `keys`, in any order."""
    return Marks(canonical(list[Json](sorted(keys))).decode())


def answers_marks(answers: Mapping[str, str]) -> Marks:
    """Give the marks of a yes/no ballot: item key to answer."""
    return Marks(canonical({key: str(answer) for key, answer in answers.items()}).decode())


def ranking_marks(places: Sequence[Iterable[str]]) -> Marks:
    """Give the marks of a ranking, from the first place on; empty places at the end say nothing."""
    plain: list[Json] = [list[Json](sorted(place)) for place in places]
    while plain and not plain[-1]:
        plain.pop()
    return Marks(canonical(plain).decode())


def numbers_marks(numbers: Mapping[str, int]) -> Marks:
    """Give the marks of a ballot of scores or points: option key to number."""
    return Marks(canonical(dict[str, Json](numbers)).decode())


def picks_of(marks: str) -> tuple[str, ...]:
    """Option keys chosen on a ballot of choices; raises ValueError for marks of another kind."""
    value = json.loads(marks)
    if not isinstance(value, list) or not all(isinstance(key, str) for key in value):
        raise ValueError(f"Not the marks of a ballot of choices: {marks}")
    return tuple(value)


def answers_of(marks: str) -> dict[str, Answer]:
    """Answers of a yes/no ballot by item; raises ValueError for marks of another kind."""
    value = json.loads(marks)
    if not isinstance(value, dict):
        raise ValueError(f"Not the marks of a yes/no ballot: {marks}")  # noqa: TRY004 - a text is judged, not a type
    return {key: Answer(answer) for key, answer in value.items()}


def ranking_of(marks: str) -> list[list[str]]:
    """Places of a ranking from the first on; raises ValueError for marks of another kind."""
    value = json.loads(marks)
    if not isinstance(value, list) or not all(isinstance(place, list) for place in value):
        raise ValueError(f"Not the marks of a ranking: {marks}")
    return value


def numbers_of(marks: str) -> dict[str, int]:
    """Scores or points by option; raises ValueError for marks of another kind."""
    value = json.loads(marks)
    if not isinstance(value, dict) or not all(type(number) is int for number in value.values()):
        raise ValueError(f"Not the marks of a ballot of numbers: {marks}")
    return value


def is_blank(marks: str) -> bool:
    """Say whether nothing at all is marked."""
    return marks in {"[]", "{}"}


def points_of(marks: str) -> dict[str, int]:
    """What a ballot gives each option: its points, or 1 for each pick; ValueError for others."""
    if marks.startswith("{"):
        return numbers_of(marks)
    return dict.fromkeys(picks_of(marks), 1)
