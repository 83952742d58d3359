"""What the frame shows of several rooms at once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from budgets.models import Budget
from civic.selectors import plan_vote, today_in
from proposals.lifecycle import AnswerKind
from proposals.services import refresh_figures
from tests.factories.budgets import make_budget
from tests.factories.places import make_area, make_district
from tests.factories.proceedings import make_phase, make_process
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


def test_a_process_stands_with_its_budget_and_lends_it_the_days_left() -> None:
    process = make_process()
    make_phase(process=process, closes_at=timezone.now() + timedelta(days=4))
    budget = make_budget(area=process.area)
    Budget.objects.filter(pk=budget.pk).update(process=process)
    [running] = today_in(None).running
    assert (running.title, running.sum) == (budget.title, "D-4")


def test_budgets_and_processes_under_way_stand_where_they_concern_somebody() -> None:
    district, now = make_district(), timezone.now()
    dong = make_area(parent=district)
    budget = make_budget(area=district)
    Budget.objects.filter(pk=make_budget(area=district).pk).update(state="settled")
    elsewhere, process = make_budget(), make_process(area=dong)
    make_phase(process=process, title="제안 받기", closes_at=now + timedelta(days=3))
    make_phase(process=process, opens_at=now + timedelta(days=3), closes_at=now + timedelta(days=9))
    make_phase(process=make_process(area=dong, is_public=False))
    running, of_process = today_in(dong).running
    assert (running.title, running.url) == (budget.title, budget.get_absolute_url())
    assert running.badge == "사업 모으기"
    assert running.meta[0] == ("budget", "한도 3억 원")
    assert (of_process.title, of_process.badge, of_process.sum) == (
        process.title,
        "제안 받기",
        "D-3",
    )
    assert elsewhere.title in {card.title for card in today_in(None).running}


def test_a_decided_plan_leads_to_its_result_and_any_other_to_its_page() -> None:
    assert plan_vote(Contest(pk=7, state="published")).url == "/votes/7/result/"
    assert plan_vote(Contest(pk=7, state="frozen")).url == "/votes/7/"
