"""What stands beside an allocation to explain it: the other way, the way of the money."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("budgets", "0003_threads_of_projects"),
    ]

    operations = [
        migrations.AddField(
            model_name="allocation",
            name="beside",
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name="allocation",
            name="paths",
            field=models.JSONField(default=dict),
        ),
    ]
