"""Puts our own site in the place of Django's administration."""

from django.contrib.admin.apps import AdminConfig

from proceedings.refusals import mark

OUR_WORDS = (
    mark("Change password"),
    mark("Save and add another"),
    mark("Save and continue editing"),
    mark("Save and view"),
    mark("Start typing to filter…"),
    mark("View site"),
)
"""Sentences of Django's own that stand in our catalog, too, because we say them otherwise."""


class OfficeConfig(AdminConfig):
    default_site = "civic.admin.OfficeSite"
