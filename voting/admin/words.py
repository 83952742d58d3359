"""What the office's pages say: what is next, what is set so far, what a preset brings."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hangul.formats import people, seoul_date, votes
from voting.ballots import describe, unique_percent
from voting.models import Contest, ContestKind, ContestState
from voting.selectors import rule_of
from voting.selectors.office import last_with_ballots, last_with_both_ways
from voting.services.contests import PRESET_FIELDS, let_follow
from voting.tally import RULES, check_rule
from voting.wording import (
    bar_words,
    bases_words,
    change_sentences,
    channel_sentence,
    count_sentences,
    how_sentence,
    language,
    next_step,
    part_words,
    publication_words,
    roll_sentences,
    secrecy_sentence,
    sentence,
    sticker_sentence,
    who_sentence,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from voting.ballots import BallotDesign
    from voting.models import ContestPreset

TONES = {
    ContestState.DRAFT: "",
    ContestState.FROZEN: "info",
    ContestState.OPEN: "primary",
    ContestState.PUBLISHED: "success",
    ContestState.FINAL: "success",
    ContestState.DISPUTED: "danger",
}
"""The tone of a state's badge; every other state is one of counting."""


def tone_of(contest: Contest) -> str:
    """The tone of the badge that says where a contest stands."""
    return TONES.get(ContestState(contest.state), "warning")


def next_words(contest: Contest, objection_until: date | None) -> str:
    """What happens next and when, in one line; a draft says when it means to open."""
    if contest.state == ContestState.DRAFT:
        return sentence(_("opens %(when)s"), when=contest.opens_at) if contest.opens_at else "–"
    words, moment = next_step(contest, objection_until)
    return f"{words} {moment}".strip() or "–"


# --- What is set so far -------------------------------------------------------------------------


def section_words(contest: Contest, design: BallotDesign) -> dict[str, list[str]]:
    """What each section of the set-up holds, in the sentences of the public page."""
    return {
        "words": [words for words in (contest.effect, contest.ordinance) if words],
        "voters": [who_sentence(contest), *roll_sentences(contest)] if contest.bases else [],
        "times": _times(contest),
        "ballot": [how_sentence(design)] if design.options else [],
        "options": [f"{option.number}. {option.title}" for option in design.in_order],
        "rule": _rule(contest, design),
        "ends": _ends(contest, design),
    }


def _times(contest: Contest) -> list[str]:
    said = []
    if contest.opens_at and contest.closes_at:
        frame = _("From %(opens)s to %(closes)s.")
        said.append(sentence(frame, opens=contest.opens_at, closes=contest.closes_at))
    said += [words for tone, words in window_words(contest) if tone]
    if contest.web or contest.paper:
        said.append(channel_sentence(contest))
    centres = [centre.name for centre in contest.centres.all()] if contest.paper else []
    if centres:
        said.append(sentence(_("Paper at: %(centres)s."), centres=", ".join(centres)))
    if contest.stickers:
        said += [sticker_sentence(), *(words for _tone, words in sticker_words(contest))]
    return [*said, *change_sentences(contest)]


def window_words(contest: Contest) -> list[tuple[str, str]]:
    """What stands out in the hours, as (tone, words): one that has passed, days of the preset."""
    opens, said = contest.opens_at, _days_words(contest)
    if contest.state == ContestState.DRAFT and opens and opens <= timezone.now():
        late = _("The hour of opening has passed: the vote opens as soon as it is frozen.")
        return [("warning", late), *said]
    return said


def sticker_words(contest: Contest) -> list[tuple[str, str]]:
    """That the result may be out before stickers are typed, while its day can still be set."""
    if contest.state != ContestState.DRAFT or not contest.stickers:
        return []
    day, closes = contest.result_on, contest.closes_at
    if day and (closes is None or day > seoul_date(closes)):
        return []
    hurry = _(
        "The result does not wait for stickers. Let it be announced on a day after voting ends, so "
        "that staff can type them before."
    )
    return [("warning", hurry)]


def _days_words(contest: Contest) -> list[tuple[str, str]]:
    """How many days the preset foresees, and whether the contest has others."""
    preset = contest.preset
    if preset is None or preset.advance_days is None:
        return []
    values = {"preset": preset.name, "foreseen": days_words(preset.advance_days)}
    if contest.opens_at is None or contest.closes_at is None:
        return [("", sentence(_("“%(preset)s” foresees: %(foreseen)s."), **values))]
    days = (seoul_date(contest.closes_at) - seoul_date(contest.opens_at)).days
    if days == preset.advance_days:
        return []
    frame = _("“%(preset)s” foresees: %(foreseen)s. Here it is: %(here)s.")
    return [("warning", sentence(frame, here=days_words(max(days, 0)), **values))]


def days_words(advance: int) -> str:
    """The days of voting, in words: how many before the day itself."""
    if not advance:
        return _("only the day itself")
    return sentence(
        ngettext(
            "%(days)s day before, and the day itself",
            "%(days)s days before, and the day itself",
            advance,
        ),
        days=advance,
    )


def _rule(contest: Contest, design: BallotDesign) -> list[str]:
    """The rule in words; one that cannot be read yet is left to the list of what is missing."""
    problems = {refusal.code for refusal in check_rule(design, rule_of(contest))}
    said = [] if "bad_bar" in problems else count_sentences(contest, design)
    return [*said, *(words for _tone, words in seat_words(contest, design))]


def seat_words(contest: Contest, design: BallotDesign) -> list[tuple[str, str]]:
    """Whether there are places for everything on the ballot, so that votes decide nothing."""
    is_seated = RULES[contest.rule].seated and not contest.rule_options.get("per_group")
    if not design.options or not is_seated or contest.seats < len(design.options):
        return []
    frame = _("There are as many places as options (%(options)s): all of them would be chosen.")
    return [("warning", sentence(frame, options=len(design.options)))]


def _ends(contest: Contest, design: BallotDesign) -> list[str]:
    said = [secrecy_sentence(contest)]
    if contest.publication:
        said.append(publication_words(contest))
    if contest.result_on:
        said.append(sentence(_("The result is announced on %(day)s."), day=contest.result_on))
    said.append(
        sentence(
            _("Objections are heard for %(days)s days, then the result is final."),
            days=contest.objection_days,
        )
    )
    return [*said, *unique_words(contest, design)]


FEW_AND_MANY = (2, 20)
"""Turnouts in per cent of the census, of a quiet and of a well attended vote."""


def unique_words(contest: Contest, design: BallotDesign) -> list[str]:
    """How many ballots would be the only ones of their kind, at two turnouts."""
    if not contest.census or not design.options or contest.publication == "totals":
        return []
    possible = describe(design).possible_ballots
    few, many = (max(1, contest.census * share // 100) for share in FEW_AND_MANY)
    if not unique_percent(possible, few):  # more voters, fewer such ballots
        return [_("Hardly any ballot will be one that nobody else cast.")]
    high = unique_percent(possible, many)
    frame = (
        _(
            "A ballot that nobody else cast may be recognised: at most %(low)s%% of the "
            "ballots if %(few)s vote, %(high)s%% if %(many)s vote."
        )
        if high
        else _(
            "A ballot that nobody else cast may be recognised: at most %(low)s%% of the "
            "ballots if %(few)s vote, hardly any if %(many)s vote."
        )
    )
    return [
        sentence(
            frame,
            low=unique_percent(possible, few),
            few=people(few, language()),
            high=high,
            many=people(many, language()),
        )
    ]


MUCH = 20
"""From how many web ballots on the weight of one paper ballot is warned of, or the other way."""

TEN_TO_ONE = (1000, 100)
"""Ballots on the web and on paper that are taken where no earlier vote tells."""


def weight_words(contest: Contest) -> list[tuple[str, str]]:
    """What weights would make of one ballot, at the turnout of an earlier vote: (tone, words)."""
    weights = contest.rule_options.get("weights")
    if not weights:
        return []
    bodies = _body_words(contest, weights["parts"])
    if weights["as"] == "rank":
        words = _("With places, a ballot weighs more the fewer its way of voting has.")
        return [("", words), *bodies]
    given = {part["part"]: part["weight"] for part in weights["parts"] if not part.get("body")}
    if "web" not in given or "paper" not in given:
        return bodies
    return [*_way_words(contest, given), *bodies]


def _way_words(contest: Contest, given: Mapping[str, int]) -> list[tuple[str, str]]:
    """What one ballot of a way of voting weighs beside one of the other."""
    earlier = last_with_both_ways(contest)
    web, paper = (earlier.figures.web, earlier.figures.paper) if earlier else TEN_TO_ONE
    times = Fraction(given["paper"] * web, given["web"] * paper)
    values = {"web": votes(web, language()), "paper": votes(paper, language())}
    said = (
        sentence(
            _("As in “%(title)s”, with %(web)s from the web and %(paper)s on paper:"),
            title=earlier.title,
            **values,
        )
        if earlier
        else sentence(_("For example, with %(web)s from the web and %(paper)s on paper:"), **values)
    )
    frame = (
        _("one paper ballot would weigh as much as %(times)s web ballots.")
        if times >= 1
        else _("one web ballot would weigh as much as %(times)s paper ballots.")
    )
    most = max(times, 1 / times)
    words = f"{said} {sentence(frame, times=_tenths(most))}"
    if most <= MUCH:
        return [("", words)]
    warning = sentence(
        _("That is more than %(much)s: a few ballots would decide. Look for other weights."),
        much=MUCH,
    )
    return [("warning", f"{words} {warning}")]


BODY_SIZES = (10, 30)
"""Members of a small and of a large body; nobody tells the platform how many sit in one."""

QUIET = 5
"""The turnout in per cent of the census that is taken where no earlier vote tells."""


def _body_words(contest: Contest, parts: Iterable[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """What one member of each body weighs beside one voter: (tone, words)."""
    bodies = [part for part in parts if part.get("body")]
    together = sum(part["weight"] for part in parts if not part.get("body"))
    if not bodies or not together:
        return []
    voters, said = _voters_to_expect(contest)
    return [_member_words(part, together, voters, said) for part in bodies]


def _voters_to_expect(contest: Contest) -> tuple[int, str]:
    """How many vote, by an earlier vote or by the census, and how that is said; 0 if unknown."""
    earlier = last_with_ballots(contest)
    if earlier:
        voters = earlier.figures.web + earlier.figures.paper
        frame = _("As in “%(title)s”, with %(voters)s voting:")
        title = earlier.title
    else:
        voters = (contest.census or 0) * QUIET // 100
        frame, title = _("If %(percent)s%% of the census vote, which is %(voters)s:"), ""
    said = sentence(frame, title=title, percent=QUIET, voters=people(voters, language()))
    return voters, said


def _member_words(
    part: Mapping[str, Any], together: int, voters: int, said: str
) -> tuple[str, str]:
    """The weight of one member in voters, for a small and a large body."""
    plain = sentence(
        _(
            "%(body)s weighs %(weight)s of 100. How much one of its members weighs depends on how "
            "few they are; the platform does not know their number."
        ),
        body=part["part"],
        weight=part["weight"],
    )
    if not voters:
        return "", plain
    few, many = (Fraction(part["weight"] * voters, together * size) for size in BODY_SIZES)
    example = sentence(
        _(
            "%(said)s one of %(few)s members would weigh as much as %(high)s voters, one of "
            "%(many)s as much as %(low)s."
        ),
        said=said,
        few=BODY_SIZES[0],
        many=BODY_SIZES[1],
        high=_tenths(few),
        low=_tenths(many),
    )
    return ("warning" if many > MUCH else ""), f"{plain} {example}"


def _tenths(number: Fraction) -> str:
    """A number with one decimal, or none if it is whole there."""
    return f"{float(number):,.1f}".removesuffix(".0")


# --- Presets ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class PresetCard:
    """A preset as one chooses it: what it sets, label by label."""

    preset: ContestPreset
    facts: tuple[tuple[str, str], ...]


def contest_of_preset(preset: ContestPreset) -> Contest:
    """A contest that nobody stored, with the preset's settings."""
    held = {k: v for k, v in preset.settings.items() if k in PRESET_FIELDS}
    contest = Contest(**{"kind": ContestKind.SINGLE, **held})
    let_follow(contest, contest.max_picks)
    return contest


def preset_card(preset: ContestPreset) -> PresetCard:
    """What a preset sets, in a few words each."""
    contest = contest_of_preset(preset)
    bars = {
        name: contest.rule_options[name]
        for name in ("quorum", "threshold", "majority")
        if contest.rule_options.get(name)
    }
    days = "" if preset.advance_days is None else days_words(preset.advance_days)
    facts = [
        (_("Who"), _who(contest)),
        (_("Ballot"), _ballot(contest)),
        *([(_("Days"), days)] if days else []),
        (_("Valid if"), bar_words(bars["quorum"]) if "quorum" in bars else _("no quorum")),
        (_("Result"), _result(contest)),
        *([(_("Stickers"), _("shown apart"))] if contest.stickers else []),
    ]
    return PresetCard(preset, tuple(facts))


def _who(contest: Contest) -> str:
    age = (
        _("any age")
        if contest.min_age is None
        else sentence(_("from %(age)s years"), age=contest.min_age)
    )
    if not contest.bases:
        return age
    return sentence(_("%(age)s, who %(bases)s here"), age=age, bases=bases_words(contest.bases))


def _ballot(contest: Contest) -> str:
    if contest.kind == ContestKind.RANK:
        return sentence(_("in order, up to place %(most)s"), most=contest.max_picks)
    if contest.kind == ContestKind.SCORE:
        return sentence(_("scores from 0 to %(most)s"), most=contest.score_max or 0)
    if contest.kind == ContestKind.POINTS:
        return sentence(_("%(points)s points to spread"), points=contest.points or 0)
    if contest.kind in {ContestKind.PICK, ContestKind.BUDGET}:
        return _picks(contest)
    return str(ContestKind(contest.kind).label)


def _picks(contest: Contest) -> str:
    values = {"least": contest.min_picks, "most": contest.max_picks, "few": contest.group_picks}
    if contest.group_picks:
        return sentence(_("up to %(most)s picks, %(few)s in each group"), **values)
    if contest.min_picks > 1:
        return sentence(_("%(least)s to %(most)s picks"), **values)
    return sentence(_("up to %(most)s picks"), **values)


def _result(contest: Contest) -> str:
    options = contest.rule_options
    if contest.kind == ContestKind.BUDGET:
        if weights := options.get("weights"):
            parts = " + ".join(
                f"{part_words(one['part'])} {one['weight']}%" for one in weights["parts"]
            )
            return sentence(_("projects until the money is spent, by %(parts)s"), parts=parts)
        if options.get("allocation", {}).get("rule") == "equal_shares":
            return _("projects by equal shares of the money")
        return _("projects until the money is spent")
    if contest.kind == ContestKind.YES_NO:
        majority = contest.rule_options.get("majority")
        return bar_words(majority) if majority else ""
    if contest.rule_options.get("per_group"):
        return sentence(_("the first %(seats)s of each group"), seats=contest.seats)
    return sentence(_("the first %(seats)s"), seats=contest.seats)
