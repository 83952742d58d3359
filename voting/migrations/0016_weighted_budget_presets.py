"""Presets of budgets in which the vote weighs 30 or 20 of 100, and one of equal shares."""

from django.db import migrations

COMMON = {
    "tie_rule": "lower_cost", "publication": "full", "revote": "until_close",
    "kind": "budget", "rule": "projects", "min_age": 14, "bases": ["lives", "works", "studies"],
}  # fmt: skip
COMMITTEE = "참여예산위원회"


def weights(vote):  # noqa: ANN001, ANN201 - as the others here
    parts = [
        {"part": "all", "weight": vote},
        {"part": COMMITTEE, "weight": 100 - vote, "body": True},
    ]
    return {"parts": parts, "as": "points", "empty": "void"}


SHARES = {
    "rule": "equal_shares", "utility": "cost", "completion": "add1_overspend",
    "then_greedy": False, "step": "0.002", "step_of": "share", "comparison": False,
    "threshold": None, "tie": [],
}  # fmt: skip
PRESETS = [
    ("budget-district-30", "참여예산 구 단위(투표 30%)",
     "14세 이상이 분야마다 3개까지 고릅니다. 투표 30%와 위원회 점수 70%를 더한 순서로 한도까지 채웁니다.",
     {"max_picks": 12, "group_picks": 3,
      "rule_options": {"weights": weights(30), "allocation": {"groups": "field"}}}),
    ("budget-district-20", "참여예산 구 단위(투표 20%)",
     "14세 이상이 사업 1개를 고릅니다. 투표 20%와 위원회 점수 80%를 더한 순서로 한도까지 채웁니다.",
     {"max_picks": 1, "rule_options": {"weights": weights(20)}}),
    ("budget-shares", "참여예산 구 단위(균등 몫)",
     "14세 이상이 사업 5개까지 고릅니다. 예산을 참여한 사람 수로 똑같이 나누고, 같은 사업을 고른 사람들이 함께 냅니다.",
     {"max_picks": 5, "rule_options": {"allocation": SHARES}}),
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
    dependencies = [("voting", "0015_votes_in_their_stage")]
    operations = [migrations.RunPython(add_presets, migrations.RunPython.noop)]
