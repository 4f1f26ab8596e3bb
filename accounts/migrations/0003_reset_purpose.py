

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_answered_posts'),
    ]

    operations = [
        migrations.AlterField(
            model_name='emailedcode',
            name='purpose',
            field=models.CharField(choices=[('sign-in', 'Sign in'), ('step-up', 'Confirm it is you'), ('enrol', 'Set up a Key'), ('recovery', 'Recovery'), ('reset', 'Set a new password')], max_length=16),
        ),
        migrations.AlterField(
            model_name='pushchallenge',
            name='purpose',
            field=models.CharField(choices=[('sign-in', 'Sign in'), ('step-up', 'Confirm it is you'), ('enrol', 'Set up a Key'), ('recovery', 'Recovery'), ('reset', 'Set a new password')], default='sign-in', max_length=16),
        ),
    ]
