from __future__ import annotations

import logging
import re
import uuid
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.factories.places import make_centre, make_district
from tests.factories.residents import PASSWORD, make_resident, make_user
from tests.factories.voting import make_contest, make_open_contest, make_voter, vote
from voting.forms.ballots import served_token
from voting.keys import is_signed
from voting.log import verify_inclusion
from voting.models import Envelope, PromisedLeaf, Slot, SlotEvent, SlotState
from voting.selectors import leaf_place
from voting.services.contests import freeze, open_contest
from voting.services.leaves import promise_message, sequence_leaves, sign_heads
from voting.services.slots import move_slot
from voting.views.kept import name_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test.client import _MonkeyPatchedWSGIResponse as Answer

    from residents.models import User
    from voting.models import Contest

pytestmark = pytest.mark.django_db
KEYS = ("가로등", "그늘막", "물막이판")


def page(contest: Contest, name: str) -> str:
    return f"/votes/{contest.pk}/{name}/"


def choose(client: Client, contest: Contest, **fields: Any) -> Answer:
    return client.post(page(contest, "ballot"), fields)


def hidden(answer: Answer) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in re.findall(
        r'<input type="hidden" name="([^"]+)" value="([^"]*)"', answer.content.decode()
    ):
        found.setdefault(name, []).append(value)
    return found


def cast(client: Client, contest: Contest, **more: Any) -> Answer:
    """Confirm what was chosen, with the fields that the confirmation holds."""
    confirm = client.get(page(contest, "cast"))
    assert confirm.status_code == 200, confirm.content.decode()
    return client.post(page(contest, "cast"), {**hidden(confirm), **more})


def code_of(answer: Answer) -> str:
    found = re.search(r'data-code="(\w+)"', answer.content.decode())
    return found[1] if found else ""


def test_anonymous_reader_marks_a_ballot_and_is_sent_to_the_log_in() -> None:
    contest = make_open_contest(keys=KEYS)
    client = Client()
    answer = choose(client, contest, pick="그늘막")
    assert answer.status_code == 303
    answer = client.get(answer["Location"])
    assert answer["Location"] == f"/accounts/login/?next=%2Fvotes%2F{contest.pk}%2Fcast%2F"


def test_picks_survive_the_log_in_without_being_stored_here() -> None:
    contest = make_open_contest(keys=KEYS)
    voter = make_voter(contest)
    client = Client()
    choose(client, contest, pick="그늘막")
    client.post("/accounts/login/", {"login": voter.email, "password": PASSWORD})
    confirm = client.get(page(contest, "cast"))
    assert hidden(confirm)["pick"] == ["그늘막"]
    stored = str(dict(client.session.items()))
    assert "그늘막" not in stored
    assert name_of(contest.pk) not in stored
    assert cast(client, contest).status_code == 303
    assert Envelope.objects.get(contest=contest).marks == '["그늘막"]'


def test_back_from_the_confirmation_the_marks_are_still_there(
    client_of: Callable[[User], Client],
) -> None:
    contest = make_open_contest(keys=KEYS, kind="pick", max_picks=2)
    client = client_of(make_voter(contest))
    choose(client, contest, pick=["가로등", "물막이판"])
    text = client.get(page(contest, "ballot")).content.decode()
    assert re.findall(r'value="([^"]+)" id="pick-\d+" checked', text) == ["가로등", "물막이판"]


def test_marks_of_another_account_on_the_same_browser_are_not_shown(
    client_of: Callable[[User], Client],
) -> None:
    contest = make_open_contest(keys=KEYS)
    client = client_of(make_voter(contest))
    choose(client, contest, pick="가로등")
    client.force_login(make_voter(contest))
    assert "checked" not in client.get(page(contest, "ballot")).content.decode()
    assert client.get(page(contest, "cast"))["Location"] == page(contest, "ballot")


def test_no_answer_shows_the_choice_after_the_cast(client_of: Callable[[User], Client]) -> None:
    contest = make_open_contest(keys=KEYS)
    client = client_of(make_voter(contest))
    choose(client, contest, pick="물막이판")
    answer = cast(client, contest)
    assert answer["Location"] == page(contest, "receipt")
    assert client.cookies[name_of(contest.pk)].value == ""
    receipt = client.get(page(contest, "receipt"))
    assert "물막이판" not in receipt.content.decode()
    ballot = client.get(page(contest, "ballot")).content.decode()
    assert not re.search(r"<input[^>]*checked", ballot)
    assert client.get(page(contest, "cast"))["Location"] == page(contest, "receipt")
    for seen in (answer, receipt):
        assert "no-store" in seen["Cache-Control"]


@pytest.mark.parametrize("revote", ["until_close", "never"])
def test_a_second_click_gives_the_same_receipt(
    client_of: Callable[[User], Client], revote: str
) -> None:
    contest = make_open_contest(keys=KEYS, revote=revote)
    client = client_of(make_voter(contest))
    choose(client, contest, pick="가로등")
    fields = hidden(client.get(page(contest, "cast")))
    first = client.post(page(contest, "cast"), fields)
    again = client.post(page(contest, "cast"), fields)
    assert (first.status_code, again.status_code) == (303, 303)
    assert SlotEvent.objects.filter(contest=contest).count() == 1


def test_receipt_holds_a_signed_promise_and_its_proof_verifies(
    client_of: Callable[[User], Client],
) -> None:
    contest = make_open_contest(keys=KEYS)
    vote(contest, "가로등")
    client = client_of(make_voter(contest))
    choose(client, contest, pick="가로등")
    cast(client, contest)
    text = client.get(page(contest, "receipt")).content.decode()
    leaf = re.search(r"\?leaf=([0-9a-f]{64})", text)
    assert leaf is not None
    stored = PromisedLeaf.objects.get(contest=contest, leaf_hash=leaf[1])
    assert stored.signature in text
    assert is_signed(
        "".join(hidden_key(contest)), promise_message(str(contest.key), leaf[1]), stored.signature
    )
    sequence_leaves(contest.pk)
    sign_heads(contest.pk)
    place = leaf_place(contest, leaf[1])
    assert place is not None
    assert place.index is not None
    assert place.head is not None
    assert verify_inclusion(
        leaf=bytes.fromhex(leaf[1]),
        index=place.index,
        size=place.head.size,
        proof=[bytes.fromhex(step) for step in place.proof],
        root=bytes.fromhex(place.head.root),
    )
    found = client.get(page(contest, "recount"), {"leaf": leaf[1]}).content.decode()
    assert "alert--success" in found
    assert all(step in found for step in place.proof)


def hidden_key(contest: Contest) -> str:
    found = re.search(r'"public_key":"([0-9a-f]{64})"', contest.config)
    assert found is not None
    return found[1]


def test_yes_no_ballot_goes_through_without_a_script(client_of: Callable[[User], Client]) -> None:
    contest = make_open_contest(keys=("a", "b", "c"), kind="yes_no", max_picks=3)
    client = client_of(make_voter(contest))
    choose(client, contest, **{"answers": "1", "answer:a": "yes", "answer:c": "no"})
    text = client.get(page(contest, "ballot")).content.decode()
    assert re.findall(r'name="answer:(\w)" value="(\w+)" checked', text) == [
        ("a", "yes"),
        ("c", "no"),
    ]
    assert cast(client, contest).status_code == 303
    assert Envelope.objects.get(contest=contest).marks == '{"a":"yes","c":"no"}'


def test_budget_ballot_shows_the_sum_and_refuses_past_the_purse(
    client_of: Callable[[User], Client],
) -> None:
    contest = make_open_contest(
        keys=("a", "b"),
        costs=(48_000_000, 96_000_000),
        kind="budget",
        rule="projects",
        max_picks=2,
        spend_limit=100_000_000,
    )
    client = client_of(make_voter(contest))
    answer = choose(client, contest, pick=["a", "b"])
    text = answer.content.decode()
    assert (answer.status_code, code_of(answer)) == (422, "over_limit")
    assert text.count(" checked") == 2
    assert "144,000,000원" in text
    assert choose(client, contest, pick=["b"]).status_code == 303


def test_blank_ballot_needs_its_own_confirmation(client_of: Callable[[User], Client]) -> None:
    contest = make_open_contest(keys=KEYS)
    client = client_of(make_voter(contest))
    assert choose(client, contest, pick="").status_code == 303
    refused = cast(client, contest)
    assert (refused.status_code, code_of(refused)) == (409, "blank_unsure")
    assert not Slot.objects.filter(contest=contest).exists()
    assert cast(client, contest, blank="on").status_code == 303
    assert Envelope.objects.get(contest=contest).marks == "[]"


def test_blank_ballot_is_refused_where_it_is_not_allowed(
    client_of: Callable[[User], Client],
) -> None:
    contest = make_open_contest(keys=KEYS, allow_blank=False)
    answer = choose(client_of(make_voter(contest)), contest)
    assert (answer.status_code, code_of(answer)) == (422, "blank")


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"pick": ["가로등", "그늘막", "물막이판"]}, "too_many"),
        ({"pick": ["가로등"]}, "too_few"),
        ({"pick": ["가로등", "가로등"]}, "picked_twice"),
        ({"pick": ["없는 것", "가로등"]}, "unknown_option"),
    ],
)
def test_marks_that_do_not_fit_are_named_and_kept(fields: dict[str, Any], code: str) -> None:
    contest = make_open_contest(keys=KEYS, kind="pick", min_picks=2, max_picks=2)
    answer = choose(Client(), contest, **fields)
    assert (answer.status_code, code_of(answer)) == (422, code)
    assert "checked" in answer.content.decode()


def test_the_counter_says_how_many_marks_to_take_away() -> None:
    contest = make_open_contest(keys=KEYS, kind="pick", min_picks=2, max_picks=2)
    over = choose(Client(), contest, pick=list(KEYS[:3])).content.decode()
    assert "basket--over" in over
    assert "data-less-out>1개를 줄여 주세요<" in over
    few = choose(Client(), contest, pick=["가로등"]).content.decode()
    assert "basket--over" not in few
    assert "data-less-out hidden" in few


def test_picks_forged_after_the_confirmation_lead_back_to_the_ballot(
    client_of: Callable[[User], Client],
) -> None:
    contest = make_open_contest(keys=KEYS)
    client = client_of(make_voter(contest))
    answer = client.post(
        page(contest, "cast"), {"request_id": str(uuid.uuid4()), "pick": ["가로등", "그늘막"]}
    )
    assert (answer.status_code, code_of(answer)) == (422, "too_many")


def test_a_cast_without_its_name_is_no_ballot_and_keeps_the_marks(
    client_of: Callable[[User], Client],
) -> None:
    contest = make_open_contest(keys=KEYS)
    answer = client_of(make_voter(contest)).post(page(contest, "cast"), {"pick": "가로등"})
    assert (answer.status_code, code_of(answer)) == (409, "not_a_ballot")
    assert "가로등" in answer.content.decode()


def test_account_without_residency_chooses_first_and_is_told_at_the_confirmation(
    client_of: Callable[[User], Client],
) -> None:
    contest = make_open_contest(keys=KEYS)
    client = client_of(make_user())
    assert choose(client, contest, pick="가로등").status_code == 303
    answer = client.get(page(contest, "cast"))
    assert (answer.status_code, code_of(answer)) == (409, "not_confirmed")
    text = answer.content.decode()
    assert "가로등" in text
    assert 'name="request_id"' not in text
    make_resident(make_user())
    posted = client.post(page(contest, "cast"), {"request_id": str(uuid.uuid4()), "pick": "가로등"})
    assert (posted.status_code, code_of(posted)) == (409, "not_confirmed")
    assert not Slot.objects.filter(contest=contest).exists()


def test_resident_of_another_area_is_told_why(client_of: Callable[[User], Client]) -> None:
    contest = make_open_contest(keys=KEYS)
    stranger = make_voter(make_contest(area=make_district()))
    answer = client_of(stranger).get(page(contest, "ballot"))
    assert (answer.status_code, code_of(answer)) == (409, "other_area")


def test_person_missing_from_a_fixed_roll_is_told_what_to_do(
    client_of: Callable[[User], Client],
) -> None:
    contest = make_open_contest(keys=KEYS, roll_mode="fixed")
    answer = client_of(make_voter(contest)).get(page(contest, "ballot"))
    assert (answer.status_code, code_of(answer)) == (409, "not_on_roll")


def test_vote_that_cannot_be_changed_leads_to_its_receipt(
    client_of: Callable[[User], Client],
) -> None:
    contest = make_open_contest(keys=KEYS, revote="never")
    voter = make_voter(contest)
    vote(contest, "가로등", user=voter)
    answer = client_of(voter).get(page(contest, "ballot"))
    assert (answer.status_code, code_of(answer)) == (409, "already_voted")
    assert page(contest, "receipt") in answer.content.decode()


@pytest.mark.parametrize(
    ("moves", "code"),
    [
        ([SlotState.PAPER_ISSUED], "paper_issued"),
        ([SlotState.PAPER_ISSUED, SlotState.PAPER_CAST], "already_voted"),
        ([SlotState.VOIDED], "voided"),
    ],
)
def test_right_that_was_used_at_a_centre_is_refused_with_place_and_time(
    client_of: Callable[[User], Client], moves: list[SlotState], code: str
) -> None:
    contest = make_open_contest(keys=KEYS)
    voter = make_voter(contest)
    vote(contest, "가로등", user=voter)
    centre = make_centre()
    for state in moves:
        move_slot(
            entry=contest.roll.get(),
            contest=contest,
            from_states=[SlotState.WEB, SlotState.PAPER_ISSUED],
            to_state=state,
            actor_ref="system",
            request_id=uuid.uuid4(),
            centre=centre,
        )
    answer = client_of(voter).get(page(contest, "ballot"))
    assert (answer.status_code, code_of(answer)) == (409, code)
    assert (centre.name in answer.content.decode()) == (code != "voided")


def test_ballot_of_a_vote_on_paper_only_names_the_centres_page() -> None:
    contest = make_open_contest(keys=KEYS, web=False, paper=True, centres=[make_centre()])
    answer = Client().get(page(contest, "ballot"))
    assert (answer.status_code, code_of(answer)) == (409, "no_web")


def test_ballot_before_the_opening_and_after_the_close_is_refused() -> None:
    soon = make_contest(keys=KEYS, opens_at=timezone.now() + timedelta(hours=1))
    assert Client().get(page(soon, "ballot")).status_code == 404  # a draft is nobody's business
    with transaction.atomic():
        freeze(contest_id=soon.pk, actor_ref="system")
    answer = Client().get(page(soon, "ballot"))
    assert (answer.status_code, code_of(answer)) == (409, "not_open_yet")


def move_close(contest: Contest, seconds: int) -> None:
    """Let the hour of closing lie `seconds` from now, past the guard of the table."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE voting_contest DISABLE TRIGGER voting_contest_moves")
        cursor.execute(
            "UPDATE voting_contest SET opens_at = now() - interval '1 day', "
            "closes_at = now() + %s * interval '1 second' WHERE id = %s",
            [seconds, contest.pk],
        )
        cursor.execute("ALTER TABLE voting_contest ENABLE TRIGGER voting_contest_moves")
    contest.refresh_from_db()


def test_page_served_before_the_close_has_its_grace(client_of: Callable[[User], Client]) -> None:
    contest = make_open_contest(keys=KEYS, grace_seconds=60)
    client = client_of(make_voter(contest))
    early = served_token(contest.pk, timezone.now() - timedelta(seconds=30))
    move_close(contest, -5)
    late = client.get(page(contest, "ballot"))
    assert (late.status_code, code_of(late)) == (409, "closed")
    assert choose(client, contest, pick="가로등", served=early).status_code == 303
    assert cast(client, contest).status_code == 303


def test_forged_note_of_serving_gives_no_grace(client_of: Callable[[User], Client]) -> None:
    contest = make_open_contest(keys=KEYS, grace_seconds=60)
    other = make_open_contest()
    client = client_of(make_voter(contest))
    move_close(contest, -5)
    for token in ("", "x:y", served_token(other.pk, timezone.now() - timedelta(minutes=1))):
        answer = client.post(
            page(contest, "cast"),
            {"request_id": str(uuid.uuid4()), "pick": "가로등", "served": token},
        )
        assert (answer.status_code, code_of(answer)) == (409, "closed")


def test_receipt_asks_for_the_log_in_and_shows_nothing_without_a_vote(
    client_of: Callable[[User], Client],
) -> None:
    contest = make_open_contest(keys=KEYS)
    assert Client().get(page(contest, "receipt")).status_code == 302
    answer = client_of(make_voter(contest)).get(page(contest, "receipt"))
    assert answer["Location"] == f"/votes/{contest.pk}/"


def test_neither_the_request_log_nor_an_address_holds_the_choice(
    client_of: Callable[[User], Client], caplog: pytest.LogCaptureFixture
) -> None:
    contest = make_open_contest(keys=KEYS)
    client = client_of(make_voter(contest))
    with caplog.at_level(logging.DEBUG, logger="madang.request"):
        moved = choose(client, contest, pick="물막이판")
        done = cast(client, contest)
        client.get(done["Location"])
    told = " ".join(str(record.__dict__) for record in caplog.records)
    assert "madang.request" in told
    assert "물막이판" not in told + moved["Location"] + done["Location"]


FRAMES = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")


def asked_in_cast(client: Client, contest: Contest) -> list[str]:
    """What the whole request asks the database that stores one vote; the frames of the
    transaction are no questions.
    """
    choose(client, contest, pick="그늘막")
    fields = hidden(client.get(page(contest, "cast")))
    with CaptureQueriesContext(connection) as caught:
        assert client.post(page(contest, "cast"), fields).status_code == 303
    return [q["sql"] for q in caught if not q["sql"].startswith(FRAMES)]


@pytest.mark.parametrize("options", [2, 20])
def test_a_vote_costs_four_queries_the_first_as_the_later_ones(
    client_of: Callable[[User], Client], options: int
) -> None:
    """The account; residency with the lock; contest with the roll entry, for who is not on the
    roll yet with the areas above theirs; the cast. The session comes from the cache.
    """
    contest = make_open_contest(keys=("그늘막", *(f"의제{n}" for n in range(1, options))))
    client = client_of(make_voter(contest))
    client.get("/votes/")
    first, again = asked_in_cast(client, contest), asked_in_cast(client, contest)
    assert (len(first), len(again)) == (4, 4), (first, again)
    assert SlotEvent.objects.filter(contest=contest).count() == 2


@pytest.mark.parametrize("roll_mode", ["fixed", "rolling"])
def test_a_first_vote_costs_four_queries_and_five_without_the_cache(
    client_of: Callable[[User], Client], roll_mode: str
) -> None:
    contest = make_contest(keys=KEYS, roll_mode=roll_mode)
    first, second = make_voter(contest), make_voter(contest)
    with transaction.atomic():
        freeze(contest_id=contest.pk, actor_ref="system")
    assert open_contest(contest_id=contest.pk)
    client = client_of(first)
    client.get("/votes/")
    assert len(asked_in_cast(client, contest)) == 4
    client = client_of(second)
    choose(client, contest, pick="그늘막")
    fields = hidden(client.get(page(contest, "cast")))
    cache.version += 1  # nothing is found any more; what others keep in this Redis stays
    with CaptureQueriesContext(connection) as caught:
        assert client.post(page(contest, "cast"), fields).status_code == 303
    assert len([q for q in caught if not q["sql"].startswith(FRAMES)]) == 5


def test_a_cast_into_a_vote_that_is_not_there_is_no_page(
    client_of: Callable[[User], Client],
) -> None:
    contest = make_open_contest(keys=KEYS)
    client = client_of(make_voter(contest))
    answer = client.post(
        f"/votes/{contest.pk + 1}/cast/", {"request_id": str(uuid.uuid4()), "pick": "가로등"}
    )
    assert answer.status_code == 404


def test_kept_marks_stay_on_their_own_pages() -> None:
    contest = make_open_contest(keys=KEYS)
    client = Client()
    choose(client, contest, pick="가로등")
    cookie = client.cookies[name_of(contest.pk)]
    assert cookie["path"] == f"/votes/{contest.pk}/"
    assert cookie["httponly"] is True
    assert cookie["secure"] == (settings.SESSION_COOKIE_SECURE or "")
    assert "가로등" not in cookie.value


def test_changing_ones_mind_often_is_never_refused() -> None:
    contest = make_open_contest()
    voter = make_voter(contest)
    for number in range(40):
        vote(contest, "abc"[number % 3], user=voter)
    assert Slot.objects.filter(contest=contest).count() == 1


# --- Rankings, scores and points ----------------------------------------------------------------


def marked(contest: Contest, **values: Any) -> dict[str, Any]:
    """What a browser sends of a ballot of numbers: every field, empty ones too."""
    given = {f"answer:{key}": values.get(key, "") for key in KEYS}
    return {"answers": "1", **given}


NUMBERED: dict[str, dict[str, Any]] = {
    "rank": {"kind": "rank", "rule": "irv", "max_picks": 3},
    "score": {"kind": "score", "rule": "score", "score_max": 5},
    "points": {"kind": "points", "rule": "points", "points": 10, "max_picks": 3},
}


@pytest.mark.parametrize(
    ("kind", "given", "marks", "shown"),
    [
        ("rank", {"그늘막": "1", "가로등": "2"}, '[["그늘막"],["가로등"]]', ("1순위", "2순위")),
        ("score", {"그늘막": "5", "가로등": "0"}, '{"가로등":0,"그늘막":5}', ("0점", "5점")),
        ("points", {"그늘막": "7", "가로등": "3"}, '{"가로등":3,"그늘막":7}', ("3점", "7점")),
    ],
)
def test_numbers_are_marked_checked_cast_and_changed(
    client_of: Callable[[User], Client],
    kind: str,
    given: dict[str, str],
    marks: str,
    shown: tuple[str, ...],
) -> None:
    contest = make_open_contest(keys=KEYS, **NUMBERED[kind])
    client = client_of(make_voter(contest))
    assert choose(client, contest, **marked(contest, **given)).status_code == 303
    confirm = client.get(page(contest, "cast")).content.decode()
    assert tuple(re.findall(r"<b[^>]*>(\d(?:순위|점))</b>", confirm)) == shown
    again = client.get(page(contest, "ballot")).content.decode()
    chosen = re.findall(r'<option value="(\d+)" selected', again)
    assert sorted(chosen) == sorted(given.values())
    assert cast(client, contest)["Location"] == page(contest, "receipt")
    assert Envelope.objects.get(contest=contest).marks == marks
    choose(client, contest, **marked(contest, 물막이판="1"))
    assert cast(client, contest).status_code == 303
    assert Slot.objects.filter(roll_entry__contest=contest).count() == 1


@pytest.mark.parametrize(
    ("kind", "given", "code", "words"),
    [
        ("rank", {"그늘막": "1", "가로등": "1"}, "same_place", "1"),
        ("rank", {"그늘막": "1", "가로등": "3"}, "place_gap", "2"),
        ("points", {"그늘막": "7", "가로등": "5"}, "many_points", "12"),
        ("points", {"그늘막": "77"}, "bad_number", "77"),
        ("score", {"그늘막": "9"}, "bad_number", "9"),
    ],
)
def test_numbers_that_do_not_fit_are_named_and_stay_on_the_ballot(
    client_of: Callable[[User], Client],
    kind: str,
    given: dict[str, str],
    code: str,
    words: str,
) -> None:
    more = {"points": 20, "points_cap": 12} if code == "bad_number" and kind == "points" else {}
    contest = make_open_contest(keys=KEYS, **{**NUMBERED[kind], **more})
    client = client_of(make_voter(contest))
    answer = choose(client, contest, **marked(contest, **given))
    assert (answer.status_code, code_of(answer)) == (422, code)
    text = answer.content.decode()
    assert words in text
    kept = re.findall(r'<option value="(\d+)" selected|type="number"[^>]* value="(\d+)"', text)
    if (kind, code) != ("score", "bad_number"):  # a list has no nine
        assert sorted(max(one) for one in kept) == sorted(given.values())
    if code in {"same_place", "bad_number"}:
        assert 'aria-invalid="true"' in text


def test_points_of_nought_alone_are_a_blank_ballot(client_of: Callable[[User], Client]) -> None:
    contest = make_open_contest(keys=KEYS, **NUMBERED["points"])
    client = client_of(make_voter(contest))
    choose(client, contest, **marked(contest, 가로등="0", 그늘막="00"))
    assert cast(client, contest).status_code == 409
    assert cast(client, contest, blank="on").status_code == 303
    assert Envelope.objects.get(contest=contest).marks == "{}"


def test_one_for_each_field_stands_under_the_name_of_the_field() -> None:
    contest = make_contest(keys=KEYS, kind="pick", max_picks=2, group_picks=1)
    for option, group in zip(contest.options.all(), ("안전", "안전", "환경"), strict=True):
        option.group = group
        option.save()
    with transaction.atomic():
        freeze(contest_id=contest.pk, actor_ref="system")
    open_contest(contest_id=contest.pk)
    client = Client()
    text = client.get(page(contest, "ballot")).content.decode()
    assert re.findall(r'choices__group">([^<]+)<', text) == ["안전", "환경"]
    answer = choose(client, contest, pick=["가로등", "그늘막"])
    assert (answer.status_code, code_of(answer)) == (422, "group_full")
