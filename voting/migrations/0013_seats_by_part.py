"""The ten of an assembly get seats by part, panels a quorum, where a preset is as it was shipped."""

from django.db import migrations

COMMON = {"tie_rule": "report", "publication": "full", "revote": "until_close"}
ALL = ["lives", "works", "studies", "business", "member", "foreigner"]
ASSEMBLY = {
    **COMMON, "kind": "pick", "max_picks": 10, "rule": "plurality", "seats": 10, "bases": ALL,
    "effect": "뽑힌 10가지를 시민총회의 정책 제안으로 시에 전합니다.",
}  # fmt: skip
SEATS_BY = [
    {"part": "web", "seats": 5},
    {"part": "심사단", "seats": 3, "body": True},
    {"part": "paper", "seats": 2},
]
NOTE = "나이 제한 없이 10개까지 고릅니다. 표가 많은 10개를 뽑습니다."
NEW_NOTE = (
    "나이 제한 없이 10개까지 고릅니다. 온라인 표로 5개, 심사단 점수로 3개, "
    "현장 종이표로 2개를 차례로 뽑습니다."
)
HALF_OF_ROLL = {"of": "roll", "share": "1/2"}
HEAD = {
    **COMMON, "seats": 2, "roll_mode": "fixed", "min_age": 16, "bases": ["lives"],
    "effect": "이 투표는 추천이며 임용은 인사위원회와 구청장이 정합니다.",
    "decided_by": "인사위원회",
}  # fmt: skip
HEADS = {
    "dong-head": {"kind": "single", "rule": "plurality", **HEAD},
    "dong-head-score": {"kind": "score", "score_max": 10, "rule": "score", **HEAD},
    "dong-head-rank": {
        "kind": "rank", "max_picks": 3, "rule": "stv",
        "rule_options": {"decimals": 5, "ties": "earlier"}, **HEAD,
    },
}  # fmt: skip


def change_presets(apps, schema_editor):  # noqa: ANN001, ANN201, ARG001 - Django's signature
    ContestPreset = apps.get_model("voting", "ContestPreset")
    for preset in ContestPreset.objects.filter(slug="assembly-ten"):
        if preset.settings == ASSEMBLY:
            preset.settings = {**ASSEMBLY, "rule_options": {"seats_by": SEATS_BY}}
            preset.note = NEW_NOTE if preset.note == NOTE else preset.note
            preset.save()
    for preset in ContestPreset.objects.filter(slug__in=HEADS):
        shipped = HEADS[preset.slug]
        if preset.settings == shipped:
            options = {**shipped.get("rule_options", {}), "quorum": HALF_OF_ROLL}
            preset.settings = {**shipped, "rule_options": options}
            preset.save()


class Migration(migrations.Migration):
    dependencies = [("voting", "0012_ranked_presets")]
    operations = [migrations.RunPython(change_presets, migrations.RunPython.noop)]
