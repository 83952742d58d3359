"""Read what the pages of votes show: list, contest, ballot, receipt, result, recount, log."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from django.db.models import BinaryField, OuterRef, Q, Subquery, Value

from hangul.formats import seoul_date
from places.selectors import ancestor_codes, areas_in_force
from residents.models import User
from voting.log import canonical, signed_head, verify_inclusion
from voting.models import (
    Contest,
    ContestState,
    LogLeaf,
    PromisedLeaf,
    PublicationFile,
    SlotState,
    TreeHead,
)
from voting.results import (
    balances,
    centre_sheets,
    changes,
    channel_answers,
    channel_rows,
    channel_sums,
    paid_keys,
    read_result,
)
from voting.results.pairs import read_pairs
from voting.results.parts import read_parts, read_seated
from voting.results.rounds import read_rounds
from voting.results.stickers import read_stickers
from voting.selectors import (
    PUBLIC_STATES,
    ballot_design,
    database_now,
    leaf_place,
    public_contests,
    rule_of,
    voter_standing,
    with_result,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date, datetime

    from django.contrib.auth.models import AnonymousUser
    from django.db.models import QuerySet

    from places.models import Area, Centre
    from voting.ballots import BallotDesign
    from voting.models import Option, Publication, Recount, TurnoutPoint
    from voting.results import (
        Balance,
        CentreSheets,
        Change,
        ChannelRows,
        ChannelSum,
        OptionOutcome,
        ResultFigures,
    )
    from voting.results.pairs import PairTable
    from voting.results.parts import SeatedOutcome, WeighedOutcome
    from voting.results.rounds import Round
    from voting.results.stickers import StickerFigures
    from voting.selectors import LeafPlace, VoterStanding

PAGE_SIZE = 20
LOG_PAGE_SIZE = 100
MOST_RUNNING = 60
"""More contests than this at once are no page anybody reads; older ones stay in the archive."""

COUNTING_STATES = (
    ContestState.CLOSED,
    ContestState.BOXED,
    ContestState.OPENED,
    ContestState.COUNTED,
    ContestState.DISPUTED,
    ContestState.RECOUNT,
)


# --- The list -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class ContestList:
    """Contests by what one can do with them now; `before` and `after` lead on, 0 at the ends."""

    open: tuple[Contest, ...]
    soon: tuple[Contest, ...]
    counting: tuple[Contest, ...]
    results: tuple[Contest, ...]
    before: int
    after: int


def contest_list(*, area: Area | None = None, before: int = 0, after: int = 0) -> ContestList:
    """All running contests and one page of results, newest first.

    `area` keeps the contests that concern it: its own and those of the areas above it. `before`
    and `after` are ids from the page before.
    """
    contests = public_contests()
    if area is not None:
        contests = contests.filter(area__code__in=ancestor_codes(area))
    states = [ContestState.FROZEN, ContestState.OPEN, *COUNTING_STATES]
    running = list(
        contests.filter(state__in=states)
        .exclude(pk__in=with_result(Contest.objects.all()).values("pk"))
        .order_by("closes_at")[:MOST_RUNNING]
    )
    results, older, newer = _results_page(contests, before, after)
    return ContestList(
        open=tuple(one for one in running if one.state == ContestState.OPEN),
        soon=tuple(one for one in running if one.state == ContestState.FROZEN),
        counting=tuple(one for one in running if one.state in COUNTING_STATES),
        results=tuple(results),
        before=results[-1].pk if older else 0,
        after=results[0].pk if newer else 0,
    )


def _results_page(
    contests: QuerySet[Contest], before: int, after: int
) -> tuple[list[Contest], bool, bool]:
    """One page of published contests, and whether there are older and newer ones."""
    published = with_result(contests)
    if after:
        rows = list(published.filter(pk__gt=after).order_by("pk")[: PAGE_SIZE + 1])
        return rows[:PAGE_SIZE][::-1], bool(rows), len(rows) > PAGE_SIZE
    if before:
        published = published.filter(pk__lt=before)
    rows = list(published.order_by("-pk")[: PAGE_SIZE + 1])
    return rows[:PAGE_SIZE], len(rows) > PAGE_SIZE, bool(before and rows)


def areas_with_contests() -> QuerySet[Area]:
    """The areas that the list can be narrowed to: those with public contests and all below."""
    own = Contest.objects.filter(state__in=PUBLIC_STATES).values("area_id")
    return areas_in_force().filter(Q(pk__in=own) | Q(parent__in=own))


# --- The page of one contest --------------------------------------------------------------------


@dataclass(frozen=True)
class ContestPage:
    """Everything the page of a contest shows to everybody."""

    contest: Contest
    design: BallotDesign
    options: tuple[Option, ...]
    centres: tuple[Centre, ...]
    turnout: tuple[TurnoutPoint, ...]
    head: TreeHead | None
    publication: Publication | None

    @property
    def public_key(self) -> str:
        """The log's signing key as frozen in the configuration (64 hex digits)."""
        return log_key(self.contest)

    @property
    def objection_until(self) -> date | None:
        """The last day for objections to the newest publication."""
        return objection_until(self.contest, self.publication)

    @property
    def shows_turnout(self) -> bool:
        """Whether figures of those who took part are public now."""
        return shows_turnout(self.contest)


def shows_turnout(contest: Contest) -> bool:
    """Whether figures of those who took part are public now."""
    return contest.live_turnout or contest.state not in {ContestState.FROZEN, ContestState.OPEN}


def turnout_of(contest: Contest) -> QuerySet[TurnoutPoint]:
    """Turnout hour by hour, cumulative; nothing while the contest keeps it back."""
    return contest.turnout.all() if shows_turnout(contest) else contest.turnout.none()


def heads_of(contest: Contest) -> QuerySet[TreeHead]:
    """The signed heads of the contest's log."""
    return TreeHead.objects.filter(contest=contest)


def publications_of(contest: Contest) -> QuerySet[Publication]:
    """The versions of the result, without their long texts."""
    return contest.publications.defer("result", "reconciliation", "stickers")


def publication_of(contest: Contest, version: int | None = None) -> Publication | None:
    """One version of the result, whole, with its files; the one in force if none is named."""
    found = contest.publications.order_by("-version")
    if version is not None:
        found = found.filter(version=version)
    return found.first()


def objection_until(contest: Contest, publication: Publication | None) -> date | None:
    """The last day on which somebody may object to a publication, in Seoul."""
    if publication is None:
        return None
    return seoul_date(publication.published_at) + timedelta(days=contest.objection_days)


def log_key(contest: Contest) -> str:
    """The public half of the key that signs the contest's log, from its frozen configuration."""
    return str(json.loads(contest.config)["public_key"])


def public_contest(pk: int) -> Contest | None:
    """A contest that everybody may see, whole, with area, process and figures at hand."""
    return (
        Contest.objects.filter(state__in=PUBLIC_STATES, pk=pk)
        .select_related("area", "process", "figures")
        .first()
    )


def contest_page(pk: int) -> ContestPage | None:
    """The page of one public contest; None if there is none."""
    contest = public_contest(pk)
    if contest is None:
        return None
    return ContestPage(
        contest=contest,
        design=ballot_design(contest),
        options=tuple(contest.options.all()),
        centres=tuple(contest.centres.select_related("area")) if contest.paper else (),
        turnout=tuple(contest.turnout.all()),
        head=newest_head(contest),
        publication=newest_publication(contest),
    )


def newest_head(contest: Contest) -> TreeHead | None:
    """The last signed head of the contest's log."""
    return heads_of(contest).order_by("-size").first()


def newest_publication(contest: Contest) -> Publication | None:
    """The publication in force, without its long texts."""
    return publications_of(contest).order_by("-version").first()


# --- Ballot and receipt -------------------------------------------------------------------------


@dataclass(frozen=True)
class BallotPage:
    """What the ballot and its confirmation show: the question and where the reader stands."""

    contest: Contest
    design: BallotDesign
    options: tuple[Option, ...]
    standing: VoterStanding | None
    now: datetime


def ballot_page(pk: int, user: User | AnonymousUser) -> BallotPage | None:
    """The ballot of a public contest for `user`; None if there is no such contest."""
    contest = public_contest(pk)
    if contest is None:
        return None
    return BallotPage(
        contest=contest,
        design=ballot_design(contest),
        options=tuple(contest.options.all()),
        standing=voter_standing(contest, user) if isinstance(user, User) else None,
        now=database_now(),
    )


@dataclass(frozen=True)
class VoterReceipt:
    """That a person's vote is in, by which way and when; for the web its leaf. Never the choice."""

    contest: Contest
    standing: VoterStanding
    leaf: PromisedLeaf | None
    placed: bool


def voter_receipt(contest: Contest, user: User) -> VoterReceipt | None:
    """The receipt of the vote right's present state; None where no vote is in."""
    standing = voter_standing(contest, user)
    event = standing.last_event
    if event is None or event.to_state not in {
        SlotState.WEB,
        SlotState.PAPER_ISSUED,
        SlotState.PAPER_CAST,
    }:
        return None
    leaf = (
        PromisedLeaf.objects.filter(contest=contest, leaf_hash=event.leaf_hash)
        .select_related("place")
        .first()
        if event.leaf_hash
        else None
    )
    return VoterReceipt(contest, standing, leaf, leaf is not None and hasattr(leaf, "place"))


# --- The result ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class VersionStep:
    """A publication and what it changed against the one before."""

    version: int
    published_at: datetime
    note: str
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class ShownResult:
    """One publication of a contest, read for its page."""

    contest: Contest
    publication: Publication
    is_newest: bool
    figures: ResultFigures
    channels: tuple[ChannelSum, ...]
    rows: ChannelRows
    balances: tuple[Balance, ...]
    centres: tuple[CentreSheets, ...]
    steps: tuple[VersionStep, ...]
    slots: Mapping[str, int]
    funded: tuple[OptionOutcome, ...] | None = None
    undecided: tuple[OptionOutcome, ...] = ()
    waiting: tuple[OptionOutcome, ...] = ()
    answers: Mapping[str, Any] = field(default_factory=dict)
    rounds: tuple[Round, ...] = ()
    pairs: PairTable | None = None
    weighed: WeighedOutcome | None = None
    seated: tuple[SeatedOutcome, ...] = ()
    stickers: StickerFigures | None = None

    @property
    def objection_until(self) -> date | None:
        """The last day for objections."""
        return objection_until(self.contest, self.publication)


def shown_result(contest: Contest, version: int | None = None) -> ShownResult | None:
    """A publication of `contest` (the newest if no version is given); None if there is none."""
    publications = list(_publications(contest))
    chosen = [one for one in publications if version in {None, one.version}]
    if not chosen:
        return None
    publication, design = chosen[-1], ballot_design(contest)
    results = [json.loads(one.result) for one in publications]
    read = [read_result(one, design) for one in results]
    reconciliation = json.loads(publication.reconciliation)
    place, rule = publications.index(publication), rule_of(contest)
    plain, figures = results[place], replace(read[place], is_mean=rule.get("of") == "mean")
    return ShownResult(
        contest=contest,
        publication=publication,
        is_newest=publication is publications[-1],
        figures=figures,
        channels=channel_sums(reconciliation),
        rows=channel_rows(figures, reconciliation),
        balances=balances(reconciliation) if contest.origin == "native" else (),
        centres=centre_sheets(reconciliation),
        steps=_steps(publications, read),
        slots=reconciliation["slots"],
        funded=_paid(publication.money, "winners", figures),
        undecided=_paid(publication.money, "undecided", figures) or (),
        waiting=_paid(publication.money, "waiting", figures) or (),
        answers=channel_answers(figures, reconciliation),
        rounds=read_rounds(plain, figures),
        pairs=read_pairs(plain, rule, figures),
        weighed=read_parts(plain, rule, figures, design),
        seated=read_seated(plain, rule, figures, reconciliation["cells"]),
        stickers=read_stickers(publication.stickers, figures),
    )


def orders_of(contest: Contest) -> tuple[Recount, ...]:
    """The orders to count again after two engines differed, first one first."""
    return tuple(contest.recounts.order_by("round"))


def _steps(
    publications: Sequence[Publication], read: Sequence[ResultFigures]
) -> tuple[VersionStep, ...]:
    return tuple(
        VersionStep(
            one.version,
            one.published_at,
            one.note,
            changes(read[place - 1], read[place]) if place else (),
        )
        for place, one in enumerate(publications)
    )


def _publications(contest: Contest) -> QuerySet[Any]:
    """All publications, oldest first, each with the file of how money was given out (`money`)."""
    file = PublicationFile.objects.filter(publication=OuterRef("pk"), name="allocation.json")
    money: Subquery | Value = Value(None, output_field=BinaryField())
    if contest.outcome == "allocation":
        money = Subquery(file.values("content")[:1])
    found: QuerySet[Any] = contest.publications.annotate(money=money).order_by("version")
    return found


def _paid(
    money: bytes | None, which: str, figures: ResultFigures
) -> tuple[OptionOutcome, ...] | None:
    """What the budget pays for, or may pay for after a tie; None where none is given out."""
    if money is None:
        return None
    options = {option.key: option for option in figures.options}
    return tuple(options[key] for key in paid_keys(json.loads(bytes(money)), which))


# --- Recount and log ----------------------------------------------------------------------------


@dataclass(frozen=True)
class LeafCheck:
    """The answer to "is my vote in the log?": the place found, and whether its proof holds."""

    place: LeafPlace
    proven: bool


def check_leaf(contest: Contest, leaf_hash: str) -> LeafCheck | None:
    """Look a receipt up and verify its inclusion proof under the newest head; None if unknown."""
    place = leaf_place(contest, leaf_hash)
    if place is None:
        return None
    proven = (
        place.index is not None
        and place.head is not None
        and verify_inclusion(
            leaf=bytes.fromhex(place.leaf.leaf_hash),
            index=place.index,
            size=place.head.size,
            proof=[bytes.fromhex(step) for step in place.proof],
            root=bytes.fromhex(place.head.root),
        )
    )
    return LeafCheck(place, proven)


def bundle_files(contest: Contest, version: int) -> list[PublicationFile]:
    """The files of a publication by name, without their bytes."""
    return list(
        PublicationFile.objects.filter(
            publication__contest=contest, publication__version=version
        ).defer("content")
    )


def bundle_bytes(contest: Contest, version: int) -> dict[str, bytes]:
    """The files of a publication with their bytes; empty if there is no such publication."""
    files = PublicationFile.objects.filter(
        publication__contest=contest, publication__version=version
    )
    return {name: bytes(content) for name, content in files.values_list("name", "content")}


def bundle_file(contest: Contest, version: int, name: str) -> PublicationFile | None:
    """One file of a publication, with its bytes."""
    return PublicationFile.objects.filter(
        publication__contest=contest, publication__version=version, name=name
    ).first()


def bundle_tag(files: Sequence[PublicationFile]) -> str:
    """A name for the bytes of a whole bundle: SHA-256 over names and digests of its files."""
    lines = "".join(f"{one.sha256} {one.name}\n" for one in sorted(files, key=lambda f: f.name))
    return sha256(lines.encode()).hexdigest()


@dataclass(frozen=True)
class LogPage:
    """Leaves from one index on, with the size of the log as placed and the signed heads."""

    leaves: tuple[LogLeaf, ...]
    first: int
    size: int
    heads: tuple[TreeHead, ...]

    @property
    def previous(self) -> int | None:
        """Where the page before begins."""
        return max(self.first - LOG_PAGE_SIZE, 0) if self.first else None

    @property
    def next(self) -> int | None:
        """Where the page after begins."""
        return self.first + LOG_PAGE_SIZE if self.first + LOG_PAGE_SIZE < self.size else None


def log_page(contest: Contest, first: int = 0) -> LogPage:
    """One page of the log, from leaf `first` on, in order; the newest 20 heads beside it."""
    leaves = LogLeaf.objects.filter(contest=contest)
    last = leaves.order_by("-index").first()
    size = last.index + 1 if last else 0
    start = min(max(first, 0), max(size - 1, 0))
    shown = leaves.filter(index__gte=start, index__lt=start + LOG_PAGE_SIZE)
    return LogPage(
        leaves=tuple(shown.select_related("leaf").order_by("index")),
        first=start,
        size=size,
        heads=tuple(TreeHead.objects.filter(contest=contest).order_by("-size")[:20]),
    )


def log_lines(contest: Contest) -> Iterator[bytes]:
    """Every placed leaf's data, one canonical JSON a line, in order: `log.jsonl` as it stands."""
    rows = LogLeaf.objects.filter(contest=contest).order_by("index")
    for data in rows.values_list("leaf__data", flat=True).iterator(chunk_size=2000):
        yield data.encode() + b"\n"


def head_lines(contest: Contest) -> Iterator[bytes]:
    """Every signed head, one canonical JSON a line, as in `heads.jsonl` of a bundle."""
    for head in TreeHead.objects.filter(contest=contest).order_by("size"):
        yield (
            canonical(
                signed_head(
                    contest=str(contest.key),
                    size=head.size,
                    root=bytes.fromhex(head.root),
                    at=head.at.isoformat(),
                    signature=bytes.fromhex(head.signature),
                )
            )
            + b"\n"
        )
