"""The first marks in print order count no more: too many choices make a sheet void."""

from django.db import migrations, models

PICKED = ("single", "pick", "budget")


def of_kind(kind):  # noqa: ANN001, ANN201 - as the others here
    return "void" if kind in PICKED else "left_out"


def move(apps, schema_editor):  # noqa: ANN001, ANN201, ARG001 - Django's signature
    contests = apps.get_model("voting", "Contest").objects.filter(overpick="first_k")
    if frozen := sorted(contests.exclude(state="draft").values_list("pk", flat=True)):
        raise ValueError(
            f"Contests {frozen} were frozen with `overpick` `first_k`, which is counted no more, "
            "and nothing frozen is changed. Take those that are not open yet back to draft; the "
            "others stay with the version that opened them."
        )
    for contest in contests:
        contest.overpick = of_kind(contest.kind)
        contest.save(update_fields=["overpick"])
    for preset in apps.get_model("voting", "ContestPreset").objects.all():
        if preset.settings.get("overpick") == "first_k":
            preset.settings["overpick"] = of_kind(preset.settings.get("kind", "single"))
            preset.save(update_fields=["settings"])


class Migration(migrations.Migration):
    dependencies = [("voting", "0017_draw_presets")]

    operations = [
        migrations.RunPython(move, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="contest",
            name="overpick",
            field=models.CharField(
                choices=[
                    ("void", "the sheet is void"),
                    ("left_out", "what cannot count is left out"),
                    ("scale", "points are brought down in proportion"),
                ],
                default="void",
                max_length=8,
                verbose_name="too many marks on paper",
            ),
        ),
        migrations.AddConstraint(
            model_name="contest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("overpick", "void"),
                    models.Q(("kind__in", ["yes_no", "rank", "score"]), ("overpick", "left_out")),
                    models.Q(("kind", "points"), ("overpick", "scale")),
                    _connector="OR",
                ),
                name="contest_overpick_fits_its_kind",
                violation_error_message="Too many marks cannot mean this on such a ballot.",
            ),
        ),
    ]
