from django.apps import AppConfig
from django.forms import ChoiceField
from django.utils.translation import gettext_lazy as _


class CivicConfig(AppConfig):
    name = "civic"

    def ready(self) -> None:
        """Ask for a choice as such, in every form: Django asks for all fields in the same words."""
        ChoiceField.default_error_messages = {
            **ChoiceField.default_error_messages,
            "required": _("Please choose one."),
        }
