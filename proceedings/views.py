"""The page of a process: its stages, where it stands, what comes next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from hangul.formats import day, when
from proceedings.selectors import public_processes, standing_of

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from proceedings.selectors import ProcessStanding


def process_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a process; what runs in it is listed by the apps' own pages."""
    process = get_object_or_404(public_processes(), slug=slug)
    standing = standing_of(process)
    return render(
        request,
        "proceedings/process_detail.html",
        {
            "process": process,
            "standing": standing,
            "stages": stages(standing),
            "next_text": next_text(standing),
            "next_date": when(standing.next_at, get_language() or "ko") if standing.next_at else "",
            "crumbs": [(process.title, "")],
        },
    )


def stages(standing: ProcessStanding) -> list[dict[str, str]]:
    """The phases as the status strip draws them."""
    language = get_language() or "ko"
    return [
        {
            "label": each.phase.title,
            "state": each.state,
            "date": f"{day(each.phase.opens_at, language)} – {day(each.phase.closes_at, language)}",
        }
        for each in standing.phases
    ]


def next_text(standing: ProcessStanding) -> str:
    """What changes next, in words; empty when all is over."""
    if standing.next_phase is None:
        return ""
    frame = _("“%(phase)s” ends") if standing.is_closing else _("“%(phase)s” begins")
    return frame % {"phase": standing.next_phase.title}
