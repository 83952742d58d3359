"""What is kept for readers, what never is, and how long it may be wrong."""

from __future__ import annotations

import gzip
import re
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.http import HttpResponse, StreamingHttpResponse
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from civic.page_cache import (
    CALM,
    LOCK_SECONDS,
    RULES,
    SOON,
    PageCacheMiddleware,
    address_of,
    first_to_renew,
    keepable,
    may_be_kept,
)
from debates.services import hide_comment
from proceedings.services import renew_pages
from proposals.models import Proposal
from residents.roles import RoleKind
from tests.factories.budgets import make_allocated_budget
from tests.factories.debates import make_comment, make_debate, make_house_rule
from tests.factories.draws import make_published_draw
from tests.factories.places import make_area, make_centre
from tests.factories.proceedings import make_process
from tests.factories.proposals import make_proposal
from tests.factories.residents import PASSWORD, make_user
from tests.factories.voting import make_open_contest, pass_the_close, run_to_the_end, vote
from voting.services.clock import advance_contests

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

    from residents.models import User
    from voting.models import Contest

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _keeping(settings: Any) -> None:
    settings.PAGE_CACHE = True


def queries(address: str, client: Client | None = None) -> int:
    with CaptureQueriesContext(connection) as caught:
        assert (client or Client()).get(address).status_code == 200
    return len(caught)


def is_kept(address: str, **headers: Any) -> bool:
    """Whether a second reader gets what the first one's request made."""
    Client().get(address, **headers)
    return queries(address) == 0


def make_published() -> Contest:
    contest = make_open_contest()
    vote(contest, "a")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    return run_to_the_end(contest)


# --- Every public page may be kept: no cookie, no token, and it is listed or left out on purpose ---


def addresses() -> dict[str, tuple[object, ...]]:
    """Each public page's name with what its address needs, in a town where all of them are full."""
    contest, budget, debate = (
        make_published(),
        make_allocated_budget([100], [["01"]]),
        make_debate(),
    )
    proposal, centre = make_proposal(), make_centre()
    make_comment(thread=debate.thread)
    make_comment(thread=proposal.thread)
    number = [contest.pk]
    return {
        **dict.fromkeys(("home", "votes", "budgets", "places", "rooms", "proposals", "draws"), ()),
        **dict.fromkeys(
            ("proposals_overdue", "proposals_map", "proposals_near", "proposal_new"), ()
        ),
        **dict.fromkeys(("debates", "house_rules"), ()),
        **dict.fromkeys(("about", "plain", "privacy", "accessibility", "api-docs"), ()),
        **dict.fromkeys(("search", "proposal_hints"), ()),
        **dict.fromkeys(
            ("contest", "contest_counting", "contest_result", "contest_recount", "contest_log"),
            (*number,),
        ),
        "contest_result_version": (contest.pk, 1),
        "draw": (make_published_draw().pk,),
        "board": (centre.code,),
        "board_live": (centre.code,),
        "area": (centre.area.code,),
        "budget": (budget.pk,),
        "project": (budget.pk, budget.projects.all()[0].pk),
        "process": (make_process().slug,),
        "proposal": (proposal.pk,),
        "proposal_versions": (proposal.pk,),
        "proposal_version": (proposal.pk, 1),
        "debate": (debate.pk,),
    }


NOT_KEPT = {"search", "proposal_hints"}  # words that somebody typed
FORMS = {  # these need a session or a log-in
    *("proposal_new_write", "proposal_new_similar", "proposal_new_continue"),
    *("proposal_draft_write", "proposal_draft_similar", "proposal_preview", "proposal_submit"),
    *("proposal_picture_remove", "proposal_discard", "proposal_support", "proposal_edit"),
    *("proposal_appeal", "proposal_withdraw", "debate_new", "comment_reply", "comment_react"),
    *("comment_flag", "comment_withdraw", "comment_appeal", "thread_comment", "thread_follow"),
    *("ballot", "ballot_cast", "receipt"),
}
PERSONAL_ROOMS = ("admin/", "accounts/", "api/v1/", "me/", "desk/", "gallery/", "demo/", "media/")


def named(patterns: list[URLPattern | URLResolver], before: str = "") -> Iterator[tuple[str, str]]:
    """Name and route of every address of the site."""
    for pattern in patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from named(pattern.url_patterns, route)
        else:
            yield pattern.name or "", route


def test_every_kept_page_is_an_address_of_the_site() -> None:
    found = {name for name, _route in named(get_resolver().url_patterns)}
    assert {*RULES, *NOT_KEPT, *FORMS} - found == set()


def test_lists_without_a_rule_carry_no_cookie_and_no_token_either() -> None:
    """Pages that come later are looked at, too, if their address needs nothing."""
    known = {*RULES, *NOT_KEPT, *FORMS, "display"}
    for name, route in named(get_resolver().url_patterns):
        if name in known or "<" in route or "(" in route or route.startswith(PERSONAL_ROOMS):
            continue
        answer = Client().get("/" + route)
        assert not answer.cookies, name
        assert b"csrfmiddlewaretoken" not in answer.getvalue(), name


def test_public_pages_carry_no_cookie_and_no_token() -> None:
    pages = addresses()
    assert set(pages) == {*RULES, *NOT_KEPT}
    for name, place in pages.items():
        answer = Client().get(reverse(name, args=place))
        assert answer.status_code == 200, name
        assert not answer.cookies, name
        assert b"csrfmiddlewaretoken" not in answer.content, name
        vary = {part.strip() for part in answer["Vary"].split(",")}
        assert vary <= {"Cookie", "Accept-Language", "Accept-Encoding"}, name


def test_listed_pages_are_kept_and_cost_no_query() -> None:
    for name, place in addresses().items():
        address = reverse(name, args=place)
        assert name not in RULES or is_kept(address), name
        assert ("public" in Client().get(address).get("Cache-Control", "")) == (name in RULES)


def test_form_pages_for_everybody_are_not_kept() -> None:
    make_area()
    for name in ("proposal_new_write", "account_login", "account_signup"):
        answer = Client().get(reverse(name))
        assert b"csrfmiddlewaretoken" in answer.content
        assert "public" not in answer.get("Cache-Control", "")


# --- Whom and what it serves ---


def test_each_language_and_display_setting_has_a_copy_of_its_own() -> None:
    korean, english, large = Client(), Client(), Client()
    english.cookies["language"] = "en"
    large.cookies["display"] = "150.high.dark"
    for client in (korean, english, large):
        client.get("/about/")
    assert 'lang="ko"' in korean.get("/about/").content.decode()
    assert 'lang="en"' in english.get("/about/").content.decode()
    assert 'data-contrast="high"' in large.get("/about/").content.decode()
    assert 'data-contrast="high"' not in korean.get("/about/").content.decode()


def test_browsers_language_counts_without_a_cookie() -> None:
    Client().get("/about/")
    answer = Client().get("/about/", headers={"Accept-Language": "en"})
    assert 'lang="en"' in answer.content.decode()
    assert answer["Content-Language"] == "en"


def test_front_page_is_kept_for_each_dong() -> None:
    first, second = make_area(), make_area()
    for dong in (first, second):
        reader = Client()
        reader.get("/", {"dong": dong.code})
        assert is_kept("/")
        text = reader.get("/").content.decode()
        assert f'href="?dong={dong.code}" aria-current="true"' in text
        assert len(re.findall(r'href="\?dong=\w+" aria-current="true"', text)) == 1


def test_every_host_name_has_a_copy_of_its_own(settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["one.example", "two.example"]
    proposal = make_proposal()
    address = f"/proposals/{proposal.pk}/"
    Client().get(address, headers={"Host": "one.example"})
    answer = Client().get(address, headers={"Host": "two.example"})
    assert "http://two.example/" in answer.content.decode()
    assert "http://one.example/" not in answer.content.decode()


def test_copy_is_sent_compressed_and_whole() -> None:
    plain = Client().get("/about/")
    packed = Client().get("/about/", headers={"Accept-Encoding": "gzip, br"})
    assert packed["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.content) == plain.content
    assert packed["ETag"] == plain["ETag"]
    for one in (plain, packed):
        assert one["Content-Length"] == str(len(one.content))
        assert one["X-Frame-Options"] == "DENY"
        assert "default-src 'none'" in one["Content-Security-Policy"]


def test_who_has_the_page_already_gets_304() -> None:
    first = Client().get("/about/")
    again = Client().get("/about/", headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304
    assert again.content == b""
    assert again["Cache-Control"] == first["Cache-Control"]
    changed = Client().get("/about/", headers={"If-None-Match": 'W/"other"'})
    assert changed.status_code == 200


def test_browsers_ask_each_time_and_proxies_may_keep_it_while_it_is_fresh() -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        first = Client().get("/about/")
        assert first["Cache-Control"] == f"public, max-age=0, s-maxage={CALM}"
        clock.shift(4)
        assert f"s-maxage={CALM - 4}" in Client().get("/about/")["Cache-Control"]


# --- Refusals to keep ---


def test_somebody_logged_in_neither_sees_nor_makes_a_kept_page(
    client_of: Callable[[User], Client],
) -> None:
    proposal = make_proposal()
    address = f"/proposals/{proposal.pk}/"
    client = client_of(make_user())
    assert b"csrfmiddlewaretoken" in client.get(address).content
    assert queries(address) > 0  # a reader without a session gets a page of their own
    assert queries(address) == 0
    mine = client.get(address)
    assert b"csrfmiddlewaretoken" in mine.content
    assert mine["Cache-Control"] == "private, no-cache"
    assert "Cookie" in mine["Vary"]


def test_log_in_and_log_out_show_at_once() -> None:
    user = make_user()
    reader = Client()
    assert reverse("account_login") in reader.get("/about/").content.decode()
    reader.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    assert '"tool tool--me" href="/me/"' in reader.get("/about/").content.decode()
    reader.post(reverse("account_logout"))
    assert f'"tool tool--me" href="{reverse("account_login")}"' in (
        reader.get("/about/").content.decode()
    )


def test_session_of_any_kind_is_passed_on() -> None:
    Client().get("/about/")
    reader = Client()
    reader.cookies["sessionid"] = "stale"
    assert "public" not in reader.get("/about/").get("Cache-Control", "")


def test_message_to_read_is_shown_and_not_kept() -> None:
    Client().get("/about/")
    reader = Client()
    reader.cookies["messages"] = "anything"
    assert "public" not in reader.get("/about/").get("Cache-Control", "")


@pytest.mark.parametrize("method", ["HEAD", "POST", "PUT", "DELETE"])
def test_only_get_is_kept(method: str) -> None:
    assert keepable(RequestFactory().generic(method, "/about/")) is None


@pytest.mark.parametrize(
    "address",
    [
        "/nowhere/",
        "/me/",
        "/admin/",
        "/api/v1/proposals/",
        "/proposals/?q=가로등",
        "/proposals/?utm_source=poster",
        "/about/?area=1",
        "/proposals/?cursor=" + "9" * 300,
    ],
)
def test_addresses_without_a_rule_are_not_kept(address: str) -> None:
    assert keepable(RequestFactory().get(address)) is None


def test_known_filters_are_kept_also_when_the_search_is_empty() -> None:
    assert keepable(RequestFactory().get("/proposals/?area=11&q=&sort=new")) is not None


def test_dong_that_cannot_be_one_is_not_kept() -> None:
    request = RequestFactory().get("/")
    request.COOKIES["dong"] = "x" * 21
    assert keepable(request) is None


def test_password_in_the_header_is_not_kept() -> None:
    request = RequestFactory().get("/about/", headers={"Authorization": "Basic x"})
    assert keepable(request) is None


def page(**headers: str) -> HttpResponse:
    return HttpResponse("<p>", headers=headers)


def test_whole_page_for_everybody_may_be_kept() -> None:
    assert may_be_kept(page(Vary="Cookie, Accept-Language"))


def with_cookie() -> HttpResponse:
    answer = page()
    answer.set_cookie("dong", "11")
    return answer


@pytest.mark.parametrize(
    "answer",
    [
        HttpResponse("<p>", status=404),
        HttpResponse("<p>", status=500),
        HttpResponse(status=302, headers={"Location": "/"}),
        HttpResponse("{}", content_type="application/json"),
        HttpResponse('<input name="csrfmiddlewaretoken">'),
        StreamingHttpResponse(["<p>"]),
        page(Vary="HX-Request"),
        page(**{"Cache-Control": "no-store"}),
        with_cookie(),
    ],
)
def test_anything_else_may_not(answer: HttpResponseBase) -> None:
    assert not may_be_kept(answer)


def test_hidden_and_missing_pages_are_not_kept() -> None:
    hidden = make_proposal(is_hidden=True, hidden_rule=make_house_rule(), hidden_at=timezone.now())
    for pk, status in ((hidden.pk, 410), (0, 404)):
        answer = Client().get(f"/proposals/{pk}/")
        assert answer.status_code == status
        assert "public" not in answer.get("Cache-Control", "")


def test_nothing_is_kept_when_it_is_switched_off(settings: Any) -> None:
    settings.PAGE_CACHE = False
    make_proposal()
    assert not is_kept("/proposals/")


def test_without_redis_every_page_is_made_anew(settings: Any) -> None:
    settings.CACHES = {
        "default": {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/0"}
    }
    proposal = make_proposal()
    assert proposal.title in Client().get("/proposals/").content.decode()
    assert queries("/proposals/") > 0


# --- How long it may be wrong ---


def test_copy_runs_out() -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        proposal = make_proposal()
        address = f"/proposals/{proposal.pk}/"
        assert is_kept(address)
        clock.shift(CALM + 1)
        assert queries(address) > 0


def test_one_makes_the_new_copy_and_the_others_get_the_last() -> None:
    proposal = make_proposal()
    address = f"/proposals/{proposal.pk}/"
    with time_machine.travel(timezone.now(), tick=False) as clock:
        Client().get(address)
        clock.shift(CALM + 1)
        request = RequestFactory().get(address)
        match = keepable(request)
        assert match is not None
        assert first_to_renew(address_of(request, match))
        assert queries(address) == 0
        cache.delete(f"{address_of(request, match)}:renewing")  # the one who renews is done
        assert queries(address) > 0


def test_lock_of_a_renewal_that_broke_off_ends_by_itself() -> None:
    broken = PageCacheMiddleware(lambda _request: HttpResponse(status=500))
    request = RequestFactory().get("/about/")
    assert broken(request).status_code == 500
    assert first_to_renew("page:x")
    assert not first_to_renew("page:x")
    assert 0 < LOCK_SECONDS <= 10


def test_pages_that_say_what_can_be_done_now_are_short_lived() -> None:
    live = {name for name, rule in RULES.items() if rule.seconds <= SOON}
    assert {"home", "votes", "contest", "contest_result", "area", "budget", "board"} <= live
    assert RULES["board_live"].seconds + LOCK_SECONDS <= 10


def test_closed_vote_is_not_offered_any_more(
    django_capture_on_commit_callbacks: Callable[..., Any],
) -> None:
    contest = make_open_contest()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert is_kept(contest.get_absolute_url())
    pass_the_close(contest)
    with django_capture_on_commit_callbacks(execute=True):
        advance_contests()
    assert queries(contest.get_absolute_url()) > 0


def test_published_result_shows_at_once(
    django_capture_on_commit_callbacks: Callable[..., Any],
) -> None:
    contest = make_open_contest()
    vote(contest, "a")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    address = reverse("contest_result", args=[contest.pk])
    before = Client().get(address).content
    with django_capture_on_commit_callbacks(execute=True):
        run_to_the_end(contest)
    assert Client().get(address).content != before


def test_hidden_opinion_is_gone_at_once(
    django_capture_on_commit_callbacks: Callable[..., Any],
) -> None:
    comment = make_comment(thread=make_debate().thread, body="062-000-0000으로 전화하세요.")
    address = comment.thread.subject_url
    assert comment.body in Client().get(address).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        hide_comment(
            actor=make_user(role=RoleKind.MODERATOR),
            comment_id=comment.pk,
            rule=make_house_rule(),
            note="전화번호가 있습니다.",
        )
    assert comment.body not in Client().get(address).content.decode()


def test_other_changes_come_with_the_next_copy() -> None:
    proposal = make_proposal()
    address = f"/proposals/{proposal.pk}/"
    with time_machine.travel(timezone.now(), tick=False) as clock:
        before = Client().get(address).content
        Proposal.objects.filter(pk=proposal.pk).update(title="새 제목")
        assert Client().get(address).content == before
        clock.shift(CALM + 1)
        assert Client().get(address).content != before


def test_page_begun_before_a_change_is_not_kept_as_new(
    django_capture_on_commit_callbacks: Callable[..., Any],
) -> None:
    def slow(_request: HttpRequest) -> HttpResponse:
        with django_capture_on_commit_callbacks(execute=True):
            renew_pages()
        return HttpResponse("before")

    request = RequestFactory().get("/about/")
    PageCacheMiddleware(slow)(request)
    after = PageCacheMiddleware(lambda _request: HttpResponse("after"))(request)
    assert after.content == b"after"  # type: ignore[attr-defined]  # a whole page
