

import django.db.models.deletion
import portal.lib.encrypted_fields
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('recovery', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='PasswordReset',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('username_hash', models.CharField(max_length=64)),
                ('username', portal.lib.encrypted_fields.EncryptedTextField()),
                ('session_version', models.PositiveIntegerField(default=0)),
                ('browser_scope', models.CharField(max_length=64)),
                ('binding', models.CharField(max_length=64)),
                ('state', models.CharField(choices=[('email', 'Waiting for the e-mailed code'), ('details', 'Waiting for answers or details'), ('key', 'Waiting for the Key'), ('password', 'Waiting for the new password'), ('done', 'Done'), ('ended', 'Ended with nothing changed')], default='email', max_length=8)),
                ('device', models.CharField(max_length=120)),
                ('address', portal.lib.encrypted_fields.EncryptedTextField()),
                ('code_wanted_at', models.DateTimeField(null=True)),
                ('code_digest', models.CharField(blank=True, max_length=64)),
                ('code_until', models.DateTimeField(null=True)),
                ('mailbox_at', models.DateTimeField(null=True)),
                ('details_at', models.DateTimeField(null=True)),
                ('key_at', models.DateTimeField(null=True)),
                ('ended', models.JSONField(default=list)),
                ('created_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('over_at', models.DateTimeField(null=True)),
                ('claim', models.OneToOneField(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='password_reset', to='recovery.claim')),
                ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='password_resets', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('code_wanted_at__isnull', False)), fields=['code_wanted_at'], name='reset_wants_code')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('over_at__isnull', False), ('state__in', ('done', 'ended'))), models.Q(models.Q(('state__in', ('done', 'ended')), _negated=True), ('over_at__isnull', True)), _connector='OR'), name='reset_over_has_a_time'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ('details', 'key', 'password', 'done')), _negated=True), models.Q(('mailbox_at__isnull', False), ('user__isnull', False)), _connector='OR'), name='reset_mailbox_comes_first'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ('password', 'done')), _negated=True), ('details_at__isnull', False), ('key_at__isnull', False), _connector='OR'), name='reset_needs_two_proofs')],
            },
        ),
    ]
