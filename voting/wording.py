"""A contest in sentences: who may vote, how, how it is counted, what came out.

Everything is said from the contest's own settings and figures, in the reader's language.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import (
    get_language,
    gettext_lazy,
    ngettext,
    pgettext,
    pgettext_lazy,
)
from django.utils.translation import gettext as _

from hangul.formats import day_of_year, in_seoul, is_korean, people, won, won_text
from hangul.formats import when as moment
from hangul.sentences import fill
from residents.models import Basis
from voting.ballots import PICKED, Answer, BallotKind, Overpick
from voting.models import ContestState, DrawState, Secrecy
from voting.papers import CHECK_LETTERS, BoardPaper, SheetOption, SheetPaper
from voting.selectors.draws import demands_of
from voting.sortition import at_least, at_most
from voting.tally.bars import SHARE_FORM, is_of_census, read_bar
from voting.tally.weights import TOGETHER, tells_channel
from voting.words import money_sentences, unit_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date, datetime

    from django.utils.functional import _StrPromise

    from voting.ballots import BallotDesign
    from voting.models import Contest, Draw
    from voting.sortition import Demand


def language() -> str:
    """The reader's language; Korean where none is active."""
    return get_language() or "ko"


def sentence(frame: str, **values: object) -> str:
    """Fill a translated frame: dates in house style, particles settled."""
    return fill(frame, values, language())


def listed(words: Sequence[str]) -> str:
    """Names side by side: “가”, “나” / “A”, “B”."""
    return ", ".join(f"“{word}”" for word in words)


# --- State and days -----------------------------------------------------------------------------

BADGES: Mapping[str, tuple[_StrPromise, str]] = {
    ContestState.FROZEN: (gettext_lazy("Opens soon"), "info"),
    ContestState.OPEN: (gettext_lazy("Voting is on"), "primary"),
    ContestState.CLOSED: (gettext_lazy("Paper is being counted"), "warning"),
    ContestState.BOXED: (gettext_lazy("Being counted"), "warning"),
    ContestState.OPENED: (gettext_lazy("Being counted"), "warning"),
    ContestState.COUNTED: (gettext_lazy("Counted, result to come"), "warning"),
    ContestState.DISPUTED: (gettext_lazy("Counts are being checked"), "danger"),
    ContestState.RECOUNT: (gettext_lazy("Being counted again"), "warning"),
    ContestState.PUBLISHED: (gettext_lazy("Result is out"), "success"),
    ContestState.FINAL: (gettext_lazy("Final"), "success"),
}
"""What a state is called on a page, and its tone."""


def badge_of(contest: Contest) -> tuple[_StrPromise, str]:
    """The state of a contest on a page; without paper none is being counted."""
    waits = contest.state == ContestState.CLOSED and not contest.paper
    return BADGES[ContestState.BOXED if waits else contest.state]


STAGE_OF: Mapping[str, int] = {
    ContestState.DRAFT: 0,
    ContestState.FROZEN: 0,
    ContestState.OPEN: 1,
    ContestState.CLOSED: 2,
    ContestState.BOXED: 2,
    ContestState.OPENED: 2,
    ContestState.COUNTED: 2,
    ContestState.DISPUTED: 2,
    ContestState.RECOUNT: 2,
    ContestState.PUBLISHED: 3,
    ContestState.FINAL: 4,
}


def stages(contest: Contest, objection_until: date | None = None) -> list[dict[str, str]]:
    """The line with dots of the status strip."""
    now = STAGE_OF[contest.state]
    named = (
        (_("Getting ready"), None),
        (pgettext("stage", "Voting"), contest.opens_at),
        (pgettext("stage", "Counting"), contest.closes_at),
        (pgettext("stage", "Result"), contest.result_on),
        (pgettext("stage", "Final"), objection_until),
    )
    return [
        {
            "label": label,
            "state": "done" if place < now else "now" if place == now else "next",
            "date": sentence("%(day)s", day=moment) if moment else "",
        }
        for place, (label, moment) in enumerate(named)
    ]


def next_step(contest: Contest, objection_until: date | None = None) -> tuple[str, str]:
    """What happens next and when, for the strip; two empty texts when nothing is to come."""
    steps: dict[int, tuple[str, date | None]] = {
        0: (_("Voting opens"), contest.opens_at),
        1: (_("Voting closes"), contest.closes_at),
        2: (_("The result is announced"), contest.result_on),
        3: (_("Objections may be raised until this day"), objection_until),
    }
    words, moment = steps.get(STAGE_OF[contest.state], ("", None))
    return words, sentence("%(day)s", day=moment) if moment else ""


def again_words(contest: Contest, orders: Sequence[object]) -> tuple[str, str] | None:
    """What to say above a result that is being counted again; None where it stands."""
    if contest.state == ContestState.DISPUTED:
        return (
            _("Two counts of the votes differ; the reason is being looked for."),
            _("What stands here was published before. Nothing new comes before both agree."),
        )
    if contest.state == ContestState.RECOUNT:
        beside = _("What stands here was published before; the new result will stand beside it.")
        if orders:
            return _("Two counts differed, so the votes are being counted again."), beside
        return _("A correction was approved: the votes are being counted again."), beside
    return None


def days_left(closes_at: datetime) -> str:
    """How long voting goes on, counted in days of Seoul: "6 days left", "today until 18:00"."""
    local = in_seoul(closes_at)
    left = (local.date() - timezone.localdate()).days
    if left <= 0:
        return sentence(_("Today until %(hour)s"), hour=f"{local:%H:%M}")
    if left == 1:
        return sentence(_("Until tomorrow %(hour)s"), hour=f"{local:%H:%M}")
    return sentence(_("%(days)s days left"), days=left)


# --- Who may vote, and how ----------------------------------------------------------------------

BASES: Mapping[str, tuple[_StrPromise, _StrPromise]] = {
    Basis.LIVES: (pgettext_lazy("more follow", "live"), pgettext_lazy("the last", "live")),
    Basis.WORKS: (pgettext_lazy("more follow", "work"), pgettext_lazy("the last", "work")),
    Basis.STUDIES: (pgettext_lazy("more follow", "study"), pgettext_lazy("the last", "study")),
    Basis.BUSINESS: (
        pgettext_lazy("more follow", "run a business"),
        pgettext_lazy("the last", "run a business"),
    ),
    Basis.MEMBER: (
        pgettext_lazy("more follow", "are active in a group"),
        pgettext_lazy("the last", "are active in a group"),
    ),
    Basis.FOREIGNER: (
        pgettext_lazy("more follow", "are registered as foreign residents"),
        pgettext_lazy("the last", "are registered as foreign residents"),
    ),
}
"""Korean joins verbs by their endings (살거나 일하는), so each has a form for either place."""


def bases_words(bases: Sequence[str]) -> str:
    """The reasons to belong that count, joined as verbs."""
    counted = [basis for basis in BASES if basis in bases]
    first = [str(BASES[basis][0]) for basis in counted[:-1]]
    last = str(BASES[counted[-1]][1])
    if is_korean(language()):
        return " ".join([*first, last])
    return f"{', '.join(first)} or {last}" if first else last


def who_sentence(contest: Contest) -> str:
    """Who may vote."""
    area = contest.area.local_name
    if not contest.bases:
        return sentence(_("Everybody on the voter roll of %(area)s may vote."), area=area)
    bases = bases_words(contest.bases)
    if contest.min_age is None:
        return sentence(_("Everybody may vote who %(bases)s in %(area)s."), area=area, bases=bases)
    return sentence(
        _("Everybody aged %(age)s or older may vote who %(bases)s in %(area)s."),
        area=area,
        bases=bases,
        age=contest.min_age,
    )


def roll_sentences(contest: Contest) -> list[str]:
    """On which day age is counted and how the roll comes about."""
    said = []
    if contest.min_age is not None and contest.age_on is not None:
        said.append(sentence(_("Age is counted in full years on %(day)s."), day=contest.age_on))
    if contest.roll_mode == "fixed":
        said.append(_("The voter roll was fixed when the vote opened."))
    else:
        said.append(_("Whoever is confirmed as a resident before the close can still join."))
    if contest.census:
        said.append(
            sentence(
                _("This vote is for %(people)s; turnout is shown against that number."),
                people=people(contest.census, language()),
            )
        )
    return said


def how_sentence(design: BallotDesign) -> str:
    """What the voter does on the ballot."""
    if design.kind is BallotKind.SINGLE:
        return sentence(_("You choose one of %(options)s."), options=len(design.options))
    if design.kind is BallotKind.YES_NO:
        if design.abstain_allowed:
            return sentence(
                _("You say yes, no or abstain on each of %(items)s items."),
                items=len(design.options),
            )
        return sentence(
            _("You say yes or no on each of %(items)s items."), items=len(design.options)
        )
    if design.kind not in PICKED:
        return " ".join(words for words in _NUMBERED[design.kind](design) if words)
    return _picks_sentence(design)


def _picks_sentence(design: BallotDesign) -> str:
    values = {
        "least": design.min_picks,
        "most": design.max_picks,
        "each": design.group_picks,
        "options": len(design.options),
    }
    if design.spend_limit is not None:
        return sentence(
            _(
                "You choose up to %(most)s of %(options)s projects that cost no more than "
                "%(limit)s together."
            ),
            limit=won_text(int(design.spend_limit), language()),
            **values,
        )
    if design.group_picks is not None:
        return sentence(
            _("You choose up to %(most)s of %(options)s, at most %(each)s in each group."), **values
        )
    if design.min_picks > 1:
        return sentence(
            _("You choose at least %(least)s and up to %(most)s of %(options)s."), **values
        )
    return sentence(_("You choose up to %(most)s of %(options)s."), **values)


def _ranking_words(design: BallotDesign) -> list[str]:
    return [
        sentence(
            _("You put up to %(most)s of %(options)s in order, beginning with your first choice."),
            most=design.max_picks,
            options=len(design.options),
        ),
        _at_least(design),
        _("Several may share a place.")
        if design.equal_ranks
        else _("Each place goes to one only."),
        _leave_out(design),
    ]


def _score_words(design: BallotDesign) -> list[str]:
    return [
        sentence(
            _("You give each of %(options)s a score from 0 to %(most)s."),
            options=len(design.options),
            most=design.score_max,
        ),
        _("What you leave empty is not scored."),
        _at_least(design),
    ]


def _points_words(design: BallotDesign) -> list[str]:
    options, most = len(design.options), design.max_picks
    return [
        sentence(
            _("You spread %(points)s points over %(options)s."),
            points=design.points,
            options=options,
        ),
        sentence(_("At most %(most)s may get points."), most=most) if most < options else "",
        _at_least(design),
        sentence(_("One option may get %(cap)s points at most."), cap=design.points_cap)
        if design.points_cap
        else "",
        _("All points must be given.") if design.spend_all else _("You need not give all of them."),
    ]


def _at_least(design: BallotDesign) -> str:
    if design.min_picks < 2:
        return ""
    return sentence(_("You name at least %(least)s."), least=design.min_picks)


def _leave_out(design: BallotDesign) -> str:
    """That some may stay without a place, where nothing else says so."""
    if design.min_picks > 1 or design.max_picks < len(design.options):
        return ""
    return _("You may leave some out.")


_NUMBERED: Mapping[BallotKind, Callable[[BallotDesign], list[str]]] = {
    BallotKind.RANK: _ranking_words,
    BallotKind.SCORE: _score_words,
    BallotKind.POINTS: _points_words,
}


def change_sentences(contest: Contest) -> list[str]:
    """Whether a vote can be changed, and what paper does to a web vote."""
    said = []
    if contest.web and contest.closes_at:
        if contest.revote == "until_close":
            said.append(
                sentence(
                    _("You can change your vote on the web until %(when)s; the last one counts."),
                    when=contest.closes_at,
                )
            )
        else:
            said.append(_("A vote sent on the web cannot be changed."))
    if contest.web and contest.paper:
        if contest.paper_over_web == "replace":
            said.append(_("Who takes a ballot paper after voting on the web votes on paper only."))
        else:
            said.append(_("Who has voted on the web gets no ballot paper."))
    return said


def channel_sentence(contest: Contest) -> str:
    """On which ways one can vote."""
    if contest.web and contest.paper:
        if contest.rule_options.get("weights") and tells_channel(contest.rule_options):
            return _(
                "You can vote here on the web or on paper at a centre. The ways of voting have "
                "weights, told under “How it is counted”."
            )
        if contest.rule_options.get("seats_by"):
            return _(
                "You can vote here on the web or on paper at a centre. Each way of voting has "
                "places of its own, told under “How it is counted”."
            )
        return _("You can vote here on the web or on paper at a centre. Both count the same.")
    if contest.web:
        return _("You can vote here on the web; staff at your centre help you with it.")
    return _("You can vote on paper at the centres named here.")


def secrecy_sentence(contest: Contest) -> str:
    """Who can know how somebody voted, in one sentence, without promising too much."""
    if contest.secrecy == Secrecy.NAMED and contest.paper:
        return _(
            "This vote is open: with the result everybody sees who voted how on the web. "
            "Ballot papers carry no name."
        )
    if contest.secrecy == Secrecy.NAMED:
        return _("This vote is open: with the result everybody sees who voted how.")
    return _(
        "Your name and your ballot are kept apart; until the close only somebody who runs the "
        "database could still join them, and when the box is opened the link is destroyed."
    )


# --- How it is counted --------------------------------------------------------------------------

BAR_BASES: Mapping[str, _StrPromise] = {
    "roll": pgettext_lazy("share of", "the people on the roll"),
    "turnout": pgettext_lazy("share of", "the people who took part"),
    "valid": pgettext_lazy("share of", "the valid votes"),
    "members": pgettext_lazy("share of", "the members"),
}


def bar_words(bar: Mapping[str, Any]) -> str:
    """A quorum or majority: "1/4 of the people on the roll", "more than 1/2 of the valid votes"."""
    share = share_words(str(bar.get("share", "1/1")))
    number = bar.get("number")
    if is_of_census(dict(bar)):
        return _census_words(bar, share)
    if bar["of"] == "fixed":
        return people(int(number or 0), language())
    base = str(BAR_BASES[str(bar["of"])])
    if number is not None and share.isdecimal():
        return sentence(
            _("%(times)s times the %(members)s members, that is %(need)s"),
            times=share,
            members=number,
            need=people(int(share) * int(number), language()),
        )
    if number is not None:
        return sentence(
            _("%(share)s of %(base)s (%(number)s)"), share=share, base=base, number=number
        )
    if bar.get("strict"):
        return sentence(_("more than %(share)s of %(base)s"), share=share, base=base)
    return sentence(_("%(share)s or more of %(base)s"), share=share, base=base)


def share_words(share: str) -> str:
    """A share as people say it: "1/4", "3", "0.5%"; as a percentage where that is exact."""
    form = SHARE_FORM.fullmatch(share)
    if form is None or int(form[2]) <= 10:
        return share.removesuffix("/1")
    percents = Fraction(100 * int(form[1]), int(form[2]))
    exact = (percents * 100).denominator == 1
    return f"{float(percents):g}%" if exact else share


def _census_words(bar: Mapping[str, Any], share: str) -> str:
    """A share of the census with the number it comes to; the number alone may be open yet."""
    if bar.get("number") is None:
        return sentence(_("%(share)s of the census"), share=share)
    read = read_bar(dict(bar))
    need = read.need({}) if read else 0
    return sentence(
        _("%(share)s of the census of %(census)s, that is %(need)s"),
        share=share,
        census=people(int(bar["number"]), language()),
        need=people(need, language()),
    )


def count_sentences(contest: Contest, design: BallotDesign) -> list[str]:
    """The counting rule in plain words, from the settings."""
    options = contest.rule_options
    said = [*_rule_words(contest, options), *_reading_words(contest, design)]
    if threshold := options.get("threshold"):
        said.append(sentence(_("A winner needs %(bar)s."), bar=bar_words(threshold)))
    if quorum := options.get("quorum"):
        said.append(sentence(_("The vote is valid if %(bar)s take part."), bar=bar_words(quorum)))
    money = options.get("allocation", {})
    if "rule" in money:
        said += money_sentences(money, contest.tie_rule, unit=unit_of(contest.rule, options))
    else:
        said.append(str(TIES.get(contest.tie_rule, "")))
    said += weight_sentences(options)
    if contest.web and contest.paper and not tells_channel(options):
        said.append(_("Web and paper votes go into one box and weigh the same."))
    if contest.paper:
        said.append(str(OVERPICK_WORDS.get((design.kind, design.overpick), "")))
    if contest.stickers:
        said.append(sticker_sentence())
    if design.allow_blank:
        said.append(_("Blank ballots are counted as taking part and published as blank."))
    return [words for words in said if words]


def sticker_sentence() -> str:
    """That stickers on a board are no votes."""
    return _(
        "Stickers on the board are not checked against the voter roll: the result shows them "
        "beside the votes and never adds them."
    )


_VOID = gettext_lazy("A paper sheet with too many marks is void as a whole.")
OVERPICK_WORDS: Mapping[tuple[BallotKind, Overpick], _StrPromise] = {
    **{(kind, Overpick.VOID): _VOID for kind in PICKED},
    (BallotKind.YES_NO, Overpick.VOID): gettext_lazy(
        "A paper sheet with two answers to one item is void as a whole."
    ),
    (BallotKind.YES_NO, Overpick.LEFT_OUT): gettext_lazy(
        "On paper an item with two answers counts as blank."
    ),
    (BallotKind.RANK, Overpick.VOID): gettext_lazy(
        "A paper sheet with places past the last one is void as a whole."
    ),
    (BallotKind.RANK, Overpick.LEFT_OUT): gettext_lazy(
        "On paper places past the last one are left out."
    ),
    (BallotKind.SCORE, Overpick.VOID): gettext_lazy(
        "A paper sheet with two scores for one option is void as a whole."
    ),
    (BallotKind.SCORE, Overpick.LEFT_OUT): gettext_lazy(
        "On paper an option with two scores counts as not scored."
    ),
    (BallotKind.POINTS, Overpick.VOID): gettext_lazy(
        "A paper sheet with too many points is void as a whole."
    ),
    (BallotKind.POINTS, Overpick.SCALE): gettext_lazy(
        "Too many points on a paper sheet are brought down in proportion."
    ),
}
"""What too many marks on paper are worth, in words."""

TIES: Mapping[str, _StrPromise] = {
    "report": gettext_lazy(
        "If votes are equal at the last place, the tie is published and the body named above "
        "decides it."
    ),
    "lot": gettext_lazy(
        "If votes are equal at the last place, a lot is drawn in public; anybody can repeat it."
    ),
    "lower_lot": gettext_lazy(
        "If votes are equal, the project that costs less goes first; if these are equal too, a "
        "lot is drawn in public."
    ),
    "lower_cost": gettext_lazy(
        "If votes are equal, the project that costs less goes first; if these are equal too, the "
        "tie is published."
    ),
}


def _rule_words(contest: Contest, options: Mapping[str, Any]) -> list[str]:
    """What is added up or compared, and who is chosen by it."""
    if contest.rule == "points" and contest.outcome == "allocation":
        return [_("Points are added up by project; then the money is given out.")]
    if contest.rule not in RULE_WORDS:
        return [_winning_words(contest, options)]
    variant = str(options.get(VARIANTS.get(contest.rule, ""), ""))
    words = RULE_WORDS[contest.rule]
    said = [sentence(str(words.get(variant, words[""])), seats=contest.seats)]
    if "least" in options:
        said.append(
            sentence(
                _("Only what %(least)s or more ballots scored can be chosen."),
                least=options["least"],
            )
        )
    return said


def _reading_words(contest: Contest, design: BallotDesign) -> list[str]:
    """How a ranking on paper is read that has gaps or says something twice."""
    if design.kind is not BallotKind.RANK or not contest.paper:
        return []
    reading = contest.rule_options.get("reading") or {}
    said = []
    for name, words in READINGS.items():
        if name != "overvote" or not design.equal_ranks:
            said.append(str(words.get(str(reading.get(name)), next(iter(words.values())))))
    return said


def part_words(name: str) -> str:
    """A channel by its word, a body by its name."""
    return str(CHANNELS.get(name, name))


def weight_sentences(options: Mapping[str, Any]) -> list[str]:
    """What parts of a vote weigh, from the settings of its rule; none without weights."""
    weights, gives_money = options.get("weights"), bool(options.get("allocation"))
    if not weights:
        return []
    parts = " + ".join(f"{part_words(part['part'])} {part['weight']}%" for part in weights["parts"])
    empty = weights["empty"]
    return [
        sentence(_("The result is put together from parts: %(parts)s."), parts=parts),
        str(WEIGHT_SHARES[weights["as"]]),
        str(NOTHING_PAID if gives_money and empty == "void" else EMPTY_PARTS[empty]),
    ]


def _winning_words(contest: Contest, options: Mapping[str, Any]) -> str:
    if contest.rule == "yes_no":
        majority = options.get("majority") or {"of": "valid", "share": "1/2", "strict": True}
        return sentence(
            _("An item is passed if its yes votes are %(bar)s."), bar=bar_words(majority)
        )
    if contest.rule == "projects":
        return _("Votes are added up by project; then the money is given out.")
    if parts := options.get("seats_by"):
        return sentence(
            _(
                "Places are given by part, in this order: %(parts)s. Each part chooses those with "
                "the most in it; whoever an earlier part has chosen is passed over. If equal votes "
                "leave a part open, the parts after it wait."
            ),
            parts=" → ".join(f"{part_words(part['part'])} {part['seats']}" for part in parts),
        )
    if options.get("per_group"):
        return sentence(
            _("Places filled in each group, from the most votes down: %(seats)s."),
            seats=contest.seats,
        )
    if contest.seats == 1:
        return _("The one with the most votes is chosen.")
    return sentence(_("Places filled, from the most votes down: %(seats)s."), seats=contest.seats)


VARIANTS: Mapping[str, str] = {
    "equal_shares": "completion",
    "score": "of",
    "irv": "stop",
}
"""The setting of a rule that its sentence depends on."""

RULE_WORDS: Mapping[str, Mapping[str, _StrPromise]] = {
    "seq_pav": {
        "": gettext_lazy(
            "Places filled one after the other: %(seats)s. A ballot whose picks are "
            "chosen already counts less for the next one: a half, then a third, and so "
            "on."
        ),
    },
    "seq_phragmen": {
        "": gettext_lazy(
            "Places filled one after the other: %(seats)s, so that people who agree get "
            "them in proportion to their number."
        ),
    },
    "equal_shares": {
        "": gettext_lazy(
            "Places: %(seats)s. Every ballot has an equal share in them; those who pick an option "
            "put their shares together for its place, beginning with the one that takes the least "
            "from each. Then places go to those whose supporters lack the least."
        ),
        "votes": gettext_lazy(
            "Places: %(seats)s. Every ballot has an equal share in them; those who pick an option "
            "put their shares together for its place, beginning with the one that takes the least "
            "from each. Then places go to those with the most votes."
        ),
        "none": gettext_lazy(
            "Places: %(seats)s. Every ballot has an equal share in them; those who pick an option "
            "put their shares together for its place, beginning with the one that takes the least "
            "from each. Places that no shares are enough for stay empty."
        ),
    },
    "score": {
        "": gettext_lazy(
            "The scores are added up. Places filled, from the highest sum down: %(seats)s."
        ),
        "mean": gettext_lazy(
            "The average of the scores given counts. Places filled, from the highest "
            "down: %(seats)s."
        ),
    },
    "points": {
        "": gettext_lazy(
            "The points are added up. Places filled, from the most points down: %(seats)s."
        ),
    },
    "irv": {
        "": gettext_lazy(
            "If no first choice has more than half, the one with the fewest goes out and its "
            "ballots go on to their next choice, until one has more than half."
        ),
        "two": gettext_lazy(
            "The one with the fewest first choices goes out and its ballots go on to their next "
            "choice, until two are left; the one with more is chosen."
        ),
    },
    "stv": {
        "": gettext_lazy(
            "Places filled in stages: %(seats)s. Whoever reaches the quota is chosen, "
            "what is beyond it goes on to the next choices, and so do the ballots of "
            "whoever has the fewest."
        ),
    },
    "schulze": {
        "": gettext_lazy(
            "Every two are compared on all ballots. Places filled by those that beat "
            "the others: %(seats)s. Where wins go round in a circle, the stronger ones "
            "count."
        ),
    },
    "borda": {
        "": gettext_lazy(
            "Each place on a ballot gives points, the first one most. Places filled, "
            "from the most points down: %(seats)s."
        ),
    },
}
"""Rules in a sentence, by the variant that a setting names."""

READINGS: Mapping[str, Mapping[str, _StrPromise]] = {
    "overvote": {
        "exhaust": gettext_lazy(
            "On paper, a place with several names ends the ballot there; what stands before it "
            "counts."
        ),
        "skip": gettext_lazy("On paper, a place with several names is passed over."),
        "continuing": gettext_lazy(
            "On paper, a place with several names counts once only one of them is still in the "
            "count."
        ),
    },
    "skipped": {
        "ignore": gettext_lazy("Places left empty are passed over."),
        "exhaust": gettext_lazy("A ballot ends where a place was left empty."),
        "exhaust_two": gettext_lazy("A ballot ends where two places in a row were left empty."),
    },
    "repeated": {
        "first": gettext_lazy("A name that stands twice counts at its first place."),
        "exhaust": gettext_lazy("A ballot ends where a name stands a second time."),
    },
}
"""How rankings on paper are read; the first of each is what holds where nothing is said."""

WEIGHT_SHARES: Mapping[str, _StrPromise] = {
    "ballots": gettext_lazy("In each part the share of its ballots counts."),
    "points": gettext_lazy("In each part the share of all its votes counts."),
    "rank": gettext_lazy("In each part the place among the others counts."),
}
EMPTY_PARTS: Mapping[str, _StrPromise] = {
    "spread": gettext_lazy("If a part stays empty, the others take its weight."),
    "void": gettext_lazy("If a part stays empty, nobody is chosen."),
}
NOTHING_PAID = gettext_lazy("If a part stays empty, no project is paid for.")

PUBLICATION: Mapping[str, _StrPromise] = {
    "full": gettext_lazy(
        "After the count every ballot is published, sorted, without name, time or channel, so "
        "that anybody can count again."
    ),
    "patterns": gettext_lazy(
        "After the count the patterns cast by three or more voters are published; auditors get "
        "the rest."
    ),
    "totals": gettext_lazy("After the count only the totals are published."),
}


def publication_words(contest: Contest) -> str:
    """What of the ballots everybody can read; where ways are counted apart, by which they came."""
    said = str(PUBLICATION.get(contest.publication, ""))
    options = contest.rule_options
    if not said or not tells_channel(options):
        return said
    if contest.publication == "full":
        return _(
            "After the count every ballot is published, sorted, without name or time, so that "
            "anybody can count again. As the ways of voting are counted apart, each ballot shows "
            "by which of them it came."
        )
    apart = _("As the ways of voting are counted apart, the totals of each are published too.")
    return f"{said} {apart}"


# --- On the ballot ------------------------------------------------------------------------------

ANSWERS: Mapping[str, _StrPromise] = {
    Answer.YES: pgettext_lazy("ballot", "Yes"),
    Answer.NO: pgettext_lazy("ballot", "No"),
    Answer.ABSTAIN: pgettext_lazy("ballot", "Abstain"),
}


def mark_words(kind: BallotKind, value: str | int) -> str:
    """What was given to an option, as one says it: "Yes", "2nd place", "3 points"."""
    if kind is BallotKind.YES_NO:
        return str(ANSWERS.get(str(value), ""))
    if kind is BallotKind.RANK:
        return sentence(_("place %(place)s"), place=value)
    count = int(value) if str(value).isdecimal() else 0
    return sentence(ngettext("%(counter)s point", "%(counter)s points", count), counter=value)


def board_paper(contest: Contest, design: BallotDesign, centre: str) -> BoardPaper:
    """What is printed on a board for stickers."""
    options = tuple(SheetOption(one.number, one.title) for one in design.in_order)
    return BoardPaper(contest=contest.title, centre=centre, options=options)


def sheet_paper(
    contest: Contest, design: BallotDesign, centre: str, *, sample: bool = False
) -> SheetPaper:
    """What is printed on a blank sheet for a centre, or on a sample of it."""
    is_yes_no = design.kind is BallotKind.YES_NO
    answers = [a for a in ANSWERS if a != Answer.ABSTAIN or design.abstain_allowed]
    return SheetPaper(
        contest=contest.title,
        centre=centre,
        area=contest.area.name,
        check=_("sample") if sample else contest.config_digest[:CHECK_LETTERS],
        how=how_sentence(design),
        options=tuple(
            SheetOption(
                one.number,
                one.title,
                " · ".join(
                    filter(None, [one.group, won(int(one.cost), language()) if one.cost else ""])
                ),
            )
            for one in design.in_order
        ),
        answers=tuple(str(ANSWERS[answer]) for answer in answers) if is_yes_no else (),
        numbers=sheet_numbers(design),
        unit=str(SHEET_UNITS[design.kind]) if design.kind in SHEET_UNITS else "",
        sample=sample,
    )


MOST_BOXES = 11
"""Up to this many places or scores are boxes to mark; more are written as a number."""

SHEET_UNITS: Mapping[BallotKind, _StrPromise] = {
    BallotKind.RANK: pgettext_lazy("on paper", "place"),
    BallotKind.SCORE: pgettext_lazy("on paper", "score"),
    BallotKind.POINTS: pgettext_lazy("on paper", "points"),
}


def sheet_numbers(design: BallotDesign) -> tuple[str, ...]:
    """The numbers to be marked at each option; none where a number is written."""
    numbers = range(0)
    if design.kind is BallotKind.RANK:
        numbers = range(1, design.max_picks + 1)
    elif design.kind is BallotKind.SCORE:
        numbers = range((design.score_max or 0) + 1)
    return tuple(map(str, numbers)) if len(numbers) <= MOST_BOXES else ()


# --- The result ---------------------------------------------------------------------------------

CHANNELS: Mapping[str, _StrPromise] = {
    "web": gettext_lazy("Web"),
    "paper": gettext_lazy("Paper"),
    TOGETHER: gettext_lazy("All ballots"),
    "other": gettext_lazy("By other ways"),
    "merged": gettext_lazy("Not split by channel"),
}

REASONS: Mapping[str, _StrPromise] = {
    "enough_votes": gettext_lazy("Selected"),
    "won_by_lot": gettext_lazy("Selected by lot"),
    "lost_by_lot": gettext_lazy("Not selected, by lot"),
    "tie_undecided": gettext_lazy("Equal votes, not decided yet"),
    "no_votes": gettext_lazy("No votes"),
    "below_threshold": gettext_lazy("Below the votes needed"),
    "fewer_votes": gettext_lazy("Not selected"),
    "quorum_missed": gettext_lazy("Too few took part"),
    "ranked": gettext_lazy("Ranked only"),
    "enough_yes": gettext_lazy("Passed"),
    "too_few_yes": gettext_lazy("Rejected"),
    "chosen": gettext_lazy("Selected"),
    "majority": gettext_lazy("Selected with more than half"),
    "quota": gettext_lazy("Selected with the quota"),
    "remaining": gettext_lazy("Selected as the last one left"),
    "excluded": gettext_lazy("Went out during the count"),
    "part_empty": gettext_lazy("A part of the vote is empty"),
    "paid": gettext_lazy("Selected by the shares of its supporters"),
    "completed": gettext_lazy("Selected for a place that was left"),
    "not_paid": gettext_lazy("The shares of its supporters were not enough"),
}
"""The codes of `voting.tally` in the words of the result table."""

BALANCES: Mapping[str, tuple[_StrPromise, _StrPromise]] = {
    "roll": (
        gettext_lazy("People on the roll"),
        gettext_lazy("not used + web + paper + voided"),
    ),
    "leaves": (
        gettext_lazy("Web ballots in the log"),
        gettext_lazy("counted + replaced + voided"),
    ),
    "web": (
        gettext_lazy("People who voted on the web"),
        gettext_lazy("web ballots in the opened box"),
    ),
    "stubs": (
        gettext_lazy("Ballot papers handed out"),
        gettext_lazy("in the box + spoiled + handed back + missing"),
    ),
    "sheets": (
        gettext_lazy("Sheets in the boxes"),
        gettext_lazy("valid + blank + void + unreadable"),
    ),
    "signatures": (gettext_lazy("Signatures"), gettext_lazy("ballot papers handed out")),
    "slots": (
        gettext_lazy("People recorded as voting on paper"),
        gettext_lazy("sheets in the boxes"),
    ),
}
"""Both sides of each equation of the reconciliation."""


def channel_words(group: Sequence[str]) -> str:
    """A group of channels: "Web", "Web and paper together"."""
    return " · ".join(str(CHANNELS.get(name, name)) for name in group)


# --- The log ------------------------------------------------------------------------------------

LEAF_KINDS: Mapping[str, _StrPromise] = {
    "config": gettext_lazy("Rules fixed"),
    "roll": gettext_lazy("Voter roll"),
    "state": gettext_lazy("Step of the vote"),
    "ballot": gettext_lazy("Ballot received on the web"),
    "batch": gettext_lazy("Paper box certified"),
    "correction": gettext_lazy("Correction"),
    "body": gettext_lazy("Points of a body"),
    "seed": gettext_lazy("Public lot"),
    "ballots": gettext_lazy("Box opened"),
    "result": gettext_lazy("Result counted"),
    "published": gettext_lazy("Publication of the result"),
}


def grouped(hexadecimal: str, size: int = 4) -> str:
    """A long hash in groups of letters that an eye can follow."""
    return " ".join(hexadecimal[start : start + size] for start in range(0, len(hexadecimal), size))


# --- Draws by lot -------------------------------------------------------------------------------


def demand_words(demand: Demand, seats: int) -> str:
    """What an ordinance asks of the seats: "At most 60% (18 of 30): 성별 여"."""
    share = Fraction(demand.percent, 100)
    who = f"{demand.field} {', '.join(demand.values)}"
    if demand.least:
        return sentence(
            _("%(who)s: at least %(percent)s%% of the seats (%(number)s of %(seats)s)"),
            who=who,
            percent=demand.percent,
            number=seats - at_least(seats, share),
            seats=seats,
        )
    return sentence(
        _("%(who)s: at most %(percent)s%% of the seats (%(number)s of %(seats)s)"),
        who=who,
        percent=demand.percent,
        number=at_most(seats, share),
        seats=seats,
    )


def draw_words(draw: Draw) -> dict[str, Any]:
    """A draw by lot in words and rows: where it stands, its rules, and how it came out."""
    outcome: dict[str, Any] = draw.outcome or {}
    fields = sorted({name for one in draw.people for name in one["groups"]})
    groups = {one["number"]: _groups_told(fields, one["groups"]) for one in draw.people}
    places = {number: place for place, number in enumerate(outcome.get("order", []), start=1)}

    def rows(numbers: list[str]) -> list[tuple[str, str, int]]:
        return [(number, groups[number], places[number]) for number in numbers]

    is_drawn = draw.state == DrawState.DRAWN
    return {
        "is_drawn": is_drawn,
        "draw_day": "" if is_drawn else moment(draw.draws_at, language()),
        "stages": draw_stages(draw),
        "demands": [demand_words(demand, draw.seats) for demand in demands_of(draw)],
        "fields": " · ".join(fields),
        "applied": people(len(draw.people), language()),
        "listed": list(groups.items()),
        "seated": rows(outcome.get("seated", [])),
        "waiting": rows(outcome.get("reserves", [])),
        "passed": [(one["place"], one["number"], one["cap"]) for one in outcome.get("passed", [])],
        "unfilled": outcome.get("missing", 0),
        "digest_groups": grouped(draw.list_digest),
        "commitment_groups": grouped(draw.commitment),
        "secret_groups": grouped(draw.secret),
    }


YES_OR_NO = {"예", "네", "아니요", "아니오", "yes", "no", "O", "X", "Y", "N"}
"""Groups of a list that say nothing by themselves, as lists write them."""


def _groups_told(fields: Sequence[str], groups: Mapping[str, str]) -> str:
    """To which groups somebody belongs; a bare yes or no says to which question."""
    told = [(name, groups[name]) for name in fields if name in groups]
    return " · ".join(f"{name}: {is_in}" if is_in in YES_OR_NO else is_in for name, is_in in told)


def draw_stages(draw: Draw) -> list[dict[str, Any]]:
    """Where a draw stands: list out, drawn."""
    is_drawn = draw.state == DrawState.DRAWN
    published = day_of_year(draw.published_at, language()) if draw.published_at else ""
    return [
        {"label": _("List published"), "state": "done", "date": published},
        {
            "label": _("Draw in public"),
            "state": "done" if is_drawn else "now",
            "date": day_of_year(draw.drawn_at or draw.draws_at, language()),
        },
        {"label": _("Members known"), "state": "now" if is_drawn else "next", "date": ""},
    ]
