"""Takes in a PaBuLib file whole; the worker counts it then."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils.translation import gettext as _

from budgets.methods.rules import RULES
from budgets.pabulib import PabulibError, read_pabulib
from budgets.services.importing import store_election
from places.selectors import area_by_code
from proceedings.refusals import Refused
from proceedings.services import SYSTEM
from proceedings.wording import say, say_next

if TYPE_CHECKING:
    from django.core.management.base import CommandParser

    from budgets.pabulib import PabulibReading
    from places.models import Area


class Command(BaseCommand):
    """`import_pabulib FILE --area CODE [--rule NAME]`."""

    help = "Store a PaBuLib election as a budget that waits to be counted; all of it or nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the file, the area and the rule."""
        parser.add_argument("file", type=Path, help="a .pb file, plain or packed with gzip")
        parser.add_argument("--area", required=True, help="code of the area that it belongs to")
        parser.add_argument(
            "--rule", choices=sorted(RULES), default="", help="instead of the rule of the file"
        )

    def handle(self, *_args: object, **options: Any) -> None:  # the parser decides the types
        """Read and store; problems go to stderr by line, and nothing is stored then."""
        area = self._area(options["area"])
        reading = self._read(options["file"])
        try:
            with transaction.atomic():
                budget = store_election(
                    actor_ref=SYSTEM,
                    election=reading.election,
                    area=area,
                    source=options["file"].name,
                    rule_name=options["rule"],
                )
        except Refused as refused:
            words = f"{say(refused.refusal)} {say_next(refused.refusal)}".strip()
            raise CommandError(words) from refused
        message = _("Stored as budget %(number)s: %(projects)s projects, %(ballots)s ballots.")
        self.stdout.write(
            message
            % {
                "number": budget.pk,
                "projects": len(reading.election.projects),
                "ballots": len(reading.election.ballots),
            }
        )

    def _area(self, code: str) -> Area:
        area = area_by_code(code)
        if area is None:
            raise CommandError(_("There is no area with the code %(code)s.") % {"code": code})
        return area

    def _read(self, path: Path) -> PabulibReading:
        try:
            with path.open("rb") as file:
                return read_pabulib(file, to_keep=True)
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}") from error
        except PabulibError as error:
            for problem in error.problems:
                place = _("line %(line)s: ") % {"line": problem.line} if problem.line else ""
                self.stderr.write(place + _(problem.message) % problem.params)
            raise CommandError(_("%(file)s cannot be counted.") % {"file": path}) from error
