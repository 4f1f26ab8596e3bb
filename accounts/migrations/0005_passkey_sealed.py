import uuid

from django.db import migrations, models

import accounts.models.sealed


class Migration(migrations.Migration):
    """Passkeys come into use with this one: no row is there yet that would share a default."""

    dependencies = [("accounts", "0004_phone_key_digest")]

    operations = [
        migrations.AddField(
            model_name="passkey",
            name="seal_id",
            field=models.UUIDField(default=uuid.uuid4, editable=False, unique=True),
        ),
        migrations.AlterField(
            model_name="passkey",
            name="public_key",
            field=accounts.models.sealed.SealedTextField(),
        ),
    ]
