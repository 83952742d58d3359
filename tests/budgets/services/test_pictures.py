"""The picture of a project: who may, when, and what is left of the one before."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

import pytest
from django.db import IntegrityError, connection, transaction
from PIL import Image

from budgets.models import BudgetState, Project, ProjectState
from budgets.services import pictures
from budgets.services.pictures import put_picture, remove_picture
from proceedings.models import AuditEvent
from proceedings.refusals import Refused
from proposals.pictures import rewritten
from residents.roles import RoleKind
from tests.factories.budgets import make_administrator, make_project, make_reviewing_budget
from tests.factories.residents import make_department, make_user

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from residents.models import User

pytestmark = pytest.mark.django_db


def jpeg() -> BytesIO:
    file = BytesIO()
    Image.new("RGB", (60, 40), "red").save(file, "JPEG")
    file.seek(0)
    return file


def show(actor: User, project: Project, alt: str = "새 보안등이 켜진 골목") -> Project:
    return put_picture(actor=actor, project_id=project.pk, image=jpeg(), size=900, alt=alt)


def test_a_picture_is_shown_with_its_words_and_recorded() -> None:
    actor, project = make_administrator(), make_project()
    shown = show(actor, project)
    assert shown.picture_alt == "새 보안등이 켜진 골목"
    assert Image.open(shown.picture).size == (60, 40)
    assert Image.open(shown.thumbnail).size == (288, 288)
    event = AuditEvent.objects.filter(action="budgets.project.changed").latest("pk")
    assert (event.actor_ref, event.data) == (actor.actor_ref, {"fields": ["picture"]})


def test_a_picture_needs_no_new_review() -> None:
    project = make_project(make_reviewing_budget())
    Project.objects.filter(pk=project.pk).update(state=ProjectState.ELIGIBLE)
    show(make_administrator(), project)
    project.refresh_from_db()
    assert project.state == ProjectState.ELIGIBLE


def test_another_picture_takes_the_place_of_the_one_before_and_its_files(
    django_capture_on_commit_callbacks: Callable[..., object],
) -> None:
    actor, project = make_administrator(), make_project()
    before = show(actor, project)
    storage = before.picture.storage
    names = [str(before.picture.name), str(before.thumbnail.name)]
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined] # a pytest fixture
        after = show(actor, project, "다른 사진")
    assert not any(storage.exists(name) for name in names)
    assert storage.exists(str(after.picture.name))
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined] # a pytest fixture
        gone = remove_picture(actor=actor, project_id=project.pk)
    assert (gone.picture.name, gone.thumbnail.name, gone.picture_alt) == ("", "", "")
    assert not storage.exists(str(after.picture.name))


def test_only_those_in_charge_show_pictures() -> None:
    project = make_project()
    other = make_user(role=RoleKind.OFFICIAL, department=make_department())
    with pytest.raises(Refused, match="other_department"):
        show(other, project)
    with pytest.raises(Refused, match="role_needed"):
        show(make_user(), project)


@pytest.mark.parametrize(
    ("stage", "state"),
    [
        (BudgetState.VOTING, ProjectState.ON_BALLOT),
        (BudgetState.ALLOCATED, ProjectState.NOT_SELECTED),
    ],
)
def test_what_stands_on_a_ballot_changes_no_more(stage: str, state: str) -> None:
    project = make_project()
    Project.objects.filter(pk=project.pk).update(state=state)
    type(project.budget).objects.filter(pk=project.budget_id).update(state=stage)
    with pytest.raises(Refused, match="projects_closed"):
        show(make_administrator(), project)
    with pytest.raises(Refused, match="projects_closed"):
        remove_picture(actor=make_administrator(), project_id=project.pk)


def test_what_is_carried_out_can_be_shown() -> None:
    project = make_project()
    Project.objects.filter(pk=project.pk).update(state=ProjectState.EXECUTING)
    type(project.budget).objects.filter(pk=project.budget_id).update(state=BudgetState.EXECUTING)
    assert show(make_administrator(), project).picture


def test_a_file_that_is_no_picture_is_refused_at_its_field() -> None:
    project = make_project()
    with pytest.raises(Refused) as caught:
        put_picture(
            actor=make_administrator(),
            project_id=project.pk,
            image=BytesIO(b"%PDF-1.7"),
            size=8,
            alt="골목",
        )
    assert (caught.value.refusal.code, caught.value.refusal.form_field) == (
        "picture_unreadable",
        "image",
    )


def test_the_database_keeps_no_picture_without_words() -> None:
    project = make_project()
    with pytest.raises(IntegrityError), transaction.atomic():
        Project.objects.filter(pk=project.pk).update(picture="budgets/a.jpg")


@pytest.mark.django_db(transaction=True)
def test_nothing_is_locked_while_a_picture_is_written_anew_and_the_budget_is_read_again_after(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    project, told = make_project(), []

    def meanwhile(*file: Any) -> Any:
        told.append(connection.in_atomic_block)
        type(project.budget).objects.filter(pk=project.budget_id).update(state=BudgetState.VOTING)
        return rewritten(*file)

    monkeypatch.setattr(pictures, "rewritten", meanwhile)
    with pytest.raises(Refused, match="projects_closed"):
        show(make_administrator(), project)
    project.refresh_from_db()
    assert (told, bool(project.picture)) == ([False], False)


def test_who_may_not_show_a_picture_is_refused_before_it_is_looked_at(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pictures, "rewritten", None)
    with pytest.raises(Refused, match="role_needed"):
        show(make_user(), make_project())
