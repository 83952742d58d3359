"""Pages that everybody may read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from debates.selectors import thread_page, thread_query
from places.selectors import centre_points, open_centres, town_map
from proceedings.refusals import Refused
from proceedings.services import spend
from proposals.forms import ListForm
from proposals.models import ProposalState
from proposals.selectors import (
    SORTS,
    ListQuery,
    department_figures,
    map_of,
    overdue_proposals,
    proposal_by_id,
    proposal_list,
    proposal_page,
    similar_proposals,
    version_page,
)
from proposals.selectors.distance import REACHES
from proposals.selectors.listing import STAGES
from residents.permissions import who_asks
from residents.selectors import current_resident

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.contrib.auth.models import AnonymousUser
    from django.http import HttpRequest

    from proposals.models import Proposal
    from residents.models import User


def published(pk: int, reader: User | AnonymousUser | None = None) -> Proposal:
    """A proposal that is no draft, as `reader` may read it. Raises Http404."""
    proposal = proposal_by_id(pk, reader)
    if proposal is None or proposal.state == ProposalState.DRAFT:
        raise Http404
    return proposal


@require_safe
def proposals(request: HttpRequest) -> HttpResponse:
    """The list: filtered, ordered, searched, page by page."""
    query = ListQuery.read(request.GET)
    if query.near != request.GET.get("near", ""):
        return redirect(query.url())  # no address says more exactly where somebody stands
    page = proposal_list(query)
    sorts = [
        {"label": label, "url": _sorted_url(query, name), "current": query.sort == name}
        for name, label in SORTS.items()
    ]
    return render(
        request,
        "proposals/proposal_list.html",
        {"page": page, "sorts": sorts, **_filters(request, query, "proposals")},
    )


def _sorted_url(query: ListQuery, sort: str) -> str:
    """The list in another order; the nearest first once it is said from where."""
    name = "proposals_near" if sort == "near" and query.spot is None else "proposals"
    return query.url(name, **({} if name == "proposals_near" else {"sort": sort}))


@require_safe
def near(request: HttpRequest) -> HttpResponse:
    """From where to look: where one is, a point of the map, or a centre."""
    query = ListQuery.read(request.GET)
    resident = current_resident(request.user)
    mine = resident.area.code if resident is not None else ""
    placed = [centre for centre in open_centres() if centre.latitude and centre.longitude]
    centres = [
        {
            "name": centre.name,
            "url": query.url(sort="near", near=centre.code),
            "mine": centre.area.code == mine,
        }
        for centre in placed
    ]
    kept = query.parameters(sort="near", near="")
    return render(
        request,
        "proposals/proposal_near.html",
        {
            "centres": sorted(centres, key=lambda centre: not centre["mine"]),
            "town": town_map(),
            "marks": centre_points(placed),
            "kept": [pair for pair in kept.items() if pair[0] != "near"],
            "back_url": query.url(),
            "crumbs": [(_("Proposals"), query.url()), (_("Nearest"), "")],
        },
    )


@require_safe
def proposals_map(request: HttpRequest) -> HttpResponse:
    """The list on a map: figures per dong, a point per proposal that names one."""
    query = ListQuery.read(request.GET)
    areas, points = map_of(query)
    return render(
        request,
        "proposals/proposal_map.html",
        {"areas": areas, "points": points, **_filters(request, query, "proposals_map")},
    )


@require_safe
def overdue(request: HttpRequest) -> HttpResponse:
    """Promises that were not kept in time, page by page, and how each department does."""
    page, departments = overdue_proposals(after=request.GET.get("after", "")), department_figures()
    return render(
        request,
        "proposals/proposal_overdue.html",
        {
            "late": page.proposals,
            "count": sum(department.overdue for department in departments),
            "next_url": f"?after={page.after}" if page.after else "",
            "departments": departments,
            "crumbs": [(_("Proposals"), ListQuery().url()), (_("Answers and deadlines"), "")],
        },
    )


def detail_context(request: HttpRequest, proposal: Proposal) -> dict[str, Any]:
    """What the page of a proposal shows to whoever asks."""
    page = proposal_page(proposal, request.user)
    return {
        "page": page,
        "proposal": proposal,
        "support": page.support,
        "thread_page": thread_page(
            proposal.thread,
            **thread_query(request.GET),
            user=request.user,
            follows=getattr(proposal, "is_followed", None),
        )
        if proposal.thread and page.is_visible
        else None,
        "crumbs": [(_("Proposals"), ListQuery().url()), (_("No. %s") % proposal.pk, "")],
    }


@require_safe
def proposal(request: HttpRequest, pk: int) -> HttpResponse:
    """One proposal, whole."""
    found = published(pk, request.user)
    context = detail_context(request, found)
    status = 200 if context["page"].is_visible else 410
    return render(request, "proposals/proposal_detail.html", context, status=status)


@require_safe
def versions(request: HttpRequest, pk: int, number: int | None = None) -> HttpResponse:
    """A version beside the one before it, word by word."""
    found = published(pk)
    page = version_page(found, number)
    if page is None or found.is_hidden:
        raise Http404
    crumbs = [
        (_("Proposals"), ListQuery().url()),
        (found.title, found.get_absolute_url()),
        (_("Versions"), ""),
    ]
    return render(request, "proposals/proposal_versions.html", {"page": page, "crumbs": crumbs})


@require_safe
def hints(request: HttpRequest) -> HttpResponse:
    """Proposals much like the title being typed, as a fragment; nothing at the limit."""
    title = request.GET.get("title", "").strip()[:80]
    try:
        spend("hint", who_asks(request))
    except Refused:
        return HttpResponse(status=429)
    return render(request, "proposals/_hints.html", {"cards": similar_proposals(title)})


def _filters(request: HttpRequest, query: ListQuery, name: str) -> dict[str, Any]:
    form = ListForm(query.__dict__, is_near=query.spot is not None)
    labels = {
        "area": dict(form.fields["area"].choices),  # type: ignore[attr-defined] # a ChoiceField
        "field": dict(form.fields["field"].choices),  # type: ignore[attr-defined] # the same
        "stage": {stage: words for stage, (words, _states) in STAGES.items()},
        "reach": REACHES,
    }
    chips = [
        {"label": labels[key].get(value, value), "remove_url": query.url(name, **{key: ""})}
        for key, value in (
            ("area", query.area),
            ("field", query.field),
            ("stage", query.stage),
            ("reach", query.reach),
        )
        if value
    ]
    if query.spot is not None:
        label = query.spot.label or _("From the place you chose")
        gone = {"near": "", "reach": "", "sort": "hot" if query.sort == "near" else query.sort}
        chips.insert(0, {"label": label, "remove_url": query.url(name, **gone)})
    if query.q:
        chips.append({"label": f"“{query.q}”", "remove_url": query.url(name, q="")})
    return {
        "query": query.q,
        "form": form,
        "chips": chips,
        "kept": [
            (key, value)
            for key, value in (("sort", query.sort), ("near", query.near))
            if value not in {"", "hot"}
        ],
        "clear_url": ListQuery(sort="hot" if query.sort == "near" else query.sort).url(name)
        if chips
        else "",
        "near_url": query.url("proposals_near") if query.spot is not None else "",
        "dongs": _dongs(request, query, name, labels["area"]),
        "list_url": query.url(),
        "map_url": query.url("proposals_map"),
        "crumbs": [(_("Proposals"), "")],
    }


def _dongs(
    request: HttpRequest, query: ListQuery, name: str, names: Mapping[str, str]
) -> list[dict[str, Any]]:
    """All dong, then each one as a link; the dong of a confirmed resident stands in front.

    `names` are the choices of the filter, "" for all of them.
    """
    resident = current_resident(request.user)
    mine = resident.area.code if resident is not None and resident.area.code in names else ""
    codes = sorted((code for code in names if code), key=lambda code: code != mine)
    labels = {code: names[code] for code in codes}
    if mine:
        labels[mine] = _("My dong: %(dong)s") % {"dong": names[mine]}
    return [
        {"label": _("All dong"), "url": query.url(name, area=""), "current": not query.area},
        *(
            {
                "label": label,
                "url": query.url(name, area=code),
                "current": query.area == code,
                "mine": code == mine,
            }
            for code, label in labels.items()
        ),
    ]
