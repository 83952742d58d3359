"""Choose, confirm, cast, receipt: the way of a vote on the web. Each page works without a script.

Choosing needs no account; the log-in comes before the confirmation, and the marks wait for it in
the voter's own browser. No page shows a choice once it is cast.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlencode
from uuid import uuid4

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from proceedings.refusals import Refusal, Refused
from residents.models import User
from voting.ballots import NOT_A_BALLOT, BallotKind, read_marks
from voting.forms.ballots import (
    CastForm,
    ballot_rows,
    hidden_inputs,
    most_of,
    raw_of,
    served_at,
    served_token,
    without_noughts,
)
from voting.models import Secrecy
from voting.permissions import BLANK_UNSURE, refuse_ballot, refuse_choosing
from voting.selectors import NO_RESIDENCY
from voting.selectors.pages import ballot_page, public_contest, voter_receipt
from voting.services.casting import cast_ballot
from voting.views.kept import Kept, forget, keep, kept_of
from voting.wording import grouped, how_sentence, mark_words, secrecy_sentence

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from voting.forms.ballots import Raw
    from voting.models import Contest
    from voting.selectors.pages import BallotPage

either = require_http_methods(["GET", "HEAD", "POST"])


def page_of(request: HttpRequest, pk: int) -> BallotPage:
    """The ballot for this reader, or 404."""
    page = ballot_page(pk, request.user)
    if page is None:
        raise Http404
    return page


def crumbs(contest: Contest, here: str) -> list[tuple[str, str]]:
    """The way back: votes, this vote."""
    return [(_("Votes"), reverse("votes")), (contest.title, contest.get_absolute_url()), (here, "")]


def steps() -> list[str]:
    """The screens of the way."""
    return [_("Choose"), _("Check and send"), _("Receipt")]


@never_cache
@either
def ballot(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark the ballot; what was marked before is still marked."""
    page = page_of(request, pk)
    if request.method == "POST":
        return choose(request, page)
    kept = kept_of(request, pk, page.design)
    return show_ballot(request, page, kept.raw if kept else [], served=kept.served if kept else "")


def choose(request: HttpRequest, page: BallotPage) -> HttpResponse:
    """Take the marks to the confirmation, or show again what does not fit."""
    raw = without_noughts(page.design, raw_of(request.POST))
    served = request.POST.get("served", "")
    marks = read_marks(page.design, raw)
    if isinstance(marks, Refusal):
        return show_ballot(request, page, raw, served=served, wrong=marks)
    response = to(reverse("ballot_cast", args=[page.contest.pk]))
    keep(request, response, page.contest.pk, page.design, Kept(raw, served))
    return response


def show_ballot(
    request: HttpRequest,
    page: BallotPage,
    raw: Raw,
    *,
    served: str = "",
    wrong: Refusal | None = None,
) -> HttpResponse:
    """The ballot with its marks, or why this reader cannot vote."""
    contest, since = page.contest, served_at(page.contest.pk, served)
    refusal = refuse_choosing(contest, page.standing, page.now, since)
    context = {
        "contest": contest,
        "design": page.design,
        "how": how_sentence(page.design),
        "rows": ballot_rows(page.options, page.design, raw, wrong.form_field if wrong else ""),
        "marked": len(raw),
        "most": most_of(page.design),
        "spent": spent(page, raw),
        "spend_limit": int(page.design.spend_limit or page.design.points or 0),
        "counts_up_to": counts_up_to(page),
        "wrong": wrong,
        "refusal": refusal,
        "served": served if since else served_token(contest.pk, page.now),
        "has_voted": page.standing is not None and page.standing.has_voted,
        "steps": steps(),
        "crumbs": crumbs(contest, _("Ballot")),
    }
    status = 409 if refusal else 422 if wrong else 200
    return render(request, "voting/ballot_choose.html", context, status=status)


def counts_up_to(page: BallotPage) -> int:
    """How many marks the counter counts to; 0 shows no counter."""
    design = page.design
    if design.kind in {BallotKind.YES_NO, BallotKind.SCORE}:
        return len(page.options)
    if design.kind is BallotKind.POINTS and design.max_picks >= len(page.options):
        return 0  # the points alone are scarce
    if design.equal_ranks:
        return len(page.options)
    return design.max_picks if design.max_picks > 1 else 0


def spent(page: BallotPage, raw: Raw) -> int:
    """What the marks use up of a purse: money, or points."""
    if page.design.kind is BallotKind.POINTS and isinstance(raw, dict):
        return sum(int(value) for value in raw.values() if value.isdecimal())
    return sum(int(option.cost or 0) for option in page.options if option.key in list(raw))


@never_cache
@either
def cast_vote(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirm the marks and cast them; without an account the log-in comes first."""
    if not isinstance(request.user, User):
        query = urlencode({"next": reverse("ballot_cast", args=[pk])})
        return to(f"{reverse('account_login')}?{query}")
    if request.method == "POST":
        return put_in_box(request, request.user, pk)
    page = page_of(request, pk)
    kept = kept_of(request, pk, page.design)
    if kept is None:
        voted = page.standing is not None and page.standing.has_voted
        return to(reverse("receipt" if voted else "ballot", args=[pk]))
    return show_confirm(request, page, kept)


def put_in_box(request: HttpRequest, user: User, pk: int) -> HttpResponse:
    """Cast once per form: a second click or a lost answer gives the same receipt."""
    form, raw = CastForm(request.POST), raw_of(request.POST)
    if not form.is_valid():
        return refused_cast(request, pk, raw, NOT_A_BALLOT)
    if not raw and not form.cleaned_data["blank"]:
        return refused_cast(request, pk, raw, BLANK_UNSURE)
    try:
        cast_ballot(
            actor=user,
            contest_id=pk,
            raw=raw,
            request_id=form.cleaned_data["request_id"],
            served_at=served_at(pk, form.cleaned_data["served"]),
        )
    except Refused as refused:
        return refused_cast(request, pk, raw, refused.refusal)
    response = to(reverse("receipt", args=[pk]))
    forget(response, pk)
    return response


def refused_cast(request: HttpRequest, pk: int, raw: Raw, refusal: Refusal) -> HttpResponse:
    """Why the ballot was not taken, with the marks still there."""
    page = page_of(request, pk)
    served = str(request.POST.get("served", ""))
    if refusal is not BLANK_UNSURE and isinstance(read_marks(page.design, raw), Refusal):
        return show_ballot(request, page, raw, served=served, wrong=refusal)
    return show_confirm(request, page, Kept(raw, served), refusal)


def show_confirm(
    request: HttpRequest, page: BallotPage, kept: Kept, refusal: Refusal | None = None
) -> HttpResponse:
    """The marks once more, with the button that casts them, or why that is not possible."""
    contest = page.contest
    found = refusal or refuse_ballot(contest, page.standing, page.now, kept.served_at(contest.pk))
    can_cast = found is None or found.code in {BLANK_UNSURE.code, "ask_again"}
    context = {
        "contest": contest,
        "chosen": chosen_words(page, kept.raw),
        "places_first": page.design.kind is BallotKind.RANK,
        "is_blank": not kept.raw,
        "hidden": [
            ("request_id", str(uuid4())),
            ("served", kept.served),
            *hidden_inputs(kept.raw),
        ],
        "cast_form": CastForm(),
        "refusal": found,
        "can_cast": can_cast,
        "open_vote": secrecy_sentence(contest) if contest.secrecy == Secrecy.NAMED else "",
        "residency_url": residency_url(contest) if found is NO_RESIDENCY else "",
        "has_voted": page.standing is not None and page.standing.has_voted,
        "steps": steps(),
        "crumbs": crumbs(contest, _("Check and send")),
    }
    return render(request, "voting/ballot_confirm.html", context, status=409 if found else 200)


def residency_url(contest: Contest) -> str:
    """Where to be confirmed as a resident, with the way back to the confirmation."""
    try:
        address = reverse("residency")
    except NoReverseMatch:
        return ""
    return f"{address}?{urlencode({'next': reverse('ballot_cast', args=[contest.pk])})}"


def chosen_words(page: BallotPage, raw: Raw) -> list[dict[str, Any]]:
    """What is marked, in the order of the ballot; a ranking from its first place on."""
    given = raw if isinstance(raw, dict) else {}
    lines: list[dict[str, Any]] = [
        {
            "option": option,
            "answer": mark_words(page.design.kind, given[option.key]) if given else "",
        }
        for option in page.options
        if option.key in raw
    ]
    if page.design.kind is BallotKind.RANK and all(map(str.isdecimal, given.values())):
        lines.sort(key=lambda line: int(given[line["option"].key]))
    return lines


@never_cache
@require_safe
@login_required
def receipt(request: HttpRequest, pk: int) -> HttpResponse:
    """That the vote is in, when the result comes, who decides next; never what was chosen."""
    contest = public_contest(pk)
    if contest is None:
        raise Http404
    found = voter_receipt(contest, cast("User", request.user))
    if found is None:
        return to(contest.get_absolute_url())
    leaf = found.leaf.leaf_hash if found.leaf else ""
    check = f"{reverse('contest_recount', args=[pk])}?{urlencode({'leaf': leaf})}"
    return render(
        request,
        "voting/ballot_receipt.html",
        {
            "contest": contest,
            "receipt": found,
            "code": grouped(leaf),
            "check_url": check,
            "check_address": request.build_absolute_uri(check),
            "can_change": found.standing.refusal is None and contest.revote == "until_close",
            "steps": steps(),
            "crumbs": crumbs(contest, _("Receipt")),
        },
    )


def to(address: str) -> HttpResponseRedirect:
    """Go on to another page with a fresh request (303): reloading never sends a form again."""
    return HttpResponseRedirect(address, status=303)
