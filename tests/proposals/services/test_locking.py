"""What is scarce among proposals, under real threads, each with the twin without its lock."""

from __future__ import annotations

from functools import partial

import pytest

from proposals.models import Proposal, SupportPreset
from proposals.services import drafts, order, save_draft
from proposals.services.drafts import MOST_DRAFTS
from proposals.services.order import save_preset
from residents.roles import RoleKind
from tests.factories.proposals import make_draft, words
from tests.factories.residents import make_user
from tests.factories.threads import at_once, codes, held_up, unlocked

pytestmark = pytest.mark.django_db(transaction=True)


def begin_two(monkeypatch: pytest.MonkeyPatch, *titles: str, before: int = 0) -> list[str]:
    """One account begins two drafts in two windows at once; why some were refused."""
    author = make_user()
    for _ in range(before):
        make_draft(author)
    held_up(monkeypatch, drafts, "asdict")
    jobs = [partial(save_draft, actor=author, words=words(title=title)) for title in titles]
    return codes(at_once(*jobs))


def test_two_windows_keep_no_more_drafts_than_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    refused = begin_two(monkeypatch, "밤길", "골목", before=MOST_DRAFTS - 1)
    assert refused == ["too_many_drafts"]
    assert Proposal.objects.count() == MOST_DRAFTS


def test_without_the_lock_two_windows_keep_one_more(monkeypatch: pytest.MonkeyPatch) -> None:
    unlocked(monkeypatch, drafts)
    assert begin_two(monkeypatch, "밤길", "골목", before=MOST_DRAFTS - 1) == []
    assert Proposal.objects.count() == MOST_DRAFTS + 1


def test_one_title_in_two_windows_is_one_draft(monkeypatch: pytest.MonkeyPatch) -> None:
    assert begin_two(monkeypatch, "밤길", "밤길") == []
    assert Proposal.objects.count() == 1


def test_without_the_lock_one_title_is_two_drafts(monkeypatch: pytest.MonkeyPatch) -> None:
    unlocked(monkeypatch, drafts)
    assert begin_two(monkeypatch, "밤길", "밤길") == []
    assert Proposal.objects.count() == 2


def two_defaults(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Two administrators each make rules of their own the default at once."""
    SupportPreset.objects.update(is_default=False)
    held_up(monkeypatch, SupportPreset, "save")
    jobs = [
        partial(
            save_preset,
            actor=make_user(role=RoleKind.ADMINISTRATOR),
            preset=SupportPreset(
                name=f"기준 {number}", threshold=3, days=30, editable_until=2, is_default=True
            ),
        )
        for number in range(2)
    ]
    return codes(at_once(*jobs))


def test_of_two_new_defaults_the_later_one_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    assert two_defaults(monkeypatch) == []
    assert SupportPreset.objects.filter(is_default=True).count() == 1
    assert SupportPreset.objects.filter(name__startswith="기준").count() == 2


def test_without_the_lock_only_the_constraint_keeps_one_default(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    unlocked(monkeypatch, order)
    assert two_defaults(monkeypatch) == ["one_default_support_preset"]
    assert SupportPreset.objects.filter(name__startswith="기준").count() == 1
