"""A named vote that is open: a small question, in which everybody sees who chose what."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from places.models import Area
from proceedings.services import SYSTEM
from voting.models import Contest, ContestKind, Secrecy
from voting.selectors import voter_standing
from voting.services.casting import cast_ballot
from voting.services.contests import OptionText, build_contest, freeze, open_contest
from voting.services.leaves import sequence_leaves

if TYPE_CHECKING:
    from collections.abc import Sequence

    from residents.models import User

TIMES = (
    ("evening", "평일 저녁 7시", 5),
    ("saturday", "토요일 오전 10시", 4),
    ("noon", "평일 점심시간", 1),
)
"""When the council could meet, and how many of ten would have it so."""


def ask_by_name(users: Sequence[User], how_many: int) -> Contest:
    """The residents' councils ask when to hold their open classes; so many have answered."""
    opens = timezone.localtime().replace(hour=9, minute=0, second=0, microsecond=0)
    with transaction.atomic():
        contest = build_contest(
            actor_ref=SYSTEM,
            title="주민자치 공개 강좌를 여는 때",
            area=Area.objects.get(name="무등구"),
            options=[OptionText(key=key, title=title) for key, title, _ in TIMES],
            kind=ContestKind.SINGLE,
            secrecy=Secrecy.NAMED,
            paper=False,
            bases=["lives"],
            summary="강좌 세 번을 언제 열지 묻습니다. 이름을 밝히는 투표라 누가 무엇을 골랐는지 누구나 봅니다.",
            effect="가장 많이 고른 때에 강좌를 엽니다.",
            decided_by="무등구 주민자치회 연합회",
            publication="full",
            tie_rule="report",
            census=Area.objects.get(name="무등구").population,
            opens_at=opens - timedelta(days=2),
            closes_at=opens + timedelta(days=4, hours=9),
            result_on=opens.date() + timedelta(days=5),
        )
        freeze(contest_id=contest.pk, actor_ref=SYSTEM)
    open_contest(contest_id=contest.pk)
    contest.refresh_from_db()
    wishes = [key for key, _, weight in TIMES for _ in range(weight)]
    asked = [user for user in users if voter_standing(contest, user).refusal is None]
    for place, user in enumerate(asked[:how_many]):
        raw = [wishes[place * 7 % len(wishes)]]
        cast_ballot(actor=user, contest_id=contest.pk, raw=raw, request_id=uuid.uuid4())
    sequence_leaves(contest.pk)
    return contest
