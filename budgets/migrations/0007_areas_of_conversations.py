"""The conversations below projects and votes learn where these lie.

Votes know nothing of conversations: the one about a vote is found by the vote's name.
"""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("budgets", "0006_warnings_of_uploads"),
        ("debates", "0008_area_of_a_conversation"),
        ("voting", "0013_seats_by_part"),
    ]

    operations = [
        migrations.RunSQL(
            "UPDATE debates_thread t SET area_id = p.area_id FROM budgets_project p "
            "WHERE p.thread_id = t.id",
            migrations.RunSQL.noop,
        ),
        migrations.RunSQL(
            "UPDATE debates_thread t SET area_id = c.area_id FROM voting_contest c "
            "WHERE t.subject = 'voting.contest:' || c.id",
            migrations.RunSQL.noop,
        ),
    ]
