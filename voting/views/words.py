"""What the templates of votes are handed: facts in words, rows for the figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from hangul.formats import day_of_year, in_seoul, people, votes
from voting.models import ContestState
from voting.results import percent
from voting.summaries import result_sentences, tie_sentence
from voting.wording import (
    BALANCES,
    badge_of,
    change_sentences,
    channel_sentence,
    channel_words,
    count_sentences,
    days_left,
    grouped,
    how_sentence,
    language,
    next_step,
    publication_words,
    roll_sentences,
    secrecy_sentence,
    sentence,
    stages,
    who_sentence,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from voting.models import Contest, TurnoutPoint
    from voting.selectors.pages import ContestList, ContestPage, ShownResult


def list_cards(found: ContestList) -> dict[str, list[dict[str, Any]]]:
    """Cards of the running contests and rows of the results."""
    return {
        "open": [open_card(contest) for contest in found.open],
        "soon": [
            card(contest, sentence(_("Opens %(when)s"), when=contest.opens_at))
            for contest in found.soon
        ],
        "counting": [card(contest, counting_words(contest)) for contest in found.counting],
        "results": [
            {**card(contest), "closed": contest.closes_at, "took_part": took_part(contest)}
            for contest in found.results
        ],
    }


def card(contest: Contest, total: str = "") -> dict[str, Any]:
    """What every card says."""
    label, tone = badge_of(contest)
    return {
        "contest": contest,
        "badge": label,
        "tone": tone,
        "who": who_sentence(contest),
        "sum": total,
        "meta": [("vote", channel_short(contest))],
    }


def open_card(contest: Contest) -> dict[str, Any]:
    """A card to vote from: days left, who may, by which way, how many took part."""
    shown = card(contest, days_left(contest.closes_at) if contest.closes_at else "")
    if contest.live_turnout:
        shown["meta"].append(
            ("people", sentence(_("%(people)s have voted"), people=took_part(contest)))
        )
    return shown


def took_part(contest: Contest) -> str:
    """How many people took part so far, written as people."""
    return people_words(contest.figures.web + contest.figures.paper)


def people_words(count: int) -> str:
    """A number of people in the reader's language."""
    return people(count, language())


def channel_short(contest: Contest) -> str:
    """The ways to vote in two words."""
    if contest.web and contest.paper:
        return _("Web and paper")
    return _("Web only") if contest.web else _("Paper only")


def counting_words(contest: Contest) -> str:
    """When the result comes."""
    if contest.result_on is None:
        return _("The result appears here.")
    return sentence(_("Result on %(day)s"), day=contest.result_on)


def contest_words(page: ContestPage) -> dict[str, Any]:
    """The contest page in words and rows."""
    contest = page.contest
    label, tone = badge_of(contest)
    words, day = next_step(contest, page.objection_until)
    web, paper = contest.figures.web, contest.figures.paper
    channels = [(_("Web"), web), (_("Paper"), paper)] if contest.web and contest.paper else []
    return {
        "badge": label,
        "tone": tone,
        "stages": stages(contest, page.objection_until),
        "next_text": words,
        "next_date": day,
        "is_open": contest.state == ContestState.OPEN,
        "days_left": days_left(contest.closes_at) if contest.closes_at else "",
        "channels": channels if page.shows_turnout else [],
        "total": web + paper,
        "turnout_share": percent(web + paper, contest.census) if contest.census else "",
        "turnout_points": turnout_points(page.turnout),
        "who": who_sentence(contest),
        "how": how_sentence(page.design),
        "roll": roll_sentences(contest),
        "change": change_sentences(contest),
        "where": channel_sentence(contest),
        "secrecy": secrecy_sentence(contest),
        "counting": count_sentences(contest, page.design),
        "publication_words": publication_words(contest),
        "key_groups": grouped(page.public_key),
        "digest_groups": grouped(contest.config_digest),
    }


def turnout_points(points: tuple[TurnoutPoint, ...]) -> list[tuple[float, int, str]]:
    """Turnout by hour for the line: place in time (hours), people so far, label."""
    return [
        (
            point.hour.timestamp() / 3600,
            point.web + point.paper,
            f"{day_of_year(point.hour, language())} {in_seoul(point.hour):%H:%M}",
        )
        for point in points
    ]


def result_words(shown: ShownResult) -> dict[str, Any]:
    """The result page in words and rows."""
    contest, figures = shown.contest, shown.figures
    return {
        "sentences": result_sentences(contest, shown),
        "is_yes_no": figures.rule == "yes_no",
        "chart_rows": [
            (title, {channel_words(group): count for group, count in counts.items()})
            for title, counts in shown.rows.rows
        ],
        "chart_series": [(channel_words(group),) * 2 for group in shown.rows.series],
        "chart_marked": marked(shown),
        "channel_lines": [(channel_words([one.channel]), one) for one in shown.channels],
        "ties": [tie_sentence(contest, tie) for tie in figures.ties],
        "turnout_share": percent(figures.turnout, contest.census) if contest.census else "",
        "balances": [(BALANCES[one.name], one) for one in shown.balances],
        "slots": slot_words(shown.slots),
    }


def marked(shown: ShownResult) -> list[str]:
    """Titles to stress: winners, or the projects that are paid for."""
    chosen = shown.figures.winners if shown.funded is None else shown.funded
    return [one.title for one in chosen]


def answer_bar(counts: Mapping[str, int], need: int | None = None) -> dict[str, Any]:
    """The pieces of an item's bar from left to right, and where the line of `need` stands."""
    rest = counts["rest"] if "rest" in counts else counts["abstain"] + counts["blank"]
    pieces = (
        ("for", pgettext("ballot", "Yes"), counts["yes"]),
        ("neutral", _("Abstained or blank"), rest),
        ("against", pgettext("ballot", "No"), counts["no"]),
    )
    whole = max(sum(value for _key, _label, value in pieces), need or 0)
    before, segments = 0, []
    for key, label, value in pieces:
        segments.append(
            {
                "key": key,
                "label": label,
                "value": votes(value, language()),
                "x": percent(before, whole),
                "width": percent(value, whole),
            }
        )
        before += value
    return {"segments": segments, "mark": percent(need, whole) if need else ""}


def slot_words(slots: Mapping[str, int]) -> list[tuple[str, int]]:
    """Vote rights by what became of them."""
    names = (
        ("web", _("Voted on the web")),
        ("paper_cast", _("Voted on paper")),
        ("paper_issued", _("Took a paper, did not put it into the box")),
        ("free", _("Did not vote")),
        ("voided", _("Voided by two people")),
    )
    return [(label, slots[name]) for name, label in names if slots.get(name)]
