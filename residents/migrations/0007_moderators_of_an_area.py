"""A moderator may be bound to an area, as an official may; a department stays an official's."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("residents", "0006_what_a_role_is_bound_to")]

    operations = [
        migrations.RemoveConstraint(
            model_name="staffrole", name="role_with_department_or_area_is_an_officials"
        ),
        migrations.AddConstraint(
            model_name="staffrole",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("kind", "official"), ("department__isnull", True), _connector="OR"
                ),
                name="role_with_a_department_is_an_officials",
                violation_error_message="Only an official's role names a department.",
            ),
        ),
        migrations.AddConstraint(
            model_name="staffrole",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("kind__in", ["official", "moderator"]),
                    ("area__isnull", True),
                    _connector="OR",
                ),
                name="role_with_an_area_is_an_officials_or_moderators",
                violation_error_message="Only an official's or moderator's role names an area.",
            ),
        ),
    ]
