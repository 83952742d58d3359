"""`manage.py demo_people`: who can log in to the demo town, and how."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from civic.demo import PASSWORD, PEOPLE


class Command(BaseCommand):
    help = "Print the demo people."

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        for person in PEOPLE:
            self.stdout.write(f"  {person.email:<32}{person.name}  {person.words}")
        self.stdout.write(f"  비밀번호는 모두 {PASSWORD}, 직원의 인증번호는 /demo/ 에 보입니다.")
