"""The page that tries every fitting rule on the same ballots, before one is chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext

from voting.forms.rules import NO_FIELDS, RULE_FIELDS
from voting.selectors.what_if import votes_to_try, what_if

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from voting.admin.frame import OfficePages
    from voting.models import Contest


def what_if_page(pages: OfficePages, request: HttpRequest, contest: Contest) -> HttpResponse:
    """Winners by rule, on made-up ballots or on those of an earlier vote that was chosen.

    For a budget, whose money is given out, only the way to the budget's own page.
    """
    is_budget = contest.outcome == "allocation"
    earlier = [] if is_budget else votes_to_try(contest)
    asked = request.GET.get("ballots", "")
    chosen = next((one for one in earlier if str(one.pk) == asked), None)
    found = None if is_budget else what_if(contest, chosen)
    return pages.page(
        request,
        "admin_what_if",
        title=gettext("Who would win by which rule"),
        contest=contest,
        earlier=earlier,
        chosen=chosen,
        found=found,
        rows=[
            (RULE_FIELDS.get(one.rule, NO_FIELDS).label, one)
            for one in (found.outcomes if found else ())
        ],
    )
