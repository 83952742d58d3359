"""Rolls from files: every refusal, versions, and that they hold when the contest opens."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import F
from django.utils import timezone

from proceedings.audit import Action
from proceedings.models import AuditEvent
from proceedings.refusals import Refused
from proceedings.tables import BadLines
from residents.models import Applicant, ReservedRef, Resident
from residents.roles import RoleKind
from residents.services import confirm_by_roll
from tests.factories.places import make_area, make_district
from tests.factories.residents import make_consent_text, make_user
from tests.factories.rolls import BORN, make_applicants, make_named, roll_file, take_over
from tests.factories.voting import make_contest, pass_the_close, vote
from voting.models import PromisedLeaf, RollEntry, RollImport, RollImportLine
from voting.selectors import key_of, readiness, voter_standing
from voting.services.contests import (
    change_contest,
    close_contest,
    freeze_contest,
    open_contest,
    unfreeze_contest,
)
from voting.services.rolls import adopt_roll, discard_roll, preview_roll

if TYPE_CHECKING:
    from collections.abc import Callable

    from voting.models import Contest
    from voting.services import rolls

pytestmark = pytest.mark.django_db


class Office:
    """An administrator and a draft with a fixed roll, with people of one dong."""

    def __init__(self, **columns: Any) -> None:
        self.admin = make_user(role=RoleKind.ADMINISTRATOR)
        self.contest: Contest = make_contest(**{"roll_mode": "fixed", **columns})
        self.dong = make_area(parent=self.contest.area, name="느티동")

    def person(self, name: str, **columns: Any) -> Resident:
        return make_named(name, **{"area": self.dong, **columns})

    def preview(self, *lines: str) -> rolls.RollPreview:
        return preview_roll(actor=self.admin, contest_id=self.contest.pk, data=roll_file(*lines))

    def adopt(self, *lines: str) -> RollImport:
        return take_over(self.contest, self.admin, *lines)

    def open(self) -> None:
        freeze_contest(actor=self.admin, contest_id=self.contest.pk)
        assert open_contest(contest_id=self.contest.pk)
        self.contest.refresh_from_db()


def code_of(call: Callable[[], object]) -> str:
    with pytest.raises(Refused) as caught:
        call()
    return caught.value.refusal.code


def problems_of(call: Callable[[], object]) -> dict[int, str]:
    with pytest.raises(BadLines) as caught:
        call()
    return {problem.line: problem.message for problem in caught.value.problems}


def test_preview_tells_what_would_happen_and_stores_nothing() -> None:
    office = Office()
    office.person("김무등")
    make_applicants(office.dong, "이솔,19580312,1234")
    seen = office.preview("김무등,19580312", "이솔,19580312")
    assert (seen.people, seen.waiting, seen.version) == (2, 1, 1)
    assert seen.areas == (("느티동", 2),)
    assert (seen.added, seen.gone) == (2, 0)
    assert not RollImport.objects.exists()
    assert not ReservedRef.objects.exists()


def test_taking_over_stores_keys_and_no_more() -> None:
    office = Office()
    resident = office.person("김무등")
    made = office.adopt("김무등,19580312")
    line = RollImportLine.objects.get()
    assert line.person_key == key_of(office.contest, resident)
    assert (made.version, made.people, line.area) == (1, 1, office.dong)
    event = AuditEvent.objects.get(action=Action.ROLL_IMPORTED)
    assert event.data == {"version": 1, "people": 1, "digest": made.digest}


def test_next_file_replaces_the_one_before_and_says_who_came_and_went() -> None:
    office = Office()
    for name in ("김무등", "이솔", "박강"):
        office.person(name)
    office.adopt("김무등,19580312", "이솔,19580312")
    seen = office.preview("이솔,19580312", "박강,19580312")
    assert (seen.version, seen.added, seen.gone) == (2, 1, 1)
    office.adopt("이솔,19580312", "박강,19580312")
    assert [(one.version, one.people) for one in RollImport.objects.all()] == [(2, 2), (1, 2)]


def test_same_people_again_are_the_same_roll_as_before() -> None:
    office = Office()
    for name in ("김무등", "이솔"):
        office.person(name)
    office.adopt("김무등,19580312", "이솔,19580312")
    assert code_of(lambda: office.preview("이솔,19580312", "김무등,19580312")) == "same_roll"
    assert RollImport.objects.count() == 1


def test_two_who_looked_at_one_file_take_it_over_once() -> None:
    office = Office()
    office.person("김무등")
    tokens = [office.preview("김무등,19580312").token for _ in range(2)]
    adopt_roll(actor=office.admin, contest_id=office.contest.pk, token=tokens[0])
    again = lambda: adopt_roll(  # noqa: E731 - the call under test
        actor=office.admin, contest_id=office.contest.pk, token=tokens[1]
    )
    assert code_of(again) == "same_roll"


def test_person_who_moved_makes_another_roll() -> None:
    office = Office()
    resident = office.person("김무등")
    office.adopt("김무등,19580312")
    Resident.objects.filter(pk=resident.pk).update(area=make_area(parent=office.contest.area))
    assert office.adopt("김무등,19580312").version == 2


def test_each_bad_line_is_named_and_nothing_is_kept() -> None:
    office = Office(min_age=19, age_on=date(2026, 12, 1))
    office.person("김무등")
    office.person("이솔", born=date(2010, 1, 1))
    office.person("박강", area=make_area(parent=make_district()))
    office.person("최장", basis="works")
    found = problems_of(
        lambda: office.preview(
            "김무등,19580312",
            "이솔,20100101",
            "박강,19580312",
            "최장,19580312",
            "정샘,19580312",
            "김무등,19580312",
        )
    )
    assert sorted(found) == [3, 4, 5, 6, 7]
    assert "not yet" in found[3]
    assert "outside the area" in found[4]
    assert "does not count" in found[5]
    assert "Nobody known" in found[6]
    assert "names the same person" in found[7]
    assert not RollImport.objects.exists()


def test_roll_alone_says_who_belongs_where_no_basis_is_set() -> None:
    office = Office(bases=[])
    assert "nobody_counts" in {missing.code for missing in readiness(office.contest)}
    office.person("최장", basis="works")
    office.adopt("최장,19580312")
    assert readiness(office.contest) == []


@pytest.mark.parametrize("kind", [RoleKind.CLERK, RoleKind.COORDINATOR, RoleKind.OBSERVER, None])
def test_only_administrators_bring_rolls_in(kind: RoleKind | None) -> None:
    office = Office()
    office.person("김무등")
    office.admin = make_user(role=kind)
    assert code_of(lambda: office.preview("김무등,19580312")) == "role_needed"


def test_preview_belongs_to_the_one_who_looked_and_ends() -> None:
    office, other = Office(), make_user(role=RoleKind.ADMINISTRATOR)
    office.person("김무등")
    token = office.preview("김무등,19580312").token
    for actor, used in ((other, token), (office.admin, "something-else")):
        call = lambda actor=actor, used=used: adopt_roll(  # noqa: E731 - the call under test
            actor=actor, contest_id=office.contest.pk, token=used
        )
        assert code_of(call) == "look_again"


def test_roll_whose_people_changed_since_is_looked_at_again() -> None:
    office = Office()
    make_applicants(office.dong, "이솔,19580312,1234")
    token = office.preview("이솔,19580312").token
    Applicant.objects.all().delete()
    call = lambda: adopt_roll(  # noqa: E731 - the call under test
        actor=office.admin, contest_id=office.contest.pk, token=token
    )
    assert code_of(call) == "look_again"


def test_rule_that_changed_since_is_looked_at_again() -> None:
    office = Office()
    office.person("이솔", born=date(2010, 1, 1))
    token = office.preview("이솔,20100101").token
    change_contest(
        actor=office.admin,
        contest=office.contest,
        fields={"min_age": 19, "age_on": timezone.localdate()},
    )
    call = lambda: adopt_roll(  # noqa: E731 - the call under test
        actor=office.admin, contest_id=office.contest.pk, token=token
    )
    assert code_of(call) == "look_again"


def test_empty_file_and_a_contest_without_fixed_roll_are_refused() -> None:
    assert code_of(lambda: Office().preview()) == "empty_roll"
    office = Office(roll_mode="rolling")
    office.person("김무등")
    assert code_of(lambda: office.preview("김무등,19580312")) == "roll_not_fixed"


def test_roll_may_be_imported_while_frozen_but_not_once_open() -> None:
    office = Office()
    for name in ("김무등", "이솔"):
        office.person(name)
    freeze_contest(actor=office.admin, contest_id=office.contest.pk)
    office.adopt("김무등,19580312")
    token = office.preview("이솔,19580312").token
    assert open_contest(contest_id=office.contest.pk)
    assert code_of(lambda: office.preview("이솔,19580312")) == "roll_opened"
    call = lambda: adopt_roll(  # noqa: E731 - the call under test
        actor=office.admin, contest_id=office.contest.pk, token=token
    )
    assert code_of(call) == "roll_opened"


def test_database_refuses_a_roll_after_the_opening() -> None:
    office = Office()
    office.person("김무등")
    office.adopt("김무등,19580312")
    office.open()
    with pytest.raises(IntegrityError, match="has opened"), transaction.atomic():
        RollImport.objects.create(contest=office.contest, version=2, people=0)


def test_opening_enters_the_newest_roll_with_the_digest_that_was_shown() -> None:
    office = Office()
    people = {name: office.person(name) for name in ("김무등", "이솔", "박강")}
    office.adopt("김무등,19580312")
    made = office.adopt("이솔,19580312", "박강,19580312")
    office.open()
    entries = RollEntry.objects.filter(contest=office.contest)
    assert {entry.person_key for entry in entries} == {
        key_of(office.contest, people[name]) for name in ("이솔", "박강")
    }
    assert {entry.origin for entry in entries} == {"import"}
    assert office.contest.roll.count() == made.people


def test_log_holds_the_digest_that_the_import_showed() -> None:
    office = Office()
    office.person("김무등")
    made = office.adopt("김무등,19580312")
    office.open()
    leaf = PromisedLeaf.objects.get(contest=office.contest, kind="roll")
    assert made.digest in leaf.data


def test_roll_given_up_is_built_from_residents() -> None:
    office = Office()
    for name in ("김무등", "이솔"):
        office.person(name)
    office.adopt("김무등,19580312")
    discard_roll(actor=office.admin, contest_id=office.contest.pk, reason="잘못된 파일")
    assert AuditEvent.objects.get(action=Action.ROLL_DISCARDED).reason == "잘못된 파일"
    again = lambda: discard_roll(  # noqa: E731 - the call under test
        actor=office.admin, contest_id=office.contest.pk, reason="또"
    )
    assert code_of(again) == "nothing_imported"
    office.open()
    assert set(office.contest.roll.values_list("origin", flat=True)) == {"built"}
    assert office.contest.roll.count() == 2


def test_change_of_who_may_vote_makes_the_roll_out_of_date() -> None:
    office = Office()
    office.person("김무등")
    office.adopt("김무등,19580312")
    change_contest(actor=office.admin, contest=office.contest, fields={"bases": ["works"]})
    office.contest.refresh_from_db()
    assert [missing.code for missing in readiness(office.contest)] == ["roll_outdated"]
    change_contest(
        actor=office.admin,
        contest=office.contest,
        fields={"bases": ["lives"], "roll_mode": "rolling"},
    )
    office.contest.refresh_from_db()
    assert [missing.code for missing in readiness(office.contest)] == ["roll_not_fixed"]


def test_roll_taken_back_to_draft_keeps_its_import() -> None:
    office = Office()
    office.person("김무등")
    office.adopt("김무등,19580312")
    freeze_contest(actor=office.admin, contest_id=office.contest.pk)
    unfreeze_contest(actor=office.admin, contest_id=office.contest.pk, reason="제목")
    office.open()
    assert office.contest.roll.count() == 1


def test_applicant_on_the_roll_votes_once_they_are_confirmed() -> None:
    make_consent_text(version=90)
    office = Office()
    make_applicants(office.dong, "이솔,19580312,010-0000-1234")
    office.adopt("이솔,19580312,1234")
    office.open()
    voter = make_user()
    resident = confirm_by_roll(actor=voter, name="이솔", birth_date=BORN, phone="0000-1234")
    assert office.contest.roll.get().person_key == key_of(office.contest, resident)
    assert vote(office.contest, "a", user=voter).version == 1


def test_somebody_confirmed_but_not_on_the_imported_roll_does_not_vote() -> None:
    office = Office()
    office.person("김무등")
    stranger = make_user()
    office.person("이솔", user=stranger)
    office.adopt("김무등,19580312")
    office.open()
    assert code_of(lambda: vote(office.contest, "a", user=stranger)) == "not_on_roll"


def test_roll_stands_once_the_contest_is_closed() -> None:
    office = Office()
    office.person("김무등")
    office.adopt("김무등,19580312")
    office.open()
    with connection.cursor() as cursor:  # rows of the same transaction wait for their checks
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    pass_the_close(office.contest)
    assert close_contest(contest_id=office.contest.pk)
    with pytest.raises(IntegrityError, match="its roll stands"), transaction.atomic():
        RollEntry.objects.create(
            contest=office.contest,
            person_key="0" * 64,
            area=office.dong,
            origin="came",
            added_by_ref="system",
        )


@pytest.mark.parametrize("model", [RollImport, RollImportLine])
def test_imported_rolls_are_never_changed(model: Any) -> None:
    office = Office()
    office.person("김무등")
    office.adopt("김무등,19580312")
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        model.objects.update(id=F("id"))


def test_reading_a_file_asks_the_same_number_of_questions(django_assert_num_queries: Any) -> None:
    office = Office()
    names = ["김무등", "이솔", "박강"]
    for name in names:
        office.person(name)
    assert office.admin.current_roles  # read once per request
    for count in (1, 3):
        with django_assert_num_queries(10):
            office.preview(*(f"{name},19580312" for name in names[:count]))


def test_before_the_opening_nobody_is_told_that_they_are_missing() -> None:
    office = Office(opens_at=timezone.now() + timedelta(hours=1))
    reader = make_user()
    office.person("김무등", user=reader)
    freeze_contest(actor=office.admin, contest_id=office.contest.pk)
    office.contest.refresh_from_db()
    refusal = voter_standing(office.contest, reader).refusal
    assert refusal is not None
    assert refusal.code == "not_open_yet"
