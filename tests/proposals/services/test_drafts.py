"""From the first word to the public page."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from importlib import import_module
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest
from django.apps import apps
from django.db import connection
from django.utils import timezone
from PIL import Image

from proceedings.audit import Action
from proceedings.models import AuditEvent, PhaseKind
from proceedings.refusals import Refused
from proposals.models import Proposal, ProposalState, SupportPreset
from proposals.pictures import rewritten
from proposals.services import (
    add_picture,
    advance_proposals,
    discard_draft,
    drafts,
    publish_proposal,
    remove_picture,
    save_draft,
)
from residents.services import erase_account
from tests.factories.proceedings import stage_of
from tests.factories.proposals import make_draft, make_preset, make_proposal, words
from tests.factories.residents import make_user

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.django_db


def refused(call: Callable[[], object]) -> str:
    with pytest.raises(Refused) as caught:
        call()
    return caught.value.refusal.code


def jpeg() -> BytesIO:
    file = BytesIO()
    Image.new("RGB", (40, 30), "green").save(file, "JPEG")
    file.seek(0)
    return file


def test_a_draft_is_continued_by_its_number_and_by_its_title() -> None:
    author = make_user()
    first = save_draft(actor=author, words=words(title="밤길", body="어둡다"))
    again = save_draft(actor=author, words=words(title="밤길", body="너무 어둡다"))
    last = save_draft(actor=author, words=words(title="골목", body="빛"), draft_id=first.pk)
    assert first.pk == again.pk == last.pk
    assert Proposal.objects.get().body == "빛"


def test_another_account_cannot_touch_a_draft() -> None:
    draft = make_draft()
    other = make_user()
    assert refused(lambda: save_draft(actor=other, words=words(), draft_id=draft.pk)) == (
        "not_your_proposal"
    )
    assert refused(lambda: publish_proposal(actor=other, draft_id=draft.pk)) == "not_your_proposal"
    assert refused(lambda: discard_draft(actor=other, draft_id=draft.pk)) == "not_your_proposal"


def test_an_eleventh_draft_is_refused() -> None:
    author = make_user()
    for _ in range(10):
        make_draft(author)
    assert refused(lambda: make_draft(author)) == "too_many_drafts"


def test_publication_takes_the_rules_of_the_preset() -> None:
    make_preset(threshold=50, days=30, debate_days=14, answer_months=1, editable_until=10)
    draft = make_draft()
    proposal = publish_proposal(actor=draft.author, draft_id=draft.pk)
    assert proposal.state == ProposalState.GATHERING
    assert (proposal.threshold, proposal.debate_days, proposal.editable_until) == (50, 14, 10)
    assert proposal.published_at is not None
    assert proposal.closes_at == proposal.published_at + timedelta(days=30)
    assert timezone.now() - proposal.published_at < timedelta(minutes=1)
    assert proposal.thread is not None
    assert proposal.thread.subject_url == f"/proposals/{proposal.pk}/"
    assert [follow.user for follow in proposal.thread.follows.all()] == [draft.author]
    assert [r.number for r in proposal.revisions.all()] == [1]
    assert [c.to_state for c in proposal.changes.all()] == [ProposalState.GATHERING]
    assert "골목" in proposal.tokens
    event = AuditEvent.objects.get(action=Action.PROPOSAL_PUBLISHED)
    assert event.actor_ref == draft.author.actor_ref
    assert event.subject == f"proposals.proposal:{proposal.pk}"


def test_rules_changed_later_do_not_touch_what_is_published() -> None:
    make_preset(threshold=5)
    proposal = make_proposal()
    SupportPreset.objects.update(threshold=500)
    proposal.refresh_from_db()
    assert proposal.threshold == 5


def test_a_draft_is_published_once() -> None:
    proposal = make_proposal()
    assert refused(lambda: publish_proposal(actor=proposal.author, draft_id=proposal.pk)) == (
        "already_published"
    )


def test_an_empty_draft_is_not_published() -> None:
    make_preset()
    draft = make_draft(title="제목만", body="")
    assert refused(lambda: publish_proposal(actor=draft.author, draft_id=draft.pk)) == (
        "draft_incomplete"
    )


def test_a_new_town_has_rules_of_support_and_an_older_one_keeps_its_own() -> None:
    shipped = {
        (p.threshold, p.days, p.debate_days): p.is_default for p in SupportPreset.objects.all()
    }
    assert shipped == {(50, 20, 0): False, (50, 30, 0): True, (100, 30, 30): False}
    first_presets = import_module("proposals.migrations.0005_first_support_presets")
    SupportPreset.objects.exclude(is_default=True).delete()
    first_presets.add_presets(apps, None)
    assert SupportPreset.objects.count() == 1
    draft = make_draft()
    published = publish_proposal(actor=draft.author, draft_id=draft.pk)
    assert (published.threshold, published.answer_months) == (50, 1)


def test_without_support_rules_nothing_is_published_and_the_draft_stays() -> None:
    SupportPreset.objects.all().delete()
    draft = make_draft()
    assert refused(lambda: publish_proposal(actor=draft.author, draft_id=draft.pk)) == "no_preset"
    draft.refresh_from_db()
    assert draft.state == ProposalState.DRAFT


def test_a_fourth_picture_is_refused_and_one_taken_away_makes_room() -> None:
    draft = make_draft()

    def add() -> None:
        add_picture(actor=draft.author, draft_id=draft.pk, image=jpeg(), size=900, alt="골목")

    for _ in range(3):
        add()
    assert refused(add) == "too_many_pictures"
    first = draft.pictures.first()
    assert first is not None
    assert (first.width, first.height) == (40, 30)
    remove_picture(actor=draft.author, draft_id=draft.pk, picture_id=first.pk)
    add()
    assert draft.pictures.count() == 3


@pytest.mark.django_db(transaction=True)
def test_a_draft_published_while_a_picture_is_written_anew_keeps_its_pictures(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    make_preset()
    draft, told = make_draft(), []

    def meanwhile(*file: Any) -> Any:
        told.append(connection.in_atomic_block)
        publish_proposal(actor=draft.author, draft_id=draft.pk)
        return rewritten(*file)

    monkeypatch.setattr(drafts, "rewritten", meanwhile)
    add = partial(
        add_picture, actor=draft.author, draft_id=draft.pk, image=jpeg(), size=900, alt="골목"
    )
    assert refused(add) == "already_published"
    assert (told, draft.pictures.count()) == ([False], 0)


def test_who_may_not_add_a_picture_is_refused_before_it_is_looked_at(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(drafts, "rewritten", None)
    add = partial(add_picture, draft_id=make_draft().pk, image=jpeg(), size=900, alt="골목")
    assert refused(partial(add, actor=make_user())) == "not_your_proposal"


def test_a_discarded_draft_leaves_no_file(
    django_capture_on_commit_callbacks: Callable[..., object],
) -> None:
    draft = make_draft()
    add_picture(actor=draft.author, draft_id=draft.pk, image=jpeg(), size=900, alt="골목")
    picture = draft.pictures.get()
    storage = picture.image.storage
    names = [str(picture.image.name), str(picture.thumbnail.name)]
    assert all(storage.exists(name) for name in names)
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined] # a pytest fixture
        discard_draft(actor=draft.author, draft_id=draft.pk)
    assert not any(storage.exists(name) for name in names)
    assert not Proposal.objects.exists()


def test_drafts_of_a_closed_account_are_thrown_away_by_themselves(
    django_capture_on_commit_callbacks: Callable[..., object],
) -> None:
    gone, stays = make_draft(), make_draft()
    published = make_proposal(author=gone.author)
    add_picture(actor=gone.author, draft_id=gone.pk, image=jpeg(), size=900, alt="골목")
    picture = gone.pictures.get()
    storage, name = picture.image.storage, str(picture.image.name)
    erase_account(actor=gone.author)
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined] # a pytest fixture
        assert advance_proposals() == 1
    assert advance_proposals() == 0
    assert not storage.exists(name)
    assert set(Proposal.objects.all()) == {stays, published}


# --- In a process: its stages open and close ---


@pytest.mark.parametrize(
    ("begins", "ends", "code"), [(1, 2, "not_yet_open"), (-2, -1, "already_closed")]
)
def test_outside_its_stage_a_process_takes_no_proposal_and_the_draft_stays(
    begins: int, ends: int, code: str
) -> None:
    make_preset()
    process = stage_of(PhaseKind.PROPOSE, begins, ends)
    draft = make_draft(process_id=process.pk)
    with pytest.raises(Refused) as refused:
        publish_proposal(actor=draft.author, draft_id=draft.pk)
    assert refused.value.refusal.code == code
    assert "draft is kept" in refused.value.refusal.next_step
    draft.refresh_from_db()
    assert draft.state == ProposalState.DRAFT
    save_draft(actor=draft.author, words=words(area_id=draft.area_id), draft_id=draft.pk)
    assert publish_proposal(actor=draft.author, draft_id=draft.pk).process is None


def test_in_its_stage_a_process_takes_the_proposal_and_its_conversation() -> None:
    make_preset()
    process = stage_of(PhaseKind.PROPOSE, -1, 1)
    draft = make_draft(process_id=process.pk)
    published = publish_proposal(actor=draft.author, draft_id=draft.pk)
    assert published.process == process
    assert published.thread is not None
    assert published.thread.process == process
