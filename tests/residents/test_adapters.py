"""Log-ins that come from elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from allauth.core.context import request_context
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.helpers import complete_social_login
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpResponse

from residents.models import User
from residents.roles import RoleKind
from tests.factories.residents import grant, make_user

if TYPE_CHECKING:
    from allauth.socialaccount.models import SocialLogin
    from django.http import HttpRequest
    from django.test import Client, RequestFactory

pytestmark = pytest.mark.django_db


NAVER = {"naver": {"APPS": [{"client_id": "id-of-the-town", "secret": "secret-of-the-town"}]}}


@pytest.fixture(autouse=True)
def _naver_keys(settings: Any) -> None:
    settings.SOCIALACCOUNT_PROVIDERS = NAVER


def come_from_naver(rf: RequestFactory, email: str) -> tuple[HttpRequest, SocialLogin, Any]:
    """Somebody comes back from Naver, whose provider calls every address verified."""
    request = rf.get("/accounts/naver/login/callback/")
    SessionMiddleware(lambda _request: HttpResponse()).process_request(request)
    MessageMiddleware(lambda _request: HttpResponse()).process_request(request)
    request.user = AnonymousUser()
    with request_context(request):
        provider = get_adapter().get_provider(request, "naver")
        answer = {"id": "1", "email": email, "nickname": "네이버", "name": "김네이버"}
        login = provider.sociallogin_from_response(request, answer)
        assert [address.verified for address in login.email_addresses] == [True]
        return request, login, complete_social_login(request, login)


def test_mail_of_a_provider_never_opens_an_account_that_exists(rf: RequestFactory) -> None:
    request, _login, response = come_from_naver(rf, make_user().email)
    assert response["Location"].startswith("/accounts/3rdparty/signup/")
    assert not request.user.is_authenticated
    assert not SocialAccount.objects.exists()
    assert User.objects.count() == 1


def test_new_person_from_a_provider_sees_the_form_and_confirms_the_address(
    rf: RequestFactory,
) -> None:
    _request, login, response = come_from_naver(rf, "new@example.org")
    assert response["Location"].startswith("/accounts/3rdparty/signup/")
    assert [address.verified for address in login.email_addresses] == [False]
    assert not User.objects.exists()


def test_address_with_a_resident_number_is_not_taken(client: Client) -> None:
    typed = {
        "email": "9005051234567@example.org",
        "name": "김느티",
        "password1": "느티나무-아래-열",
    }
    page = client.post("/accounts/signup/", {**typed, "consent": "on"})
    assert "주민등록번호" in page.content.decode()
    assert "김느티" in page.content.decode()
    assert not User.objects.exists()


def test_provider_is_offered_once_its_keys_are_set(client: Client) -> None:
    page = client.get("/accounts/login/").content.decode()
    assert "/accounts/naver/login/" in page


def test_staff_without_second_factor_write_nothing_through_the_api(client: Client) -> None:
    user = make_user()
    grant(user, RoleKind.MODERATOR)
    client.force_login(user)
    response = client.post("/api/v1/areas/", {}, content_type="application/json")
    assert response.status_code == 403
    assert response.json()["code"] == "second_factor_needed"
    assert client.get("/api/v1/areas/").status_code == 403
    client.logout()
    assert client.get("/api/v1/areas/").status_code == 200
