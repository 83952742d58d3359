"""Pages and parts of what people do with opinions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.test import Client
from django.utils import timezone

from debates.models import Appeal, Comment, Flag, Follow, Reaction
from tests.factories.debates import (
    make_comment,
    make_debate,
    make_hidden_comment,
    make_house_rule,
)
from tests.factories.residents import make_user

if TYPE_CHECKING:
    from collections.abc import Callable

    from residents.models import User

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
NUMBER = "900101-1234567"


def test_posting_leads_to_the_new_opinion_on_its_side(client_of: Callable[[User], Client]) -> None:
    debate = make_debate()
    answer = client_of(make_user()).post(
        f"/threads/{debate.thread_id}/opinions/", {"position": "against", "body": "부담이 갑니다."}
    )
    said = Comment.objects.get()
    assert answer.status_code == 302
    assert answer["Location"] == (
        f"/debates/{debate.pk}/?position=against&sort=new&sent=1#opinion-{said.pk}"
    )


def test_htmx_gets_the_conversation_with_the_new_opinion(
    client_of: Callable[[User], Client],
) -> None:
    debate = make_debate()
    answer = client_of(make_user()).post(
        f"/threads/{debate.thread_id}/opinions/",
        {"position": "for", "body": "찬성합니다."},
        headers=HTMX,
    )
    page = answer.content.decode()
    assert (answer.status_code, answer["HX-Retarget"]) == (200, "#opinions")
    assert f'id="opinion-{Comment.objects.get().pk}"' in page
    assert "data-clear" in page
    assert "<html" not in page


@pytest.mark.parametrize("headers", [{}, HTMX])
@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"position": "for", "body": ""}, "의견을 적어 주세요."),
        ({"body": "한쪽도 고르지 않음"}, "찬성, 중립, 반대 가운데 하나를 골라 주세요."),
        ({"position": "for", "body": f"제 번호는 {NUMBER}"}, "id_body_error"),
        ({"position": "for", "body": "010-1234-5678 로 연락 주세요"}, "모두에게 보입니다"),
        ({"position": "for", "body": "가" * 1001}, "1000"),
    ],
)
def test_what_is_wrong_is_named_and_the_words_are_kept(
    client_of: Callable[[User], Client],
    headers: dict[str, str],
    typed: dict[str, str],
    words: str,
) -> None:
    debate = make_debate()
    answer = client_of(make_user()).post(
        f"/threads/{debate.thread_id}/opinions/", typed, headers=headers
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert words in page
    assert typed["body"] in page
    assert ("<html" in page) == (not headers)
    assert not Comment.objects.exists()


def test_contacts_that_are_meant_are_posted(client_of: Callable[[User], Client]) -> None:
    debate = make_debate()
    client_of(make_user()).post(
        f"/threads/{debate.thread_id}/opinions/",
        {"position": "for", "body": "모임 문의 010-1234-5678", "contacts_meant": "on"},
    )
    assert Comment.objects.count() == 1


def test_closed_conversation_keeps_the_words_and_says_why(
    client_of: Callable[[User], Client],
) -> None:
    debate = make_debate(closes_at=timezone.now())
    answer = client_of(make_user()).post(
        f"/threads/{debate.thread_id}/opinions/", {"position": "for", "body": "늦은 의견"}
    )
    page = answer.content.decode()
    assert "마감한 토론입니다." in page
    assert "늦은 의견" in page


def test_words_typed_while_the_subject_was_hidden_come_back_without_naming_it(
    client_of: Callable[[User], Client],
) -> None:
    debate = make_debate(is_hidden=True, title="감춘 물음")
    hidden = make_comment(thread=debate.thread, body="감춘 의견")
    client = client_of(make_user())
    typed = {
        "position": "for",
        "body": "늦은 의견",
        "rule": make_house_rule().pk,
        "note": "늦은 의견",
    }
    for path in (
        f"/threads/{debate.thread_id}/opinions/",
        f"/comments/{hidden.pk}/reply/",
        f"/comments/{hidden.pk}/report/",
    ):
        page = client.post(path, typed).content.decode()
        assert "운영원칙에 따라 가린 토론입니다." in page
        assert "늦은 의견" in page
        assert "감춘" not in page
        assert client.get(path).status_code == 404
    for action in ("withdraw", "appeal"):
        assert "감춘" not in client.get(f"/comments/{hidden.pk}/{action}/").content.decode()
    mine = client_of(hidden.author).get(f"/comments/{hidden.pk}/withdraw/").content.decode()
    assert "감춘 의견" in mine
    assert client.post(f"/comments/{hidden.pk}/reaction/", {"value": "useful"}).status_code == 409
    assert Comment.objects.get() == hidden


def test_visitor_logs_in_first() -> None:
    comment = make_comment()
    for path in (
        f"/threads/{comment.thread_id}/opinions/",
        f"/comments/{comment.pk}/reply/",
        f"/comments/{comment.pk}/reaction/",
        f"/comments/{comment.pk}/report/",
        f"/comments/{comment.pk}/withdraw/",
        f"/comments/{comment.pk}/appeal/",
        f"/threads/{comment.thread_id}/follow/",
    ):
        answer = Client().post(path, {"value": "useful", "body": "?"})
        assert answer.status_code == 302
        assert answer["Location"].startswith("/accounts/login/")


def test_address_of_an_opinion_leads_into_its_conversation() -> None:
    debate = make_debate()
    comment = make_comment(thread=debate.thread)
    answer = Client().get(f"/comments/{comment.pk}/", follow=True)
    place, _ = answer.redirect_chain[0]
    assert place == f"/debates/{debate.pk}/?opinion={comment.pk}#opinion-{comment.pk}"
    assert f'id="opinion-{comment.pk}"' in answer.content.decode()
    assert Client().get("/comments/999999/").status_code == 404


def test_reply_page_shows_the_opinion_and_posts_under_it(
    client_of: Callable[[User], Client],
) -> None:
    debate = make_debate()
    opinion = make_comment(thread=debate.thread, body="두 시간은 무료로 합시다")
    client = client_of(make_user())
    path = f"/comments/{opinion.pk}/reply/"
    assert "두 시간은 무료로 합시다" in client.get(path).content.decode()
    assert client.post(path, {"body": " "}).status_code == 422
    answer = client.post(path, {"body": "세 시간은 어떻습니까"})
    reply = Comment.objects.get(parent=opinion)
    assert answer["Location"] == f"/comments/{reply.pk}/"


def test_rating_goes_back_to_the_page_and_to_no_other_site(
    client_of: Callable[[User], Client],
) -> None:
    debate = make_debate()
    opinion = make_comment(thread=debate.thread)
    client, path = client_of(make_user()), f"/comments/{opinion.pk}/reaction/"
    here = f"/debates/{debate.pk}/?position=for#opinions"
    answer = client.post(path, {"value": "useful", "next": here})
    assert answer["Location"] == f"/debates/{debate.pk}/?position=for#opinion-{opinion.pk}"
    elsewhere = client.post(path, {"value": "none", "next": "https://example.org/"})
    assert elsewhere["Location"].startswith(f"/debates/{debate.pk}/")
    assert not Reaction.objects.exists()


def test_htmx_gets_the_buttons_with_the_figures_of_this_moment(
    client_of: Callable[[User], Client],
) -> None:
    opinion = make_comment()
    answer = client_of(make_user()).post(
        f"/comments/{opinion.pk}/reaction/", {"value": "useful"}, headers=HTMX
    )
    page = answer.content.decode()
    assert 'aria-pressed="true"' in page
    assert "도움돼요 1" in page
    assert "<html" not in page


def test_refused_rating_is_a_readable_page(client_of: Callable[[User], Client]) -> None:
    opinion = make_comment()
    answer = client_of(opinion.author).post(
        f"/comments/{opinion.pk}/reaction/", {"value": "useful"}
    )
    assert answer.status_code == 409
    assert "자기 의견은 평가할 수 없습니다." in answer.content.decode()


def test_report_names_a_rule_or_says_so(client_of: Callable[[User], Client]) -> None:
    opinion, rule, client = make_comment(), make_house_rule(), client_of(make_user())
    path = f"/comments/{opinion.pk}/report/"
    missing = client.post(path, {"note": "번호가 보입니다"})
    assert missing.status_code == 422
    assert "번호가 보입니다" in missing.content.decode()
    assert client.post(path, {"rule": rule.pk, "note": "번호가 보입니다"}).status_code == 302
    again = client.post(path, {"rule": rule.pk})
    assert "이미 신고하신 의견입니다." in again.content.decode()
    assert Flag.objects.count() == 1


def test_withdrawing_asks_once_more(client_of: Callable[[User], Client]) -> None:
    debate = make_debate()
    opinion = make_comment(thread=debate.thread)
    client, path = client_of(opinion.author), f"/comments/{opinion.pk}/withdraw/"
    assert opinion.body in client.get(path).content.decode()
    opinion.refresh_from_db()
    assert opinion.state == "visible"
    assert client.post(path)["Location"] == f"/debates/{debate.pk}/"
    opinion.refresh_from_db()
    assert opinion.state == "withdrawn"


def test_others_do_not_see_hidden_words_on_pages_about_it(
    client_of: Callable[[User], Client],
) -> None:
    hidden = make_hidden_comment(body="숨겨진 전화번호")
    for action in ("reply", "report", "withdraw", "appeal"):
        page = client_of(make_user()).get(f"/comments/{hidden.pk}/{action}/").content.decode()
        assert "숨겨진 전화번호" not in page


def test_author_asks_to_look_again(client_of: Callable[[User], Client]) -> None:
    hidden = make_hidden_comment()
    client, path = client_of(hidden.author), f"/comments/{hidden.pk}/appeal/"
    decision = hidden.moderations.get()
    assert decision.rule is not None
    assert f"운영원칙 {decision.rule.number}번" in client.get(path).content.decode()
    assert client.post(path, {"body": ""}).status_code == 422
    assert client.post(path, {"body": "예시로 든 번호입니다."}).status_code == 302
    assert Appeal.objects.get().body == "예시로 든 번호입니다."
    again = client.post(path, {"body": "한 번 더"})
    assert "이미 다시 살펴 달라고 하셨습니다." in again.content.decode()


def test_following_and_stopping(client_of: Callable[[User], Client]) -> None:
    debate = make_debate()
    client, path = client_of(make_user()), f"/threads/{debate.thread_id}/follow/"
    page = client.post(path, {"value": "1"}, headers=HTMX).content.decode()
    assert "소식 그만 받기" in page
    assert Follow.objects.count() == 1
    answer = client.post(path, {"value": "0", "next": f"/debates/{debate.pk}/"})
    assert answer["Location"] == f"/debates/{debate.pk}/"
    assert not Follow.objects.exists()


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_too_many_opinions_keep_what_was_typed_and_say_when(
    client_of: Callable[[User], Client],
    limit_to: Callable[[str, str], None],
    headers: dict[str, str],
) -> None:
    limit_to("opinion", "1/hour")
    client, debate = client_of(make_user()), make_debate()
    address = f"/threads/{debate.thread_id}/opinions/"
    client.post(address, {"position": "for", "body": "첫 의견입니다."})
    answer = client.post(address, {"position": "against", "body": "둘째 의견."}, headers=headers)
    text = answer.content.decode()
    assert answer.status_code == 429
    assert "둘째 의견." in text
    assert "한 시간에 1번까지" in text
    assert ":00부터 다시 해 주세요." in text
    assert Comment.objects.count() == 1


def test_same_opinion_sent_twice_counts_once(
    client_of: Callable[[User], Client], limit_to: Callable[[str, str], None]
) -> None:
    limit_to("opinion", "1/hour")
    client, debate = client_of(make_user()), make_debate()
    for _tap in range(3):
        answer = client.post(
            f"/threads/{debate.thread_id}/opinions/", {"position": "for", "body": "찬성합니다."}
        )
        assert answer.status_code == 302


def test_too_many_reports_keep_the_reason(
    client_of: Callable[[User], Client], limit_to: Callable[[str, str], None]
) -> None:
    limit_to("report", "1/day")
    client, rule = client_of(make_user()), make_house_rule()
    typed = {"rule": rule.pk, "note": "전화번호가 있습니다."}
    assert client.post(f"/comments/{make_comment().pk}/report/", typed).status_code == 302
    answer = client.post(f"/comments/{make_comment().pk}/report/", typed)
    assert answer.status_code == 429
    assert "전화번호가 있습니다." in answer.content.decode()
    assert Flag.objects.count() == 1


def test_too_many_taps_are_told_so(
    client_of: Callable[[User], Client], limit_to: Callable[[str, str], None]
) -> None:
    limit_to("reaction", "1/hour")
    client = client_of(make_user())
    client.post(f"/comments/{make_comment().pk}/reaction/", {"value": "useful"})
    answer = client.post(f"/comments/{make_comment().pk}/reaction/", {"value": "useful"})
    assert answer.status_code == 429
    assert 0 < int(answer["Retry-After"]) <= 3600
    assert "한 시간에 1번까지" in answer.content.decode()
    assert Reaction.objects.count() == 1
