"""`manage.py make_administrator EMAIL`: the first member of staff, who gives the other roles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from proceedings.refusals import Refused
from proceedings.reports import refusal_text
from residents.models import StaffRole
from residents.roles import RoleKind
from residents.services import create_staff_account, grant_role

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    help = "Opens an account for an administrator, who logs in by a code sent to the e-mail."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """EMAIL and the name shown."""
        parser.add_argument("email")
        parser.add_argument("--name", default="관리자")

    def handle(self, *_args: object, **options: Any) -> None:
        """Open the account if there is none, give it the role, and say how to log in."""
        user = create_staff_account(email=options["email"], name=options["name"])
        try:
            grant_role(actor=None, role=StaffRole(user=user, kind=RoleKind.ADMINISTRATOR))
        except Refused as refused:
            raise CommandError(refusal_text(refused.refusal)) from refused
        self.stdout.write("Log in with “Get a code by e-mail”; two-step log-in is set up first.")
