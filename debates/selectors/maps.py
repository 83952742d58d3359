"""Read a debate's map of opinions: what people of both sides think of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse

from debates.models import Comment, CommentState
from debates.opinion import LEAST, Liking, Ratings, placed

if TYPE_CHECKING:
    from debates.models import Thread

MOST = 60
"""More dots than this are no picture; those that most people rated are shown."""
WORDS = 120


@dataclass(frozen=True)
class Dot:
    """An opinion on the map, with its first words; `left` and `top` are per cent of the square."""

    pk: int
    url: str
    words: str
    share_for: int
    share_against: int
    liking: Liking

    @property
    def left(self) -> int:
        """Further right: more of those in favour find it useful."""
        return 4 + self.share_for * 92 // 100

    @property
    def top(self) -> int:
        """Further up: more of those against find it useful."""
        return 96 - self.share_against * 92 // 100


@dataclass(frozen=True)
class OpinionMap:
    """The map of a conversation; without dots too few people of both sides rated anything."""

    dots: tuple[Dot, ...]
    least: int = LEAST

    @property
    def agreed(self) -> tuple[Dot, ...]:
        """What both sides find useful, best first."""
        return tuple(dot for dot in self.dots if dot.liking is Liking.BOTH)[:3]


def opinion_map(thread: Thread) -> OpinionMap:
    """The opinions on show that enough people of both sides rated; one query."""
    rows = list(
        Comment.objects.filter(
            thread=thread,
            parent__isnull=True,
            state=CommentState.VISIBLE,
            figures__rated_for__gte=LEAST,
            figures__rated_against__gte=LEAST,
        )
        .select_related("figures")
        .order_by("-figures__useful", "-pk")[:MOST]
    )
    words = {row.pk: row.body for row in rows}
    figures = [row.figures for row in rows]
    return OpinionMap(
        tuple(
            Dot(
                pk=place.pk,
                url=reverse("comment", args=[place.pk]),
                words=_short(words[place.pk]),
                share_for=place.share_for,
                share_against=place.share_against,
                liking=place.liking,
            )
            for place in placed(
                Ratings(
                    one.comment_id,
                    one.useful_for,
                    one.rated_for,
                    one.useful_against,
                    one.rated_against,
                )
                for one in figures
            )
        )
    )


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= WORDS else f"{flat[: WORDS - 1]}…"
