"""Debates and opinions as data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from debates.models import Comment, Reaction, Thread, ThreadFigures
from debates.opinion import LEAST
from debates.services import flag_comment, hide_comment
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
    from collections.abc import Callable

    from pytest_django import DjangoAssertNumQueries

    from residents.models import User

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


def test_what_moderation_came_to_is_given_without_names(client: Client) -> None:
    rule, moderator = make_house_rule(), make_user(role="moderator")
    comment, other = make_comment(), make_comment()
    for one in (comment, other):
        flag_comment(actor=make_user(), comment_id=one.pk, rule=rule)
    hide_comment(actor=moderator, comment_id=comment.pk, rule=rule, note="전화번호가 있습니다.")
    answer = client.get("/api/v1/house-rules/figures/")
    found = answer.json()
    assert (found["opinions"], found["reports"], found["waiting"], found["hidden"]) == (2, 2, 1, 1)
    assert {"rule": rule.number, "reports": 2, "hidden": 1} in found["by_rule"]
    assert moderator.actor_ref not in answer.content.decode()


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


JSON = "application/json"


def say(client: Client, thread: Thread, **body: object) -> Any:
    """Post to a conversation."""
    return client.post(f"/api/v1/threads/{thread.pk}/comments/", body, content_type=JSON)


def rate(client: Client, opinion: Comment, value: str) -> Any:
    """Rate an opinion."""
    return client.put(
        f"/api/v1/comments/{opinion.pk}/reaction/", {"value": value}, content_type=JSON
    )


def test_an_opinion_and_a_reply_are_posted(client_of: Callable[[User], Client]) -> None:
    thread = make_thread()
    client = client_of(make_user(name="이느티"))
    said = say(client, thread, body="그늘이 필요합니다.", position="against")
    assert said.status_code == 201
    found = said.json()
    assert (found["author"], found["position"], found["parent"]) == ("이○○", "against", None)
    again = say(client, thread, body="그늘이 필요합니다.", position="against")
    assert again.json()["id"] == found["id"]
    reply = say(client, thread, body="저도요.", parent=found["id"]).json()
    assert (reply["parent"], reply["position"]) == (found["id"], "neutral")
    assert get(f"threads/{thread.pk}/comments/")["results"] == [reply, found | {"replies": 1}]
    assert Comment.objects.count() == 2


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"body": "", "position": "for"}, "body"),
        ({"position": "for"}, "body"),
        ({"body": "가" * 1001, "position": "for"}, "body"),
        ({"body": "주민번호 900101-1234568", "position": "for"}, "body"),
        ({"body": "그늘"}, "position"),
        ({"body": "그늘", "position": "up"}, "position"),
        ({"body": "그늘", "parent": 0}, "parent"),
        ({"body": "010-1234-5678로 주세요", "position": "for"}, "contacts_meant"),
    ],
)
def test_what_cannot_be_kept_is_told_by_its_field(
    client_of: Callable[[User], Client], body: dict[str, object], field: str
) -> None:
    answer = say(client_of(make_user()), make_thread(), **body)
    assert answer.status_code == 422
    found = answer.json()
    assert (found["code"], list(found["fields"])) == ("not_valid", [field])
    assert found["message"] == found["fields"][field][0]
    assert found["next_step"]
    assert not Comment.objects.exists()


def test_a_contact_is_kept_where_it_is_meant(client_of: Callable[[User], Client]) -> None:
    body = {"body": "062-000-0000으로 알려 주세요", "position": "for", "contacts_meant": True}
    assert say(client_of(make_user()), make_thread(), **body).status_code == 201


def test_a_parent_of_another_conversation_is_none(client_of: Callable[[User], Client]) -> None:
    answer = say(client_of(make_user()), make_thread(), body="그늘", parent=make_comment().pk)
    assert (answer.status_code, list(answer.json()["fields"])) == (422, ["parent"])
    assert Comment.objects.count() == 1


def test_a_conversation_refuses_as_on_the_page(client_of: Callable[[User], Client]) -> None:
    client = client_of(make_user())
    opinion = make_comment()
    thread = opinion.thread
    reply = make_comment(thread=thread, parent=opinion)
    withdrawn = make_comment(thread=thread, state="withdrawn")
    closed = make_comment(thread=make_thread(closed_at=timezone.now()))
    mine = client_of(opinion.author)
    refused = {
        "conversation_closed": [
            say(client, closed.thread, body="그늘", position="for"),
            rate(client, closed, "useful"),
        ],
        "reply_to_reply": [say(client, thread, body="그늘", parent=reply.pk)],
        "opinion_not_shown": [
            say(client, thread, body="그늘", parent=withdrawn.pk),
            rate(client, withdrawn, "useful"),
        ],
        "own_opinion": [rate(mine, opinion, "useful")],
    }
    for code, answers in refused.items():
        for answer in answers:
            assert (answer.status_code, answer.json()["code"]) == (409, code)
            assert answer.json()["message"]
    assert Comment.objects.count() == 4
    assert not Reaction.objects.exists()


def test_a_rating_is_the_last_word(client_of: Callable[[User], Client]) -> None:
    opinion, client = make_comment(), client_of(make_user())
    for value, kept in (
        ("useful", [True]),
        ("useful", [True]),
        ("not_useful", [False]),
        ("none", []),
        ("none", []),
    ):
        answer = rate(client, opinion, value)
        assert (answer.status_code, answer.json()["id"]) == (200, opinion.pk)
        assert list(Reaction.objects.values_list("useful", flat=True)) == kept
    answer = rate(client, opinion, "fine")
    assert (answer.status_code, list(answer.json()["fields"])) == (422, ["value"])


def test_what_is_hidden_or_not_there_takes_nothing(client_of: Callable[[User], Client]) -> None:
    client = client_of(make_user())
    hidden = make_comment(thread=make_debate(is_hidden=True).thread)
    missing = client.put("/api/v1/comments/0/reaction/", {"value": "useful"}, content_type=JSON)
    said = say(client, hidden.thread, body="그늘", position="for")
    for answer in (missing, said, rate(client, hidden, "useful")):
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert Comment.objects.count() == 1
    assert not Reaction.objects.exists()


def test_opinions_and_ratings_share_the_limits_of_the_page(
    client_of: Callable[[User], Client], limit_to: Callable[[str, str], None]
) -> None:
    limit_to("opinion", "1/hour")
    limit_to("reaction", "1/hour")
    opinion, client = make_comment(), client_of(make_user())
    client.post(f"/threads/{opinion.thread_id}/opinions/", {"body": "그늘", "position": "for"})
    client.post(f"/comments/{opinion.pk}/reaction/", {"value": "useful"})
    assert (Comment.objects.count(), Reaction.objects.count()) == (2, 1)
    said = say(client, opinion.thread, body="햇빛", position="for")
    for answer in (said, rate(client, opinion, "none")):
        assert (answer.status_code, answer.json()["code"]) == (429, "limit_reached")
        assert 0 < int(answer["Retry-After"]) <= 3600
    assert (Comment.objects.count(), Reaction.objects.count()) == (2, 1)


def test_writing_costs_no_more_in_a_long_conversation(client_of: Callable[[User], Client]) -> None:
    def costs() -> tuple[int, int]:
        client = client_of(make_user())
        with CaptureQueriesContext(connection) as spoken:
            assert say(client, thread, body="그늘", position="for").status_code == 201
        with CaptureQueriesContext(connection) as rated_:
            assert rate(client, opinion, "useful").status_code == 200
        return len(spoken), len(rated_)

    opinion = make_comment()
    thread = opinion.thread
    few = costs()
    for _ in range(5):
        make_comment(thread=thread)
    assert costs() == few
    assert max(few) <= 20
