"""Stickers of boards: written down at the centre that set them up, beside the votes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from proceedings.refusals import Refused
from residents.permissions import centre_at_desk
from voting.forms.stickers import BoardCorrectionForm, BoardForm
from voting.papers import sticker_board
from voting.selectors import ballot_design, public_contests
from voting.selectors.desk import STICKER_STATES
from voting.selectors.stickers import boards_at, counts_of, find_board
from voting.services.stickers import correct_stickers, count_stickers
from voting.views.desk.frame import get_or_post, home_crumbs, staff_at
from voting.views.desk.handing import as_pdf
from voting.wording import board_paper

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from places.models import Centre
    from residents.models import User
    from voting.ballots import BallotDesign
    from voting.models import Contest, StickerCount
    from voting.selectors.stickers import Board


def boarded_at_desk(request: HttpRequest, pk: int) -> tuple[User, Centre, Contest]:
    """Who works at which centre, and the vote whose stickers it counts; else 404."""
    centre = centre_at_desk(request)
    user = staff_at(request, centre)
    contest = public_contests().filter(pk=pk, stickers=True, centres=centre).first()
    if contest is None:
        raise Http404
    return user, centre, contest


@login_required
@never_cache
@get_or_post
def stickers(request: HttpRequest, pk: int) -> HttpResponse:
    """Type the stickers of one board; below, the boards that this centre has counted."""
    user, centre, contest = boarded_at_desk(request, pk)
    design = ballot_design(contest)
    form = BoardForm(request.POST or None, design=design, initial={"day": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        try:
            count_stickers(
                actor=user,
                contest_id=contest.pk,
                centre=centre,
                place=form.cleaned_data["place"],
                day=form.cleaned_data["day"],
                counts=form.counts(),
            )
        except Refused as refused:
            form.refuse(refused.refusal)
        else:
            messages.success(request, _("Stored. The figures stand in the list below."))
            return redirect("desk_stickers", contest.pk)
    boards = boards_at(contest, centre)
    context = {
        "form": form,
        "contest": contest,
        "centre": centre,
        "is_now": contest.state in STICKER_STATES,
        "boards": [board_row(board, centre.name, design) for board in boards],
        "sums": sums_of(boards, design),
        "crumbs": home_crumbs(_("Count stickers")),
    }
    status = 422 if form.errors else 200
    return render(request, "voting/desk_stickers.html", context, status=status)


@login_required
@never_cache
@require_safe
def stickers_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """The board to print and to hang up."""
    _user, centre, contest = boarded_at_desk(request, pk)
    paper = board_paper(contest, ballot_design(contest), centre.name)
    return as_pdf(sticker_board(paper), "board.pdf")


def board_row(board: Board, centre: str, design: BallotDesign) -> dict[str, Any]:
    """A board's day: its figures in the ballot's order, and who typed which version."""
    return {
        "board": board,
        "name": board_name(board.last, centre),
        "figures": [board.counts[option.key] for option in design.in_order],
    }


def board_name(row: StickerCount, centre: str) -> str:
    """Where the board stood; the centre itself if nothing else is said."""
    return row.place or centre


def sums_of(boards: list[Board], design: BallotDesign) -> list[tuple[str, int]]:
    """All stickers of a centre by option, in the ballot's order."""
    return [
        (f"{option.number}. {option.title}", sum(board.counts[option.key] for board in boards))
        for option in design.in_order
    ]


@login_required
@never_cache
@get_or_post
def stickers_correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Put other figures in the place of a board's, with the reason."""
    board = find_board(pk)
    if board is None:
        raise Http404
    user = staff_at(request, board.centre)
    if board.contest.state not in STICKER_STATES:
        return redirect("desk_stickers", board.contest_id)
    design = ballot_design(board.contest)
    counts = counts_of(board)
    typed = {f"stickers-{option.number}": counts[option.key] for option in design.in_order}
    form = BoardCorrectionForm(request.POST or None, design=design, initial=typed)
    if request.method == "POST" and form.is_valid():
        try:
            correct_stickers(
                actor=user,
                board=board,
                counts=form.counts(),
                reason=form.cleaned_data["reason"],
            )
        except Refused as refused:
            form.refuse(refused.refusal)
        else:
            messages.success(request, _("Stored. The earlier figures stay in the record."))
            return redirect("desk_stickers", board.contest_id)
    context = {
        "form": form,
        "board": board,
        "name": board_name(board, board.centre.name),
        "crumbs": home_crumbs(_("Correct stickers")),
    }
    status = 422 if form.errors else 200
    return render(request, "voting/desk_stickers_correct.html", context, status=status)
