"""What everybody reads about votes: list, contest, result, recount kit, log."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.http import (
    FileResponse,
    Http404,
    HttpResponse,
    HttpResponseNotModified,
    StreamingHttpResponse,
)
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.http import parse_etags
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from residents.models import User
from voting.bundle import verifier_file, zip_bundle
from voting.forms.ballots import ContestFilterForm, LeafForm
from voting.selectors import voter_standing
from voting.selectors.counting import counting_now
from voting.selectors.lots import waits_for_lot
from voting.selectors.pages import (
    bundle_bytes,
    bundle_files,
    bundle_tag,
    check_leaf,
    contest_page,
    head_lines,
    log_key,
    log_lines,
    log_page,
    newest_head,
    newest_publication,
    orders_of,
    public_contest,
    shown_result,
)
from voting.selectors.pages import bundle_file as file_of_bundle
from voting.selectors.pages import (
    contest_list as contests_of_list,
)
from voting.selectors.paper import published_envelopes
from voting.views.figures import figure_words
from voting.views.words import contest_words, list_cards, result_words
from voting.wording import LEAF_KINDS, again_words, grouped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

    from voting.models import Contest


def known(pk: int) -> Contest:
    """The contest at this address, or 404."""
    contest = public_contest(pk)
    if contest is None:
        raise Http404
    return contest


def crumbs(contest: Contest, here: str = "") -> list[tuple[str, str]]:
    """The way back."""
    way = [(_("Votes"), reverse("votes"))]
    if not here:
        return [*way, (contest.title, "")]
    return [*way, (contest.title, contest.get_absolute_url()), (here, "")]


@require_safe
def contest_list(request: HttpRequest) -> HttpResponse:
    """Votes that are open, coming, being counted; results page by page."""
    form = ContestFilterForm(request.GET)
    area = form.chosen()
    found = contests_of_list(
        area=area, before=number(request, "before"), after=number(request, "after")
    )
    kept = {"area": area.code} if area else {}
    return render(
        request,
        "voting/contest_list.html",
        {
            "form": form,
            "chips": [{"label": area.local_name, "remove_url": "?"}] if area else [],
            "cards": list_cards(found),
            "found": found,
            "previous_url": address(**kept, after=found.after) if found.after else "",
            "next_url": address(**kept, before=found.before) if found.before else "",
            "crumbs": [(_("Votes"), "")],
        },
    )


def number(request: HttpRequest, name: str) -> int:
    """A whole number of the query, 0 for anything else."""
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def address(**asked: str | int) -> str:
    """The list's address with what is asked of it."""
    return f"?{urlencode(asked)}"


@require_safe
def contest_detail(
    request: HttpRequest, pk: int, talk: Callable[[HttpRequest, Contest], object]
) -> HttpResponse:
    """What is decided, who may, how, how it is counted, how many took part, where I stand.

    `talk` gives what is said about it, as `debates/_thread.html` wants it.
    """
    page = contest_page(pk)
    if page is None:
        raise Http404
    user = request.user
    standing = voter_standing(page.contest, user) if isinstance(user, User) else None
    return render(
        request,
        "voting/contest_page.html",
        {
            "page": page,
            "contest": page.contest,
            "standing": standing,
            "waits_for_lot": waits_for_lot(page.contest),
            "counting": counting_now(page.contest),
            **contest_words(page),
            "thread_page": talk(request, page.contest),
            "crumbs": crumbs(page.contest),
        },
    )


@require_safe
def contest_result(request: HttpRequest, pk: int, version: int | None = None) -> HttpResponse:
    """The result in one sentence, in bars, as a table, with the sums that must fit."""
    contest = known(pk)
    shown = shown_result(contest, version)
    if shown is None and version is not None:
        raise Http404
    words = {**result_words(shown), **figure_words(shown)} if shown else {}
    orders = orders_of(contest)
    return render(
        request,
        "voting/contest_result.html",
        {
            "contest": contest,
            "shown": shown,
            **words,
            "envelopes": published_envelopes(shown.publication) if shown else None,
            "again": again_words(contest, orders),
            "counting": None if version else counting_now(contest),
            "orders": orders,
            "crumbs": crumbs(contest, _("Result")),
        },
    )


@require_safe
def counting(request: HttpRequest, pk: int) -> HttpResponse:
    """How far the count is: the part of a page that is fetched every few seconds."""
    contest = known(pk)
    told = {"contest": contest, "counting": counting_now(contest)}
    return render(request, "voting/_counting.html", told)


@require_safe
def recount(request: HttpRequest, pk: int) -> HttpResponse:
    """The recount kit, and the question whether a receipt stands in the log."""
    contest = known(pk)
    publication = newest_publication(contest)
    form = LeafForm(request.GET if "leaf" in request.GET else None)
    asked = form.cleaned_data["leaf"] if form.is_bound and form.is_valid() else ""
    files = bundle_files(contest, publication.version) if publication else []
    return render(
        request,
        "voting/contest_recount.html",
        {
            "contest": contest,
            "publication": publication,
            "files": files,
            "names": {file.name for file in files},
            "form": form,
            "asked": grouped(asked),
            "check": check_leaf(contest, asked) if asked else None,
            "head": newest_head(contest),
            "key": log_key(contest),
            "key_groups": grouped(log_key(contest)),
            "crumbs": crumbs(contest, _("Recount kit")),
        },
    )


@require_safe
def log(request: HttpRequest, pk: int) -> HttpResponse:
    """The leaves of the log in order, and the heads that were signed."""
    contest = known(pk)
    page = log_page(contest, number(request, "from"))
    return render(
        request,
        "voting/contest_log.html",
        {
            "contest": contest,
            "page": page,
            "leaves": [(one, LEAF_KINDS.get(one.leaf.kind, "")) for one in page.leaves],
            "previous_url": "" if page.previous is None else address(**{"from": page.previous}),
            "next_url": "" if page.next is None else address(**{"from": page.next}),
            "crumbs": crumbs(contest, _("Log")),
        },
    )


def lines_of(
    name: str, lines: Callable[[Contest], Iterator[bytes]]
) -> Callable[[HttpRequest, int], StreamingHttpResponse]:
    """A view that streams JSON lines of a contest."""

    @require_safe
    def view(_request: HttpRequest, pk: int) -> StreamingHttpResponse:
        contest = known(pk)
        answer = StreamingHttpResponse(lines(contest), content_type="application/jsonl")
        answer["Content-Disposition"] = f'attachment; filename="{name}-{contest.pk}.jsonl"'
        return answer

    return view


log_file = lines_of("log", log_lines)
heads_file = lines_of("heads", head_lines)


@require_safe
def bundle(request: HttpRequest, pk: int, version: int) -> HttpResponseBase:
    """The whole bundle as one ZIP; its bytes never change, so it may be kept for ever."""
    contest = known(pk)
    files = bundle_files(contest, version)
    if not files:
        raise Http404
    tag = f'"{bundle_tag(files)}"'
    if tag in parse_etags(request.headers.get("If-None-Match", "")):
        return for_ever(HttpResponseNotModified(), tag)
    packed = BytesIO(zip_bundle(bundle_bytes(contest, version)))
    name = f"madang-vote-{pk}-{version}.zip"
    return for_ever(FileResponse(packed, as_attachment=True, filename=name), tag)


@require_safe
def verifier(_request: HttpRequest) -> HttpResponse:
    """The program that checks bundles and draws, one file."""
    answer = HttpResponse(verifier_file(), content_type="text/x-python; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="verify.py"'
    return answer


TYPES = {"json": "application/json", "jsonl": "application/jsonl", "csv": "text/csv"}


@require_safe
def bundle_file(request: HttpRequest, pk: int, version: int, name: str) -> HttpResponseBase:
    """One file of a bundle, byte for byte."""
    found = file_of_bundle(known(pk), version, name)
    if found is None:
        raise Http404
    tag = f'"{found.sha256}"'
    if tag in parse_etags(request.headers.get("If-None-Match", "")):
        return for_ever(HttpResponseNotModified(), tag)
    kind = TYPES.get(name.rpartition(".")[2], "text/plain; charset=utf-8")
    content = BytesIO(bytes(found.content))
    answer = FileResponse(content, as_attachment=True, filename=name, content_type=kind)
    return for_ever(answer, tag)


def for_ever(answer: HttpResponseBase, tag: str) -> HttpResponseBase:
    """Mark an answer whose bytes never change."""
    answer["ETag"] = tag
    patch_cache_control(answer, public=True, max_age=31_536_000, immutable=True)
    return answer
