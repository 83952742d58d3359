"""The set-up of one contest: its sections, its options, and how the ballot will look."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext

from proceedings.refusals import Refused
from proceedings.reports import refusal_text
from voting.admin.bodies import body_page
from voting.admin.frame import OfficePages, actor_of, sets_up
from voting.admin.lots import lot_page
from voting.admin.what_if import preset_page, what_if_page
from voting.admin.words import seat_words, sticker_words, unique_words, weight_words, window_words
from voting.forms.ballots import ballot_rows, most_of
from voting.forms.office import EMPTY_LINES, OptionForms
from voting.forms.rules import NO_FIELDS, RULE_FIELDS
from voting.forms.sections import OPTIONS, SECTIONS, section_of
from voting.models import Contest, ContestState
from voting.papers import blank_sheets
from voting.selectors import ballot_design, readiness
from voting.selectors.office import office_contest
from voting.services.contests import OptionText, change_contest
from voting.wording import how_sentence, sentence, sheet_paper

if TYPE_CHECKING:
    from collections.abc import Sequence

    from proceedings.refusals import Refusal
    from voting.ballots import BallotDesign
    from voting.forms.office import BaseOptions

RESHAPING = {"kind", "rule"}
"""Fields after whose change the same page asks other things."""


def set_up_url(contest: Contest, slug: str) -> str:
    """The address of a section."""
    if slug == OPTIONS:
        return reverse("admin:voting_contest_options", args=[contest.pk])
    return reverse("admin:voting_contest_section", args=[contest.pk, slug])


def missing_link(contest: Contest, refusal: Refusal) -> str:
    """Where something that is missing is set: the section's page, at the field."""
    slug = section_of(refusal.form_field)
    anchor = "" if slug == OPTIONS else f"#field-{refusal.form_field}"
    return set_up_url(contest, slug) + anchor


def slugs() -> list[str]:
    """The sections in the order in which one goes through them: options before their count."""
    order = [section.slug for section in SECTIONS]
    order.insert(order.index("ballot"), OPTIONS)
    return order


class SetUpPages(OfficePages):
    """Pages on which a draft is filled in; every save is one call of `change_contest`."""

    def get_urls(self) -> list[Any]:
        """The set-up's addresses before Django's own."""
        view = self.admin_site.admin_view
        return [
            path(
                "<int:pk>/set-up/<slug:slug>/",
                view(self.section),
                name="voting_contest_section",
            ),
            path("<int:pk>/options/", view(self.options), name="voting_contest_options"),
            path("<int:pk>/preview/", view(self.preview), name="voting_contest_preview"),
            path("<int:pk>/sample.pdf", view(self.sample), name="voting_contest_sample"),
            path("<int:pk>/lot/", view(self.lot), name="voting_contest_lot"),
            path("<int:pk>/what-if/", view(self.what_if), name="voting_contest_what_if"),
            path("what-if/", view(self.try_presets), name="voting_contest_try_presets"),
            path("<int:pk>/bodies/<int:place>/", view(self.body), name="voting_contest_body"),
            *super().get_urls(),
        ]

    def lot(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Decide equal votes by lot."""
        return lot_page(self, request, self.contest_or_404(request, pk))

    def what_if(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Try the rules on the same ballots."""
        return what_if_page(self, request, self.contest_or_404(request, pk))

    def try_presets(self, request: HttpRequest) -> HttpResponse:
        """Try a preset before there is a contest."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        return preset_page(self, request)

    def body(self, request: HttpRequest, pk: int, place: int) -> HttpResponse:
        """Type what a body gave."""
        return body_page(self, request, self.contest_or_404(request, pk), place)

    def contest_or_404(self, request: HttpRequest, object_id: str | int) -> Contest:
        """The contest that an address names; PermissionDenied for those who may not look."""
        named = str(object_id)
        contest = office_contest(int(named)) if named.isdecimal() and len(named) < 18 else None
        if contest is None:
            raise Http404
        if not self.has_view_permission(request, contest):
            raise PermissionDenied
        return contest

    def draft_or_away(self, request: HttpRequest, pk: int) -> Contest | HttpResponse:
        """The draft to be changed; the contest's page with the reason if it is none any more."""
        contest = self.contest_or_404(request, pk)
        if not sets_up(request):
            raise PermissionDenied
        if contest.state == ContestState.DRAFT:
            return contest
        messages.error(
            request, gettext("This contest is frozen; its settings do not change any more.")
        )
        return redirect("admin:voting_contest_change", contest.pk)

    def section(self, request: HttpRequest, pk: int, slug: str) -> HttpResponse:
        """One section of the set-up: shown, or saved and on to the next."""
        contest = self.draft_or_away(request, pk)
        if isinstance(contest, HttpResponse):
            return contest
        section = next((one for one in SECTIONS if one.slug == slug), None)
        if section is None:
            raise Http404
        form = section.form(request.POST or None, instance=contest)
        if request.method == "POST" and form.is_valid():
            changes, rule = form.changes(), contest.rule
            try:
                if changes:
                    contest = change_contest(
                        actor=actor_of(request), contest=contest, fields=changes
                    )
            except Refused as refused:
                form.refuse(refused.refusal, refusal_text(refused.refusal))
            else:
                if contest.rule != rule and slug != "rule":
                    self.tell_of_rule(request, contest)
                return self.saved(request, contest, slug, again=bool(RESHAPING & set(changes)))
        design = ballot_design(contest)
        return self.page(
            request,
            "admin_contest_section",
            title=section.title,
            contest=contest,
            form=form,
            slug=slug,
            steps=self.steps(contest, slug),
            notes=notes_of(contest, design, slug),
            budget_rule=slug == "rule" and contest.outcome == "allocation",
            rule_label=form.asked.label if hasattr(form, "asked") else "",
            status=422 if form.errors else 200,
        )

    def tell_of_rule(self, request: HttpRequest, contest: Contest) -> None:
        """The ballot's kind has changed, and the rule went with it: say which one holds now."""
        frame = gettext("The rule that counted the other ballots is gone. Now: %(rule)s.")
        rule = RULE_FIELDS.get(contest.rule, NO_FIELDS).label
        messages.warning(request, sentence(frame, rule=rule))

    def saved(
        self, request: HttpRequest, contest: Contest, slug: str, *, again: bool
    ) -> HttpResponse:
        """Where one goes after saving: the same page, the overview, or the next section."""
        if again:
            messages.info(request, gettext("Saved. This page now asks what belongs to it."))
            return redirect(set_up_url(contest, slug))
        messages.success(request, gettext("Saved."))
        order = slugs()
        place = order.index(slug) + 1
        if "next" in request.POST and place < len(order):
            return redirect(set_up_url(contest, order[place]))
        return redirect("admin:voting_contest_change", contest.pk)

    def steps(self, contest: Contest, current: str) -> list[dict[str, Any]]:
        """All sections with how much each lacks, for the list beside the form."""
        found = readiness(contest) if contest.state == ContestState.DRAFT else []
        lacking = [section_of(refusal.form_field) for refusal in found]
        titles = {section.slug: str(section.title) for section in SECTIONS}
        return [
            {
                "slug": slug,
                "title": titles.get(slug) or gettext("Options on the ballot"),
                "url": set_up_url(contest, slug),
                "missing": lacking.count(slug),
                "current": slug == current,
            }
            for slug in slugs()
        ]

    def options(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The lines of the ballot; those of a budget's vote come from the budget's page."""
        contest = self.draft_or_away(request, pk)
        if isinstance(contest, HttpResponse):
            return contest
        rows = list(contest.options.all())
        if contest.outcome == "allocation":
            return self.option_page(request, contest, rows, None)
        start = [
            {name: getattr(row, name) for name in ("key", "title", "detail", "group", "url")}
            for row in rows
        ]
        if "more" in request.POST:
            return self.option_page(request, contest, rows, with_more_lines(request))
        forms_ = cast("BaseOptions", OptionForms(request.POST or None, initial=start))
        if request.method == "POST" and forms_.is_valid():
            texts = option_texts(contest, forms_)
            try:
                change_contest(actor=actor_of(request), contest=contest, fields={}, options=texts)
            except Refused as refused:
                messages.error(request, refusal_text(refused.refusal))
                return redirect("admin:voting_contest_change", contest.pk)
            return self.saved(request, contest, OPTIONS, again=False)
        return self.option_page(request, contest, rows, forms_)

    def option_page(
        self, request: HttpRequest, contest: Contest, rows: Sequence[Any], forms_: Any
    ) -> HttpResponse:
        """The page of the options; without forms it only shows them."""
        wrong = forms_ is not None and forms_.is_bound and "more" not in request.POST
        return self.page(
            request,
            "admin_contest_options",
            title=gettext("Options on the ballot"),
            contest=contest,
            forms=forms_,
            rows=rows,
            steps=self.steps(contest, OPTIONS),
            wrong=wrong and not forms_.is_valid(),
            status=422 if wrong else 200,
        )

    def preview(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The ballot as a voter will see it; nothing can be sent from here."""
        contest = self.contest_or_404(request, pk)
        design = ballot_design(contest)
        return render(
            request,
            "voting/admin_contest_preview.html",
            {
                "contest": contest,
                "design": design,
                "how": how_sentence(design),
                "most": most_of(design),
                "rows": ballot_rows(list(contest.options.all()), design, []),
                "office_url": reverse("admin:voting_contest_change", args=[contest.pk]),
            },
        )

    def sample(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The printed ballot, marked as a sample from edge to edge."""
        contest = self.contest_or_404(request, pk)
        centre = contest.centres.order_by("name").first()
        paper = sheet_paper(
            contest,
            ballot_design(contest),
            centre.name if centre else gettext("centre"),
            sample=True,
        )
        response = HttpResponse(blank_sheets(paper, 1), content_type="application/pdf")
        response["Content-Disposition"] = 'inline; filename="sample.pdf"'
        response["Cache-Control"] = "no-store"
        return response


def notes_of(contest: Contest, design: BallotDesign, slug: str) -> list[tuple[str, str]]:
    """What to think about in a section, from what is stored: (tone, words)."""
    if slug == "times":
        return [*window_words(contest), *sticker_words(contest)]
    if slug == "ends":
        return [*sticker_words(contest), *(("", words) for words in unique_words(contest, design))]
    return [*weight_words(contest), *seat_words(contest, design)] if slug == "rule" else []


def with_more_lines(request: HttpRequest) -> BaseOptions:
    """The lines as typed, nothing judged, with some empty ones below."""
    unbound = OptionForms(request.POST)
    start = [
        {
            name: request.POST.get(f"{form.prefix}-{name}", "")
            for name in ("key", "title", "detail", "group", "url")
        }
        for form in unbound.forms
    ]
    typed = [row for row in start if any(row.values())]
    more = cast("BaseOptions", OptionForms(initial=typed))
    more.extra = EMPTY_LINES * 2
    return more


def option_texts(contest: Contest, forms_: BaseOptions) -> list[OptionText]:
    """The typed lines in their order; a line keeps its key, a new one gets the next free one."""
    known = set(contest.options.values_list("key", flat=True))
    used = set(known)
    texts = []
    for row in forms_.rows():
        key = row["key"] if row["key"] in known else free_key(used)
        used.add(key)
        known.discard(key)
        texts.append(OptionText(key, row["title"], row["detail"], row["url"], row["group"]))
    return texts


def free_key(used: set[str]) -> str:
    """The first of o1, o2, … that no option has."""
    number = 1
    while f"o{number}" in used:
        number += 1
    return f"o{number}"
