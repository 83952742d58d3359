"""Bring a voter roll in from a file before the opening: look at it first, then take it over.

A file names people known here by name and birth date. Nothing of it is kept but keys that mean
nothing in any other contest. It is taken over whole or not at all; each take-over is a version,
and the newest one opens.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from secrets import token_urlsafe
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.utils import timezone

from places.selectors import ancestor_codes
from proceedings.audit import Action
from proceedings.locks import lock_exclusive
from proceedings.refusals import Refusal, Refused, mark
from proceedings.services import record_event
from proceedings.tables import Problem, settle
from residents.eligibility import PersonFacts, check_eligibility
from residents.services import known_people, read_people, refs_of, reserve_refs
from voting.keys import person_key
from voting.models import Contest, ContestState, RollImport, RollImportLine
from voting.selectors.imports import keys_digest, roll_import_of, roll_rule, rule_digest
from voting.services.contests import refuse_unless_administrator, subject_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from residents.models import User
    from residents.services import KnownPerson

SECONDS = 30 * 60
"""How long a roll that was looked at can be taken over; then the file is chosen again."""

TOO_LATE = Refusal(
    "roll_opened",
    mark("This vote has opened; its roll does not come from a file any more."),
    mark("Single people are added by two, with a reason."),
)
NOT_FIXED = Refusal(
    "roll_not_fixed",
    mark("In this vote people are entered as they come."),
    mark("Choose a fixed roll in the set-up first, then import it."),
)
SAME_ROLL = Refusal(
    "same_roll",
    mark("This is the same roll as before (version %(version)s)."),
    mark("Nothing was changed. If people were added, choose the file that holds them."),
)
LOOK_AGAIN = Refusal(
    "look_again",
    mark("The roll was looked at more than half an hour ago, or the people on it have changed."),
    mark("Please choose the file again."),
)
NOBODY = Refusal(
    "empty_roll",
    mark("The file names nobody."),
    mark("Please choose the file that holds the people, one in each line."),
)
NOTHING_IMPORTED = Refusal(
    "nothing_imported",
    mark("No imported roll is in force."),
    mark("The roll is built from confirmed residents when the vote opens."),
)


@dataclass(frozen=True)
class RollPreview:
    """What taking a file over would do; `token` takes over exactly this.

    `waiting` are people who applied and are not confirmed yet; `added` and `gone` compare with the
    imported roll before, if there is one.
    """

    token: str
    people: int
    waiting: int
    areas: tuple[tuple[str, int], ...]
    version: int
    added: int
    gone: int


def preview_roll(*, actor: User, contest_id: int, data: bytes) -> RollPreview:
    """Read a CSV file of a roll (columns in docs/imports.md) and say what it would do.

    Changes nothing: for half an hour keyed hashes are kept in memory under the preview's token.
    Raises BadLines, naming each line that is bad; Refused for a file that is no such table, for
    the same roll as before, and once the contest has opened.
    """
    contest = _fixed_contest(actor, contest_id)
    people, problems = read_people(data)
    problems += _double_lines(people)
    problems += _excluded_lines(contest, people)
    settle(problems, keep_good=False)
    if not people:
        raise Refused(NOBODY)
    found = {each.identity_hash: each for each in people.values()}
    keys = _keys(contest, refs_of(list(found)))
    if len(keys) == len(found):
        _refuse_same(contest, {(keys[each], found[each].area.pk) for each in found})
    token = token_urlsafe(18)
    cache.set(_name(contest, actor, token), sorted(found), SECONDS)
    return _preview(contest, token, found, set(keys.values()))


def _preview(
    contest: Contest, token: str, found: Mapping[str, KnownPerson], keys: set[str]
) -> RollPreview:
    before = roll_import_of(contest)
    old = set(before.lines.values_list("person_key", flat=True)) if before else set()
    newest = contest.roll_imports.order_by("-version").first()
    return RollPreview(
        token=token,
        people=len(found),
        waiting=sum(1 for each in found.values() if each.ref is None),
        areas=tuple(sorted(Counter(each.area.local_name for each in found.values()).items())),
        version=newest.version + 1 if newest else 1,
        added=len(found) - len(keys & old),
        gone=len(old - keys),
    )


@transaction.atomic(durable=True)
def adopt_roll(*, actor: User, contest_id: int, token: str) -> RollImport:
    """Take over the roll that `actor` looked at under `token`; it replaces the one before.

    Applicants get their reference reserved, so that the roll holds them once they are confirmed.
    """
    lock_exclusive(f"contest:{contest_id}")
    contest = _fixed_contest(actor, contest_id)
    hashes: list[str] | None = cache.get(_name(contest, actor, token))
    if hashes is None:
        raise Refused(LOOK_AGAIN)
    people = known_people(hashes)
    if len(people) < len(hashes) or _excluded_lines(contest, dict(enumerate(people.values()))):
        raise Refused(LOOK_AGAIN)
    keys = _keys(contest, reserve_refs(hashes))
    rows = sorted((keys[each], people[each].area.pk) for each in hashes)
    _refuse_same(contest, set(rows))
    before = contest.roll_imports.order_by("-version").first()
    _total, digest = keys_digest(key for key, _area in rows)
    made = RollImport.objects.create(
        contest=contest,
        version=before.version + 1 if before else 1,
        people=len(rows),
        digest=digest,
        rule_digest=rule_digest(contest),
        imported_by_ref=actor.actor_ref,
    )
    RollImportLine.objects.bulk_create(
        (RollImportLine(roll_import=made, person_key=key, area_id=area) for key, area in rows),
        batch_size=5000,
    )
    record_event(
        action=Action.ROLL_IMPORTED,
        actor_ref=actor.actor_ref,
        subject=subject_of(contest),
        data={"version": made.version, "people": made.people, "digest": digest},
    )
    return made


@transaction.atomic(durable=True)
def discard_roll(*, actor: User, contest_id: int, reason: str) -> RollImport:
    """Give the imported roll up: the roll is built from confirmed residents at the opening."""
    lock_exclusive(f"contest:{contest_id}")
    contest = _contest_before_opening(actor, contest_id)
    before = roll_import_of(contest)
    if before is None:
        raise Refused(NOTHING_IMPORTED)
    made = RollImport.objects.create(
        contest=contest,
        version=before.version + 1,
        people=0,
        digest=keys_digest(())[1],
        rule_digest=rule_digest(contest),
        imported_by_ref=actor.actor_ref,
    )
    record_event(
        action=Action.ROLL_DISCARDED,
        actor_ref=actor.actor_ref,
        subject=subject_of(contest),
        reason=reason,
        data={"version": made.version},
    )
    return made


def _contest_before_opening(actor: User, contest_id: int) -> Contest:
    refuse_unless_administrator(actor)
    contest = Contest.objects.select_related("area").get(pk=contest_id)
    if contest.state not in {ContestState.DRAFT, ContestState.FROZEN}:
        raise Refused(TOO_LATE)
    return contest


def _fixed_contest(actor: User, contest_id: int) -> Contest:
    contest = _contest_before_opening(actor, contest_id)
    if contest.roll_mode != "fixed":
        raise Refused(NOT_FIXED)
    return contest


def _double_lines(people: Mapping[int, KnownPerson]) -> list[Problem]:
    first: dict[str, int] = {}
    problems = []
    for line in sorted(people):
        earlier = first.setdefault(people[line].identity_hash, line)
        if earlier != line:
            problems.append(
                Problem(line, mark("Line %(first)s names the same person."), {"first": earlier})
            )
    return problems


def _excluded_lines(contest: Contest, people: Mapping[int, KnownPerson]) -> list[Problem]:
    """Lines whose person the contest's own rule leaves out; when they are confirmed is open."""
    rule, today = roll_rule(contest), timezone.localdate()
    above = {area: ancestor_codes(area) for area in {each.area for each in people.values()}}
    problems = []
    for line, person in people.items():
        facts = PersonFacts(above[person.area], person.birth_date, person.basis, today)
        refusal = check_eligibility(facts, rule, today)
        if refusal is not None:
            why, params = EXCLUDED[refusal.code], refusal.params
            problems.append(Problem(line, why, {**params, "area": person.area.local_name}))
    return problems


EXCLUDED = {
    "other_area": mark(
        "This person belongs to %(area)s, which is outside the area of this vote. "
        "Please take the line out, or have the centre change the dong."
    ),
    "basis_not_counted": mark(
        "The reason for which this person belongs here does not count in this vote. "
        "Please take the line out, or change who may vote."
    ),
    "too_young": mark(
        "This person is not yet %(age)s years old on %(when)s. Please take the line out."
    ),
}
"""What a line is told when the contest's rule leaves its person out, by the refusal's code."""


def _keys(contest: Contest, refs: Mapping[str, UUID]) -> dict[str, str]:
    return {one: person_key(settings.ROLL_KEY, contest.key, ref) for one, ref in refs.items()}


def _refuse_same(contest: Contest, rows: set[tuple[str, int]]) -> None:
    before = roll_import_of(contest)
    if before and set(before.lines.values_list("person_key", "area_id")) == rows:
        raise Refused(replace(SAME_ROLL, params={"version": before.version}))


def _name(contest: Contest, actor: User, token: str) -> str:
    return f"roll:{contest.pk}:{actor.pk}:{token}"
