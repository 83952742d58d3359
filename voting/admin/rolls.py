"""The roll of a contest in the office: figures, imports, one person's right, changes by two."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext

from proceedings.refusals import Refused
from proceedings.reports import problem_lines, refusal_text
from proceedings.tables import BadLines
from proceedings.wording import form_status, show_refusal
from residents.forms import PersonForm
from residents.selectors import resident_by_ref
from voting.admin.frame import OfficePages, actor_of, sets_up
from voting.forms.rolls import ChangeForm, NoteForm, ReasonForm, RollFileForm
from voting.models import ContestState, RollChange, VoidCause
from voting.permissions import refuse_roll_keeper
from voting.selectors.office import office_contest
from voting.selectors.rolls import (
    BEFORE_OPENING,
    right_standing,
    roll_figures,
    roll_imports,
    roll_request,
    roll_requests,
)
from voting.services.cosign import confirm_roll_second
from voting.services.rights import (
    approve_roll_request,
    ask_roll_change,
    look_up_for_roll,
    refuse_roll_request,
)
from voting.services.rolls import adopt_roll, discard_roll, preview_roll

if TYPE_CHECKING:
    from residents.models import Resident
    from voting.models import Contest
    from voting.selectors.rolls import NamedRequest

MOST_PROBLEMS = 100
"""Bad lines named at once; whoever has more begins with these."""


class RollPages(OfficePages):
    """The pages of a contest's roll. Nobody's name is listed: people are looked up one by one."""

    def get_urls(self) -> list[Any]:
        """The roll's addresses before Django's own."""
        pages = {
            "": self.roll,
            "_import": self.roll_import,
            "_discard": self.roll_discard,
            "_person": self.roll_person,
        }
        view = self.admin_site.admin_view
        return [
            *(
                path(
                    f"<int:pk>/roll/{part[1:]}{'/' if part else ''}",
                    view(page),
                    name=f"voting_contest_roll{part}",
                )
                for part, page in pages.items()
            ),
            path(
                "<int:pk>/roll/requests/<int:request_id>/",
                view(self.roll_decide),
                name="voting_contest_roll_decide",
            ),
            *super().get_urls(),
        ]

    def roll_contest(
        self,
        request: HttpRequest,
        pk: int,
        *,
        keepers: bool = False,
        sets_up_only: bool = False,
    ) -> Contest:
        """The contest for those who may see it; or only who keep its roll, or set contests up."""
        contest = office_contest(pk)
        if contest is None:
            raise Http404
        if not self.has_view_permission(request, contest):
            raise PermissionDenied
        if keepers and refuse_roll_keeper(actor_of(request), contest) is not None:
            raise PermissionDenied
        if sets_up_only and not sets_up(request):
            raise PermissionDenied
        return contest

    def roll(self, request: HttpRequest, pk: int) -> HttpResponse:
        """How many, whence, what waits; and the look-up of one person."""
        contest = self.roll_contest(request, pk)
        form, found = PersonForm(request.POST or None), None
        if request.method == "POST":
            self.roll_contest(request, pk, keepers=True)
            try:
                found = looked_up(request, pk, form) if form.is_valid() else None
            except Refused as refused:
                show_refusal(form, refused.refusal)
            if found and len(found) == 1:
                return redirect(person_url(contest, found[0][1]))
        requests = roll_requests(contest)
        return self.page(
            request,
            "admin_roll",
            title=gettext("Voter roll"),
            contest=contest,
            figures=roll_figures(contest),
            imports=roll_imports(contest),
            waiting=[one for one in requests if one.state == "waiting"],
            settled=[one for one in requests if one.state != "waiting"],
            form=form,
            found=found,
            keeps=refuse_roll_keeper(actor_of(request), contest) is None,
            takes_import=contest.state in BEFORE_OPENING and contest.roll_mode == "fixed",
            has_opened=contest.state not in BEFORE_OPENING,
            status=form_status(form),
        )

    def roll_import(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Choose a file, look at what it would do, take it over."""
        contest = self.roll_contest(request, pk, sets_up_only=True)
        if "token" in request.POST:
            return taken_over(request, pk)
        form = RollFileForm(request.POST or None, request.FILES or None)
        preview, lines = None, []
        if request.method == "POST" and form.is_valid():
            data = form.cleaned_data["file"].read()
            try:
                preview = preview_roll(actor=actor_of(request), contest_id=pk, data=data)
            except Refused as refused:
                form.refuse(refused.refusal)
            except BadLines as bad:
                lines = problem_lines(bad.problems)
        return self.page(
            request,
            "admin_roll_import",
            title=gettext("Import the roll from a file"),
            contest=contest,
            form=form,
            preview=preview,
            lines=lines[:MOST_PROBLEMS],
            more_lines=max(0, len(lines) - MOST_PROBLEMS),
            status=422 if lines else form_status(form),
        )

    def roll_discard(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Give the imported roll up, with a reason."""
        contest = self.roll_contest(request, pk, sets_up_only=True)
        form = ReasonForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                reason = form.cleaned_data["reason"]
                discard_roll(actor=actor_of(request), contest_id=pk, reason=reason)
            except Refused as refused:
                form.refuse(refused.refusal)
            else:
                messages.success(request, gettext("The imported roll is given up."))
                return back_to_roll(pk)
        return self.page(
            request,
            "admin_roll_discard",
            title=gettext("Give the imported roll up"),
            contest=contest,
            form=form,
            status=form_status(form),
        )

    def roll_person(self, request: HttpRequest, pk: int) -> HttpResponse:
        """One person's vote right and its moves, and what two people can do about it."""
        contest = self.roll_contest(request, pk, keepers=True)
        resident = resident_by_ref(request.POST.get("person") or request.GET.get("person", ""))
        if resident is None:
            raise Http404
        standing = right_standing(contest, resident)
        change = request.POST.get("change") or request.GET.get("change", "")
        form = change_form(request, resident, change) if change in RollChange.values else None
        if request.method == "POST" and form is not None and form.is_valid():
            try:
                done = asked(request, contest, resident, form)
            except Refused as refused:
                form.refuse(refused.refusal)
            else:
                messages.success(request, done)
                return redirect(person_url(contest, resident))
        return self.page(
            request,
            "admin_roll_person",
            title=gettext("Vote right of one person"),
            contest=contest,
            resident=resident,
            standing=standing,
            events=[(event, move_words(event.reason)) for event in standing.events],
            form=form,
            change=RollChange(change).label if form else "",
            is_open=contest.state == ContestState.OPEN,
            status=form_status(form),
        )

    def roll_decide(self, request: HttpRequest, pk: int, request_id: int) -> HttpResponse:
        """Carry a waiting change out, after looking the person up again; or refuse it."""
        contest = self.roll_contest(request, pk, keepers=True)
        named = roll_request(contest, request_id)
        if named is None:
            raise Http404
        refuses = "refuse" in request.POST
        person = PersonForm(None if refuses else request.POST or None)
        note = NoteForm(request.POST if refuses else None)
        form: Any = note if refuses else person
        if request.method == "POST" and form.is_valid():
            try:
                done = decided(request, named, form.cleaned_data)
            except Refused as refused:
                show_refusal(form, refused.refusal)
            else:
                messages.success(request, done)
                return back_to_roll(pk)
        return self.page(
            request,
            "admin_roll_decide",
            title=named.request.get_change_display(),
            contest=contest,
            named=named,
            is_mine=named.request.asked_by_ref == actor_of(request).actor_ref,
            person=person,
            note=note,
            status=form_status(form),
        )


def looked_up(request: HttpRequest, pk: int, form: PersonForm) -> list[tuple[str, Resident]]:
    """Those with the name and birth date that were typed."""
    return look_up_for_roll(actor=actor_of(request), contest_id=pk, **form.cleaned_data)


def back_to_roll(pk: int) -> HttpResponseRedirect:
    """To the page of the roll."""
    return HttpResponseRedirect(reverse("admin:voting_contest_roll", args=[pk]))


def taken_over(request: HttpRequest, pk: int) -> HttpResponseRedirect:
    """Take over what was looked at; what went wrong is said where the file is chosen."""
    try:
        adopt_roll(actor=actor_of(request), contest_id=pk, token=request.POST["token"])
    except Refused as refused:
        messages.error(request, refusal_text(refused.refusal))
        return HttpResponseRedirect(reverse("admin:voting_contest_roll_import", args=[pk]))
    messages.success(request, gettext("The roll is taken over."))
    return back_to_roll(pk)


def person_url(contest: Contest, resident: Resident) -> str:
    """The page of one person's right; the address names them by their opaque reference."""
    here = reverse("admin:voting_contest_roll_person", args=[contest.pk])
    return f"{here}?person={resident.ref}"


def change_form(request: HttpRequest, resident: Resident, change: str) -> ChangeForm:
    """The form of a change for the person looked up."""
    initial = {"person": resident.ref, "change": change}
    return ChangeForm(request.POST or None, initial=initial, change=change)


def asked(request: HttpRequest, contest: Contest, resident: Resident, form: ChangeForm) -> str:
    """Ask for a change, or carry it out if the second person signed; the words of success."""
    actor, second = actor_of(request), None
    if form.cleaned_data["email"]:
        second = confirm_roll_second(
            actor=actor,
            contest=contest,
            email=form.cleaned_data["email"],
            code=form.cleaned_data["code"],
        )
    ask_roll_change(
        actor=actor,
        contest_id=contest.pk,
        resident=resident,
        wanted=form.wanted(),
        second=second,
    )
    if second is None:
        return gettext("Asked for. It waits until somebody else decides.")
    return gettext("Done, signed by two people.")


def decided(request: HttpRequest, named: NamedRequest, data: dict[str, Any]) -> str:
    """Refuse or carry out; the words of success."""
    actor = actor_of(request)
    if "note" in data:
        refuse_roll_request(actor=actor, request_id=named.request.pk, note=data["note"])
        return gettext("Refused. Nothing was changed.")
    found = look_up_for_roll(actor=actor, contest_id=named.request.contest_id, **data)
    people = [one for _mark, one in found]
    approve_roll_request(actor=actor, request_id=named.request.pk, people=people)
    return gettext("Done, signed by two people.")


def move_words(reason: str) -> str:
    """Why a right moved, in words; causes of voidings have theirs, other codes say themselves."""
    causes = {value: str(label) for value, label in VoidCause.choices}
    return causes.get(reason, "")
