"""The rules of support a new town starts with; the office changes them, or chooses, in the admin."""

from django.db import migrations

PRESETS = [
    # name, supports, days, days of public debate, used for new proposals
    ("50명 · 20일", 50, 20, 0, False),
    ("50명 · 30일", 50, 30, 0, True),
    ("100명 · 30일", 100, 30, 30, False),
]


def add_presets(apps, schema_editor):  # noqa: ANN001, ANN201, ARG001 - Django's signature
    """A town that has rules of its own keeps them as they are."""
    SupportPreset = apps.get_model("proposals", "SupportPreset")
    if SupportPreset.objects.exists():
        return
    SupportPreset.objects.bulk_create(
        SupportPreset(
            name=name, threshold=threshold, days=days, debate_days=debate, is_default=default
        )
        for name, threshold, days, debate, default in PRESETS
    )


class Migration(migrations.Migration):
    dependencies = [("proposals", "0004_appeals_of_hidden_proposals")]
    operations = [migrations.RunPython(add_presets, migrations.RunPython.noop)]
