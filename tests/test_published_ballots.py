"""The file of ballots in a bundle: `count_ballots` gives the published result, by every rule."""

from __future__ import annotations

import json
from io import StringIO
from typing import TYPE_CHECKING, Any

import pytest
from django.core.management import call_command
from hypothesis import given

from tests.factories.rules import cases
from tests.factories.voting import make_published_contest
from tests.test_two_engines import MANY
from voting.ballots import design_from_config
from voting.ballots.files import read_file, write_file
from voting.bundle import count_file
from voting.models import PublicationFile
from voting.tally import RULES, check_rule, count_box
from voting.tally.result import Box

if TYPE_CHECKING:
    from pathlib import Path

    from django.test import Client

    from tests.factories.rules import Case


def counted(path: Path) -> Any:
    """What the command says of a file, with no further argument."""
    out = StringIO()
    call_command("count_ballots", str(path), "--json", stdout=out)
    return json.loads(out.getvalue())


@pytest.mark.parametrize("name", sorted(RULES))
def test_file_of_any_rule_is_counted_as_the_contest_was(name: str, tmp_path: Path) -> None:
    path, held = tmp_path / "ballots.json", list[object]()

    @MANY
    @given(cases(name))
    def alike(case: Case) -> None:
        design = design_from_config(case.ballot)
        box = Box(case.box, case.roll, {"paper": case.void} if case.void else {}, case.bodies)
        if design.check() or check_rule(design, case.rule):
            return  # no such contest opens
        held.append(case)
        path.write_bytes(count_file("마을의제", design, case.rule, box, case.lot))
        assert counted(path) == count_box(design, case.rule, box, case.lot).to_json()
        plain = json.loads(path.read_bytes())
        assert json.loads(json.dumps(write_file(read_file(plain)))) == plain

    alike()
    assert held


def test_channels_stand_in_the_file_only_where_they_count_apart() -> None:
    def channels(rule: dict[str, Any]) -> list[Any]:
        text = count_file("마을의제", design, rule, box, None)
        return [row.get("channel") for row in json.loads(text)["ballots"]]

    options: list[Any] = [
        {"key": key, "number": place, "title": key, "cost": None, "group": None}
        for place, key in enumerate("ab", 1)
    ]
    design = design_from_config(
        {
            "kind": "single",
            "options": options,
            "min_picks": 1,
            "max_picks": 1,
            "spend_limit": None,
            "allow_blank": True,
            "abstain_allowed": False,
            "overpick": "void",
        }
    )
    box = Box({('["a"]', "paper"): 2, ('["a"]', "web"): 1}, 9, {}, {})
    parts = [{"part": "web", "weight": 50}, {"part": "paper", "weight": 50}]
    weights = {"parts": parts, "as": "ballots", "empty": "spread"}
    assert channels({"name": "plurality", "seats": 1}) == [None]
    assert channels({"name": "plurality", "seats": 1, "weights": weights}) == ["paper", None]


@pytest.mark.django_db
def test_published_file_gives_the_published_result(client: Client, tmp_path: Path) -> None:
    box = {('["a"]', "web"): 12, ('["b"]', "web"): 10, ('["a"]', "paper"): 3, ("[]", "web"): 1}
    contest = make_published_contest(box)
    publication = contest.publications.get()
    address = f"/votes/{contest.pk}/bundle/{publication.version}/ballots.json"
    assert f'href="{address}"' in client.get(f"/votes/{contest.pk}/recount/").content.decode()
    path = tmp_path / "ballots.json"
    path.write_bytes(b"".join(client.get(address)))
    assert counted(path) == json.loads(publication.result)


@pytest.mark.django_db
def test_no_file_is_offered_where_not_every_ballot_is_published(client: Client) -> None:
    box = {('["a"]', "web"): 12, ('["b"]', "web"): 10}
    contest = make_published_contest(box, publication="totals")
    assert not PublicationFile.objects.filter(name="ballots.json").exists()
    page = client.get(f"/votes/{contest.pk}/recount/").content.decode()
    assert "ballots.json" not in page
    assert "다시 셀 투표지 파일이 없습니다" in page
