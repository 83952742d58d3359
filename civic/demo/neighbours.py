"""The neighbours of the invented town: who they are, and what they say about anything."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from itertools import cycle
from typing import TYPE_CHECKING

from django.utils import timezone

from civic.demo.backdating import as_of
from debates.models import Comment, Position, Reaction
from debates.services.opinions import post_comment
from places.models import Area
from proceedings.models import Field
from residents.models import Department, StaffRole, User
from residents.roles import RoleKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

FOR = (
    "꼭 필요합니다. 저희 어머니도 같은 길로 다니십니다.",
    "작년에도 같은 이야기가 나왔는데 이번에는 되면 좋겠습니다.",
    "비용이 크지 않으니 먼저 한 곳에서 해 보고 넓히면 됩니다.",
    "아이들이 매일 지나는 길입니다. 서둘러 주세요.",
    "현장에 나가서 보면 누구나 고개를 끄덕일 겁니다.",
    "우리 동네가 먼저 하면 옆 동에서도 따라 할 것 같습니다.",
    "신청하라는 안내보다 찾아오는 한 번이 낫습니다.",
    "상인회에서도 돕겠다고 했습니다. 같이 하면 됩니다.",
)
NEUTRAL = (
    "취지는 알겠는데 관리할 사람이 누구인지 적혀 있지 않습니다.",
    "비슷한 사업을 한 다른 동의 결과를 먼저 보고 싶습니다.",
    "낮과 밤의 사정이 다릅니다. 시간대를 나누어 살펴보면 어떨까요?",
    "예산이 어디서 나오는지 알려 주시면 판단하기 쉽겠습니다.",
    "설문 말고 현장에서 하루 세어 본 숫자가 있으면 좋겠습니다.",
    "두 안을 섞는 방법도 있지 않을까요?",
)
AGAINST = (
    "한 번 만들면 없애기 어렵습니다. 조금 더 살펴보고 정합시다.",
    "그 돈이면 더 급한 곳이 있습니다. 순서를 따져 보면 좋겠습니다.",
    "야간에 일하는 사람에게 부담이 몰립니다.",
    "소음이 늘어날까 걱정됩니다. 방음부터 이야기해 주세요.",
    "좋은 뜻이지만 지금 안으로는 쓰는 사람이 적을 것 같습니다.",
)
REPLIES = (
    "그 점은 저도 궁금했습니다. 자료를 찾아보겠습니다.",
    "말씀하신 부분을 넣어서 다시 적어 보겠습니다.",
    "저는 조금 다르게 봅니다. 직접 걸어 보시면 생각이 달라지실 거예요.",
    "좋은 제안입니다. 동 회의 때 꺼내 보겠습니다.",
)


class Town:
    """The people who act in the demo, and chance that falls the same way every time."""

    def __init__(self, users: Sequence[User]) -> None:
        self.users = list(users)
        self.chance = random.Random(20261122)  # noqa: S311 - made-up talk, not a secret
        self.areas = {area.name: area for area in Area.objects.all()}
        self.fields = {field.slug: field for field in Field.objects.all()}
        self.departments = {each.name: each for each in Department.objects.all()}
        self.now = timezone.now()
        self.administrator = User.objects.get(email="administrator@madang.example")
        self.moderator = User.objects.get(email="moderator@madang.example")

    def ago(self, days: float) -> datetime:
        """The moment so many days ago."""
        return self.now - timedelta(days=days)

    def some(self, count: int, among: Sequence[User] = ()) -> list[User]:
        """So many different neighbours, of all or `among` some."""
        users = among or self.users
        return self.chance.sample(users, min(count, len(users)))

    def in_turn(self, bodies: Sequence[str]) -> Iterator[str]:
        """Words in an order of their own, again from the first only when all were said."""
        return cycle(self.chance.sample(bodies, len(bodies)))

    def official(self, department: str) -> User:
        """A member of staff of a department: the demo's official, or one made for it."""
        user = User.objects.filter(roles__department__name=department).first()
        if user is None:
            number = list(self.departments).index(department)
            user = User.objects.create_user(
                email=f"official{number}@madang.example", name=f"{department} 담당"
            )
            StaffRole.objects.create(
                user=user,
                kind=RoleKind.OFFICIAL,
                department=self.departments[department],
                valid_from=timezone.localdate() - timedelta(days=400),
                granted_by_ref="system",
            )
        return user


def talk_about(
    town: Town,
    thread_id: int | None,
    count: int,
    days_ago: int,
    weights: tuple[int, int, int] = (5, 3, 2),
    among: Sequence[User] = (),
) -> None:
    """Let neighbours (`among` some) speak in a conversation, each on a day since it began."""
    if thread_id is None:
        return
    sides = {Position.FOR: FOR, Position.NEUTRAL: NEUTRAL, Position.AGAINST: AGAINST}
    words = {side: town.in_turn(bodies) for side, bodies in sides.items()}
    replies = town.in_turn(REPLIES)
    said: list[Comment] = []
    for user in town.some(count, among):
        side = town.chance.choices(list(sides), weights=weights)[0]
        with as_of(town.ago(days_ago * town.chance.uniform(0.05, 0.9))):
            parent = town.chance.choice(said) if said and town.chance.random() < 0.25 else None
            comment = post_comment(
                actor=user,
                thread_id=thread_id,
                body=next(replies if parent else words[side]),
                position=side,
                parent_id=parent.pk if parent else None,
            )
        if parent is None:
            said.append(comment)
    Reaction.objects.bulk_create(
        (
            Reaction(comment=comment, user=user, useful=town.chance.random() < 0.8)
            for comment in said
            for user in town.some(town.chance.randrange(0, 14), among)
            if user.pk != comment.author_id
        ),
        ignore_conflicts=True,
    )
