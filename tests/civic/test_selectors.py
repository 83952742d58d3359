"""What the frame shows of several rooms at once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from civic.selectors import today_in
from proposals.lifecycle import AnswerKind
from proposals.services import refresh_figures
from tests.factories.places import make_area, make_district
from tests.factories.proposals import make_answer, make_proposal, make_reviewed, support
from tests.factories.voting import make_contest, make_open_contest
from voting.models import Contest
from voting.services.contests import freeze

pytestmark = pytest.mark.django_db


def test_a_dong_keeps_its_answers_however_many_the_town_gives_after_it() -> None:
    dong = make_area()
    own = make_answer(make_reviewed(area=dong), AnswerKind.ADOPTED)
    later = [make_answer(make_reviewed(), AnswerKind.NOT_ADOPTED) for _ in range(20)]
    assert today_in(dong).answers == (own,)
    assert today_in(None).answers == tuple(reversed(later[-6:]))


def test_proposals_come_nearest_first_and_what_is_done_latest_first() -> None:
    dong, today = make_area(), timezone.localdate()
    near, far = make_proposal(area=dong), make_proposal(area=dong)
    done = [
        make_proposal(area=dong, state="done", last_word_on=today - timedelta(days=ago))
        for ago in (3, 1, 2)
    ]
    make_proposal()
    support(near, 2)
    refresh_figures()
    shown = today_in(dong)
    assert [card.pk for card in shown.near] == [near.pk, far.pk]
    assert [card.pk for card in shown.done] == [done[1].pk, done[2].pk, done[0].pk]


def test_votes_that_close_or_open_first_stand_first() -> None:
    district = make_district()
    dong, now = make_area(parent=district), timezone.now()
    late, early = (
        make_open_contest(area=district, closes_at=now + timedelta(days=days)) for days in (9, 2)
    )
    soon, sooner = (
        make_contest(
            area=district,
            opens_at=now + timedelta(days=days),
            closes_at=now + timedelta(days=30),
        )
        for days in (9, 2)
    )
    for contest in (soon, sooner):
        freeze(contest_id=contest.pk, actor_ref="system")
    make_open_contest()

    def numbers(cards: tuple[object, ...]) -> list[int]:
        return [card.contest.pk for card in cards]  # type: ignore[attr-defined]  # vote cards

    shown = today_in(dong)
    assert numbers(shown.votes) == [early.pk, late.pk]
    assert numbers(shown.coming) == [sooner.pk, soon.pk]
    assert shown.results == ()
    assert Contest.objects.count() == 5
