"""Proposals of the invented town: who supports them, what the office answers; and its debates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils import timezone

from civic.demo.backdating import as_of
from civic.demo.debates import DEBATES, discuss, moderate
from civic.demo.neighbours import Town, talk_about
from civic.demo.pictures import PICTURES, drawn
from debates.services.figures import refresh_figures as refresh_debates
from proposals.lifecycle import AnswerKind
from proposals.models import Proposal, Support
from proposals.services import advance_proposals
from proposals.services import refresh_figures as refresh_proposals
from proposals.services.answering import (
    AnswerWords,
    answer_proposal,
    assign_department,
    report_progress,
)
from proposals.services.counting import count_now
from proposals.services.drafts import Words, add_picture, publish_proposal, save_draft
from proposals.services.order import merge_proposal
from proposals.services.supporting import support_proposal

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from residents.models import User


@dataclass(frozen=True)
class Idea:
    """A proposal of the town: what, where, how many supported it, and how it went on."""

    title: str
    body: str
    field: str
    dong: str
    supports: int
    days_ago: int
    place: str = ""
    department: str = ""
    ends: str = ""
    debate_days: int = 0
    threshold: int = 0
    """Supports needed, where the usual number was not asked for."""


USUAL_THRESHOLD = 50
"""Of the preset with which a town begins."""
IDEAS = (
    Idea(
        "밤 9시 이후 경로당 옆 골목이 너무 어둡습니다",
        "느티로 12길 보안등 세 개 중 두 개가 꺼져 있습니다. 어르신 귀갓길부터 바꿔 주세요.\n\n"
        "경로당은 밤 9시에 문을 닫는데, 그 시간부터 골목은 휴대전화 불빛으로 걸어야 합니다. "
        "지난달에는 이웃 한 분이 화분에 걸려 넘어지셨습니다.",
        "safety",
        "느티동",
        143,
        95,
        "느티로 12길 경로당 옆",
        "안전도시과",
        "adopted",
    ),
    Idea(
        "버스 기다리는 의자에 겨울 온열 기능을",
        "새벽 시장 가시는 분들이 20분 넘게 서 계십니다. 장터 입구 정류장 두 곳만이라도 따뜻한 의자를 "
        "놓아 주세요. 전기료는 타이머로 아낄 수 있습니다.",
        "traffic",
        "장터동",
        118,
        35,
        "장터 입구 정류장",
        "교통행정과",
        "reviewing",
    ),
    Idea(
        "초등학교 앞 '잠깐 정차' 다섯 자리",
        "등교 시간 15분만 서고 떠나는 자리를 정하면 이중 주차가 줄어듭니다. 학부모와 상인이 함께 "
        "자리를 골라 보면 좋겠습니다.",
        "traffic",
        "강변1동",
        207,
        20,
        "강변초등학교 정문",
        "교통행정과",
        "debating",
        debate_days=30,
    ),
    Idea(
        "빈 점포를 청소년이 쓰는 저녁 공부방으로",
        "장터 안 빈 가게 두 곳을 오후 5–9시에 열어 주세요. 학원 갈 시간과 집에 갈 시간 사이에 갈 곳이 "
        "없습니다. 불 켜진 가게는 시장에도 도움이 됩니다.",
        "youth",
        "장터동",
        96,
        27,
        "장터 2길",
        threshold=100,
    ),
    Idea(
        "반지하·저지대 물막이판을 미리 달아 주세요",
        "7월에 물이 현관까지 왔습니다. 신청을 기다리지 말고 찾아와 주세요. 혼자 사는 어르신은 신청서를 "
        "쓰기도 어렵습니다.",
        "safety",
        "샘물동",
        164,
        120,
        "샘물길 아래쪽",
        "건설과",
        "partly",
    ),
    Idea(
        "배달 이륜차 소음, 신고 말고 약속으로",
        "상인회와 라이더가 밤 11시 이후 우회하는 길을 함께 정합시다. 신고는 서로 미워하게만 만듭니다.",
        "environment",
        "강변2동",
        72,
        12,
        "강변2동 먹자골목",
        threshold=100,
    ),
    Idea(
        "쓰레기 배출 안내를 다섯 나라 말로",
        "벽보 하나에 그림과 큰 글자로. 잘못 버린 봉투보다 안내가 쌉니다. 우리 골목에는 베트남, 우즈베키스탄에서 "
        "온 이웃이 많습니다.",
        "diversity",
        "솔머리동",
        88,
        80,
        "솔머리길 원룸촌",
        "청소행정과",
        "adopted_done",
    ),
    Idea(
        "어르신 무인 주문기 연습장을 행정복지센터에",
        "눌러 보고 틀려도 괜찮은 기계가 한 대 있으면 됩니다. 뒤에 줄 선 사람이 없는 곳에서 한 번만 해 보면 "
        "다음부터는 식당에서도 할 수 있습니다.",
        "welfare",
        "느티동",
        131,
        110,
        "느티동 행정복지센터 1층",
        "복지정책과",
        "in_progress",
    ),
    Idea(
        "하천 산책로에 유아차가 지나갈 턱 없는 길",
        "강변교 아래 12cm 턱 네 곳. 사진과 위치를 올렸습니다. 유아차도, 휠체어도, 보행기도 같은 자리에서 멈춥니다.",
        "walking",
        "강변2동",
        175,
        70,
        "강변교 아래",
        "건설과",
        "not_adopted",
    ),
    Idea(
        "우리 동 기록을 할머니들 목소리로 남기자",
        "옛 우물터 이야기를 아는 분이 세 분 남았습니다. 더 늦기 전에 녹음해 둡시다.",
        "culture",
        "샘물동",
        61,
        25,
        "샘물동 우물터",
        "문화예술과",
        "merged",
        threshold=100,
    ),
    Idea(
        "1인 가구 공동 장보기 날",
        "대파 한 단을 혼자 못 먹는 집이 많습니다. 목요일 저녁 나누는 장터를 열어 봅시다.",
        "living",
        "강변1동",
        54,
        50,
        "강변1동 주민쉼터",
        "시장경제과",
        "expired",
        threshold=100,
    ),
    Idea(
        "가로수 열매 떨어지는 길, 수거 그물을 먼저",
        "10월마다 미끄러집니다. 구간 300m만 시범으로 그물을 걸어 주세요.",
        "environment",
        "솔머리동",
        99,
        40,
        "솔머리길 은행나무 구간",
        "환경과",
        "repair",
    ),
    Idea(
        "마을기록단: 사진과 목소리를 한곳에",
        "동마다 흩어진 사진, 녹음, 일기를 모아 누구나 볼 수 있게 정리하는 모임을 만듭시다.",
        "culture",
        "샘물동",
        41,
        23,
        "샘물동 작은도서관",
    ),
    Idea(
        "횡단보도 신호를 5초만 늘려 주세요",
        "지팡이를 짚고 건너면 중간에 빨간불이 됩니다. 느티사거리 북쪽 횡단보도입니다.",
        "walking",
        "느티동",
        77,
        52,
        "느티사거리",
        "교통행정과",
        "overdue",
    ),
)

POINTS = {
    "밤 9시 이후 경로당 옆 골목이 너무 어둡습니다": ("126.912000", "35.119000"),
    "버스 기다리는 의자에 겨울 온열 기능을": ("126.938500", "35.121500"),
    "초등학교 앞 '잠깐 정차' 다섯 자리": ("126.964000", "35.144000"),
    "빈 점포를 청소년이 쓰는 저녁 공부방으로": ("126.950500", "35.108000"),
    "반지하·저지대 물막이판을 미리 달아 주세요": ("126.934000", "35.133000"),
    "배달 이륜차 소음, 신고 말고 약속으로": ("126.976000", "35.125000"),
    "쓰레기 배출 안내를 다섯 나라 말로": ("126.908500", "35.142500"),
    "하천 산책로에 유아차가 지나갈 턱 없는 길": ("126.961500", "35.111000"),
    "우리 동 기록을 할머니들 목소리로 남기자": ("126.949000", "35.146000"),
    "가로수 열매 떨어지는 길, 수거 그물을 먼저": ("126.922000", "35.130000"),
    "횡단보도 신호를 5초만 늘려 주세요": ("126.927000", "35.106500"),
}
"""Where on the town's map a proposal is: longitude and latitude."""


def seed_talk(users: Sequence[User]) -> None:
    """All proposals and debates, oldest first, with supports, answers and conversations."""
    town = Town(users)
    for place, idea in enumerate(sorted(IDEAS, key=lambda each: -each.days_ago)):
        propose(town, idea, town.users[place])
    for idea in IDEAS:
        go_on(town, idea)
    for place, debate in enumerate(DEBATES):
        discuss(town, debate, town.users[40 + place])
    moderate(town)
    refresh_debates()
    refresh_proposals()


def propose(town: Town, idea: Idea, author: User) -> None:
    """Write and publish a proposal at its day, and let neighbours support and discuss it."""
    with as_of(town.ago(idea.days_ago)):
        draft = save_draft(
            actor=author,
            words=Words(
                title=idea.title,
                body=idea.body,
                area_id=town.areas[idea.dong].pk,
                field_id=town.fields[idea.field].pk,
                place=idea.place,
                longitude=Decimal(POINTS[idea.title][0]) if idea.title in POINTS else None,
                latitude=Decimal(POINTS[idea.title][1]) if idea.title in POINTS else None,
            ),
        )
        if idea.title in PICTURES:
            scene, alt = PICTURES[idea.title]
            image = drawn(scene)
            size = len(image.getvalue())
            add_picture(actor=author, draft_id=draft.pk, image=image, size=size, alt=alt)
        proposal = publish_proposal(actor=author, draft_id=draft.pk)
    own = {"debate_days": idea.debate_days, "threshold": idea.threshold}
    if changed := {name: value for name, value in own.items() if value}:
        Proposal.objects.filter(pk=proposal.pk).update(**changed)
    people = [user for user in town.users if user.pk != author.pk]
    town.chance.shuffle(people)
    for place, user in enumerate(people[: idea.supports]):
        moment = town.ago(supported_ago(idea, place))
        proposal.refresh_from_db()
        with as_of(moment):
            if proposal.reached_at is None:
                support_proposal(actor=user, proposal_id=proposal.pk)
                continue
        _support_later(proposal, user, moment)
    count_now(proposal.pk)
    talk_about(town, proposal.thread_id, town.chance.randrange(4, 12), idea.days_ago)


def supported_ago(idea: Idea, place: int) -> float:
    """How many days ago somebody supported, by their place among all: evenly over 24 days."""
    return idea.days_ago - min(idea.days_ago, 24) * (place / max(idea.supports, 1))


def reached_ago(idea: Idea) -> float:
    """How many days ago the threshold was reached, from when on a month is left to answer."""
    return supported_ago(idea, (idea.threshold or USUAL_THRESHOLD) - 1)


def _support_later(proposal: Proposal, user: User, moment: datetime) -> None:
    """Support that came between the threshold and the end of gathering, in the town's old days."""
    support = Support.objects.create(proposal=proposal, resident=user.resident)
    Support.objects.filter(pk=support.pk).update(created_at=moment)


def go_on(town: Town, idea: Idea) -> None:
    """What became of a proposal: answers, progress, ends."""
    proposal = Proposal.objects.get(title=idea.title)
    if not idea.ends:
        return
    if idea.ends == "merged":
        with as_of(town.ago(6)):
            merge_proposal(
                actor=town.administrator,
                proposal_id=proposal.pk,
                into_id=Proposal.objects.get(title="마을기록단: 사진과 목소리를 한곳에").pk,
                reason="같은 뜻의 제안이 있어 마을기록단 제안으로 합칩니다.",
            )
        return
    if idea.ends == "expired":
        with as_of(town.ago(idea.days_ago - 31)):
            advance_proposals()
        proposal.refresh_from_db()
    official = town.official(idea.department)
    day = 12 if idea.ends in {"reviewing", "debating"} else idea.days_ago - 26
    with as_of(town.ago(max(day, 2))):
        assign_department(
            actor=town.administrator,
            proposal_id=proposal.pk,
            department=town.departments[idea.department],
        )
    ANSWERS.get(idea.ends, _nothing)(town, proposal, official, idea)


def _nothing(town: Town, proposal: Proposal, official: User, idea: Idea) -> None:
    """Still waiting: the clock is running (or has run out)."""


def _words(
    town: Town, idea: Idea, kind: AnswerKind, reason: str, step: str, days: int
) -> AnswerWords:
    department = town.departments[idea.department]
    return AnswerWords(
        kind=kind,
        reason=reason,
        department=department,
        next_step=step,
        contact=f"{department.name} {department.phone}",
        next_date=timezone.localdate() + timedelta(days=days),
    )


def _adopted(town: Town, proposal: Proposal, official: User, idea: Idea) -> None:
    answered_on, days = 40, 65
    ends_on = timezone.localdate() + timedelta(days=days - answered_on)
    with as_of(town.ago(answered_on)):
        answer_proposal(
            actor=official,
            proposal_id=proposal.pk,
            words=_words(
                town,
                idea,
                AnswerKind.ADOPTED,
                "현장을 확인했습니다. 꺼진 보안등 두 개를 LED로 바꾸고, 경로당 앞에 한 개를 더 답니다.",
                f"{ends_on.month}월 {ends_on.day}일까지 교체를 마치고 사진으로 알려 드립니다.",
                days,
            ),
        )
    with as_of(town.ago(9)):
        report_progress(
            actor=official,
            proposal_id=proposal.pk,
            title="보안등 두 개 교체",
            body="느티로 12길 3번, 5번 등을 LED로 바꾸었습니다.",
            percent=70,
            happened_on=timezone.localdate() - timedelta(days=0),
            is_done=False,
        )


def _adopted_done(town: Town, proposal: Proposal, official: User, idea: Idea) -> None:
    with as_of(town.ago(50)):
        answer_proposal(
            actor=official,
            proposal_id=proposal.pk,
            words=_words(
                town,
                idea,
                AnswerKind.ADOPTED,
                "다섯 나라 말과 그림으로 된 안내판을 원룸촌 열두 곳에 붙이겠습니다.",
                "번역을 이웃들과 함께 확인한 뒤 붙입니다.",
                30,
            ),
        )
    for days, title, percent, done in (
        (35, "번역 확인 모임", 30, False),
        (20, "안내판 인쇄", 60, False),
        (4, "열두 곳에 부착 완료", 100, True),
    ):
        with as_of(town.ago(days)):
            report_progress(
                actor=official,
                proposal_id=proposal.pk,
                title=title,
                body="",
                percent=percent,
                happened_on=timezone.localdate(),
                is_done=done,
            )


def _in_progress(town: Town, proposal: Proposal, official: User, idea: Idea) -> None:
    with as_of(town.ago(75)):
        answer_proposal(
            actor=official,
            proposal_id=proposal.pk,
            words=_words(
                town,
                idea,
                AnswerKind.ADOPTED,
                "느티동 행정복지센터 1층에 연습용 무인 주문기 한 대와 도우미를 두겠습니다.",
                "기계를 빌려 먼저 석 달 동안 운영합니다.",
                100,
            ),
        )
    for days, title, percent in ((50, "기계 대여 계약", 30), (15, "도우미 네 분 교육", 60)):
        with as_of(town.ago(days)):
            report_progress(
                actor=official,
                proposal_id=proposal.pk,
                title=title,
                body="",
                percent=percent,
                happened_on=timezone.localdate(),
                is_done=False,
            )


def _partly(town: Town, proposal: Proposal, official: User, idea: Idea) -> None:
    with as_of(town.ago(80)):
        answer_proposal(
            actor=official,
            proposal_id=proposal.pk,
            words=_words(
                town,
                idea,
                AnswerKind.PARTLY,
                "올해 남은 예산으로 침수 이력이 있는 34가구에 먼저 답니다. 나머지는 내년 참여예산 사업으로 올렸습니다.",
                "34가구를 직원이 찾아가 설치합니다.",
                100,
            ),
        )


def _not_adopted(town: Town, proposal: Proposal, official: User, idea: Idea) -> None:
    with as_of(town.ago(3)):
        answer_proposal(
            actor=official,
            proposal_id=proposal.pk,
            words=_words(
                town,
                idea,
                AnswerKind.NOT_ADOPTED,
                "하천 구역은 구청 땅이 아니라 바로 턱을 없앨 수 없습니다. 대신 강변교 옆 내리막에 임시 경사판을 "
                "놓고, 하천을 관리하는 기관에 네 곳의 공사를 공식 요청했습니다.",
                "경사판 설치 결과와 기관의 답을 알려 드립니다.",
                21,
            ),
        )


def _expired(town: Town, proposal: Proposal, official: User, idea: Idea) -> None:
    with as_of(town.ago(11)):
        answer_proposal(
            actor=official,
            proposal_id=proposal.pk,
            words=_words(
                town,
                idea,
                AnswerKind.SHORT,
                "기준에는 미치지 못했지만 좋은 생각입니다. 목요일 장터에 나눔 매대 한 칸을 내어 드릴 수 있으니 상인회로 "
                "연락해 주세요.",
                "나눔 매대를 써 보고 싶은 분은 상인회와 날짜를 정합니다.",
                14,
            ),
        )


def _repair(town: Town, proposal: Proposal, official: User, idea: Idea) -> None:
    with as_of(town.ago(4)):
        answer_proposal(
            actor=official,
            proposal_id=proposal.pk,
            words=_words(
                town,
                idea,
                AnswerKind.REPAIR,
                "구간이 어디부터 어디까지인지 적어 주시면 나무 수를 세어 검토하겠습니다.",
                "구간을 적어 주시면 검토를 이어 갑니다.",
                7,
            ),
        )


ANSWERS = {
    "adopted": _adopted,
    "adopted_done": _adopted_done,
    "in_progress": _in_progress,
    "partly": _partly,
    "not_adopted": _not_adopted,
    "expired": _expired,
    "repair": _repair,
}
