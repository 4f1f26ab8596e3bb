from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ("accounts", "0014_replaced_addresses"),
    ]

    operations = [
        migrations.RemoveField(
            model_name='user',
            name='former_email',
        ),
        migrations.RemoveField(
            model_name='user',
            name='former_email_until',
        ),
    ]
