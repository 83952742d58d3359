"""Puts our own site in the place of Django's administration."""

from django.contrib.admin.apps import AdminConfig


class OfficeConfig(AdminConfig):
    default_site = "civic.admin.OfficeSite"
