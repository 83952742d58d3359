"""`manage.py catalogs`: keep the Korean catalogs in step with the sources."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from civic import catalogs

if TYPE_CHECKING:
    from argparse import ArgumentParser
    from collections.abc import Sequence


class Command(BaseCommand):
    help = "Extracts English sentences, updates the Korean catalogs and compiles them."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("apps", nargs="*", help="only these apps (default: all)")
        does = parser.add_mutually_exclusive_group()
        does.add_argument("--check", action="store_true", help="change nothing, list what is wrong")
        does.add_argument("--compile", action="store_true", help="only compile the .mo files")
        does.add_argument("--fill", type=Path, metavar="FILE.json", help='{"msgid": "번역", …}')
        does.add_argument("--prune", action="store_true", help="drop sentences no longer in use")

    def handle(self, *_args: str, **options: Any) -> None:
        root, only = Path(settings.BASE_DIR), options["apps"]
        if unknown := set(only) - set(catalogs.app_names(root)):
            raise CommandError(f"No such app: {', '.join(sorted(unknown))}")
        if options["check"]:
            self.fail_with(catalogs.check(root, only=only))
            self.stdout.write("Korean is complete.")
        elif options["compile"]:
            self.tell(self.compiled(root))
        else:
            words = self.words(options["fill"]) if options["fill"] else None
            outcome = catalogs.update(root, only=only, words=words, prune=options["prune"])
            self.tell(outcome.changed)
            self.fail_with(outcome.problems)

    def compiled(self, root: Path) -> list[str]:
        try:
            return catalogs.compile_all(root)
        except catalogs.CatalogError as error:
            raise CommandError(str(error)) from error

    def words(self, path: Path) -> dict[str, str]:
        """The JSON object of sentences to fill in."""
        try:
            read = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise CommandError(f"{path} cannot be read: {error}") from error
        if not isinstance(read, dict) or not all(isinstance(word, str) for word in read.values()):
            raise CommandError(f'{path} must hold one object {{"msgid": "번역", …}}')
        return read

    def tell(self, changed: Sequence[str]) -> None:
        self.stdout.write(f"Changed: {', '.join(changed)}" if changed else "Nothing changed.")

    def fail_with(self, problems: Sequence[catalogs.Problem]) -> None:
        if problems:
            lines = "\n".join(str(problem) for problem in problems)
            raise CommandError(f"{lines}\n{len(problems)} to put right.")
