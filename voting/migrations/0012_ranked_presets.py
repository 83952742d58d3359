"""Presets on which people rank or score, beside those a town started with."""

from django.db import migrations

COMMON = {"tie_rule": "report", "publication": "full", "revote": "until_close"}
RECOMMENDED = "이 투표는 추천이며 임용은 인사위원회와 구청장이 정합니다."
HEAD = {
    "seats": 2, "roll_mode": "fixed", "min_age": 16, "bases": ["lives"],
    "effect": RECOMMENDED, "decided_by": "인사위원회",
}  # fmt: skip
PRESETS = [
    ("seoul-rank", "정족수형 순위(서울형)",
     "살거나 활동하는 주민이 3순위까지 매깁니다. 주민의 0.5%가 참여하면 성립하고 점수가 높은 3개를 정합니다.",
     {"kind": "rank", "max_picks": 3, "rule": "borda", "seats": 3, "min_age": 18,
      "rule_options": {"quorum": {"of": "fixed", "share": "1/200"}},
      "bases": ["lives", "works", "studies", "business", "member"],
      "effect": "이 투표는 주민총회의 우선순위를 정합니다. 실행 계획은 주민자치회가 세웁니다."}),
    ("dong-head-score", "동장 추천(점수표)",
     "추첨한 주민평가단이 후보마다 0점부터 10점까지 매깁니다. 합이 높은 2명을 인사위원회에 추천합니다.",
     {"kind": "score", "score_max": 10, "rule": "score", **HEAD}),
    ("dong-head-rank", "동장 추천(순위)",
     "추첨한 주민평가단이 3순위까지 매깁니다. 이양식 투표로 2명을 인사위원회에 추천합니다.",
     {"kind": "rank", "max_picks": 3, "rule": "stv",
      "rule_options": {"decimals": 5, "ties": "earlier"}, **HEAD}),
]  # fmt: skip


def add_presets(apps, schema_editor):  # noqa: ANN001, ANN201, ARG001 - Django's signature
    ContestPreset = apps.get_model("voting", "ContestPreset")
    first = ContestPreset.objects.count()
    for position, (slug, name, note, settings) in enumerate(PRESETS, start=first):
        ContestPreset.objects.get_or_create(
            slug=slug,
            defaults={
                "name": name,
                "note": note,
                "settings": {**COMMON, **settings},
                "position": position,
            },
        )


class Migration(migrations.Migration):
    dependencies = [("voting", "0011_provisional_sheets")]
    operations = [migrations.RunPython(add_presets, migrations.RunPython.noop)]
