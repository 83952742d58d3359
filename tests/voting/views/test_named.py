"""Who voted how: in an open vote for everybody, in any other for nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.factories.voting import make_open_contest, make_voter, run_to_the_end, vote
from voting.models import Secrecy
from voting.selectors.named import named_ballots, named_page

if TYPE_CHECKING:
    from collections.abc import Callable

    from residents.models import User
    from voting.models import Contest

pytestmark = pytest.mark.django_db


def voter(contest: Contest, name: str) -> User:
    user = make_voter(contest)
    user.name = name
    user.save(update_fields=["name"])
    return user


def held(secrecy: str, *names: str) -> Contest:
    """A vote with a result; each of `names` chose one more option than the one before."""
    contest = make_open_contest(secrecy=secrecy, kind="pick", max_picks=3)
    for most, name in enumerate(names):
        vote(contest, *"abc"[:most], user=voter(contest, name))
    with connection.cursor() as cursor:  # rows of the same transaction wait for their checks
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    return run_to_the_end(contest)


def address(contest: Contest) -> str:
    return f"{contest.get_absolute_url()}named/"


def test_open_vote_shows_by_name_what_each_marked() -> None:
    contest = held(Secrecy.NAMED, "김느티", "이나루", "박새봄")
    page = Client().get(address(contest))
    assert page.context["lines"] == [("김느티", "빈 투표지"), ("박새봄", "1, 2"), ("이나루", "1")]
    assert address(contest) in Client().get(f"{contest.get_absolute_url()}result/").text
    data = Client().get(f"/api/v1/contests/{contest.pk}/named-ballots/").json()["results"]
    assert data == [
        {"name": "김느티", "marks": []},
        {"name": "박새봄", "marks": ["a", "b"]},
        {"name": "이나루", "marks": ["a"]},
    ]


def test_the_one_choice_of_a_ballot_stands_beside_the_name_with_its_title() -> None:
    contest = make_open_contest(secrecy=Secrecy.NAMED)
    vote(contest, "b", user=voter(contest, "김느티"))
    vote(contest, user=voter(contest, "이나루"))
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    run_to_the_end(contest)
    lines = Client().get(address(contest)).context["lines"]
    assert lines == [("김느티", "2. 의제 b"), ("이나루", "빈 투표지")]


def test_names_are_shown_with_the_result_and_not_before() -> None:
    contest = make_open_contest(secrecy=Secrecy.NAMED)
    vote(contest, "a", user=voter(contest, "김느티"))
    assert Client().get(address(contest)).status_code == 404
    assert Client().get(f"/api/v1/contests/{contest.pk}/named-ballots/").status_code == 404


def test_other_votes_keep_no_name_and_show_none() -> None:
    contest = held(Secrecy.SEPARATE, "김느티", "이나루")
    assert not contest.ballots.exclude(named="").exists()
    assert Client().get(address(contest)).status_code == 404
    assert Client().get(f"/api/v1/contests/{contest.pk}/named-ballots/").status_code == 404
    assert address(contest) not in Client().get(f"{contest.get_absolute_url()}result/").text


def test_names_come_page_by_page_each_once() -> None:
    contest = held(Secrecy.NAMED, "나", "가", "나", "다")
    ballots = named_ballots(contest)
    assert ballots is not None
    names, after, pages = [], "", 0
    while after or not pages:
        page = named_page(ballots, after, size=2)
        names += [one.named for one in page.ballots]
        after, pages = page.after, pages + 1
    assert (names, pages) == (["가", "나", "나", "다"], 2)
    assert named_page(ballots, "nowhere", size=2) == named_page(ballots, "", size=2)


def test_page_costs_no_more_for_more_names() -> None:
    def cost(*names: str) -> int:
        contest = held(Secrecy.NAMED, *names)
        Client().get(address(contest))
        with CaptureQueriesContext(connection) as caught:
            Client().get(f"{address(contest)}?after=nowhere")
        return len(caught)

    assert cost("가") == cost("가", "나", "다")
    assert cost("가") <= 8


@pytest.mark.parametrize(
    ("secrecy", "is_warned"), [(Secrecy.NAMED, True), (Secrecy.SEPARATE, False)]
)
def test_whoever_casts_in_an_open_vote_is_told_before(
    secrecy: str,
    is_warned: bool,  # noqa: FBT001 - a case
    client_of: Callable[[User], Client],
) -> None:
    contest = make_open_contest(secrecy=secrecy)
    client = client_of(make_voter(contest))
    here = contest.get_absolute_url()
    client.post(f"{here}ballot/", {"pick": "a"})
    assert ("이름이 표와 함께 보입니다" in client.get(f"{here}cast/").text) is is_warned
