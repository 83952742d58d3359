"""What people do with opinions. Without a script each answers by a page; htmx swaps a part."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from django_htmx.http import push_url, reswap, retarget

from debates import services
from debates.forms import REACTIONS, AppealForm, CommentForm, FlagForm
from debates.models import Comment, Thread
from debates.selectors import (
    appealable,
    comment_place,
    comment_with_thread,
    one_opinion,
    thread_page,
)
from proceedings.refusals import Refused
from proceedings.wording import form_status, show_refusal

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from debates.selectors import Opinion
    from residents.models import User

either = require_http_methods(["GET", "HEAD", "POST"])


def reader(request: HttpRequest) -> User:
    """The account of a page behind `login_required`."""
    return cast("User", request.user)


def is_htmx(request: HttpRequest) -> bool:
    """Whether a script asks for a part of a page."""
    return bool(cast("Any", request).htmx)


def known(pk: int) -> Comment:
    """The opinion at this address, or 404."""
    found = comment_with_thread(pk)
    if found is None:
        raise Http404
    return found


def refuse_blank_form(request: HttpRequest, thread: Thread) -> None:
    """No empty form below what is hidden (404); who typed into one gets their words back."""
    if thread.is_hidden and request.method != "POST":
        raise Http404


def crumbs_of(thread: Thread, word: str) -> list[tuple[str, str]]:
    """The way back from a page about a conversation; a hidden subject is not named."""
    way = [] if thread.is_hidden else [(thread.subject_title, thread.subject_url)]
    return [*way, (word, "")]


def quoted(comment: Comment, user: User) -> Opinion | None:
    """An opinion as a page about it shows it; in a hidden conversation to its author only."""
    shown = not comment.thread.is_hidden or comment.author_id == user.pk
    return one_opinion(comment, user) if shown else None


def way_back(request: HttpRequest, otherwise: str) -> str:
    """The page that the form came from, if it is one of this site."""
    asked = request.POST.get("next", "")
    return asked if url_has_allowed_host_and_scheme(asked, allowed_hosts=None) else otherwise


@require_safe
def comment(request: HttpRequest, pk: int) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """The address of one opinion: its conversation, opened at it."""
    return redirect(comment_place(known(pk)))


@login_required
@either
def thread_comment(request: HttpRequest, pk: int) -> HttpResponse:
    """Post an opinion; with an error the form comes back as it was typed."""
    thread = get_object_or_404(Thread, pk=pk)
    refuse_blank_form(request, thread)
    form = CommentForm(request.POST or None, asks_position=thread.asks_position)
    if form.is_valid():
        try:
            said = services.post_comment(
                actor=reader(request),
                thread_id=thread.pk,
                body=form.cleaned_data["body"],
                position=form.cleaned_data.get("position", "neutral"),
            )
        except Refused as refused:
            show_refusal(form, refused.refusal)
        else:
            return posted(request, thread, said)
    return form_again(request, form, thread)


def posted(request: HttpRequest, thread: Thread, said: Comment) -> HttpResponse:
    """The conversation with the new opinion first on its side."""
    position = said.position if thread.asks_position else ""
    asked = {"position": position, "sort": "new", "sent": "1"}
    query = urlencode({name: value for name, value in asked.items() if value})
    place = f"{thread.subject_url}?{query}#opinion-{said.pk}"
    if not is_htmx(request):
        messages.success(request, _("Your opinion is posted."))
        return redirect(place)
    page = thread_page(thread, position=position, sort="new", user=request.user)
    context = {"thread_page": page, "marked": said.pk, "sent": True}
    answer = render(request, "debates/_thread.html", context)
    return push_url(reswap(retarget(answer, "#opinions"), "outerHTML"), place)


def form_again(
    request: HttpRequest, form: CommentForm, thread: Thread, parent: Comment | None = None
) -> HttpResponse:
    """The form as it was typed, with what is wrong: as a page, or as the part that htmx swaps."""
    context = {
        "form": form,
        "thread": thread,
        "about": "" if thread.is_hidden else thread.subject_title,
        "parent": parent,
        "opinion": quoted(parent, reader(request)) if parent else None,
        "next": way_back(request, thread.subject_url),
        "crumbs": crumbs_of(thread, _("Write an opinion")),
    }
    part = is_htmx(request) and request.method == "POST"
    template = "debates/_comment_form.html" if part else "debates/comment_form.html"
    return render(request, template, context, status=form_status(form))


@login_required
@either
def comment_reply(request: HttpRequest, pk: int) -> HttpResponse:
    """Reply to an opinion, on a page that shows it."""
    parent = known(pk)
    refuse_blank_form(request, parent.thread)
    form = CommentForm(request.POST or None, asks_position=False)
    if form.is_valid():
        try:
            said = services.post_comment(
                actor=reader(request),
                thread_id=parent.thread_id,
                parent_id=parent.pk,
                body=form.cleaned_data["body"],
            )
        except Refused as refused:
            show_refusal(form, refused.refusal)
        else:
            messages.success(request, _("Your reply is posted."))
            return redirect(said)
    return form_again(request, form, parent.thread, parent)


@login_required
@either
def comment_react(request: HttpRequest, pk: int) -> HttpResponse:
    """Find an opinion useful or not, or take it back; answers with the figures as they are now."""
    found = known(pk)
    value = request.POST.get("value", "")
    if value in REACTIONS:
        services.react_to_comment(actor=reader(request), comment_id=pk, useful=REACTIONS[value])
    if not is_htmx(request):
        back = way_back(request, comment_place(found)).partition("#")[0]
        return redirect(f"{back}#opinion-{pk}")
    context = {
        "thread_page": thread_page(found.thread, user=request.user),
        "opinion": one_opinion(found, request.user),
    }
    return render(request, "debates/_opinion_acts.html", context)


@login_required
@either
def comment_flag(request: HttpRequest, pk: int) -> HttpResponse:
    """Report an opinion under a house rule."""
    found = known(pk)
    refuse_blank_form(request, found.thread)
    form = FlagForm(request.POST or None)
    if form.is_valid():
        try:
            services.flag_comment(
                actor=reader(request),
                comment_id=pk,
                rule=form.cleaned_data["rule"],
                note=form.cleaned_data["note"],
            )
        except Refused as refused:
            show_refusal(form, refused.refusal)
        else:
            messages.success(request, _("Thank you. A moderator will look at this opinion."))
            return redirect(comment_place(found))
    return about_opinion(request, "debates/comment_flag.html", found, form, _("Report"))


@login_required
@either
def comment_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask once more, then withdraw one's own opinion."""
    found = known(pk)
    if request.method == "POST":
        services.withdraw_comment(actor=reader(request), comment_id=pk)
        messages.success(request, _("Your opinion is withdrawn."))
        return redirect(found.thread.subject_url)
    return about_opinion(request, "debates/comment_withdraw.html", found, None, _("Withdraw"))


@login_required
@either
def comment_appeal(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask to look again at one's own hidden opinion."""
    found = known(pk)
    form = AppealForm(request.POST or None)
    if form.is_valid():
        try:
            services.appeal_hiding(
                actor=reader(request), comment_id=pk, body=form.cleaned_data["body"]
            )
        except Refused as refused:
            show_refusal(form, refused.refusal)
        else:
            messages.success(request, _("A moderator will look again and tell you."))
            return redirect(comment_place(found))
    return about_opinion(
        request, "debates/comment_appeal.html", found, form, _("Ask to look again")
    )


def about_opinion(
    request: HttpRequest,
    template: str,
    found: Comment,
    form: FlagForm | AppealForm | None,
    word: str,
) -> HttpResponse:
    """A page about one opinion, which it shows."""
    context = {
        "comment": found,
        "opinion": quoted(found, reader(request)),
        "place": comment_place(found),
        "hiding": appealable(found),
        "form": form,
        "crumbs": crumbs_of(found.thread, word),
    }
    return render(request, template, context, status=form_status(form))


@login_required
@either
def thread_follow(request: HttpRequest, pk: int) -> HttpResponse:
    """Follow a conversation (value 1) or stop (0)."""
    thread = get_object_or_404(Thread, pk=pk)
    if request.POST.get("value") == "1":
        services.follow_thread(actor=reader(request), thread_id=pk)
    elif request.POST.get("value") == "0":
        services.unfollow_thread(actor=reader(request), thread_id=pk)
    if not is_htmx(request):
        return redirect(way_back(request, thread.subject_url))
    context = {"thread_page": thread_page(thread, user=request.user)}
    return render(request, "debates/_follow.html", context)
