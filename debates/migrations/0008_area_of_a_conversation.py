"""A conversation knows where its subject lies; debates tell theirs here, others in their rooms."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("debates", "0007_ratings_by_side"),
        ("places", "0002_one_code_at_a_time_and_no_circles"),
    ]

    operations = [
        migrations.AddField(
            model_name="thread",
            name="area",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="places.area",
                verbose_name="area",
            ),
        ),
        migrations.RunSQL(
            "UPDATE debates_thread t SET area_id = d.area_id FROM debates_debate d "
            "WHERE d.thread_id = t.id",
            migrations.RunSQL.noop,
        ),
    ]
