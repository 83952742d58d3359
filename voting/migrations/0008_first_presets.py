"""The presets a new town starts with; the office changes them, and adds its own, in the admin."""

from django.db import migrations

HALF = {"majority": {"of": "valid", "share": "1/2", "strict": True}}
ALL = ["lives", "works", "studies", "business", "member", "foreigner"]
COMMON = {"tie_rule": "report", "publication": "full", "revote": "until_close"}
RANKS = "이 투표는 주민총회의 우선순위를 정합니다. 실행 계획은 주민자치회가 세웁니다."
PLANS = "통과한 안건은 내년 자치계획에 들어갑니다. 예산은 의회가 확정합니다."
PRESETS = [
    ("gwangju", "마을의제 순위(광주형)",
     "초등학생 이상 주민이 3개까지 고릅니다. 정족수 없이 표를 더해 순위를 정합니다.",
     {"kind": "pick", "max_picks": 3, "rule": "plurality", "seats": 3, "min_age": 7,
      "bases": ["lives", "works", "studies", "foreigner"], "effect": RANKS}),
    ("songdo", "자치계획 찬반(송도형)",
     "13세 이상이 안건마다 찬반을 고릅니다. 사전투표와 당일 투표를 더한 과반이면 통과합니다.",
     {"kind": "yes_no", "rule": "yes_no", "rule_options": HALF, "min_age": 13, "bases": ALL,
      "effect": PLANS}),
    ("seoul", "정족수형(서울형)",
     "살거나 활동하는 주민이 찬반을 고릅니다. 주민의 0.5%가 참여하면 성립합니다.",
     {"kind": "yes_no", "rule": "yes_no", "min_age": 18,
      "rule_options": {**HALF, "quorum": {"of": "fixed", "share": "1/200"}},
      "bases": ["lives", "works", "studies", "business", "member"], "effect": PLANS}),
    ("sejong", "명부 신청형(세종형)",
     "16세 이상이 미리 신청한 명부로 2개까지 고릅니다. 주민의 1%가 참여하면 성립하고 분야마다 1위를 뽑습니다.",
     {"kind": "pick", "max_picks": 2, "rule": "plurality", "roll_mode": "fixed", "min_age": 16,
      "rule_options": {"quorum": {"of": "fixed", "share": "1/100"}, "per_group": True},
      "bases": ["lives"], "effect": RANKS}),
    ("changwon", "위원 배수형(창원형)",
     "18세 이상이 찬반을 고릅니다. 위원 수의 3배가 참여하면 성립합니다(위원 24명이면 72명).",
     {"kind": "yes_no", "rule": "yes_no", "min_age": 18, "bases": ["lives"],
      "rule_options": {**HALF, "quorum": {"of": "members", "number": 24, "share": "3/1"}},
      "effect": PLANS}),
    ("budget-district", "참여예산 구 단위",
     "14세 이상이 사업 3개까지 고릅니다. 온라인과 현장을 똑같이 더해 한도까지 채웁니다.",
     {"kind": "budget", "max_picks": 3, "rule": "projects", "min_age": 14,
      "bases": ["lives", "works", "studies"], "tie_rule": "lower_cost"}),
    ("assembly-ten", "시민총회 10선",
     "나이 제한 없이 10개까지 고릅니다. 표가 많은 10개를 뽑습니다.",
     {"kind": "pick", "max_picks": 10, "rule": "plurality", "seats": 10, "bases": ALL,
      "effect": "뽑힌 10가지를 시민총회의 정책 제안으로 시에 전합니다."}),
    ("dong-head", "동장 추천(평가단)",
     "추첨한 주민평가단이 한 명을 고릅니다. 상위 2명을 인사위원회에 추천합니다.",
     {"kind": "single", "rule": "plurality", "seats": 2, "roll_mode": "fixed", "min_age": 16,
      "bases": ["lives"], "effect":
      "이 투표는 추천이며 임용은 인사위원회와 구청장이 정합니다.", "decided_by": "인사위원회"}),
]  # fmt: skip


def add_presets(apps, schema_editor):  # noqa: ANN001, ANN201, ARG001 - Django's signature
    ContestPreset = apps.get_model("voting", "ContestPreset")
    for position, (slug, name, note, settings) in enumerate(PRESETS):
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
    dependencies = [("voting", "0007_roll_guards")]
    operations = [migrations.RunPython(add_presets, migrations.RunPython.noop)]
