"""The set-up pages: sections, options, preview and sample."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.utils import timezone

from proceedings.audit import Action
from proceedings.models import AuditEvent
from residents.roles import RoleKind
from tests.factories.places import make_centre
from tests.factories.residents import make_user
from tests.factories.voting import make_contest, make_open_contest, run_to_the_end
from voting.forms.sections import SECTIONS
from voting.models import Contest, ContestFigures

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from residents.models import User

    ClientOf = Callable[[User], Client]

pytestmark = pytest.mark.django_db

CONTESTS = "/admin/voting/contest/"
SLUGS = [section.slug for section in SECTIONS]


@pytest.fixture
def office(client_of: ClientOf) -> Client:
    return client_of(make_user(role=RoleKind.ADMINISTRATOR))


def at(contest: Contest, rest: str) -> str:
    return f"{CONTESTS}{contest.pk}/{rest}"


def page(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def lines(contest: Contest, *rows: dict[str, Any], **more: str) -> dict[str, Any]:
    stored = contest.options.count()
    data = {"form-TOTAL_FORMS": str(len(rows)), "form-INITIAL_FORMS": str(stored), **more}
    for place, row in enumerate(rows):
        data |= {f"form-{place}-{name}": str(value) for name, value in row.items()}
    return data


# --- Sections ---


@pytest.mark.parametrize("slug", [*(f"set-up/{slug}/" for slug in SLUGS), "options/"])
def test_each_section_is_for_administrators_and_drafts(
    client_of: ClientOf, office: Client, slug: str
) -> None:
    contest = make_contest(paper=True, centres=[make_centre()])
    assert contest.title in page(office, at(contest, slug))
    observer = client_of(make_user(role=RoleKind.OBSERVER))
    assert observer.get(at(contest, slug)).status_code == 403
    running = make_open_contest()
    answer = office.get(at(running, slug), follow=True)
    assert answer.redirect_chain == [(at(running, "change/"), 302)]
    assert "확정한 투표라서" in answer.content.decode()


def test_an_unknown_section_is_not_found(office: Client) -> None:
    assert office.get(at(make_contest(), "set-up/nothing/")).status_code == 404


def test_a_section_is_saved_and_leads_on(office: Client) -> None:
    contest = make_contest()
    data = {"bases": ["lives", "works"], "census": "9130", "min_age": "14", "age_on": "2026-12-01"}
    answer = office.post(
        at(contest, "set-up/voters/"), {**data, "roll_mode": "rolling", "next": ""}
    )
    assert answer["Location"] == at(contest, "set-up/times/")
    contest.refresh_from_db()
    assert (contest.bases, contest.census, contest.min_age) == (["lives", "works"], 9130, 14)
    event = AuditEvent.objects.get(action=Action.CONTEST_CHANGED)
    assert event.data == {"fields": ["age_on", "bases", "census", "min_age"]}
    again = office.post(at(contest, "set-up/voters/"), {**data, "roll_mode": "rolling", "save": ""})
    assert again["Location"] == at(contest, "change/")
    assert AuditEvent.objects.filter(action=Action.CONTEST_CHANGED).count() == 1


def test_times_are_typed_in_korean_time_and_centres_chosen(office: Client) -> None:
    contest, centre = make_contest(), make_centre()
    office.post(
        at(contest, "set-up/times/"),
        {
            "opens_at": "2026-12-01T09:00",
            "closes_at": "2026-12-09T18:00",
            "web": "on",
            "paper": "on",
            "centres": [centre.pk],
            "revote": "never",
            "paper_over_web": "refuse",
            "grace_seconds": "30",
        },
    )
    contest.refresh_from_db()
    assert contest.opens_at is not None
    assert contest.opens_at.isoformat() == "2026-12-01T00:00:00+00:00"
    assert (list(contest.centres.all()), contest.revote) == ([centre], "never")


def test_what_is_wrong_is_named_and_what_was_typed_stays(office: Client) -> None:
    contest = make_contest()
    answer = office.post(
        at(contest, "set-up/rule/"),
        {"seats": "2", "quorum_of": "roll", "quorum_share": "반의반", "tie_rule": "report"},
    )
    assert answer.status_code == 422
    html = answer.content.decode()
    assert "비율은 25%나 1/4처럼 적어 주세요." in html
    assert "반의반" in html


def test_another_kind_of_ballot_asks_again_on_the_same_page(office: Client) -> None:
    contest = make_contest()
    data = {"kind": "yes_no", "overpick": "void", "allow_blank": "on", "next": ""}
    answer = office.post(at(contest, "set-up/ballot/"), data)
    assert answer["Location"] == at(contest, "set-up/ballot/")
    asks = page(office, at(contest, "set-up/ballot/"))
    assert "abstain_allowed" in asks
    assert "지금은 이렇게 셉니다: 안건마다 찬성이 정한 비율을 넘으면 통과합니다" in asks
    assert "majority_of" in page(office, at(contest, "set-up/rule/"))


def test_a_result_that_may_be_out_before_stickers_are_typed_is_warned_of(office: Client) -> None:
    contest = make_contest(stickers=True, centres=[make_centre()])
    assert contest.closes_at is not None
    closes, hurry = timezone.localdate(contest.closes_at), "결과 발표는 스티커를 기다리지 않습니다."
    for day, is_told in ((None, True), (closes, True), (closes + timedelta(days=1), False)):
        Contest.objects.filter(pk=contest.pk).update(result_on=day)
        for address in ("change/", "set-up/times/", "set-up/ends/"):
            assert (hurry in page(office, at(contest, address))) is is_told, (day, address)
    Contest.objects.filter(pk=contest.pk).update(result_on=None, stickers=False)
    assert hurry not in page(office, at(contest, "set-up/ends/"))
    running = make_open_contest(stickers=True, centres=[make_centre()])
    assert hurry not in page(office, at(running, "change/"))


def test_an_opening_that_has_passed_is_told_of_a_draft_alone(office: Client) -> None:
    contest = make_contest(opens_at=timezone.now() - timedelta(days=1))
    late = "시작 시각이 이미 지났습니다."
    assert late in page(office, at(contest, "change/"))
    assert late in page(office, at(contest, "set-up/times/"))
    Contest.objects.filter(pk=contest.pk).update(opens_at=timezone.now() + timedelta(hours=1))
    assert late not in page(office, at(contest, "change/"))


def test_as_many_places_as_options_are_warned_of(office: Client) -> None:
    contest = make_contest(kind="pick", max_picks=3, seats=3, keys=("a", "b", "c"))
    said = "뽑는 수가 선택지 수(3개)만큼이어서 모두 뽑힙니다."
    assert said in page(office, at(contest, "change/"))
    assert said in page(office, at(contest, "set-up/rule/"))
    Contest.objects.filter(pk=contest.pk).update(seats=2)
    assert said not in page(office, at(contest, "change/"))


def test_publication_says_how_many_ballots_would_be_the_only_ones(office: Client) -> None:
    contest = make_contest(kind="pick", max_picks=6, keys=tuple("abcdefghijkl"), census=5000)
    assert "많아야" in page(office, at(contest, "set-up/ends/"))


# --- Options ---


def test_options_are_added_moved_changed_and_removed_but_keep_their_keys(office: Client) -> None:
    contest = make_contest(kind="pick", max_picks=2)
    data = lines(
        contest,
        {"key": "a", "title": "의제 a", "ORDER": 3},
        {"key": "b", "title": "고친 의제", "ORDER": 1, "group": "안전"},
        {"key": "c", "title": "의제 c", "ORDER": 2, "DELETE": "on"},
        {"key": "", "title": "새 의제", "ORDER": 2, "url": "/proposals/3/"},
        {"key": "", "title": ""},
        save="",
    )
    answer = office.post(at(contest, "options/"), data)
    assert answer["Location"] == at(contest, "change/")
    assert [(o.number, o.key, o.title) for o in contest.options.all()] == [
        (1, "b", "고친 의제"),
        (2, "o1", "새 의제"),
        (3, "a", "의제 a"),
    ]
    assert contest.options.get(key="b").group == "안전"


def test_a_made_up_key_is_not_taken(office: Client) -> None:
    contest = make_contest()
    rows = [{"key": key, "title": f"의제 {key}"} for key in ("a", "b", "c")]
    data = lines(contest, *rows, {"key": "x y", "title": "넷째"}, {"key": "a", "title": "다섯째"})
    office.post(at(contest, "options/"), data)
    assert [o.key for o in contest.options.all()] == ["a", "b", "c", "o1", "o2"]


def test_wrong_lines_keep_what_was_typed(office: Client) -> None:
    contest = make_contest()
    answer = office.post(at(contest, "options/"), lines(contest, {"title": "", "detail": "설명"}))
    assert answer.status_code == 422
    assert "선택지의 이름을 적거나 줄을 빼 주세요." in answer.content.decode()
    assert "설명" in answer.content.decode()
    assert contest.options.count() == 3


def test_more_lines_come_without_saving(office: Client) -> None:
    contest = make_contest()
    data = lines(contest, {"key": "a", "title": "의제 a"}, {"title": "쓰던 줄"}, more="1")
    answer = office.post(at(contest, "options/"), data)
    assert answer.status_code == 200
    assert "쓰던 줄" in answer.content.decode()
    assert answer.content.decode().count("번째 줄") == 8
    assert contest.options.count() == 3


def test_projects_of_a_budget_are_only_shown(office: Client) -> None:
    contest = make_contest(kind="budget", costs=(1, 2, 3), outcome="allocation")
    html = page(office, at(contest, "options/"))
    assert "예산 쪽에서 고칩니다" in html
    assert "form-0-title" not in html
    office.post(at(contest, "options/"), lines(contest, {"title": "새 사업"}))
    assert contest.options.count() == 3


# --- How it will look ---


@pytest.mark.parametrize("kind", ["single", "pick", "yes_no"])
def test_the_preview_shows_the_ballot_and_sends_nothing(office: Client, kind: str) -> None:
    contest = make_contest(kind=kind)
    html = page(office, at(contest, "preview/"))
    assert "의제 a" in html
    assert "여기서는 투표할 수 없습니다" in html
    assert 'class="ballot section"' in html
    assert "<form" not in html.split('class="ballot section"')[1].split("</main>")[0]


def test_the_sample_is_a_pdf_kept_nowhere(client_of: ClientOf, office: Client) -> None:
    contest = make_contest(paper=True, centres=[make_centre()])
    answer = office.get(at(contest, "sample.pdf"))
    assert answer.content.startswith(b"%PDF")
    assert "no-store" in answer["Cache-Control"]
    assert (
        client_of(make_user(role=RoleKind.OBSERVER)).get(at(contest, "sample.pdf")).status_code
        == 200
    )
    moderator = client_of(make_user(role=RoleKind.MODERATOR))
    assert moderator.get(at(contest, "sample.pdf")).status_code == 403


# --- Weights ---


def weighted(web: int, paper: int, way: str = "ballots") -> dict[str, Any]:
    parts = [{"part": "web", "weight": web}, {"part": "paper", "weight": paper}]
    return {"weights": {"parts": parts, "as": way, "empty": "spread"}}


@pytest.mark.parametrize(
    ("options", "ballots", "said", "is_warned"),
    [
        (weighted(50, 50), None, "종이 한 표의 무게가 온라인 10표와 같습니다", False),
        (weighted(50, 50), (2910, 10), "종이 한 표의 무게가 온라인 291표와 같습니다", True),
        (weighted(90, 10), (100, 100), "온라인 한 표의 무게가 종이 9표와 같습니다", False),
        (weighted(50, 50, "rank"), None, "한 표가 더 무거워집니다", False),
        ({}, None, "", False),
    ],
)
def test_weights_say_what_one_ballot_would_weigh(
    office: Client,
    options: dict[str, Any],
    ballots: tuple[int, int] | None,
    said: str,
    *,
    is_warned: bool,
) -> None:
    if ballots:
        earlier = make_open_contest()
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        earlier = run_to_the_end(earlier)
        ContestFigures.objects.filter(contest=earlier).update(web=ballots[0], paper=ballots[1])
    contest = make_contest(paper=True, centres=[make_centre()], rule_options=options)
    text = page(office, at(contest, "set-up/rule/"))
    assert said in text
    assert ("office__note--warning" in text) is is_warned
    if ballots:
        assert earlier.title in text


def with_body(weight: int, votes: str = "all") -> dict[str, Any]:
    parts = [
        {"part": votes, "weight": 100 - weight},
        {"part": "위원회", "weight": weight, "body": True},
    ]
    return {"weights": {"parts": parts, "as": "points", "empty": "spread"}}


@pytest.mark.parametrize(
    ("options", "census", "said", "is_warned"),
    [
        (with_body(70), None, ["구성원 수는 여기에 적혀 있지 않습니다"], False),
        # 5% of 12,000 are 600 voters: 70/10 against 30/600, and 70/30
        (with_body(70), 12_000, ["5%", "600명", "10명이면 140명", "30명이면 46.7명"], True),
        (with_body(30, "web"), 2_000, ["100명", "10명이면 4.3명", "30명이면 1.4명"], False),
    ],
)
def test_a_body_says_what_one_member_weighs(
    office: Client, options: dict[str, Any], census: int | None, said: list[str], *, is_warned: bool
) -> None:
    contest = make_contest(rule_options=options, census=census)
    text = page(office, at(contest, "set-up/rule/"))
    assert [words for words in said if words not in text] == []
    assert ("10명이면" in text) is (census is not None)
    assert ("office__note--warning" in text) is is_warned


def test_a_member_is_weighed_against_the_voters_of_the_last_vote(office: Client) -> None:
    earlier = make_open_contest(title="지난해 예산 투표")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    earlier = run_to_the_end(earlier)
    ContestFigures.objects.filter(contest=earlier).update(web=900, paper=0)
    text = page(office, at(make_contest(rule_options=with_body(70)), "set-up/rule/"))
    assert "지난해 예산 투표" in text
    assert "10명이면 210명" in text


def test_bodies_alone_are_weighed_against_nobody(office: Client) -> None:
    options = with_body(50)
    options["weights"]["parts"][0] = {"part": "심사단", "weight": 50, "body": True}
    contest = make_contest(rule_options=options)
    assert "구성원 수는" not in page(office, at(contest, "set-up/rule/"))
