"""A sheet that was handed out comes back before two people.

What one person took back before this stands as it is: rows of the past are never changed.
"""

from django.db import migrations, models

BY_TWO = """
ALTER TABLE voting_stubevent ADD CONSTRAINT stub_returned_by_two
    CHECK (kind <> 'returned' OR (second_ref <> '' AND second_ref <> actor_ref)) NOT VALID
"""
BY_ONE = "ALTER TABLE voting_stubevent DROP CONSTRAINT stub_returned_by_two"


class Migration(migrations.Migration):
    dependencies = [("voting", "0013_seats_by_part")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(BY_TWO, BY_ONE)],
            state_operations=[
                migrations.AddConstraint(
                    model_name="stubevent",
                    constraint=models.CheckConstraint(
                        condition=~models.Q(kind="returned")
                        | (~models.Q(second_ref="") & ~models.Q(second_ref=models.F("actor_ref"))),
                        name="stub_returned_by_two",
                    ),
                )
            ],
        )
    ]
