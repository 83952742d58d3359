"""The demo town with more in it: a ballot box at every step, and what a citizen has of their own."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django.apps import apps

from civic.demo.last_year import last_years_budget
from civic.demo.talk import seed_talk
from civic.demo.town import seed_people, seed_places, seed_rules
from civic.demo.votes import (
    Ballots,
    coming_plan,
    draft_agenda,
    finished_agenda,
    run_the_clock,
    this_years_budget,
)
from debates.models import Comment, Debate, Position
from debates.services.opinions import post_comment
from places.models import Area, Centre
from proposals.models import Proposal, ProposalState
from proposals.services import publish_proposal, save_draft, support_proposal
from residents.models import Resident, User
from tests.factories.places import make_area
from tests.factories.proposals import words
from tests.factories.residents import make_resident
from tests.factories.rolls import make_named, take_over
from tests.factories.voting import make_contest, make_open_contest, pass_the_close, vote
from voting.ballots import SheetKind
from voting.models import (
    Batch,
    BatchState,
    Contest,
    ProvisionalCause,
    RollChange,
    RollRequest,
)
from voting.services.paper import (
    SheetTyping,
    ask_correction,
    enter_sheet,
    issue_paper,
    open_batch,
    record_count,
    seal_batch,
    sign_batch,
    spoil_paper,
)
from voting.services.provisional import (
    accept_provisional,
    register_provisional,
    reject_provisional,
)
from voting.services.rights import Wanted, ask_roll_change, refuse_roll_request

if TYPE_CHECKING:
    from collections.abc import Sequence

STOPS = (
    BatchState.SEALED,
    BatchState.COUNTED,
    BatchState.ENTERING,
    BatchState.COMPARED,
    BatchState.RECONCILED,
    BatchState.CERTIFIED,
)
"""Where a box of the village stops; one more is open already."""


@dataclass(frozen=True)
class Village:
    """Rows that pages are asked for by number."""

    draft: Proposal
    own: Proposal
    opinion: Comment
    others_opinion: Comment
    open_vote: Contest
    finished_vote: Contest
    coming_vote: Contest
    boxes: dict[str, Batch]
    resident: Resident
    office: Office


@dataclass(frozen=True)
class Office:
    """What the office meets seldom: a roll from a file, changes of a roll, a lot to draw."""

    with_roll: Contest
    fixed: Contest
    not_on_roll: Resident
    waiting: RollRequest
    decided: RollRequest
    tied: Contest


def person(key: str) -> User:
    """One of the demo's people."""
    return User.objects.get(email=f"{key}@madang.example")


def bring_back_rows_of_migrations() -> None:
    """House rules, presets and consent texts, which emptying the tables between tests takes away."""
    import_module("residents.migrations.0004_first_consent_texts").add_texts(apps, None)
    rules = import_module("debates.migrations.0004_first_house_rules")
    rules.add_rules(apps, None)
    for presets in ("0008_first_presets", "0012_ranked_presets", "0016_weighted_budget_presets"):
        import_module(f"voting.migrations.{presets}").add_presets(apps, None)
    for changes in ("0013_seats_by_part", "0020_whole_presets"):
        import_module(f"voting.migrations.{changes}").change_presets(apps, None)
    import_module("voting.migrations.0021_presets_on_plans").mark_presets(apps, None)
    import_module("proposals.migrations.0005_first_support_presets").add_presets(apps, None)


def settle() -> Village:
    """Fill the town as the demo does, without waiting for a vote to end, and add to it."""
    bring_back_rows_of_migrations()
    seed_places()
    seed_rules()
    users = seed_people()
    seed_talk(users)
    ballots = Ballots(users)
    last_years_budget()
    this_years_budget(ballots)
    finished_agenda(ballots, seconds=3600, close=pass_the_close)
    draft_agenda()
    coming_plan()
    citizen, neuti = person("citizen"), Area.objects.get(name="느티동")
    draft = save_draft(actor=citizen, words=words(area=neuti))
    own = publish_proposal(
        actor=citizen, draft_id=save_draft(actor=citizen, words=words(area=neuti)).pk
    )
    other = Proposal.objects.filter(state=ProposalState.GATHERING).exclude(pk=own.pk).first()
    assert other is not None
    support_proposal(actor=citizen, proposal_id=other.pk)
    debate = Debate.objects.order_by("-pk")[0]
    opinion = post_comment(
        actor=citizen,
        thread_id=debate.thread_id,
        body="저는 조금 다르게 봅니다. 저녁에도 한번 걸어 보면 좋겠습니다.",
        position=Position.NEUTRAL,
    )
    by_title = {contest.title: contest for contest in Contest.objects.all()}
    running = Contest.objects.filter(state="open").get()
    return Village(
        draft=draft,
        own=own,
        opinion=opinion,
        others_opinion=Comment.objects.exclude(author=citizen).order_by("-pk")[0],
        open_vote=running,
        finished_vote=by_title["무등구 마을의제 우선순위"],
        coming_vote=by_title["느티동 자치계획 찬반 투표"],
        boxes=boxes_at_every_step(running, neuti),
        resident=Resident.objects.filter(user__isnull=True)[0],
        office=seldom_at_the_office(),
    )


def seldom_at_the_office() -> Office:
    """A draft whose roll came from a file, a fixed roll to be repaired, and equal votes."""
    administrator, coordinator = person("administrator"), person("coordinator")
    with_roll = make_contest(roll_mode="fixed")
    dong = make_area(parent=with_roll.area)
    make_named("김무등", area=dong)
    take_over(with_roll, administrator, "김무등,19580312")
    fixed = make_open_contest(
        roll_mode="fixed", centres=[Centre.objects.get(code="neuti")],
        paper=True,
    )  # fmt: skip
    there = make_area(parent=fixed.area)
    people = [make_named(name, area=there) for name in ("이하나", "이두리", "이세찬")]
    wanted = Wanted(RollChange.ADD, "신청서가 늦게 접수되었습니다.")
    waiting, decided = (
        ask_roll_change(actor=administrator, contest_id=fixed.pk, resident=one, wanted=wanted)
        for one in people[:2]
    )
    refuse_roll_request(actor=coordinator, request_id=decided.pk, note="다른 동에 삽니다.")
    tied = make_open_contest(tie_rule="lot", lot_source="참관인이 주사위 세 개를 던집니다.")
    for key in ("a", "b"):
        vote(tied, key)
    pass_the_close(tied)
    run_the_clock()
    return Office(with_roll, fixed, people[2], waiting, decided, tied)


def boxes_at_every_step(contest: Contest, area: Area) -> dict[str, Batch]:
    """One box at each stop, and the one that the demo left open, now with a spoiled sheet."""
    first, second, third = person("clerk-a"), person("clerk-b"), person("coordinator")
    centre = Centre.objects.get(code="neuti")
    demo_box = Batch.objects.get(contest=contest, centre=centre, state=BatchState.OPEN)
    seal_batch(actor=first, second=second, batch_id=demo_box.pk, seal_numbers="0101")
    boxes = {}
    for stop in STOPS:
        box = open_batch(actor=first, second=second, contest_id=contest.pk, centre=centre)
        for _ in range(3):
            hand_out(first, box, area)
        bring_to(box, stop, (first, second, third))
        boxes[stop.value] = box
    opened = open_batch(actor=first, second=second, contest_id=contest.pk, centre=centre)
    serial = hand_out(first, opened, area)
    spoil_paper(actor=first, batch_id=opened.pk, serial=serial, request_id=uuid4())
    hand_out(first, opened, area)
    envelopes(first, second, opened, area)
    boxes[BatchState.OPEN.value] = opened
    ask_correction(
        actor=first,
        batch_id=boxes["certified"].pk,
        what="투표지 2번과 3번의 순서가 바뀌었습니다.",
        why="확인서를 붙이기 전에 봉투와 다시 견주다가 알았습니다.",
        evidence="투표지 2번과 3번, 사진 1장",
    )
    return boxes


def envelopes(first: User, second: User, box: Batch, area: Area) -> None:
    """Three provisional envelopes of a box: one accepted, one rejected, one that waits."""
    for _each in range(3):
        register_provisional(
            actor=first,
            batch_id=box.pk,
            cause=ProvisionalCause.ROLL_UNREACHABLE,
            request_id=uuid4(),
        )
    both: dict[str, Any] = {"actor": first, "second": second, "batch_id": box.pk}
    accept_provisional(**both, number=1, resident=make_resident(area=area))
    reject_provisional(**both, number=2, refusal="no_name")


def hand_out(clerk: User, box: Batch, area: Area) -> int:
    """Give a sheet to somebody new; returns the stub's number."""
    stub = issue_paper(
        actor=clerk, batch_id=box.pk, resident=make_resident(area=area), request_id=uuid4()
    )
    return int(stub.serial)


def bring_to(box: Batch, stop: BatchState, clerks: Sequence[User]) -> None:
    """Take a box of three sheets as far as `stop`; the compared one has a sheet that differs."""
    first, second, _third = clerks
    seal_batch(actor=first, second=second, batch_id=box.pk, seal_numbers="0102, 0103")
    if stop is BatchState.SEALED:
        return
    for clerk in (first, second):
        record_count(
            actor=clerk,
            batch_id=box.pk,
            sheets=3,
            stubs=3,
            signatures=2 if stop is BatchState.COMPARED else 3,
        )
    if stop is BatchState.COUNTED:
        return
    sheets = [SheetTyping(["B1", "B2"]), SheetTyping(["B3"]), SheetTyping([], SheetKind.BLANK)]
    for pass_number, clerk in ((1, first), (2, second)):
        for number, typing in enumerate(sheets, start=1):
            differs = stop is BatchState.COMPARED and (number, pass_number) == (1, 2)
            enter_sheet(
                actor=clerk,
                batch_id=box.pk,
                number=number,
                pass_number=pass_number,
                typing=SheetTyping(["B1"]) if differs else typing,
            )
            if stop is BatchState.ENTERING:
                return
    if stop is BatchState.COMPARED:
        return
    sign_batch(actor=first, batch_id=box.pk)
    if stop is BatchState.CERTIFIED:
        sign_batch(actor=second, batch_id=box.pk)
