"""`manage.py seed_demo`: fill the invented 무등구, with dates relative to today. Once."""

from __future__ import annotations

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from civic.demo.draws import seed_draws
from civic.demo.last_year import last_years_budget
from civic.demo.talk import seed_talk
from civic.demo.town import seed_people, seed_places, seed_rules
from civic.demo.undertakings import seed_undertakings
from civic.demo.votes import LAST_CONTEST, seed_votes
from residents.models import User
from voting.models import Contest


class Command(BaseCommand):
    help = "Fill the demo town; does nothing if it is there."

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        if User.objects.filter(email="citizen@madang.example").exists():
            if not Contest.objects.filter(title=LAST_CONTEST).exists():
                raise CommandError(
                    "시연 마을이 반만 채워져 있습니다. bin/demo --reset 으로 새로 시작해 주세요."
                )
            self.stdout.write("시연 마을이 이미 있습니다.")
            return
        began = time.monotonic()
        self._say("동과 센터")
        seed_places()
        self._say("부서, 운영원칙, 미리 정한 규칙")
        seed_rules()
        self._say("주민 300명")
        users = seed_people()
        self._say("제안과 토론")
        seed_talk(users)
        self._say("문제해결팀과 도전과제")
        seed_undertakings()
        self._say("추첨")
        seed_draws()
        self._say("지난해 참여예산")
        last_years_budget()
        seed_votes(users, self._say)
        self.stdout.write(f"시연 마을을 채웠습니다. ({time.monotonic() - began:.0f}초)")

    def _say(self, words: str) -> None:
        self.stdout.write(f"  {words} …")
        self.stdout.flush()
