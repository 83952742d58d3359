"""Each version keeps its dong; until now a dong never changed once it was published."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("places", "0003_rooms"), ("proposals", "0010_points_of_versions")]

    operations = [
        migrations.AddField(
            model_name="revision",
            name="area",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="places.area",
            ),
        ),
        migrations.RunSQL(
            """
            ALTER TABLE proposals_revision DISABLE TRIGGER proposals_revision_append_only;
            UPDATE proposals_revision r SET area_id = p.area_id
                FROM proposals_proposal p WHERE p.id = r.proposal_id;
            ALTER TABLE proposals_revision ENABLE TRIGGER proposals_revision_append_only;
            """,
            migrations.RunSQL.noop,
        ),
    ]
