"""A conversation can be hidden with its subject."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("debates", "0008_area_of_a_conversation")]

    operations = [
        migrations.AddField(
            model_name="thread",
            name="is_hidden",
            field=models.BooleanField(default=False, editable=False, verbose_name="hidden"),
        ),
    ]
