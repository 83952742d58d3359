from django.db import migrations, models

import proceedings.audit


class Migration(migrations.Migration):
    dependencies = [
        ("proceedings", "0005_drop_unused_actions"),
    ]

    operations = [
        migrations.AlterField(
            model_name="auditevent",
            name="action",
            field=models.CharField(
                choices=proceedings.audit.action_choices, max_length=60, verbose_name="action"
            ),
        ),
    ]
