"""From the first word to the published page, and what its author does afterwards."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hangul.personal_numbers import Kind, find_contacts
from places.selectors import town_map
from proceedings.models import PhaseKind
from proceedings.refusals import LIMIT_REACHED, Refused
from proceedings.selectors import processes_in_phase, refuse_outside_phase
from proceedings.services import spend
from proceedings.texts import clean_text
from proceedings.wording import form_status, say, say_next, status_of
from proposals.forms import (
    AdditionForm,
    AppealForm,
    DraftForm,
    PictureForm,
    ReasonForm,
    RevisionForm,
)
from proposals.lifecycle import Revising
from proposals.models import ProposalState
from proposals.permissions import refuse_unless_author
from proposals.pictures import MOST_PICTURES
from proposals.selectors import (
    drafts_of,
    paragraphs_of,
    proposal_by_id,
    revising_now,
    similar_proposals,
)
from proposals.services import (
    add_picture,
    add_to_proposal,
    appeal_hiding,
    discard_draft,
    publish_proposal,
    remove_picture,
    revise_proposal,
    save_draft,
    take_away_picture,
    withdraw_proposal,
)
from proposals.views.reading import published
from residents.models import User
from residents.permissions import who_asks

if TYPE_CHECKING:
    from django.forms import Field as FormField
    from django.http import HttpRequest, HttpResponse

    from proceedings.refusals import Refusal
    from proposals.models import Proposal

KEPT = "proposal_draft"
"""The session's place for what somebody writes before logging in, and since when it waits there."""
KEPT_HOURS = 24
"""How long it waits: the next one at a shared computer should not read it weeks later."""
LONGEST_CHOICE = 20
"""Letters of a choice or a number; texts have limits of their own."""
get_or_post = require_http_methods(["GET", "HEAD", "POST"])


def _steps(current: int) -> dict[str, Any]:
    return {
        "steps": [
            _("What to know"),
            _("Write"),
            _("Look for similar ones"),
            _("Preview"),
            _("Submit"),
        ],
        "current": current,
        "crumbs": [(_("Proposals"), reverse("proposals")), (_("Write a proposal"), "")],
    }


def _me(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise Http404
    return request.user


def _draft(request: HttpRequest, pk: int) -> Proposal:
    """The reader's own draft. Raises Http404 for anything else, so that nobody's shows."""
    draft = proposal_by_id(pk)
    if draft is None or refuse_unless_author(request.user, draft) is not None:
        raise Http404
    if draft.state != ProposalState.DRAFT:
        raise Http404
    return draft


def _initial(draft: Proposal) -> dict[str, Any]:
    names = ("title", "body", "area", "field", "place", "latitude", "longitude", "process")
    return {name: getattr(draft, name) for name in names}


def _asked_process(request: HttpRequest) -> int | None:
    """The process that a link to the form names, if it takes ideas now."""
    slug = request.GET.get("process", "")
    found = processes_in_phase(PhaseKind.PROPOSE).filter(slug=slug) if slug else []
    return next((process.pk for process in found), None)


def refused_words(refused: Refused) -> str:
    """A refusal as one text, for a form: why, and what to do."""
    return f"{say(refused.refusal)} {say_next(refused.refusal)}".strip()


@require_safe
def guide(request: HttpRequest) -> HttpResponse:
    """What to know before writing; the first step."""
    drafts = list(drafts_of(request.user)) if isinstance(request.user, User) else []
    return render(request, "proposals/proposal_guide.html", {"drafts": drafts, **_steps(1)})


@get_or_post
def write(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """The second step; open to everybody. Without an account the words wait in the session."""
    draft = _draft(request, pk) if pk is not None else None
    if request.method == "POST":
        return _written(request, draft)
    if draft is not None:
        form = DraftForm(initial=_initial(draft))
    elif kept := _kept(request):
        form = DraftForm(initial=kept)
    else:
        home = getattr(request.user, "home_area_id", None)
        form = DraftForm(initial={"area": home, "process": _asked_process(request)})
    return _write_page(request, form, draft)


def _write_page(
    request: HttpRequest, form: DraftForm, draft: Proposal | None, status: int = 200
) -> HttpResponse:
    outside = refuse_outside_phase(draft.process, PhaseKind.PROPOSE) if draft else None
    context = {"form": form, "draft": draft, "outside": outside, **_steps(2)}
    return render(request, "proposals/proposal_write.html", context, status=status)


def _written(request: HttpRequest, draft: Proposal | None) -> HttpResponse:
    later = "later" in request.POST
    form = DraftForm(request.POST, strict=not later)
    try:
        if not request.user.is_authenticated:
            _keep(request, form)
        if not form.is_valid():
            return _write_page(request, form, draft, status=422)
        if request.user.is_authenticated:
            draft = save_draft(
                actor=_me(request), words=form.words(), draft_id=draft.pk if draft else None
            )
            request.session.pop(KEPT, None)
    except Refused as refused:
        form.refuse(refused.refusal, refused_words(refused))
        return _write_page(request, form, draft, status=status_of(refused.refusal))
    if later:
        messages.success(request, _("Kept. You can go on whenever you like."))
    step = "write" if later else "similar"
    if draft is None:
        return redirect(f"proposal_new_{step}")
    return redirect(f"proposal_draft_{step}", pk=draft.pk)


def _keep(request: HttpRequest, form: DraftForm) -> None:
    """Let the words wait in the session; only new ones of an address count against its limit.

    Kept is only what a proposal has room for, and nothing that may not be kept anywhere.
    """
    if not _kept(request):
        spend("draft", who_asks(request))
    words = {
        name: _keepable(request.POST.get(name, ""), field) for name, field in form.fields.items()
    }
    request.session[KEPT] = {"words": words, "at": timezone.now().timestamp()}


def _keepable(text: str, field: FormField) -> str:
    try:
        return clean_text(text[: getattr(field, "max_length", None) or LONGEST_CHOICE])
    except ValidationError:
        return ""


def _kept(request: HttpRequest) -> dict[str, str]:
    """The words that wait in the session; those of another day are thrown away.

    Without their hour, as they were once kept, they are of another day.
    """
    kept = request.session.get(KEPT)
    if not kept:
        return {}
    if timezone.now().timestamp() - kept.get("at", 0) > KEPT_HOURS * 3600:
        del request.session[KEPT]
        return {}
    words: dict[str, str] = kept.get("words", {})
    return words


@require_safe
def similar(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """The third step: perhaps somebody proposed it already, and support counts more together."""
    draft = _draft(request, pk) if pk is not None else None
    kept = _kept(request) if draft is None else {}
    if draft is None and not kept:
        return redirect("proposal_new_write")
    title = draft.title if draft else kept.get("title", "")
    context = {
        "title": title,
        "cards": similar_proposals(title, but=draft.pk if draft else 0),
        "back_url": reverse("proposal_draft_write", args=[draft.pk])
        if draft
        else reverse("proposal_new_write"),
        "next_url": reverse("proposal_preview", args=[draft.pk])
        if draft
        else reverse("proposal_new_continue"),
        **_steps(3),
    }
    return render(request, "proposals/proposal_similar.html", context)


@login_required
@require_safe
def continue_draft(request: HttpRequest) -> HttpResponse:
    """After logging in: what was written before becomes a draft of the account."""
    kept = _kept(request)
    if not kept:
        return redirect("proposal_new")
    form = DraftForm(kept)
    if not form.is_valid():
        return redirect("proposal_new_write")
    draft = save_draft(actor=_me(request), words=form.words())
    del request.session[KEPT]
    return redirect("proposal_preview", pk=draft.pk)


@login_required
@get_or_post
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    """The fourth step: as others will see it; pictures are added here."""
    draft = _draft(request, pk)
    form = PictureForm(request.POST or None, request.FILES or None)
    if _added(request, draft, form):
        return redirect(f"{reverse('proposal_preview', args=[pk])}#pictures")
    return _preview_page(request, draft, form, status=form_status(form))


def _added(request: HttpRequest, draft: Proposal, form: PictureForm) -> bool:
    """Add the picture that was sent, if one was; the form says why not."""
    if not form.is_valid():
        return False
    image, alt = form.cleaned_data["image"], form.cleaned_data["alt"]
    try:
        add_picture(actor=_me(request), draft_id=draft.pk, image=image, size=image.size, alt=alt)
    except Refused as refused:
        form.refuse(refused.refusal, refused_words(refused))
        return False
    return True


def _contacts(*parts: tuple[str, str]) -> list[str]:
    """Where in named texts a telephone number or an e-mail address stands, one each."""
    what = {Kind.PHONE: _("telephone number"), Kind.EMAIL: _("e-mail")}
    return list(
        dict.fromkeys(
            _("%(part)s, line %(line)s: %(what)s")
            % {"part": part, "line": found.line, "what": what[found.kind]}
            if "\n" in text
            else f"{part}: {what[found.kind]}"
            for part, text in parts
            for found in find_contacts(text)
        )
    )


def _preview_page(
    request: HttpRequest,
    draft: Proposal,
    form: PictureForm,
    *,
    status: int,
    refusal: Refusal | None = None,
) -> HttpResponse:
    context = {
        "draft": draft,
        "form": form,
        "refusal": refusal,
        "paragraphs": paragraphs_of(draft.body),
        "contacts": _contacts(
            (_("Title"), draft.title), (_("Text"), draft.body), (_("Place"), draft.place)
        ),
        "pictures": list(draft.pictures.all()),
        "town": town_map() if draft.latitude is not None else [],
        "most_pictures": MOST_PICTURES,
        **_steps(4),
    }
    return render(request, "proposals/proposal_preview.html", context, status=status)


@login_required
@require_POST
def drop_picture(request: HttpRequest, pk: int, picture: int) -> HttpResponse:
    """Take a picture out of a draft."""
    remove_picture(actor=_me(request), draft_id=_draft(request, pk).pk, picture_id=picture)
    return redirect(f"{reverse('proposal_preview', args=[pk])}#pictures")


@login_required
@require_POST
def submit(request: HttpRequest, pk: int) -> HttpResponse:
    """The last step: before the public. What speaks against it stands over the preview.

    A picture that was chosen but not added yet goes along.
    """
    draft = _draft(request, pk)
    if "image" in request.FILES:
        form = PictureForm(request.POST, request.FILES)
        if not _added(request, draft, form):
            return _preview_page(request, draft, form, status=form_status(form))
    try:
        proposal = publish_proposal(actor=_me(request), draft_id=pk)
    except Refused as refused:
        if refused.refusal.code == LIMIT_REACHED:
            raise  # with the hour from which it can be tried again
        status, form = status_of(refused.refusal), PictureForm()
        return _preview_page(request, draft, form, status=status, refusal=refused.refusal)
    messages.success(request, _("Your proposal is published. We tell you when something happens."))
    return redirect(proposal)


@login_required
@get_or_post
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Throw a draft away, after asking once more."""
    draft = _draft(request, pk)
    if request.method == "POST":
        discard_draft(actor=_me(request), draft_id=pk)
        messages.success(request, _("The draft is gone."))
        return redirect("proposal_new")
    return render(request, "proposals/proposal_discard.html", {"draft": draft, **_steps(2)})


# --- After publication ---


def _own(request: HttpRequest, pk: int) -> Proposal:
    proposal = published(pk)
    refusal = refuse_unless_author(request.user, proposal)
    if refusal is not None:
        raise Refused(refusal)
    return proposal


@login_required
@get_or_post
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Rewrite the text while few support it; add below it afterwards."""
    proposal = _own(request, pk)
    way = revising_now(proposal)
    form: RevisionForm | AdditionForm
    if way is Revising.FULL:
        form = RevisionForm(request.POST or None, proposal=proposal)
        act = partial(revise_proposal, actor=_me(request), proposal_id=pk)
    else:
        form = AdditionForm(request.POST or None)
        act = partial(add_to_proposal, actor=_me(request), proposal_id=pk)
    if form.is_valid():
        try:
            act(**form.said())
        except Refused as refused:
            form.refuse(refused.refusal, refused_words(refused))
        else:
            messages.success(request, _("Your change is published."))
            return redirect(proposal)
    typed = [form[name] for name in ("title", "body", "note", "addition") if name in form.fields]
    context = {
        "proposal": proposal,
        "form": form,
        "way": way.value,
        "contacts": _contacts(*((str(field.label), field.value() or "") for field in typed)),
        "pictures": list(proposal.pictures.all()),
        **_about(proposal),
    }
    return render(request, "proposals/proposal_edit.html", context, status=form_status(form))


@login_required
@require_POST
def take_picture_away(request: HttpRequest, pk: int, picture: int) -> HttpResponse:
    """Take a picture away from one's published proposal."""
    proposal = _own(request, pk)
    take_away_picture(actor=_me(request), proposal_id=pk, picture_id=picture)
    messages.success(request, _("The picture is gone, and its file with it."))
    return redirect(proposal)


@login_required
@get_or_post
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a proposal back, with a reason."""
    proposal = _own(request, pk)
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        try:
            return redirect(
                withdraw_proposal(actor=_me(request), proposal_id=pk, **form.cleaned_data)
            )
        except Refused as refused:
            form.refuse(refused.refusal, refused_words(refused))
    context = {"proposal": proposal, "form": form, **_about(proposal)}
    return render(request, "proposals/proposal_withdraw.html", context, status=form_status(form))


@login_required
@get_or_post
def appeal(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask to look again at a hiding."""
    proposal = _own(request, pk)
    form = AppealForm(request.POST or None)
    if form.is_valid():
        try:
            appeal_hiding(actor=_me(request), proposal_id=pk, **form.cleaned_data)
        except Refused as refused:
            form.refuse(refused.refusal, refused_words(refused))
        else:
            messages.success(request, _("We look again and tell you what is decided."))
            return redirect(proposal)
    context = {"proposal": proposal, "form": form, **_about(proposal)}
    return render(request, "proposals/proposal_appeal.html", context, status=form_status(form))


def _about(proposal: Proposal) -> dict[str, Any]:
    return {
        "crumbs": [
            (_("Proposals"), reverse("proposals")),
            (proposal.title, proposal.get_absolute_url()),
            (_("Change it"), ""),
        ]
    }
