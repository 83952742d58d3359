"""Pages about oneself and at the desk."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.core import mail
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from hangul.formats import when
from residents.models import (
    ConsentRecord,
    Notice,
    NoticeKind,
    PaperCode,
    Resident,
    User,
    VerificationAttempt,
)
from residents.roles import RoleKind
from residents.services import import_applicants, issue_code, login_turn, logins, send_notice
from tests.factories.places import make_area, make_centre
from tests.factories.residents import PASSWORD, grant, make_resident, make_user

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_django import DjangoAssertNumQueries
    from pytest_django import DjangoCaptureOnCommitCallbacks as AfterCommit

    from places.models import Area, Centre

    ClientOf = Callable[[User], Client]

pytestmark = pytest.mark.django_db
OWN_PAGES = [
    "residency",
    "residency_code",
    "profile",
    "notices",
    "notice_preferences",
    "consents",
    "consent_withdraw",
    "my_data",
    "my_data_erase",
]
BORN = date(1958, 3, 12)


@pytest.mark.parametrize("name", OWN_PAGES)
def test_own_page_asks_strangers_to_log_in_and_opens_for_others(
    name: str, client: Client, client_of: ClientOf
) -> None:
    url = reverse(name)
    assert client.get(url)["Location"].endswith(f"?next={url}")
    assert client_of(make_user()).get(url).status_code == 200


def applicant(area: Area) -> None:
    text = f"이름,생년월일,휴대전화,동 코드\n김무등,19580312,010-0000-1234,{area.code}\n"
    import_applicants(actor=None, title="신청자", data=text.encode())


def test_match_with_the_roll_confirms_and_shows_until_when(client_of: ClientOf) -> None:
    applicant(make_area(name="느티동"))
    client = client_of(make_user())
    typed = {"name": "김무등", "birth_date": "19580312", "phone": "1234", "consent": "on"}
    response = client.post(reverse("residency"), typed, follow=True)
    assert response.redirect_chain
    assert "느티동" in response.content.decode()


def test_failed_match_keeps_what_was_typed_and_says_what_to_do(client_of: ClientOf) -> None:
    typed = {"name": "김무등", "birth_date": "19580312", "phone": "1234", "consent": "on"}
    response = client_of(make_user()).post(reverse("residency"), typed)
    page = response.content.decode()
    assert response.status_code == 409
    assert 'data-code="not_on_roll"' in page
    assert 'value="김무등"' in page
    assert VerificationAttempt.objects.count() == 1


def test_malformed_match_is_no_try(client_of: ClientOf) -> None:
    typed = {"name": "김무등", "birth_date": "580312", "phone": "12", "consent": ""}
    response = client_of(make_user()).post(reverse("residency"), typed)
    assert response.status_code == 422
    assert not VerificationAttempt.objects.exists()


def test_after_five_failures_the_form_is_gone(client_of: ClientOf) -> None:
    user = make_user()
    for _ in range(5):
        VerificationAttempt.objects.create(user=user, ok=False)
    page = client_of(user).get(reverse("residency")).content.decode()
    assert 'name="birth_date"' not in page


def test_paper_code_confirms(client_of: ClientOf) -> None:
    centre = make_centre()
    clerk = make_user(RoleKind.CLERK, centre=centre)
    code = issue_code(actor=clerk, centre=centre, resident=make_resident(birth_date=BORN))
    user = make_user()
    typed = {"code": code.lower(), "birth_date": "1958.03.12", "consent": "on"}
    assert client_of(user).post(reverse("residency_code"), typed).status_code == 302
    assert Resident.objects.get().user == user


def tell(user: User) -> None:
    with transaction.atomic():
        send_notice(
            user_ids=[user.pk],
            kind=NoticeKind.COMMENT_REPLY,
            params={"title": "골목 <b>보안등</b>"},
            url="/debates/1/",
        )


@pytest.mark.parametrize("rows", [1, 3])
def test_notice_list_asks_the_same_questions_for_one_and_for_three(
    rows: int, client_of: ClientOf, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    user = make_user()
    for _ in range(rows):
        tell(user)
    client = client_of(user)
    with django_assert_num_queries(3):  # account, notices, how many unread (session from the cache)
        page = client.get(reverse("notices")).content.decode()
    assert page.count("rows__one") == rows
    assert "<b>보안등" not in page


def test_opening_a_notice_marks_it_read_and_leads_on(client_of: ClientOf) -> None:
    user = make_user()
    tell(user)
    notice = Notice.objects.get()
    response = client_of(user).post(reverse("notice_open", args=[notice.pk]))
    assert response["Location"] == "/debates/1/"
    notice.refresh_from_db()
    assert notice.read_at is not None


def test_notice_of_somebody_else_is_not_found(client_of: ClientOf) -> None:
    tell(make_user())
    url = reverse("notice_open", args=[Notice.objects.get().pk])
    assert client_of(make_user()).post(url).status_code == 404


def test_notice_never_leads_to_another_site(client_of: ClientOf) -> None:
    user = make_user()
    tell(user)
    Notice.objects.update(url="//evil.example/")
    response = client_of(user).post(reverse("notice_open", args=[Notice.objects.get().pk]))
    assert response["Location"] == reverse("notices")


def test_only_staff_are_asked_about_notices_of_work(client_of: ClientOf) -> None:
    official = make_user(role="official")
    for user, is_offered in ((make_user(), False), (official, True)):
        page = client_of(user).get(reverse("notice_preferences")).content.decode()
        assert ('value="staff_due"' in page) is is_offered
        assert 'value="contest_opened"' in page
    citizen = make_user()
    answer = client_of(citizen).post(reverse("notice_preferences"), {"kinds": "staff_due"})
    assert answer.status_code == 422
    assert not citizen.notice_preferences.exists()


def test_ones_data_name_the_date_of_birth_and_which_notices_are_mailed(
    client_of: ClientOf,
) -> None:
    user = make_user()
    client = client_of(user)
    assert "생년월일" not in client.get(reverse("my_data")).content.decode()
    client.post(reverse("notice_preferences"), {"kinds": "comment_reply"})
    assert client.get(reverse("my_data_export")).json()["notices_by_mail"] == ["comment_reply"]
    make_resident(user=user, birth_date=BORN)
    assert "1958. 3. 12." in client.get(reverse("my_data")).content.decode()


def test_preferences_are_kept_even_when_all_are_off(client_of: ClientOf) -> None:
    user = make_user()
    client_of(user).post(reverse("notice_preferences"), {})
    assert set(user.notice_preferences.values_list("by_mail", flat=True)) == {False}


def test_profile_is_changed_and_a_resident_number_refused(client_of: ClientOf) -> None:
    user, area = make_user(), make_area()
    client = client_of(user)
    good = {"name": "이느티", "home_area": area.pk, "language": "en"}
    assert client.post(reverse("profile"), good).status_code == 302
    user.refresh_from_db()
    assert (user.name, user.home_area, user.language) == ("이느티", area, "en")
    bad = client.post(reverse("profile"), {**good, "name": "580312-1234567"})
    assert bad.status_code == 422


def test_closing_asks_first_then_logs_out(client_of: ClientOf) -> None:
    user = make_user()
    client = client_of(user)
    assert client.post(reverse("my_data_erase"), {}).status_code == 422
    response = client.post(reverse("my_data_erase"), {"sure": "on"}, follow=True)
    assert response.redirect_chain[-1][0] == reverse("account_erased")
    assert client.get(reverse("profile")).status_code == 302
    assert User.objects.get().erased_at is not None


# --- Signing up and logging in ---

SIGN_UP = {"email": "new@example.org", "password1": PASSWORD, "name": "김새싹"}


def code_in(message: mail.EmailMessage) -> str:
    label = "인증번호:"
    return next(
        line.removeprefix(label).strip()
        for line in message.body.splitlines()
        if line.startswith(label)
    )


def test_sign_up_takes_consent_and_confirms_the_mail_by_code(
    client: Client, django_capture_on_commit_callbacks: AfterCommit
) -> None:
    refused = client.post(reverse("account_signup"), SIGN_UP)
    assert 'id="id_consent_error"' in refused.content.decode()
    empty = client.post(reverse("account_signup"), {}).content.decode()
    listed = re.findall(r'<li><a href="#id_(\w+)">', empty)
    assert listed == ["email", "password1", "name", "consent"]
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("account_signup"), {**SIGN_UP, "consent": "on"})
    user = User.objects.get()
    assert (user.name, user.language) == ("김새싹", "ko")
    assert ConsentRecord.objects.get(subject_ref=user.actor_ref).text.purpose == "account"
    assert client.get(reverse("profile")).status_code == 302
    response = client.post(
        reverse("account_email_verification_sent"), {"code": code_in(mail.outbox[-1])}
    )
    assert response.status_code == 302
    assert client.get(reverse("profile")).status_code == 200


def test_the_code_of_a_sign_up_can_be_sent_again_twice(
    client: Client, django_capture_on_commit_callbacks: AfterCommit
) -> None:
    here = reverse("account_email_verification_sent")
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("account_signup"), {**SIGN_UP, "consent": "on"})
    for _ in range(2):
        page = client.get(here).content.decode()
        assert "15분 안에" in page
        assert 'name="action" value="resend"' in page
        with django_capture_on_commit_callbacks(execute=True):
            assert client.post(here, {"action": "resend"}).status_code == 302
    page = client.get(here).content.decode()
    assert 'value="resend"' not in page
    assert "처음부터" in page
    first, _second, last = (code_in(message) for message in mail.outbox)
    assert client.post(here, {"code": first}).status_code == 200
    assert client.post(here, {"code": last}).status_code == 302
    assert client.get(reverse("profile")).status_code == 200


def test_sign_up_with_a_known_mail_tells_nothing_on_the_page(
    client: Client, django_capture_on_commit_callbacks: AfterCommit
) -> None:
    user = make_user()
    typed = {**SIGN_UP, "email": user.email, "consent": "on"}
    with django_capture_on_commit_callbacks(execute=True):
        response = client.post(reverse("account_signup"), typed)
    assert response.status_code == 302
    assert User.objects.count() == 1
    assert "계정이 있습니다" in mail.outbox[-1].body


def test_log_in_by_code_needs_no_password(
    client: Client, django_capture_on_commit_callbacks: AfterCommit
) -> None:
    user = make_user()
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("account_request_login_code"), {"email": user.email})
    client.post(reverse("account_confirm_login_code"), {"code": code_in(mail.outbox[-1])})
    assert client.get(reverse("profile")).status_code == 200


def test_many_wrong_passwords_are_answered_with_words(client: Client) -> None:
    user = make_user()
    typed = {"login": user.email, "password": "wrong-password-1"}
    pages = [client.post(reverse("account_login"), typed) for _ in range(12)]
    assert "비밀번호" in pages[0].content.decode()
    last = pages[-1]
    assert "잠시" in last.content.decode() or last.status_code == 429


@pytest.fixture
def _one_at_a_time(settings: Any) -> None:
    """One password is checked at once, and nobody waits."""
    settings.LOGINS_AT_ONCE, settings.LOGINS_WAITING = 1, 0
    cache.add(logins._let_off(), 1, timeout=60)


@pytest.mark.usefixtures("_one_at_a_time")
def test_who_comes_while_many_log_in_loses_nothing_but_the_password(client: Client) -> None:
    user = make_user()
    typed = {"login": user.email, "password": PASSWORD, "remember": "on", "next": "/me/notices/"}
    with login_turn():
        asked = client.post(reverse("account_login"), typed)
    assert asked.status_code == 503
    seconds = asked.headers["Retry-After"]
    assert 5 <= int(seconds) <= 15
    text = asked.text
    assert f"{seconds}초" in text
    assert "확인해 주세요" not in text.partition('id="main"')[2].partition("<form")[0]
    assert f'value="{user.email}"' in text
    assert 'value="/me/notices/"' in text
    assert PASSWORD not in text
    assert "checked" in text
    assert client.get("/me/notices/").status_code == 302
    assert client.post(reverse("account_login"), typed).headers["Location"] == "/me/notices/"


@pytest.mark.usefixtures("_one_at_a_time")
def test_who_is_asked_to_come_back_has_not_failed(client: Client) -> None:
    user = make_user()
    with login_turn():
        for _try in range(30):
            typed = {"login": user.email, "password": PASSWORD}
            assert client.post(reverse("account_login"), typed).status_code == 503
    assert client.post(reverse("account_login"), typed).status_code == 302


@pytest.mark.usefixtures("_one_at_a_time")
def test_a_password_asked_for_again_is_told_to_wait_too(client_of: ClientOf) -> None:
    with login_turn():
        page = client_of(make_user()).post(
            reverse("account_reauthenticate"), {"password": PASSWORD}
        )
    assert "초 뒤에" in page.text


@pytest.mark.parametrize(
    "name",
    [
        "account_login",
        "account_signup",
        "account_request_login_code",
        "account_reset_password",
        "account_reset_password_done",
        "account_reset_password_from_key_done",
        "account_inactive",
        "socialaccount_login_cancelled",
        "socialaccount_login_error",
    ],
)
def test_entrance_page_is_ours_and_without_inline_code(name: str, client: Client) -> None:
    page = client.get(reverse(name)).content.decode()
    assert 'id="main"' in page
    assert "<style" not in page
    assert " style=" not in page
    assert "귀하" not in page


@pytest.mark.parametrize(
    "name",
    ["account_email", "account_change_password", "account_logout", "mfa_index",
     "socialaccount_connections"],
)  # fmt: skip
def test_settings_of_logging_in_are_ours(name: str, client_of: ClientOf) -> None:
    page = client_of(make_user()).get(reverse(name)).content.decode()
    assert 'id="main"' in page
    assert " style=" not in page


def test_providers_without_keys_are_not_offered(client: Client) -> None:
    page = client.get(reverse("account_login")).content.decode()
    assert "kakao" not in page.casefold()
    assert "naver" not in page.casefold()


# --- The desk ---


@pytest.fixture
def centre() -> Centre:
    return make_centre()


@pytest.fixture
def desk(centre: Centre, client_of: ClientOf) -> Client:
    return client_of(make_user(RoleKind.CLERK, centre=centre))


def test_citizen_is_refused_at_the_desk_with_words(client_of: ClientOf) -> None:
    response = client_of(make_user()).get(reverse("desk_residents"))
    assert response.status_code == 403
    assert 'data-code="role_needed"' in response.content.decode()


def test_staff_without_second_factor_set_it_up_first(client_of: ClientOf) -> None:
    user = make_user()
    grant(user, RoleKind.CLERK)
    response = client_of(user).get(reverse("desk_residents"))
    assert response["Location"] == reverse("mfa_activate_totp") + "?next=%2Fdesk%2Fresidents%2F"


def test_known_person_is_found_and_an_unknown_one_offered_for_registration(
    desk: Client, centre: Centre
) -> None:
    typed = {"name": "박느티", "birth_date": "19490701"}
    page = desk.post(reverse("desk_residents"), typed).content.decode()
    assert 'name="consent"' in page
    assert 'value="박느티"' in page
    area = make_area()
    form = {**typed, "area": area.pk, "basis": "lives", "method": "card_seen", "consent": "on"}
    made = desk.post(reverse("desk_resident_new"), form)
    resident = Resident.objects.get()
    assert made["Location"] == reverse("desk_resident", args=[resident.ref])
    found = desk.post(reverse("desk_residents"), typed)
    assert found["Location"] == made["Location"]
    shown = desk.get(made["Location"]).content.decode()
    assert "박느티" not in shown


def test_registration_that_is_refused_keeps_what_was_typed(desk: Client) -> None:
    area = make_area()
    form = {
        "name": "박느티", "birth_date": "19490701", "area": area.pk, "basis": "lives",
        "method": "card_seen", "consent": "on",
    }  # fmt: skip
    desk.post(reverse("desk_resident_new"), form)
    again = desk.post(reverse("desk_resident_new"), form)
    assert again.status_code == 409
    assert 'value="박느티"' in again.content.decode()
    assert desk.post(reverse("desk_resident_new"), {**form, "homonym": "on"}).status_code == 302


def test_desk_extends_moves_and_separates(desk: Client) -> None:
    ended = timezone.localdate() - timedelta(days=2)
    resident = make_resident(make_user(), verified_until=ended)
    area = make_area()
    desk.post(reverse("desk_resident_extend", args=[resident.ref]), {"method": "card_seen"})
    desk.post(
        reverse("desk_resident_move", args=[resident.ref]), {"area": area.pk, "basis": "works"}
    )
    desk.post(reverse("desk_resident_separate", args=[resident.ref]), {"reason": "분실"})
    resident.refresh_from_db()
    assert resident.verified_until > timezone.localdate()
    assert (resident.area, resident.basis, resident.user) == (area, "works", None)


def test_slip_is_a_pdf_that_nothing_keeps(desk: Client) -> None:
    resident = make_resident()
    response = desk.post(reverse("desk_resident_code", args=[resident.ref]))
    assert response.content.startswith(b"%PDF")
    assert response["Cache-Control"] == "no-store"
    assert PaperCode.objects.get().resident == resident


def test_clerk_of_two_centres_works_at_the_one_chosen(client_of: ClientOf) -> None:
    first, second = make_centre(), make_centre()
    clerk = make_user(RoleKind.CLERK, centre=first)
    grant(clerk, RoleKind.CLERK, centre=second)
    client = client_of(clerk)
    client.post(reverse("desk_centre"), {"centre": second.code})
    assert second.name in client.get(reverse("desk_residents")).content.decode()
    client.post(reverse("desk_centre"), {"centre": make_centre().code})
    assert second.name in client.get(reverse("desk_residents")).content.decode()


def test_too_many_look_ups_keep_what_was_typed(
    desk: Client, limit_to: Callable[[str, str], None]
) -> None:
    limit_to("desk_lookup", "1/hour")
    desk.post(reverse("desk_residents"), {"name": "박느티", "birth_date": "19490701"})
    answer = desk.post(reverse("desk_residents"), {"name": "김솔", "birth_date": "19490702"})
    assert answer.status_code == 429
    page = answer.content.decode()
    assert 'value="김솔"' in page
    assert "한 시간에 1번까지" in page
    assert 'name="consent"' not in page


# --- Limits of allauth's pages ---


def test_sign_ups_of_one_address_have_a_limit_with_a_readable_page(settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "signup": "1/m/ip"}
    typed = {"email": "new@example.org", "name": "새", "password1": "짧음"}
    assert Client().post(reverse("account_signup"), typed).status_code == 200
    answer = Client().post(reverse("account_signup"), typed)
    assert answer.status_code == 429
    assert "짧은 시간에 여러 번 시도해 잠시 멈췄습니다." in answer.content.decode()
    assert 1 <= int(answer["Retry-After"]) <= 120


def test_limit_of_a_mailbox_says_at_which_hour_it_ends(settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "reset_password": "1/h/key"}
    typed = {"email": "Someone@example.org"}
    began = timezone.localtime()
    assert Client().post(reverse("account_reset_password"), typed).status_code == 302
    answer = Client().post(reverse("account_reset_password"), typed)
    assert answer.status_code == 429
    again = (began + timedelta(hours=1)).replace(second=0, microsecond=0) + timedelta(minutes=1)
    assert when(again, "ko") in answer.content.decode()
    assert 3500 < int(answer["Retry-After"]) <= 3660


def test_mailbox_is_not_drowned_in_log_in_codes(
    django_capture_on_commit_callbacks: AfterCommit,
) -> None:
    user = make_user()
    with django_capture_on_commit_callbacks(execute=True):
        statuses = [
            Client().post(reverse("account_request_login_code"), {"email": user.email}).status_code
            for _try in range(4)
        ]
    assert statuses[:3] == [302, 302, 302]
    assert statuses[3] in {200, 429}
    assert len(mail.outbox) == 3


def test_people_behind_one_proxy_do_not_share_a_limit(settings: Any) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "signup": "1/m/ip"}
    typed = {"email": "new@example.org", "name": "새", "password1": "짧음"}
    for number in (1, 2, 3):
        answer = Client().post(
            reverse("account_signup"),
            typed,
            headers={"X-Forwarded-For": f"198.51.100.{number}"},
        )
        assert answer.status_code == 200
