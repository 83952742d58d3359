from __future__ import annotations

import re
import uuid
import zipfile
from datetime import date, timedelta
from io import BytesIO
from typing import TYPE_CHECKING

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from tests.factories.places import make_area, make_centre, make_district
from tests.factories.residents import make_user
from tests.factories.voting import (
    make_contest,
    make_open_contest,
    make_voter,
    run_to_the_end,
    vote,
)
from voting.log import verify_inclusion
from voting.models import ContestState, LogLeaf, Publication, Recount, TreeHead
from voting.services.casting import cast_ballot
from voting.services.contests import freeze, move
from voting.services.leaves import sequence_leaves
from voting.wording import badge_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from residents.models import User
    from voting.models import Contest

pytestmark = pytest.mark.django_db
KEYS = ("가로등", "그늘막", "물막이판")


def text_of(address: str, client: Client | None = None) -> str:
    answer = (client or Client()).get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def queries_of(address: str, client: Client) -> int:
    """Every statement but the frames of transactions; sessions come from the cache."""
    client.get(address)
    with CaptureQueriesContext(connection) as caught:
        assert client.get(address).status_code == 200
    frames = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")
    return len([q for q in caught if not q["sql"].startswith(frames)])


def make_published(*choices: str, **columns: object) -> Contest:
    """A contest voted on by one person per choice, counted and published."""
    contest = make_open_contest(keys=KEYS, **columns)
    for choice in choices:
        vote(contest, choice)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    return run_to_the_end(contest)


# --- The list ---


def test_list_tells_open_soon_and_published_votes_apart() -> None:
    published = make_published("가로등")
    opened = make_open_contest(keys=KEYS)
    soon = make_contest(keys=KEYS, opens_at=timezone.now() + timedelta(hours=3))
    draft = make_contest(keys=KEYS)
    with transaction.atomic():
        freeze(contest_id=soon.pk, actor_ref="system")
    text = text_of("/votes/")
    places = [text.index(one.title) for one in (opened, soon, published)]
    assert places == sorted(places)
    assert draft.title not in text
    assert f"/votes/{published.pk}/result/" in text


def test_vote_whose_counts_differ_says_so_and_stands_among_those_being_counted() -> None:
    contest = make_open_contest(keys=KEYS)
    for state in (ContestState.CLOSED, ContestState.BOXED, ContestState.OPENED):
        move(contest, state)
    move(contest, ContestState.DISPUTED)
    text = text_of(f"/votes/{contest.pk}/")
    assert "두 개표 결과가 다릅니다" in text
    assert "결과를 발표하지 않습니다" in text
    listed = text_of("/votes/")
    assert contest.title in listed
    assert f"/votes/{contest.pk}/result/" not in listed
    move(contest, ContestState.RECOUNT)
    assert contest.title in text_of("/votes/")


def test_result_stays_readable_while_a_later_count_is_disputed() -> None:
    contest = make_published("가로등")
    move(contest, ContestState.RECOUNT)
    assert "바로잡" in text_of(f"/votes/{contest.pk}/result/")
    move(contest, ContestState.DISPUTED)
    for text in (text_of(f"/votes/{contest.pk}/result/"), text_of(f"/votes/{contest.pk}/")):
        assert "두 개표 결과가" in text
    assert contest.title in text_of("/votes/")
    Recount.objects.create(contest=contest, round=1, reason="계수기 고침", ordered_by_ref="system")
    move(contest, ContestState.RECOUNT)
    text = text_of(f"/votes/{contest.pk}/result/")
    assert "다시 개표하고 있습니다" in text
    assert "계수기 고침" in text


def test_list_without_votes_says_what_to_do() -> None:
    assert 'href="/proposals/"' in text_of("/votes/")


def test_list_can_be_narrowed_to_what_concerns_an_area() -> None:
    district, other = make_district(), make_district()
    dong = make_area(parent=district)
    here = make_open_contest(area=district)
    elsewhere = make_open_contest(area=other)
    text = text_of(f"/votes/?area={dong.code}")
    assert here.title in text
    assert elsewhere.title not in text
    assert elsewhere.title in text_of("/votes/?area=unknown")


def test_results_come_in_pages_that_lead_both_ways(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("voting.selectors.pages.PAGE_SIZE", 2)
    old, middle, new = (make_published("가로등") for _ in range(3))
    first = text_of("/votes/")
    assert old.title not in first
    older = re.search(r'rel="next" href="(\?before=\d+)"', first)
    assert older is not None
    second = text_of(f"/votes/{older[1]}")
    assert old.title in second
    assert middle.title not in second
    newer = re.search(r'rel="prev" href="(\?after=\d+)"', second)
    assert newer is not None
    back = text_of(f"/votes/{newer[1]}")
    assert new.title in back
    assert middle.title in back


@pytest.mark.parametrize("query", ["before=x", "after=-1", "before=99999999999999", "after=²"])
def test_odd_cursor_gives_a_page_all_the_same(query: str) -> None:
    assert Client().get(f"/votes/?{query}").status_code == 200


@pytest.mark.parametrize("number", [1, 3])
def test_list_asks_the_same_number_of_queries(number: int) -> None:
    for _ in range(number):
        make_open_contest()
        make_published("가로등")
    assert queries_of("/votes/", Client()) == 3


# --- The page of a contest ---


def test_anonymous_pages_set_no_cookie_and_carry_no_token() -> None:
    contest = make_published("가로등")
    opened = make_open_contest()
    for address in (
        "/votes/",
        f"/votes/{opened.pk}/",
        f"/votes/{contest.pk}/",
        f"/votes/{contest.pk}/result/",
        f"/votes/{contest.pk}/recount/",
        f"/votes/{contest.pk}/log/",
    ):
        answer = Client().get(address)
        assert answer.status_code == 200
        assert not answer.cookies
        assert "csrfmiddlewaretoken" not in answer.content.decode()


def test_page_says_who_may_how_and_where() -> None:
    district = make_district(name="무등구")
    centre = make_centre(area=make_area(parent=district))
    contest = make_open_contest(
        keys=KEYS,
        area=district,
        kind="pick",
        max_picks=2,
        seats=2,
        bases=["lives", "works", "studies"],
        min_age=14,
        age_on=date(2026, 11, 22),
        paper=True,
        centres=[centre],
        ordinance="제12조",
        rule_options={"quorum": {"of": "roll", "share": "1/4"}},
    )
    text = text_of(f"/votes/{contest.pk}/")
    assert "무등구에 살거나 일하거나 배우는 만 14세 이상이면 누구나 투표할 수 있습니다." in text
    assert "나이는 2026. 11. 22.(일) 기준 만 나이로 셉니다." in text
    assert "3개 가운데 2개까지 고릅니다." in text
    assert "투표인명부의 1/4 이상이 참여하면 투표가 성립합니다." in text
    for words in (centre.address, centre.phone, contest.effect, "제12조"):
        assert words in text


def test_page_of_a_draft_is_not_found() -> None:
    assert Client().get(f"/votes/{make_contest().pk}/").status_code == 404
    assert Client().get("/votes/987654/").status_code == 404


def test_page_shows_where_the_reader_stands(client_of: Callable[[User], Client]) -> None:
    contest = make_open_contest(keys=KEYS)
    address = f"/votes/{contest.pk}/"
    voter = make_voter(contest)
    assert f"/votes/{contest.pk}/ballot/" in text_of(address, client_of(voter))
    vote(contest, "그늘막", user=voter)
    assert f"/votes/{contest.pk}/receipt/" in text_of(address, client_of(voter))
    assert f"/votes/{contest.pk}/ballot/" in text_of(address, client_of(make_user()))
    stranger = make_voter(make_contest(area=make_district()))
    assert 'data-code="other_area"' in text_of(address, client_of(stranger))


def test_turnout_stays_hidden_while_open_if_the_vote_says_so() -> None:
    hidden = make_open_contest(live_turnout=False)
    shown = make_open_contest(live_turnout=True)
    assert 'id="turnout"' not in text_of(f"/votes/{hidden.pk}/")
    assert 'id="turnout"' in text_of(f"/votes/{shown.pk}/")


@pytest.mark.parametrize("options", [2, 6])
def test_page_asks_few_queries_however_long_the_ballot(
    client_of: Callable[[User], Client], options: int
) -> None:
    contest = make_open_contest(
        keys=[f"k{n}" for n in range(options)], paper=True, centres=[make_centre()]
    )
    talk = 1  # looks for the conversation; tests/civic/test_conversations.py counts the rest of it
    assert queries_of(f"/votes/{contest.pk}/", Client()) == 6 + talk
    voter = make_voter(contest)
    vote(contest, "k0", user=voter)
    assert queries_of(f"/votes/{contest.pk}/", client_of(voter)) == 10 + talk


# --- The result ---


def test_result_is_said_in_a_sentence_with_its_winner() -> None:
    contest = make_published("그늘막", "그늘막", "가로등")
    text = text_of(f"/votes/{contest.pk}/result/")
    assert "투표지 3장을 세었습니다." in text
    assert "1,000명 가운데 3명이 참여했습니다(0.3%)." in text
    assert "2표를 얻은 “의제 그늘막”이 뽑혔습니다." in text
    assert text.count("맞음") >= 3


def test_result_of_a_tie_names_it_and_who_decides() -> None:
    contest = make_published("그늘막", "가로등", decided_by="주민자치회")
    text = text_of(f"/votes/{contest.pk}/result/")
    assert (
        "1자리를 두고 “의제 가로등”, “의제 그늘막”이 똑같이 1표를 얻었습니다. "
        "정하는 곳: 주민자치회." in text
    )


def test_result_below_its_quorum_says_that_the_vote_is_not_valid() -> None:
    contest = make_published("가로등", rule_options={"quorum": {"of": "fixed", "number": 5}})
    text = text_of(f"/votes/{contest.pk}/result/")
    assert "성립에 필요한 5명에 이르지 못해 투표가 성립하지 않았습니다." in text
    assert "뽑혔습니다" not in text


def test_result_page_before_the_result_says_when_it_comes() -> None:
    contest = make_open_contest(result_on=date(2026, 12, 8))
    text = text_of(f"/votes/{contest.pk}/result/")
    assert "2026. 12. 8.(화)에 여기에서 발표합니다." in text
    assert Client().get(f"/votes/{contest.pk}/result/1/").status_code == 404


def test_earlier_publication_stays_readable_with_what_changed() -> None:
    contest = make_published("그늘막", "가로등", "그늘막")
    first = contest.publications.get()
    Publication.objects.create(
        contest=contest,
        version=2,
        result=first.result.replace('"counts":{"votes":2}', '"counts":{"votes":3}').replace(
            '"turnout":3', '"turnout":4'
        ),
        result_digest="0" * 64,
        reconciliation=first.reconciliation,
        note="느티동 투표함 1개를 다시 옮겨 적었습니다.",
    )
    newest = text_of(f"/votes/{contest.pk}/result/")
    assert "의제 그늘막: 2표 → 3표" in newest
    assert "참여: 3명 → 4명" in newest
    assert "느티동 투표함 1개를" in newest
    earlier = text_of(f"/votes/{contest.pk}/result/1/")
    assert "이전에 발표한 결과입니다." in earlier
    assert "투표지 3장을 세었습니다." in earlier


def test_yes_no_result_shows_answers_and_what_was_needed() -> None:
    contest = make_open_contest(keys=("a", "b"), kind="yes_no", max_picks=2)
    for raw in ({"a": "yes", "b": "no"}, {"a": "yes"}, {"a": "no", "b": "no"}):
        cast_ballot(
            actor=make_voter(contest),
            contest_id=contest.pk,
            raw=raw,
            request_id=uuid.uuid4(),
        )
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    run_to_the_end(contest)
    text = text_of(f"/votes/{contest.pk}/result/")
    assert "“의제 a”가 찬성 2표로 가결되었습니다." in text
    assert "66.7%" in text
    assert "부결" in text


# --- Recount and log ---


def test_receipt_look_up_finds_waiting_and_unknown_leaves() -> None:
    contest = make_open_contest(keys=KEYS)
    receipt = vote(contest, "가로등")
    address = f"/votes/{contest.pk}/recount/?leaf="
    assert "1분 안에 기록에 자리를 얻습니다" in text_of(address + receipt.leaf_hash)
    sequence_leaves(contest.pk)
    assert "기록에 자리가 있는 표입니다" in text_of(address + receipt.leaf_hash)
    assert "그런 항목이 없습니다" in text_of(address + "0" * 64)


def test_receipt_may_be_pasted_in_groups_and_a_wrong_one_is_named() -> None:
    contest = make_open_contest(keys=KEYS)
    receipt = vote(contest, "가로등")
    grouped = "%20".join(re.findall("....", receipt.leaf_hash.upper()))
    address = f"/votes/{contest.pk}/recount/?leaf="
    assert "1분 안에 기록에 자리를 얻습니다" in text_of(address + grouped)
    wrong = text_of(address + "abc")
    assert "적어 주신 번호는 3자리입니다" in wrong
    assert 'value="abc"' in wrong


def test_recount_kit_lists_files_whose_bytes_have_their_digest() -> None:
    contest = make_published("가로등")
    text = text_of(f"/votes/{contest.pk}/recount/")
    stored = {one.name: one for one in contest.publications.get().files.all()}
    for name, one in stored.items():
        assert one.sha256 in text
        answer = Client().get(f"/votes/{contest.pk}/bundle/1/{name}")
        assert b"".join(answer) == bytes(one.content)
        assert answer["ETag"] == f'"{one.sha256}"'
    assert Client().get(f"/votes/{contest.pk}/bundle/1/secret.txt").status_code == 404


def test_bundle_is_the_same_bytes_each_time_and_may_be_kept_for_ever() -> None:
    contest = make_published("가로등", "그늘막")
    address = f"/votes/{contest.pk}/bundle/1.zip"
    first, second = Client().get(address), Client().get(address)
    data = b"".join(first)
    assert data == b"".join(second)
    assert "immutable" in first["Cache-Control"]
    assert not first.cookies
    names = zipfile.ZipFile(BytesIO(data)).namelist()
    assert "verify.py" in names
    again = Client().get(address, headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304
    assert Client().get(f"/votes/{contest.pk}/bundle/2.zip").status_code == 404


def test_log_page_lists_leaves_in_order_and_its_download_is_whole() -> None:
    contest = make_published("가로등", "그늘막")
    leaves = list(LogLeaf.objects.filter(contest=contest).select_related("leaf").order_by("index"))
    text = text_of(f"/votes/{contest.pk}/log/")
    places = [text.index(one.leaf.leaf_hash) for one in leaves]
    assert places == sorted(places)
    lines = b"".join(Client().get(f"/votes/{contest.pk}/log.jsonl")).splitlines()
    assert lines == [one.leaf.data.encode() for one in leaves]
    heads = b"".join(Client().get(f"/votes/{contest.pk}/heads.jsonl")).splitlines()
    assert len(heads) == TreeHead.objects.filter(contest=contest).count()


def test_long_log_is_shown_in_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("voting.selectors.pages.LOG_PAGE_SIZE", 2)
    contest = make_published("가로등")
    text = text_of(f"/votes/{contest.pk}/log/?from=2")
    assert 'href="?from=0"' in text
    assert 'href="?from=4"' in text
    assert text_of(f"/votes/{contest.pk}/log/?from=999999")


def test_proof_on_the_page_leads_to_the_signed_root() -> None:
    contest = make_open_contest(keys=KEYS)
    receipt = vote(contest, "가로등")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    run_to_the_end(contest)
    text = text_of(f"/votes/{contest.pk}/recount/?leaf={receipt.leaf_hash}")
    shown = re.findall(r"<li><code>([0-9a-f]{64})</code></li>", text)
    place = LogLeaf.objects.get(contest=contest, leaf__leaf_hash=receipt.leaf_hash)
    head = TreeHead.objects.filter(contest=contest).latest("size")
    assert shown[0] == receipt.leaf_hash
    assert shown[-1] == head.root
    assert verify_inclusion(
        leaf=bytes.fromhex(shown[0]),
        index=place.index,
        size=head.size,
        proof=[bytes.fromhex(step) for step in shown[1:-1]],
        root=bytes.fromhex(shown[-1]),
    )


@pytest.mark.parametrize("state", [one for one in ContestState if one != ContestState.DRAFT])
def test_every_state_has_a_page_in_both_languages(state: ContestState) -> None:
    contest = make_published("가로등")
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE voting_contest DISABLE TRIGGER voting_contest_moves")
        cursor.execute("UPDATE voting_contest SET state = %s WHERE id = %s", [state, contest.pk])
        cursor.execute("ALTER TABLE voting_contest ENABLE TRIGGER voting_contest_moves")
    contest.refresh_from_db()
    for language in ("ko", "en"):
        client = Client(headers={"Accept-Language": language})
        with translation.override(language):
            badge = str(badge_of(contest)[0])
        for name in ("result/", "recount/", "log/"):
            assert f'lang="{language}"' in text_of(f"/votes/{contest.pk}/{name}", client)
        assert badge in text_of(f"/votes/{contest.pk}/", client)
        assert badge in text_of("/votes/", client)
