"""Setting a contest up, freezing it, taking it back, and making its result final."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from proceedings.audit import Action
from proceedings.models import AuditEvent, Phase
from proceedings.refusals import Refused
from proceedings.services import remove_phase, save_phase
from residents.roles import RoleKind
from tests.factories.paper import Desk
from tests.factories.places import make_centre, make_district
from tests.factories.proceedings import make_phase, stage_of
from tests.factories.residents import make_user
from tests.factories.voting import (
    make_contest,
    make_open_contest,
    pass_the_objections,
    run_to_the_end,
    vote,
)
from voting.models import Contest, ContestPreset, ContestState, LogLeaf
from voting.selectors import readiness
from voting.services.clock import advance_contests
from voting.services.contests import (
    OptionText,
    change_contest,
    create_contest,
    finalize_contest,
    freeze_contest,
    open_contest,
    unfreeze_contest,
)
from voting.services.paper import ask_correction, decide_correction

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.django_db


def administrator() -> Any:
    return make_user(role=RoleKind.ADMINISTRATOR)


def events(contest: Contest, action: Action) -> list[AuditEvent]:
    return list(AuditEvent.objects.filter(subject=f"voting.contest:{contest.pk}", action=action))


def change(contest: Contest, **fields: Any) -> Contest:
    return change_contest(actor=administrator(), contest=contest, fields=fields)


# --- Setting up ---


def test_a_contest_begins_with_its_presets_rules() -> None:
    preset = ContestPreset.objects.get(slug="songdo")
    contest = create_contest(
        actor=administrator(), title="내년 계획", area=make_district(), preset=preset, census=9130
    )
    assert (contest.kind, contest.rule, contest.min_age) == ("yes_no", "yes_no", 13)
    assert events(contest, Action.CONTEST_CREATED)[0].data == {"preset": "songdo"}


def test_only_administrators_set_up_contests() -> None:
    observer = make_user(role=RoleKind.OBSERVER)
    with pytest.raises(Refused, match="role_needed"):
        create_contest(actor=observer, title="투표", area=make_district())
    contest = make_contest()
    with pytest.raises(Refused, match="role_needed"):
        change_contest(actor=observer, contest=contest, fields={"title": "다른 이름"})
    with pytest.raises(Refused, match="role_needed"):
        freeze_contest(actor=observer, contest_id=contest.pk)


def test_changed_fields_are_named_in_the_record() -> None:
    contest = change_contest(
        actor=administrator(),
        contest=make_contest(),
        fields={"title": "새 이름", "centres": [make_centre()]},
        options=[OptionText("a", "의제 a")],
    )
    assert contest.title == "새 이름"
    assert events(contest, Action.CONTEST_CHANGED)[0].data == {
        "fields": ["centres", "options", "title"]
    }


def test_a_frozen_contest_does_not_change() -> None:
    contest = make_contest()
    freeze_contest(actor=administrator(), contest_id=contest.pk)
    with pytest.raises(Refused, match="frozen"):
        change(contest, title="다른 이름")


def test_items_of_a_yes_no_ballot_may_all_be_answered_however_many_there_are() -> None:
    contest = make_contest(kind="yes_no", keys=("a", "b"))
    assert contest.max_picks == 2
    changed = change_contest(
        actor=administrator(),
        contest=contest,
        fields={},
        options=[OptionText(key, key) for key in "abcde"],
    )
    assert changed.max_picks == 5


@pytest.mark.parametrize(
    ("kind", "overpick", "code"),
    [
        ("pick", "left_out", "left_out_kind"),
        ("points", "left_out", "left_out_kind"),
        ("rank", "scale", "scale_kind"),
    ],
)
def test_too_many_marks_mean_only_what_no_printed_order_decides(
    kind: str, overpick: str, code: str
) -> None:
    contest = make_contest(kind=kind, max_picks=2)
    with pytest.raises(Refused, match=code):
        change(contest, overpick=overpick)
    with pytest.raises(Refused, match=code):
        change(make_contest(), kind=kind, overpick=overpick)
    with pytest.raises(Refused, match=code):
        create_contest(
            actor=administrator(), title="투표", area=make_district(), kind=kind, overpick=overpick
        )
    with (
        pytest.raises(IntegrityError, match="contest_overpick_fits_its_kind"),
        transaction.atomic(),
    ):
        Contest.objects.filter(pk=contest.pk).update(overpick=overpick)
    assert Contest.objects.get(pk=contest.pk).overpick == "void"


def test_another_kind_of_ballot_begins_with_void_sheets() -> None:
    contest = change(make_contest(kind="rank"), overpick="left_out")
    assert contest.overpick == "left_out"
    assert change(contest, kind="score").overpick == "left_out"
    assert change(contest, kind="pick").overpick == "void"


FIRST = import_module("voting.migrations.0018_sheets_with_too_many")


def without_the_constraint(kind: str) -> Contest:
    """A contest as it may have been stored when the first marks in print order still counted."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # else the table is busy until the end
        cursor.execute(
            "ALTER TABLE voting_contest DROP CONSTRAINT IF EXISTS contest_overpick_fits_its_kind"
        )
    contest = make_contest(kind=kind)
    Contest.objects.filter(pk=contest.pk).update(overpick="first_k")
    return contest


def test_contests_that_counted_the_first_marks_in_print_order_are_moved() -> None:
    drafts = [without_the_constraint(kind) for kind in ("pick", "single", "rank", "yes_no")]
    preset = ContestPreset.objects.get(slug="gwangju")
    preset.settings["overpick"] = "first_k"
    preset.save()
    FIRST.move(apps, None)
    moved = [Contest.objects.get(pk=draft.pk).overpick for draft in drafts]
    assert moved == ["void", "void", "left_out", "left_out"]
    assert ContestPreset.objects.get(slug="gwangju").settings["overpick"] == "void"


def test_what_was_frozen_with_the_first_marks_is_not_changed_silently() -> None:
    contest = without_the_constraint("pick")
    Contest.objects.filter(pk=contest.pk).update(state="frozen", config_digest="0" * 64)
    with pytest.raises(ValueError, match=rf"Contests \[{contest.pk}\] were frozen"):
        FIRST.move(apps, None)


def test_another_kind_of_ballot_brings_a_rule_that_counts_it() -> None:
    quorum = {"of": "roll", "share": "1/4"}
    contest = make_contest(kind="pick", rule_options={"per_group": True, "quorum": quorum})
    changed = change(contest, kind="yes_no", abstain_allowed=True)
    assert (changed.rule, changed.rule_options) == ("yes_no", {"quorum": quorum})
    assert (changed.abstain_allowed, changed.max_picks) == (True, 3)
    back = change(changed, kind="single")
    assert (back.rule, back.max_picks, back.abstain_allowed) == ("plurality", 1, False)


def test_a_share_of_the_census_follows_the_census() -> None:
    contest = make_contest(rule_options={"quorum": {"of": "fixed", "share": "1/200"}})
    assert contest.rule_options["quorum"]["number"] == 1000
    changed = change(contest, census=22_460)
    assert changed.rule_options["quorum"] == {"of": "fixed", "share": "1/200", "number": 22_460}
    assert "bad_bar" in [one.code for one in readiness(change(changed, census=None))]


# --- Freezing and taking back ---


def test_what_is_not_complete_is_not_frozen() -> None:
    contest = make_contest(tie_rule="", census=None)
    with pytest.raises(Refused, match="not_ready") as refused:
        freeze_contest(actor=administrator(), contest_id=contest.pk)
    assert refused.value.refusal.params["codes"] == ["no_census", "no_tie_rule"]


@pytest.mark.parametrize("kind", ["single", "pick", "yes_no"])
def test_a_ballot_without_options_lacks_only_these(kind: str) -> None:
    contest = make_contest(keys=(), kind=kind, seats=3, max_picks=3)
    assert [one.code for one in readiness(contest)] == ["no_options"]


def test_a_result_before_the_close_is_named() -> None:
    today = timezone.localdate()
    contest = make_contest(result_on=today - timedelta(days=1))
    assert [one.code for one in readiness(contest)] == ["result_before_close"]


def test_a_frozen_contest_is_taken_back_with_a_reason_only() -> None:
    contest, actor = make_contest(), administrator()
    with pytest.raises(Refused, match="not_frozen"):
        unfreeze_contest(actor=actor, contest_id=contest.pk, reason="아직 초안")
    frozen = freeze_contest(actor=actor, contest_id=contest.pk)
    assert len(frozen.config_digest) == 64
    with pytest.raises(Refused, match="reason_missing"):
        unfreeze_contest(actor=actor, contest_id=contest.pk, reason="  ")
    draft = unfreeze_contest(actor=actor, contest_id=contest.pk, reason="날짜를 잘못 적음")
    assert (draft.state, draft.config_digest) == (ContestState.DRAFT, "")
    assert events(contest, Action.CONTEST_UNFROZEN)[0].reason == "날짜를 잘못 적음"


def test_an_open_contest_is_not_taken_back() -> None:
    contest = make_open_contest()
    with pytest.raises(Refused, match="not_frozen"):
        unfreeze_contest(actor=administrator(), contest_id=contest.pk, reason="늦었다")


# --- In the stage of a process ---


def in_stage(begins: int, ends: int, **columns: Any) -> tuple[Contest, Phase]:
    """A draft from a minute ago to tomorrow, in a process whose voting stage is given in days."""
    process = stage_of("vote", begins, ends)
    return make_contest(process=process, **columns), process.phases.get()


@pytest.mark.parametrize(("begins", "ends"), [(1, 3), (-3, -1), (-1, 0)])
def test_hours_outside_the_voting_stage_are_named_and_not_frozen(begins: int, ends: int) -> None:
    contest, stage = in_stage(begins, ends)
    [outside] = readiness(contest)
    assert outside.code == "outside_stage"
    assert outside.params == {"opens": stage.opens_at, "closes": stage.closes_at}
    with pytest.raises(Refused, match="not_ready") as refused:
        freeze_contest(actor=administrator(), contest_id=contest.pk)
    assert refused.value.refusal.params["codes"] == ["outside_stage"]


def test_hours_inside_the_voting_stage_are_frozen_and_open() -> None:
    contest, _stage = in_stage(-1, 2)
    freeze_contest(actor=administrator(), contest_id=contest.pk)
    assert open_contest(contest_id=contest.pk)


def test_a_process_without_a_voting_stage_holds_no_vote_up() -> None:
    contest = make_contest(process=stage_of("debate", 5, 6))
    assert readiness(contest) == []


def refused_code(call: Callable[..., object], **arguments: Any) -> str:
    with pytest.raises(Refused) as refused:
        call(**arguments)
    return refused.value.refusal.code


def test_a_stage_does_not_move_away_from_under_a_frozen_vote() -> None:
    contest, stage = in_stage(-1, 2)
    closes_at = stage.closes_at
    freeze_contest(actor=administrator(), contest_id=contest.pk)
    stage.closes_at = timezone.now() + timedelta(hours=1)
    assert refused_code(save_phase, actor_ref="system", phase=stage) == "vote_in_stage"
    stage.refresh_from_db()
    assert stage.closes_at == closes_at
    assert refused_code(remove_phase, actor_ref="system", phase=stage) == "vote_in_stage"
    stage.refresh_from_db()
    stage.kind = "debate"
    assert refused_code(save_phase, actor_ref="system", phase=stage) == "vote_in_stage"


def test_a_stage_moves_as_long_as_it_holds_the_vote_and_when_it_is_a_draft_again() -> None:
    contest, stage = in_stage(-1, 2)
    actor = administrator()
    freeze_contest(actor=actor, contest_id=contest.pk)
    assert contest.closes_at is not None
    stage.closes_at = contest.closes_at
    save_phase(actor_ref="system", phase=stage)
    unfreeze_contest(actor=actor, contest_id=contest.pk, reason="날짜를 바꿉니다")
    stage.closes_at = timezone.now() + timedelta(hours=1)
    save_phase(actor_ref="system", phase=stage)


def test_a_first_voting_stage_holds_the_votes_of_its_process_or_does_not_come() -> None:
    contest = make_contest(process=stage_of("debate", -9, -1))
    freeze_contest(actor=administrator(), contest_id=contest.pk)
    now = timezone.now()
    phase = Phase(
        process=contest.process,
        kind="vote",
        title="투표",
        opens_at=now + timedelta(days=3),
        closes_at=now + timedelta(days=4),
    )
    assert refused_code(save_phase, actor_ref="system", phase=phase) == "vote_in_stage"
    phase.opens_at = now - timedelta(days=3)
    save_phase(actor_ref="system", phase=phase)


def test_other_stages_move_while_a_vote_is_on() -> None:
    contest, _stage = in_stage(-1, 2)
    freeze_contest(actor=administrator(), contest_id=contest.pk)
    result = make_phase(process=contest.process, kind="result")
    result.closes_at += timedelta(days=3)
    save_phase(actor_ref="system", phase=result)
    remove_phase(actor_ref="system", phase=result)


# --- Final ---


def published(**columns: Any) -> Contest:
    contest = make_open_contest(**columns)
    vote(contest, "a")
    return run_to_the_end(contest)


@pytest.mark.django_db(transaction=True)
def test_a_result_stays_open_to_objections_for_its_days() -> None:
    contest = published(objection_days=7)
    pass_the_objections(contest, days=7)
    assert not finalize_contest(contest_id=contest.pk)
    contest.refresh_from_db()
    assert contest.state == ContestState.PUBLISHED


@pytest.mark.django_db(transaction=True)
def test_the_clock_makes_a_result_final_when_objections_are_over() -> None:
    contest = published(objection_days=7)
    pass_the_objections(contest, days=8)
    advance_contests()
    contest.refresh_from_db()
    assert contest.state == ContestState.FINAL
    assert len(events(contest, Action.CONTEST_FINAL)) == 1
    last = LogLeaf.objects.filter(contest=contest).latest("index")
    assert last.leaf.data == '{"kind":"state","state":"final"}'
    assert not finalize_contest(contest_id=contest.pk)


@pytest.mark.django_db(transaction=True)
def test_an_open_correction_holds_the_end_back_until_it_is_decided() -> None:
    desk = Desk().certified([["a"], ["b"]])
    desk.publish()
    asked = ask_correction(
        actor=desk.first, batch_id=desk.batch.pk, what="2번 표", why="다시 봄", evidence="사진"
    )
    pass_the_objections(desk.contest)
    assert not finalize_contest(contest_id=desk.contest.pk)
    decide_correction(
        actor=administrator(), correction_id=asked.pk, approved=False, note="잘못이 없음"
    )
    assert finalize_contest(contest_id=desk.contest.pk)
    with pytest.raises(Refused, match="result_final"):
        ask_correction(
            actor=desk.first, batch_id=desk.batch.pk, what="3번 표", why="늦음", evidence="사진"
        )
