"""Forms about people: sign-up, residency, consent, notices."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import get_language_from_request
from django.utils.translation import gettext_lazy as _

from places.models import Area
from places.selectors import dongs_in_force
from proceedings.texts import clean_text
from residents.identity import plain_name, read_birth_date
from residents.models import Basis, VerificationMethod
from residents.selectors import consent_text
from residents.services import welcome_account

if TYPE_CHECKING:
    from django.http import HttpRequest

    from residents.models import User


class SignupFields(forms.Form):
    """What sign-up asks besides e-mail and password (allauth mixes this into its form)."""

    field_order = ("email", "password1", "name", "consent")
    name = forms.CharField(
        label=_("Name shown"),
        max_length=30,
        help_text=_("Others see only its first letter, such as 김○○."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    consent = forms.BooleanField(
        label=_("I agree"), error_messages={"required": _("Please agree to open an account.")}
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.consent_text = consent_text("account")
        if self.consent_text is None:
            del self.fields["consent"]
        else:
            self.fields["consent"].label = self.consent_text.local_title
            self.fields["consent"].help_text = self.consent_text.local_body

    def clean_name(self) -> str:
        """The name, without anything that may not be kept."""
        return clean_text(self.cleaned_data["name"])

    def signup(self, request: HttpRequest, user: User) -> None:
        """Called by allauth after the account is stored: language, consent and record."""
        welcome_account(
            user=user, text=self.consent_text, language=get_language_from_request(request)
        )


class BirthDateField(forms.CharField):
    """A date of birth typed as 8 digits; gives a `date`."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Date of birth"))
        kwargs.setdefault("help_text", _("8 digits, such as 19580312"))
        kwargs.setdefault("max_length", 14)
        super().__init__(**kwargs)
        self.widget.attrs |= {"inputmode": "numeric", "autocomplete": "bday"}

    def clean(self, value: Any) -> Any:
        """The day, or an error that says how to write it."""
        text = super().clean(value)
        if not text:
            return None
        try:
            return read_birth_date(text, timezone.localdate())
        except ValueError:
            raise ValidationError(
                _("Please write the date of birth with 8 digits, such as 19580312.")
            ) from None


class PersonForm(forms.Form):
    """Who somebody is: name and date of birth."""

    name = forms.CharField(
        label=_("Name"), max_length=60, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    birth_date = BirthDateField()

    def clean_name(self) -> str:
        """A name with at least one letter."""
        name = clean_text(self.cleaned_data["name"])
        if not plain_name(name):
            raise ValidationError(_("Please write the name."))
        return name


class ResidencyConsentForm(forms.Form):
    """A box to agree to the residency text in force, shown in full beside it."""

    consent = forms.BooleanField(
        label=_("I agree"),
        error_messages={"required": _("Please agree, or visit your centre instead.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        text = consent_text("residency")
        if text is not None:
            self.fields["consent"].label = text.local_title
            self.fields["consent"].help_text = text.local_body


class RollForm(ResidencyConsentForm, PersonForm):
    """Match oneself with the applicants' roll."""

    phone = forms.CharField(
        label=_("Last 4 digits of your mobile phone"),
        help_text=_("The number you wrote on the application."),
        max_length=4,
        min_length=4,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    field_order = ("name", "birth_date", "phone", "consent")

    def clean_phone(self) -> str:
        """Four digits."""
        digits: str = self.cleaned_data["phone"]
        if not re.fullmatch(r"[0-9]{4}", digits):
            raise ValidationError(_("Please write the last four digits of the phone number."))
        return digits


class CodeForm(ResidencyConsentForm):
    """Confirm with a code on paper."""

    code = forms.CharField(
        label=_("Paper code"),
        help_text=_("8 letters and digits on the slip, such as A4K7-9MRT"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )
    birth_date = BirthDateField()
    field_order = ("code", "birth_date", "consent")


class ProfileForm(forms.Form):
    """Name shown, dong and language of an account."""

    name = SignupFields.base_fields["name"]
    home_area = forms.ModelChoiceField(
        label=_("My dong"),
        queryset=Area.objects.none(),
        required=False,
        empty_label=_("Not chosen"),
        help_text=_("The first page shows what is open there. It is not a confirmation."),
    )
    language = forms.ChoiceField(label=_("Language of notices"), choices=settings.LANGUAGES)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        area = self.fields["home_area"]
        if isinstance(area, forms.ModelChoiceField):
            area.queryset = dongs_in_force()

    def clean_name(self) -> str:
        """The name, without anything that may not be kept."""
        return clean_text(self.cleaned_data["name"])


class NoticePreferenceForm(forms.Form):
    """Which kinds of notices come by mail too."""

    kinds = forms.MultipleChoiceField(
        label=_("Send me by mail too"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, kinds: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kinds"].choices = kinds  # type: ignore[attr-defined]  # a ChoiceField


class EraseForm(forms.Form):
    """The last question before an account is closed."""

    sure = forms.BooleanField(
        label=_("I want to close my account. It cannot be opened again."),
        error_messages={"required": _("Please tick the box if you are sure.")},
    )


class DeskMethodForm(forms.Form):
    """What the staff saw."""

    method = forms.ChoiceField(
        label=_("What did you see?"),
        choices=[
            (each.value, each.label)
            for each in (VerificationMethod.CARD_SEEN, VerificationMethod.PROOF_SEEN)
        ],
        initial=VerificationMethod.CARD_SEEN,
        widget=forms.RadioSelect,
        help_text=_("Only look: nothing is copied or kept of the card or the proof."),
    )


class DeskPlaceForm(forms.Form):
    """Dong, and why the person belongs here."""

    area = forms.ModelChoiceField(
        label=_("Dong"), queryset=Area.objects.none(), empty_label=_("Please choose")
    )
    basis = forms.ChoiceField(
        label=_("Belongs here because"),
        choices=Basis.choices,
        initial=Basis.LIVES,
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        area = self.fields["area"]
        if isinstance(area, forms.ModelChoiceField):
            area.queryset = dongs_in_force()


class DeskRegisterForm(DeskPlaceForm, DeskMethodForm, PersonForm):
    """Register somebody who stands at the desk."""

    consent = forms.BooleanField(
        label=_("I read the text aloud and the person agreed."),
        error_messages={"required": _("Please read the text aloud and ask.")},
    )
    guardian = forms.BooleanField(
        label=_("The parent or guardian is here and agreed."),
        required=False,
        help_text=_("Only for people under 14."),
    )
    homonym = forms.BooleanField(
        label=_("This is another person with the same name and date of birth."),
        required=False,
        widget=forms.HiddenInput,
    )
    field_order = ("name", "birth_date", "area", "basis", "method", "consent", "guardian")


class ReasonForm(forms.Form):
    """Why something is done that is written into the record."""

    reason = forms.CharField(
        label=_("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 3})
    )

    def clean_reason(self) -> str:
        """A reason without anything that may not be kept."""
        return clean_text(self.cleaned_data["reason"])
