"""The conversation below a hidden proposal is hidden with it."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("proposals", "0008_points_and_small_pictures"),
        ("debates", "0009_hidden_conversations"),
    ]

    operations = [
        migrations.RunSQL(
            "UPDATE debates_thread t SET is_hidden = true FROM proposals_proposal p "
            "WHERE p.thread_id = t.id AND p.is_hidden",
            migrations.RunSQL.noop,
        )
    ]
