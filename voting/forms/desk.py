"""What the desk types: who signs beside one, counts, a sheet's marks, reasons, corrections."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from proceedings.texts import clean_text
from proceedings.wording import say, say_next
from voting.ballots import PICKED, Answer, SheetKind, VoidReason
from voting.forms.keys import NUMBERED, is_blank_sheet, numbers_typed
from voting.models import ProvisionalCause
from voting.reconcile import REASON_WORDS, ReasonCode
from voting.services.paper import MOST_PRINTED, SheetTyping
from voting.services.provisional import WITHOUT_PERSON

if TYPE_CHECKING:
    from proceedings.refusals import Refusal
    from voting.ballots import BallotDesign

BLANK, VOID, UNREADABLE, TWO_ANSWERS = "0", "*", "/", "9"
TYPED_REASONS = (
    VoidReason.SIGNED,
    VoidReason.NOT_A_BALLOT,
    VoidReason.CROSSED_OUT,
    VoidReason.OTHER,
)
"""Reasons that only a reader sees, as keys 1–4 after the key for void."""
ANSWER_KEYS = {"1": Answer.YES, "2": Answer.NO, "3": Answer.ABSTAIN}


class DeskForm(forms.Form):
    """A form that keeps what was typed when a service says no."""

    def refuse(self, refusal: Refusal) -> None:
        """Show a refusal at its field, or above the form."""
        field = refusal.form_field if refusal.form_field in self.fields else None
        self.add_error(field, " ".join(filter(None, [say(refusal), say_next(refusal)])))


class SecondForm(DeskForm):
    """The person who signs beside the one logged in."""

    email = forms.EmailField(
        label=_("E-mail of the second person"),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    code = forms.CharField(
        label=_("Code of their authenticator app"),
        help_text=_("The 6 digits that the app of the second person shows now."),
        max_length=7,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )


class SealForm(SecondForm):
    """The numbers of the seals, and the second person."""

    seal_numbers = forms.CharField(
        label=_("Numbers of the seals"),
        help_text=_("As they are printed on the seals, such as 0021, 0022."),
        max_length=120,
    )
    field_order = ("seal_numbers", "email", "code")

    def clean_seal_numbers(self) -> str:
        """The numbers, without anything that may not be kept."""
        return clean_text(self.cleaned_data["seal_numbers"])


class IssueForm(forms.Form):
    """Hand out a sheet to the person found."""

    person = forms.UUIDField(widget=forms.HiddenInput)
    request_id = forms.UUIDField(widget=forms.HiddenInput)
    assisted = forms.BooleanField(
        label=_("The person asked for help with marking"),
        help_text=_("Noted is that help was given, not by whom."),
        required=False,
    )


class ProvisionalForm(DeskForm):
    """Register the next envelope: why the roll did not answer."""

    cause = forms.ChoiceField(
        label=_("Why was the sheet given in an envelope?"),
        choices=ProvisionalCause.choices,
        widget=forms.RadioSelect,
        initial=ProvisionalCause.ROLL_UNREACHABLE,
    )
    request_id = forms.UUIDField(widget=forms.HiddenInput)


class EnvelopeForm(SecondForm):
    """Two people decide on an envelope; `refusal` is asked where nobody was found."""

    person = forms.UUIDField(widget=forms.HiddenInput, required=False)
    refusal = forms.ChoiceField(
        label=_("Why does it not count?"),
        choices=[(one.value, one.label) for one in WITHOUT_PERSON],
        widget=forms.RadioSelect,
        required=False,
    )
    field_order = ("person", "refusal", "email", "code")

    def __init__(self, *args: Any, with_person: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if with_person:
            del self.fields["refusal"]


class GoToStubForm(forms.Form):
    """The number on a stub, when its sheet comes back."""

    stub = forms.IntegerField(
        label=_("Number on the stub"),
        help_text=_("For a sheet that is spoiled, handed back or missing."),
        min_value=1,
    )


class CopiesForm(DeskForm):
    """How many blank sheets to print."""

    copies = forms.IntegerField(
        label=_("Blank sheets"), min_value=1, max_value=MOST_PRINTED, initial=1
    )


class StubForm(DeskForm):
    """What happened to a sheet; a missing one needs a word."""

    request_id = forms.UUIDField(widget=forms.HiddenInput)


class MissingForm(StubForm):
    """A sheet that was carried away."""

    reason = forms.CharField(
        label=_("What happened"),
        help_text=_("One sentence without names, such as “left with the sheet at 15:20”."),
        max_length=200,
    )

    def clean_reason(self) -> str:
        """The sentence, without anything that may not be kept."""
        return clean_text(self.cleaned_data["reason"])


class CountForm(DeskForm):
    """What one person counted; nobody else's figures are near."""

    sheets = forms.IntegerField(label=_("Sheets in the box"), min_value=0, max_value=100_000)
    stubs = forms.IntegerField(
        label=_("Stubs"),
        help_text=_("All of them, also of spoiled sheets."),
        min_value=0,
        max_value=100_000,
    )
    signatures = forms.IntegerField(label=_("Signatures on stubs"), min_value=0, max_value=100_000)


class SheetForm(DeskForm):
    """One sheet as one person reads it, typed with the number keys alone.

    Choices: numbers of the marked options, `1 3 7` (up to nine options also `137`). Yes/no: one
    key for each item in order, 1 yes, 2 no, 3 abstain, 0 left blank, 9 two answers. Places, scores
    and points: one number for each option in order (`voting.forms.keys`). For the whole sheet: `0`
    blank, `*` with 1–4 void for a reason, `/` unreadable. `typing()` gives the reading.
    """

    sheet = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    keys = forms.CharField(
        label=_("What is on the sheet"),
        max_length=800,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "off",
                "autofocus": True,
                "enterkeyhint": "next",
                "spellcheck": "false",
                "data-desk-keys": "",
                "aria-describedby": "desk-sheet",
            }
        ),
        error_messages={"required": _("Nothing was typed. For a blank sheet type 0.")},
    )

    def __init__(self, *args: Any, design: BallotDesign, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.design = design

    def clean(self) -> dict[str, Any]:
        """Turn the keys into marks, or say which key is not one of this ballot's."""
        data: dict[str, Any] = super().clean() or {}
        keys = data.get("keys", "").strip()
        if self.design.kind not in NUMBERED:
            keys = " ".join(re.split(r"[\s,.+]+", keys)).strip()
        if keys:
            data["typing"] = self._read(keys)
        return data

    def typing(self) -> SheetTyping:
        """What was typed, for the service."""
        typing: SheetTyping = self.cleaned_data["typing"]
        return typing

    def _read(self, keys: str) -> SheetTyping | None:
        kind = self.design.kind
        if keys == UNREADABLE:
            return SheetTyping([], SheetKind.UNREADABLE)
        if keys.startswith(VOID):
            return self._void(keys.removeprefix(VOID).strip())
        if kind in NUMBERED:
            return self._numbers(keys)
        if set(keys) <= {BLANK, " "}:
            return SheetTyping([] if kind in PICKED else {}, SheetKind.BLANK)
        return self._picks(keys) if kind in PICKED else self._answers(keys.replace(" ", ""))

    def _void(self, reason: str) -> SheetTyping | None:
        places = {str(place): why for place, why in enumerate(TYPED_REASONS, start=1)}
        if reason not in places:
            self.add_error("keys", gettext("After * comes the reason, 1 to 4."))
            return None
        return SheetTyping([], SheetKind.VOID, places[reason].value)

    def _picks(self, keys: str) -> SheetTyping | None:
        by_number = {str(option.number): option.key for option in self.design.in_order}
        numbers = keys.split(" ")
        if max(option.number for option in self.design.options) < 10:
            numbers = list(keys.replace(" ", ""))
        wrong = [number for number in numbers if number not in by_number]
        if wrong:
            self.add_error(
                "keys",
                gettext("There is no option %(number)s on this ballot.") % {"number": wrong[0]},
            )
            return None
        return SheetTyping([by_number[number] for number in numbers])

    def _answers(self, keys: str) -> SheetTyping | None:
        items = self.design.in_order
        allowed = {key for key, answer in ANSWER_KEYS.items() if self._offered(answer)}
        wrong = [key for key in keys if key not in allowed | {BLANK, TWO_ANSWERS}]
        if wrong:
            self.add_error(
                "keys", gettext("%(key)s is not a key for an answer.") % {"key": wrong[0]}
            )
            return None
        if not self._is_complete(len(keys)):
            return None
        answers: dict[str, object] = {}
        for item, key in zip(items, keys, strict=True):
            if key == TWO_ANSWERS:
                answers[item.key] = [Answer.YES.value, Answer.NO.value]
            elif key != BLANK:
                answers[item.key] = ANSWER_KEYS[key].value
        return SheetTyping(answers)

    def _numbers(self, keys: str) -> SheetTyping | None:
        if is_blank_sheet(self.design, keys):
            return SheetTyping({}, SheetKind.BLANK)
        typed = numbers_typed(self.design, keys)
        if typed is None:
            self.add_error(
                "keys",
                gettext("Please type one number for each option, and . where nothing stands."),
            )
            return None
        if not self._is_complete(len(typed)):
            return None
        given = zip(self.design.keys, typed, strict=True)
        return SheetTyping({key: numbers for key, numbers in given if numbers})

    def _is_complete(self, typed: int) -> bool:
        """Whether as many keys were typed as the ballot has items; says so if not."""
        items = len(self.design.options)
        if typed != items:
            self.add_error(
                "keys",
                gettext("The ballot has %(items)s items; %(typed)s were typed.")
                % {"items": items, "typed": typed},
            )
        return typed == items

    def _offered(self, answer: Answer) -> bool:
        return answer is not Answer.ABSTAIN or self.design.abstain_allowed


class ReasonForm(DeskForm):
    """Why two figures differ."""

    equation = forms.CharField(widget=forms.HiddenInput, max_length=20)
    code = forms.ChoiceField(label=_("Reason"), choices=())
    note = forms.CharField(
        label=_("A word about it"), max_length=300, required=False, widget=forms.TextInput()
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].choices = [  # type: ignore[attr-defined]  # a choice field
            ("", gettext("Please choose")),
            *((code.value, gettext(REASON_WORDS[code])) for code in ReasonCode),
        ]

    def clean_note(self) -> str:
        """The note, without anything that may not be kept."""
        return clean_text(self.cleaned_data["note"])


class CorrectionForm(DeskForm):
    """Why a box should be counted and typed again."""

    what = forms.CharField(
        label=_("What must be put right"),
        help_text=_("It stands in the public log, so no names, please."),
        max_length=200,
    )
    why = forms.CharField(
        label=_("How it came to light"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )
    evidence = forms.CharField(
        label=_("Evidence"),
        help_text=_("Where it can be seen, such as “sheets 41 and 42, photograph 3”."),
        max_length=300,
    )

    def clean(self) -> dict[str, Any]:
        """All three without anything that may not be kept."""
        data: dict[str, Any] = super().clean() or {}
        for name in ("what", "why", "evidence"):
            try:
                data[name] = clean_text(data.get(name, ""))
            except ValidationError as error:
                self.add_error(name, error)
        return data


class DecisionForm(DeskForm):
    """Approve or refuse a correction."""

    approved = forms.ChoiceField(
        label=_("Decision"),
        choices=[
            ("yes", _("Approve: the box is counted and typed again")),
            ("no", _("Refuse: the box stays as it is")),
        ],
        widget=forms.RadioSelect(),
    )
    note = forms.CharField(
        label=_("Reason for the decision"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def clean_note(self) -> str:
        """The reason, without anything that may not be kept."""
        return clean_text(self.cleaned_data["note"])
