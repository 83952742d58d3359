"""Votes of the invented town: one open with boxes of paper, one counted, one coming."""

from __future__ import annotations

import random
import time
import uuid
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from budgets.methods.greedy import GreedyOptions
from budgets.models import (
    Budget,
    BudgetState,
    CostLine,
    Project,
    ProjectReview,
    ProjectState,
)
from budgets.services.allocation import money_text
from civic.demo.named import ask_by_name
from civic.demo.pictures import PROJECT_PICTURES, drawn
from civic.demo.town import fill_panel_of
from civic.demo.undertakings import Undertaking, set_up
from civic.demo.voices import (
    ABOUT_AGENDA,
    ABOUT_BUDGET,
    ABOUT_PLAN,
    speak_of_projects,
    speak_of_vote,
)
from debates.services import open_thread
from places.models import Area, Centre
from proceedings.models import Field, PhaseKind
from proceedings.services import SYSTEM, advance_phases
from proposals.pictures import rewritten, thumbnail_of
from residents.models import Department, Resident, User
from voting.ballots import SheetKind
from voting.models import (
    Batch,
    Contest,
    ContestPreset,
    ContestState,
    SlotState,
    TurnoutPoint,
)
from voting.selectors import roll_entry_of, voter_standing
from voting.services.casting import cast_ballot
from voting.services.clock import advance_contests
from voting.services.contests import OptionText, build_contest, freeze, open_contest
from voting.services.counting import count_contest
from voting.services.figures import refresh_figures
from voting.services.leaves import sequence_leaves
from voting.services.paper import (
    SheetTyping,
    enter_sheet,
    issue_paper,
    open_batch,
    record_count,
    seal_batch,
    sign_batch,
)
from voting.services.stickers import correct_stickers, count_stickers

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

PROJECTS = (
    (
        "안심 골목 LED 보안등 교체",
        "느티동",
        "safety",
        "안전도시과",
        48_000_000,
        (("LED 보안등", 60, "등", 800_000),),
        "밤에 어두운 골목 60곳의 보안등을 밝고 전기를 덜 쓰는 등으로 바꿉니다.",
        "밤 9시 이후 골목 조도가 두 배로 오릅니다.",
    ),
    (
        "장터 입구 스마트 그늘막·온열의자",
        "장터동",
        "traffic",
        "교통행정과",
        62_500_000,
        (("스마트 그늘막", 3, "개", 12_500_000), ("온열의자", 5, "개", 5_000_000)),
        "여름에는 그늘, 겨울에는 따뜻한 의자. 새벽 시장에 나오는 분들이 기다리는 자리입니다.",
        "하루 1,200명이 쓰는 정류장입니다.",
    ),
    (
        "통학로 보도 턱 낮춤",
        "강변1동",
        "walking",
        "건설과",
        96_000_000,
        (("보도 턱 낮춤", 32, "곳", 3_000_000),),
        "초등학교 세 곳으로 가는 길의 보도 턱 32곳을 낮춥니다.",
        "유아차, 휠체어, 자전거가 멈추지 않습니다.",
    ),
    (
        "저지대 물막이판 미리 달기",
        "샘물동",
        "safety",
        "건설과",
        84_000_000,
        (("물막이판", 70, "가구", 1_200_000),),
        "신청을 기다리지 않고 반지하와 저지대 70가구에 먼저 찾아가 답니다.",
        "지난여름 침수된 34가구를 모두 포함합니다.",
    ),
    (
        "빈 점포 청소년 공부방",
        "장터동",
        "youth",
        "청년청소년과",
        118_000_000,
        (("점포 수선", 1, "식", 70_000_000), ("운영", 12, "월", 4_000_000)),
        "장터 안 빈 가게 두 곳을 고쳐 오후 5–9시에 여는 공부방으로 씁니다.",
        "하루 40명이 쓸 수 있습니다.",
    ),
    (
        "디지털 연습장과 도우미",
        "무등구",
        "welfare",
        "복지정책과",
        73_200_000,
        (("연습용 기기", 6, "대", 4_200_000), ("자원활동 도우미 활동비", 48, "명·월", 1_000_000)),
        "여섯 동 행정복지센터에 눌러 보고 틀려도 되는 기기와 도우미를 둡니다.",
        "어르신이 무인 주문과 온라인 신청을 스스로 하게 됩니다.",
    ),
    (
        "강변 쉼터 음수대·벤치",
        "강변2동",
        "environment",
        "환경과",
        39_600_000,
        (("음수대", 2, "대", 9_000_000), ("벤치", 18, "개", 1_200_000)),
        "하천 산책로에 물을 마시고 앉을 자리를 만듭니다.",
        "500m마다 쉬어 갈 수 있습니다.",
    ),
    (
        "우리 동 소리 기록관",
        "샘물동",
        "culture",
        "문화예술과",
        19_800_000,
        (("채록", 30, "회", 360_000), ("편집·전시", 1, "식", 9_000_000)),
        "옛 우물터 이야기를 아는 분들의 목소리를 녹음해 함께 듣습니다.",
        "30편의 이야기를 누리집과 전시로 남깁니다.",
    ),
)
AGENDA = (
    ("nemo", "느티나무 쉼터를 밤 10시까지 열기"),
    ("path", "등굣길 교통 지킴이 늘리기"),
    ("food", "혼자 밥 먹지 않는 화요일"),
    ("trash", "그림으로 된 배출 안내판"),
    ("well", "우물터 이야기 길 만들기"),
)
MARKET = (
    ("shade", "장터 골목에 그늘막 늘리기"),
    ("late", "작은도서관 저녁 9시까지 열기"),
    ("cart", "어르신 장바구니 함께 끌기"),
    ("stage", "장날마다 청소년 무대"),
)
HEADS = (
    ("h1", "그늘과 우물이 있는 동"),
    ("h2", "문 여는 센터, 밤 8시"),
    ("h3", "빈집을 이웃집으로"),
)
"""Pledges of those who want to be head of 솔머리동; the panel ranks them."""
PANEL = 60
"""People on that panel, as many as its draw by lot has seats (`civic.demo.draws`)."""

LAST_CONTEST = "느티동 자치계획 찬반 투표"
"""What the demo makes last; once it is there, the town is whole."""

PLAN = (
    ("p1", "주민자치회가 마을 축제 예산의 절반을 돌봄에 쓴다"),
    ("p2", "행정복지센터 3층을 주말에도 연다"),
    ("p3", "골목 주차 구역을 주민이 함께 정한다"),
)


class Ballots:
    """Who votes how in the demo, the same every time."""

    def __init__(self, users: Sequence[User]) -> None:
        self.users = list(users)
        self.chance = random.Random(814)  # noqa: S311 - made-up votes, not a secret

    def picks(self, keys: Sequence[str], most: int) -> list[str]:
        """Some options, the first ones more often, so that results have a shape."""
        weights = [len(keys) - place for place in range(len(keys))]
        count = self.chance.choice([most, most, max(1, most - 1)])
        chosen: list[str] = []
        while len(chosen) < count:
            key = self.chance.choices(list(keys), weights=weights)[0]
            if key not in chosen:
                chosen.append(key)
        return chosen

    def order(self, keys: Sequence[str]) -> list[str]:
        """Some options in order: nearly level at first, so that the count takes rounds."""
        rest = list(keys)
        first = self.chance.choices(rest, weights=[4, *[3] * (len(rest) - 1)])[0]
        rest.remove(first)
        self.chance.shuffle(rest)
        return [first, *rest][: self.chance.choice([1, 2, len(keys), len(keys)])]


def seed_votes(users: Sequence[User], say: Callable[[str], None]) -> None:
    """The contests of the town, and this year's budget."""
    ballots = Ballots(users)
    say("올해 참여예산 투표")
    began = time.monotonic()
    this_years_budget(ballots)
    slow = int(2 * (time.monotonic() - began))  # what a slow machine needs for as many ballots
    say("마을의제 투표와 종이 투표함")
    finished_agenda(ballots, seconds=max(40, slow))
    draft_agenda()
    ask_by_name(users[60:110], 34)
    speak_of_vote(ballots.users, coming_plan(), ABOUT_PLAN)
    refresh_figures()


def this_years_budget(ballots: Ballots) -> None:
    """The budget of the coming year, open to vote, with two boxes of paper at one centre."""
    district = Area.objects.get(name="무등구")
    closes = timezone.localtime().replace(hour=18, minute=0, second=0, microsecond=0)
    closes += timedelta(days=5)
    year = closes.year + 1
    process = set_up(
        Undertaking(
            f"budget-{year}",
            f"{year}년 주민참여예산",
            "무등구",
            "제안을 모으고, 부서가 살펴보고, 주민이 투표로 정합니다.",
            (
                (PhaseKind.PROPOSE, "제안 모으기", "", -120, -75),
                (PhaseKind.REVIEW, "부서 검토", "", -75, -20),
                (PhaseKind.VOTE, "주민 투표", "", -6, 6),
                (PhaseKind.RESULT, "결과 발표", "", 6, 12),
                (PhaseKind.EXECUTION, "집행", "", 40, 400),
            ),
        )
    )
    advance_phases()
    budget = Budget.objects.create(
        title=f"{year}년 주민참여예산",
        summary="여덟 사업을 모두 더하면 5억 4,110만 원입니다. 3억 원 안에서 무엇을 먼저 할지 주민이 고릅니다.",
        area=district,
        process=process,
        year=year,
        cap=300_000_000,
        rule=GreedyOptions(tie_orders=("lower_cost",)).as_data(),
        state=BudgetState.VOTING,
        effect="이 투표로 뽑힌 사업을 내년 예산안에 넣습니다. 예산은 구의회가 확정합니다.",
    )
    projects = [_project(budget, place, row) for place, row in enumerate(PROJECTS, start=1)]
    with transaction.atomic():
        contest = build_contest(
            actor_ref=SYSTEM,
            title=f"{year}년 주민참여예산 투표",
            area=district,
            preset=ContestPreset.objects.get(slug="budget-district"),
            options=[
                OptionText(
                    key=project.code,
                    title=project.title,
                    detail=project.summary,
                    url=project.get_absolute_url(),
                    group=project.area.name,
                    cost=project.cost,
                )
                for project in projects
            ],
            process=process,
            outcome="allocation",
            summary=budget.summary,
            effect=budget.effect,
            decided_by="무등구의회",
            max_picks=3,
            group_picks=None,
            ordinance="무등구 주민참여예산 운영 조례 제9조(주민투표)",
            census=111_980,
            age_on=timezone.localdate(),
            opens_at=closes.replace(hour=9) - timedelta(days=11),
            closes_at=closes,
            result_on=closes.date() + timedelta(days=1),
            centres=list(Centre.objects.all()),
            rule_options={
                "allocation": {
                    **GreedyOptions(tie_orders=("lower_cost",)).as_data(),
                    "budget": money_text(Decimal(300_000_000)),
                },
            },
        )
        budget.contest = contest
        budget.save(update_fields=["contest"])
        Project.objects.filter(budget=budget).update(state=ProjectState.ON_BALLOT)
        freeze(contest_id=contest.pk, actor_ref=SYSTEM)
    open_contest(contest_id=contest.pk)
    keys = [project.code for project in projects]
    order = [keys[0], keys[3], keys[2], keys[1], keys[5], keys[4], keys[6], keys[7]]
    _cast(contest, ballots.users[:150], lambda: ballots.picks(order, 3))
    _paper(contest, ballots, order, 24, certified=True)
    _paper(contest, ballots, order, 9, certified=False)
    _turnout(contest, 5)
    speak_of_projects(ballots.users, projects)
    speak_of_vote(ballots.users, contest, ABOUT_BUDGET)


def _project(budget: Budget, place: int, row: tuple) -> Project:  # type: ignore[type-arg]  # a row of the table above
    title, dong, field, department, cost, lines, summary, effect = row
    project = Project.objects.create(
        budget=budget,
        code=f"B{place}",
        title=title,
        summary=summary,
        area=Area.objects.get(name=dong),
        field=Field.objects.get(slug=field),
        department=Department.objects.get(name=department),
        cost=cost,
        state=ProjectState.ELIGIBLE,
    )
    if title in PROJECT_PICTURES:
        scene, project.picture_alt = PROJECT_PICTURES[title]
        image = drawn(scene)
        picture = rewritten(image, len(image.getvalue()))
        project.picture.save("picture.jpg", picture, save=False)
        project.thumbnail.save("picture-s.jpg", thumbnail_of(picture), save=False)
        project.save(update_fields=["picture", "thumbnail", "picture_alt"])
    project.thread = open_thread(
        title=project.title, url=project.get_absolute_url(), area=project.area
    )
    project.save(update_fields=["thread"])
    CostLine.objects.bulk_create(
        CostLine(project=project, label=label, quantity=quantity, unit=unit, unit_price=price)
        for label, quantity, unit, price in lines
    )
    ProjectReview.objects.create(
        project=project,
        department=Department.objects.get(name=department),
        is_eligible=True,
        note="현장을 확인했고 내년 안에 할 수 있습니다. 사업비는 산출내역과 같습니다.",
        reviewed_cost=cost,
        expected_effect=effect,
        reviewed_by_ref=SYSTEM,
    )
    return project


def _voters(contest: Contest, users: Sequence[User]) -> list[User]:
    """Those of the neighbours who may vote and have not."""
    able = []
    for user in users:
        resident = Resident.objects.select_related("area").get(user=user)
        old_enough = contest.min_age is None or (
            (timezone.localdate() - resident.birth_date).days // 366 >= contest.min_age
        )
        if old_enough and roll_entry_of(contest, resident) is None:
            able.append(user)
    return able


def _cast(contest: Contest, users: Sequence[User], choose: Callable[[], object]) -> None:
    for user in _voters(contest, users):
        cast_ballot(actor=user, contest_id=contest.pk, raw=choose(), request_id=uuid.uuid4())
    sequence_leaves(contest.pk)


def _staff(key: str) -> User:
    return User.objects.get(email=f"{key}@madang.example")


def _paper(
    contest: Contest, ballots: Ballots, keys: Sequence[str], count: int, *, certified: bool
) -> Batch:
    """A box at 느티동: handed out, and if `certified` counted, typed twice and signed."""
    first, second = _staff("clerk-a"), _staff("clerk-b")
    centre = Centre.objects.get(code="neuti")
    batch = open_batch(actor=first, second=second, contest_id=contest.pk, centre=centre)
    voters = _voters(contest, ballots.users[150:])[:count]
    for user in voters:
        issue_paper(
            actor=first,
            batch_id=batch.pk,
            resident=Resident.objects.select_related("area").get(user=user),
            request_id=uuid.uuid4(),
        )
    if certified:
        most = contest.max_picks
        sheets = [SheetTyping(ballots.picks(keys, most)) for _ in voters[:-2]]
        sheets += [SheetTyping([], SheetKind.BLANK), SheetTyping([], SheetKind.VOID, "crossed_out")]
        close_box(batch, first, second, sheets)
    return batch


def close_box(batch: Batch, first: User, second: User, sheets: Sequence[SheetTyping]) -> None:
    """Seal, count, type twice and sign a box whose sheets are known."""
    seals = ", ".join(f"무등-{19 + 2 * batch.pk + place:04}" for place in range(2))
    seal_batch(actor=first, second=second, batch_id=batch.pk, seal_numbers=seals)
    for clerk in (first, second):
        record_count(
            actor=clerk,
            batch_id=batch.pk,
            sheets=len(sheets),
            stubs=len(sheets),
            signatures=len(sheets),
        )
    for pass_number, clerk in ((1, first), (2, second)):
        for number, typing in enumerate(sheets, start=1):
            enter_sheet(
                actor=clerk,
                batch_id=batch.pk,
                number=number,
                pass_number=pass_number,
                typing=typing,
            )
    for clerk in (first, second):
        sign_batch(actor=clerk, batch_id=batch.pk)


def _turnout(contest: Contest, days: int) -> None:
    """The line of turnout over the days since the opening, ending where the real figures stand."""
    refresh_figures()
    figures = contest.figures
    figures.refresh_from_db()
    now = timezone.now().replace(minute=0, second=0, microsecond=0)
    steps = days * 4
    TurnoutPoint.objects.bulk_create(
        (
            TurnoutPoint(
                contest=contest,
                hour=now - timedelta(hours=6 * (steps - step)),
                web=figures.web * step**2 // steps**2,
                paper=figures.paper * step // steps,
            )
            for step in range(1, steps)
        ),
        ignore_conflicts=True,
    )


def wait_for_the_close(contest: Contest) -> None:
    """Sit through the last seconds of voting."""
    while contest.closes_at and timezone.now() < contest.closes_at:
        time.sleep(0.5)


def finished_agenda(
    ballots: Ballots,
    *,
    seconds: int = 40,
    close: Callable[[Contest], None] = wait_for_the_close,
) -> None:
    """A contest that closes while the town is being filled: counted and published for real."""
    with transaction.atomic():
        contest = build_contest(
            actor_ref=SYSTEM,
            title="무등구 마을의제 우선순위",
            area=Area.objects.get(name="무등구"),
            preset=ContestPreset.objects.get(slug="gwangju"),
            options=[OptionText(key=key, title=title) for key, title in AGENDA],
            summary="주민총회에 올린 다섯 의제 가운데 먼저 할 일을 골랐습니다.",
            effect="이 투표는 주민총회의 우선순위를 정합니다. 실행 계획은 주민자치회가 세웁니다.",
            decided_by="무등구 주민자치회 연합회",
            census=111_980,
            age_on=timezone.localdate(),
            seats=3,
            grace_seconds=0,
            opens_at=timezone.now() - timedelta(seconds=5),
            closes_at=timezone.now() + timedelta(seconds=seconds),
            centres=[Centre.objects.get(code="neuti")],
        )
        freeze(contest_id=contest.pk, actor_ref=SYSTEM)
    open_contest(contest_id=contest.pk)
    speak_of_vote(ballots.users, contest, ABOUT_AGENDA)
    keys = [key for key, _title in AGENDA]
    _cast(contest, ballots.users[:110], lambda: ballots.picks(keys, 3))
    batch = _paper(contest, ballots, keys, 26, certified=False)
    first, second = _staff("clerk-a"), _staff("clerk-b")
    count_boards(contest, first, second)
    handed = batch.stubs.filter(roll_entry__slot__state=SlotState.PAPER_ISSUED).count()
    sheets = [SheetTyping(ballots.picks(keys, 3)) for _ in range(handed - 1)]
    sheets.append(SheetTyping([], SheetKind.BLANK))
    close_box(batch, first, second, sheets)
    head = head_panel(ballots, contest)
    for one in (contest, head):
        close(one)
    run_the_clock()


def count_boards(contest: Contest, first: User, second: User) -> None:
    """Two boards of the assembly with stickers, one of them corrected: beside the votes."""
    centre = Centre.objects.get(code="neuti")
    keys = [key for key, _title in AGENDA]
    for place, figures in (("총회장 입구", (41, 63, 122, 58, 37)), ("", (19, 22, 47, 31, 9))):
        board = count_stickers(
            actor=first,
            contest_id=contest.pk,
            centre=centre,
            place=place,
            day=timezone.localdate(),
            counts=dict(zip(keys, figures, strict=True)),
        )
    correct_stickers(
        actor=second,
        board=board,
        counts=dict(zip(keys, (19, 22, 51, 31, 9), strict=True)),
        reason="접힌 자리에 붙은 네 장을 빠뜨렸습니다.",
    )


def head_panel(ballots: Ballots, beside: Contest) -> Contest:
    """A panel drawn by lot ranks three candidates; the first two are recommended. Ends with the
    vote `beside`.
    """
    dong = Area.objects.get(name="솔머리동")
    panel = fill_panel_of(dong, PANEL)
    with transaction.atomic():
        contest = build_contest(
            actor_ref=SYSTEM,
            title="솔머리동장 추천",
            area=dong,
            preset=ContestPreset.objects.get(slug="dong-head-rank"),
            options=[OptionText(key=key, title=f"〈{pledge}〉") for key, pledge in HEADS],
            summary=(
                "개방형으로 뽑는 솔머리동장의 임기는 2년입니다. 후보 세 명이 정견발표를 생중계로 하고 주민이 미리 "
                f"보낸 질문 31건에 답했으며, 주민평가단 {PANEL}명이 순위를 매깁니다. "
                "평가단은 신청한 214명 가운데 추첨했습니다(청년 15명, 성별 균등, 외국인주민 3명)."
            ),
            effect=(
                "상위 2명을 인사위원회에 추천합니다. "
                "이 투표는 추천이며 임용은 인사위원회와 구청장이 정합니다."
            ),
            census=PANEL,
            age_on=timezone.localdate(),
            max_picks=len(HEADS),
            paper=False,
            grace_seconds=0,
            opens_at=timezone.now() - timedelta(seconds=5),
            closes_at=beside.closes_at,
        )
        freeze(contest_id=contest.pk, actor_ref=SYSTEM)
    open_contest(contest_id=contest.pk)
    contest.refresh_from_db()
    keys = [key for key, _pledge in HEADS]
    able = [one for one in panel if voter_standing(contest, one).refusal is None]
    for user in able[: len(able) * 9 // 10]:
        raw = {key: str(place) for place, key in enumerate(ballots.order(keys), start=1)}
        cast_ballot(actor=user, contest_id=contest.pk, raw=raw, request_id=uuid.uuid4())
    sequence_leaves(contest.pk)
    return contest


def run_the_clock() -> None:
    """Let everything that is due happen now; the count is not left to a worker that is not up."""
    for _tick in range(3):
        advance_contests()
        for contest in Contest.objects.filter(state=ContestState.OPENED):
            count_contest(contest_id=contest.pk)


def draft_agenda() -> None:
    """A draft that lacks two things, so that the office's list of what is missing is seen alive."""
    opens = timezone.localtime().replace(hour=9, minute=0, second=0, microsecond=0)
    with transaction.atomic():
        build_contest(
            actor_ref=SYSTEM,
            title="장터동 마을의제 우선순위",
            area=Area.objects.get(name="장터동"),
            preset=ContestPreset.objects.get(slug="gwangju"),
            options=[OptionText(key=key, title=title) for key, title in MARKET],
            summary="내년에 장터동이 먼저 할 일을 고릅니다. 주민총회에 올린 네 의제입니다.",
            decided_by="장터동 주민자치회",
            census=Area.objects.get(name="장터동").population,
            age_on=opens.date() + timedelta(days=20),
            opens_at=opens + timedelta(days=11),
            closes_at=opens + timedelta(days=20, hours=9),
            result_on=opens.date() + timedelta(days=21),
            seats=2,
            tie_rule="",
        )


def coming_plan() -> Contest:
    """A yes/no contest of one dong that opens in three days."""
    dong = Area.objects.get(name="느티동")
    opens = timezone.localtime().replace(hour=9, minute=0, second=0, microsecond=0)
    with transaction.atomic():
        contest = build_contest(
            actor_ref=SYSTEM,
            title=LAST_CONTEST,
            area=dong,
            preset=ContestPreset.objects.get(slug="songdo"),
            options=[OptionText(key=key, title=title) for key, title in PLAN],
            summary="주민자치회가 세운 내년 계획 세 가지에 하나씩 찬성이나 반대를 고릅니다.",
            effect="찬성이 과반인 계획만 내년에 실행합니다.",
            decided_by=f"{dong.name} 주민자치회",
            census=dong.population,
            age_on=timezone.localdate(),
            min_picks=1,
            max_picks=len(PLAN),
            opens_at=opens + timedelta(days=3),
            closes_at=opens + timedelta(days=7, hours=9),
            centres=[Centre.objects.get(code="neuti")],
        )
        freeze(contest_id=contest.pk, actor_ref=SYSTEM)
    return contest
