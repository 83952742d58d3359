"""A result in sentences, made from its own figures, in the reader's language.

One paragraph for every rule: how many took part, by which way, who won and by what, what is open.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from hangul.formats import ballots, decimal, people, stickers, votes
from voting.results import percent
from voting.tally import RULES
from voting.wording import REASONS, language, listed, part_words, sentence

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django.utils.functional import _StrPromise

    from voting.models import Contest
    from voting.results import OptionOutcome, ResultFigures, TieOutcome
    from voting.results.pairs import PairTable
    from voting.results.parts import WeighedOutcome
    from voting.selectors.pages import ShownResult


def outcome_words(shown: ShownResult, option: OptionOutcome) -> str:
    """What became of an option: by the count's reason, or by what the budget pays for."""
    if option.reason == "not_paid":
        return sentence(
            _("Its supporters had %(share)s of a place left"),
            share=cut_percent(Fraction(option.counts["money"])),
        )
    if shown.funded is None:
        return str(REASONS.get(option.reason, ""))
    if option in shown.funded:
        return _("Paid from the budget")
    if option in (*shown.undecided, *shown.waiting):
        return _("Not decided yet")
    return _("Not paid from this budget")


def cut_percent(share: Fraction) -> str:
    """Write a share in per cent; cut after one decimal, so that what is lacking never vanishes."""
    tenths = int(share * 1000)
    return f"{tenths // 10}.{tenths % 10}%"


def result_sentences(contest: Contest, shown: ShownResult) -> list[str]:
    """The result said in two or three sentences: how many, by which way, who won."""
    said = [*_outcome_sentences(contest, shown), _sticker_words(shown)]
    return [words for words in said if words]


def _outcome_sentences(contest: Contest, shown: ShownResult) -> list[str]:
    figures = shown.figures
    said = [_sum_words(shown), _turnout_words(contest, figures)]
    if figures.quorum is not None and not figures.quorum.reached:
        said.append(
            sentence(
                _("%(need)s were needed, so the vote is not valid."),
                need=people(figures.quorum.need, language()),
            )
        )
        return said
    if any(one.reason == "part_empty" for one in figures.options):
        said.append(_("A part of the vote stayed empty, so nothing follows from it."))
        return said
    said.append(_winner_words(shown))
    said += [tie_sentence(contest, tie) for tie in figures.ties if not tie.decided]
    return [*said, _waiting_words(shown), _empty_words(shown)]


def summaries_of(shown: ShownResult) -> dict[str, str]:
    """The result in one paragraph, in each language of the site."""
    said = {}
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            said[code] = " ".join(result_sentences(shown.contest, shown))
    return said


def _sticker_words(shown: ShownResult) -> str:
    """How many stickers there were, and that they are no votes."""
    if shown.stickers is None or not shown.stickers.total:
        return ""
    return sentence(
        _("%(stickers)s, which nobody checked, are shown for information only."),
        stickers=stickers(shown.stickers.total, language()),
    )


def _sum_words(shown: ShownResult) -> str:
    """How many ballots were counted; how many votes stand on one is the ballot's own."""
    totals = {one.channel: one.total for one in shown.channels}
    if totals.get("web") and totals.get("paper") and len(totals) == 2:
        return sentence(
            _("We added %(web)s from the web and %(paper)s on paper, %(all)s in all."),
            web=ballots(totals["web"], language()),
            paper=ballots(totals["paper"], language()),
            all=ballots(sum(totals.values()), language()),
        )
    return sentence(_("We counted %(all)s."), all=ballots(sum(totals.values()), language()))


def _turnout_words(contest: Contest, figures: ResultFigures) -> str:
    if not contest.census or contest.origin != "native":  # imported: only those who voted are known
        return ""
    return sentence(
        _("%(people)s of %(census)s took part (%(share)s)."),
        people=people(figures.turnout, language()),
        census=people(contest.census, language()),
        share=percent(figures.turnout, contest.census),
    )


def _winner_words(shown: ShownResult) -> str:
    """Who won, and by what, as the rule has it."""
    figures = shown.figures
    if figures.rule == "yes_no":
        return _passed_words(figures)
    if shown.funded is not None:
        return _funded_words(shown.funded, shown)
    return _chosen_words(shown) if figures.winners else ""


def _funded_words(funded: Sequence[OptionOutcome], shown: ShownResult) -> str:
    """How many projects are paid for; with weights, what put them in order."""
    still_open = _open_words(shown)
    if not funded:
        return still_open or _("No project is paid from the budget.")
    paid = sentence(
        ngettext(
            "%(count)s project is paid from the budget.",
            "%(count)s projects are paid from the budget.",
            len(funded),
        ),
        count=len(funded),
    )
    paid = f"{paid} {still_open}".strip()
    if shown.weighed is None:
        return paid
    parts = " + ".join(
        f"{part_words(part.name)} {decimal(part.weight)}%" for part in shown.weighed.parts
    )
    order = sentence(_("The order of the projects was put together from: %(parts)s."), parts=parts)
    return f"{paid} {order}"


def _open_words(shown: ShownResult) -> str:
    """Between which projects it is open who is paid, and who decides."""
    titles, body = listed([one.title for one in shown.undecided]), shown.contest.decided_by
    if not titles:
        return ""
    if not body:
        return sentence(
            _("It is not decided yet which of these is paid: %(titles)s."), titles=titles
        )
    words = _("%(body)s decides which of these is paid: %(titles)s.")
    return sentence(words, titles=titles, body=body)


def _chosen_words(shown: ShownResult) -> str:
    """Who was chosen, as each family of rules tells it."""
    if shown.weighed is not None:
        return _weighed_words(shown, shown.weighed)
    if shown.seated:
        return _seated_words(shown)
    if shown.figures.rule in ROUNDS:
        return _rounds_words(shown)
    if shown.pairs is not None:
        return _pairs_words(shown, shown.pairs)
    return _measure_words(shown.figures)


def _measure_words(figures: ResultFigures) -> str:
    """Who was chosen, with how much; of several, what the last one had."""
    titles = listed([one.title for one in figures.winners])
    has = [measure_words(figures, one) for one in figures.winners]
    if len(has) == 1:
        return sentence(_("%(title)s was chosen with %(votes)s."), title=titles, votes=has[0])
    return sentence(
        _("%(titles)s were chosen; the first one has %(most)s, the last one %(least)s."),
        titles=titles,
        most=has[0],
        least=has[-1],
    )


def _weighed_words(shown: ShownResult, weighed: WeighedOutcome) -> str:
    """Who was chosen with weights, and whether they made a difference."""
    titles = [one.title for one in shown.figures.winners]
    said = _measure_words(shown.figures)
    if weighed.unweighted is None:
        level = _("Without the weights equal votes would have left it open.")
        return f"{said} {level}"
    if set(weighed.unweighted) == set(titles):
        same = _("Without the weights the same would have been chosen.")
        return f"{said} {same}"
    other = sentence(
        _("Without the weights %(titles)s would have been chosen."),
        titles=listed(weighed.unweighted),
    )
    return f"{said} {other}"


def _seated_words(shown: ShownResult) -> str:
    """Whom each part chose, in its turn."""
    parts = [
        f"{part_words(part.name)} – {listed([title for title, _number in part.rows])}"
        for part in shown.seated
        if part.rows
    ]
    return sentence(_("Chosen part by part: %(parts)s."), parts="; ".join(parts))


def _waiting_words(shown: ShownResult) -> str:
    """Which parts wait for equal votes of an earlier one to be decided."""
    waiting = [part_words(part.name) for part in shown.seated if part.waits]
    if not waiting:
        return ""
    return sentence(
        _("Until then the places of these parts stay open: %(parts)s."), parts=listed(waiting)
    )


def _empty_words(shown: ShownResult) -> str:
    """That nobody was chosen, or how many places nobody could take; nothing while a tie is open."""
    contest, figures = shown.contest, shown.figures
    if contest.outcome == "allocation" or figures.rule == "yes_no" or not figures.decided:
        return ""
    if not figures.winners:
        return _("Nobody was chosen.") if any(one.won is False for one in figures.options) else ""
    has_seats = RULES[figures.rule].seated and not contest.rule_options.get("per_group")
    empty = contest.seats - len(figures.winners) if has_seats else 0
    return sentence(_("Places that stay empty: %(empty)s."), empty=empty) if empty > 0 else ""


def _rounds_words(shown: ShownResult) -> str:
    """Who was chosen in how many rounds; of a run-off also who was ahead at first."""
    figures, last = shown.figures, shown.rounds[-1]
    titles = [one.title for one in figures.winners]
    if figures.rule == "equal_shares":
        return _shares_words(shown)
    if figures.rule != "irv":
        words = ROUNDS[figures.rule][len(titles) > 1]
        bar = votes(int(last.bar or 0), language())
        return sentence(str(words), titles=listed(titles), rounds=len(shown.rounds), quota=bar)
    won = next(place for place in last.places if place.is_chosen)
    said = sentence(
        _("%(title)s was chosen in round %(round)s with %(votes)s of %(total)s (%(share)s)."),
        title=listed(titles),
        round=last.number,
        votes=votes(int(won.has), language()),
        total=votes(int(last.total), language()),
        share=percent(int(won.has), int(last.total)),
    )
    ahead = [
        one.title for one in shown.rounds[0].places if one.has == shown.rounds[0].places[0].has
    ]
    if won.title in ahead:
        return said
    first = sentence(_("In the first round %(titles)s was ahead."), titles=listed(ahead))
    return f"{said} {first}"


def _shares_words(shown: ShownResult) -> str:
    """Who was chosen by equal shares: how many by money, how many for what was left."""
    winners = shown.figures.winners
    paid = sum(len(one.chosen) for one in shown.rounds if one.of == "prices")
    said = [
        sentence(
            str(ROUNDS["equal_shares"][len(winners) > 1]),
            titles=listed([one.title for one in winners]),
        ),
    ]
    if paid < len(winners):
        said.append(
            sentence(
                _("Filled by the shares of supporters: %(paid)s; filled afterwards: %(more)s."),
                paid=paid,
                more=len(winners) - paid,
            )
        )
    return " ".join(said)


def _pairs_words(shown: ShownResult, pairs: PairTable) -> str:
    """Who was chosen by pairs, and whether it beats everybody directly."""
    titles = listed([one.title for one in shown.figures.winners])
    if len(shown.figures.winners) > 1:
        return sentence(_("%(titles)s were chosen by comparing every two."), titles=titles)
    if pairs.condorcet == shown.figures.winners[0].title:
        return sentence(
            _("%(title)s was chosen: compared with each other one, more ballots put it first."),
            title=titles,
        )
    return sentence(
        _("Nobody wins against all others; by the strongest paths %(title)s was chosen."),
        title=titles,
    )


ROUNDS: Mapping[str, tuple[_StrPromise, _StrPromise]] = {
    "irv": (gettext_lazy("%(titles)s was chosen."), gettext_lazy("%(titles)s were chosen.")),
    "stv": (
        gettext_lazy("%(titles)s was chosen; the quota was %(quota)s."),
        gettext_lazy(
            "%(titles)s were chosen in %(rounds)s stages; the quota for a seat was %(quota)s."
        ),
    ),
    "seq_pav": (
        gettext_lazy("%(titles)s was chosen."),
        gettext_lazy("%(titles)s were chosen one after the other."),
    ),
    "seq_phragmen": (
        gettext_lazy("%(titles)s was chosen."),
        gettext_lazy("%(titles)s were chosen one after the other."),
    ),
    "equal_shares": (
        gettext_lazy("%(titles)s was chosen by equal shares."),
        gettext_lazy("%(titles)s were chosen by equal shares."),
    ),
}
"""Rules that count in rounds: what came out, of one and of several winners."""


def measure_of(figures: ResultFigures, option: OptionOutcome) -> Fraction:
    """What an option is ranked by: votes, points, the sum or the average of its scores."""
    counts = option.counts
    if "weighted" in counts:
        return Fraction(counts["weighted"])
    if "score" in counts:
        scored = int(counts["scored"]) if figures.is_mean else 1
        return Fraction(counts["score"]) / max(scored, 1)
    return Fraction(counts.get("points", option.votes))


def measure_words(figures: ResultFigures, option: OptionOutcome) -> str:
    """The same, as it stands in a sentence or at a bar."""
    is_counted = figures.by_votes or figures.by_parts
    if is_counted or figures.rule in ROUNDS or figures.rule == "schulze":
        return votes(option.votes, language())
    return points(measure_of(figures, option))


def points(number: Fraction) -> str:
    """Points, which need not be whole: "61.33점", "1 point"."""
    if language() == "ko":
        return f"{decimal(number)}점"
    return f"{decimal(number)} {'point' if number == 1 else 'points'}"


def _passed_words(figures: ResultFigures) -> str:
    passed = [one for one in figures.options if one.won]
    if not passed:
        return _("No item was passed.")
    if len(passed) == len(figures.options) > 1:
        return sentence(_("All %(count)s items were passed."), count=len(passed))
    if len(passed) > 1:
        return sentence(_("%(titles)s were passed."), titles=listed([one.title for one in passed]))
    return sentence(
        _("%(titles)s was passed with %(yes)s of yes; %(need)s were needed."),
        titles=listed([passed[0].title]),
        yes=votes(passed[0].votes, language()),
        need=votes(passed[0].need or 0, language()),
    )


def tie_sentence(contest: Contest, tie: TieOutcome) -> str:
    """Equal votes, named, and who decides."""
    if tie.round is not None:
        return _round_tie_words(contest, tie)
    if tie.part is not None:
        return _part_tie_words(contest, tie, tie.part)
    if tie.votes is None:
        return _level_words(contest, tie)
    if tie.won:
        return sentence(
            _("%(titles)s had %(votes)s each; a public lot chose %(won)s."),
            titles=listed(tie.titles),
            votes=votes(tie.votes, language()),
            won=listed(tie.won),
        )
    if contest.decided_by:
        return sentence(
            _("%(titles)s have %(votes)s each for %(seats)s place; %(body)s decides."),
            titles=listed(tie.titles),
            votes=votes(tie.votes, language()),
            seats=tie.seats,
            body=contest.decided_by,
        )
    return sentence(
        _("%(titles)s have %(votes)s each for %(seats)s place; this is not decided yet."),
        titles=listed(tie.titles),
        votes=votes(tie.votes, language()),
        seats=tie.seats,
    )


def _part_tie_words(contest: Contest, tie: TieOutcome, part: str) -> str:
    """A tie at the last seat that a part gives; its votes may be too few to be told."""
    said = {"part": part_words(part), "titles": listed(tie.titles), "won": listed(tie.won)}
    if tie.won:
        words = _("For “%(part)s” %(titles)s were equal; a public lot chose %(won)s.")
    elif contest.decided_by:
        words = _("For “%(part)s” %(titles)s are equal at the last place; %(body)s decides.")
    else:
        words = _("For “%(part)s” %(titles)s are equal at the last place; this is not decided yet.")
    return sentence(words, **said, body=contest.decided_by)


def _level_words(contest: Contest, tie: TieOutcome) -> str:
    """A tie of what is no number of votes: points, shares, places."""
    titles = listed(tie.titles)
    if tie.won:
        return sentence(
            _("%(titles)s are equal; a public lot chose %(won)s."),
            titles=titles,
            won=listed(tie.won),
        )
    if contest.decided_by:
        return sentence(
            _("%(titles)s are equal at the last place; %(body)s decides."),
            titles=titles,
            body=contest.decided_by,
        )
    return sentence(
        _("%(titles)s are equal at the last place; this is not decided yet."), titles=titles
    )


def _round_tie_words(contest: Contest, tie: TieOutcome) -> str:
    """A tie in a round of the count, and what settled it."""
    place = {
        "round": tie.round,
        "titles": listed(tie.titles),
        "won": listed(tie.won),
        "out": listed(tie.out),
        "body": contest.decided_by,
    }
    if not tie.decided:
        words = ROUND_TIES["open_body" if contest.decided_by else "open"]
    elif tie.by == "together":
        words = ROUND_TIES["together" if tie.out else "together_won"]
    else:
        words = ROUND_TIES[f"{tie.by}_{'out' if tie.out else 'won'}"]
    return sentence(str(words), **place)


ROUND_TIES: Mapping[str, _StrPromise] = {
    "open": gettext_lazy("In round %(round)s %(titles)s are equal; this is not decided yet."),
    "open_body": gettext_lazy("In round %(round)s %(titles)s are equal; %(body)s decides."),
    "together": gettext_lazy("In round %(round)s %(titles)s were equal and went out together."),
    "together_won": gettext_lazy(
        "In round %(round)s %(titles)s were equal; %(won)s were chosen at once, as in any order "
        "they would be."
    ),
    "earlier_out": gettext_lazy(
        "In round %(round)s %(titles)s were equal; by the rounds before, %(out)s went out."
    ),
    "earlier_won": gettext_lazy(
        "In round %(round)s %(titles)s were equal; by the rounds before, %(won)s came first."
    ),
    "lot_out": gettext_lazy(
        "In round %(round)s %(titles)s were equal; by a public lot, %(out)s went out."
    ),
    "lot_won": gettext_lazy(
        "In round %(round)s %(titles)s were equal; a public lot chose %(won)s."
    ),
}
"""A tie in a round: open, or by what it was settled and what followed."""
