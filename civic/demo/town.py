"""Places, offices, rules and people of the invented 무등구."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import TOTP
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone

import places
from civic.demo import PASSWORD, PEOPLE, WALK_IN
from places.models import Area, Centre, Room
from proceedings.models import Field
from proceedings.services import SYSTEM
from proceedings.services.places import import_areas, import_centres, save_room
from residents.identity import identity_hash
from residents.models import (
    Basis,
    Department,
    Resident,
    StaffRole,
    User,
    Verification,
    VerificationMethod,
)
from residents.roles import RoleKind

if TYPE_CHECKING:
    from collections.abc import Sequence

RESIDENTS = 300
PANEL_AGE = 16
"""How old one must be for a panel that recommends the head of a dong."""

FIELDS = (
    ("safety", "안전", "Safety"),
    ("traffic", "교통", "Traffic"),
    ("walking", "보행", "Walking"),
    ("environment", "환경", "Environment"),
    ("welfare", "복지", "Welfare"),
    ("youth", "청소년", "Youth"),
    ("culture", "문화", "Culture"),
    ("living", "생활", "Everyday life"),
    ("diversity", "다문화", "Many cultures"),
)
DEPARTMENTS = (
    ("안전도시과", "Safe City", "062-000-0101"),
    ("교통행정과", "Traffic", "062-000-0102"),
    ("환경과", "Environment", "062-000-0103"),
    ("청소행정과", "Waste", "062-000-0104"),
    ("복지정책과", "Welfare", "062-000-0105"),
    ("청년청소년과", "Young People", "062-000-0106"),
    ("문화예술과", "Culture", "062-000-0107"),
    ("건설과", "Public Works", "062-000-0108"),
    ("시장경제과", "Markets", "062-000-0109"),
    ("자치행정과", "Self-Government", "062-000-0110"),
)
ROOM_RULES = (
    "정치, 종교, 영리 목적의 모임은 받지 않습니다.\n"
    "약속하고 두 번 오지 않으면 한 달 동안 쓸 수 없습니다."
)
ROOMS: tuple[tuple[str, str, bool, dict[str, Any]], ...] = (
    (
        "neuti-maru",
        "느티동",
        True,
        {
            "name": "느티마루",
            "location": "느티동 행정복지센터 3층",
            "size": 62,
            "seats": 24,
            "hours": "평일 18:00–21:00 · 토요일 10:00–17:00",
            "phone": "062-000-0012",
            "access": "승강기, 장애인 화장실(2층)",
            "equipment": "접는 책상 12개, 의자 24개, 빔 프로젝터, 칠판",
        },
    ),
    (
        "jangteo-sarang",
        "장터동",
        False,
        {
            "name": "장터 사랑방",
            "location": "장터2길 9 (빈 점포)",
            "size": 28,
            "seats": 10,
            "hours": "매일 09:00–21:00",
            "phone": "062-000-0016",
            "access": "문턱에 경사로",
            "equipment": "둥근 탁자 2개, 전기 주전자, 난방기",
        },
    ),
    (
        "gangbyeon-work",
        "강변2동",
        False,
        {
            "name": "강변 작업실",
            "location": "강변남로 104, 1층",
            "size": 105,
            "seats": 40,
            "hours": "화요일–토요일 10:00–20:00",
            "phone": "062-000-0015",
            "fee": "시간당 5,000원",
            "access": "문턱 없는 입구, 장애인 화장실",
            "equipment": "3D 프린터 2대, 목공·전기 공구(안전교육을 받은 뒤 이용)",
        },
    ),
)
"""Code, dong, whether it is in its centre, and the rest of each room."""
SURNAMES = "김이박최정강조윤장임한오서신권황안송류홍"
GIVEN = [
    "서연",
    "민준",
    "지우",
    "도윤",
    "하은",
    "시우",
    "수아",
    "예준",
    "지호",
    "유나",
    "은우",
    "다은",
    "준서",
    "소율",
    "현우",
    "채원",
    "순자",
    "영호",
    "옥자",
    "재민",
    "정숙",
    "성훈",
    "미영",
    "동현",
    "경희",
    "상철",
    "말순",
    "철수",
    "금순",
    "병호",
    "혜진",
    "태양",
    "나래",
    "보람",
    "한결",
    "슬기",
]


def seed_places() -> None:
    """Areas with outlines and centres, through the same import that a city uses."""
    folder = Path(places.__file__).parent / "demo"
    import_areas(
        actor_ref=SYSTEM,
        data=(folder / "areas.csv").read_bytes(),
        outlines=(folder / "outlines.json").read_bytes(),
    )
    import_centres(actor_ref=SYSTEM, data=(folder / "centres.csv").read_bytes())
    for code, dong, in_centre, columns in ROOMS:
        area = Area.objects.get(name=dong)
        centre = Centre.objects.get(area=area) if in_centre else None
        room = Room(code=code, area=area, centre=centre, rules=ROOM_RULES, **columns)
        save_room(actor_ref=SYSTEM, room=room)


@transaction.atomic
def seed_rules() -> None:
    """Fields and departments; rules and texts come with the tables."""
    Field.objects.bulk_create(
        Field(slug=slug, name=name, english_name=english, position=place)
        for place, (slug, name, english) in enumerate(FIELDS)
    )
    Department.objects.bulk_create(
        Department(name=name, english_name=english, phone=phone)
        for name, english, phone in DEPARTMENTS
    )


@transaction.atomic
def seed_people() -> list[User]:
    """The people to log in as, then 300 confirmed residents; returns the residents' accounts."""
    centre = Centre.objects.get(code="neuti")
    for person in PEOPLE:
        user = User.objects.create_user(
            email=person.email, password=PASSWORD, name=person.name, home_area=centre.area
        )
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        if person.role:
            StaffRole.objects.create(
                user=user,
                kind=person.role,
                centre=centre if person.role in {"clerk", "coordinator"} else None,
                department=Department.objects.get(name="안전도시과")
                if person.role == RoleKind.OFFICIAL
                else None,
                valid_from=timezone.localdate() - timedelta(days=200),
                granted_by_ref=SYSTEM,
            )
            if person.role == RoleKind.OFFICIAL:  # one person, two departments: as in small towns
                StaffRole.objects.create(
                    user=user,
                    kind=person.role,
                    department=Department.objects.get(name="교통행정과"),
                    valid_from=timezone.localdate() - timedelta(days=60),
                    granted_by_ref=SYSTEM,
                )
            TOTP.activate(user, person.totp)
        if person.key == "citizen":
            confirm(user, person.name, _day(person.birth), centre.area, centre)
    confirm(None, WALK_IN[0], _day(WALK_IN[1]), centre.area, centre)
    return _neighbours()


def _neighbours() -> list[User]:
    """Accounts that nobody logs in as, spread over the dong by population; the same every time."""
    chance = random.Random(1387)  # noqa: S311 - made-up people, not a secret
    dongs = list(Area.objects.filter(kind="dong").order_by("code"))
    weights = [dong.population or 1 for dong in dongs]
    return _move_in(chance.choices(dongs, weights=weights, k=RESIDENTS), chance)


def fill_panel_of(dong: Area, size: int) -> list[User]:
    """So many people of a dong who are old enough for its panel, with new neighbours for the rest."""
    today = timezone.localdate()
    latest = date(today.year - PANEL_AGE, today.month, min(today.day, 28))
    able = User.objects.filter(resident__area=dong, resident__birth_date__lte=latest)
    chance = random.Random(1804)  # noqa: S311 - made-up people, not a secret
    _move_in([dong] * max(0, size - able.count()), chance, first=RESIDENTS, youngest=PANEL_AGE + 3)
    return list(able.order_by("pk"))


def _move_in(
    homes: Sequence[Area], chance: random.Random, *, first: int = 0, youngest: int = 9
) -> list[User]:
    locked = make_password(None)
    users = User.objects.bulk_create(
        User(
            email=f"neighbour{number}@madang.example",
            password=locked,
            name=chance.choice(SURNAMES) + chance.choice(GIVEN),
            home_area=home,
        )
        for number, home in enumerate(homes, start=first + 1)
    )
    EmailAddress.objects.bulk_create(
        EmailAddress(user=user, email=user.email, verified=True, primary=True) for user in users
    )
    residents = Resident.objects.bulk_create(
        _resident(user, user.name + str(number), _birth(chance, youngest), home)
        for number, (user, home) in enumerate(zip(users, homes, strict=True), start=first)
    )
    _note(residents, None)
    return users


def _birth(chance: random.Random, youngest: int) -> date:
    """Ages as a town has them: from school children (or grown-ups) to people past eighty."""
    age = min(88, max(youngest, int(chance.triangular(9, 88, 52))))
    return timezone.localdate() - timedelta(days=age * 365 + chance.randrange(365))


def confirm(
    user: User | None, name: str, birth: date, area: Area, centre: Centre | None
) -> Resident:
    """Store somebody whose card was seen at a centre."""
    resident = _resident(user, name, birth, area)
    resident.save()
    _note([resident], centre)
    return resident


def _resident(user: User | None, name: str, birth: date, area: Area) -> Resident:
    return Resident(
        identity_hash=identity_hash(settings.IDENTITY_KEY, name, birth),
        birth_date=birth,
        area=area,
        basis=Basis.LIVES,
        user=user,
        verified_until=timezone.localdate() + timedelta(days=300),
    )


def _note(residents: Sequence[Resident], centre: Centre | None) -> None:
    Verification.objects.bulk_create(
        Verification(
            resident=resident,
            method=VerificationMethod.CARD_SEEN,
            centre=centre,
            checked_by_ref=SYSTEM,
            valid_until=resident.verified_until,
        )
        for resident in residents
    )


def _day(digits: str) -> date:
    return datetime.strptime(digits, "%Y%m%d").date()  # noqa: DTZ007 - a day, not a moment
