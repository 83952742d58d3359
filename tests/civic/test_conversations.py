"""The conversation under a vote: when it opens, what it costs, and what it never says."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from civic.conversations import open_conversations, subject_of
from civic.tasks import open_conversations_task
from debates.models import Thread
from debates.services import post_comment
from tests.factories.budgets import import_file, make_allocated_budget
from tests.factories.debates import make_comment, make_hidden_comment
from tests.factories.voting import make_contest, make_open_contest, make_voter, vote
from voting.models import Contest, ContestKind

if TYPE_CHECKING:
    from collections.abc import Callable

    from residents.models import User

pytestmark = pytest.mark.django_db


def thread_of(contest: Contest) -> Thread:
    """The conversation under a vote, which is opened for it."""
    open_conversations()
    return Thread.objects.get(subject=subject_of(contest))


def talk_on(page: str) -> str:
    """The conversation's part of a page, without what differs from request to request."""
    part = page[page.index('id="opinions"') : page.index('id="write"')]
    return re.sub(r'csrfmiddlewaretoken" value="[^"]*', "", part)


def test_announced_votes_get_a_conversation_once_and_drafts_none() -> None:
    contest, _draft = make_open_contest(), make_contest()
    assert open_conversations() == 1
    open_conversations_task()
    assert open_conversations() == 0
    thread = Thread.objects.get()
    assert (thread.subject_title, thread.subject_url) == (contest.title, f"/votes/{contest.pk}/")
    assert (thread.closed_at, thread.area) == (contest.closes_at, contest.area)


def test_votes_that_were_imported_or_are_over_get_none() -> None:
    import_file("approval_greedy.pb")
    make_allocated_budget([48_000_000], [["01"]])
    assert open_conversations() == 0


def test_opinions_take_a_side_where_the_question_is_yes_or_no() -> None:
    for kind in (ContestKind.SINGLE, ContestKind.YES_NO):
        thread = thread_of(make_open_contest(kind=kind))
        assert thread.asks_position is (kind == ContestKind.YES_NO)


def test_the_way_to_the_ballot_stands_above_what_is_said() -> None:
    contest = make_open_contest()
    make_comment(thread=thread_of(contest), body="쉼터가 먼저입니다.")
    page = Client().get(f"/votes/{contest.pk}/").content.decode()
    ballot = page.index(f'href="/votes/{contest.pk}/ballot/"')
    secret = page.index("어떻게 투표했는지는 적지 않아도 됩니다")
    assert ballot < secret < page.index('id="opinions"') < page.index("쉼터가 먼저입니다.")


def test_nothing_in_the_conversation_tells_whether_an_author_voted(
    client_of: Callable[[User], Client],
) -> None:
    contest = make_open_contest(keys=["a", "b"])
    author = make_voter(contest)
    post_comment(actor=author, thread_id=thread_of(contest).pk, body="쉼터가 먼저입니다.")
    readers = (Client(), client_of(author))
    address = f"/votes/{contest.pk}/"
    before = [talk_on(reader.get(address).content.decode()) for reader in readers]
    vote(contest, "a", user=author)
    assert [talk_on(reader.get(address).content.decode()) for reader in readers] == before


@pytest.mark.parametrize("opinions", [1, 3])
def test_the_conversation_costs_at_most_six_queries(
    client_of: Callable[[User], Client], opinions: int
) -> None:
    contest = make_open_contest()
    readers = (Client(), client_of(make_voter(contest)))
    address = f"/votes/{contest.pk}/"
    without = [queries_of(reader, address) for reader in readers]  # each looked for it: one query
    thread = thread_of(contest)
    for _each in range(opinions):
        make_comment(thread=thread, parent=make_comment(thread=thread))
        make_hidden_comment(thread=thread)
    with_talk = [queries_of(reader, address) for reader in readers]
    assert [more - few + 1 for more, few in zip(with_talk, without, strict=True)] == [4, 4]


def queries_of(client: Client, address: str) -> int:
    """Statements of a page that was asked for before."""
    client.get(address)
    with CaptureQueriesContext(connection) as caught:
        assert client.get(address).status_code == 200
    return len([one for one in caught if one["sql"].startswith("SELECT")])
