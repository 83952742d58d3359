"""What every page of the desk begins with: who works here, at which box, the way back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from proceedings.refusals import Refusal, Refused, mark
from residents.models import User
from residents.permissions import refuse_unless_role
from residents.roles import RoleKind
from voting.selectors.desk import certified_versions, find_batch
from voting.views.desk.words import box_name

if TYPE_CHECKING:
    from django.http import HttpRequest

    from places.models import Centre
    from voting.models import Batch, BatchState

get_or_post = require_http_methods(["GET", "HEAD", "POST"])
WATCHERS = (RoleKind.OBSERVER, RoleKind.AUDITOR, RoleKind.ADMINISTRATOR)
"""Who may read the page of a box that was certified, without a role at its centre."""

ELSEWHERE = Refusal(
    "box_elsewhere",
    mark("This step is not possible for the box as it stands now."),
    mark("Its page shows which step comes next."),
)


def staff_at(request: HttpRequest, centre: Centre) -> User:
    """The member of staff at this centre's desk. Raises Refused for everybody else."""
    refusal = refuse_unless_role(request.user, RoleKind.CLERK, RoleKind.COORDINATOR, centre=centre)
    if refusal is not None or not isinstance(request.user, User):
        raise Refused(refusal or ELSEWHERE)
    return request.user


def batch_or_404(pk: int) -> Batch:
    """The box with this number in its address."""
    batch = find_batch(pk)
    if batch is None:
        raise Http404
    return batch


def box_at(request: HttpRequest, pk: int, *states: BatchState) -> tuple[User, Batch]:
    """The clerk and the box, which must stand at one of `states` (any if none is named)."""
    batch = batch_or_404(pk)
    user = staff_at(request, batch.centre)
    if states and batch.state not in states:
        raise Refused(ELSEWHERE)
    return user, batch


def may_only_read(request: HttpRequest, batch: Batch) -> bool:
    """Whether the reader watches instead of working here; Refused for those who may do neither."""
    refusal = refuse_unless_role(
        request.user, RoleKind.CLERK, RoleKind.COORDINATOR, centre=batch.centre
    )
    if refusal is None:
        return False
    if certified_versions(batch) and not refuse_unless_role(request.user, *WATCHERS):
        return True
    raise Refused(refusal)


def is_coordinator(user: User, centre: Centre) -> bool:
    """Whether somebody coordinates this centre, and so sees how others type."""
    return refuse_unless_role(user, RoleKind.COORDINATOR, centre=centre) is None


def home_crumbs(here: str = "") -> list[tuple[str, str]]:
    """The way back from the day's page, or from a page right below it."""
    desk = (_("Desk"), reverse("desk"))
    if not here:
        return [desk, (_("Votes on paper"), "")]
    return [desk, (_("Votes on paper"), reverse("desk_paper")), (here, "")]


def crumbs(batch: Batch, here: str = "") -> list[tuple[str, str]]:
    """The way back: desk, votes on paper, this box."""
    if not here:
        return home_crumbs(box_name(batch))
    way = home_crumbs(here)[:-1]
    return [*way, (box_name(batch), reverse("desk_batch", args=[batch.pk])), (here, "")]
