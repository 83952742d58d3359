"""What is under way in the town besides votes: teams that solve a problem, and two challenges."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from places.models import Area
from proceedings.models import Phase, PhaseKind, Process
from proceedings.services import advance_phases

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True)
class Undertaking:
    """A process of the demo: stages as kind, title, note, first and last day from today."""

    slug: str
    title: str
    area: str
    summary: str
    stages: Sequence[tuple[str, str, str, int, int]]


TEAMS = (
    Undertaking(
        "team-clean-alley",
        "쓰레기 산 없는 원룸골목",
        "느티동",
        "시민 아홉 명과 상인회, 대학 디자인과, 청소행정과, 재활용기업이 함께하는 문제해결팀입니다.\n\n"
        "그림 안내와 수요일 저녁 지킴이가 혼합 배출을 30% 줄인다고 보고, 주간 봉투 수를 셉니다.",
        (
            (PhaseKind.DEBATE, "문제 살피기", "골목을 함께 걷고 까닭을 적었습니다.", -150, -110),
            (PhaseKind.EXECUTION, "해 보기", "그림 안내판과 수요일 저녁 지킴이", -110, -20),
            (
                PhaseKind.RESULT,
                "돌아보기",
                "봉투가 22% 줄었습니다. 배운 점: 이사철 안내가 먼저입니다.",
                -20,
                25,
            ),
        ),
    ),
    Undertaking(
        "team-tuesday-table",
        "혼자 밥 먹지 않는 화요일",
        "솔머리동",
        "시민 열두 명과 복지관, 영양사, 동 복지팀이 함께합니다. 식품회사가 달마다 80인분의 재료를 "
        "약속했습니다.\n\n석 달 뒤 다시 온 사람의 비율을 봅니다.",
        (
            (PhaseKind.PROPOSE, "생각 모으기", "어디서, 몇 시에, 무엇을 함께 먹을까", -70, -45),
            (PhaseKind.EXECUTION, "해 보기", "화요일마다 저녁 여섯 시", -45, 45),
            (PhaseKind.RESULT, "돌아보기", "다시 온 사람의 비율을 함께 셉니다.", 45, 60),
        ),
    ),
    Undertaking(
        "team-heat-map",
        "폭염 지도 만들기",
        "강변1동",
        "중학생 열여덟 명과 기상 전문가, 구 데이터팀이 온도계 40개로 100m 칸 지도를 만들었습니다. "
        "그늘을 늘리자는 제안 다섯 건으로 이어졌습니다.",
        (
            (PhaseKind.EXECUTION, "재기", "온도계 40개를 두 주 동안", -140, -126),
            (PhaseKind.DEBATE, "지도 읽기", "가장 더운 칸을 함께 찾기", -126, -100),
            (PhaseKind.RESULT, "제안하기", "그늘 제안 다섯 건", -100, -60),
        ),
    ),
    Undertaking(
        "team-night-walk",
        "밤길 함께 걷기",
        "강변2동",
        "주민끼리 꾸린 팀입니다. 기지국의 소음과 불빛까지 다루고, 구청은 지켜보며, 회의록은 모두에게 "
        "보입니다.",
        (
            (PhaseKind.DEBATE, "걷고 적기", "목요일 밤 아홉 시, 강변2동 센터 앞", 4, 30),
            (PhaseKind.PROPOSE, "바꿀 곳 제안하기", "걸으며 적은 곳 가운데서", 30, 50),
        ),
    ),
)
CHALLENGES = (
    Undertaking(
        "challenge-empty-houses",
        "도전과제: 빈집 47채, 1년 안에 절반을 쓰이게",
        "무등구",
        "B등급 도전과제입니다. 포상은 모두 1,500만 원입니다(최우수 800만 원, 우수 400만 원, 장려 300만 원).\n\n"
        "시민 점수 40%와 전문가 점수 60%로 뽑고, 뽑히면 실증비 3,000만 원을 협의합니다.",
        (
            (PhaseKind.PROPOSE, "8주 공모", "이 과정을 골라 제안을 써 주세요.", -21, 35),
            (PhaseKind.REVIEW, "심사", "시민 40%, 전문가 60%", 35, 56),
            (PhaseKind.EXECUTION, "실증", "뽑힌 방법을 빈집에 써 봅니다.", 70, 365),
        ),
    ),
    Undertaking(
        "challenge-winter-falls",
        "도전과제: 겨울 낙상 30% 줄이기",
        "무등구",
        "C등급 도전과제입니다. 포상은 모두 600만 원입니다(최우수 300만 원, 우수 200만 원, 장려 100만 원).\n\n"
        "최근 3년 구급 출동을 칸으로 나눈 자료와 경사와 그늘 지도를 함께 드립니다.",
        (
            (PhaseKind.PROPOSE, "8주 공모", "이 과정을 골라 제안을 써 주세요.", 6, 62),
            (PhaseKind.REVIEW, "심사", "줄어들 사고 수와 드는 돈을 함께 봅니다.", 62, 80),
        ),
    ),
)


def set_up(one: Undertaking) -> Process:
    """A process whose stages begin and end at nine in the morning."""
    now = timezone.localtime().replace(hour=9, minute=0, second=0, microsecond=0)
    process = Process.objects.create(
        slug=one.slug,
        title=one.title,
        summary=one.summary,
        area=Area.objects.get(name=one.area),
    )
    Phase.objects.bulk_create(
        Phase(
            process=process,
            kind=kind,
            title=title,
            note=note,
            opens_at=now + timedelta(days=first),
            closes_at=now + timedelta(days=last),
        )
        for kind, title, note, first, last in one.stages
    )
    return process


def seed_undertakings() -> None:
    """Four teams at different stages, one challenge that takes ideas and one that soon will."""
    for one in (*TEAMS, *CHALLENGES):
        set_up(one)
    advance_phases()
