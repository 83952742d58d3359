"""Last year's budget of the invented town: voted on, given out, and now being carried out."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from budgets.models import Budget, BudgetState, Milestone, Project, ProjectState
from budgets.pabulib import PabulibBallot, PabulibElection, PabulibProject
from budgets.services.allocation import allocate_due
from budgets.services.importing import store_election
from civic.demo.backdating import as_of
from civic.demo.votes import run_the_clock
from places.models import Area
from proceedings.services import SYSTEM

LAST_YEAR = (
    ("A1", "어린이 놀이터 모래 교체", 39_500_000),
    ("A2", "느티나무 아래 평상", 12_500_000),
    ("A3", "버스 정류장 안내판", 58_000_000),
    ("A4", "작은도서관 야간 개방", 66_000_000),
    ("A5", "강변 자전거 거치대", 23_000_000),
    ("A6", "시장 공용 화장실 수선", 74_000_000),
    ("A7", "동네 의자 서른 개", 9_600_000),
)
LAST_WISHES: dict[tuple[str, ...], int] = {
    ("A6", "A4", "A1"): 55,
    ("A2", "A3", "A5", "A7"): 40,
    ("A1", "A2", "A7"): 5,
}
"""What last year's voters chose from, and how many in a hundred: by votes most goes to the first."""


def last_years_budget() -> None:
    """Last year's vote, brought in as a PaBuLib file, allocated, and now being carried out."""
    chance = random.Random(2025)  # noqa: S311 - made-up votes, not a secret
    last = timezone.localdate().year - 1
    wishes, weights = list(LAST_WISHES), list(LAST_WISHES.values())
    rows = []
    for number in range(1, 421):
        keys = chance.choices(wishes, weights=weights)[0]
        picks = chance.sample(keys, chance.choice([2, 3, 3]))
        extra = {"voting_method": "paper" if chance.random() < 0.45 else "internet"}
        rows.append(PabulibBallot(voter_id=str(number), choices=tuple(sorted(picks)), extra=extra))
    election = PabulibElection(
        meta={
            "description": f"{last + 1}년 주민참여예산",
            "country": "South Korea",
            "unit": "무등구",
            "instance": str(last + 1),
            "num_projects": str(len(LAST_YEAR)),
            "num_votes": str(len(rows)),
            "budget": "180000000",
            "rule": "greedy",
            "vote_type": "approval",
            "date_begin": f"08.09.{last}",
            "date_end": f"19.09.{last}",
            "max_length": "3",
            "currency": "KRW",
        },
        projects=tuple(
            PabulibProject(project_id=key, cost=cost, name=name) for key, name, cost in LAST_YEAR
        ),
        ballots=tuple(rows),
    )
    decided = datetime(last, 9, 22, 10, tzinfo=timezone.get_current_timezone())
    with as_of(decided):
        with transaction.atomic():
            budget = store_election(
                actor_ref=SYSTEM,
                election=election,
                area=Area.objects.get(name="무등구"),
                source="지난해 투표 자료",
            )
        run_the_clock()
        allocate_due()
    _execute(budget, decided.date())


def _execute(budget: Budget, decided: date) -> None:
    """Milestones of the projects that were selected: some done, one late, some to come.

    All lie after the day on which the budget was `decided`, drawn together early in a year.
    """
    today = timezone.localdate()
    pace = min(1.0, (today - decided).days / 160)

    def day(ahead: int) -> date:
        return today + timedelta(days=round(ahead * pace))

    plan = (("설계", -150, -148, 10), ("공사 계약", -90, -70, 30), ("시공", -20, None, 0))
    for place, project in enumerate(budget.projects.filter(state=ProjectState.SELECTED)):
        done_all = place == 0
        Milestone.objects.bulk_create(
            Milestone(
                project=project,
                title=title,
                planned_on=day(planned + place * 12),
                done_on=day(done + place * 3)
                if done is not None
                else (day(-6) if done_all else None),
                note="현장 사진은 동 게시판에 있습니다." if done is not None or done_all else "",
                spent=project.cost * share / 100 if not done_all else project.cost * 32 / 100,
            )
            for title, planned, done, share in plan
        )
        Project.objects.filter(pk=project.pk).update(
            state=ProjectState.DONE if done_all else ProjectState.EXECUTING
        )
    Budget.objects.filter(pk=budget.pk).update(state=BudgetState.EXECUTING)
