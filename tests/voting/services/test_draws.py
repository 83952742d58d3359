"""Draws by lot: prepared, published with a commitment, held once, repeatable by anybody."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from proceedings.models import AuditEvent
from proceedings.refusals import Refused
from proceedings.tables import BadLines
from residents.roles import RoleKind
from tests.factories.draws import DICE, LIST, WOMEN, YOUNG, hold, make_draw, make_published_draw
from tests.factories.residents import make_user
from voting.lots import commitment, drawn_order, list_digest, seed_of
from voting.models import Draw, DrawPreset, DrawState
from voting.selectors.draws import demands_of, draw_document, people_of
from voting.services.draws import (
    change_draw,
    hold_draw,
    import_people,
    publish_draw,
    save_draw_preset,
)
from voting.services.lots import Called
from voting.sortition import Demand, list_lines

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.django_db


def code_of(caught: pytest.ExceptionInfo[Refused]) -> str:
    return caught.value.refusal.code


def test_held_draw_follows_from_list_secret_and_numbers_alone() -> None:
    draw = hold(make_published_draw())
    told = draw_document(draw)
    people = people_of(draw)
    assert commitment(draw.secret) == told["commitment"]
    assert list_digest(list_lines(people)) == told["list_digest"]
    order = drawn_order(seed_of(draw.secret, "3 1 6 2 2 5", draw.list_digest), 20)
    assert draw.outcome is not None
    assert draw.outcome["order"] == [people[place].number for place in order]
    assert len(draw.outcome["seated"]) == 8
    assert len(draw.outcome["reserves"]) == 3
    groups = {person.number: person.groups for person in people}
    seated = [groups[number] for number in draw.outcome["seated"]]
    assert sum(one["성별"] == "여" for one in seated) <= 4
    assert sum(one["연령대"] == "청년" for one in seated) >= 2
    assert draw.state == DrawState.DRAWN


def test_secret_stays_secret_until_the_draw() -> None:
    told = draw_document(make_published_draw())
    assert told["secret"] is None
    assert told["outcome"] is None


def test_names_are_not_kept() -> None:
    assert "김무등" not in str(make_draw().people)


def test_every_step_is_recorded() -> None:
    draw = hold(make_published_draw())
    actions = AuditEvent.objects.filter(subject=f"voting.draw:{draw.pk}").order_by("pk")
    assert list(actions.values_list("action", flat=True)) == [
        "voting.draw.created",
        "voting.draw.changed",
        "voting.draw.published",
        "voting.draw.held",
    ]


def test_list_names_bad_lines_and_keeps_the_one_before() -> None:
    draw = make_draw()
    bad = "접수번호,성별,연령대\n1,여,청년\n1,남,청년\n2,,청년\n" + "9" * 21 + ",남,청년\n"
    with pytest.raises(BadLines) as caught:
        import_people(
            actor=make_user(RoleKind.ADMINISTRATOR), draw_id=draw.pk, data=bad.encode("cp949")
        )
    assert [problem.line for problem in caught.value.problems] == [3, 4, 5]
    draw.refresh_from_db()
    assert len(draw.people) == 20


def test_list_without_a_column_of_the_rules_is_refused() -> None:
    with pytest.raises(Refused) as caught:
        make_draw(data="접수번호,성별\n1,여\n".encode())
    assert code_of(caught) == "column_missing"


@pytest.mark.parametrize(
    ("columns", "code"),
    [
        ({"data": b""}, "no_people"),
        ({"seats": 21}, "too_few_people"),
        ({"draws_at": timezone.now() - timedelta(minutes=1)}, "draw_in_the_past"),
        ({"demands": (Demand("성별", ("여성",), least=False, percent=60),)}, "value_not_in_list"),
    ],
)
def test_incomplete_draw_is_not_published(columns: dict[str, Any], code: str) -> None:
    draw = make_draw(**columns)
    with pytest.raises(Refused) as caught:
        publish_draw(actor=make_user(RoleKind.ADMINISTRATOR), draw_id=draw.pk)
    assert code_of(caught) == code


def test_rules_about_a_column_that_the_list_lacks_keep_it_from_publication() -> None:
    draw = make_draw(demands=(WOMEN,))
    actor = make_user(RoleKind.ADMINISTRATOR)
    change_draw(actor=actor, draw_id=draw.pk, demands=(WOMEN, YOUNG), fields={"seats": 6})
    with pytest.raises(Refused) as caught:
        publish_draw(actor=actor, draw_id=draw.pk)
    assert code_of(caught) == "column_not_in_list"


def test_nobody_draws_before_the_hour() -> None:
    draw = make_draw()
    actor = make_user(RoleKind.ADMINISTRATOR)
    publish_draw(actor=actor, draw_id=draw.pk)
    with pytest.raises(Refused) as caught:
        hold_draw(actor=actor, draw_id=draw.pk, called=DICE)
    assert code_of(caught) == "draw_too_early"


@pytest.mark.parametrize("again", ["3 1 6 2 2 6", "", "3 1 6 2 2"])
def test_numbers_that_two_people_type_differently_are_refused(again: str) -> None:
    draw = make_published_draw()
    with pytest.raises(Refused) as caught:
        hold(draw, Called(DICE.entropy, again, ""))
    assert code_of(caught) == "numbers_differ"
    draw.refresh_from_db()
    assert draw.state == DrawState.PUBLISHED


def test_nothing_is_drawn_twice_or_changed_after_publication() -> None:
    draw = hold(make_published_draw())
    actor = make_user(RoleKind.ADMINISTRATOR)
    acts: list[Callable[[], object]] = [
        lambda: hold_draw(actor=actor, draw_id=draw.pk, called=Called("1", "1", "")),
        lambda: publish_draw(actor=actor, draw_id=draw.pk),
        lambda: import_people(actor=actor, draw_id=draw.pk, data=LIST.encode()),
        lambda: change_draw(actor=actor, draw_id=draw.pk, demands=(), fields={"seats": 2}),
    ]
    for act in acts:
        with pytest.raises(Refused) as caught:
            act()
        assert code_of(caught) == "draw_moved_on"


@pytest.mark.parametrize("role", [RoleKind.OFFICIAL, RoleKind.OBSERVER, RoleKind.COORDINATOR, None])
def test_only_administrators_draw(role: str | None) -> None:
    draw = make_draw()
    with pytest.raises(Refused) as caught:
        publish_draw(actor=make_user(role), draw_id=draw.pk)
    assert code_of(caught) == "role_needed"


@pytest.mark.parametrize("columns", [{"seats": 3}, {"people": []}, {"draws_at": timezone.now()}])
def test_database_refuses_to_change_what_was_published(columns: dict[str, Any]) -> None:
    draw = make_published_draw()
    with pytest.raises(IntegrityError), transaction.atomic():
        Draw.objects.filter(pk=draw.pk).update(**columns)


def test_database_refuses_another_outcome_and_deletion() -> None:
    draw = hold(make_published_draw())
    with pytest.raises(IntegrityError), transaction.atomic():
        Draw.objects.filter(pk=draw.pk).update(outcome={"seated": ["1"]})
    with pytest.raises(IntegrityError), transaction.atomic():
        Draw.objects.filter(pk=draw.pk).delete()


def test_the_preset_of_a_council_seats_only_who_finished_the_training() -> None:
    preset = DrawPreset.objects.get(slug="council")
    lines = [f"{n},{'마침' if n % 3 else '아직'},{'여' if n % 2 else '남'}" for n in range(1, 91)]
    data = "\n".join(["접수번호,6시간 교육,성별", *lines]).encode()
    draw = hold(make_published_draw(data=data, demands=demands_of(preset), seats=30, reserves=10))
    seated = set(draw.outcome["seated"])  # type: ignore[index]  # drawn
    assert len(seated) == 30
    assert all(int(number) % 3 for number in seated)


def test_only_the_administrator_writes_presets_of_draws() -> None:
    fields = {"name": "평가단", "effect": "투표합니다.", "seats": 60}
    with pytest.raises(Refused):
        save_draw_preset(actor=make_user(RoleKind.OFFICIAL), demands=[WOMEN], fields=fields)
    actor = make_user(RoleKind.ADMINISTRATOR)
    made = save_draw_preset(actor=actor, demands=[WOMEN], fields=fields)
    assert made.demands == [WOMEN.to_json()]
    assert AuditEvent.objects.filter(subject=f"voting.drawpreset:{made.pk}").count() == 1
