"""Read contests, rolls, boxes, counts and publications."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from typing import TYPE_CHECKING, Any, cast

from django.conf import settings
from django.db import connection
from django.db.models import Case, Exists, OuterRef, Subquery, Value, When
from django.db.models.functions import Now
from django.utils import timezone

from places.selectors import steps_up
from proceedings.refusals import Refusal, mark
from proceedings.selectors import spans_of
from residents.eligibility import EligibilityRule, check_eligibility
from residents.selectors import current_resident, person_facts
from voting.ballots import (
    FIELDS_OF_KIND,
    BallotDesign,
    BallotKind,
    Overpick,
    design_from_config,
)
from voting.ballots import Option as BallotOption
from voting.configuration import ContestDraft, missing_settings
from voting.keys import person_key
from voting.log import Json, inclusion_proof, read_canonical
from voting.models import (
    Contest,
    ContestState,
    LogLeaf,
    PromisedLeaf,
    Publication,
    RollEntry,
    Slot,
    SlotEvent,
    SlotState,
    TreeHead,
)
from voting.selectors.imports import roll_import_of, rule_digest
from voting.tally import RULES

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from decimal import Decimal

    from django.db.models import QuerySet

    from residents.models import Resident, User

EVER = datetime(9999, 12, 31, tzinfo=UTC)
"""Sorts what has no hour yet behind what has one."""
PUBLIC_STATES = tuple(state for state in ContestState if state != ContestState.DRAFT)


def database_now() -> datetime:
    """The database's clock, which alone decides when something opens and closes."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT now()")
        now: datetime = cursor.fetchone()[0]
        return now


def with_result(contests: QuerySet[Contest]) -> QuerySet[Contest]:
    """Those of which a result stands, be it one that is being counted again."""
    return contests.filter(Exists(Publication.objects.filter(contest=OuterRef("pk"))))


def has_result(contest: Contest) -> bool:
    """Whether a result stands; asks the database only where the state leaves that open."""
    if contest.state in {ContestState.RECOUNT, ContestState.DISPUTED}:
        return contest.publications.exists()
    return contest.state in {ContestState.PUBLISHED, ContestState.FINAL}


def public_contests() -> QuerySet[Contest]:
    """Contests everybody may see, with area and figures at hand."""
    return (
        Contest.objects.filter(state__in=PUBLIC_STATES)
        .select_related("area", "figures")
        .defer("config")
    )


def open_contests() -> QuerySet[Contest]:
    """Contests people can vote in now, those closing first in front."""
    return (
        public_contests().filter(state=ContestState.OPEN, closes_at__gt=Now()).order_by("closes_at")
    )


@dataclass(frozen=True)
class ContestsToday:
    """What one can vote on now, what comes next, the latest results; each contest stands once."""

    open: list[Contest]
    coming: list[Contest]
    ended: list[Contest]
    on_plan: list[Contest]
    """On the plan of one area, the newest first, as long as nobody can vote on them."""


def contests_today(
    codes: Collection[str] | None, *, plan_of: str = "", limit: int = 6
) -> ContestsToday:
    """Contests of the areas with `codes` (of all if None), in one query.

    With `plan_of` (a code) those on that area's own plan stand apart. What is imported is no news.
    """
    soon = public_contests().filter(state=ContestState.FROZEN).order_by("opens_at")
    ended = with_result(public_contests()).filter(origin="native").order_by("-closes_at")
    parts = [
        part.filter(area__code__in=codes) if codes is not None else part
        for part in (open_contests(), soon, ended)
    ]
    plans = public_contests().filter(area__code=plan_of, preset__on_plan=True)
    parts.append(plans.exclude(state=ContestState.OPEN).order_by("-opens_at", "-pk"))
    first, *rest = (part.annotate(part=Value(n))[:limit] for n, part in enumerate(parts))
    rows: list[Any] = list(first.union(*rest, all=True))
    on_plan = [row for row in rows if row.part == 3]
    apart = {row.pk for row in on_plan}
    early = sorted(
        (row for row in rows if row.pk not in apart),
        key=lambda row: row.closes_at or row.opens_at or EVER,
    )
    return ContestsToday(
        open=[row for row in early if row.part == 0],
        coming=sorted(
            (row for row in early if row.part == 1), key=lambda row: row.opens_at or EVER
        ),
        ended=[row for row in reversed(early) if row.part == 2],
        on_plan=sorted(on_plan, key=lambda row: (row.opens_at or EVER, row.pk))[:-4:-1],
    )


def money(amount: Decimal | None) -> int | Fraction | None:
    """A stored amount as an exact number: whole if it is whole."""
    if amount is None:
        return None
    exact = Fraction(amount)
    return int(exact) if exact.denominator == 1 else exact


_frozen: dict[str, tuple[Mapping[str, Json], BallotDesign]] = {}
"""Frozen configurations by digest: they never change, so a process reads each once."""

MOST_FROZEN = 256


def _read_frozen(contest: Contest) -> tuple[Mapping[str, Json], BallotDesign]:
    known = _frozen.get(contest.config_digest)
    if known is None:
        config = cast("Mapping[str, Json]", read_canonical(contest.config.encode()))
        known = (config, design_from_config(cast("Mapping[str, Json]", config["ballot"])))
        if len(_frozen) >= MOST_FROZEN:
            _frozen.clear()
        _frozen[contest.config_digest] = known
    return known


def frozen_config_of(contest: Contest) -> Mapping[str, Json]:
    """The frozen configuration as plain values; ValueError for a draft, which has none."""
    if not contest.config_digest:
        raise ValueError("A draft has no frozen configuration.")
    return _read_frozen(contest)[0]


def ballot_design(contest: Contest) -> BallotDesign:
    """What the ballot asks: from the frozen configuration, or from the draft's rows."""
    if contest.config_digest:
        return _read_frozen(contest)[1]
    return BallotDesign(
        kind=BallotKind(contest.kind),
        options=tuple(
            BallotOption(
                key=option.key,
                number=option.number,
                title=option.title,
                cost=money(option.cost),
                group=option.group or None,
            )
            for option in (contest.options.all() if contest.pk else ())
        ),
        min_picks=contest.min_picks,
        max_picks=contest.max_picks,
        spend_limit=money(contest.spend_limit),
        allow_blank=contest.allow_blank,
        abstain_allowed=contest.abstain_allowed,
        overpick=Overpick(contest.overpick),
        **_fields_of_kind(contest),
    )


def _fields_of_kind(contest: Contest) -> dict[str, Any]:
    """What only this kind of ballot has; what was set for another kind does not count."""
    names = FIELDS_OF_KIND[BallotKind(contest.kind)]
    return {name: getattr(contest, name) for name in names}


def rule_of(contest: Contest) -> dict[str, Json]:
    """The counting rule as it stands in the configuration."""
    rule: dict[str, Json] = {"name": contest.rule, **contest.rule_options}
    rule.pop("allocation", None)  # it stands beside the rule, not in it
    if contest.rule in RULES and RULES[contest.rule].seated and contest.outcome != "allocation":
        rule["seats"] = contest.seats  # where money is given out, the rule only ranks
    return rule


def contest_draft(contest: Contest) -> ContestDraft:
    """All settings of a contest for the check and for freezing."""
    imported = roll_import_of(contest)
    return ContestDraft(
        key=str(contest.key),
        title=contest.title,
        effect=contest.effect,
        decided_by=contest.decided_by,
        ordinance=contest.ordinance,
        area_code=contest.area.code,
        area_name=contest.area.name,
        secrecy=contest.secrecy,
        web=contest.web,
        paper=contest.paper,
        stickers=contest.stickers,
        centres=tuple(sorted(centre.code for centre in contest.centres.all())),
        revote=contest.revote,
        paper_over_web=contest.paper_over_web,
        opens_at=contest.opens_at,
        closes_at=contest.closes_at,
        grace_seconds=contest.grace_seconds,
        roll_mode=contest.roll_mode,
        roll_imported=imported.people if imported else 0,
        roll_outdated=imported is not None and imported.rule_digest != rule_digest(contest),
        min_age=contest.min_age,
        age_on=contest.age_on,
        bases=tuple(sorted(contest.bases)),
        census=contest.census,
        design=ballot_design(contest),
        rule=rule_of(contest),
        tie_rule=contest.tie_rule,
        lot_source=contest.lot_source,
        publication=contest.publication,
        result_on=contest.result_on,
        objection_days=contest.objection_days,
        origin=contest.origin,
        outcome=contest.outcome,
        allocation=contest.rule_options.get("allocation", {}),
        stages=tuple(spans_of(contest.process)) if contest.process else (),
    )


def readiness(contest: Contest) -> list[Refusal]:
    """What is still missing before the contest can be frozen; empty means ready."""
    return missing_settings(contest_draft(contest), timezone.now())


def eligibility_rule(contest: Contest) -> EligibilityRule:
    """Who may vote, as the residents' rule."""
    return EligibilityRule(
        area_code=contest.area.code,
        bases=tuple(contest.bases),
        min_age=contest.min_age,
        age_on=contest.age_on,
    )


def key_of(contest: Contest, resident: Resident) -> str:
    """The resident's key on this contest's roll."""
    return person_key(settings.ROLL_KEY, contest.key, resident.ref)


def roll_entry_of(contest: Contest, resident: Resident) -> RollEntry | None:
    """The resident's entry on the roll with its slot, if there is one."""
    return (
        RollEntry.objects.filter(contest=contest, person_key=key_of(contest, resident))
        .select_related("slot")
        .first()
    )


NOT_OPEN = {
    ContestState.DRAFT: Refusal(
        "not_open", mark("This vote is still being prepared."), mark("Please come back later.")
    ),
    ContestState.FROZEN: Refusal(
        "not_open_yet",
        mark("This vote has not opened yet."),
        mark("It opens at the hour shown on its page."),
    ),
}
CLOSED = Refusal(
    "closed",
    mark("This vote is closed."),
    mark("The result appears on the page of the vote."),
)


def refuse_unless_open(contest: Contest, now: datetime) -> Refusal | None:
    """None while votes are taken at `now`; grace for pages already served is the caller's."""
    if contest.state in NOT_OPEN:
        return NOT_OPEN[ContestState(contest.state)]
    if contest.state != ContestState.OPEN or contest.closes_at is None or now >= contest.closes_at:
        return CLOSED
    return None


def refuse_voter(contest: Contest, resident: Resident, entry: RollEntry | None) -> Refusal | None:
    """None if the resident is on the roll, or may be entered now; else why not."""
    return None if entry is not None else refuse_newcomer(contest, resident)


def refuse_newcomer(
    contest: Contest, resident: Resident, steps: Iterable[tuple[str, str]] | None = None
) -> Refusal | None:
    """None if somebody who is not on the roll may be entered now; else why not.

    `steps` are those between areas, where they are at hand.
    """
    if contest.roll_mode == "fixed":
        return Refusal(
            "not_on_roll",
            mark("You are not on the roll of this vote, which was fixed when it opened."),
            mark("If this is wrong, please call or visit your centre: two people can add you."),
        )
    return check_eligibility(
        person_facts(resident, steps), eligibility_rule(contest), timezone.localdate()
    )


@dataclass(frozen=True)
class VoterStanding:
    """What one person can do in one contest, in the order the page asks."""

    resident: Resident | None
    entry: RollEntry | None
    slot: Slot | None
    refusal: Refusal | None
    last_event: SlotEvent | None

    @property
    def has_voted(self) -> bool:
        """Whether a vote is in (on the web or on paper)."""
        return self.slot is not None and self.slot.state in {SlotState.WEB, SlotState.PAPER_CAST}


NO_WEB = Refusal(
    "no_web",
    mark("This vote is held on paper only."),
    mark("You get a ballot paper at the centres named on its page."),
)
NO_RESIDENCY = Refusal(
    "not_confirmed",
    mark("To vote, please first confirm that you belong here."),
    mark("You can do this online, with a code on paper, or at your centre."),
)


def already_used(contest: Contest, slot: Slot, event: SlotEvent | None) -> Refusal | None:
    """Why the web may not take this slot, naming channel and time, never the choice."""
    when = event.at_minute if event else None
    where = event.centre.name if event and event.centre else ""
    if slot.state == SlotState.WEB and contest.revote == "never":
        return Refusal(
            "already_voted",
            mark("You voted on the web at %(when)s. One person can vote once."),
            mark("The result appears on the page of the vote."),
            {"when": when},
        )
    if slot.state == SlotState.PAPER_ISSUED:
        return Refusal(
            "paper_issued",
            mark("A ballot paper was handed out to you at %(where)s at %(when)s."),
            mark("Please put it into the box there, or hand it back unused to vote on the web."),
            {"where": where, "when": when},
        )
    if slot.state == SlotState.PAPER_CAST:
        return Refusal(
            "already_voted",
            mark("You voted on paper at %(where)s at %(when)s. One person can vote once."),
            mark("The result appears on the page of the vote."),
            {"where": where, "when": when},
        )
    if slot.state == SlotState.VOIDED:
        return Refusal(
            "voided",
            mark("Your vote right was voided by two people."),
            mark("Please call the office; they will tell you why."),
        )
    return None


def last_event_of(entry: RollEntry) -> SlotEvent | None:
    """The latest move of the person's vote right."""
    return entry.events.select_related("centre").order_by("-version").first()


def voter_standing(contest: Contest, user: User) -> VoterStanding:
    """Where one account stands in one contest: may vote, has voted, or why not."""
    resident = current_resident(user)
    if resident is None:
        return VoterStanding(None, None, None, NO_RESIDENCY, None)
    entry = roll_entry_of(contest, resident)
    waits = contest.roll_mode == "fixed" and contest.state in NOT_OPEN  # nobody is entered yet
    refusal = None if waits else refuse_voter(contest, resident, entry)
    slot = getattr(entry, "slot", None) if entry else None
    event = last_event_of(entry) if entry and slot else None
    if refusal is None and slot is not None:
        refusal = already_used(contest, slot, event)
    if refusal is None:
        refusal = refuse_unless_open(contest, timezone.now())
    return VoterStanding(resident, entry, slot, refusal, event)


@dataclass(frozen=True)
class LeafPlace:
    """A leaf in the log with the proof that it is there."""

    leaf: PromisedLeaf
    index: int | None
    head: TreeHead | None
    proof: tuple[str, ...]


def leaf_place(contest: Contest, leaf_hash: str) -> LeafPlace | None:
    """Find a leaf by its hash: its place and its inclusion proof under the newest signed head.

    None if there is no such leaf; a leaf that still waits has neither index nor proof.
    """
    leaf = PromisedLeaf.objects.filter(contest=contest, leaf_hash=leaf_hash).first()
    if leaf is None:
        return None
    place = LogLeaf.objects.filter(contest=contest, leaf=leaf).first()
    head = TreeHead.objects.filter(contest=contest).order_by("-size").first()
    if place is None or head is None or place.index >= head.size:
        return LeafPlace(leaf, place.index if place else None, None, ())
    hashes = [
        bytes.fromhex(h)
        for h in LogLeaf.objects.filter(contest=contest, index__lt=head.size)
        .order_by("index")
        .values_list("leaf__leaf_hash", flat=True)
    ]
    proof = tuple(step.hex() for step in inclusion_proof(hashes, place.index))
    return LeafPlace(leaf, place.index, head, proof)


@dataclass(frozen=True)
class OwnMove:
    """Where somebody's vote right stands in a contest, since when, and at which centre it moved."""

    to_state: str
    at_minute: datetime
    centre: str

    @property
    def label(self) -> str:
        """The state in words."""
        return str(SlotState(self.to_state).label)


@dataclass(frozen=True)
class OwnVotes:
    """In which contests a person took part: that, when and how, not what; and which are open."""

    cast: tuple[tuple[Contest, OwnMove], ...] = ()
    open: tuple[Contest, ...] = ()


USED = frozenset({SlotState.WEB, SlotState.PAPER_CAST, SlotState.PAPER_ISSUED})
"""Where a vote right is used, if only for now: a sheet is out."""


def votes_of(resident: Resident | None) -> OwnVotes:
    """The votes of a confirmed person, the latest first, and those on the web that wait for theirs.

    A sheet that was handed back is no vote; a vote that they may not take part in waits for nobody.
    """
    if resident is None:
        return OwnVotes()
    comes = When(state=ContestState.OPEN, roll_mode="rolling", then=steps_up())
    contests = {contest.pk: contest for contest in public_contests().annotate(steps=Case(comes))}
    moves = _moves_of([key_of(contest, resident) for contest in contests.values()])
    used = [
        (contests[pk], move)
        for pk, move in moves.items()
        if move is not None and move.to_state in USED
    ]
    now = timezone.now()
    waiting = [
        contest
        for pk, contest in contests.items()
        if contest.web
        and refuse_unless_open(contest, now) is None
        and _may_vote_now(contest, resident, moves)
    ]
    return OwnVotes(
        cast=tuple(sorted(used, key=lambda pair: pair[1].at_minute, reverse=True)),
        open=tuple(sorted(waiting, key=lambda contest: contest.closes_at or EVER)),
    )


def _moves_of(person_keys: list[str]) -> dict[int, OwnMove | None]:
    """By contest where the vote right behind each key stands; None for one that never moved."""
    last = SlotEvent.objects.filter(roll_entry=OuterRef("pk")).order_by("-version")
    entries = RollEntry.objects.filter(person_key__in=person_keys).annotate(
        last_state=Subquery(last.values("to_state")[:1]),
        last_minute=Subquery(last.values("at_minute")[:1]),
        last_centre=Subquery(last.values("centre__name")[:1]),
    )
    return {
        entry.contest_id: OwnMove(entry.last_state, entry.last_minute, entry.last_centre or "")
        if entry.last_state
        else None
        for entry in entries
    }


def _may_vote_now(
    contest: Contest, resident: Resident, moves: Mapping[int, OwnMove | None]
) -> bool:
    """Whether a right that was not used waits, or would be given to somebody who comes."""
    if contest.pk not in moves:
        steps = getattr(contest, "steps", None)  # annotated by `votes_of`
        return refuse_newcomer(contest, resident, steps) is None
    move = moves[contest.pk]
    return move is None or move.to_state == SlotState.FREE
