"""Each project gets its conversation; those of imported budgets, which are over, get none."""

import django.db.models.deletion
from django.db import migrations, models


def open_threads(apps, schema_editor):  # noqa: ANN001, ANN201, ARG001 - Django's signature
    Thread = apps.get_model("debates", "Thread")
    Project = apps.get_model("budgets", "Project")
    for project in Project.objects.filter(budget__imported_from="", thread=None).order_by("pk"):
        project.thread = Thread.objects.create(
            subject_title=project.title[:160],
            subject_url=f"/budgets/{project.budget_id}/projects/{project.pk}/",
        )
        project.save(update_fields=["thread"])


class Migration(migrations.Migration):
    dependencies = [
        ("budgets", "0002_append_only"),
        ("debates", "0005_subjects_of_threads"),
    ]

    operations = [
        migrations.AddField(
            model_name="project",
            name="thread",
            field=models.OneToOneField(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="project",
                to="debates.thread",
            ),
        ),
        migrations.RunPython(open_threads, migrations.RunPython.noop),
    ]
