"""Draws by lot of the invented town: a panel that was drawn, a council that is about to be."""

from __future__ import annotations

import random
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from civic.demo.backdating import as_of
from places.models import Area
from residents.models import User
from voting.services.draws import create_draw, hold_draw, import_people, publish_draw
from voting.services.lots import Called
from voting.sortition import Demand

if TYPE_CHECKING:
    from collections.abc import Sequence

EVEN = (
    Demand("성별", ("여",), least=False, percent=50),
    Demand("성별", ("남",), least=False, percent=50),
)
SIX_OF_TEN = (
    Demand("성별", ("여",), least=False, percent=60),
    Demand("성별", ("남",), least=False, percent=60),
)


def seed_draws() -> None:
    """One draw held nine days ago, one whose list is out and whose hour comes in six days."""
    actor = User.objects.get(email="administrator@madang.example")
    _panel(actor)
    _council(actor)


def _panel(actor: User) -> None:
    hour = _at(-9, 19)
    with as_of(hour - timedelta(days=7)):
        draw = create_draw(
            actor=actor,
            title="솔머리동장 추천 주민평가단",
            area=Area.objects.get(name="솔머리동"),
            effect="뽑힌 60명이 후보의 정견을 듣고 투표합니다. 임용은 인사위원회와 구청장이 정합니다.",
            draws_at=hour,
            place="솔머리동 행정복지센터 대회의실",
            entropy_source="신청한 주민 가운데 세 사람이 나와 주사위를 세 개씩 던집니다.",
            seats=60,
            reserves=20,
            demands=(
                *EVEN,
                Demand("연령대", ("청년",), least=True, percent=25),
                Demand("외국인주민", ("예",), least=True, percent=5),
            ),
        )
        data = _applicants(214, 1804, ("외국인주민", ("예", "아니요"), (1, 14)))
        import_people(actor=actor, draw_id=draw.pk, data=data)
        publish_draw(actor=actor, draw_id=draw.pk)
    with as_of(hour + timedelta(minutes=20)):
        dice = "3 1 6 / 2 2 5 / 6 4 1"
        called = Called(dice, dice, "솔머리동 1통장, 지구대 경찰관")
        hold_draw(actor=actor, draw_id=draw.pk, called=called)


def _council(actor: User) -> None:
    with as_of(timezone.now() - timedelta(days=1)):
        draw = create_draw(
            actor=actor,
            title="느티동 주민자치회 위원",
            area=Area.objects.get(name="느티동"),
            effect="뽑힌 30명을 2년 임기의 위원으로 위촉합니다. 예비순번은 빈자리가 날 때 차례로 맡습니다.",
            draws_at=_at(6, 19),
            place="느티동 행정복지센터 3층 느티마루",
            entropy_source="그날 오신 주민 세 사람이 주사위를 세 개씩 던집니다.",
            ordinance="18세 이상이고 주민자치 교육 6시간을 마친 신청자 가운데 뽑는다. "
            "한쪽 성이 위원의 10분의 6을 넘지 않게 하고, 50세 미만을 100분의 15 이상 둔다.",
            seats=30,
            reserves=10,
            demands=(*SIX_OF_TEN, Demand("연령대", ("청년", "중년"), least=True, percent=15)),
        )
        import_people(actor=actor, draw_id=draw.pk, data=_applicants(87, 1902))
        publish_draw(actor=actor, draw_id=draw.pk)


def _applicants(
    number: int, seed: int, more: tuple[str, Sequence[str], Sequence[int]] | None = None
) -> bytes:
    """A list as an office saves it: number, sex, age band, and one column more if asked for."""
    chance = random.Random(seed)  # noqa: S311 - made-up people
    rows = [",".join(["접수번호", "성별", "연령대", *([more[0]] if more else [])])]
    for place in range(1, number + 1):
        cells = [str(place), chance.choice("여남")]
        cells += chance.choices(("청년", "중년", "장년", "노년"), (3, 3, 4, 3))
        cells += chance.choices(more[1], more[2]) if more else []
        rows.append(",".join(cells))
    return "\n".join(rows).encode()


def _at(days: int, hour: int) -> datetime:
    """An hour so many days from today, in Seoul."""
    day = timezone.localdate() + timedelta(days=days)
    return timezone.make_aware(datetime.combine(day, time(hour)))
