from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.utils.html import strip_tags

from tests.factories.voting import make_published_contest

if TYPE_CHECKING:
    from voting.models import Contest

pytestmark = pytest.mark.django_db

WEB, PAPER = "web", "paper"
RANKED = {
    ('[["a"],["b"]]', WEB): 40,
    ('[["b"],["c"]]', WEB): 25,
    ('[["c"],["b"],["a"]]', PAPER): 25,
    ('[["b"],["a"]]', PAPER): 10,
    ('[["c"]]', PAPER): 6,
}
CIRCLE = {
    ('[["a"],["b"],["c"]]', WEB): 9,
    ('[["b"],["c"],["a"]]', WEB): 8,
    ('[["c"],["a"],["b"]]', PAPER): 7,
}
PICKS = {
    ('["a"]', WEB): 30,
    ('["a","b"]', WEB): 20,
    ('["c"]', PAPER): 12,
    ('["b","c"]', PAPER): 3,
}
ANSWERS = {('{"a":"yes","b":"no"}', WEB): 30, ('{"a":"no","b":"no"}', PAPER): 20}
HALF: dict[str, Any] = {
    "parts": [{"part": "web", "weight": 50}, {"part": "paper", "weight": 50}],
    "as": "ballots",
    "empty": "spread",
}


def result(contest: Contest, language: str = "ko") -> tuple[str, str]:
    """The result page as HTML and as one line of text."""
    answer = Client(headers={"accept-language": language}).get(f"/votes/{contest.pk}/result/")
    html = answer.content.decode()
    main = html[html.index("<main") : html.index("</main")]
    return main, unescape(re.sub(r"\s+", " ", strip_tags(main)))


def ranked(rule: str, box: dict[tuple[str, str], int], **columns: Any) -> Contest:
    return make_published_contest(box, kind="rank", max_picks=3, rule=rule, **columns)


def test_run_off_is_told_round_by_round() -> None:
    html, text = result(ranked("irv", RANKED))
    assert "과반을 얻은 후보가 없습니다. “의제 c”가 가장 적어 빠졌습니다." in text
    assert "“의제 c”가 빠져 그 표가 다음 순위로 옮겨 갔습니다." in text
    assert "“의제 b”가 2차에서 100표 중 60표(60.0%)로 뽑혔습니다." in text
    assert "1차에서는 “의제 a”가 앞섰습니다." in text
    assert 'class="flow__ribbon"' in html
    assert "다음 순위 없음 6표" in text
    assert '<td class="num">60 (+25)</td>' in html
    assert '<td class="num">6 (+6)</td>' in html
    assert "괄호 안은 그 차수에 들어온 표입니다." in text


def test_single_transferable_vote_tells_quota_and_surplus() -> None:
    html, text = result(ranked("stv", RANKED, seats=2))
    assert "당선 기준은 36표" in text
    assert "기준을 넘은 표가 다음 순위로 옮겨 갔습니다" in text
    assert 'id="round-2-title"' in html


def test_circle_of_pairs_shows_ballots_and_strongest_paths() -> None:
    html, text = result(ranked("schulze", CIRCLE))
    assert "모두를 이긴 후보는 없습니다. 가장 강한 경로로 “의제 a”가 뽑혔습니다." in text
    assert html.count("pairs__won") == 6


def test_winner_against_everybody_is_called_so() -> None:
    _html, text = result(ranked("schulze", RANKED))
    assert (
        "“의제 b”가 뽑혔습니다. 다른 후보와 하나씩 견주면 늘 더 많은 투표지가 앞에 두었습니다."
        in text
    )


def test_points_of_places_stand_in_bars_and_in_the_table() -> None:
    html, text = result(ranked("borda", RANKED))
    assert "135점을 얻은 “의제 b”가 뽑혔습니다." in text
    assert 'id="measure-title"' in html


def test_average_of_scores_is_what_is_shown() -> None:
    box = {('{"a":5,"b":1}', WEB): 10, ('{"b":4}', PAPER): 11}
    columns: dict[str, Any] = {"kind": "score", "score_max": 5, "rule": "score"}
    _html, text = result(make_published_contest(box, **columns, rule_options={"of": "mean"}))
    assert "5점을 얻은 “의제 a”가 뽑혔습니다." in text
    assert "2.57점" in text


PICKED = {('["a"]', WEB): 30, ('["a","b"]', WEB): 20, ('["b"]', PAPER): 12}
GIVEN = {('{"a":5,"b":1}', WEB): 10, ('{"b":4}', PAPER): 11}
SAID = "투표지 한 장에서 고른 것마다 한 표입니다."


@pytest.mark.parametrize(
    ("box", "columns", "said"),
    [
        (PICKED, {"kind": "pick", "max_picks": 2}, "유효한 투표지 62장의 표를 모두 더하면 82표"),
        (
            PICKED,
            {"kind": "pick", "max_picks": 3, "rule": "approval"},
            "62장의 표를 모두 더하면 82",
        ),
        (
            PICKED,
            {"kind": "budget", "max_picks": 2, "rule": "projects"},
            "62장의 표를 모두 더하면 8",
        ),
        (ANSWERS, {"kind": "yes_no", "max_picks": 3, "rule": "yes_no"}, "더하면 투표지 50장입니다"),
        (GIVEN, {"kind": "score", "score_max": 5, "rule": "score"}, "점수를 준 항목마다 셉니다"),
        (
            GIVEN,
            {"kind": "points", "points": 6, "max_picks": 3, "rule": "points"},
            "점수를 준 항목",
        ),
    ],
)
def test_ballots_and_votes_are_two_words_that_add_up(
    box: dict[tuple[str, str], int], columns: dict[str, Any], said: str
) -> None:
    _html, text = result(make_published_contest(box, **columns))
    web, paper = (sum(n for (_m, way), n in box.items() if way == of) for of in (WEB, PAPER))
    assert f"온라인 투표지 {web}장, 종이 투표지 {paper}장, 모두 {web + paper}장을 더했습" in text
    assert said in text


@pytest.mark.parametrize(("options", "folds"), [(40, False), (41, True)])
def test_bars_of_very_many_options_are_folded(options: int, folds: bool) -> None:  # noqa: FBT001 - a case
    keys = [f"k{number}" for number in range(options)]
    contest = make_published_contest({('["k0"]', WEB): 12}, keys=keys)
    html, _text = result(contest)
    bars = html[html.index('id="bars"') : html.index('id="sums"')]
    assert ("<details" in bars) is folds
    assert ("41개 모두의 막대와 방법별 득표" in bars) is folds
    assert bars.count("<details") == bars.count("</details>")


def test_ballots_with_one_choice_need_no_word_on_how_they_add_up() -> None:
    box = {('["a"]', WEB): 30, ('["b"]', PAPER): 12}
    for contest in (make_published_contest(box), ranked("irv", RANKED)):
        _html, text = result(contest)
        assert SAID not in text
        assert "투표지 한 장이 여러 항목에" not in text


def test_with_points_it_is_ballots_that_stand_behind_an_option_and_no_sum_is_taken() -> None:
    columns: dict[str, Any] = {"kind": "score", "score_max": 5, "rule": "score"}
    html, text = result(make_published_contest(GIVEN, **columns))
    assert "점수를 준 투표지(방법별)" in text
    bars = html[html.index('id="channels-title"') :]
    bars = bars[: bars.index("</figure>")]
    assert "21장" in bars
    assert "표<" not in bars
    assert "<tfoot>" not in bars


def test_committee_is_chosen_round_by_round() -> None:
    for rule, other in (("seq_pav", "c"), ("seq_phragmen", "b")):
        contest = make_published_contest(PICKS, kind="pick", max_picks=2, rule=rule, seats=2)
        _html, text = result(contest)
        assert f"“의제 a”, “의제 {other}”가 차례로 뽑혔습니다." in text


def shared(box: dict[tuple[str, str], int], **columns: Any) -> Contest:
    told = {"kind": "pick", "max_picks": 3, "rule": "equal_shares", "seats": 3}
    return make_published_contest(box, **{**told, **columns})


AGREED = {
    ('["a","b"]', WEB): 40,
    ('["a"]', PAPER): 5,
    ('["c"]', WEB): 20,
    ('["b","c"]', PAPER): 3,
}


def test_equal_shares_are_told_by_what_each_supporter_gives() -> None:
    _html, text = result(shared(AGREED))
    assert "“의제 a”, “의제 b”, “의제 c”가 균등 몫으로 뽑혔습니다." in text
    assert "고른 투표지의 몫으로 채운 자리는 2개, 그 뒤에 채운 자리는 1개입니다." in text
    assert "“의제 a”: 고른 투표지마다 제 몫의 50.3%를 보탰습니다." in text
    assert "모자란 몫이 가장 적은 “의제 c”를 뽑았습니다(투표지마다 +" in text


def test_equal_shares_say_what_losers_lacked_and_what_stays_empty() -> None:
    contest = shared(AGREED, rule_options={"completion": "none"})
    _html, text = result(contest)
    assert (
        "고른 투표지에 한 자리의 89.0%만 남아 미선정" in text
    )  # of three places two are filled; five ballots of a hold 11.0% more
    assert "1개 자리는 비워 둡니다." in text
    _html, english = result(contest, "en")
    assert "Places that stay empty: 1." in english
    assert "Its supporters had 89.0% of a place left" in english


def test_equal_shares_filled_by_votes_say_so() -> None:
    _html, text = result(shared(AGREED, rule_options={"completion": "votes"}))
    assert "남은 후보 가운데 표가 가장 많은 “의제 c”를 뽑았습니다(23표)." in text


def test_equal_shares_tell_who_was_chosen_together_and_what_is_open() -> None:
    box = {('["a"]', WEB): 10, ('["b"]', PAPER): 10, ('["c"]', WEB): 9}
    _html, text = result(shared(box))
    assert "어떤 차례로 세어도 뽑히므로 “의제 a”, “의제 b”를 함께 뽑았습니다." in text
    _html, text = result(shared({('["a","b","c"]', WEB): 20}, seats=1, decided_by=""))
    assert "1차에서 “의제 a”, “의제 b”, “의제 c”가 같습니다." in text


def test_weights_are_told_part_by_part_with_a_warning() -> None:
    columns: dict[str, Any] = {"kind": "pick", "max_picks": 2, "rule_options": {"weights": HALF}}
    box = {**PICKS, ('["a","b"]', WEB): 400}
    _html, text = result(make_published_contest(box, **columns))
    assert "“종이” 투표지 한 장이 “온라인” 투표지 28.7장만큼 반영되었습니다." in text
    assert "방법에 따라 무게가 크게 다릅니다" in text
    assert "반영 비율이 없었다면" in text


def test_equal_votes_without_weights_are_told() -> None:
    columns: dict[str, Any] = {"kind": "pick", "max_picks": 2, "rule_options": {"weights": HALF}}
    box = {('["a"]', WEB): 30, ('["b"]', PAPER): 20, ('["b"]', WEB): 10, ('["c"]', PAPER): 1}
    _html, text = result(make_published_contest(box, **columns))
    assert "반영 비율이 없었다면 동점이어서 정해지지 않았을 것입니다." in text


@pytest.mark.parametrize("rule", ["plurality", "seq_phragmen"])
def test_nobody_chosen_and_empty_places_are_told(rule: str) -> None:
    columns: dict[str, Any] = {"kind": "pick", "max_picks": 2, "seats": 2, "rule": rule}
    _html, text = result(make_published_contest({("[]", WEB): 12}, **columns))
    assert "뽑힌 것이 없습니다." in text
    _html, text = result(make_published_contest({('["a"]', WEB): 12}, **columns))
    assert "1개 자리는 비워 둡니다." in text
    _html, text = result(
        make_published_contest({('["a","b","c"]', WEB): 12}, **columns | {"max_picks": 3})
    )
    assert "비워 둡니다" not in text
    assert "뽑힌 것이 없습니다" not in text


def by_part(box: dict[tuple[str, str], int], **columns: Any) -> Contest:
    seats = [{"part": "web", "seats": 1}, {"part": "paper", "seats": 1}]
    told = {"kind": "pick", "max_picks": 2, "seats": 2, "rule_options": {"seats_by": seats}}
    return make_published_contest(box, **{**told, **columns})


def test_seats_by_part_are_told_with_the_votes_behind_them() -> None:
    box = {
        ('["a"]', WEB): 30,
        ('["a","b"]', WEB): 20,
        ('["a"]', PAPER): 40,
        ('["b"]', PAPER): 25,
        ('["c"]', PAPER): 12,
        ('["c"]', WEB): 11,
    }
    html, text = result(by_part(box))
    assert "부분마다 차례로 뽑았습니다: 온라인 – “의제 a”; 종이 – “의제 b”." in text
    assert "온라인1의제 a 50표종이1의제 b 25표" in text
    assert "10장보다 적으면 보여 드리지 않습니다" not in text
    assert "의제 a" in html


def test_votes_of_a_part_are_not_told_where_few_stand_behind_them() -> None:
    _html, text = result(by_part({('["a"]', WEB): 30, ('["b"]', PAPER): 3, ('["c"]', WEB): 2}))
    assert "종이1의제 b 위에서부터" in text
    assert "10장보다 적으면 보여 드리지 않습니다" in text


def test_open_tie_of_a_part_is_told_with_the_parts_that_wait() -> None:
    box = {('["a","b"]', WEB): 30, ('["c"]', PAPER): 20}
    _html, text = result(by_part(box, decided_by=""))
    assert "‘온라인’의 마지막 자리를 두고 “의제 a”, “의제 b”가 같습니다." in text
    assert "그때까지 이 부분의 자리는 비워 둡니다: “종이”." in text
    assert "온라인1동점이라 아직 정해지지 않았습니다" in text
    assert "앞 부분의 동점이 정해질 때까지 기다립니다" in text
    _html, english = result(by_part(box, decided_by="주민자치회"), "en")
    assert "decides" in english


def test_missed_quorum_shows_no_seats() -> None:
    quorum = {"of": "fixed", "number": 9999}
    contest = by_part(PICKS)
    options = {**contest.rule_options, "quorum": quorum}
    _html, text = result(by_part(PICKS, rule_options=options))
    assert "부분마다 뽑은 것" not in text


def test_answers_are_shown_by_channel_with_the_line_to_reach() -> None:
    contest = make_published_contest(ANSWERS, kind="yes_no", keys=("a", "b"))
    html, text = result(contest)
    assert "찬성 26표 필요" in text
    assert html.count("chart__mark") >= 2
    assert "“의제 a”가 찬성 30표로 가결되었습니다. 가결 기준은 찬성 26표입니다." in text


def test_rounds_read_in_english_too() -> None:
    _html, text = result(ranked("irv", RANKED), "en")
    assert "“의제 b” was chosen in round 2 with 60 votes of 100 votes (60.0%)." in text
    assert "No further choice 6 votes" in text


@pytest.mark.parametrize("rule", ["irv", "schulze", "borda"])
def test_result_costs_the_same_queries_for_every_rule(
    rule: str, django_assert_num_queries: Any
) -> None:
    contest = ranked(rule, RANKED)
    with django_assert_num_queries(3):
        Client().get(f"/votes/{contest.pk}/result/")
