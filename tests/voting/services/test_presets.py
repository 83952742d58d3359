"""Presets that a new town starts with, those of its own, and copies of earlier contests."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.utils import timezone

from proceedings.audit import Action
from proceedings.models import AuditEvent
from proceedings.refusals import Refused
from residents.roles import RoleKind
from tests.factories.places import make_centre, make_district
from tests.factories.residents import make_user
from tests.factories.voting import make_contest, make_open_contest
from voting.models import ContestPreset
from voting.selectors import readiness
from voting.services.contests import OptionText, create_contest
from voting.services.presets import copy_contest, save_preset
from voting.tally.weights import read_weights, tells_channel

pytestmark = pytest.mark.django_db


def administrator() -> Any:
    return make_user(role=RoleKind.ADMINISTRATOR)


@pytest.mark.parametrize(
    "slug",
    [
        "gwangju",
        "songdo",
        "seoul",
        "seoul-rank",
        "sejong",
        "changwon",
        "assembly-ten",
        "dong-head",
        "dong-head-score",
        "dong-head-rank",
    ],
)
def test_each_first_preset_lacks_only_what_belongs_to_one_contest(slug: str) -> None:
    now = timezone.now()
    contest = create_contest(
        actor=administrator(),
        title="우리 동 투표",
        area=make_district(),
        preset=ContestPreset.objects.get(slug=slug),
        options=[OptionText(f"o{n}", f"의제 {n}", group="분야") for n in range(1, 13)],
        census=22_460,
        age_on=timezone.localdate(),
        centres=[make_centre()],
        opens_at=now + timedelta(days=1),
        closes_at=now + timedelta(days=9),
    )
    assert readiness(contest) == []


CHANGE = import_module("voting.migrations.0013_seats_by_part")


def test_ten_of_an_assembly_have_seats_by_part_and_panels_a_quorum() -> None:
    ten = ContestPreset.objects.get(slug="assembly-ten")
    parts = ten.settings["rule_options"]["seats_by"]
    assert [(one["part"], one["seats"]) for one in parts] == [
        ("web", 5),
        ("심사단", 3),
        ("paper", 2),
    ]
    for slug in ("dong-head", "dong-head-score", "dong-head-rank"):
        options = ContestPreset.objects.get(slug=slug).settings["rule_options"]
        assert options["quorum"] == {"of": "roll", "share": "1/2"}


def test_presets_that_a_town_has_changed_stay_as_they_are() -> None:
    mine = {"kind": "pick", "seats": 7}
    slugs = ["assembly-ten", "dong-head"]
    ContestPreset.objects.filter(slug__in=slugs).update(settings=mine, note="우리 방식")
    ContestPreset.objects.filter(slug="dong-head-rank").update(
        settings=CHANGE.HEADS["dong-head-rank"]
    )
    CHANGE.change_presets(apps, None)
    kept = ContestPreset.objects.filter(slug__in=slugs)
    assert {(one.note, one.settings == mine) for one in kept} == {("우리 방식", True)}
    ranked = ContestPreset.objects.get(slug="dong-head-rank").settings["rule_options"]
    assert ranked == {"decimals": 5, "ties": "earlier", "quorum": CHANGE.HALF_OF_ROLL}


def test_the_budgets_preset_counts_projects() -> None:
    settings = ContestPreset.objects.get(slug="budget-district").settings
    assert (settings["kind"], settings["rule"], settings["tie_rule"]) == (
        "budget",
        "projects",
        "lower_cost",
    )


@pytest.mark.parametrize(("slug", "vote"), [("budget-district-30", 30), ("budget-district-20", 20)])
def test_budgets_presets_weigh_the_vote_beside_a_committee(slug: str, vote: int) -> None:
    settings = ContestPreset.objects.get(slug=slug).settings
    weights = read_weights(settings["rule_options"]["weights"])
    assert weights is not None
    assert [(part.name, part.weight, part.body) for part in weights.parts] == [
        ("all", vote, False),
        ("참여예산위원회", 100 - vote, True),
    ]
    assert not tells_channel(settings["rule_options"])


def save(**columns: Any) -> ContestPreset:
    settings = columns.pop("settings", {"kind": "pick", "max_picks": 4, "title": "남의 것"})
    return save_preset(
        actor=administrator(), name="우리 구 방식", note="", settings=settings, **columns
    )


def test_a_preset_keeps_what_a_preset_may_set_and_the_rule_that_follows() -> None:
    preset = save()
    assert preset.settings == {"kind": "pick", "max_picks": 4, "rule": "plurality"}
    assert preset.position > ContestPreset.objects.get(slug="dong-head").position
    event = AuditEvent.objects.get(subject=f"voting.contestpreset:{preset.pk}")
    assert (event.action, event.data) == (
        Action.CONTEST_PRESET_SAVED,
        {"settings": ["kind", "max_picks", "rule"]},
    )


def test_a_changed_preset_is_the_same_row() -> None:
    preset = save()
    again = save(preset=preset, settings={"kind": "yes_no"})
    assert (again.pk, again.settings) == (preset.pk, {"kind": "yes_no", "rule": "yes_no"})


def test_only_administrators_save_presets() -> None:
    with pytest.raises(Refused, match="role_needed"):
        save_preset(actor=make_user(role=RoleKind.AUDITOR), name="이름", note="", settings={})


def test_a_copy_has_rules_options_and_centres_but_no_days() -> None:
    open_one, closed_one = make_centre(), make_centre(is_open=False)
    earlier = make_open_contest(
        kind="pick",
        max_picks=2,
        seats=2,
        paper=True,
        centres=[open_one, closed_one],
        summary="작년 의제",
        result_on=timezone.localdate() + timedelta(days=5),
    )
    area = make_district(population=9130)
    copy = copy_contest(actor=administrator(), contest_id=earlier.pk, title="올해 의제", area=area)
    assert (copy.title, copy.state, copy.max_picks, copy.seats) == ("올해 의제", "draft", 2, 2)
    assert (copy.census, copy.summary) == (9130, "작년 의제")
    assert (copy.opens_at, copy.closes_at, copy.result_on, copy.config_digest) == (
        None,
        None,
        None,
        "",
    )
    assert [option.key for option in copy.options.all()] == ["a", "b", "c"]
    assert list(copy.centres.all()) == [open_one]


def test_the_vote_of_a_budget_is_not_copied() -> None:
    earlier = make_contest(outcome="allocation", kind="budget", costs=(1, 2, 3), rule="projects")
    with pytest.raises(Refused, match="not_to_copy"):
        copy_contest(
            actor=administrator(), contest_id=earlier.pk, title="사본", area=make_district()
        )
