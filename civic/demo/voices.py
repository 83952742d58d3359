"""What neighbours say about this year's projects and votes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from civic.conversations import open_conversations, subject_of
from civic.demo.backdating import as_of
from civic.demo.neighbours import Town
from debates.models import Position, Reaction
from debates.selectors import thread_about
from debates.services import refresh_figures
from debates.services.opinions import post_comment

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from budgets.models import Project
    from residents.models import User
    from voting.models import Contest

Said = tuple[str, str, str]
"""A side, an opinion, and a reply to it ("" for none)."""

ABOUT_PROJECTS: dict[str, tuple[Said, ...]] = {
    "안심 골목 LED 보안등 교체": (
        ("for", "60등이면 느티로 뒷골목은 거의 다 바뀝니다. 밤에 걸어 보면 필요한 줄 압니다.", ""),
        (
            "neutral",
            "한 등에 80만 원이면 다른 구보다 비싼지 궁금합니다.",
            "기둥을 새로 세우는 값까지 든 금액이라고 합니다.",
        ),
        ("for", "경로당에서 나오는 길부터 순서를 정해 주세요.", ""),
        ("against", "작년에 바꾼 곳이 열 군데 있습니다. 남은 곳만 세면 더 적은 돈으로 됩니다.", ""),
    ),
    "장터 입구 스마트 그늘막·온열의자": (
        ("for", "새벽에 버스를 기다리면 의자가 얼음장입니다. 다섯 개라도 먼저 놓아 주세요.", ""),
        (
            "against",
            "그늘막 하나에 1,250만 원은 많습니다. 천막으로도 됩니다.",
            "천막은 바람 불 때마다 걷어야 해서 상인회가 손을 들었습니다.",
        ),
        ("neutral", "전기 요금은 누가 내는지 산출내역에 없습니다.", ""),
    ),
    "통학로 보도 턱 낮춤": (
        ("for", "유아차도 휠체어도 같이 씁니다. 서른두 곳이 모두 학교 앞길입니다.", ""),
        ("for", "6번 교차로 턱에 아이가 두 번 걸려 넘어졌습니다.", ""),
        (
            "neutral",
            "비 올 때 물이 고이지 않게 기울기를 살펴 주세요.",
            "건설과에 전했습니다. 설계할 때 함께 본다고 합니다.",
        ),
    ),
    "저지대 물막이판 미리 달기": (
        ("for", "물은 신청을 기다려 주지 않습니다. 일흔 집 모두 장마 전에 달아야 합니다.", ""),
        ("for", "작년에 이웃이 손으로 모래주머니를 쌓았습니다.", ""),
        ("neutral", "세입자 집에도 달 수 있는지 알려 주세요.", ""),
        ("against", "하수관을 먼저 고쳐야 합니다. 판만 달면 옆집으로 물이 갑니다.", ""),
    ),
    "빈 점포 청소년 공부방": (
        ("for", "학원 끝나고 부모님 오실 때까지 있을 곳이 없습니다.", ""),
        (
            "against",
            "수선비 7,000만 원에 건물 주인이 나가라고 하면 어떻게 됩니까?",
            "5년 동안 쓰는 약속을 먼저 하기로 했습니다.",
        ),
        ("neutral", "밤 9시에 닫으면 돌아가는 길은 누가 함께 걷나요?", ""),
    ),
    "디지털 연습장과 도우미": (
        ("for", "무인 주문기 앞에서 뒷사람 눈치가 보입니다. 연습할 곳이 있으면 갑니다.", ""),
        ("neutral", "기기보다 옆에서 천천히 알려 주는 사람이 더 필요합니다.", ""),
        ("against", "활동비가 사업비의 절반이 넘습니다. 자원봉사센터와 나누면 좋겠습니다.", ""),
    ),
    "강변 쉼터 음수대·벤치": (
        ("for", "여름에 산책하다 보면 물 마실 곳이 다리 건너에 하나뿐입니다.", ""),
        ("neutral", "음수대는 겨울에 얼지 않게 잠그는 날을 알려 주세요.", ""),
    ),
    "우리 동 소리 기록관": (
        ("for", "우물터 이야기를 아는 어르신이 세 분 남았습니다. 내년이면 늦습니다.", ""),
        ("for", "여덟 사업 가운데 가장 적은 돈으로 오래 남습니다.", ""),
        ("neutral", "녹음은 누구나 들을 수 있게 누리집에도 올려 주세요.", ""),
    ),
}
ABOUT_BUDGET: tuple[Said, ...] = (
    ("", "산출내역을 보고 골랐습니다. 한 곳에 많이 쓰기보다 여러 동이 나누면 좋겠습니다.", ""),
    (
        "",
        "세 가지만 고르니 어렵습니다. 동네마다 하나씩 고를 수 있으면 좋겠습니다.",
        "내년 규칙을 정하는 회의가 2월에 있습니다. 그때 꺼내 봅시다.",
    ),
    ("", "센터에서 종이로 투표했는데 큰 글씨 안내가 있어서 편했습니다.", ""),
    (
        "",
        "작년에 뽑힌 사업이 어디까지 왔는지도 함께 보여 주세요.",
        "예산 쪽의 집행 현황에 있습니다.",
    ),
    ("", "비용이 적은 사업이 밀리지 않게 남은 돈을 다음 순서로 주는 방식이 마음에 듭니다.", ""),
)
ABOUT_AGENDA: tuple[Said, ...] = (
    ("", "쉼터가 10시까지 열면 버스 막차를 기다릴 수 있습니다.", ""),
    ("", "등굣길 지킴이는 아침 40분이면 됩니다. 저도 일주일에 하루는 나가겠습니다.", ""),
    ("", "안내판은 그림이 먼저고 글은 작아도 됩니다.", "다섯 나라 말도 같이 넣어 주세요."),
)
ABOUT_PLAN: tuple[Said, ...] = (
    ("for", "축제는 하루고 돌봄은 일 년입니다.", ""),
    (
        "against",
        "축제도 어르신들이 기다리는 자리입니다. 절반은 너무 많습니다.",
        "무대를 줄이고 잔치는 남기자는 뜻입니다.",
    ),
    ("for", "3층은 주말마다 비어 있습니다. 모임 할 곳이 필요합니다.", ""),
    ("neutral", "주말에 열면 누가 지키는지 계획에 적어 주세요.", ""),
    ("for", "주차 구역을 함께 정하면 싸울 일이 줄어듭니다.", ""),
    ("against", "골목마다 사정이 다릅니다. 한 골목에서 먼저 해 봅시다.", ""),
)


def speak_of_projects(users: Sequence[User], projects: Iterable[Project]) -> None:
    """Let neighbours speak about each project on the ballot."""
    town = Town(users)
    for project in projects:
        if project.thread_id is not None:
            _say(town, project.thread_id, ABOUT_PROJECTS.get(project.title, ()), days=30)


def speak_of_vote(users: Sequence[User], contest: Contest, said: Sequence[Said]) -> None:
    """Open the conversation under a vote and let neighbours speak, some days before it began."""
    open_conversations()
    thread = thread_about(subject_of(contest))
    if thread is not None:
        _say(Town(users), thread.pk, said, days=4)


def _say(town: Town, thread_id: int, said: Sequence[Said], *, days: int) -> None:
    """Each opinion by somebody else, the first one first, with neighbours who found it useful."""
    people = iter(town.some(2 * len(said)))
    for place, (side, body, reply) in enumerate(said):
        ago = days * (1 - place / (len(said) + 1))
        with as_of(town.ago(ago)):
            comment = post_comment(
                actor=next(people),
                thread_id=thread_id,
                body=body,
                position=side or Position.NEUTRAL,
            )
        if reply:
            with as_of(town.ago(ago - 0.4)):
                post_comment(
                    actor=next(people), thread_id=thread_id, body=reply, parent_id=comment.pk
                )
        Reaction.objects.bulk_create(
            (
                Reaction(comment=comment, user=user, useful=town.chance.random() < 0.8)
                for user in town.some(town.chance.randrange(1, 12))
            ),
            ignore_conflicts=True,
        )
    refresh_figures()
