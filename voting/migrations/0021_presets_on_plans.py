"""A preset says whether its votes decide on the plan of a dong."""

from django.db import migrations, models

ON_PLANS = ("songdo", "seoul", "changwon")


def mark_presets(apps, schema_editor):  # noqa: ANN001, ANN201, ARG001 - Django's signature
    ContestPreset = apps.get_model("voting", "ContestPreset")
    ContestPreset.objects.filter(slug__in=ON_PLANS).update(on_plan=True)


class Migration(migrations.Migration):
    dependencies = [("voting", "0020_whole_presets")]

    operations = [
        migrations.AddField(
            model_name="contestpreset",
            name="on_plan",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="The page of the dong shows such votes with its plan.",
                verbose_name="decides on the self-government plan of a dong",
            ),
        ),
        migrations.RunPython(mark_presets, migrations.RunPython.noop),
    ]
