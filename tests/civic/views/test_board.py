"""A centre's wall display: fresh within ten seconds, and silent where turnout is not shown."""

from __future__ import annotations

import re

import pytest
from django.conf import settings
from django.test import Client

from civic.page_cache import RULES
from tests.factories.paper import Desk
from tests.factories.places import make_area, make_centre
from tests.factories.voting import make_open_contest, vote
from voting.services.figures import refresh_figures

pytestmark = pytest.mark.django_db


def test_figures_are_never_ten_seconds_behind() -> None:
    """Roll-up, copy for readers and the display's own beat, one after the other at worst."""
    centre = make_centre(area=make_area())
    page = Client().get(f"/board/{centre.code}/")
    beat = re.search(r'data-every="(\d+)"', page.content.decode())
    assert beat is not None
    tick = settings.CELERY_BEAT_SCHEDULE["turnout figures"]["schedule"]
    assert isinstance(tick, float)
    assert tick + RULES["board_live"].seconds + int(beat[1]) < 10


def test_page_reloads_itself_only_without_scripts() -> None:
    centre = make_centre(area=make_area())
    page = Client().get(f"/board/{centre.code}/")
    assert "Refresh" not in page
    assert '<noscript><meta http-equiv="refresh" content="10"></noscript>' in page.content.decode()


@pytest.mark.parametrize("shown", [True, False])
def test_turnout_is_told_only_where_the_vote_tells_it(shown: bool) -> None:  # noqa: FBT001 - a case
    contest = make_open_contest(live_turnout=shown)
    centre = make_centre(area=contest.area)
    vote(contest, "a")
    refresh_figures()
    page = Client().get(f"/board/{centre.code}/live/").content.decode()
    assert contest.title in page
    assert ("온라인" in page) is shown


def test_people_are_counted_as_people_and_papers_as_sheets() -> None:
    centre = make_centre(area=make_area())
    contest = make_open_contest(area=centre.area, paper=True, centres=[centre])
    desk = Desk(of=(contest, centre))
    desk.issue()
    refresh_figures()
    page = Client().get(f"/board/{desk.centre.code}/live/").content.decode()
    tiles = re.findall(r'tile__label">([^<]*)</p><p class="tile__value">([^<]*)<', page)
    assert dict(tiles) == {
        "참여": "1명",
        "온라인": "0명",
        "종이": "1명",
        "이 센터에서 내준 투표용지": "1장",
        "이 센터에서 입력한 용지": "0장",
    }


@pytest.mark.parametrize(("shown", "web"), [(True, 1), (False, None)])
def test_the_api_has_the_same_figures_and_keeps_back_the_same(
    shown: bool,  # noqa: FBT001 - a case
    web: int | None,
) -> None:
    contest = make_open_contest(live_turnout=shown)
    centre = make_centre(area=contest.area)
    vote(contest, "a")
    refresh_figures()
    found = Client().get(f"/api/v1/boards/{centre.code}/").json()
    assert found["centre"] == centre.code
    assert [(row["contest"], row["web"], row["issued"]) for row in found["votes"]] == [
        (contest.pk, web, 0)
    ]
    assert Client().get("/api/v1/boards/none/").status_code == 404
