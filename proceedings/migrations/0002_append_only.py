"""Tables that are only ever added to: the database itself refuses the rest."""

from django.db import migrations

from proceedings.migrations._append_only import REFUSE_CHANGE, append_only


class Migration(migrations.Migration):
    dependencies = [("proceedings", "0001_initial")]
    operations = [
        REFUSE_CHANGE,
        append_only("proceedings_auditevent"),
    ]
