"""A request to which a meeting was called is answered by that."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('consultations', '0009_other_sources'),
        ('interventions', '0003_kinds_of_support'),
        ('referrals', '0004_domestic_abuse'),
        ('schools', '0007_search_by_key'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='supportrequest',
            name='request_answered_by_somebody',
        ),
        migrations.AlterField(
            model_name='requestdisagreement',
            name='outcome',
            field=models.CharField(choices=[('consultation', 'An Early help consultation'), ('short_work', 'Short work is asked for'), ('advice', 'Advice was given'), ('meeting', 'A CASO meeting is to be called'), ('called', 'A CASO meeting is called'), ('declined', 'Not taken up')], max_length=12, verbose_name='how it was answered'),
        ),
        migrations.AlterField(
            model_name='requestdisagreementevent',
            name='outcome',
            field=models.CharField(choices=[('consultation', 'An Early help consultation'), ('short_work', 'Short work is asked for'), ('advice', 'Advice was given'), ('meeting', 'A CASO meeting is to be called'), ('called', 'A CASO meeting is called'), ('declined', 'Not taken up')], max_length=12, verbose_name='how it was answered'),
        ),
        migrations.AlterField(
            model_name='requeststep',
            name='outcome',
            field=models.CharField(blank=True, choices=[('consultation', 'An Early help consultation'), ('short_work', 'Short work is asked for'), ('advice', 'Advice was given'), ('meeting', 'A CASO meeting is to be called'), ('called', 'A CASO meeting is called'), ('declined', 'Not taken up')], max_length=12),
        ),
        migrations.AlterField(
            model_name='requeststepevent',
            name='outcome',
            field=models.CharField(blank=True, choices=[('consultation', 'An Early help consultation'), ('short_work', 'Short work is asked for'), ('advice', 'Advice was given'), ('meeting', 'A CASO meeting is to be called'), ('called', 'A CASO meeting is called'), ('declined', 'Not taken up')], max_length=12),
        ),
        migrations.AlterField(
            model_name='supportrequest',
            name='outcome',
            field=models.CharField(blank=True, choices=[('consultation', 'An Early help consultation'), ('short_work', 'Short work is asked for'), ('advice', 'Advice was given'), ('meeting', 'A CASO meeting is to be called'), ('called', 'A CASO meeting is called'), ('declined', 'Not taken up')], max_length=12),
        ),
        migrations.AlterField(
            model_name='supportrequestevent',
            name='outcome',
            field=models.CharField(blank=True, choices=[('consultation', 'An Early help consultation'), ('short_work', 'Short work is asked for'), ('advice', 'Advice was given'), ('meeting', 'A CASO meeting is to be called'), ('called', 'A CASO meeting is called'), ('declined', 'Not taken up')], max_length=12),
        ),
        migrations.AddConstraint(
            model_name='supportrequest',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('answered_at__isnull', False), ('answered_by__isnull', False), models.Q(models.Q(('outcome', 'meeting'), ('state', 'meeting')), models.Q(('outcome__in', ['consultation', 'short_work', 'advice', 'called', 'declined']), ('state', 'answered')), _connector='OR')), models.Q(('outcome', ''), ('state__in', ['received', 'acknowledged', 'withdrawn'])), _connector='OR'), name='request_answered_by_somebody'),
        ),
    ]
