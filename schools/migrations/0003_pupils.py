"""Children, where they go to school, what is known of them and the reasons to look."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.operations
import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
import pgtrigger.compiler
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '__first__'),
        ('pghistory', '0007_auto_20250421_0444'),
        ('schools', '0002_terms_and_inset_days'),
    ]

    operations = [
        django.contrib.postgres.operations.TrigramExtension(
        ),
        migrations.CreateModel(
            name='StatusKind',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=100, unique=True)),
                ('route', models.CharField(choices=[('open', 'Counts as open to social care'), ('plan', 'On an Early Help Plan'), ('ask', 'The guidance does not say where it is recorded: ask'), ('none', 'Changes nothing')], default='none', max_length=4, verbose_name='where notes go')),
                ('is_offered', models.BooleanField(default=True, verbose_name='offered')),
                ('position', models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                'ordering': ['position', 'name'],
                'triggers': [pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "schools_statuskindevent" ("id", "is_offered", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "route") VALUES (NEW."id", NEW."is_offered", NEW."name", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."position", NEW."route"); RETURN NULL;', hash='64a4af3c4314743ff3f19d0200779c53ded13668', operation='INSERT', pgid='pgtrigger_insert_insert_2aa1f', table='schools_statuskind', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "schools_statuskindevent" ("id", "is_offered", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "route") VALUES (NEW."id", NEW."is_offered", NEW."name", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."position", NEW."route"); RETURN NULL;', hash='f17a16d115f20d476493926f338792de5a9764d3', operation='UPDATE', pgid='pgtrigger_update_update_0e6ee', table='schools_statuskind', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "schools_statuskindevent" ("id", "is_offered", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "route") VALUES (OLD."id", OLD."is_offered", OLD."name", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."position", OLD."route"); RETURN NULL;', hash='5c8f576b5de5291475fbc68a4ae8529e87061df3', operation='DELETE', pgid='pgtrigger_delete_delete_bd3ac', table='schools_statuskind', when='AFTER'))],
            },
        ),
        migrations.CreateModel(
            name='Pupil',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('first_names', models.CharField(blank=True, max_length=150)),
                ('surname', models.CharField(max_length=150)),
                ('known_as', models.CharField(blank=True, max_length=150)),
                ('folded', models.CharField(editable=False, max_length=460)),
                ('born_on', models.DateField(blank=True, null=True, verbose_name='date of birth')),
                ('due_on', models.DateField(blank=True, null=True, verbose_name='date the baby is due')),
                ('ahead', models.SmallIntegerField(default=0, verbose_name='years ahead of their age')),
                ('added_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('added_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['surname', 'first_names'],
                'indexes': [models.Index(fields=['born_on'], name='pupil_born_on'), django.contrib.postgres.indexes.GistIndex(django.contrib.postgres.indexes.OpClass('folded', name='gist_trgm_ops'), name='pupil_folded')],
                'constraints': [models.CheckConstraint(condition=models.Q(('born_on__isnull', False), ('due_on__isnull', False), _connector='OR'), name='pupil_is_born_or_due'), models.CheckConstraint(condition=models.Q(('ahead__gte', -3), ('ahead__lte', 3)), name='pupil_few_years_ahead')],
                'triggers': [pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "schools_pupilevent" ("added_at", "added_by_id", "ahead", "born_on", "due_on", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."added_at", NEW."added_by_id", NEW."ahead", NEW."born_on", NEW."due_on", NEW."id", _pgh_attach_context(), NOW(), \'insert\', NEW."id"); RETURN NULL;', hash='c5d87051125054306f28a28b984bdc70d3f1d921', operation='INSERT', pgid='pgtrigger_insert_insert_b4bca', table='schools_pupil', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."added_at" IS DISTINCT FROM (NEW."added_at") OR OLD."added_by_id" IS DISTINCT FROM (NEW."added_by_id") OR OLD."ahead" IS DISTINCT FROM (NEW."ahead") OR OLD."born_on" IS DISTINCT FROM (NEW."born_on") OR OLD."due_on" IS DISTINCT FROM (NEW."due_on") OR OLD."id" IS DISTINCT FROM (NEW."id"))', func='INSERT INTO "schools_pupilevent" ("added_at", "added_by_id", "ahead", "born_on", "due_on", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."added_at", NEW."added_by_id", NEW."ahead", NEW."born_on", NEW."due_on", NEW."id", _pgh_attach_context(), NOW(), \'update\', NEW."id"); RETURN NULL;', hash='95798caa45067116ba2b30f22668e6794509ef83', operation='UPDATE', pgid='pgtrigger_update_update_7dd0c', table='schools_pupil', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "schools_pupilevent" ("added_at", "added_by_id", "ahead", "born_on", "due_on", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."added_at", OLD."added_by_id", OLD."ahead", OLD."born_on", OLD."due_on", OLD."id", _pgh_attach_context(), NOW(), \'delete\', OLD."id"); RETURN NULL;', hash='7fdb9c6b0f86425f666d0ef23c48e129ae3d5917', operation='DELETE', pgid='pgtrigger_delete_delete_74e29', table='schools_pupil', when='AFTER'))],
            },
        ),
        migrations.CreateModel(
            name='Opening',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('reason', models.CharField(choices=[('consultation', 'The school asked for a consultation about them'), ('attendance', 'Attendance discussion with the school'), ('direct', 'Direct work or a welfare check'), ('request', 'A request for support'), ('concern', 'A safeguarding concern'), ('meeting', 'A meeting or panel'), ('cover', 'Covering for a colleague, or on duty'), ('transition', 'A move between schools'), ('audit', 'Checking the quality of our work'), ('access', 'A subject access request'), ('other', 'Something else')], max_length=12)),
                ('words', models.CharField(blank=True, max_length=200, verbose_name='your reason')),
                ('sign_in', models.CharField(max_length=64)),
                ('opened_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('ends_at', models.DateTimeField()),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('pupil', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='openings', to='schools.pupil')),
            ],
            options={
                'indexes': [models.Index(fields=['user', '-opened_at'], name='opening_of_user'), models.Index(fields=['pupil', '-opened_at'], name='opening_of_pupil')],
            },
        ),
        migrations.CreateModel(
            name='Involvement',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('source_type', models.CharField(max_length=30)),
                ('source_id', models.UUIDField()),
                ('starts_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('ends_at', models.DateTimeField(blank=True, null=True)),
                ('school', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='involvements', to='schools.school')),
                ('user', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('pupil', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='involvements', to='schools.pupil')),
            ],
            options={
                'indexes': [models.Index(fields=['school', 'ends_at'], name='involvement_of_school'), models.Index(fields=['user', 'ends_at'], name='involvement_of_user'), models.Index(fields=['source_type', 'source_id'], name='involvement_source')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('school__isnull', False), ('user__isnull', True)), models.Q(('school__isnull', True), ('user__isnull', False)), _connector='OR'), name='involvement_of_school_or_user'), models.UniqueConstraint(fields=('pupil', 'school', 'user', 'source_type', 'source_id'), name='involvement_once_a_source', nulls_distinct=False)],
            },
        ),
        migrations.CreateModel(
            name='PupilEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, serialize=False)),
                ('born_on', models.DateField(blank=True, null=True, verbose_name='date of birth')),
                ('due_on', models.DateField(blank=True, null=True, verbose_name='date the baby is due')),
                ('ahead', models.SmallIntegerField(default=0, verbose_name='years ahead of their age')),
                ('added_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('added_by', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='schools.pupil')),
            ],
            options={
                'abstract': False,
                'triggers': [pgtrigger.compiler.Trigger(name='no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'append-only: % takes inserts only', TG_TABLE_NAME;", hash='33afe5a9793e9c84309857400d2e04f0637846ab', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_no_truncate_602b7', table='schools_pupilevent', when='BEFORE')), pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='bba44a07b08835e92c2fd16b657376e2287cc955', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_6e651', table='schools_pupilevent', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='PupilIdentifier',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('upn', 'UPN'), ('former_upn', 'Former UPN'), ('mosaic', 'Mosaic number'), ('ced', 'CED number')], max_length=10)),
                ('value', models.CharField(max_length=30)),
                ('pupil', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='identifiers', to='schools.pupil')),
            ],
            options={
                'ordering': ['kind', 'value'],
                'indexes': [models.Index(fields=['value'], name='identifier_value')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('kind', 'former_upn'), _negated=True), fields=('kind', 'value'), name='identifier_of_one_child'), models.UniqueConstraint(fields=('pupil', 'kind', 'value'), name='identifier_once_each'), models.CheckConstraint(condition=models.Q(('value', django.db.models.functions.text.Upper('value'))), name='identifier_in_capitals')],
                'triggers': [pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "schools_pupilidentifierevent" ("id", "kind", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pupil_id") VALUES (NEW."id", NEW."kind", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."pupil_id"); RETURN NULL;', hash='97f8023da167bd2056bec7e6b4fbf2aa24a76751', operation='INSERT', pgid='pgtrigger_insert_insert_2731f', table='schools_pupilidentifier', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."pupil_id" IS DISTINCT FROM (NEW."pupil_id"))', func='INSERT INTO "schools_pupilidentifierevent" ("id", "kind", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pupil_id") VALUES (NEW."id", NEW."kind", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."pupil_id"); RETURN NULL;', hash='bd5c0f8c3b1da35502ef95a7f4ebd46b9334dc4f', operation='UPDATE', pgid='pgtrigger_update_update_3ec97', table='schools_pupilidentifier', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "schools_pupilidentifierevent" ("id", "kind", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pupil_id") VALUES (OLD."id", OLD."kind", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."pupil_id"); RETURN NULL;', hash='f5d899a717858a29774c7dbcf23fa191eadf7e56', operation='DELETE', pgid='pgtrigger_delete_delete_42adf', table='schools_pupilidentifier', when='AFTER'))],
            },
        ),
        migrations.CreateModel(
            name='PupilIdentifierEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, serialize=False)),
                ('kind', models.CharField(choices=[('upn', 'UPN'), ('former_upn', 'Former UPN'), ('mosaic', 'Mosaic number'), ('ced', 'CED number')], max_length=10)),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='schools.pupilidentifier')),
                ('pupil', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='schools.pupil')),
            ],
            options={
                'abstract': False,
                'triggers': [pgtrigger.compiler.Trigger(name='no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'append-only: % takes inserts only', TG_TABLE_NAME;", hash='787f21a3b37e6ddfe57800d38c1211851501b701', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_no_truncate_7d0e6', table='schools_pupilidentifierevent', when='BEFORE')), pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='3e1503ac4b4972907f9ca3ca7e76b38e5a3bb221', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_bd9c1', table='schools_pupilidentifierevent', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='PupilStatus',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('starts_on', models.DateField()),
                ('ends_on', models.DateField(blank=True, null=True)),
                ('social_worker', models.CharField(blank=True, max_length=150)),
                ('social_worker_email', models.EmailField(blank=True, max_length=254, verbose_name='their email address')),
                ('source', models.CharField(blank=True, max_length=200, verbose_name='who told us')),
                ('recorded_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('pupil', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='statuses', to='schools.pupil')),
                ('recorded_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('kind', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='schools.statuskind')),
            ],
            options={
                'verbose_name_plural': 'pupil statuses',
                'ordering': [models.OrderBy(models.F('ends_on'), descending=True, nulls_first=True), '-starts_on'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('ends_on__isnull', True)), fields=('pupil', 'kind'), name='status_once_at_a_time'), models.CheckConstraint(condition=models.Q(('ends_on__isnull', True), ('ends_on__gte', models.F('starts_on')), _connector='OR'), name='status_ends_after_start')],
                'triggers': [pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "schools_pupilstatusevent" ("ends_on", "id", "kind_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pupil_id", "recorded_at", "recorded_by_id", "social_worker_email", "starts_on") VALUES (NEW."ends_on", NEW."id", NEW."kind_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."pupil_id", NEW."recorded_at", NEW."recorded_by_id", NEW."social_worker_email", NEW."starts_on"); RETURN NULL;', hash='c65b1297e93269b1e1ea872c88826b3e0ff22d0e', operation='INSERT', pgid='pgtrigger_insert_insert_560c1', table='schools_pupilstatus', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."ends_on" IS DISTINCT FROM (NEW."ends_on") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."kind_id" IS DISTINCT FROM (NEW."kind_id") OR OLD."pupil_id" IS DISTINCT FROM (NEW."pupil_id") OR OLD."recorded_at" IS DISTINCT FROM (NEW."recorded_at") OR OLD."recorded_by_id" IS DISTINCT FROM (NEW."recorded_by_id") OR OLD."social_worker_email" IS DISTINCT FROM (NEW."social_worker_email") OR OLD."starts_on" IS DISTINCT FROM (NEW."starts_on"))', func='INSERT INTO "schools_pupilstatusevent" ("ends_on", "id", "kind_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pupil_id", "recorded_at", "recorded_by_id", "social_worker_email", "starts_on") VALUES (NEW."ends_on", NEW."id", NEW."kind_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."pupil_id", NEW."recorded_at", NEW."recorded_by_id", NEW."social_worker_email", NEW."starts_on"); RETURN NULL;', hash='d5230f8082f40f7e185fb97eebd652ca0d2a8243', operation='UPDATE', pgid='pgtrigger_update_update_33580', table='schools_pupilstatus', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "schools_pupilstatusevent" ("ends_on", "id", "kind_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pupil_id", "recorded_at", "recorded_by_id", "social_worker_email", "starts_on") VALUES (OLD."ends_on", OLD."id", OLD."kind_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."pupil_id", OLD."recorded_at", OLD."recorded_by_id", OLD."social_worker_email", OLD."starts_on"); RETURN NULL;', hash='c5a523909077a6fc9639aab52cae4b1d8d3ea500', operation='DELETE', pgid='pgtrigger_delete_delete_a0f54', table='schools_pupilstatus', when='AFTER'))],
            },
        ),
        migrations.CreateModel(
            name='PupilStatusEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, serialize=False)),
                ('starts_on', models.DateField()),
                ('ends_on', models.DateField(blank=True, null=True)),
                ('social_worker_email', models.EmailField(blank=True, max_length=254, verbose_name='their email address')),
                ('recorded_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='schools.pupilstatus')),
                ('pupil', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='schools.pupil')),
                ('recorded_by', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('kind', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='schools.statuskind')),
            ],
            options={
                'abstract': False,
                'triggers': [pgtrigger.compiler.Trigger(name='no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'append-only: % takes inserts only', TG_TABLE_NAME;", hash='60523ae08377efa394b7ddbc3c58f499aae20b96', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_no_truncate_29b34', table='schools_pupilstatusevent', when='BEFORE')), pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='820268ec54a66a52b0fece10a5e7532347af64a6', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_9c729', table='schools_pupilstatusevent', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='StatusKindEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, serialize=False)),
                ('name', models.CharField(max_length=100)),
                ('route', models.CharField(choices=[('open', 'Counts as open to social care'), ('plan', 'On an Early Help Plan'), ('ask', 'The guidance does not say where it is recorded: ask'), ('none', 'Changes nothing')], default='none', max_length=4, verbose_name='where notes go')),
                ('is_offered', models.BooleanField(default=True, verbose_name='offered')),
                ('position', models.PositiveSmallIntegerField(default=0)),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='schools.statuskind')),
            ],
            options={
                'abstract': False,
                'triggers': [pgtrigger.compiler.Trigger(name='no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'append-only: % takes inserts only', TG_TABLE_NAME;", hash='3bf7f758ed4924ff3e65a7ef1070e5948111c205', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_no_truncate_b3e76', table='schools_statuskindevent', when='BEFORE')), pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='d77b20b89632202729b76e74b46d0b57572c50cd', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_51cef', table='schools_statuskindevent', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='Transition',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('school_year', models.PositiveSmallIntegerField()),
                ('reasons', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('sen', 'Special educational needs'), ('struggled', 'Has struggled with school'), ('supported', 'Has had a lot of support'), ('home', 'Starts from home education'), ('neet', 'At risk of not being in education, employment or training (NEET)'), ('other', 'Another reason')], max_length=9), size=None)),
                ('why', models.CharField(blank=True, max_length=500, verbose_name='more about it')),
                ('support_in_place', models.TextField(blank=True)),
                ('added_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('added_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('pupil', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='transitions', to='schools.pupil')),
                ('school', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='leaving', to='schools.school')),
                ('to', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='arriving', to='schools.school')),
            ],
            options={
                'ordering': ['pupil__surname', 'pupil__first_names'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True)), fields=('pupil', 'school_year'), name='transition_once_a_year'), models.CheckConstraint(condition=models.Q(('reasons__len__gt', 0)), name='transition_has_a_reason'), models.CheckConstraint(condition=models.Q(('school__isnull', False), ('to__isnull', False), _connector='OR'), name='transition_of_a_school')],
                'triggers': [pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "schools_transitionevent" ("added_at", "added_by_id", "ended_at", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pupil_id", "reasons", "school_id", "school_year", "to_id") VALUES (NEW."added_at", NEW."added_by_id", NEW."ended_at", NEW."id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."pupil_id", NEW."reasons", NEW."school_id", NEW."school_year", NEW."to_id"); RETURN NULL;', hash='a7268ace02a5f2f50a53789b9783734969c3fc01', operation='INSERT', pgid='pgtrigger_insert_insert_5b19e', table='schools_transition', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."added_at" IS DISTINCT FROM (NEW."added_at") OR OLD."added_by_id" IS DISTINCT FROM (NEW."added_by_id") OR OLD."ended_at" IS DISTINCT FROM (NEW."ended_at") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."pupil_id" IS DISTINCT FROM (NEW."pupil_id") OR OLD."reasons" IS DISTINCT FROM (NEW."reasons") OR OLD."school_id" IS DISTINCT FROM (NEW."school_id") OR OLD."school_year" IS DISTINCT FROM (NEW."school_year") OR OLD."to_id" IS DISTINCT FROM (NEW."to_id"))', func='INSERT INTO "schools_transitionevent" ("added_at", "added_by_id", "ended_at", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pupil_id", "reasons", "school_id", "school_year", "to_id") VALUES (NEW."added_at", NEW."added_by_id", NEW."ended_at", NEW."id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."pupil_id", NEW."reasons", NEW."school_id", NEW."school_year", NEW."to_id"); RETURN NULL;', hash='5a70378c649c8f08a76a3b03a79a41d5d0c100d0', operation='UPDATE', pgid='pgtrigger_update_update_948cd', table='schools_transition', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "schools_transitionevent" ("added_at", "added_by_id", "ended_at", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pupil_id", "reasons", "school_id", "school_year", "to_id") VALUES (OLD."added_at", OLD."added_by_id", OLD."ended_at", OLD."id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."pupil_id", OLD."reasons", OLD."school_id", OLD."school_year", OLD."to_id"); RETURN NULL;', hash='01b23961be8619ed22ec0da42e686a84b9859587', operation='DELETE', pgid='pgtrigger_delete_delete_90b4f', table='schools_transition', when='AFTER'))],
            },
        ),
        migrations.CreateModel(
            name='TransitionEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, serialize=False)),
                ('school_year', models.PositiveSmallIntegerField()),
                ('reasons', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('sen', 'Special educational needs'), ('struggled', 'Has struggled with school'), ('supported', 'Has had a lot of support'), ('home', 'Starts from home education'), ('neet', 'At risk of not being in education, employment or training (NEET)'), ('other', 'Another reason')], max_length=9), size=None)),
                ('added_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('added_by', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='schools.transition')),
                ('pupil', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='schools.pupil')),
                ('school', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='schools.school')),
                ('to', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='schools.school')),
            ],
            options={
                'abstract': False,
                'triggers': [pgtrigger.compiler.Trigger(name='no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'append-only: % takes inserts only', TG_TABLE_NAME;", hash='06ab775f84dad1dbdaac8ba893b19a201425e705', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_no_truncate_62e1a', table='schools_transitionevent', when='BEFORE')), pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='85929b273994ca1290075e52e97fd0ccb330d0ca', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_a55b2', table='schools_transitionevent', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='TransitionTalk',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('who', models.CharField(choices=[('early_years', 'Early years adviser'), ('lead_worker', 'Lead worker of the family'), ('link_worker', 'Link worker of the other school'), ('careers', 'Careers adviser'), ('other', 'Somebody else')], max_length=11)),
                ('name', models.CharField(max_length=150)),
                ('spoken_on', models.DateField()),
                ('said', models.CharField(blank=True, max_length=500, verbose_name='what was said')),
                ('logged_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('transition', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='talks', to='schools.transition')),
            ],
            options={
                'ordering': ['-spoken_on'],
                'triggers': [pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "schools_transitiontalkevent" ("id", "logged_by_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "spoken_on", "transition_id", "who") VALUES (NEW."id", NEW."logged_by_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."spoken_on", NEW."transition_id", NEW."who"); RETURN NULL;', hash='28e615e028c5933f5ebd7df0c4c2386123415550', operation='INSERT', pgid='pgtrigger_insert_insert_1a999', table='schools_transitiontalk', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."logged_by_id" IS DISTINCT FROM (NEW."logged_by_id") OR OLD."spoken_on" IS DISTINCT FROM (NEW."spoken_on") OR OLD."transition_id" IS DISTINCT FROM (NEW."transition_id") OR OLD."who" IS DISTINCT FROM (NEW."who"))', func='INSERT INTO "schools_transitiontalkevent" ("id", "logged_by_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "spoken_on", "transition_id", "who") VALUES (NEW."id", NEW."logged_by_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."spoken_on", NEW."transition_id", NEW."who"); RETURN NULL;', hash='e38b51656a931aa1b38f8b550d3eede2ace390a6', operation='UPDATE', pgid='pgtrigger_update_update_077e7', table='schools_transitiontalk', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "schools_transitiontalkevent" ("id", "logged_by_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "spoken_on", "transition_id", "who") VALUES (OLD."id", OLD."logged_by_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."spoken_on", OLD."transition_id", OLD."who"); RETURN NULL;', hash='4fa02a6fca18e80356b311f8c5a1f11ca094b765', operation='DELETE', pgid='pgtrigger_delete_delete_f9942', table='schools_transitiontalk', when='AFTER'))],
            },
        ),
        migrations.CreateModel(
            name='TransitionTalkEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, serialize=False)),
                ('who', models.CharField(choices=[('early_years', 'Early years adviser'), ('lead_worker', 'Lead worker of the family'), ('link_worker', 'Link worker of the other school'), ('careers', 'Careers adviser'), ('other', 'Somebody else')], max_length=11)),
                ('spoken_on', models.DateField()),
                ('logged_by', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='schools.transitiontalk')),
                ('transition', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='schools.transition')),
            ],
            options={
                'abstract': False,
                'triggers': [pgtrigger.compiler.Trigger(name='no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'append-only: % takes inserts only', TG_TABLE_NAME;", hash='2f6a01c74476383ce1ea6e0baf1ef157e5146279', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_no_truncate_9f5ff', table='schools_transitiontalkevent', when='BEFORE')), pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='4982ec15bcec8ae24037973826be60df78aa3c04', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_9d42c', table='schools_transitiontalkevent', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='AttendanceWeek',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('week', models.DateField()),
                ('possible', models.PositiveSmallIntegerField(verbose_name='sessions possible')),
                ('missed', models.PositiveSmallIntegerField(verbose_name='sessions missed')),
                ('unauthorised', models.PositiveSmallIntegerField(default=0, verbose_name='of these unauthorised')),
                ('imported_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('school', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='schools.school')),
                ('pupil', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='attendance_weeks', to='schools.pupil')),
            ],
            options={
                'ordering': ['-week'],
                'indexes': [models.Index(fields=['school', '-week'], name='attendance_of_school')],
                'constraints': [models.UniqueConstraint(fields=('pupil', 'school', 'week'), name='attendance_once_a_week'), models.CheckConstraint(condition=models.Q(('missed__lte', models.F('possible')), ('unauthorised__lte', models.F('missed')), ('possible__lte', 14)), name='attendance_adds_up'), models.CheckConstraint(condition=models.Q(('week__iso_week_day', 1)), name='attendance_week_starts_on_monday')],
                'triggers': [pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "schools_attendanceweekevent" ("id", "missed", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "possible", "pupil_id", "school_id", "unauthorised", "week") VALUES (NEW."id", NEW."missed", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."possible", NEW."pupil_id", NEW."school_id", NEW."unauthorised", NEW."week"); RETURN NULL;', hash='cf40d83b16b8ae6f3e4c648b79894b6b118cba17', operation='INSERT', pgid='pgtrigger_insert_insert_ebc36', table='schools_attendanceweek', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."missed" IS DISTINCT FROM (NEW."missed") OR OLD."possible" IS DISTINCT FROM (NEW."possible") OR OLD."pupil_id" IS DISTINCT FROM (NEW."pupil_id") OR OLD."school_id" IS DISTINCT FROM (NEW."school_id") OR OLD."unauthorised" IS DISTINCT FROM (NEW."unauthorised") OR OLD."week" IS DISTINCT FROM (NEW."week"))', func='INSERT INTO "schools_attendanceweekevent" ("id", "missed", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "possible", "pupil_id", "school_id", "unauthorised", "week") VALUES (NEW."id", NEW."missed", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."possible", NEW."pupil_id", NEW."school_id", NEW."unauthorised", NEW."week"); RETURN NULL;', hash='69caa523f1be3ce1791edd3b53feea1381646d2e', operation='UPDATE', pgid='pgtrigger_update_update_76650', table='schools_attendanceweek', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "schools_attendanceweekevent" ("id", "missed", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "possible", "pupil_id", "school_id", "unauthorised", "week") VALUES (OLD."id", OLD."missed", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."possible", OLD."pupil_id", OLD."school_id", OLD."unauthorised", OLD."week"); RETURN NULL;', hash='a4977e8e9ae652bb87ec1080442530f98ca43ccb', operation='DELETE', pgid='pgtrigger_delete_delete_5c104', table='schools_attendanceweek', when='AFTER'))],
            },
        ),
        migrations.CreateModel(
            name='Enrolment',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('setting', models.CharField(choices=[('school', 'A school of the register'), ('home', 'Educated at home'), ('elsewhere', 'A school elsewhere'), ('none', 'Not in a school')], default='school', max_length=9)),
                ('elsewhere', models.CharField(blank=True, max_length=200, verbose_name='where')),
                ('starts_on', models.DateField(blank=True, null=True)),
                ('ends_on', models.DateField(blank=True, null=True)),
                ('school', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='enrolments', to='schools.school')),
                ('pupil', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='enrolments', to='schools.pupil')),
            ],
            options={
                'ordering': [models.OrderBy(models.F('starts_on'), descending=True, nulls_last=True)],
                'indexes': [models.Index(condition=models.Q(('ends_on__isnull', True)), fields=['school'], name='enrolment_now_at')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('ends_on__isnull', True)), fields=('pupil',), name='enrolment_one_now'), models.CheckConstraint(condition=models.Q(models.Q(('school__isnull', False), ('setting', 'school')), models.Q(models.Q(('setting', 'school'), _negated=True), ('school__isnull', True)), _connector='OR'), name='enrolment_at_a_school_or_not'), models.CheckConstraint(condition=models.Q(('ends_on__isnull', True), ('starts_on__isnull', True), ('ends_on__gte', models.F('starts_on')), _connector='OR'), name='enrolment_ends_after_start')],
                'triggers': [pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "schools_enrolmentevent" ("ends_on", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pupil_id", "school_id", "setting", "starts_on") VALUES (NEW."ends_on", NEW."id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."pupil_id", NEW."school_id", NEW."setting", NEW."starts_on"); RETURN NULL;', hash='2e3ed7f9f23aabfc2587bc4526cc9ec42398a486', operation='INSERT', pgid='pgtrigger_insert_insert_25a24', table='schools_enrolment', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."ends_on" IS DISTINCT FROM (NEW."ends_on") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."pupil_id" IS DISTINCT FROM (NEW."pupil_id") OR OLD."school_id" IS DISTINCT FROM (NEW."school_id") OR OLD."setting" IS DISTINCT FROM (NEW."setting") OR OLD."starts_on" IS DISTINCT FROM (NEW."starts_on"))', func='INSERT INTO "schools_enrolmentevent" ("ends_on", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pupil_id", "school_id", "setting", "starts_on") VALUES (NEW."ends_on", NEW."id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."pupil_id", NEW."school_id", NEW."setting", NEW."starts_on"); RETURN NULL;', hash='d96ef1938d0ee8c29c6acacdaab640a91f16e7fe', operation='UPDATE', pgid='pgtrigger_update_update_7d38e', table='schools_enrolment', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "schools_enrolmentevent" ("ends_on", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pupil_id", "school_id", "setting", "starts_on") VALUES (OLD."ends_on", OLD."id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."pupil_id", OLD."school_id", OLD."setting", OLD."starts_on"); RETURN NULL;', hash='174ddf2b394c997eb4cb54cc515be3fe91d3e5f9', operation='DELETE', pgid='pgtrigger_delete_delete_96163', table='schools_enrolment', when='AFTER'))],
            },
        ),
        migrations.CreateModel(
            name='FamilyLink',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('sibling', 'Brothers and sisters'), ('household', 'Live in the same home'), ('other', 'Related in another way')], default='sibling', max_length=9)),
                ('added_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('one', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='schools.pupil')),
                ('other', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='schools.pupil')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('one', 'other'), name='family_link_once'), models.CheckConstraint(condition=models.Q(('one__lt', models.F('other'))), name='family_link_in_order')],
                'triggers': [pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "schools_familylinkevent" ("added_by_id", "id", "kind", "one_id", "other_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."added_by_id", NEW."id", NEW."kind", NEW."one_id", NEW."other_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id"); RETURN NULL;', hash='de9d5dd306640185996d464058cf2510dcc891ad', operation='INSERT', pgid='pgtrigger_insert_insert_a0de2', table='schools_familylink', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "schools_familylinkevent" ("added_by_id", "id", "kind", "one_id", "other_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."added_by_id", NEW."id", NEW."kind", NEW."one_id", NEW."other_id", _pgh_attach_context(), NOW(), \'update\', NEW."id"); RETURN NULL;', hash='f0f83f4b8a2c73bc788d43f005c84046bbafc813', operation='UPDATE', pgid='pgtrigger_update_update_0513e', table='schools_familylink', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "schools_familylinkevent" ("added_by_id", "id", "kind", "one_id", "other_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."added_by_id", OLD."id", OLD."kind", OLD."one_id", OLD."other_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id"); RETURN NULL;', hash='c4cdaae967c0e51eba1d4588b400cc1426b6361b', operation='DELETE', pgid='pgtrigger_delete_delete_a8b22', table='schools_familylink', when='AFTER'))],
            },
        ),
        migrations.CreateModel(
            name='Move',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('moved_on', models.DateField()),
                ('how_told', models.CharField(blank=True, choices=[('meeting', 'At a meeting'), ('phone', 'By telephone'), ('file', 'The file only')], max_length=7)),
                ('told_on', models.DateField(blank=True, null=True, verbose_name='receiving school told on')),
                ('file_sent_on', models.DateField(blank=True, null=True, verbose_name='child protection or pupil file sent on')),
                ('file_received_on', models.DateField(blank=True, null=True, verbose_name='receipt confirmed on')),
                ('note', models.CharField(blank=True, max_length=500)),
                ('recorded_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('former', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='schools.enrolment')),
                ('new', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='move', to='schools.enrolment')),
                ('recorded_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('pupil', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='moves', to='schools.pupil')),
            ],
            options={
                'ordering': ['-moved_on'],
                'triggers': [pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "schools_moveevent" ("file_received_on", "file_sent_on", "former_id", "how_told", "id", "moved_on", "new_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pupil_id", "recorded_at", "recorded_by_id", "told_on") VALUES (NEW."file_received_on", NEW."file_sent_on", NEW."former_id", NEW."how_told", NEW."id", NEW."moved_on", NEW."new_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."pupil_id", NEW."recorded_at", NEW."recorded_by_id", NEW."told_on"); RETURN NULL;', hash='1b9f6d3f4f44ec395fa4ae9dd03fb10081f7d694', operation='INSERT', pgid='pgtrigger_insert_insert_c5e06', table='schools_move', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."file_received_on" IS DISTINCT FROM (NEW."file_received_on") OR OLD."file_sent_on" IS DISTINCT FROM (NEW."file_sent_on") OR OLD."former_id" IS DISTINCT FROM (NEW."former_id") OR OLD."how_told" IS DISTINCT FROM (NEW."how_told") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."moved_on" IS DISTINCT FROM (NEW."moved_on") OR OLD."new_id" IS DISTINCT FROM (NEW."new_id") OR OLD."pupil_id" IS DISTINCT FROM (NEW."pupil_id") OR OLD."recorded_at" IS DISTINCT FROM (NEW."recorded_at") OR OLD."recorded_by_id" IS DISTINCT FROM (NEW."recorded_by_id") OR OLD."told_on" IS DISTINCT FROM (NEW."told_on"))', func='INSERT INTO "schools_moveevent" ("file_received_on", "file_sent_on", "former_id", "how_told", "id", "moved_on", "new_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pupil_id", "recorded_at", "recorded_by_id", "told_on") VALUES (NEW."file_received_on", NEW."file_sent_on", NEW."former_id", NEW."how_told", NEW."id", NEW."moved_on", NEW."new_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."pupil_id", NEW."recorded_at", NEW."recorded_by_id", NEW."told_on"); RETURN NULL;', hash='e696c1cbb2738b16ba244f1cbc0c5afa933cd88c', operation='UPDATE', pgid='pgtrigger_update_update_f4aa0', table='schools_move', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "schools_moveevent" ("file_received_on", "file_sent_on", "former_id", "how_told", "id", "moved_on", "new_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pupil_id", "recorded_at", "recorded_by_id", "told_on") VALUES (OLD."file_received_on", OLD."file_sent_on", OLD."former_id", OLD."how_told", OLD."id", OLD."moved_on", OLD."new_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."pupil_id", OLD."recorded_at", OLD."recorded_by_id", OLD."told_on"); RETURN NULL;', hash='2139e70fd5dc28292bae19a05edf188505c58c8e', operation='DELETE', pgid='pgtrigger_delete_delete_bedc3', table='schools_move', when='AFTER'))],
            },
        ),
        migrations.CreateModel(
            name='MoveEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, serialize=False)),
                ('moved_on', models.DateField()),
                ('how_told', models.CharField(blank=True, choices=[('meeting', 'At a meeting'), ('phone', 'By telephone'), ('file', 'The file only')], max_length=7)),
                ('told_on', models.DateField(blank=True, null=True, verbose_name='receiving school told on')),
                ('file_sent_on', models.DateField(blank=True, null=True, verbose_name='child protection or pupil file sent on')),
                ('file_received_on', models.DateField(blank=True, null=True, verbose_name='receipt confirmed on')),
                ('recorded_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('former', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='schools.enrolment')),
                ('new', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='schools.enrolment')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='schools.move')),
                ('recorded_by', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('pupil', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='schools.pupil')),
            ],
            options={
                'abstract': False,
                'triggers': [pgtrigger.compiler.Trigger(name='no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'append-only: % takes inserts only', TG_TABLE_NAME;", hash='aed28b4a89935d49890d962564b3894265891539', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_no_truncate_82313', table='schools_moveevent', when='BEFORE')), pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='b3090f1e0196c6a5a0ba85c7405fc6ff56230c89', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_0ca93', table='schools_moveevent', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='FamilyLinkEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, serialize=False)),
                ('kind', models.CharField(choices=[('sibling', 'Brothers and sisters'), ('household', 'Live in the same home'), ('other', 'Related in another way')], default='sibling', max_length=9)),
                ('added_by', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='schools.familylink')),
                ('one', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='schools.pupil')),
                ('other', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='schools.pupil')),
            ],
            options={
                'abstract': False,
                'triggers': [pgtrigger.compiler.Trigger(name='no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'append-only: % takes inserts only', TG_TABLE_NAME;", hash='2ba03f10d21aa9623f1692463e1b9b6cf48b63b4', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_no_truncate_2058f', table='schools_familylinkevent', when='BEFORE')), pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='a2cf9275d70698c4efc8931d057000f5514b25a3', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_d7838', table='schools_familylinkevent', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='EnrolmentEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, serialize=False)),
                ('setting', models.CharField(choices=[('school', 'A school of the register'), ('home', 'Educated at home'), ('elsewhere', 'A school elsewhere'), ('none', 'Not in a school')], default='school', max_length=9)),
                ('starts_on', models.DateField(blank=True, null=True)),
                ('ends_on', models.DateField(blank=True, null=True)),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='schools.enrolment')),
                ('school', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='schools.school')),
                ('pupil', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='schools.pupil')),
            ],
            options={
                'abstract': False,
                'triggers': [pgtrigger.compiler.Trigger(name='no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'append-only: % takes inserts only', TG_TABLE_NAME;", hash='476bd4bc1a27492ba7cba6a2d4faa5b3512ed702', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_no_truncate_cc3d3', table='schools_enrolmentevent', when='BEFORE')), pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='8933abf3163b6ac6e3c08d6dd039cfe1d025d622', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_55403', table='schools_enrolmentevent', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='AttendanceWeekEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, serialize=False)),
                ('week', models.DateField()),
                ('possible', models.PositiveSmallIntegerField(verbose_name='sessions possible')),
                ('missed', models.PositiveSmallIntegerField(verbose_name='sessions missed')),
                ('unauthorised', models.PositiveSmallIntegerField(default=0, verbose_name='of these unauthorised')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='schools.attendanceweek')),
                ('school', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='schools.school')),
                ('pupil', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='schools.pupil')),
            ],
            options={
                'abstract': False,
                'triggers': [pgtrigger.compiler.Trigger(name='no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'append-only: % takes inserts only', TG_TABLE_NAME;", hash='ada19b92b01fc0a2d1e90885f9e197ff7519309d', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_no_truncate_0f9e4', table='schools_attendanceweekevent', when='BEFORE')), pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='376374e92c01dff986a0a38c0e260518206fe4c7', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_fb957', table='schools_attendanceweekevent', when='BEFORE'))],
            },
        ),
    ]
