import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Area",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=10, verbose_name="code")),
                ("name", models.CharField(max_length=60, verbose_name="name")),
                (
                    "english_name",
                    models.CharField(blank=True, max_length=80, verbose_name="English name"),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("city", "City or province"),
                            ("district", "District"),
                            ("dong", "Dong"),
                        ],
                        max_length=12,
                        verbose_name="kind",
                    ),
                ),
                (
                    "population",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="residents"),
                ),
                (
                    "shape",
                    models.JSONField(
                        blank=True,
                        help_text="GeoJSON polygon (longitude, latitude).",
                        null=True,
                        verbose_name="outline",
                    ),
                ),
                ("profile", models.TextField(blank=True, verbose_name="about this place")),
                ("valid_from", models.DateField(verbose_name="valid from")),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="last day")),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="places.area",
                        verbose_name="part of",
                    ),
                ),
            ],
            options={
                "verbose_name": "area",
                "verbose_name_plural": "areas",
                "ordering": ("code", "valid_from"),
            },
        ),
        migrations.CreateModel(
            name="Centre",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "code",
                    models.SlugField(
                        allow_unicode=True, max_length=20, unique=True, verbose_name="code"
                    ),
                ),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                ("address", models.CharField(max_length=160, verbose_name="address")),
                ("phone", models.CharField(max_length=20, verbose_name="phone")),
                ("hours", models.CharField(max_length=160, verbose_name="opening hours")),
                ("access", models.CharField(blank=True, max_length=160, verbose_name="access")),
                (
                    "longitude",
                    models.DecimalField(
                        blank=True,
                        decimal_places=6,
                        max_digits=9,
                        null=True,
                        verbose_name="longitude",
                    ),
                ),
                (
                    "latitude",
                    models.DecimalField(
                        blank=True,
                        decimal_places=6,
                        max_digits=9,
                        null=True,
                        verbose_name="latitude",
                    ),
                ),
                ("is_open", models.BooleanField(default=True, verbose_name="in use")),
                (
                    "area",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="centres",
                        to="places.area",
                        verbose_name="area",
                    ),
                ),
            ],
            options={
                "verbose_name": "centre",
                "verbose_name_plural": "centres",
                "ordering": ("area__code", "name"),
            },
        ),
        migrations.AddConstraint(
            model_name="area",
            constraint=models.UniqueConstraint(
                fields=("code", "valid_from"), name="area_code_once_per_start"
            ),
        ),
        migrations.AddConstraint(
            model_name="area",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_to__isnull", True),
                    ("valid_to__gte", models.F("valid_from")),
                    _connector="OR",
                ),
                name="area_ends_after_it_starts",
            ),
        ),
    ]
