"""`manage.py import_areas FILE`: areas of a town from a CSV file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from proceedings.refusals import Refused
from proceedings.reports import problem_lines, refusal_text
from proceedings.services import SYSTEM, import_areas
from proceedings.tables import BadLines

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    help = "Stores the areas of a CSV file. docs/imports.md describes the columns."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """FILE, the outlines that go with it, and what to do with bad lines."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--outlines", type=Path, help="GeoJSON with the areas' outlines")
        parser.add_argument(
            "--keep-good", action="store_true", help="store the good lines if some are bad"
        )

    def handle(self, *_args: object, **options: Any) -> None:
        """Import, then say what was stored and which lines were left out."""
        outlines: Path | None = options["outlines"]
        try:
            report = import_areas(
                actor_ref=SYSTEM,
                data=options["file"].read_bytes(),
                outlines=outlines.read_bytes() if outlines else None,
                keep_good=options["keep_good"],
            )
        except OSError as error:
            raise CommandError(str(error)) from error
        except Refused as refused:
            raise CommandError(refusal_text(refused.refusal)) from refused
        except BadLines as bad:
            raise CommandError("\n".join(problem_lines(bad.problems))) from bad
        for line in problem_lines(report.problems):
            self.stderr.write(line)
        self.stdout.write(f"{report.stored} stored, {len(report.problems)} left out")
