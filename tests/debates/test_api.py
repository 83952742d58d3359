"""Debates and opinions as data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.utils import timezone

from debates.models import Thread, ThreadFigures
from debates.opinion import LEAST
from tests.factories.debates import (
    make_comment,
    make_debate,
    make_hidden_comment,
    make_house_rule,
    make_thread,
    rated,
)
from tests.factories.residents import make_user

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db


def get(path: str) -> Any:
    """The JSON behind an address."""
    answer = Client().get(f"/api/v1/{path}")
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_debate_is_given_with_figures_and_a_masked_name() -> None:
    debate = make_debate(author=make_user(name="이느티", email="secret@example.org"))
    ThreadFigures.objects.create(thread=debate.thread, comments=3, people=2, in_favour=2, against=1)
    found = get(f"debates/{debate.pk}/")
    assert (found["author"], found["is_open"]) == ("이○○", True)
    assert found["figures"] == {"opinions": 3, "people": 2, "agree": 2, "neutral": 0, "against": 1}
    assert "secret" not in str(found)


def test_hidden_debates_and_their_opinions_are_not_given() -> None:
    hidden = make_debate(is_hidden=True)
    make_comment(thread=hidden.thread)
    assert get("debates/")["results"] == []
    for path in (f"debates/{hidden.pk}/", f"threads/{hidden.thread_id}/comments/"):
        assert Client().get(f"/api/v1/{path}").status_code == 404


def test_debates_are_filtered() -> None:
    mine, over = make_debate(), make_debate(closes_at=timezone.now())

    def found(query: str) -> list[int]:
        return [one["id"] for one in get(f"debates/?{query}")["results"]]

    assert found(f"area={mine.area.code}") == [mine.pk]
    assert found(f"field={over.field.slug}") == [over.pk]
    assert found("is_open=true") == [mine.pk]
    assert found("is_open=false") == [over.pk]
    assert found("asked_by_office=true") == []


def test_words_of_what_is_not_shown_are_left_out() -> None:
    thread = make_thread()
    make_comment(thread=thread, state="withdrawn", body="거둔 말")
    make_hidden_comment(thread=thread, body="가린 말")
    make_comment(thread=thread, body="보이는 말")
    rows = get(f"threads/{thread.pk}/comments/")["results"]
    assert [(row["state"], row["body"], row["author"]) for row in rows] == [
        ("visible", "보이는 말", "김○○"),
        ("hidden", None, None),
        ("withdrawn", None, None),
    ]


def test_opinions_are_filtered_and_paged_by_cursor() -> None:
    opinion = make_comment(position="against")
    thread = opinion.thread
    reply = make_comment(thread=thread, parent=opinion, position="neutral")
    agree = make_comment(thread=thread)

    def found(query: str) -> list[int]:
        return [one["id"] for one in get(f"threads/{thread.pk}/comments/?{query}")["results"]]

    assert found("position=against") == [opinion.pk]
    assert found("is_reply=true") == [reply.pk]
    assert found("is_reply=false") == [agree.pk, opinion.pk]
    assert found(f"parent={opinion.pk}") == [reply.pk]
    first = get(f"threads/{thread.pk}/comments/?page_size=2")
    second = Client().get(first["next"]).json()
    pages = [[row["id"] for row in page["results"]] for page in (first, second)]
    assert pages == [[agree.pk, reply.pk], [opinion.pk]]


@pytest.mark.parametrize("many", [1, 3])
def test_lists_keep_their_query_count(
    many: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    thread = make_thread()
    for _ in range(many):
        make_debate()
        make_comment(thread=thread)
    with django_assert_num_queries(1):
        get("debates/")
    with django_assert_num_queries(2):  # the conversation, its opinions
        get(f"threads/{thread.pk}/comments/")


def test_the_conversation_under_a_vote_is_found_by_the_votes_name() -> None:
    make_thread()
    other = make_thread(subject="voting.contest:8")
    thread = make_thread(subject="voting.contest:7", asks_position=False)
    assert [one["id"] for one in get("threads/")["results"]] == [thread.pk, other.pk]
    (found,) = get("threads/?subject=voting.contest:7")["results"]
    assert (found["id"], found["asks_position"], found["is_open"]) == (thread.pk, False, True)


def test_house_rules_come_by_number_in_both_languages(client: Client) -> None:
    rule = make_house_rule(english_body="Write no contact details.")
    rows = client.get("/api/v1/house-rules/", {"page_size": 100}).json()["results"]
    assert [row["number"] for row in rows] == sorted(row["number"] for row in rows)
    assert rows[-1] == {
        "number": rule.number,
        "title": rule.title,
        "body": rule.body,
        "english_title": rule.english_title,
        "english_body": rule.english_body,
    }


def test_the_map_is_given_as_the_page_shows_it() -> None:
    debate = make_debate()
    opinion = rated(debate.thread, for_=9, against_=7)
    found = get(f"debates/{debate.pk}/map/")
    assert found["least"] == LEAST
    assert found["agreed"] == [opinion.pk]
    assert found["opinions"] == [
        {
            "opinion": opinion.pk,
            "page": f"/comments/{opinion.pk}/",
            "words": opinion.body,
            "share_for": 90,
            "share_against": 70,
            "liking": "both",
        }
    ]


def test_a_debate_that_is_hidden_or_asks_no_side_has_no_map() -> None:
    plain, hidden = make_debate(), make_debate(is_hidden=True)
    Thread.objects.filter(pk=plain.thread_id).update(asks_position=False)
    assert get(f"debates/{make_debate().pk}/map/")["opinions"] == []
    for debate in (plain, hidden):
        assert Client().get(f"/api/v1/debates/{debate.pk}/map/").status_code == 404
