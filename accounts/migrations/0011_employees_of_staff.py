"""Give each member of staff there is a person of their own; operators put together what belongs together."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def create_employees(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    user_model, employee_model = apps.get_model("accounts", "User"), apps.get_model("accounts", "Employee")
    user_model.encryption_owner, employee_model.encryption_owner = "username", ""
    for user in user_model.objects.filter(is_staff=True, employee=None).iterator():
        person = employee_model.objects.create(name=user.username, email=user.email, created_at=user.created_at)
        user_model.objects.filter(pk=user.pk).update(employee=person)


class Migration(migrations.Migration):

    dependencies = [
        ("accounts", "0010_staff"),
    ]

    operations = [
        migrations.RunPython(create_employees, migrations.RunPython.noop),
    ]
