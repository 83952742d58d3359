from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from babel.messages.pofile import read_po
from django.conf import settings
from django.utils import timezone, translation

from places.models import Area
from proceedings.wording import say, say_next
from voting.ballots import BallotDesign, BallotKind, Option
from voting.models import Contest, ContestState, Secrecy, Slot, SlotEvent, SlotState
from voting.results import TieOutcome
from voting.selectors import NO_RESIDENCY, already_used
from voting.summaries import tie_sentence
from voting.tally import RULES, count_box
from voting.tally.result import Box
from voting.wording import (
    BADGES,
    REASONS,
    RULE_WORDS,
    STAGE_OF,
    badge_of,
    bar_words,
    change_sentences,
    channel_sentence,
    count_sentences,
    days_left,
    grouped,
    how_sentence,
    publication_words,
    secrecy_sentence,
    stages,
    who_sentence,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

CLOSE = datetime(2026, 12, 5, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _korean() -> Iterator[None]:
    with translation.override("ko"):
        yield


def contest(**fields: Any) -> Contest:
    return Contest(
        **{
            "area": Area(name="느티동", english_name="Neuti-dong"),
            "bases": ["lives"],
            "closes_at": CLOSE,
            "web": True,
            "paper": False,
            "rule": "plurality",
            "tie_rule": "report",
            **fields,
        }
    )


def design(kind: BallotKind = BallotKind.PICK, **fields: Any) -> BallotDesign:
    options = tuple(Option(key, place, key, 10) for place, key in enumerate("abcdef", start=1))
    return BallotDesign(kind, options, **{"max_picks": 3, **fields})


@pytest.mark.parametrize(
    ("bases", "age", "words"),
    [
        (["lives"], None, "느티동에 사는 사람이면 누구나 투표할 수 있습니다."),
        (
            ["studies", "lives"],
            14,
            "느티동에 살거나 배우는 만 14세 이상이면 누구나 투표할 수 있습니다.",
        ),
        ([], 14, "느티동 투표인명부에 오른 사람이 투표할 수 있습니다."),
    ],
)
def test_who_may_vote_is_said_in_one_sentence(
    bases: list[str], age: int | None, words: str
) -> None:
    assert who_sentence(contest(bases=bases, min_age=age)) == words


def test_who_may_vote_reads_in_english_too() -> None:
    with translation.override("en"):
        said = who_sentence(contest(bases=["lives", "works", "studies"], min_age=14))
    assert said == "Everybody aged 14 or older may vote who live, work or study in Neuti-dong."


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (design(BallotKind.SINGLE, max_picks=1), "6개 가운데 하나를 고릅니다."),
        (design(), "6개 가운데 3개까지 고릅니다."),
        (design(min_picks=2), "6개 가운데 2개부터 3개까지 고릅니다."),
        (
            design(BallotKind.BUDGET, spend_limit=200_000_000),
            "사업 6개 가운데 3개까지, 모두 더해 2억 원 안에서 고릅니다.",
        ),
        (design(BallotKind.YES_NO), "6개 항목마다 찬성이나 반대를 고릅니다."),
        (
            design(BallotKind.YES_NO, abstain_allowed=True),
            "6개 항목마다 찬성, 반대, 기권 가운데 고릅니다.",
        ),
        (design(group_picks=1), "6개 가운데 3개까지, 분야마다 1개까지 고릅니다."),
        (
            design(BallotKind.RANK),
            "6개 가운데 3순위까지, 1순위부터 차례로 정합니다. 한 순위에는 하나만 둡니다.",
        ),
        (
            design(BallotKind.RANK, min_picks=2, equal_ranks=True),
            (
                "6개 가운데 3순위까지, 1순위부터 차례로 정합니다. 적어도 2개는 적어야 합니다. "
                "여럿에 같은 순위를 줄 수 있습니다."
            ),
        ),
        (
            design(BallotKind.SCORE, max_picks=6, score_max=5),
            "6개에 각각 0점부터 5점까지 점수를 줍니다. 비워 둔 것은 점수를 매기지 않은 것입니다.",
        ),
        (
            design(BallotKind.POINTS, max_picks=6, points=10),
            "10점을 6개에 나누어 줍니다. 다 쓰지 않아도 됩니다.",
        ),
        (
            design(BallotKind.POINTS, points=10, points_cap=5, spend_all=True),
            (
                "10점을 6개에 나누어 줍니다. 3개까지 줄 수 있습니다. 하나에 5점까지 줄 수 있습니다. "
                "점수를 모두 써야 합니다."
            ),
        ),
    ],
)
def test_what_to_do_on_the_ballot_is_said_by_its_kind(asked: BallotDesign, words: str) -> None:
    assert how_sentence(asked) == words


def test_changing_a_vote_is_said_as_the_settings_allow_it() -> None:
    assert "2026. 12. 5.(토) 18:00까지" in change_sentences(contest(revote="until_close"))[0]
    assert change_sentences(contest(revote="never")) == ["온라인으로 낸 표는 바꿀 수 없습니다."]
    both = contest(paper=True, paper_over_web="refuse", revote="never")
    assert change_sentences(both)[1] == "온라인으로 투표한 사람은 투표용지를 받을 수 없습니다."


@pytest.mark.parametrize(
    ("bar", "words"),
    [
        ({"of": "roll", "share": "1/4"}, "투표인명부의 1/4 이상"),
        ({"of": "valid", "share": "1/2", "strict": True}, "유효표의 1/2 초과"),
        ({"of": "fixed", "number": 300}, "300명"),
        ({"of": "members", "share": "3/1", "number": 30}, "위원 30명의 3배인 90명"),
        ({"of": "members", "share": "2/3", "number": 30}, "위원(30명)의 2/3"),
        ({"of": "fixed", "share": "1/200"}, "대상 인원의 0.5%"),
        (
            {"of": "fixed", "share": "1/200", "number": 22_460},
            "대상 인원 22,460명의 0.5%인 113명",
        ),
        ({"of": "roll", "share": "1/3000"}, "투표인명부의 1/3000 이상"),
    ],
)
def test_bars_are_said_as_shares(bar: dict[str, Any], words: str) -> None:
    assert bar_words(bar) == words


def test_counting_rule_is_said_from_the_settings() -> None:
    said = count_sentences(
        contest(seats=2, rule_options={"quorum": {"of": "fixed", "number": 300}}, paper=True),
        design(),
    )
    assert "표를 많이 얻은 2개를 뽑습니다." in said
    assert "300명이 참여하면 투표가 성립합니다." in said
    assert "종이에 정한 수보다 많이 표시하면 그 투표용지는 무효입니다." in said
    yes_no = count_sentences(contest(rule="yes_no"), design(BallotKind.YES_NO))
    assert yes_no[0] == "찬성이 유효표의 1/2 초과이면 가결입니다."


@pytest.mark.parametrize(
    ("kind", "rule", "options", "words"),
    [
        (BallotKind.PICK, "approval", {}, "표를 많이 얻은 2개를 뽑습니다."),
        (BallotKind.PICK, "seq_pav", {}, "1/2, 1/3로 줄여"),
        (BallotKind.PICK, "seq_phragmen", {}, "비례해"),
        (BallotKind.PICK, "equal_shares", {}, "모자란 몫이 가장 적은 것부터"),
        (BallotKind.PICK, "equal_shares", {"completion": "votes"}, "표가 많은 것부터"),
        (BallotKind.PICK, "equal_shares", {"completion": "none"}, "비워 둡니다"),
        (BallotKind.SCORE, "score", {}, "합계가 높은 2개"),
        (BallotKind.SCORE, "score", {"of": "mean", "least": 5}, "평균이 높은 2개"),
        (BallotKind.SCORE, "score", {"of": "mean", "least": 5}, "투표용지 5장 이상"),
        (BallotKind.POINTS, "points", {}, "점수를 더해"),
        (BallotKind.RANK, "irv", {}, "절반을 넘는"),
        (BallotKind.RANK, "irv", {"stop": "two"}, "둘이 남을 때까지"),
        (BallotKind.RANK, "irv", {}, "그 앞 순위까지만"),
        (BallotKind.RANK, "irv", {"reading": {"overvote": "skip"}}, "그 순위는 건너뜁니다"),
        (BallotKind.RANK, "stv", {}, "당선 기준표"),
        (BallotKind.RANK, "schulze", {}, "둘씩 견주어"),
        (BallotKind.RANK, "borda", {}, "점수가 많은 2개"),
    ],
)
def test_every_rule_is_said_in_words(
    kind: BallotKind, rule: str, options: dict[str, Any], words: str
) -> None:
    for paper in (True, False):
        said = count_sentences(
            contest(rule=rule, seats=2, rule_options=options, paper=paper), design(kind)
        )
        assert all("%(" not in one for one in said)
        if paper:
            assert words in " ".join(said)
    assert set(RULES) - set(RULE_WORDS) == {"plurality", "approval", "projects", "yes_no"}


def test_weights_are_said_with_what_they_mean() -> None:
    weights = {
        "parts": [
            {"part": "web", "weight": 50},
            {"part": "paper", "weight": 30},
            {"part": "심의단", "weight": 20, "body": True},
        ],
        "as": "ballots",
        "empty": "spread",
    }
    said = count_sentences(contest(rule_options={"weights": weights}, paper=True), design())
    assert "결과는 부분을 합쳐서 정합니다: 온라인 50% + 종이 30% + 심의단 20%." in said
    assert "비어 있는 부분이 있으면 그 가중치를 나머지가 나누어 가집니다." in said
    assert not any("똑같이" in one for one in said)
    weighted = channel_sentence(contest(rule_options={"weights": weights}, paper=True))
    assert "가중치를 두어" in weighted
    assert "똑같이" not in weighted
    assert channel_sentence(contest(paper=True)).endswith("어느 쪽이든 똑같이 셉니다.")


def test_seats_by_part_are_said_in_their_order() -> None:
    seats = [
        {"part": "web", "seats": 5},
        {"part": "심사단", "seats": 3, "body": True},
        {"part": "paper", "seats": 2},
    ]
    by_part = contest(rule_options={"seats_by": seats}, seats=10, paper=True)
    said = " ".join(count_sentences(by_part, design()))
    assert "부분마다 이 차례로 자리를 줍니다: 온라인 5 → 심사단 3 → 종이 2." in said
    assert "앞에서 뽑힌 것은 건너뜁니다." in said
    assert "똑같이" not in said
    assert "뽑는 자리가 따로 있습니다" in channel_sentence(by_part)


@pytest.mark.parametrize("name", ["weights", "seats_by"])
def test_ballots_that_tell_their_way_are_not_called_without_it(name: str) -> None:
    apart = {"rule_options": {name: [{"part": "web"}]}}
    assert "이름·시각·방법 없이" in publication_words(contest(publication="full"))
    full = publication_words(contest(publication="full", **apart))
    assert "이름·시각 없이" in full
    assert "어느 방법으로 들어왔는지" in full
    for publication in ("patterns", "totals"):
        plain = publication_words(contest(publication=publication))
        said = publication_words(contest(publication=publication, **apart))
        assert said.startswith(plain)
        assert "방법별 합계도" in said
    assert publication_words(contest(publication="", **apart)) == ""


def test_every_reason_of_a_count_has_words() -> None:
    codes = {"chosen", "majority", "quota", "remaining", "excluded", "part_empty", "no_votes"}
    assert codes <= set(REASONS)


@pytest.mark.parametrize(
    ("tie", "words"),
    [
        (
            TieOutcome(("가", "나"), None, 1, ()),
            "마지막 자리를 두고 “가”, “나”가 같습니다. 주민총회에서 정합니다.",
        ),
        (
            TieOutcome(("가", "나"), None, 1, ("나",)),
            "“가”, “나”가 같아 공개 추첨으로 “나”를 정했습니다.",
        ),
        (
            TieOutcome(("가", "나"), None, None, (), round=3),
            "3차에서 “가”, “나”가 같습니다. 주민총회에서 정합니다.",
        ),
        (
            TieOutcome(("가", "나"), None, None, (), ("가", "나"), round=3, by="together"),
            "3차에서 “가”, “나”가 같아 함께 빠졌습니다.",
        ),
        (
            TieOutcome(("가", "나"), None, None, (), ("가",), round=3, by="earlier"),
            "3차에서 “가”, “나”가 같아 앞선 차수에 따라 “가”가 빠졌습니다.",
        ),
        (
            TieOutcome(("가", "나"), None, None, ("가",), round=3, by="lot"),
            "3차에서 “가”, “나”가 같아 공개 추첨으로 “가”를 정했습니다.",
        ),
    ],
)
def test_ties_of_every_form_are_said(tie: TieOutcome, words: str) -> None:
    assert tie_sentence(contest(decided_by="주민총회"), tie) == words


def test_open_tie_without_a_body_is_not_decided_yet() -> None:
    for place in (None, 2):
        tie = TieOutcome(("가", "나"), None, None, (), round=place)
        assert "아직 정해지지 않았습니다." in tie_sentence(contest(), tie)


def test_secrecy_says_who_could_still_link() -> None:
    assert "데이터베이스 관리자" in secrecy_sentence(contest(secrecy=Secrecy.SEPARATE))
    assert "누가 무엇을 골랐는지 모두 볼 수 있습니다" in secrecy_sentence(
        contest(secrecy=Secrecy.NAMED)
    )


def test_every_public_state_has_a_badge_and_a_stage() -> None:
    public = {state for state in ContestState if state != ContestState.DRAFT}
    assert set(BADGES) == public


def test_a_vote_without_paper_is_counted_not_its_paper() -> None:
    web = Contest(state="closed", paper=False)
    assert badge_of(web) == BADGES["boxed"]
    assert badge_of(Contest(state="closed", paper=True)) == BADGES["closed"]
    assert set(STAGE_OF) == set(ContestState)
    line = stages(contest(state=ContestState.CLOSED), date(2026, 12, 12))
    assert [one["state"] for one in line] == ["done", "done", "now", "next", "next"]
    assert line[4]["date"] == "2026. 12. 12.(토)"


def test_days_left_are_counted_in_days_of_seoul() -> None:
    now = timezone.now()
    assert days_left(now + timedelta(days=5)) == "5일 남음"
    assert days_left(now + timedelta(days=1)).startswith("내일 ")
    assert days_left(now).startswith("오늘 ")


def test_refusals_settle_dates_and_particles() -> None:
    event = SlotEvent(at_minute=datetime(2026, 11, 28, 1, 10, tzinfo=UTC))
    refusal = already_used(contest(revote="never"), Slot(state=SlotState.WEB, version=1), event)
    assert refusal is not None
    assert say(refusal) == (
        "2026. 11. 28.(토) 10:10 온라인으로 투표하셨습니다. 한 사람이 한 번만 투표할 수 있습니다."
    )
    assert say_next(NO_RESIDENCY).endswith("하나로 할 수 있습니다.")


def test_long_hashes_stand_in_groups() -> None:
    assert grouped("0123456789ab") == "0123 4567 89ab"


QUORUM: dict[str, Any] = {"of": "fixed", "number": 99}
PLURALITY: dict[str, Any] = {"name": "plurality", "seats": 1}


@pytest.mark.parametrize(
    ("kind", "rule", "marks"),
    [
        (BallotKind.SINGLE, PLURALITY, {'["a"]': 3, '["b"]': 2}),
        (BallotKind.SINGLE, PLURALITY, {'["a"]': 2, '["b"]': 2}),
        (BallotKind.SINGLE, {**PLURALITY, "quorum": QUORUM}, {'["a"]': 2}),
        (BallotKind.SINGLE, {**PLURALITY, "seats": None}, {'["a"]': 2}),
        (
            BallotKind.SINGLE,
            {**PLURALITY, "threshold": {"of": "fixed", "number": 3}},
            {'["a"]': 4, '["b"]': 2},
        ),
        (BallotKind.BUDGET, {"name": "projects"}, {'["a"]': 2}),
        (BallotKind.BUDGET, {"name": "projects", "quorum": QUORUM}, {'["a"]': 2}),
        (BallotKind.YES_NO, {"name": "yes_no"}, {'{"a":"yes","b":"no"}': 2}),
        (BallotKind.YES_NO, {"name": "yes_no", "quorum": QUORUM}, {'{"a":"yes"}': 2}),
    ],
)
@pytest.mark.parametrize("lot", [None, ("b", "a", "c", "d", "e", "f")])
def test_every_reason_of_the_count_has_words(
    kind: BallotKind, rule: dict[str, Any], marks: dict[str, int], lot: tuple[str, ...] | None
) -> None:
    most = 6 if kind is BallotKind.YES_NO else 1
    box = Box({(text, "web"): number for text, number in marks.items()}, roll=100)
    counted = count_box(design(kind, max_picks=most), rule, box, lot)
    assert {option.reason for option in counted.options} <= set(REASONS)


def test_refusals_of_voting_have_their_korean() -> None:
    po = Path(settings.BASE_DIR, "locale", "voting", "ko", "LC_MESSAGES", "django.po")
    with po.open("rb") as file:
        catalog = read_po(file)
    spoken = ("voting/selectors/__init__.py", "voting/ballots.py", "voting/configuration.py")
    missing = [
        message.id
        for message in catalog
        if message.id
        and not message.string
        and any(name in spoken for name, _line in message.locations)
    ]
    assert missing == []
