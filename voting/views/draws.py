"""What everybody reads about draws by lot: the list, one draw, and the file that repeats it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from voting.forms.draws import ReplayForm
from voting.log import canonical
from voting.models import DrawState
from voting.selectors.draws import draw_document, draw_page, public_draw, replayed
from voting.views.citizens import address, number
from voting.wording import draw_words

if TYPE_CHECKING:
    from django.http import HttpRequest


@require_safe
def draw_list(request: HttpRequest) -> HttpResponse:
    """Draws that are coming, and those that were held, page by page."""
    page = draw_page(before=number(request, "before"), after=number(request, "after"))
    return render(
        request,
        "voting/draw_list.html",
        {
            "draws": page.draws,
            "previous_url": address(after=page.after) if page.after else "",
            "next_url": address(before=page.before) if page.before else "",
            "crumbs": [(_("Votes"), reverse("votes")), (_("Draws"), "")],
        },
    )


@require_safe
def draw_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One draw: what for, by which rules, who is on the list, how it came out, and once more."""
    draw = public_draw(pk)
    if draw is None:
        raise Http404
    is_asked = draw.state == DrawState.DRAWN and "numbers" in request.GET
    form = ReplayForm(request.GET if is_asked else None, thrown=draw.entropy)
    again = replayed(draw, form.cleaned_data["numbers"]) if form.is_valid() else None
    way = [(_("Votes"), reverse("votes")), (_("Draws"), reverse("draws")), (draw.title, "")]
    told = {"draw": draw, **draw_words(draw), "form": form, "again": again, "crumbs": way}
    return render(request, "voting/draw_page.html", told)


@require_safe
def draw_file(_request: HttpRequest, pk: int) -> HttpResponse:
    """Everything that repeats the draw, as canonical JSON."""
    draw = public_draw(pk)
    if draw is None:
        raise Http404
    answer = HttpResponse(canonical(draw_document(draw)), content_type="application/json")
    answer["Content-Disposition"] = f'attachment; filename="madang-draw-{draw.pk}.json"'
    return answer
