"""Changes of an open contest's roll by two people: every refusal, and that the figures close."""

from __future__ import annotations

import random
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone, translation

from proceedings.audit import Action
from proceedings.models import AuditEvent
from proceedings.refusals import LIMIT_REACHED, Refused
from residents.models import Notice, Resident
from residents.roles import RoleKind
from residents.selectors import told_in_words
from tests.factories.paper import Desk
from tests.factories.places import make_area, make_centre, make_district
from tests.factories.residents import make_user
from tests.factories.rolls import BORN, make_named
from tests.factories.voting import (
    make_contest,
    make_open_contest,
    pass_the_close,
    run_to_the_end,
    vote,
)
from voting.models import (
    ContestState,
    PublicationFile,
    RollChange,
    RollDecision,
    RollEntry,
    RollRequest,
    Slot,
    SlotEvent,
    VoidCause,
)
from voting.reconcile import check_contest
from voting.selectors import key_of
from voting.selectors.counting import contest_counts, count, input_of
from voting.services.paper import report_missing, sign_batch
from voting.services.rights import (
    Wanted,
    approve_roll_request,
    ask_roll_change,
    look_up_for_roll,
    refuse_roll_request,
)
from voting.verifier import Check

if TYPE_CHECKING:
    from collections.abc import Callable

    from voting.models import Contest

pytestmark = pytest.mark.django_db

ADD = Wanted(RollChange.ADD, "기준일 전에 옮겨 온 것을 확인했습니다.")
MOVED = Wanted(RollChange.VOID, "전출을 확인했습니다.", VoidCause.MOVED)
RESTORE = Wanted(RollChange.RESTORE, "다른 사람으로 밝혀졌습니다.")


class Office:
    """An open contest with a fixed roll and two administrators."""

    def __init__(self, **columns: Any) -> None:
        self.first, self.second = (make_user(role=RoleKind.ADMINISTRATOR) for _ in range(2))
        self.contest: Contest = make_open_contest(**{"roll_mode": "fixed", **columns})
        self.dong = make_area(parent=self.contest.area)

    def person(self, name: str = "김무등", **columns: Any) -> Resident:
        return make_named(name, **{"area": self.dong, **columns})

    def ask(self, resident: Resident, wanted: Wanted, **columns: Any) -> RollRequest:
        named = {"actor": self.first, "contest_id": self.contest.pk, **columns}
        return ask_roll_change(resident=resident, wanted=wanted, **named)

    def approve(self, request: RollRequest, *people: Resident, **columns: Any) -> RollDecision:
        named = {"actor": self.second, "request_id": request.pk, **columns}
        return approve_roll_request(people=people, **named)

    def at_once(self, resident: Resident, wanted: Wanted) -> RollRequest:
        return self.ask(resident, wanted, second=self.second)

    def entered(self, name: str = "김무등", **columns: Any) -> Resident:
        """Somebody on the roll."""
        resident = self.person(name, **columns)
        self.at_once(resident, ADD)
        return resident

    def state_of(self, resident: Resident) -> str:
        return Slot.objects.get(roll_entry__person_key=key_of(self.contest, resident)).state


def code_of(call: Callable[[], object]) -> str:
    with pytest.raises(Refused) as caught:
        call()
    return caught.value.refusal.code


# --- Adding -------------------------------------------------------------------------------------


def test_person_is_added_by_two_with_both_names_and_the_reason() -> None:
    office = Office()
    resident = office.person(user=make_user())
    request = office.ask(resident, ADD)
    assert not RollEntry.objects.exists()
    office.approve(request, resident)
    entry = RollEntry.objects.get()
    assert (entry.origin, entry.person_key) == ("added", key_of(office.contest, resident))
    assert (entry.added_by_ref, entry.approved_by_ref) == (
        office.first.actor_ref,
        office.second.actor_ref,
    )
    assert entry.reason == ADD.reason
    assert entry.area == office.dong
    assert AuditEvent.objects.get(action=Action.ROLL_ADDED).actor_ref == office.second.actor_ref
    assert vote(office.contest, "a", user=resident.user).version == 1


def test_second_person_signs_on_the_same_screen() -> None:
    office = Office()
    office.at_once(office.person(), ADD)
    assert RollEntry.objects.count() == 1
    assert RollDecision.objects.get().decided_by_ref == office.second.actor_ref


def test_person_who_was_added_is_told() -> None:
    office = Office()
    office.at_once(office.person(user=make_user()), ADD)
    notice = Notice.objects.get()
    with translation.override("ko"):
        told = told_in_words(notice.kind, notice.params)
    assert office.contest.title in told.title
    assert "명부" in told.title


def test_same_person_is_asked_for_and_added_once() -> None:
    office = Office()
    resident = office.person()
    request = office.ask(resident, ADD)
    assert code_of(lambda: office.ask(resident, ADD, actor=office.second)) == "request_waits"
    office.approve(request, resident)
    assert code_of(lambda: office.ask(resident, ADD)) == "already_on_roll"
    assert code_of(lambda: office.approve(request, resident)) == "decided_before"


def test_two_people_are_needed() -> None:
    office = Office()
    resident = office.person()
    assert code_of(lambda: office.ask(resident, ADD, second=office.first)) == "same_person"
    request = office.ask(resident, ADD)
    assert code_of(lambda: office.approve(request, resident, actor=office.first)) == "own_request"
    with pytest.raises(IntegrityError, match="roll_change_by_two"), transaction.atomic():
        RollDecision.objects.create(
            request=request, approved=True, asked_by_ref="user:1", decided_by_ref="user:1"
        )


def test_second_person_must_mean_the_same_person() -> None:
    office = Office()
    right, wrong = office.person(), office.person("이솔")
    request = office.ask(right, ADD)
    assert code_of(lambda: office.approve(request, wrong)) == "other_person"
    assert code_of(lambda: office.approve(request)) == "other_person"
    homonym = make_named("김무등", mark="2", area=office.dong)
    office.approve(request, homonym, right)
    assert RollEntry.objects.get().person_key == key_of(office.contest, right)


@pytest.mark.parametrize("kind", [RoleKind.CLERK, RoleKind.OBSERVER, RoleKind.OFFICIAL, None])
def test_others_neither_ask_nor_decide(kind: RoleKind | None) -> None:
    office = Office()
    resident, other = office.person(), make_user(role=kind)
    assert code_of(lambda: office.ask(resident, ADD, actor=other)) == "role_needed"
    assert code_of(lambda: office.ask(resident, ADD, second=other)) == "role_needed"
    request = office.ask(resident, ADD)
    assert code_of(lambda: office.approve(request, resident, actor=other)) == "role_needed"
    refuse = lambda: refuse_roll_request(  # noqa: E731 - the call under test
        actor=other, request_id=request.pk, note="없음"
    )
    assert code_of(refuse) == "role_needed"


def test_coordinator_of_a_centre_of_the_vote_asks_and_decides() -> None:
    centre = make_centre()
    office = Office(paper=True, centres=[centre])
    mine = make_user(role=RoleKind.COORDINATOR, centre=centre)
    elsewhere = make_user(role=RoleKind.COORDINATOR)
    resident = office.person()
    assert code_of(lambda: office.ask(resident, ADD, actor=elsewhere)) == "other_centre"
    office.approve(office.ask(resident, ADD), resident, actor=mine)
    assert RollEntry.objects.count() == 1


def test_nothing_is_asked_before_the_opening_or_after_the_close() -> None:
    office = Office()
    soon = make_contest(roll_mode="fixed", opens_at=timezone.now() + timedelta(hours=1))
    resident = office.person()
    assert code_of(lambda: office.ask(resident, ADD, contest_id=soon.pk)) == "not_open"
    request = office.ask(resident, ADD)
    close(office.contest)
    assert code_of(lambda: office.ask(office.person("이솔"), ADD)) == "closed"
    assert code_of(lambda: office.approve(request, resident)) == "closed"
    refuse = lambda: refuse_roll_request(  # noqa: E731 - the call under test
        actor=office.second, request_id=request.pk, note="늦음"
    )
    assert code_of(refuse) == "closed"


def close(contest: Contest) -> None:
    """Let the hour of closing have passed."""
    with connection.cursor() as cursor:  # rows of the same transaction wait for their checks
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    pass_the_close(contest)


def test_nobody_is_added_to_a_roll_that_people_enter_as_they_come() -> None:
    office = Office(roll_mode="rolling")
    assert code_of(lambda: office.ask(office.person(), ADD)) == "rolling_roll"


def test_two_people_do_not_set_the_rule_aside() -> None:
    office = Office(min_age=19, age_on=timezone.localdate())
    for columns, code in (
        ({"area": make_area(parent=make_district())}, "other_area"),
        ({"basis": "works"}, "basis_not_counted"),
        ({"verified_until": timezone.localdate() - timedelta(days=1)}, "confirmation_ended"),
    ):
        resident = office.person(f"김{code}", **columns)
        assert code_of(partial(office.ask, resident, ADD)) == code
    child = make_named("어린이", timezone.localdate() - timedelta(days=4000), area=office.dong)
    assert code_of(lambda: office.ask(child, ADD)) == "too_young"


def test_rule_is_asked_again_when_the_second_person_decides() -> None:
    office = Office()
    resident = office.person()
    request = office.ask(resident, ADD)
    Resident.objects.filter(pk=resident.pk).update(basis="works")
    assert code_of(lambda: office.approve(request, Resident.objects.get())) == "basis_not_counted"


def test_reason_and_cause_are_asked_for() -> None:
    office = Office()
    resident = office.person()
    assert code_of(lambda: office.ask(resident, Wanted(RollChange.ADD, "  "))) == "reason_needed"
    no_cause = Wanted(RollChange.VOID, "확인")
    assert code_of(lambda: office.ask(resident, no_cause)) == "cause_needed"


def test_refusal_needs_a_note_and_lets_somebody_ask_again() -> None:
    office = Office()
    resident = office.person()
    request = office.ask(resident, ADD)
    refuse = partial(refuse_roll_request, actor=office.second, request_id=request.pk)
    assert code_of(partial(refuse, note=" ")) == "note_needed"
    refuse(note="서류가 다릅니다.")
    assert not RollEntry.objects.exists()
    assert AuditEvent.objects.get(action=Action.ROLL_CHANGE_REFUSED).reason == "서류가 다릅니다."
    assert code_of(partial(refuse, note="또")) == "decided_before"
    office.at_once(resident, ADD)
    assert RollEntry.objects.count() == 1


# --- Voiding and giving back --------------------------------------------------------------------


def test_web_vote_is_voided_and_its_envelope_does_not_count() -> None:
    office = Office()
    resident = office.entered(user=make_user())
    vote(office.contest, "a", user=resident.user)
    office.approve(office.ask(resident, MOVED), resident)
    assert office.state_of(resident) == "voided"
    event = SlotEvent.objects.order_by("version").last()
    assert event is not None
    assert (event.from_state, event.to_state, event.reason) == ("web", "voided", "moved")
    assert (event.actor_ref, event.second_ref) == (
        office.first.actor_ref,
        office.second.actor_ref,
    )
    assert code_of(lambda: vote(office.contest, "b", user=resident.user)) == "voided"


@pytest.mark.parametrize("cause", VoidCause.values)
def test_person_is_told_that_and_why_and_never_the_choice(cause: str) -> None:
    office = Office()
    resident = office.entered(user=make_user())
    vote(office.contest, "a", user=resident.user)
    Notice.objects.filter(params__change="added").delete()
    office.at_once(resident, Wanted(RollChange.VOID, "확인했습니다.", cause))
    notice = Notice.objects.get()
    with translation.override("ko"):
        told = told_in_words(notice.kind, notice.params)
    assert office.contest.title in told.title
    assert "취소" in told.title
    assert "사유" in told.body
    assert "의제 a" not in told.title + told.body


def test_right_that_was_never_used_is_voided_too() -> None:
    office = Office()
    resident = office.entered(user=make_user())
    office.at_once(resident, Wanted(RollChange.VOID, "사망 신고 확인", VoidCause.DIED))
    assert office.state_of(resident) == "voided"
    assert code_of(lambda: vote(office.contest, "a", user=resident.user)) == "voided"


def test_voided_right_is_given_back_and_used_again() -> None:
    office = Office()
    resident = office.entered(user=make_user())
    vote(office.contest, "a", user=resident.user)
    office.at_once(resident, MOVED)
    assert code_of(lambda: office.ask(resident, MOVED)) == "voided_before"
    office.at_once(resident, RESTORE)
    assert office.state_of(resident) == "free"
    assert code_of(lambda: office.ask(resident, RESTORE)) == "not_voided"
    assert vote(office.contest, "b", user=resident.user).version == 4
    assert Notice.objects.filter(params__change="restored").count() == 1


def test_person_who_is_not_on_the_roll_has_no_right_to_void() -> None:
    office = Office()
    resident = office.person()
    for wanted in (MOVED, RESTORE):
        assert code_of(partial(office.ask, resident, wanted)) == "not_on_this_roll"


def test_paper_comes_back_or_is_missing_before_its_right_is_voided() -> None:
    desk = Desk()
    first, second = (make_user(role=RoleKind.ADMINISTRATOR) for _ in range(2))
    person, lost = desk.resident(), desk.resident()
    stub, gone = desk.issue(person), desk.issue(lost)

    def void(who: Resident) -> RollRequest:
        return ask_roll_change(
            actor=first, contest_id=desk.contest.pk, resident=who, wanted=MOVED, second=second
        )

    assert code_of(lambda: void(person)) == "sheet_out"
    desk.take_back(stub.serial)
    void(person)
    assert Slot.objects.get(roll_entry=stub.roll_entry).state == "voided"
    assert code_of(lambda: desk.issue(person)) == "voided"
    report_missing(actor=desk.first, batch_id=desk.batch.pk, serial=gone.serial, reason="가져감")
    void(lost)
    assert Slot.objects.get(roll_entry=gone.roll_entry).state == "voided"


def test_paper_in_a_sealed_box_stays_even_in_the_database() -> None:
    desk = Desk()
    first, second = (make_user(role=RoleKind.ADMINISTRATOR) for _ in range(2))
    person = desk.resident()
    stub = desk.issue(person)
    desk.seal()
    void = lambda: ask_roll_change(  # noqa: E731 - the call under test
        actor=first, contest_id=desk.contest.pk, resident=person, wanted=MOVED, second=second
    )
    assert code_of(void) == "in_sealed_box"
    with pytest.raises(IntegrityError, match="not a possible move"), transaction.atomic():
        Slot.objects.filter(roll_entry=stub.roll_entry).update(state="voided", version=3)


def test_nothing_is_voided_or_given_back_after_the_close_even_in_the_database() -> None:
    office = Office()
    used, voided = office.entered("김무등"), office.entered("이솔")
    office.at_once(voided, MOVED)
    close(office.contest)
    for who, wanted in ((used, MOVED), (voided, RESTORE)):
        assert code_of(partial(office.ask, who, wanted)) == "closed"
    assert run_to_the_end(office.contest).state == ContestState.PUBLISHED
    with pytest.raises(IntegrityError, match="no vote right"), transaction.atomic():
        Slot.objects.update(state="free", version=2)


def test_look_up_is_for_keepers_and_has_the_desks_limit(settings: Any) -> None:
    settings.LIMITS = {**settings.LIMITS, "desk_lookup": "1/hour"}
    office = Office()
    resident = office.person()
    look = partial(look_up_for_roll, contest_id=office.contest.pk, name="김 무등", birth_date=BORN)
    assert look(actor=office.first) == [("", resident)]
    assert code_of(partial(look, actor=office.first)) == LIMIT_REACHED
    assert code_of(partial(look, actor=make_user())) == "role_needed"


# --- The figures --------------------------------------------------------------------------------


def verified(contest: Contest) -> bool:
    """Whether the stand-alone verifier finds the published bundle whole."""
    files = {
        row.name: bytes(row.content)
        for row in PublicationFile.objects.filter(publication__contest=contest)
    }
    return Check(files).wrong is None


@pytest.mark.parametrize("seed", range(6))
def test_figures_close_after_any_history_of_votes_voidings_and_paper(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - a history to be told again by its seed
    desk = Desk(roll_mode="rolling")
    first, second = (make_user(role=RoleKind.ADMINISTRATOR) for _ in range(2))
    people = [desk.resident(user=make_user()) for _ in range(8)]
    for person in people[:6]:
        vote(desk.contest, "a", user=person.user)
    for _step in range(30):
        person = chance.choice(people)
        act = chance.choice(["vote", "vote", "void", "restore", "issue"])
        try:
            if act == "vote":
                vote(desk.contest, chance.choice("abc"), user=person.user)
            elif act == "issue":
                desk.issue(person)
            else:
                ask_roll_change(
                    actor=first,
                    contest_id=desk.contest.pk,
                    resident=person,
                    wanted=MOVED if act == "void" else RESTORE,
                    second=second,
                )
        except Refused:
            continue
    out = Slot.objects.filter(contest=desk.contest, state="paper_issued").count()
    desk.seal()
    desk.count(sheets=out)
    for pass_number in (1, 2):
        for number in range(1, out + 1):
            desk.type(number, pass_number, ["abc"[number % 3]])
    for clerk in (desk.first, desk.second):
        sign_batch(actor=clerk, batch_id=desk.batch.pk)
    desk.publish()
    counts = contest_counts(desk.contest, count(desk.contest, input_of(desk.contest)))
    assert desk.contest.state == ContestState.PUBLISHED
    assert check_contest(counts) == []
    assert verified(desk.contest)


def test_published_figures_name_the_voided_rights_and_the_verifier_is_green() -> None:
    office = Office()
    voters = [office.entered(f"김{n}", user=make_user()) for n in range(5)]
    for voter in voters:
        vote(office.contest, "a", user=voter.user)
    office.at_once(voters[0], MOVED)
    office.at_once(voters[1], MOVED)
    office.at_once(voters[1], RESTORE)
    vote(office.contest, "b", user=voters[1].user)
    close(office.contest)
    contest = run_to_the_end(office.contest)
    counts = contest_counts(contest, count(contest, input_of(contest)))
    assert (counts.leaves, counts.voided, counts.web_counted) == (6, 2, 4)
    assert counts.slots["voided"] == 1
    assert verified(contest)
