"""Made-up conversations, opinions, debates and house rules."""

from __future__ import annotations

import itertools
from typing import Any

from debates import services
from debates.models import (
    Comment,
    CommentState,
    Debate,
    Flag,
    HouseRule,
    Moderation,
    Position,
    Reaction,
    Thread,
)
from debates.opinion import LEAST
from tests.factories.places import make_area
from tests.factories.proceedings import make_field
from tests.factories.residents import make_user

_numbers = itertools.count(1)


def make_thread(**columns: Any) -> Thread:
    """Store an open conversation that asks for a position, under a subject of its own."""
    number = next(_numbers)
    return Thread.objects.create(
        **{
            "subject_title": f"공영주차장 밤 요금을 받을까 {number}",
            "subject_url": "/house-rules/",
            **columns,
        }
    )


def make_comment(**columns: Any) -> Comment:
    """Store an opinion in favour, in a conversation and by an account of its own unless given."""
    number = next(_numbers)
    return Comment.objects.create(
        **{
            "thread": columns.get("thread") or make_thread(),
            "author": columns.get("author") or make_user(),
            "position": Position.FOR,
            "body": f"장기 방치 차량이 줄어듭니다. ({number})",
            **columns,
        }
    )


def make_house_rule(**columns: Any) -> HouseRule:
    """Store a house rule with a number above those that a town starts with."""
    number = 100 + next(_numbers)
    return HouseRule.objects.create(
        **{
            "number": number,
            "title": "개인정보 노출",
            "body": "연락처를 쓰지 않습니다.",
            "english_title": "Personal data",
            **columns,
        }
    )


def make_flag(**columns: Any) -> Flag:
    """Store an open report."""
    return Flag.objects.create(
        **{
            "comment": columns.get("comment") or make_comment(),
            "user": columns.get("user") or make_user(),
            "rule": columns.get("rule") or make_house_rule(),
            **columns,
        }
    )


def make_hidden_comment(rule: HouseRule | None = None, **columns: Any) -> Comment:
    """Store an opinion that a moderator hid just now."""
    comment = make_comment(state=CommentState.HIDDEN, **columns)
    Moderation.objects.create(
        comment=comment,
        verdict="hidden",
        rule=rule or make_house_rule(),
        note="전화번호가 있습니다.",
        decided_by_ref="user:moderator",
    )
    return comment


def make_debate(**columns: Any) -> Debate:
    """Store a debate without end, with a conversation of its own."""
    number = next(_numbers)
    title = columns.pop("title", f"하천변 야간 조명을 세 시간 끌까 {number}")
    area = columns.pop("area", None) or make_area()
    thread = columns.pop("thread", None) or make_thread(
        subject_title=title,
        area=area,
        closed_at=columns.get("closes_at"),
        is_hidden=columns.get("is_hidden", False),
    )
    debate = Debate.objects.create(
        **{
            "title": title,
            "body": "안전과 생태 가운데 무엇을 먼저 볼 것인지 묻습니다.",
            "author": columns.get("author") or make_user(),
            "area": area,
            "field": columns.get("field") or make_field(),
            "thread": thread,
            **columns,
        }
    )
    thread.subject_url = debate.get_absolute_url()
    thread.save(update_fields=["subject_url"])
    return debate


def rated(thread: Thread, people: int = LEAST, **useful: int) -> Comment:
    """An opinion that so many of each side rated, `useful` of them well; counted."""
    opinion = services.post_comment(
        actor=make_user(), thread_id=thread.pk, body="자정부터 받으면 어떨까요.", position="neutral"
    )
    for side in ("for", "against"):
        for number in range(people):
            author = make_user()
            make_comment(thread=thread, author=author, position=side)
            Reaction.objects.create(
                comment=opinion, user=author, useful=number < useful.get(f"{side}_", people)
            )
    services.refresh_figures()
    return opinion
