"""Tables that are only ever added to: the database itself refuses the rest."""

from django.db import migrations

from proceedings.migrations._append_only import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("proposals", "0001_initial"),
        ("proceedings", "0002_append_only"),
    ]
    operations = [
        append_only("proposals_revision"),
        append_only("proposals_statechange"),
        append_only("proposals_answer"),
        append_only("proposals_progress"),
    ]
