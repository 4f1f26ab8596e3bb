from django.db import migrations, models


class Migration(migrations.Migration):
    """Codes that were explained before this one are too old to open anything."""

    dependencies = [("accounts", "0005_passkey_sealed")]

    operations = [
        migrations.AddField(
            model_name="key",
            name="drift_step",
            field=models.BigIntegerField(blank=True, null=True),
        ),
    ]
