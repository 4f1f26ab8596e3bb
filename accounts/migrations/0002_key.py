# The Key: phones, requests, enrolments, passkeys, backup codes, reports.

import accounts.models.phones
import accounts.models.sealed
import django.db.models.deletion
import django.db.models.functions.datetime
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Report',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reference', models.CharField(max_length=12, unique=True)),
                ('kind', models.CharField(choices=[('not_me', 'A request the customer did not start')], max_length=8)),
                ('device', models.CharField(max_length=120)),
                ('created_at', models.DateTimeField()),
                ('closed_at', models.DateTimeField(null=True)),
                ('outcome', models.CharField(blank=True, choices=[('protected', 'Someone else had your password. It has been changed, and your account is safe.'), ('mistake', 'It was a mistake. Nothing needed to be changed.'), ('watched', 'We could not find out who it was. We will keep watching this account.')], max_length=10)),
            ],
        ),
        migrations.CreateModel(
            name='SignInRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seal_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('reference', models.CharField(default=accounts.models.phones.new_reference, max_length=22, unique=True)),
                ('purpose', models.CharField(choices=[('sign-in', 'Sign in'), ('step-up', 'Confirm it is you'), ('enrol', 'Set up a Key'), ('transfer', 'Move to a new phone'), ('recovery', 'Recovery')], default='sign-in', max_length=16)),
                ('number_digest', models.CharField(max_length=64)),
                ('device', models.CharField(max_length=120)),
                ('address', accounts.models.sealed.SealedTextField()),
                ('is_new_browser', models.BooleanField()),
                ('auth_epoch', models.PositiveIntegerField()),
                ('state', models.CharField(choices=[('waiting', 'Waiting for an answer'), ('approved', 'Approved'), ('used', 'Approved and used'), ('denied', 'Denied on the phone'), ('failed', 'Ended after wrong numbers'), ('withdrawn', 'Cancelled on the page where it was started')], default='waiting', max_length=10)),
                ('wrong_numbers', models.PositiveSmallIntegerField(default=0)),
                ('created_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('answered_at', models.DateTimeField(null=True)),
                ('reason', models.CharField(blank=True, choices=[('not_me', 'It was not me'), ('cancelled', 'I changed my mind')], max_length=10)),
                ('signature', models.CharField(blank=True, max_length=86)),
                ('signed_at', models.BigIntegerField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Spent',
            fields=[
                ('digest', models.CharField(max_length=64, primary_key=True, serialize=False)),
                ('spent_at', models.DateTimeField(db_index=True)),
            ],
        ),
        migrations.AddField(
            model_name='key',
            name='drift_step',
            field=models.BigIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='key',
            name='drift_told_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='key',
            name='end_reason',
            field=models.CharField(blank=True, choices=[('turned_off', 'It was turned off'), ('moved', 'It was moved to another phone'), ('lost', 'The phone was reported lost'), ('recovered', 'The account was recovered, which turned off everything before'), ('copied', 'Someone may have copied it')], max_length=12),
        ),
        migrations.AddField(
            model_name='platformsession',
            name='proved_at',
            field=models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
        ),
        migrations.AlterField(
            model_name='emailedcode',
            name='purpose',
            field=models.CharField(choices=[('sign-in', 'Sign in'), ('step-up', 'Confirm it is you'), ('enrol', 'Set up a Key'), ('transfer', 'Move to a new phone'), ('recovery', 'Recovery')], max_length=16),
        ),
        migrations.AlterField(
            model_name='notice',
            name='address',
            field=accounts.models.sealed.SealedTextField(blank=True),
        ),
        migrations.AlterField(
            model_name='notice',
            name='channel',
            field=models.CharField(choices=[('email', 'E-mail'), ('push', 'Notification on a phone')], default='email', max_length=8),
        ),
        migrations.AlterField(
            model_name='securityevent',
            name='action',
            field=models.CharField(choices=[('imported', 'Username created'), ('signed_in', 'Signed in'), ('signed_out', 'Signed out'), ('paused', 'Sign-in paused after too many wrong tries'), ('pause_lifted', 'Pause lifted'), ('held', 'Sign-in stopped to protect the account'), ('released', 'Sign-in allowed again'), ('password_set', 'Password changed'), ('key_enrolled', 'Key added'), ('keys_ended', 'All Keys turned off'), ('key_ended', 'Key turned off'), ('key_moved', 'Key moved to another phone'), ('key_renamed', 'Key renamed'), ('phone_lost', 'Phone reported lost, and its Key turned off'), ('phone_rotated', 'Phone renewed its signing key'), ('enrolment_started', 'Key setup started'), ('enrolment_proved', 'Key setup: identity confirmed'), ('enrolment_ended', 'Key setup stopped'), ('phone_paired', 'Key setup: phone connected'), ('phone_matched', 'Key setup: numbers compared and matched'), ('request_sent', 'Approval request sent to the Key'), ('request_approved', 'Request approved on the phone'), ('request_denied', 'Request denied on the phone'), ('request_failed', 'Request ended after wrong numbers'), ('proof_repeated', 'Password and Key confirmed again'), ('backup_codes_made', 'New backup codes made'), ('backup_code_used', 'Backup code used'), ('passkey_added', 'Passkey added'), ('passkey_removed', 'Passkey removed'), ('passkey_suspect', 'Passkey turned off: it may have been copied'), ('reported', 'Suspicious activity reported by the customer'), ('report_closed', 'Report investigated and closed'), ('code_used', 'Action confirmed with a Key code'), ('code_sent', 'Code sent by e-mail'), ('code_accepted', 'E-mailed code accepted'), ('sessions_ended', 'All open sign-ins ended'), ('case_opened', 'Somebody asked to get back into this account'), ('case_checked', 'Support asked questions in a recovery case'), ('case_code_accepted', 'A code sent by e-mail was used in a recovery case'), ('case_review', 'A recovery case went to a second person'), ('case_approved', 'A recovery case was approved, and its waiting period began'), ('case_ready', 'The waiting period of a recovery case ended'), ('case_started', 'Setting up a new password and Key was started'), ('case_completed', 'A recovery case was completed'), ('case_hold_ended', 'What was on hold after a recovery was opened again'), ('case_refused', 'A recovery case was not confirmed'), ('case_stopped', 'A recovery case was stopped after an objection'), ('case_closed', 'A recovery case was closed')], max_length=40),
        ),
        migrations.AlterField(
            model_name='throttle',
            name='budget',
            field=models.CharField(choices=[('password', 'Password'), ('code', 'Key code'), ('source', 'Network address'), ('email-code', 'E-mailed code'), ('case-pin', 'Case PIN'), ('pass-half', 'Set-up pass'), ('intake', 'Opening cases'), ('details', 'Personal details'), ('pairing', 'Pairing code'), ('call', 'Key app calls')], max_length=16),
        ),
        migrations.CreateModel(
            name='BackupCode',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(help_text='The human-readable name of this device.', max_length=64)),
                ('confirmed', models.BooleanField(default=True, help_text='Is this device ready for use?')),
                ('digest', models.CharField(max_length=64)),
                ('parameters', models.CharField(max_length=40)),
                ('created_at', models.DateTimeField()),
                ('used_at', models.DateTimeField(null=True)),
                ('user', models.ForeignKey(help_text='The user that this device belongs to.', on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.AddField(
            model_name='platformsession',
            name='backup_code',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='accounts.backupcode'),
        ),
        migrations.CreateModel(
            name='Enrolment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seal_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('purpose', models.CharField(choices=[('first', 'The first Key of a user'), ('add', 'Another Key'), ('transfer', 'A move to a new phone')], max_length=8)),
                ('state', models.CharField(choices=[('email', 'Waiting for the e-mailed code'), ('details', 'Waiting for answers or details'), ('open', 'Waiting for the phone'), ('claimed', 'The phone has connected. The numbers are being compared'), ('matched', 'The numbers match. The phone can get its codes'), ('done', 'Done'), ('ended', 'Ended without a Key')], max_length=8)),
                ('binding', models.CharField(max_length=64)),
                ('pairing_digest', models.CharField(max_length=64, null=True, unique=True)),
                ('number', accounts.models.sealed.SealedTextField(blank=True)),
                ('created_at', models.DateTimeField()),
                ('pairing_until', models.DateTimeField(null=True)),
                ('expires_at', models.DateTimeField()),
                ('over_at', models.DateTimeField(null=True)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='enrolments', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='EnrolmentItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seal_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('secret', accounts.models.sealed.SealedTextField()),
                ('enrolment', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='items', to='accounts.enrolment')),
                ('key', models.OneToOneField(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='accounts.key')),
                ('replaces', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='accounts.key')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Passkey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seal_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('name', models.CharField(help_text='The human-readable name of this device.', max_length=64)),
                ('confirmed', models.BooleanField(default=True, help_text='Is this device ready for use?')),
                ('credential_id', models.CharField(max_length=1400, unique=True)),
                ('public_key', accounts.models.sealed.SealedTextField()),
                ('sign_count', models.BigIntegerField(default=0)),
                ('transports', models.JSONField(default=list)),
                ('is_synced', models.BooleanField(default=False)),
                ('created_at', models.DateTimeField()),
                ('last_used_at', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('end_reason', models.CharField(blank=True, choices=[('turned_off', 'It was turned off'), ('moved', 'It was moved to another phone'), ('lost', 'The phone was reported lost'), ('recovered', 'The account was recovered, which turned off everything before'), ('copied', 'Someone may have copied it')], max_length=12)),
                ('user', models.ForeignKey(help_text='The user that this device belongs to.', on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.AddField(
            model_name='platformsession',
            name='passkey',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='accounts.passkey'),
        ),
        migrations.CreateModel(
            name='Phone',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seal_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('reference', models.CharField(default=accounts.models.phones.new_reference, max_length=22, unique=True)),
                ('name', models.CharField(max_length=60)),
                ('public_key', accounts.models.sealed.SealedTextField()),
                ('key_digest', models.CharField(editable=False, max_length=64)),
                ('subscription', accounts.models.sealed.SealedJSONField(default=dict)),
                ('version', models.CharField(max_length=16)),
                ('clock_offset', models.IntegerField(null=True)),
                ('created_at', models.DateTimeField()),
                ('last_seen_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('end_reason', models.CharField(blank=True, choices=[('turned_off', 'It was turned off'), ('moved', 'It was moved to another phone'), ('lost', 'The phone was reported lost'), ('recovered', 'The account was recovered, which turned off everything before'), ('copied', 'Someone may have copied it')], max_length=12)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('end_reason', ''), ('ended_at__isnull', True)), models.Q(('ended_at__isnull', False), models.Q(('end_reason', ''), _negated=True)), _connector='OR'), name='phone_ended_has_a_reason'), models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True)), fields=('key_digest',), name='one_live_phone_per_public_key')],
            },
        ),
        migrations.AddField(
            model_name='enrolment',
            name='old_phone',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.phone'),
        ),
        migrations.AddField(
            model_name='enrolment',
            name='phone',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='enrolments', to='accounts.phone'),
        ),
        migrations.AddField(
            model_name='key',
            name='phone',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='keys', to='accounts.phone'),
        ),
        migrations.AddField(
            model_name='notice',
            name='phone',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.phone'),
        ),
        migrations.AddConstraint(
            model_name='key',
            constraint=models.CheckConstraint(condition=models.Q(('phone__isnull', True), ('kind', 'phone'), _connector='OR'), name='key_on_a_phone_is_of_that_kind'),
        ),
        migrations.AddConstraint(
            model_name='key',
            constraint=models.UniqueConstraint(condition=models.Q(('confirmed', True)), fields=('user', 'phone'), name='one_live_key_per_user_and_phone'),
        ),
        migrations.AddConstraint(
            model_name='notice',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('channel', 'push'), ('phone__isnull', False)), models.Q(models.Q(('channel', 'push'), _negated=True), ('phone__isnull', True)), _connector='OR'), name='notice_goes_to_a_phone_or_an_address'),
        ),
        migrations.AddField(
            model_name='report',
            name='closed_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='report',
            name='user',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reports', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='signinrequest',
            name='key',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.key'),
        ),
        migrations.AddField(
            model_name='signinrequest',
            name='user',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='sign_in_requests', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddConstraint(
            model_name='backupcode',
            constraint=models.UniqueConstraint(fields=('user', 'digest'), name='one_row_per_backup_code'),
        ),
        migrations.AddConstraint(
            model_name='enrolmentitem',
            constraint=models.UniqueConstraint(fields=('enrolment', 'user'), name='one_item_per_enrolment_and_user'),
        ),
        migrations.AddConstraint(
            model_name='passkey',
            constraint=models.CheckConstraint(condition=models.Q(('ended_at__isnull', True), ('confirmed', False), _connector='OR'), name='passkey_ended_is_not_confirmed'),
        ),
        migrations.AddConstraint(
            model_name='enrolment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('over_at__isnull', False), ('state__in', ('done', 'ended'))), models.Q(models.Q(('state__in', ('done', 'ended')), _negated=True), ('over_at__isnull', True)), _connector='OR'), name='enrolment_over_has_a_time'),
        ),
        migrations.AddConstraint(
            model_name='enrolment',
            constraint=models.CheckConstraint(condition=models.Q(('pairing_digest__isnull', True), ('state', 'open'), _connector='OR'), name='enrolment_pairs_only_while_open'),
        ),
        migrations.AddConstraint(
            model_name='enrolment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('old_phone__isnull', False), ('purpose', 'transfer')), models.Q(models.Q(('purpose', 'transfer'), _negated=True), ('old_phone__isnull', True)), _connector='OR'), name='enrolment_transfer_has_an_old_phone'),
        ),
        migrations.AddConstraint(
            model_name='report',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', True), ('closed_by__isnull', True), ('outcome', '')), models.Q(('closed_at__isnull', False), ('closed_by__isnull', False), models.Q(('outcome', ''), _negated=True)), _connector='OR'), name='report_closing_is_complete_or_absent'),
        ),
        migrations.AddIndex(
            model_name='signinrequest',
            index=models.Index(fields=['user', '-created_at'], name='request_newest'),
        ),
        migrations.AddConstraint(
            model_name='signinrequest',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('answered_at__isnull', False), ('key__isnull', False), ('signed_at__isnull', False), ('state__in', ('approved', 'used', 'denied')), models.Q(('signature', ''), _negated=True)), models.Q(models.Q(('state__in', ('approved', 'used', 'denied')), _negated=True), ('reason', ''), ('signature', '')), _connector='OR'), name='request_answer_is_complete_or_absent'),
        ),
        migrations.AddConstraint(
            model_name='signinrequest',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), ('state', 'denied'), _connector='OR'), name='request_reason_is_of_a_denial'),
        ),
    ]
