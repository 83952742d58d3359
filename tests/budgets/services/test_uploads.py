"""An uploaded election is stored by the worker: whole or not at all, once, whoever dies."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from budgets.models import Budget, BudgetState, ElectionUpload, UploadState
from budgets.pabulib import read_pabulib
from budgets.selectors.queues import upload_by_id, upload_problem
from budgets.services import uploads
from budgets.services.uploads import store_upload, store_waiting, take_upload
from budgets.tasks import store_upload_task, store_waiting_task
from proceedings.models import AuditEvent
from proceedings.refusals import Refused
from tests.factories.budgets import OWN_FILES, make_administrator, run_to_the_result
from tests.factories.places import make_district
from tests.factories.residents import make_user
from voting.models import Ballot, Contest, ContestState

pytestmark = pytest.mark.django_db
FILE = (OWN_FILES / "approval_greedy.pb").read_bytes()


def take(content: bytes = FILE, **columns: Any) -> ElectionUpload:
    """Upload a file, past the page."""
    return take_upload(
        **{
            "actor": make_administrator(),
            "content": content,
            "reading": read_pabulib(content),
            "area": make_district(),
            "source": "x.pb",
            **columns,
        }
    )


def fresh(upload: ElectionUpload) -> ElectionUpload:
    upload.refresh_from_db()
    return upload


def test_an_upload_waits_with_its_file_and_is_stored_once() -> None:
    actor = make_administrator()
    upload = take(actor=actor)
    assert (upload.state, upload.projects, upload.ballots) == (UploadState.WAITING, 4, 7)
    assert not Budget.objects.exists()
    store_upload_task(upload.pk)
    store_upload_task(upload.pk)
    budget = Budget.objects.get()
    assert (fresh(upload).state, upload.budget, upload.content) == ("stored", budget, None)
    event = AuditEvent.objects.get(subject=f"budgets.budget:{budget.pk}")
    assert event.actor_ref == actor.actor_ref
    assert event.data == {"projects": 4, "ballots": 7}
    assert run_to_the_result(budget).state == BudgetState.ALLOCATED


def test_the_commit_sends_it_to_the_worker(django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        upload = take()
    assert fresh(upload).state == UploadState.STORED


def test_only_administrators_upload() -> None:
    with pytest.raises(Refused, match="role_needed"):
        take(actor=make_user())
    assert not ElectionUpload.objects.exists()


@pytest.mark.parametrize(
    ("name", "code"), [("ordinal.pb", "ballots_not_sets"), ("unknown_rule.pb", "rule_not_stated")]
)
def test_what_cannot_be_stored_is_refused_before_it_is_kept(name: str, code: str) -> None:
    with pytest.raises(Refused, match=code):
        take((OWN_FILES / name).read_bytes())
    assert not ElectionUpload.objects.exists()


def test_the_same_file_sent_twice_is_one_upload() -> None:
    area = make_district()
    first = take(area=area)
    assert take(area=area) == first
    assert take() != first


def test_a_worker_killed_amidst_leaves_nothing_and_the_next_one_begins_anew(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    upload = take()
    ended = uploads._end

    def die(*_args: object, **_fields: object) -> None:
        raise KeyboardInterrupt  # as the signal that ends a worker

    monkeypatch.setattr(uploads, "_end", die)
    with pytest.raises(KeyboardInterrupt):
        store_upload(upload.pk)
    monkeypatch.setattr(uploads, "_end", ended)
    assert not Budget.objects.exists()
    assert not Contest.objects.exists()
    assert not Ballot.objects.exists()
    assert bytes(fresh(upload).content or b"") == FILE
    assert store_upload(upload.pk) is None  # the lease of the dead one still runs
    store_waiting_task()
    assert not Budget.objects.exists()
    ElectionUpload.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    store_waiting_task()
    assert fresh(upload).state == UploadState.STORED
    assert upload.budget is not None
    assert Contest.objects.get(budget=upload.budget).state == ContestState.OPENED
    assert Ballot.objects.count() == 7


def test_what_breaks_three_times_is_given_up_with_a_word() -> None:
    upload = take()
    ElectionUpload.objects.update(attempts=3)
    assert store_upload(upload.pk) is None
    found = upload_by_id(upload.pk)
    assert found is not None
    assert (found.state, found.lease_until) == (UploadState.REFUSED, None)
    problem = upload_problem(found)
    assert problem is not None
    assert problem.code == "upload_unreadable"
    assert store_waiting() == 0


def test_what_is_refused_while_it_is_stored_says_why() -> None:
    upload = take()
    changed = FILE.replace(b"rule;greedy", b"rule;nobodys")
    ElectionUpload.objects.filter(pk=upload.pk).update(content=changed)
    assert store_upload(upload.pk) is None
    assert fresh(upload).state == UploadState.REFUSED
    problem = upload_problem(upload)
    assert problem is not None
    assert problem.code.startswith("rule_")


def test_bytes_that_rotted_are_not_stored() -> None:
    upload = take()
    ElectionUpload.objects.filter(pk=upload.pk).update(content=b"META\nkey;value\n")
    assert store_upload(upload.pk) is None
    assert fresh(upload).state == UploadState.REFUSED
    assert not Budget.objects.exists()


def test_an_upload_that_nobody_began_is_found_after_a_minute() -> None:
    upload = take()
    assert store_waiting() == 0
    ElectionUpload.objects.update(uploaded_at=timezone.now() - timedelta(minutes=2))
    assert store_waiting() == 1
    assert fresh(upload).state == UploadState.STORED
