"""The conversation below each proposal learns where the proposal lies."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("proposals", "0006_process_of_a_proposal"),
        ("debates", "0008_area_of_a_conversation"),
    ]

    operations = [
        migrations.RunSQL(
            "UPDATE debates_thread t SET area_id = p.area_id FROM proposals_proposal p "
            "WHERE p.thread_id = t.id",
            migrations.RunSQL.noop,
        )
    ]
