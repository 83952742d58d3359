"""The pages that try rules and presets on the same ballots, before one is chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext

from voting.admin.words import contest_of_preset
from voting.forms.rules import NO_FIELDS, RULE_FIELDS
from voting.selectors.office import presets
from voting.selectors.what_if import votes_to_try, what_if

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from voting.admin.frame import OfficePages
    from voting.models import Contest, ContestPreset


def what_if_page(pages: OfficePages, request: HttpRequest, contest: Contest) -> HttpResponse:
    """Winners by rule and by preset, on made-up ballots or on those of a vote that was chosen.

    For a budget, whose money is given out, only the way to the budget's own page.
    """
    named = request.GET.get("preset", "")
    chosen = next((one for one in presets() if str(one.pk) == named), None)
    shown: dict[str, Any] = {} if contest.outcome == "allocation" else tried(request, contest)
    return pages.page(
        request,
        "admin_what_if",
        title=gettext("Who would win by which rule"),
        contest=contest,
        preset=chosen,
        **shown,
    )


def preset_page(pages: OfficePages, request: HttpRequest) -> HttpResponse:
    """A preset tried before there is a contest: first on the newest vote with ballots of its kind.

    Another one is taken where the address names none, or one of a budget.
    """
    choices = list(presets().exclude(settings__kind="budget"))
    named = request.GET.get("preset", "")
    preset = next((one for one in choices if str(one.pk) == named), next(iter(choices), None))
    shown: dict[str, Any] = {}
    if preset is not None:
        shown = tried(request, contest_of_preset(preset), newest="ballots" not in request.GET)
    return pages.page(
        request,
        "admin_what_if",
        title=gettext("Who would win by which preset"),
        contest=None,
        preset=preset,
        choices=choices,
        **shown,
    )


def tried(request: HttpRequest, contest: Contest, *, newest: bool = False) -> dict[str, Any]:
    """What the page shows of the rules and presets for the ballot of `contest`."""
    earlier, too_large = votes_to_try(contest)
    asked = request.GET.get("ballots", "")
    chosen = next((one for one in earlier if newest or str(one.pk) == asked), None)
    found = what_if(contest, chosen, _presets_of(contest))
    return {
        "earlier": earlier,
        "too_large": too_large,
        "chosen": chosen,
        "found": found,
        "rows": [
            (RULE_FIELDS.get(one.rule, NO_FIELDS).label, one)
            for one in (found.outcomes if found else ())
        ],
    }


def _presets_of(contest: Contest) -> list[tuple[ContestPreset, Contest]]:
    """The presets for the same kind of ballot, each with a contest that holds its settings."""
    return [(one, contest_of_preset(one)) for one in presets().filter(settings__kind=contest.kind)]
