"""Tables that are only ever added to: the database itself refuses the rest."""

from django.db import migrations

from proceedings.migrations._append_only import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("residents", "0001_initial"),
        ("proceedings", "0002_append_only"),
    ]
    operations = [
        append_only("residents_consentrecord"),
    ]
