"""A link worker finds a word by their schools and by what they wrote in one look at an index.

The team's words and the school's are indexed apart: nobody looks for both by one key. A school
is indexed alone as well, for when it moves to another hub.
"""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('schools', '0013_search_statistics'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='searchentry',
            name='search_of_school',
        ),
        migrations.RemoveIndex(
            model_name='searchentry',
            name='search_of_hub',
        ),
        migrations.RemoveIndex(
            model_name='searchentry',
            name='search_of_author',
        ),
        migrations.AlterField(
            model_name='searchentry',
            name='school',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='schools.school'),
        ),
        migrations.AddIndex(
            model_name='searchentry',
            index=django.contrib.postgres.indexes.GinIndex(condition=models.Q(('for_school', True)), fields=['school', 'words'], name='search_shared'),
        ),
        migrations.AddIndex(
            model_name='searchentry',
            index=django.contrib.postgres.indexes.GinIndex(condition=models.Q(('for_school', False)), fields=['hub', 'words'], name='search_of_hub'),
        ),
        migrations.AddIndex(
            model_name='searchentry',
            index=django.contrib.postgres.indexes.GinIndex(models.Func('school', 'author', output_field=django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), size=None), template='ARRAY[%(expressions)s]'), models.F('words'), condition=models.Q(('for_school', False)), fastupdate=False, name='search_of_worker'),
        ),
    ]
