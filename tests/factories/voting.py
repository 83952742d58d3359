"""Made-up contests, in each state, through the services that make real ones."""

from __future__ import annotations

import itertools
import uuid
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction
from django.utils import timezone

from residents.roles import RoleKind
from tests.factories.places import make_area, make_district
from tests.factories.residents import make_resident, make_user
from voting.models import Contest, ContestKind
from voting.services.casting import cast_ballot
from voting.services.clock import advance_contests
from voting.services.contests import OptionText, build_contest, freeze, open_contest
from voting.services.importing import import_ballots

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from residents.models import User
    from voting.services.casting import Receipt

_numbers = itertools.count(1)


def make_contest(
    *, keys: Sequence[str] = ("a", "b", "c"), costs: Sequence[int] | None = None, **columns: Any
) -> Contest:
    """Store a complete draft that opened a minute ago and closes in a day: choose one of three."""
    number = next(_numbers)
    now = timezone.now()
    area = columns.pop("area", None) or make_district()
    title = columns.pop("title", f"우리 동 의제 {number}")
    fields: dict[str, Any] = {
        "effect": "이 투표는 우선순위를 정합니다.",
        "opens_at": now - timedelta(hours=1),
        "closes_at": now + timedelta(days=1),
        "census": 1000,
        "bases": ["lives"],
        "tie_rule": "report",
        "publication": "full",
        "paper": False,
        "grace_seconds": 0,
        "revote": "until_close",
        "rule": "yes_no" if columns.get("kind") == ContestKind.YES_NO else "plurality",
        "rule_options": {"majority": {"of": "valid", "share": "1/2", "strict": True}}
        if columns.get("kind") == ContestKind.YES_NO
        else {},
        **columns,
    }
    with transaction.atomic():
        return build_contest(
            actor_ref="system",
            title=title,
            area=area,
            options=[
                OptionText(
                    key=key, title=f"의제 {key}", cost=Decimal(costs[place]) if costs else None
                )
                for place, key in enumerate(keys)
            ],
            **fields,
        )


def make_open_contest(**columns: Any) -> Contest:
    """The same, open."""
    contest = make_contest(**columns)
    with transaction.atomic():
        freeze(contest_id=contest.pk, actor_ref="system")
    assert open_contest(contest_id=contest.pk)
    contest.refresh_from_db()
    return contest


def make_voter(contest: Contest, **columns: Any) -> User:
    """An account of a confirmed resident who may vote in `contest`."""
    user = make_user()
    dong = columns.pop("area", None) or make_area(parent=contest.area)
    make_resident(user, area=dong, **columns)
    return user


def vote(contest: Contest, *keys: str, user: User | None = None) -> Receipt:
    """Cast a web ballot for `keys`, by a new voter unless `user` is given."""
    return cast_ballot(
        actor=user or make_voter(contest),
        contest_id=contest.pk,
        raw=list(keys),
        request_id=uuid.uuid4(),
    )


def make_clerk(centre: Any) -> User:
    """A clerk of `centre`."""
    return make_user(role=RoleKind.CLERK, centre=centre)


def pass_the_close(contest: Contest) -> None:
    """Let the hour of closing have passed: the one column is moved past the guard."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE voting_contest DISABLE TRIGGER voting_contest_moves")
        cursor.execute(
            "UPDATE voting_contest SET closes_at = now() - interval '1 hour', "
            "opens_at = least(opens_at, now() - interval '2 hours') WHERE id = %s",
            [contest.pk],
        )
        cursor.execute("ALTER TABLE voting_contest ENABLE TRIGGER voting_contest_moves")
    contest.refresh_from_db()


def run_to_the_end(contest: Contest) -> Contest:
    """Close, open the box, count and publish, as the clock would."""
    pass_the_close(contest)
    for _tick in range(3):
        advance_contests()
    contest.refresh_from_db()
    return contest


def make_published_contest(
    box: Mapping[tuple[str, str], int], *, keys: Sequence[str] = ("a", "b", "c"), **columns: Any
) -> Contest:
    """A published contest of a box as numbers: (marks text, channel) to how many ballots."""
    contest = make_contest(
        keys=keys, origin="imported", census=sum(box.values()) * 2, paper=True, **columns
    )
    rows = [one for one, number in box.items() for _ in range(number)]
    with transaction.atomic():
        import_ballots(contest, rows, actor_ref="system")
    for _tick in range(3):
        advance_contests()
    contest.refresh_from_db()
    return contest


def pass_the_objections(contest: Contest, days: int = 30) -> None:
    """Let the publications be some days old: the one column is moved past the guard."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE voting_publication DISABLE TRIGGER USER")
        cursor.execute(
            "UPDATE voting_publication SET published_at = published_at - make_interval(days => %s) "
            "WHERE contest_id = %s",
            [days, contest.pk],
        )
        cursor.execute("ALTER TABLE voting_publication ENABLE TRIGGER USER")
