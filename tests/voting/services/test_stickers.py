"""Stickers of boards: beside the votes, in no count; typed by one, corrected openly, then frozen."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from proceedings.audit import Action
from proceedings.models import AuditEvent
from proceedings.refusals import Refused
from proceedings.wording import say, say_next
from residents.roles import RoleKind
from tests.factories.places import make_centre
from tests.factories.residents import make_user
from tests.factories.voting import (
    make_clerk,
    make_contest,
    make_open_contest,
    pass_the_close,
    vote,
)
from tests.voting.services.test_lots import run_on
from voting.models import StickerCount
from voting.selectors import readiness
from voting.selectors.pages import bundle_bytes, shown_result
from voting.selectors.stickers import MOST_STICKERS, boards_at, counts_of, sticker_table
from voting.services.contests import freeze
from voting.services.stickers import correct_stickers, count_stickers
from voting.verifier import Check

if TYPE_CHECKING:
    from places.models import Centre
    from voting.models import Contest

pytestmark = pytest.mark.django_db
COUNTS = {"a": 4, "b": 31, "c": 0}


def boarded(**columns: Any) -> tuple[Contest, Centre]:
    """An open vote whose assembly has a board, and the centre that counts it."""
    centre = make_centre()
    return make_open_contest(stickers=True, centres=[centre], **columns), centre


def write(contest: Contest, centre: Centre, **columns: Any) -> StickerCount:
    told: dict[str, Any] = {
        "actor": columns.pop("actor", None) or make_clerk(centre),
        "place": "총회장 입구",
        "day": timezone.localdate(),
        "counts": COUNTS,
        **columns,
    }
    return count_stickers(contest_id=contest.pk, centre=centre, **told)


def code(contest: Contest, centre: Centre, **columns: Any) -> str:
    with pytest.raises(Refused) as caught:
        write(contest, centre, **columns)
    refusal = caught.value.refusal
    assert say(refusal)
    assert say_next(refusal)
    return refusal.code


def published(contest: Contest) -> Contest:
    with connection.cursor() as cursor:  # rows of the same transaction wait for their checks
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        pass_the_close(contest)
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    return run_on(contest)


def test_stickers_stand_beside_the_votes_and_in_none_of_them() -> None:
    contest, centre = boarded()
    vote(contest, "a")
    vote(contest, "a")
    vote(contest, "b")
    write(contest, centre)
    write(contest, centre, place="  느티나무   아래 ", counts={"a": 1, "b": 0, "c": 2})
    published(contest)
    shown = shown_result(contest)
    assert shown is not None
    assert [(one.key, one.votes) for one in shown.figures.options] == [("a", 2), ("b", 1), ("c", 0)]
    assert [one.key for one in shown.figures.winners] == ["a"]
    assert shown.figures.turnout == 3
    assert shown.stickers is not None
    assert [(one.key, number) for one, number in shown.stickers.options] == [
        ("b", 31),
        ("a", 5),
        ("c", 2),
    ]
    assert shown.stickers.total == 38
    assert {(one.centre, one.place, one.total) for one in shown.stickers.boards} == {
        (centre.name, "총회장 입구", 35),
        (centre.name, "느티나무 아래", 3),
    }


def test_the_bundle_lists_them_apart_and_the_verifier_adds_none() -> None:
    contest, centre = boarded()
    vote(contest, "a")
    write(contest, centre)
    published(contest)
    files = bundle_bytes(contest, 1)
    assert json.loads(files["stickers.json"])["sums"] == COUNTS
    assert b"stickers" not in files["result.json"] + files["reconciliation.json"]
    check = Check(files)
    assert check.wrong is None
    assert any("a 4, b 31, c 0" in note for note in check.notes)


def test_a_vote_without_boards_has_no_word_of_them() -> None:
    contest = make_open_contest()
    vote(contest, "a")
    published(contest)
    files = bundle_bytes(contest, 1)
    assert "stickers.json" not in files
    assert b"stickers" not in files["config.json"] + files["log.jsonl"]
    assert Check(files).wrong is None
    shown = shown_result(contest)
    assert shown is not None
    assert shown.stickers is None


def test_one_person_types_and_the_record_names_them() -> None:
    contest, centre = boarded()
    clerk = make_clerk(centre)
    row = write(contest, centre, actor=clerk)
    assert (row.version, row.counted_by_ref, counts_of(row)) == (1, clerk.actor_ref, COUNTS)
    event = AuditEvent.objects.get(action=Action.STICKERS_COUNTED)
    assert (event.actor_ref, event.data) == (
        clerk.actor_ref,
        {
            "centre": centre.code,
            "place": "총회장 입구",
            "day": timezone.localdate().isoformat(),
            "version": 1,
        },
    )


def test_a_correction_is_the_next_version_and_the_one_before_stays() -> None:
    contest, centre = boarded()
    row = write(contest, centre)
    fixer = make_clerk(centre)
    better = {**COUNTS, "c": 7}
    again = correct_stickers(actor=fixer, board=row, counts=better, reason=" 뒷면을 빠뜨렸습니다. ")
    assert (again.version, again.reason) == (2, "뒷면을 빠뜨렸습니다.")
    (board,) = boards_at(contest, centre)
    assert (dict(board.counts), [one.version for one, _who in board.versions]) == (better, [1, 2])
    assert board.versions[1][1] == fixer.name
    assert sticker_table(contest)["sums"] == better
    event = AuditEvent.objects.get(action=Action.STICKERS_CORRECTED)
    assert (event.actor_ref, event.reason) == (fixer.actor_ref, "뒷면을 빠뜨렸습니다.")


def test_a_correction_needs_a_reason_and_other_figures() -> None:
    contest, centre = boarded()
    row = write(contest, centre)
    clerk = make_clerk(centre)
    with pytest.raises(Refused) as caught:
        correct_stickers(actor=clerk, board=row, counts={**COUNTS, "a": 5}, reason="  ")
    assert caught.value.refusal.code == "reason_missing"
    assert caught.value.refusal.form_field == "reason"
    same = correct_stickers(actor=clerk, board=row, counts=COUNTS, reason="다시 보았습니다.")
    assert (same.pk, StickerCount.objects.count()) == (row.pk, 1)


def test_the_same_figures_sent_twice_are_stored_once() -> None:
    contest, centre = boarded()
    assert write(contest, centre).pk == write(contest, centre).pk
    assert AuditEvent.objects.filter(action=Action.STICKERS_COUNTED).count() == 1


def test_a_board_is_counted_once_a_day() -> None:
    contest, centre = boarded()
    write(contest, centre)
    assert code(contest, centre, counts={**COUNTS, "a": 9}) == "board_counted"
    write(contest, centre, place="", counts={**COUNTS, "a": 9})
    assert StickerCount.objects.count() == 2


def test_each_refusal_says_why_and_what_to_do() -> None:
    contest, centre = boarded()
    day = timezone.localdate() + timedelta(days=1)
    assert code(contest, centre, actor=make_user(role=RoleKind.AUDITOR)) == "role_needed"
    assert code(contest, centre, actor=make_clerk(make_centre())) == "other_centre"
    assert code(contest, make_centre()) == "stickers_elsewhere"
    assert code(contest, centre, day=day) == "bad_sticker_day"
    assert code(contest, centre, day=day - timedelta(days=40)) == "bad_sticker_day"
    assert code(make_open_contest(centres=[centre]), centre) == "no_stickers"
    early = make_contest(stickers=True, centres=[centre])
    assert code(early, centre) == "stickers_too_early"
    with transaction.atomic():
        freeze(contest_id=early.pk, actor_ref="system")
    assert code(early, centre) == "stickers_too_early"
    assert not StickerCount.objects.exists()


@pytest.mark.parametrize(
    "counts",
    [{"a": 1}, {**COUNTS, "d": 1}, {**COUNTS, "a": -1}, {**COUNTS, "a": MOST_STICKERS + 1},
     {**COUNTS, "a": 1.5}, {**COUNTS, "a": True}],
)  # fmt: skip
def test_every_option_has_a_whole_number(counts: Any) -> None:
    contest, centre = boarded()
    assert code(contest, centre, counts=counts) == "bad_sticker_counts"


def test_publication_freezes_them() -> None:
    contest, centre = boarded()
    vote(contest, "a")
    row = write(contest, centre)
    published(contest)
    assert contest.state == "published"
    assert code(contest, centre, place="다른 곳") == "stickers_published"
    with pytest.raises(Refused) as caught:
        correct_stickers(
            actor=make_clerk(centre), board=row, counts={**COUNTS, "a": 5}, reason="늦음"
        )
    assert caught.value.refusal.code == "stickers_published"
    with pytest.raises(DatabaseError, match="takes no stickers now"), transaction.atomic():
        StickerCount.objects.create(
            contest=contest,
            centre=centre,
            place="뒷문",
            day=row.day,
            counts="{}",
            counted_by_ref="x",
        )


def test_rows_are_append_only_and_a_correction_gives_a_reason() -> None:
    contest, centre = boarded()
    row = write(contest, centre)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        StickerCount.objects.filter(pk=row.pk).update(counts="{}")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        StickerCount.objects.filter(pk=row.pk).delete()
    with pytest.raises(DatabaseError, match="gives_a_reason"), transaction.atomic():
        StickerCount.objects.create(
            contest=contest, centre=centre, place=row.place, day=row.day, version=2,
            counts="{}", counted_by_ref="x",
        )  # fmt: skip


def test_stickers_need_a_centre_whose_staff_count_them() -> None:
    contest = make_contest(stickers=True)
    assert [one.code for one in readiness(contest)] == ["no_sticker_centres"]
    contest.centres.add(make_centre())
    assert readiness(contest) == []


def test_a_publication_without_any_sticker_says_so() -> None:
    contest, _centre = boarded()
    vote(contest, "a")
    published(contest)
    shown = shown_result(contest)
    assert shown is not None
    assert shown.stickers is not None
    assert (shown.stickers.total, shown.stickers.boards) == (0, ())
