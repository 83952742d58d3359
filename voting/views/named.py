"""An open vote: who voted how, for everybody to see."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from voting.ballots import BallotKind, Marks, SheetKind, SheetReading, is_blank, picks_of
from voting.selectors import ballot_design
from voting.selectors.named import named_ballots, named_page
from voting.views.citizens import crumbs, known
from voting.views.desk.words import reading_words

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from voting.ballots import BallotDesign


@require_safe
def named(request: HttpRequest, pk: int) -> HttpResponse:
    """Names and marks of an open vote with a result, page by page; 404 for any other vote."""
    contest = known(pk)
    ballots = named_ballots(contest)
    if ballots is None:
        raise Http404
    design = ballot_design(contest)
    page = named_page(ballots, request.GET.get("after", ""))
    return render(
        request,
        "voting/contest_named.html",
        {
            "contest": contest,
            "options": design.in_order,
            "lines": [(one.named, marked(design, one.marks)) for one in page.ballots],
            "next_url": f"?after={page.after}" if page.after else "",
            "crumbs": crumbs(contest, _("Who voted how")),
        },
    )


def marked(design: BallotDesign, marks: str) -> str:
    """What somebody marked, by the numbers of the options; the one choice with its title."""
    picks = picks_of(Marks(marks)) if design.kind is BallotKind.SINGLE else ()
    for option in design.options:
        if option.key in picks:
            return f"{option.number}. {option.title}"
    kind = SheetKind.BLANK if is_blank(marks) else SheetKind.VALID
    return reading_words(design, SheetReading(kind, Marks(marks), ""))
