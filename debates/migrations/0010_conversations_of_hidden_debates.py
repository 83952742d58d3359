"""The conversation of a hidden debate is hidden with it."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("debates", "0009_hidden_conversations")]

    operations = [
        migrations.RunSQL(
            "UPDATE debates_thread t SET is_hidden = true FROM debates_debate d "
            "WHERE d.thread_id = t.id AND d.is_hidden",
            migrations.RunSQL.noop,
        )
    ]
