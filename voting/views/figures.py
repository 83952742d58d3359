"""The figures of a result page: bars on the rule's measure, rounds, pairs, parts, answers.

Everything is said here in words; the templates draw it and repeat it as tables.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hangul.formats import ballots, decimal, votes
from voting.summaries import cut_percent, measure_of, measure_words, outcome_words, points
from voting.views.words import answer_bar
from voting.wording import channel_words, language, listed, part_words, sentence

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.utils.functional import _StrPromise

    from voting.results import ResultFigures
    from voting.results.pairs import PairTable
    from voting.results.parts import PartOutcome, SeatedOutcome, WeighedOutcome
    from voting.results.rounds import Move, Place, Round
    from voting.selectors.pages import ShownResult


def figure_words(shown: ShownResult) -> dict[str, Any]:
    """All figures that the rule of a result has besides its votes."""
    figures = shown.figures
    return {
        "measures": measure_rows(shown),
        "measure_name": measure_name(figures),
        "rows": [
            (one, outcome_words(shown, one), measure_words(figures, one)) for one in figures.ranked
        ],
        **votes_words(figures.rule),
        "adding_up": adding_up(shown),
        "rounds": [round_words(figures.rule, one, purse_of(shown)) for one in shown.rounds],
        "round_table": round_table(figures.rule, shown.rounds, purse_of(shown)),
        "rounds_note": rounds_note(figures.rule) if shown.rounds else "",
        "pairs": shown.pairs,
        "beaten": beaten_rows(shown.pairs) if shown.pairs else [],
        "parts": weighed_words(shown.weighed) if shown.weighed else None,
        "seated": seated_rows(shown.seated),
        "seated_merged": any(
            number is None for part in shown.seated for _title, number in part.rows
        ),
        "answers": answer_rows(shown),
    }


# --- One measure --------------------------------------------------------------------------------

RANKED = frozenset({"irv", "stv", "schulze", "borda"})
SHARED = frozenset({"equal_shares"})
GIVEN = frozenset({"score", "points"})
POINTED = GIVEN | {"borda"}


def votes_words(rule: str) -> dict[str, str]:
    """What the numbers behind the options are called, by rule, and in what they are counted."""
    if rule in GIVEN:
        return {
            "votes_name": _("Ballots that gave points"),
            "channel_title": _("Ballots that gave points, by channel"),
            "unit": "ballots",
        }
    if rule in RANKED:
        title = _("First choices by channel")
        return {"votes_name": _("First choices"), "channel_title": title, "unit": "votes"}
    title = _("Votes by channel")
    return {"votes_name": _("Votes received"), "channel_title": title, "unit": "votes"}


def adding_up(shown: ShownResult) -> str:
    """How the votes of all options go together with the number of ballots."""
    contest, figures = shown.contest, shown.figures
    if figures.rule == "yes_no":
        answers = {sum(one.counts[name] for name in ANSWERED) for one in figures.options}
        if answers != {figures.valid}:
            return ""
        return sentence(
            _("Each ballot has one answer to an item or leaves it blank: these four make %(all)s."),
            all=ballots(figures.valid, language()),
        )
    if figures.rule in GIVEN:
        return _("One ballot may give points to several options and is then counted at each.")
    if figures.rule in RANKED or contest.max_picks == 1:
        return ""
    return sentence(
        _("A ballot has one vote for each option chosen on it: %(votes)s on %(valid)s."),
        votes=votes(sum(one.votes for one in figures.options), language()),
        valid=ballots(figures.valid, language()),
    )


ANSWERED = ("yes", "no", "abstain", "blank")


def measure_name(figures: ResultFigures) -> str:
    """What the measure of a rule is called; empty where votes say everything."""
    if any("weighted" in one.counts for one in figures.options):
        return _("Points of 100, by weight")
    if figures.rule in POINTED:
        return _("Average of the scores") if figures.is_mean else _("Points")
    return ""


def measure_rows(shown: ShownResult) -> list[dict[str, Any]]:
    """A bar for each option on the rule's own measure; none where that is the number of votes."""
    figures = shown.figures
    if not measure_name(figures):
        return []
    return [
        {
            "label": one.title,
            "value": measure_of(figures, one),
            "text": measure_words(figures, one),
            "note": _("Selected") if one.won else "",
            "is_marked": bool(one.won),
        }
        for one in figures.ranked
    ]


# --- Rounds -------------------------------------------------------------------------------------


def amount(rule: str, number: Fraction) -> str:
    """What an option has in a round: votes, or what the rule goes by."""
    if rule in {"irv", "stv"}:
        if number.denominator == 1:
            return votes(int(number), language())
        return f"{decimal(number)}표" if language() == "ko" else f"{decimal(number)} votes"
    return decimal(number)


def purse_of(shown: ShownResult) -> Fraction:
    """What every ballot has at first where voters have equal shares: its part of a seat."""
    return Fraction(shown.contest.seats or 0, max(shown.figures.valid, 1))


def share_text(one: Round, place: Place, purse: Fraction) -> str:
    """What a place costs each supporter, or would have to be given to every ballot, as a share."""
    if one.of == "votes":
        return votes(int(place.has), language())
    share = cut_percent(1 / (place.has * purse))
    return f"+{share}" if one.of == "loads" else share


def has_text(rule: str, one: Round, place: Place, purse: Fraction) -> str:
    """What an option has in a round, in figures."""
    return share_text(one, place, purse) if rule in SHARED else amount(rule, place.has)


def round_words(rule: str, one: Round, purse: Fraction) -> dict[str, Any]:
    """A round as its page shows it: a title, what happened, bars, where votes went."""
    return {
        "id": f"round-{one.number}",
        "title": sentence(_("Round %(number)s"), number=one.number),
        "text": what_happened(rule, one, purse),
        "bars": [place_row(rule, place, has_text(rule, one, place, purse)) for place in one.places],
        "mark": one.bar or None,
        "mark_words": bar_words(rule, one),
        "move_text": move_text(one.move) if one.move else "",
        "targets": targets(rule, one.move) if one.move else [],
    }


def place_row(rule: str, place: Place, text: str) -> dict[str, Any]:
    """One bar of a round."""
    note = ""
    if place.is_chosen:
        note = _("Selected")
    elif place.is_out:
        note = _("Goes out")
    return {
        "label": place.title,
        "value": place.has,
        "text": text,
        "new": place.came,
        "new_text": f"+{amount(rule, place.came)}" if place.came else "",
        "note": note,
        "is_marked": place.is_chosen,
    }


def bar_words(rule: str, one: Round) -> str:
    """The line across the bars, in words."""
    if not one.bar:
        return ""
    words = _("Half: %(votes)s") if rule == "irv" else _("Quota: %(votes)s")
    return sentence(words, votes=amount(rule, one.bar))


def what_happened(rule: str, one: Round, purse: Fraction) -> str:
    """What a round decided, in one sentence."""
    if one.chosen and rule in SHARED:
        chosen = next(place for place in one.places if place.is_chosen)
        share = share_text(one, chosen, purse)
        return sentence(str(SHARED_WORDS[one.of]), titles=listed(one.chosen), share=share)
    if one.chosen:
        words = {
            "irv": _("%(titles)s has more than half and is chosen."),
            "stv": _("Chosen in this round: %(titles)s."),
        }.get(rule, _("%(titles)s has the most and is chosen."))
        return sentence(words, titles=listed(one.chosen))
    if rule == "irv" and one.out:
        many = _("Nobody has more than half. %(titles)s have the fewest votes and go out.")
        single = _("Nobody has more than half. %(titles)s has the fewest votes and goes out.")
        return sentence(many if len(one.out) > 1 else single, titles=listed(one.out))
    if rule == "stv":
        return _("Nobody new has reached the quota.")
    return _("The count ended here without a choice.")


SHARED_WORDS: Mapping[str, _StrPromise] = {
    "prices": gettext_lazy(
        "%(titles)s: each supporter gives %(share)s of its share, or what is left of it."
    ),
    "loads": gettext_lazy(
        "No shares are enough for another place. %(titles)s lacks the least: %(share)s of a share "
        "for every ballot."
    ),
    "votes": gettext_lazy(
        "No shares are enough for another place. Of those left, %(titles)s has the most: %(share)s."
    ),
}
"""What a round of equal shares decided, by what it measures."""


def move_text(move: Move) -> str:
    """Whose votes went on, and why."""
    if move.is_surplus:
        return sentence(
            _("What %(titles)s had beyond the quota went on to the next choices."),
            titles=listed(move.sources),
        )
    many = _("%(titles)s went out; their ballots went on to the next choices.")
    single = _("%(titles)s went out; its ballots went on to the next choices.")
    return sentence(many if len(move.sources) > 1 else single, titles=listed(move.sources))


def targets(rule: str, move: Move) -> list[tuple[str, str, Fraction, bool]]:
    """Where the votes went: name, figure in words, number, and whether nobody got them."""
    rows = [(title, f"+{amount(rule, number)}", number, False) for title, number in move.targets]
    if move.exhausted > 0:
        rows.append((_("No further choice"), amount(rule, move.exhausted), move.exhausted, True))
    return rows


def round_table(rule: str, rounds: tuple[Round, ...], purse: Fraction) -> dict[str, Any] | None:
    """All rounds beside each other: a row for each option in the order in which they stayed."""
    if not rounds:
        return None
    titles = sorted(
        {place.title for one in rounds for place in one.places},
        key=lambda title: standing(title, rounds),
    )
    has = [
        {
            place.title: share_text(one, place, purse)
            if rule in SHARED
            else with_new(place.has, place.came)
            for place in one.places
        }
        for one in rounds
    ]
    lost = [
        with_new(one.exhausted, one.move.exhausted if one.move else Fraction(0))
        for one in rounds
        if one.exhausted is not None
    ]
    return {
        "heads": [one.number for one in rounds],
        "rows": [(title, [row.get(title, "") for row in has]) for title in titles],
        "exhausted": lost,
        "has_new": any(one.move for one in rounds),
    }


def with_new(number: Fraction, new: Fraction) -> str:
    """A figure of a round in its table, with how much of it came in this round."""
    return f"{decimal(number)} (+{decimal(new)})" if new > 0 else decimal(number)


def standing(title: str, rounds: tuple[Round, ...]) -> tuple[int, int, Fraction]:
    """Those chosen first stand first, then those who stayed longest, then those with more."""
    chosen = [one.number for one in rounds if title in one.chosen]
    there = [one for one in rounds if any(place.title == title for place in one.places)]
    last = next(place.has for place in there[-1].places if place.title == title)
    return (chosen[0] if chosen else len(rounds) + 1, -there[-1].number, -last)


def rounds_note(rule: str) -> str:
    """What the figures of a round are."""
    return {
        "irv": _("Each ballot counts for the highest choice on it that is still in the count."),
        "stv": _("Each ballot counts for the highest choice on it that can still use it."),
        "seq_pav": _(
            "A ballot counts in full until one of its choices is chosen, then a half, a third …"
        ),
        "seq_phragmen": _(
            "How many fresh ballots the support of each is worth; whoever has supporters that "
            "carry less of those chosen already stands higher."
        ),
        "equal_shares": _(
            "Every ballot begins with the same share; all shares together fill all places. The "
            "figure is how much of its share each supporter gives for an option: the least is "
            "chosen and has the longest bar. With a plus: what every ballot would still have to "
            "be given."
        ),
    }[rule]


# --- Pairs --------------------------------------------------------------------------------------


def beaten_rows(pairs: PairTable) -> list[dict[str, Any]]:
    """A bar for each option: how many others it beats."""
    others = len(pairs.options) - 1
    return [
        {
            "label": option.title,
            "value": Fraction(number),
            "text": sentence(_("beats %(number)s of %(others)s"), number=number, others=others),
            "note": _("Selected") if option.won else "",
            "is_marked": bool(option.won),
        }
        for option, number in pairs.beaten
    ]


# --- Weights ------------------------------------------------------------------------------------


def weighed_words(weighed: WeighedOutcome) -> dict[str, Any]:
    """The parts as stacked bars and as a table, the warning, the winners without weights."""
    names = [part_name(part) for part in weighed.parts]
    titles = [row.title for row in weighed.parts[0].rows]
    return {
        "series": [(name, name) for name in names],
        "heads": [
            (name, f"{decimal(part.weight)}%")
            for name, part in zip(names, weighed.parts, strict=True)
        ],
        "rows": [
            (
                title,
                [
                    (decimal(part.rows[place].measure), points(part.rows[place].worth))
                    for part in weighed.parts
                ],
                points(sum((part.rows[place].worth for part in weighed.parts), Fraction(0))),
            )
            for place, title in enumerate(titles)
        ],
        "ratio": ratio_words(weighed),
        "is_large": bool(weighed.ratio and weighed.ratio.is_large),
        "unweighted": listed(weighed.unweighted) if weighed.unweighted else "",
    }


def seated_rows(seated: tuple[SeatedOutcome, ...]) -> list[dict[str, Any]]:
    """The parts that gave seats: whom each chose, with how many votes or points."""
    return [
        {
            "name": part_words(part.name),
            "seats": part.seats,
            "rows": [(title, seated_amount(part, number)) for title, number in part.rows],
            "is_open": part.is_open,
            "waits": part.waits,
        }
        for part in seated
    ]


def seated_amount(part: SeatedOutcome, number: int | None) -> str:
    """What an option had in the part that chose it; nothing where the figure is not told."""
    if number is None:
        return ""
    return points(Fraction(number)) if part.is_body else votes(number, language())


def part_name(part: PartOutcome) -> str:
    """A channel by its word, a body by its name."""
    return part.name if part.is_body else channel_words([part.name])


def ratio_words(weighed: WeighedOutcome) -> str:
    """How much more one ballot weighed than another."""
    ratio = weighed.ratio
    if ratio is None or ratio.number == 1:
        return ""
    words = (
        _("One vote by “%(heavy)s” weighed as much as %(number)s by “%(light)s”.")
        if ratio.of_votes
        else _("One ballot by “%(heavy)s” weighed as much as %(number)s by “%(light)s”.")
    )
    return sentence(
        words,
        heavy=channel_words([ratio.heavy]),
        light=channel_words([ratio.light]),
        number=decimal(ratio.number, 1),
    )


# --- Yes and no ---------------------------------------------------------------------------------


def answer_rows(shown: ShownResult) -> list[dict[str, Any]]:
    """Each item: its answers as one bar with the line it had to reach, then by channel."""
    if shown.figures.rule != "yes_no":
        return []
    return [
        {
            "option": option,
            "bar": answer_bar(option.counts, option.need),
            "need_words": sentence(
                _("%(votes)s of yes needed"), votes=votes(option.need or 0, language())
            ),
            "channels": [
                (channel_words(group), answer_bar(counts))
                for group, counts in shown.answers.get(option.key, ())
            ],
        }
        for option in shown.figures.options
    ]
