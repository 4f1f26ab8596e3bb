
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0016_key_after_recovery'),
    ]

    operations = [
        migrations.AlterField(
            model_name='emailedcode',
            name='purpose',
            field=models.CharField(choices=[('sign-in', 'Sign in'), ('step-up', 'Confirm it is you'), ('enrol', 'Set up a Key'), ('new-address', 'Change the e-mail address'), ('welcome', 'Sign in for the first time'), ('recovery', 'Recovery'), ('reset', 'Set a new password')], max_length=16),
        ),
        migrations.AlterField(
            model_name='pushchallenge',
            name='purpose',
            field=models.CharField(choices=[('sign-in', 'Sign in'), ('step-up', 'Confirm it is you'), ('enrol', 'Set up a Key'), ('new-address', 'Change the e-mail address'), ('welcome', 'Sign in for the first time'), ('recovery', 'Recovery'), ('reset', 'Set a new password')], default='sign-in', max_length=16),
        ),
        migrations.CreateModel(
            name='WelcomeLetter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('why', models.CharField(choices=[('import', 'A new customer'), ('feed', "Asked for in the firm's records"), ('desk', 'Asked for at the desk')], max_length=8)),
                ('wanted_at', models.DateTimeField()),
                ('run', models.UUIDField(null=True)),
                ('digest', models.CharField(blank=True, max_length=64)),
                ('printed_at', models.DateTimeField(null=True)),
                ('expires_at', models.DateTimeField(null=True)),
                ('used_at', models.DateTimeField(null=True)),
                ('revoked_at', models.DateTimeField(null=True)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='welcome_letters', to=settings.AUTH_USER_MODEL)),
                ('wanted_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='FirstSignIn',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('binding', models.CharField(max_length=64)),
                ('state', models.CharField(choices=[('details', 'Waiting for details'), ('email', 'Waiting for the e-mailed code'), ('password', 'Waiting for the password'), ('done', 'Done'), ('ended', 'Ended with nothing changed')], default='details', max_length=8)),
                ('details_at', models.DateTimeField(null=True)),
                ('mailbox_at', models.DateTimeField(null=True)),
                ('created_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('over_at', models.DateTimeField(null=True)),
                ('letter', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='first_sign_ins', to='accounts.welcomeletter')),
            ],
        ),
        migrations.AddIndex(
            model_name='welcomeletter',
            index=models.Index(condition=models.Q(('printed_at__isnull', True)), fields=['run'], name='welcome_letter_of_open_run'),
        ),
        migrations.AddConstraint(
            model_name='welcomeletter',
            constraint=models.UniqueConstraint(condition=models.Q(('revoked_at__isnull', True), ('used_at__isnull', True)), fields=('user',), name='welcome_letter_one_live_per_user'),
        ),
        migrations.AddConstraint(
            model_name='welcomeletter',
            constraint=models.UniqueConstraint(condition=models.Q(('used_at__isnull', False)), fields=('user',), name='welcome_letter_one_used_per_user'),
        ),
        migrations.AddConstraint(
            model_name='welcomeletter',
            constraint=models.CheckConstraint(condition=models.Q(('printed_at__isnull', True), models.Q(('expires_at__isnull', False), ('run__isnull', False), models.Q(('digest', ''), _negated=True)), _connector='OR'), name='welcome_letter_printed_has_a_code'),
        ),
        migrations.AddConstraint(
            model_name='welcomeletter',
            constraint=models.CheckConstraint(condition=models.Q(('used_at__isnull', True), models.Q(('printed_at__isnull', False), ('revoked_at__isnull', True)), _connector='OR'), name='welcome_letter_used_was_printed_and_lived'),
        ),
        migrations.AddConstraint(
            model_name='firstsignin',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('over_at__isnull', False), ('state__in', ('done', 'ended'))), models.Q(models.Q(('state__in', ('done', 'ended')), _negated=True), ('over_at__isnull', True)), _connector='OR'), name='first_sign_in_over_has_a_time'),
        ),
        migrations.AddConstraint(
            model_name='firstsignin',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ('email', 'password', 'done')), _negated=True), ('details_at__isnull', False), _connector='OR'), name='first_sign_in_details_come_first'),
        ),
        migrations.AddConstraint(
            model_name='firstsignin',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ('password', 'done')), _negated=True), ('mailbox_at__isnull', False), _connector='OR'), name='first_sign_in_mailbox_before_password'),
        ),
        migrations.AddConstraint(
            model_name='firstsignin',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'done')), fields=('letter',), name='first_sign_in_done_once_per_letter'),
        ),
    ]
