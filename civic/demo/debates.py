"""Debates of the invented town: what is asked, who speaks, who listens, what is hidden."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Q

from civic.demo.backdating import as_of
from civic.demo.neighbours import Town, talk_about
from debates.models import Comment, Debate, HouseRule, Position, Reaction
from debates.services.moderating import hide_comment
from debates.services.opinions import flag_comment, post_comment
from debates.services.standalone import open_debate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db.models import QuerySet

    from residents.models import User

DEBATES = (
    (
        "공영주차장 밤 요금을 받을까",
        "장기 방치 차량이 줄어든다는 기대와 밤에 일하는 분들의 부담이 맞섭니다. 밤 10시부터 아침 7시까지 시간당 300원을 받는 안을 놓고 이야기해 봅시다.",
        "traffic",
        "무등구",
        None,
        26,
        False,
        186,
    ),
    (
        "주민총회 투표 나이, 만 14세로 낮출까",
        "학교 앞길의 당사자는 학생이라는 의견과 준비 교육이 먼저라는 의견이 있습니다.",
        "youth",
        "무등구",
        8,
        20,
        False,
        112,
    ),
    (
        "작은도서관을 줄이고 큰 분관 하나로?",
        "거리와 장서 가운데 무엇을 먼저 볼 것인가를 묻습니다.",
        "culture",
        "강변1동",
        None,
        16,
        False,
        143,
    ),
    (
        "하천변 야간 조명, 안전과 생태 사이",
        "밤 11시부터 새벽 2시까지 3시간 꺼 두는 안을 시험해 볼까요?",
        "environment",
        "강변2동",
        5,
        14,
        False,
        93,
    ),
    (
        "구청이 묻습니다: 재활용 정거장을 어디에",
        (
            "느티동에 재활용 정거장 한 곳을 놓으려고 합니다. 후보 네 곳에서 소음과 거리를 재어 보았습니다. "
            "다니시는 길을 떠올리며 의견을 남겨 주세요.\n\n"
            "1. 경로당 옆 빈터: 빈 병을 쏟을 때 가장 가까운 창가에서 62데시벨, 그 집까지 14m. 느티로 12길에서 걸어서 평균 210m.\n"
            "2. 느티사거리 공영주차장 안쪽: 57데시벨, 가장 가까운 집까지 38m. 평균 340m.\n"
            "3. 행정복지센터 뒷마당: 54데시벨, 가장 가까운 집까지 45m. 평균 280m.\n"
            "4. 느티어린이공원 북쪽 입구: 59데시벨, 가장 가까운 집까지 26m. 평균 190m.\n\n"
            "소음은 평일 저녁 일곱 시에 후보마다 세 번 재어 평균을 냈고, 병을 쏟지 않을 때는 네 곳 모두 46–49데시벨입니다. "
            "걷는 거리는 정거장을 쓰게 될 집마다 가장 짧은 길로 잰 평균입니다."
        ),
        "environment",
        "느티동",
        12,
        10,
        True,
        250,
    ),
    (
        "마을 축제 예산 4,000만 원, 올해는 돌봄에 쓸까",
        (
            "숙의 모임을 세 번 열었습니다. 아래 기록을 함께 읽고 이야기해 주세요.\n\n"
            "첫째 모임(주민 24명, 샘물동 작은도서관): 돈이 어디에 쓰였는지부터 보았습니다. 지난 축제 4,000만 원 가운데 "
            "무대와 공연이 2,100만 원, 천막과 안전이 1,200만 원, 먹거리와 홍보가 700만 원이었습니다. "
            "축제에 온 사람을 아무도 세지 않았다는 것도 알았습니다.\n\n"
            "둘째 모임(주민 21명, 복지관과 상인회도 함께): 돌봄에 쓴다면 무엇을 할지 적었습니다. "
            "혼자 사는 어르신 40가구에 주 1회 반찬과 안부, 방학 때 아이들 점심, 밤에 아픈 사람과 병원에 가는 일이 나왔습니다. "
            "상인회는 축제 이틀의 매출이 한 주 매출과 같다고 했습니다.\n\n"
            "셋째 모임(주민 26명): 세 가지 안을 남겼습니다. 가: 축제를 그대로 연다. 나: 축제를 하루로 줄이고 절반을 돌봄에 쓴다. "
            "다: 올해는 축제를 쉬고 모두 돌봄에 쓴다. 손을 들어 보니 가 6명, 나 15명, 다 5명이었고, "
            "더 많은 이웃의 의견을 듣고 정하기로 했습니다."
        ),
        "welfare",
        "샘물동",
        None,
        30,
        False,
        58,
    ),
)
"""Title, text, field, where, days still open, days ago, whether the office asks, who takes part."""

COMMON_GROUND: tuple[tuple[Position, str, tuple[float, float]], ...] = (
    (
        Position.NEUTRAL,
        "밤 10시가 아니라 자정부터 받으면 야간 일을 마치고 온 사람이 숨을 돌립니다.",
        (0.85, 0.8),
    ),
    (
        Position.FOR,
        "받은 돈을 골목 보안등에 쓴다고 정해 두면 내는 사람도 아깝지 않습니다.",
        (0.9, 0.7),
    ),
    (Position.AGAINST, "새벽 배달과 병원 교대 근무자는 확인증으로 빼 주어야 합니다.", (0.7, 0.95)),
    (
        Position.FOR,
        "두 달째 안 움직이는 차가 일곱 대입니다. 그 자리만 돌아도 다들 댈 수 있습니다.",
        (0.95, 0.45),
    ),
    (
        Position.FOR,
        "싸게라도 돈을 받아야 자리가 돕니다. 무료는 먼저 댄 사람만 좋습니다.",
        (0.9, 0.15),
    ),
    (
        Position.AGAINST,
        "주차비가 붙으면 골목으로 차가 숨어듭니다. 골목이 더 위험해집니다.",
        (0.35, 0.9),
    ),
    (
        Position.AGAINST,
        "월세도 오르는데 동네 주차장까지 값을 매기면 갈 데가 없습니다.",
        (0.2, 0.85),
    ),
    (Position.NEUTRAL, "어디든 돈을 받는 데는 반대하지만 이번만은 모르겠습니다.", (0.25, 0.3)),
    (
        Position.NEUTRAL,
        "석 달만 시험해 보고 빈자리와 민원 수를 공개한 다음 다시 정합시다.",
        (0.8, 0.75),
    ),
)
"""Opinions on the car park: where they stand, and how many of those for and against like them."""


def discuss(
    town: Town, debate: tuple[str, str, str, str, int | None, int, bool, int], author: User
) -> None:
    """Open a debate at its day and let neighbours speak and rate what others say."""
    title, body, field, area, closes_in, days_ago, by_office, people = debate
    actor, crowd = town.official("환경과") if by_office else author, town.some(people)
    with as_of(town.ago(days_ago)):
        opened: Debate = open_debate(
            actor=actor,
            title=title,
            body=body,
            area=town.areas[area],
            field=town.fields[field],
            closes_at=town.now + timedelta(days=closes_in) if closes_in else None,
            asked_by_office=by_office,
        )
    if title == DEBATES[0][0]:
        talk_about(town, opened.thread_id, 60, days_ago, weights=(5, 2, 5), among=crowd)
        find_common_ground(town, opened.thread_id, author, crowd)
    else:
        talk_about(town, opened.thread_id, 8 + people // 6, days_ago, among=crowd)
    listen(town, opened.thread_id, crowd)


def listen(town: Town, thread_id: int, crowd: Sequence[User]) -> None:
    """Let those of the crowd who did nothing yet rate what was said.

    What many like already is read, and rated, by more.
    """
    said = Comment.objects.filter(thread_id=thread_id, parent=None)
    useful = Count("reactions", filter=Q(reactions__useful=True))
    liked: QuerySet[Any] = said.annotate(likes=useful)
    weights = {comment: 1 + comment.likes**2 for comment in liked.order_by("pk")}
    known = set(Comment.objects.filter(thread_id=thread_id).values_list("author_id", flat=True))
    known |= set(Reaction.objects.filter(comment__in=said).values_list("user_id", flat=True))
    Reaction.objects.bulk_create(
        (
            Reaction(comment=comment, user=user, useful=town.chance.random() < 0.85)
            for user in crowd
            if user.pk not in known
            for comment in town.chance.choices(
                list(weights), list(weights.values()), k=town.chance.randrange(1, 5)
            )
        ),
        ignore_conflicts=True,
    )


def find_common_ground(town: Town, thread_id: int, author: User, crowd: Sequence[User]) -> None:
    """Opinions of the first debate that both sides, one of them or nobody finds useful."""
    sides = {
        side: set(
            Comment.objects.filter(thread_id=thread_id, parent=None, position=side).values_list(
                "author_id", flat=True
            )
        )
        for side in (Position.FOR, Position.AGAINST)
    }
    speakers = [user for user in crowd if user.pk not in set.union(*sides.values())]
    for user, (side, body, likes) in zip(speakers, COMMON_GROUND, strict=False):
        with as_of(town.ago(3)):
            comment = post_comment(actor=user, thread_id=thread_id, body=body, position=side)
        Reaction.objects.bulk_create(
            Reaction(comment=comment, user_id=pk, useful=town.chance.random() < like)
            for people, like in zip(sides.values(), likes, strict=True)
            for pk in sorted(people - {user.pk, author.pk})
        )


def moderate(town: Town) -> None:
    """One opinion was hidden under rule 3; another was reported and waits."""
    privacy = HouseRule.objects.get(number=3)
    people = town.some(6)
    with as_of(town.ago(2)):
        bad = post_comment(
            actor=people[0],
            thread_id=Debate.objects.order_by("pk")[0].thread_id,
            body="주차장 관리하는 그분 전화번호가 이거라던데 다들 직접 따져 보세요.",
            position=Position.AGAINST,
        )
        flag_comment(
            actor=people[1], comment_id=bad.pk, rule=privacy, note="남의 연락처를 퍼뜨립니다"
        )
        hide_comment(
            actor=town.moderator,
            comment_id=bad.pk,
            rule=privacy,
            note="남의 연락처를 쓰게 부추깁니다",
        )
    with as_of(town.ago(0.2)):
        waiting = post_comment(
            actor=people[2],
            thread_id=Debate.objects.order_by("pk")[4].thread_id,
            body="재활용 정거장 옆 가게에서 할인합니다. 많이 오세요, 모두 반값입니다.",
            position=Position.NEUTRAL,
        )
        for user in people[3:5]:
            flag_comment(
                actor=user, comment_id=waiting.pk, rule=HouseRule.objects.get(number=4), note=""
            )
