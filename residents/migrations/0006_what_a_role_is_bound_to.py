"""What a role is bound to: a desk to its centre, an official to a department and maybe an area.

Other bindings could be stored but never meant anything; they are taken off before the database
refuses them.
"""

from typing import Any

from django.db import migrations, models


def release(apps: Any, _schema_editor: object) -> None:
    roles = apps.get_model("residents", "StaffRole").objects
    roles.exclude(kind__in=["clerk", "coordinator"]).update(centre=None)
    roles.exclude(kind="official").update(department=None, area=None)


class Migration(migrations.Migration):
    dependencies = [
        ("places", "0001_initial"),
        ("residents", "0005_references_kept"),
    ]
    operations = [
        migrations.RunPython(release, migrations.RunPython.noop),
        # what the rows above still owe is checked now: a table that owes checks cannot be altered
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="staffrole",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("centre__isnull", True),
                    ("kind__in", ["clerk", "coordinator"]),
                    _connector="OR",
                ),
                name="role_with_a_centre_works_at_its_desk",
                violation_error_message="Only a clerk's or coordinator's role names a centre.",
            ),
        ),
        migrations.AddConstraint(
            model_name="staffrole",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("kind", "official"),
                    models.Q(("area__isnull", True), ("department__isnull", True)),
                    _connector="OR",
                ),
                name="role_with_department_or_area_is_an_officials",
                violation_error_message="Only an official's role names a department or an area.",
            ),
        ),
    ]
