"""What every request passes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.utils import timezone, translation

from civic.middleware import RefusalMiddleware
from proceedings.refusals import LIMIT_REACHED, Refusal, Refused


def answer_to(refusal: Refusal, accept: str = "text/html") -> HttpResponse:
    request = RequestFactory().get("/", headers={"Accept": accept})
    request.user = AnonymousUser()
    request.htmx = False  # type: ignore[attr-defined]  # what the middleware of django-htmx sets
    middleware = RefusalMiddleware(lambda _request: HttpResponse())
    with translation.override("ko"):
        answer = middleware.process_exception(request, Refused(refusal))
    assert answer is not None
    return answer


def test_refusal_is_a_page_with_its_words() -> None:
    answer = answer_to(Refusal("closed", "Please log in first."))
    assert answer.status_code == 409
    assert "로그인" in answer.content.decode()
    assert "Retry-After" not in answer


def test_limit_says_in_seconds_when_to_come_back() -> None:
    again = timezone.now() + timedelta(minutes=20)
    answer = answer_to(Refusal(LIMIT_REACHED, "Please log in first.", params={"again": again}))
    assert answer.status_code == 429
    assert 1100 < int(answer["Retry-After"]) <= 1200
    assert answer_to(Refusal(LIMIT_REACHED, "Please log in first."))["Retry-After"] in {"59", "60"}


def test_program_gets_json() -> None:
    answer = answer_to(Refusal(LIMIT_REACHED, "Please log in first."), "application/json")
    assert (answer.status_code, answer["Content-Type"]) == (429, "application/json")
    assert b'"code": "limit_reached"' in answer.content


def test_other_exceptions_go_on() -> None:
    middleware = RefusalMiddleware(lambda _request: HttpResponse())
    assert middleware.process_exception(HttpRequest(), ValueError()) is None


@pytest.mark.django_db
def test_limit_on_a_tap_is_a_readable_page_with_the_way_back() -> None:
    answer = answer_to(
        Refusal(
            LIMIT_REACHED,
            "This is possible %(most)s times a minute, and you have used them.",
            "Please try again in a minute.",
            {"most": 2},
        )
    )
    text = answer.content.decode()
    assert "1분에 2번까지" in text
    assert "1분 뒤에 다시 해 주세요." in text
