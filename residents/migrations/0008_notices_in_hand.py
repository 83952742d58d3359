from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("residents", "0007_moderators_of_an_area"),
    ]

    operations = [
        migrations.AddField(
            model_name="notice",
            name="mailing_until",
            field=models.DateTimeField(editable=False, null=True),
        ),
    ]
