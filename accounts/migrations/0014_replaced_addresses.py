"""Move the addresses that are still told, and until when they can be brought back, to where they stand now."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import F


def move(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    user_model, contact_model = apps.get_model("accounts", "User"), apps.get_model("accounts", "ReplacedContact")
    user_model.encryption_owner, contact_model.encryption_owner = "username", "customer_id"
    users = user_model.objects.filter(former_email_until__isnull=False, customer__isnull=False)
    for user in users.exclude(former_email="").iterator():
        contact_model.objects.create(
            customer_id=user.customer_id,
            user=user,
            kind="email",
            value=user.former_email,
            replaced_at=user.former_email_until,
            told_until=user.former_email_until,
        )
    users.update(email_stop_until=F("former_email_until"), replaced_told_until=F("former_email_until"))


class Migration(migrations.Migration):

    dependencies = [
        ("accounts", "0013_books"),
    ]

    operations = [
        migrations.RunPython(move, migrations.RunPython.noop),
    ]
