"""Forms of the offices: files to import."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class CsvForm(forms.Form):
    """A table to import."""

    file = forms.FileField(
        label=_("CSV file"),
        help_text=_("UTF-8 or CP949, column names in the first line."),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,text/csv"}),
    )
    keep_good = forms.BooleanField(
        label=_("Store the good lines even if others are wrong"), required=False
    )


class AreaCsvForm(CsvForm):
    """Areas, with their outlines if there are any."""

    outlines = forms.FileField(
        label=_("Outlines"),
        required=False,
        help_text=_("GeoJSON with a code for each area (WGS84)."),
        widget=forms.ClearableFileInput(attrs={"accept": ".json,.geojson"}),
    )
    field_order = ("file", "outlines", "keep_good")
