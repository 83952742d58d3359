"""What every request passes."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.utils import timezone, translation

from civic.middleware import RefusalMiddleware
from proceedings.refusals import LIMIT_REACHED, Refusal, Refused
from residents.models import StaffRole
from residents.roles import RoleKind
from tests.factories.residents import (
    PASSWORD,
    give_second_factor,
    grant,
    make_user,
    prove_second_factor,
    signed_in,
)

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/proposals/new/write/", True),
        ("/proposals/near/", True),
        ("/proposals/", False),
        ("/healthz", False),
        ("/nowhere/", False),
    ],
)
@pytest.mark.django_db
def test_only_pages_that_ask_where_one_is_may_be_told(path: str, allowed: bool) -> None:  # noqa: FBT001 - a column of the table above
    policy = Client().get(path)["Permissions-Policy"]
    assert ("geolocation=(self)" in policy) is allowed
    assert ("geolocation=()" in policy) is not allowed


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


@pytest.mark.parametrize("code", ["role_needed", "other_centre", "other_area"])
def test_refusal_for_whose_work_it_is_closes_the_page(code: str) -> None:
    answer = answer_to(Refusal(code, "Please log in first."))
    assert answer.status_code == 403
    assert "<title>이 화면은 볼 수 없습니다" in answer.content.decode()
    assert "로그인" in answer.content.decode()
    assert answer_to(Refusal(code, "Please log in first."), "application/json").status_code == 403


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


# --- The second factor of staff ---
EVERYWHERE = [
    "/",
    "/me/",
    "/me/profile/",
    "/proposals/",
    "/votes/",
    "/desk/",
    "/admin/",
    "/search/",
]


def code_now(secret: str) -> str:
    counter = next(iter(yield_hotp_counters_from_time()))
    code: str = format_hotp_value(hotp_value(secret, counter))
    return code


@pytest.mark.django_db
@pytest.mark.parametrize("kind", RoleKind.values)
def test_no_role_acts_before_its_second_factor_is_set_up(kind: str) -> None:
    user = make_user()
    grant(user, kind)
    client = signed_in(user)
    for path in EVERYWHERE:
        assert client.get(path)["Location"].startswith("/accounts/2fa/totp/activate/?next="), path
    sent = client.post("/proposals/new/write/", {"title": "골목이 어둡습니다"})
    assert sent["Location"] == "/accounts/2fa/totp/activate/?next=%2Fme%2F"


@pytest.mark.django_db
def test_second_factor_that_another_session_set_up_is_typed_in_this_one() -> None:
    user = make_user()
    client = signed_in(user)
    grant(user, RoleKind.MODERATOR)
    secret = give_second_factor(user)
    asked = client.get("/debates/?sort=new")
    assert asked["Location"] == "/accounts/2fa/reauthenticate/?next=%2Fdebates%2F%3Fsort%3Dnew"
    wrong = client.post(asked["Location"], {"code": "000000"})
    assert wrong.status_code == 200
    assert client.get("/debates/").status_code == 302
    done = client.post(asked["Location"], {"code": code_now(secret)})
    assert done["Location"] == "/debates/?sort=new"
    assert client.get(done["Location"]).status_code == 200


@pytest.mark.django_db
def test_staff_set_the_second_factor_up_once_and_go_on_where_they_were() -> None:
    user = make_user()
    grant(user, RoleKind.CLERK)
    client = Client()
    client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    asked = client.get("/desk/")
    again = client.get(asked["Location"])
    shown = client.post(again["Location"], {"password": PASSWORD})
    page = client.get(shown["Location"]).content.decode()
    secret = re.search(r"<code>([A-Z2-7]+)</code>", page)
    assert secret is not None
    done = client.post("/accounts/2fa/totp/activate/", {"code": code_now(secret[1])})
    codes = client.get(done["Location"]).content.decode()
    assert 'href="/desk/"' in codes
    assert client.get("/desk/").status_code == 200
    assert 'href="/desk/"' not in client.get(done["Location"]).content.decode().split("<main")[1]


@pytest.mark.django_db
def test_form_that_was_sent_leads_back_to_its_page() -> None:
    user = make_user()
    grant(user, RoleKind.OFFICIAL)
    client = signed_in(user)
    sent = client.post("/me/notices/read/", headers={"Referer": "http://testserver/me/notices/"})
    assert sent["Location"].endswith("?next=%2Fme%2Fnotices%2F")
    elsewhere = client.post("/me/notices/read/", headers={"Referer": "https://evil.example/x/"})
    assert elsewhere["Location"].endswith("?next=%2Fme%2F")
    part = client.get("/proposals/", headers={"HX-Request": "true"})
    assert part["HX-Redirect"].endswith("?next=%2Fme%2F")


@pytest.mark.django_db
def test_pages_of_the_account_stay_open_without_the_second_factor() -> None:
    user = make_user()
    grant(user, RoleKind.OFFICIAL)
    client = signed_in(user)
    for path in ["/accounts/logout/", "/accounts/2fa/", "/accounts/email/"]:
        assert client.get(path).status_code == 200, path
    assert client.get("/display/?text=130")["Location"] == "/"


@pytest.mark.django_db
def test_proof_of_another_account_counts_for_nothing() -> None:
    mine, other = make_user(RoleKind.CLERK), make_user(RoleKind.CLERK)
    client = signed_in(mine)
    prove_second_factor(client, other)
    assert client.get("/desk/").status_code == 302


@pytest.mark.django_db
def test_role_that_ended_asks_for_nothing_more() -> None:
    user = make_user()
    role = grant(user, RoleKind.MODERATOR)
    client = signed_in(user)
    assert client.get("/votes/").status_code == 302
    StaffRole.objects.filter(pk=role.pk).update(
        valid_to=timezone.localdate() - timedelta(days=1),
        valid_from=timezone.localdate() - timedelta(days=2),
    )
    assert client.get("/votes/").status_code == 200


@pytest.mark.django_db
def test_staff_cannot_turn_the_second_factor_off() -> None:
    user = make_user(RoleKind.CLERK)
    client = signed_in(user)
    address = "/accounts/2fa/totp/deactivate/"
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    page = client.post(address)
    assert page.status_code == 200
    assert "직원 계정은 켜 두어야 합니다" in page.content.decode()


@pytest.mark.django_db
def test_page_asks_for_the_account_and_nothing_about_roles(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    citizen, staff = signed_in(make_user()), signed_in(make_user(RoleKind.OFFICIAL))
    for client, queries in [(citizen, 1), (staff, 2)]:
        client.get("/plain/")
        with django_assert_num_queries(queries):  # staff: the roles too, as pages may need them
            assert client.get("/plain/").status_code == 200
