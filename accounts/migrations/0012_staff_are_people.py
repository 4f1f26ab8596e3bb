from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("accounts", "0011_employees_of_staff"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='user',
            name='user_is_staff_or_customer',
        ),
        migrations.AddConstraint(
            model_name='user',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('customer__isnull', True), ('employee__isnull', False), ('is_staff', True)), models.Q(('customer__isnull', False), ('employee__isnull', True), ('is_staff', False)), _connector='OR'), name='user_is_staff_or_customer'),
        ),
    ]
