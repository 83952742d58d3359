"""Presets for draws by lot, and the one a town starts with: a council drawn in public."""

from django.db import migrations, models

RULES = {
    "name": "위원 공개추첨",
    "note": "18세 이상이고 6시간 교육을 마친 신청자 가운데 위원 30명과 예비순번 10명을 공개 추첨합니다.",
    "effect": (
        "뽑힌 30명을 2년 임기의 주민자치회 위원으로 위촉합니다. "
        "예비순번 10명은 빈자리가 날 때 차례로 맡습니다."
    ),
    "ordinance": (
        "위원은 공개 모집에 신청한 18세 이상 주민으로서 주민자치 교육을 6시간 이상 마친 사람 가운데 "
        "공개 추첨으로 뽑는다.\n"
        "한쪽 성이 위원의 10분의 6을 넘지 않게 한다.\n"
        "뽑히지 않은 사람은 추첨한 차례로 예비순번을 받는다."
    ),
    "entropy_source": "그날 오신 주민 세 사람이 주사위를 세 개씩 던집니다.",
    "seats": 30,
    "reserves": 10,
    "demands": [
        {"field": "6시간 교육", "values": ["마침"], "least": True, "percent": 100},
        {"field": "성별", "values": ["여"], "least": False, "percent": 60},
        {"field": "성별", "values": ["남"], "least": False, "percent": 60},
    ],
}


def add_preset(apps, schema_editor):  # noqa: ANN001, ANN201, ARG001 - Django's signature
    apps.get_model("voting", "DrawPreset").objects.get_or_create(slug="council", defaults=RULES)


class Migration(migrations.Migration):
    dependencies = [("voting", "0016_weighted_budget_presets")]

    operations = [
        migrations.CreateModel(
            name="DrawPreset",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("slug", models.SlugField(unique=True, verbose_name="address")),
                ("name", models.CharField(max_length=60, verbose_name="name")),
                (
                    "note",
                    models.CharField(blank=True, max_length=200, verbose_name="where it is used"),
                ),
                ("effect", models.CharField(max_length=300, verbose_name="what the draw decides")),
                (
                    "ordinance",
                    models.TextField(blank=True, verbose_name="clauses of the ordinance"),
                ),
                (
                    "entropy_source",
                    models.CharField(
                        max_length=300, verbose_name="where the public numbers come from"
                    ),
                ),
                ("seats", models.PositiveSmallIntegerField(verbose_name="seats")),
                ("reserves", models.PositiveSmallIntegerField(default=0, verbose_name="reserves")),
                ("demands", models.JSONField(default=list, editable=False)),
                ("position", models.PositiveSmallIntegerField(default=0, verbose_name="order")),
            ],
            options={
                "verbose_name": "preset of a draw",
                "verbose_name_plural": "presets of draws",
                "ordering": ("position", "id"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("seats__gte", 1)), name="draw_preset_has_seats"
                    )
                ],
            },
        ),
        migrations.RunPython(add_preset, migrations.RunPython.noop),
    ]
