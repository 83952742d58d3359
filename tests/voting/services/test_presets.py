"""Presets that a new town starts with, those of its own, and copies of earlier contests."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.utils import timezone

from hangul.formats import SEOUL
from proceedings.audit import Action
from proceedings.models import AuditEvent
from proceedings.refusals import Refused
from proposals.models import SupportPreset
from residents.roles import RoleKind
from tests.factories.places import make_centre, make_district
from tests.factories.residents import make_user
from tests.factories.voting import make_contest, make_open_contest
from voting.admin.words import contest_of_preset
from voting.models import ContestPreset, DrawPreset
from voting.selectors import readiness
from voting.services.contests import OptionText, create_contest
from voting.services.presets import copy_contest, proposed_hours, save_preset
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


def weights(vote: int) -> dict[str, Any]:
    """What the vote weighs beside the committee, of 100."""
    parts = [
        {"part": "all", "weight": vote},
        {"part": "참여예산위원회", "weight": 100 - vote, "body": True},
    ]
    return {"parts": parts, "as": "points", "empty": "void"}


LIVES = ["lives", "foreigner"]
ACTIVE = ["lives", "works", "studies", "business", "member"]
ALL = [*ACTIVE, "foreigner"]
RESIDENTS = ["lives", "works", "studies"]
HALF = {"majority": {"of": "valid", "share": "1/2", "strict": True}}
OF_PEOPLE = {"quorum": {"of": "fixed", "share": "1/200"}}
OF_PANEL = {"quorum": {"of": "roll", "share": "1/2"}}
TEN = [
    {"part": "web", "seats": 5},
    {"part": "심사단", "seats": 3, "body": True},
    {"part": "paper", "seats": 2},
]
BY_FIELD = {"allocation": {"groups": "field"}}
TABLE: dict[str, tuple[Any, ...]] = {
    # slug: from which age, who, ballot, least and most picks, in each group,
    #       rule, how many are chosen, days before the day, stickers apart, options of the rule
    "gwangju": (7, LIVES, "pick", 1, 3, None, "plurality", 3, 9, True, {}),
    "songdo": (13, ALL, "yes_no", 1, 1, None, "yes_no", 1, 4, False, HALF),
    "seoul": (18, ACTIVE, "yes_no", 1, 1, None, "yes_no", 1, None, False, {**HALF, **OF_PEOPLE}),
    "seoul-rank": (18, ACTIVE, "rank", 1, 3, None, "borda", 3, None, False, OF_PEOPLE),
    "sejong": (16, ["lives"], "pick", 1, 2, None, "plurality", 1, None, False,
               {"quorum": {"of": "fixed", "share": "1/100"}, "per_group": True}),
    "changwon": (18, ["lives"], "yes_no", 1, 1, None, "yes_no", 1, None, False,
                 {**HALF, "quorum": {"of": "members", "number": 24, "share": "3/1"}}),
    "budget-district": (14, RESIDENTS, "budget", 1, 12, 3, "projects", 1, None, False, BY_FIELD),
    "budget-district-30": (14, RESIDENTS, "budget", 1, 12, 3, "projects", 1, None, False,
                           {"weights": weights(30), **BY_FIELD}),
    "budget-district-20": (14, RESIDENTS, "budget", 1, 1, None, "projects", 1, None, False,
                           {"weights": weights(20)}),
    "assembly-ten": (None, ALL, "pick", 1, 10, None, "plurality", 10, None, False,
                     {"seats_by": TEN}),
    "dong-head": (16, ["lives"], "single", 1, 1, None, "plurality", 2, None, False, OF_PANEL),
    "dong-head-score": (16, ["lives"], "score", 1, 1, None, "score", 2, None, False, OF_PANEL),
    "dong-head-rank": (16, ["lives"], "rank", 1, 3, None, "stv", 2, None, False,
                       {"decimals": 5, "ties": "earlier", **OF_PANEL}),
}  # fmt: skip
FIXED_ROLLS = {"sejong", "dong-head", "dong-head-score", "dong-head-rank"}


@pytest.mark.parametrize("slug", TABLE)
def test_each_preset_says_what_the_town_says_whose_name_it_bears(slug: str) -> None:
    preset = ContestPreset.objects.get(slug=slug)
    made = contest_of_preset(preset)
    assert (
        made.min_age,
        made.bases,
        made.kind,
        made.min_picks,
        made.max_picks,
        made.group_picks,
        made.rule,
        made.seats,
        preset.advance_days,
        made.stickers,
        preset.settings.get("rule_options", {}),
    ) == TABLE[slug]
    money = made.kind == "budget"
    assert (made.publication, made.tie_rule) == ("full", "lower_cost" if money else "report")
    assert made.roll_mode == ("fixed" if slug in FIXED_ROLLS else "rolling")
    heads = slug.startswith("dong-head")
    assert made.decided_by == ("인사위원회" if heads else "")
    assert ("임용은 인사위원회와 구청장이" in made.effect) is heads


def test_the_table_names_every_preset_but_equal_shares() -> None:
    slugs = ContestPreset.objects.exclude(slug="budget-shares").values_list("slug", flat=True)
    assert set(slugs) == set(TABLE)


def test_draws_and_support_have_presets_of_their_own() -> None:
    council = DrawPreset.objects.get(slug="council")
    assert (council.seats, council.reserves) == (30, 10)
    assert council.demands[0] == {
        "field": "6시간 교육",
        "values": ["마침"],
        "least": True,
        "percent": 100,
    }
    assert "18세 이상" in council.ordinance
    steps = SupportPreset.objects.order_by("threshold", "days").values_list("threshold", "days")
    assert list(steps) == [(50, 20), (50, 30), (100, 30)]


WHOLE = import_module("voting.migrations.0020_whole_presets")


def test_presets_that_a_town_has_changed_get_no_days_and_no_stickers() -> None:
    mine = {"kind": "pick", "seats": 7}
    ContestPreset.objects.filter(slug="gwangju").update(
        settings=mine, note="우리 방식", advance_days=None
    )
    note, shipped = WHOLE.SHIPPED["songdo"]
    ContestPreset.objects.filter(slug="songdo").update(
        settings=shipped, note="송도를 따름", advance_days=None
    )
    WHOLE.change_presets(apps, None)
    kept = ContestPreset.objects.get(slug="gwangju")
    assert (kept.settings, kept.note, kept.advance_days) == (mine, "우리 방식", None)
    songdo = ContestPreset.objects.get(slug="songdo")
    assert (songdo.settings, songdo.note, songdo.advance_days) == (shipped, "송도를 따름", 4)
    assert note != WHOLE.CHANGES["songdo"][0]


TODAY = date(2026, 11, 2)


@pytest.mark.parametrize(
    ("days", "day", "opens", "closes"),
    [
        (9, date(2026, 11, 22), datetime(2026, 11, 13, 9, tzinfo=SEOUL), 22),
        (4, date(2026, 11, 22), datetime(2026, 11, 18, 9, tzinfo=SEOUL), 22),
        (0, date(2026, 11, 22), datetime(2026, 11, 22, 9, tzinfo=SEOUL), 22),
        (9, date(2026, 11, 5), datetime(2026, 11, 3, 9, tzinfo=SEOUL), 5),  # begun already
        (None, date(2026, 11, 22), None, 22),
    ],
)
def test_hours_are_proposed_from_the_day_and_the_days_of_the_preset(
    days: int | None, day: date, opens: datetime | None, closes: int
) -> None:
    hours = proposed_hours(ContestPreset(advance_days=days), day, TODAY)
    assert hours.get("opens_at") == opens
    assert hours["closes_at"] == datetime(2026, 11, closes, 18, tzinfo=SEOUL)


def test_without_a_day_no_hours_are_proposed_and_without_a_preset_no_opening() -> None:
    assert proposed_hours(ContestPreset(advance_days=9), None, TODAY) == {}
    assert set(proposed_hours(None, date(2026, 11, 22), TODAY)) == {"closes_at"}


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
        actor=administrator(),
        name="우리 구 방식",
        note="",
        on_plan=False,
        settings=settings,
        **columns,
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


def test_a_preset_keeps_its_days() -> None:
    preset = save(advance_days=6)
    assert preset.advance_days == 6
    assert save(preset=preset, advance_days=None).advance_days is None


def test_only_administrators_save_presets() -> None:
    with pytest.raises(Refused, match="role_needed"):
        save_preset(
            actor=make_user(role=RoleKind.AUDITOR), name="이름", note="", on_plan=False, settings={}
        )


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


def test_what_is_given_goes_over_what_is_copied() -> None:
    earlier = make_open_contest(stickers=True, centres=[make_centre()])
    closes = timezone.now() + timedelta(days=9)
    copy = copy_contest(
        actor=administrator(),
        contest_id=earlier.pk,
        title="올해",
        area=make_district(),
        closes_at=closes,
    )
    assert (copy.stickers, copy.opens_at, copy.closes_at) == (True, None, closes)


def test_the_vote_of_a_budget_is_not_copied() -> None:
    earlier = make_contest(outcome="allocation", kind="budget", costs=(1, 2, 3), rule="projects")
    with pytest.raises(Refused, match="not_to_copy"):
        copy_contest(
            actor=administrator(), contest_id=earlier.pk, title="사본", area=make_district()
        )
