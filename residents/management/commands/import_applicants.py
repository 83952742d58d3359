"""`manage.py import_applicants FILE`: people who applied beforehand, as a roll of keyed hashes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from proceedings.refusals import Refused
from proceedings.reports import problem_lines, refusal_text
from proceedings.tables import BadLines
from residents.services import import_applicants

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    help = "Stores the applicants of a CSV file. docs/imports.md describes the columns."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """FILE, its title, and what to do with bad lines."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--title", default="", help="what the roll is called")
        parser.add_argument(
            "--keep-good", action="store_true", help="store the good lines if some are bad"
        )

    def handle(self, *_args: object, **options: Any) -> None:
        """Import, then say what was stored and which lines were left out."""
        file: Path = options["file"]
        try:
            _roll, report = import_applicants(
                actor=None,
                title=options["title"] or file.stem,
                data=file.read_bytes(),
                keep_good=options["keep_good"],
            )
        except OSError as error:
            raise CommandError(str(error)) from error
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        except Refused as refused:
            raise CommandError(refusal_text(refused.refusal)) from refused
        except BadLines as bad:
            raise CommandError("\n".join(problem_lines(bad.problems))) from bad
        for line in problem_lines(report.problems):
            self.stderr.write(line)
        self.stdout.write(f"{report.stored} stored, {len(report.problems)} left out")
