"""That a concern was corrected in whom it is about, or the school, is noted."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('referrals', '0006_notice_chased'),
    ]

    operations = [
        migrations.AlterField(
            model_name='concernnote',
            name='kind',
            field=models.CharField(choices=[('added', 'Added'), ('phoned', 'Told by phone'), ('aware', 'Time of becoming aware corrected'), ('passed', 'Passed on'), ('taken_over', 'Taken over'), ('child', 'Child named'), ('corrected', 'Corrected'), ('not_delivered', 'Could not be delivered'), ('closed', 'Closed')], default='added', max_length=13),
        ),
        migrations.AlterField(
            model_name='concernnoteevent',
            name='kind',
            field=models.CharField(choices=[('added', 'Added'), ('phoned', 'Told by phone'), ('aware', 'Time of becoming aware corrected'), ('passed', 'Passed on'), ('taken_over', 'Taken over'), ('child', 'Child named'), ('corrected', 'Corrected'), ('not_delivered', 'Could not be delivered'), ('closed', 'Closed')], default='added', max_length=13),
        ),
    ]
