"""The moderation queue and the office's debates in the admin."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from debates.models import HouseRule, Moderation
from proceedings.audit import Action
from proceedings.models import AuditEvent
from tests.factories.debates import (
    make_comment,
    make_debate,
    make_flag,
    make_hidden_comment,
    make_house_rule,
)
from tests.factories.places import make_area
from tests.factories.residents import grant, make_user

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client
    from pytest_django import DjangoAssertNumQueries

    from residents.models import User

pytestmark = pytest.mark.django_db
QUEUE = "/admin/debates/comment/"


def test_queue_shows_what_waits_and_filters_show_the_rest(
    client_of: Callable[[User], Client],
) -> None:
    flagged = make_flag(comment=make_comment(body="신고된 의견")).comment
    make_comment(body="조용한 의견")
    make_hidden_comment(body="가려진 의견")
    client = client_of(make_user("moderator"))

    def bodies(query: str) -> set[str]:
        page = client.get(QUEUE + query).content.decode()
        return {one for one in ("신고된 의견", "조용한 의견", "가려진 의견") if one in page}

    assert bodies("") == {flagged.body}
    assert bodies("?queue=hidden") == {"가려진 의견"}
    assert bodies("?queue=all") == {"신고된 의견", "조용한 의견", "가려진 의견"}


@pytest.mark.parametrize("many", [1, 3])
def test_queue_keeps_its_query_count(
    many: int,
    client_of: Callable[[User], Client],
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for _ in range(many):
        make_flag()
    client = client_of(make_user("moderator"))
    client.get(QUEUE)
    with django_assert_num_queries(4):  # account, roles, the count, the page
        client.get(QUEUE)


def test_moderator_decides_on_one_page_that_shows_what_stands_around(
    client_of: Callable[[User], Client],
) -> None:
    comment = make_flag(note="번호가 보입니다").comment
    make_comment(thread=comment.thread, body="앞뒤의 의견")
    client, path, rule = (
        client_of(make_user("moderator")),
        f"{QUEUE}{comment.pk}/change/",
        make_house_rule(),
    )
    page = client.get(path).content.decode()
    assert all(words in page for words in ("번호가 보입니다", "앞뒤의 의견", comment.body))
    missing = client.post(path, {"verdict": "hide", "hide-note": "번호"})
    assert "어긴 원칙을 골라 주세요." in missing.content.decode()
    assert not Moderation.objects.exists()
    client.post(path, {"verdict": "hide", "hide-note": "번호", "hide-rule": rule.pk})
    comment.refresh_from_db()
    assert (comment.state, Moderation.objects.get().rule) == ("hidden", rule)
    client.post(path, {"verdict": "restore", "restore-note": "예시였습니다"})
    comment.refresh_from_db()
    assert comment.state == "visible"


def test_decision_that_no_longer_fits_says_so(client_of: Callable[[User], Client]) -> None:
    hidden = make_hidden_comment()
    answer = client_of(make_user("moderator")).post(
        f"{QUEUE}{hidden.pk}/change/",
        {"verdict": "hide", "hide-note": "번호", "hide-rule": make_house_rule().pk},
    )
    assert answer.status_code == 200
    assert Moderation.objects.count() == 1


@pytest.mark.parametrize(
    ("role", "sees"), [("official", 200), ("administrator", 200), ("auditor", 403)]
)
def test_others_may_look_or_not_but_never_decide(
    client_of: Callable[[User], Client], role: str, sees: int
) -> None:
    comment = make_flag().comment
    client, path = client_of(make_user(role)), f"{QUEUE}{comment.pk}/change/"
    page = client.get(path)
    assert page.status_code == sees
    assert 'name="verdict"' not in page.content.decode()
    client.post(path, {"verdict": "leave", "leave-note": "괜찮음"})
    assert not Moderation.objects.exists()


def test_opinions_are_neither_added_nor_deleted(client_of: Callable[[User], Client]) -> None:
    comment = make_comment()
    client = client_of(make_user("administrator"))
    assert client.get(f"{QUEUE}add/").status_code == 403
    assert client.post(f"{QUEUE}{comment.pk}/delete/", {"post": "yes"}).status_code == 403
    assert client.get(f"{QUEUE}999999/change/").status_code == 404


def test_official_closes_a_debate_with_words(client_of: Callable[[User], Client]) -> None:
    debate = make_debate()
    client = client_of(make_user("official"))
    path = f"/admin/debates/debate/{debate.pk}/change/"
    missing = client.post(path, {"act": "close", "close-summary": ""})
    assert "결과를 적어 주세요." in missing.content.decode()
    client.post(path, {"act": "close", "close-summary": "석 달 시험하기로 했습니다."})
    debate.refresh_from_db()
    assert debate.summary == "석 달 시험하기로 했습니다."
    assert debate.thread.closed_at == debate.closes_at
    client.post(path, {"act": "summarise", "summarise-summary": "여섯 달 시험합니다."})
    debate.refresh_from_db()
    assert debate.summary == "여섯 달 시험합니다."
    actions = AuditEvent.objects.filter(subject=f"debates.debate:{debate.pk}")
    assert {one.action for one in actions} == {Action.DEBATE_CLOSED, Action.DEBATE_CHANGED}


def test_moderator_hides_and_shows_a_debate_but_does_not_close_it(
    client_of: Callable[[User], Client],
) -> None:
    debate = make_debate()
    client = client_of(make_user("moderator"))
    path = f"/admin/debates/debate/{debate.pk}/change/"
    client.post(path, {"act": "hide", "hide-rule": make_house_rule().pk, "hide-note": "광고"})
    debate.refresh_from_db()
    assert debate.is_hidden
    client.post(path, {"act": "restore", "restore-note": "광고가 아닙니다"})
    client.post(path, {"act": "close", "close-summary": "닫습니다"})
    debate.refresh_from_db()
    assert (debate.is_hidden, debate.closes_at) == (False, None)


def test_lists_open(client_of: Callable[[User], Client]) -> None:
    make_debate()
    make_hidden_comment()
    client = client_of(make_user("administrator"))
    for name in ("debate", "moderation", "houserule"):
        assert client.get(f"/admin/debates/{name}/").status_code == 200


def test_changed_house_rule_is_recorded_with_its_words(
    client_of: Callable[[User], Client],
) -> None:
    rule = make_house_rule()
    client_of(make_user("administrator")).post(
        f"/admin/debates/houserule/{rule.pk}/change/",
        {"title": "개인정보", "body": "쓰지 않습니다.", "english_title": "", "english_body": ""},
    )
    rule.refresh_from_db()
    assert rule.title == "개인정보"
    event = AuditEvent.objects.get(action=Action.HOUSE_RULE_CHANGED)
    assert event.data == {"number": rule.number, "title": "개인정보", "text": "쓰지 않습니다."}
    assert HouseRule.objects.get(pk=rule.pk).number == rule.number


def test_the_queue_of_a_moderator_of_an_area_holds_what_lies_there(
    client_of: Callable[[User], Client],
) -> None:
    here, elsewhere = make_debate(), make_debate()
    mine = make_flag(comment=make_comment(thread=here.thread, body="여기 의견")).comment
    other = make_flag(comment=make_comment(thread=elsewhere.thread, body="저기 의견")).comment
    hidden = make_hidden_comment(thread=elsewhere.thread, body="저기 가려진 의견")
    moderator = make_user("moderator", area=here.area)
    client = client_of(moderator)
    for address in (QUEUE, f"{QUEUE}?queue=all", f"{QUEUE}?queue=hidden"):
        page = client.get(address).text
        assert (mine.body in page) is ("hidden" not in address)
        assert other.body not in page
        assert hidden.body not in page
    assert hidden.body not in client.get("/admin/debates/moderation/").text
    assert client.get(f"{QUEUE}{mine.pk}/change/").status_code == 200
    refused = client.get(f"{QUEUE}{other.pk}/change/")
    assert refused.status_code == 403
    assert elsewhere.area.name in refused.text
    sent = {"verdict": "leave", "leave-note": "그대로 둡니다."}
    assert client.post(f"{QUEUE}{other.pk}/change/", sent).status_code == 403
    assert not Moderation.objects.filter(comment=other).exists()
    debate = client.get(f"/admin/debates/debate/{elsewhere.pk}/change/")
    assert debate.context["for_moderator"] is False
    everything = client_of(make_user("moderator")).get(QUEUE).text
    assert mine.body in everything
    assert other.body in everything


def test_an_administrator_reads_the_whole_queue_and_decides_nothing(
    client_of: Callable[[User], Client],
) -> None:
    other = make_flag(comment=make_comment(body="저기 의견")).comment
    administrator = make_user("administrator")
    grant(administrator, "moderator", area=make_area())
    client = client_of(administrator)
    assert other.body in client.get(QUEUE).text
    page = client.get(f"{QUEUE}{other.pk}/change/")
    assert (page.status_code, page.context["may_decide"]) == (200, False)
