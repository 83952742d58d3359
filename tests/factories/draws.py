"""Made-up draws by lot, in each state, through the services that make real ones."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import time_machine
from django.utils import timezone

from residents.roles import RoleKind
from tests.factories.places import make_district
from tests.factories.residents import make_user
from voting.services.draws import create_draw, hold_draw, import_people, publish_draw
from voting.services.lots import Called
from voting.sortition import Demand

if TYPE_CHECKING:
    from voting.models import Draw

WOMEN = Demand("성별", ("여",), least=False, percent=60)
YOUNG = Demand("연령대", ("청년",), least=True, percent=25)
LIST = "접수번호,이름,성별,연령대\n" + "".join(
    f"{n},김무등,{'여' if n % 2 else '남'},{'청년' if n % 4 < 2 else '중장년'}\n"
    for n in range(1, 21)
)
DICE = Called("3 1 6 / 2 2 5", "3,1,6,2,2,5", "통장 박새봄")


def make_draw(**columns: Any) -> Draw:
    """Store a draft of 8 seats and 3 reserves, with a list of twenty, to be drawn in an hour."""
    actor = columns.pop("actor", None) or make_user(RoleKind.ADMINISTRATOR)
    data = columns.pop("data", LIST.encode())
    draw = create_draw(
        actor=actor,
        demands=columns.pop("demands", (WOMEN, YOUNG)),
        **{
            "title": "2027년 샘물동 주민자치회 위원",
            "effect": "뽑힌 사람을 위원으로 위촉합니다.",
            "area": make_district(),
            "draws_at": timezone.now() + timedelta(hours=1),
            "place": "샘물동 행정복지센터 2층",
            "entropy_source": "주민 세 사람이 주사위를 세 번씩 던집니다.",
            "seats": 8,
            "reserves": 3,
            **columns,
        },
    )
    if data:
        import_people(actor=actor, draw_id=draw.pk, data=data)
    draw.refresh_from_db()
    return draw


def make_published_draw(**columns: Any) -> Draw:
    """The same, with its list published."""
    actor = make_user(RoleKind.ADMINISTRATOR)
    return publish_draw(actor=actor, draw_id=make_draw(actor=actor, **columns).pk)


def hold(draw: Draw, called: Called = DICE) -> Draw:
    """Draw at its hour."""
    actor = make_user(RoleKind.ADMINISTRATOR)
    with time_machine.travel(draw.draws_at, tick=False):
        return hold_draw(actor=actor, draw_id=draw.pk, called=called)
