"""From the first word to the public page."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from functools import partial
from typing import IO, TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from debates.services import open_thread
from hangul.search import index_tokens
from proceedings.audit import Action
from proceedings.locks import lock_exclusive
from proceedings.models import PhaseKind
from proceedings.refusals import Refusal, Refused, mark
from proceedings.selectors import refuse_outside_phase
from proceedings.services import record_event, spend
from proposals.lifecycle import Step
from proposals.models import (
    Proposal,
    ProposalFigures,
    ProposalPicture,
    ProposalState,
    Revision,
)
from proposals.permissions import refuse_unless_author
from proposals.pictures import MOST_PICTURES, rewritten, thumbnail_of
from proposals.selectors.reading import support_presets
from proposals.services.moving import insist, lock_proposal, subject, take_step
from residents.permissions import refuse_unless_account

if TYPE_CHECKING:
    from decimal import Decimal

    from django.core.files.base import ContentFile

    from residents.models import User

MOST_DRAFTS = 10
OUTSIDE_NEXT = mark("Your draft is kept. You can also submit it outside the process.")


@dataclass(frozen=True)
class Words:
    """What somebody writes: title, text, and what and where it is about."""

    title: str
    body: str
    area_id: int
    field_id: int
    place: str = ""
    longitude: Decimal | None = None
    latitude: Decimal | None = None
    process_id: int | None = None


@transaction.atomic(durable=True)
def save_draft(*, actor: User, words: Words, draft_id: int | None = None) -> Proposal:
    """Keep what is written so far; without `draft_id` a draft of the same title is continued.

    Raises Refused for somebody else's draft, one already published, or an eleventh draft.
    """
    insist(refuse_unless_account(actor))
    spend("draft", actor.actor_ref)
    lock_exclusive(f"proposal-drafts:{actor.pk}")
    mine = Proposal.objects.filter(author=actor, state=ProposalState.DRAFT)
    draft = mine.filter(title=words.title).first() if draft_id is None else _draft(actor, draft_id)
    if draft is None:
        if mine.count() >= MOST_DRAFTS:
            raise Refused(
                Refusal(
                    code="too_many_drafts",
                    message=mark("You already have %(count)s drafts."),
                    next_step=mark("Please submit or discard one under “My participation” first."),
                    params={"count": MOST_DRAFTS},
                ),
            )
        draft = Proposal(author=actor)
    for column, value in asdict(words).items():
        setattr(draft, column, value)
    draft.save()
    return draft


@transaction.atomic(durable=True)
def discard_draft(*, actor: User, draft_id: int) -> None:
    """Throw a draft away, with its pictures. Nothing of it was public, so nothing stays."""
    draft = _draft(actor, draft_id)
    for picture in draft.pictures.all():
        drop_file(picture)
    draft.delete()


@transaction.atomic(durable=True)
def discard_drafts_left_behind() -> int:
    """Throw away the drafts of accounts that were closed, with their pictures; returns how many."""
    left = Proposal.objects.filter(state=ProposalState.DRAFT, author__erased_at__isnull=False)
    drafts = list(left.select_for_update(of=("self",)).prefetch_related("pictures"))
    for draft in drafts:
        for picture in draft.pictures.all():
            drop_file(picture)
        draft.delete()
    return len(drafts)


def add_picture(*, actor: User, draft_id: int, image: IO[bytes], size: int, alt: str) -> None:
    """Add a picture to a draft, written anew without metadata; at most three.

    `size` is in bytes, `alt` says what the picture shows. It is written anew before the draft is
    locked. Raises Refused, who may not before the picture is looked at.
    """
    _refuse_picture(actor, Proposal.objects.get(pk=draft_id))
    spend("picture", actor.actor_ref)
    picture = rewritten(image, size)
    _store_picture(actor, draft_id, picture, thumbnail_of(picture), alt)


@transaction.atomic(durable=True)
def _store_picture(
    actor: User,
    draft_id: int,
    picture: ContentFile[bytes],
    thumbnail: ContentFile[bytes],
    alt: str,
) -> None:
    draft = lock_proposal(draft_id)
    _refuse_picture(actor, draft)
    ProposalPicture.objects.create(proposal=draft, image=picture, thumbnail=thumbnail, alt=alt)


def _refuse_picture(actor: User, draft: Proposal) -> None:
    _refuse_unless_draft(actor, draft)
    if draft.pictures.count() >= MOST_PICTURES:
        raise Refused(
            Refusal(
                code="too_many_pictures",
                message=mark("A proposal can have at most %(count)s pictures."),
                next_step=mark("Please take one away first."),
                params={"count": MOST_PICTURES},
                form_field="image",
            ),
        )


@transaction.atomic(durable=True)
def remove_picture(*, actor: User, draft_id: int, picture_id: int) -> None:
    """Take a picture out of a draft; nothing happens if it is gone already."""
    draft = _draft(actor, draft_id)
    for picture in draft.pictures.filter(pk=picture_id):
        drop_file(picture)
        picture.delete()


@transaction.atomic(durable=True)
def publish_proposal(*, actor: User, draft_id: int) -> Proposal:
    """Put a draft before the public: rules of the preset, a conversation, the first version.

    Raises Refused when it is not the actor's draft, is not complete, its process takes no
    proposals now, no preset is set, or the
    limit of the day is reached; the draft stays then.
    """
    draft = _draft(actor, draft_id)
    publish(draft, actor_ref=actor.actor_ref, follower=actor)
    spend("proposal", actor.actor_ref)
    record_event(
        action=Action.PROPOSAL_PUBLISHED,
        actor_ref=actor.actor_ref,
        subject=subject(draft),
        data={"threshold": draft.threshold, "area": draft.area_id, "field": draft.field_id},
    )
    return draft


def publish(draft: Proposal, *, actor_ref: str, follower: User | None) -> None:
    """Publish a stored draft inside the caller's transaction (the web's and the desk's way).

    `follower` hears of opinions from the start: its author, where that is an account.
    """
    if not draft.title or not draft.body:
        raise Refused(
            Refusal(
                code="draft_incomplete",
                message=mark("Title and text are still missing."),
                next_step=mark("Please complete the draft first."),
            ),
        )
    outside = refuse_outside_phase(draft.process, PhaseKind.PROPOSE)
    if outside is not None:
        raise Refused(replace(outside, next_step=OUTSIDE_NEXT))
    preset = support_presets().filter(is_default=True).first()
    if preset is None:
        raise Refused(
            Refusal(
                code="no_preset",
                message=mark("Proposals cannot be received yet: the support rules are not set."),
                next_step=mark("Your draft is kept. Please call us, or try again later."),
            ),
        )
    now = timezone.now()
    take_step(proposal=draft, step=Step.PUBLISH, actor_ref=actor_ref)
    draft.threshold = preset.threshold
    draft.debate_days = preset.debate_days
    draft.answer_months = preset.answer_months
    draft.editable_until = preset.editable_until
    draft.published_at = now
    draft.closes_at = now + timedelta(days=preset.days)
    draft.thread = open_thread(
        title=draft.title,
        url=draft.get_absolute_url(),
        area=draft.area,
        process=draft.process,
        follower=follower,
    )
    draft.tokens = index_tokens(draft.title, draft.body, draft.place)
    draft.save()
    Revision.objects.create(
        proposal=draft,
        number=1,
        title=draft.title,
        body=draft.body,
        longitude=draft.longitude,
        latitude=draft.latitude,
        area_id=draft.area_id,
        author_ref=actor_ref,
    )
    ProposalFigures.objects.create(proposal=draft, hot=now.timestamp() / 45_000)


def _draft(actor: User, draft_id: int) -> Proposal:
    draft = lock_proposal(draft_id)
    _refuse_unless_draft(actor, draft)
    return draft


def _refuse_unless_draft(actor: User, draft: Proposal) -> None:
    insist(refuse_unless_author(actor, draft))
    if draft.state != ProposalState.DRAFT:
        raise Refused(
            Refusal(
                code="already_published",
                message=mark("This proposal is already published."),
                next_step=mark("You can change it from its own page."),
            ),
        )


def drop_file(picture: ProposalPicture) -> None:
    """Delete the files of a picture once the caller's transaction is through."""
    storage = picture.image.storage
    for name in filter(None, (picture.image.name, picture.thumbnail.name)):
        transaction.on_commit(partial(storage.delete, name))
