import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("debates", "0002_append_only"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="follow",
            name="told_at",
            field=models.DateTimeField(
                default=django.utils.timezone.now,
                help_text="Opinions up to here are known; told at most once a day.",
            ),
        ),
        migrations.AlterField(
            model_name="thread",
            name="closed_at",
            field=models.DateTimeField(
                blank=True,
                help_text="May lie ahead; empty: stays open.",
                null=True,
                verbose_name="closes at",
            ),
        ),
        migrations.AddIndex(
            model_name="reaction",
            index=models.Index(fields=["comment", "useful"], name="reaction_counts"),
        ),
        migrations.CreateModel(
            name="FiguresDue",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "comment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="debates.comment",
                    ),
                ),
            ],
        ),
    ]
