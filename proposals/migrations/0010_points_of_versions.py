"""Each version keeps its point; until now a point never changed once it was published."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("proposals", "0009_hidden_conversations")]

    operations = [
        migrations.AddField(
            model_name="revision",
            name="longitude",
            field=models.DecimalField(decimal_places=6, max_digits=9, null=True),
        ),
        migrations.AddField(
            model_name="revision",
            name="latitude",
            field=models.DecimalField(decimal_places=6, max_digits=9, null=True),
        ),
        migrations.RunSQL(
            """
            ALTER TABLE proposals_revision DISABLE TRIGGER proposals_revision_append_only;
            UPDATE proposals_revision r SET longitude = p.longitude, latitude = p.latitude
                FROM proposals_proposal p
                WHERE p.id = r.proposal_id AND p.longitude IS NOT NULL AND p.latitude IS NOT NULL;
            ALTER TABLE proposals_revision ENABLE TRIGGER proposals_revision_append_only;
            """,
            migrations.RunSQL.noop,
        ),
    ]
