"""Presets say all that the towns say whose names they bear, where they are as they were shipped.

Gwangju: residents have two or three picks, as the dong says, in nine days and on the day, and
stickers are shown apart.
Songdo: four days and the day. A budget of a district: so many projects in each field.
"""

from importlib import import_module

from django.db import migrations

FIRST = import_module("voting.migrations.0008_first_presets")
SHIPPED = {
    slug: (note, {**FIRST.COMMON, **settings}) for slug, _name, note, settings in FIRST.PRESETS
}
CHANGES = {
    "gwangju": (
        "초등학생 이상 주민이 3개까지 고르고, 동에 따라 2개까지 고릅니다. 정족수 없이 표를 더해 순위를 정하고 스티커는 따로 보여 줍니다. 나이 기준일이 12월 31일이면 1학년부터입니다.",
        {"bases": ["lives", "foreigner"], "stickers": True},
        9,
    ),
    "songdo": (
        "13세 이상이 안건마다 찬반을 고릅니다. 나흘의 사전투표와 당일 투표를 더한 과반이면 통과합니다.",
        {},
        4,
    ),
    "seoul": (
        "살거나 활동하는 주민이 찬반을 고릅니다. 주민의 0.5%가 참여하면 성립합니다. 나이는 동이 정합니다.",
        {},
        None,
    ),
    "budget-district": (
        "14세 이상이 분야마다 3개까지 고릅니다. 온라인과 현장을 똑같이 더해 한도까지 채웁니다.",
        {
            "max_picks": 12,
            "group_picks": 3,
            "rule_options": {"allocation": {"groups": "field"}},
        },
        None,
    ),
}  # fmt: skip


def change_presets(apps, schema_editor):  # noqa: ANN001, ANN201, ARG001 - Django's signature
    ContestPreset = apps.get_model("voting", "ContestPreset")
    for preset in ContestPreset.objects.filter(slug__in=CHANGES):
        shipped_note, shipped = SHIPPED[preset.slug]
        note, settings, days = CHANGES[preset.slug]
        if preset.settings == shipped:
            preset.settings = {**shipped, **settings}
            preset.note = note if preset.note == shipped_note else preset.note
            preset.advance_days = days
            preset.save()


class Migration(migrations.Migration):
    dependencies = [("voting", "0019_stickers")]
    operations = [migrations.RunPython(change_presets, migrations.RunPython.noop)]
