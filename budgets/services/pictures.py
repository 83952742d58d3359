"""The picture of a project: written anew on the way in, with words for those who cannot see it."""

from __future__ import annotations

from functools import partial
from typing import IO, TYPE_CHECKING

from django.db import transaction

from budgets.lifecycle import check_open
from budgets.models import Project
from budgets.permissions import refuse_unless_in_charge
from budgets.services.execution import CHOSEN
from budgets.services.planning import locked_budget, project_subject, refuse
from proceedings.audit import Action
from proceedings.services import record_event, spend
from proposals.pictures import rewritten, thumbnail_of

if TYPE_CHECKING:
    from django.core.files.base import ContentFile

    from proceedings.refusals import Refusal
    from residents.models import User


def refuse_picture(actor: User, project: Project) -> Refusal | None:
    """None while a project is written or carried out, for those in charge of it.

    While people vote, and until the money is given out, nothing about it changes.
    """
    refusal = refuse_unless_in_charge(actor, project)
    if refusal is not None or project.state in CHOSEN:
        return refusal
    return check_open(project.budget.state, imported=project.budget.is_imported)


def put_picture(*, actor: User, project_id: int, image: IO[bytes], size: int, alt: str) -> Project:
    """Show a project with a picture, in place of the one before; no new review is needed.

    `size` is in bytes, `alt` says what the picture shows. It is written anew before the budget is
    locked, so nobody waits for it. Raises Refused, for a file that is too large or no picture too.
    """
    found = Project.objects.select_related("budget", "department", "area")
    refuse(refuse_picture(actor, found.get(pk=project_id)))
    spend("picture", actor.actor_ref)
    picture = rewritten(image, size)
    return _put(actor, project_id, picture, thumbnail_of(picture), alt)


@transaction.atomic(durable=True)
def remove_picture(*, actor: User, project_id: int) -> Project:
    """Show a project without a picture again."""
    project = _project(actor, project_id)
    _drop_files(project)
    project.picture = project.thumbnail = ""
    project.picture_alt = ""
    return _stored(actor, project)


@transaction.atomic(durable=True)
def _put(
    actor: User,
    project_id: int,
    picture: ContentFile[bytes],
    thumbnail: ContentFile[bytes],
    alt: str,
) -> Project:
    project = _project(actor, project_id)
    _drop_files(project)
    project.picture_alt = alt
    project.picture.save("picture.jpg", picture, save=False)
    project.thumbnail.save("picture-s.jpg", thumbnail, save=False)
    return _stored(actor, project)


def _project(actor: User, project_id: int) -> Project:
    budget = locked_budget(Project.objects.get(pk=project_id).budget_id)
    project = budget.projects.select_for_update(of=("self",)).get(pk=project_id)
    project.budget = budget
    refuse(refuse_picture(actor, project))
    return project


def _stored(actor: User, project: Project) -> Project:
    project.save(update_fields=["picture", "thumbnail", "picture_alt"])
    record_event(
        action=Action.PROJECT_CHANGED,
        actor_ref=actor.actor_ref,
        subject=project_subject(project),
        data={"fields": ["picture"]},
    )
    return project


def _drop_files(project: Project) -> None:
    storage = project.picture.storage
    for name in filter(None, (project.picture.name, project.thumbnail.name)):
        transaction.on_commit(partial(storage.delete, name))
