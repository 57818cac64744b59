"""Agenda, minutes and their versions, and who was sent which copy by which link."""

import django.db.models.constraints
import django.db.models.deletion
import django.utils.timezone
import panels.models.people
import pgtrigger.compiler
import pgtrigger.migrations
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '__first__'),
        ('consultations', '0010_meeting_actions'),
        ('panels', '0001_meetings'),
        ('pghistory', '0007_auto_20250421_0444'),
        ('schools', '0008_resources'),
    ]

    operations = [
        migrations.CreateModel(
            name='ActionComment',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('text', models.CharField(max_length=1000)),
                ('said_by_name', models.CharField(blank=True, max_length=300)),
                ('said_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('action', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='comments', to='consultations.action')),
                ('said_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['said_at'],
                'constraints': [models.CheckConstraint(condition=models.Q(('said_by__isnull', True), ('said_by_name', ''), _connector='XOR'), name='action_comment_said_by_somebody')],
                'triggers': [pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "panels_actioncommentevent" ("action_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "said_at", "said_by_id") VALUES (NEW."action_id", NEW."id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."said_at", NEW."said_by_id"); RETURN NULL;', hash='b8248432795e20b3be021966e047b7f9c0d7d0e2', operation='INSERT', pgid='pgtrigger_insert_insert_1f1c2', table='panels_actioncomment', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."action_id" IS DISTINCT FROM (NEW."action_id") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."said_at" IS DISTINCT FROM (NEW."said_at") OR OLD."said_by_id" IS DISTINCT FROM (NEW."said_by_id"))', func='INSERT INTO "panels_actioncommentevent" ("action_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "said_at", "said_by_id") VALUES (NEW."action_id", NEW."id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."said_at", NEW."said_by_id"); RETURN NULL;', hash='15bbd621ab4dfd07621a839b479c80b4da4264da', operation='UPDATE', pgid='pgtrigger_update_update_737a9', table='panels_actioncomment', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "panels_actioncommentevent" ("action_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "said_at", "said_by_id") VALUES (OLD."action_id", OLD."id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."said_at", OLD."said_by_id"); RETURN NULL;', hash='e063d7a66e61e9939b4edcba077fc7d5eb69623d', operation='DELETE', pgid='pgtrigger_delete_delete_f163e', table='panels_actioncomment', when='AFTER'))],
            },
        ),
        migrations.CreateModel(
            name='ActionCommentEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, serialize=False)),
                ('said_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('action', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='consultations.action')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='panels.actioncomment')),
                ('said_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'abstract': False,
                'triggers': [pgtrigger.compiler.Trigger(name='no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'append-only: % takes inserts only', TG_TABLE_NAME;", hash='e2b6b9c310d5a2b4b14f94519e4dcf4602d6637b', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_no_truncate_7dcc1', table='panels_actioncommentevent', when='BEFORE')), pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='2b486cf0132fa9496d9dd3aaea97fb6a673532e4', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_a29af', table='panels_actioncommentevent', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='AgendaItem',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('position', models.PositiveSmallIntegerField()),
                ('kind', models.CharField(choices=[('opening', 'Welcome, terms of reference and confidentiality'), ('last', 'Last actions'), ('subject', 'Discussion'), ('next', 'Next meeting')], default='subject', max_length=7)),
                ('title', models.CharField(max_length=150, verbose_name='what it is about')),
                ('audience', models.CharField(blank=True, choices=[('', 'Not said yet'), ('everybody', 'Everybody who gets the minutes'), ('chosen', 'Only those chosen'), ('team', 'Our team alone')], max_length=9, verbose_name='who may see this item')),
                ('discussion', models.TextField(blank=True)),
                ('decision', models.TextField(blank=True)),
                ('version', models.PositiveIntegerField(default=1)),
                ('written_at', models.DateTimeField(blank=True, null=True)),
                ('agencies', models.ManyToManyField(blank=True, related_name='+', to='schools.agency')),
                ('meeting', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='items', to='panels.meeting')),
                ('schools', models.ManyToManyField(blank=True, related_name='+', to='schools.school')),
                ('written_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['position'],
                'constraints': [models.UniqueConstraint(deferrable=django.db.models.constraints.Deferrable['DEFERRED'], fields=('meeting', 'position'), name='agenda_item_has_its_place'), models.UniqueConstraint(condition=models.Q(('kind', 'subject'), _negated=True), fields=('meeting', 'kind'), name='agenda_standing_item_once')],
                'triggers': [pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "panels_agendaitemevent" ("audience", "id", "kind", "meeting_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "version", "written_at", "written_by_id") VALUES (NEW."audience", NEW."id", NEW."kind", NEW."meeting_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."position", NEW."version", NEW."written_at", NEW."written_by_id"); RETURN NULL;', hash='06e917635da6c18ecde2e7e226e96dbebcf8a03a', operation='INSERT', pgid='pgtrigger_insert_insert_33134', table='panels_agendaitem', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."audience" IS DISTINCT FROM (NEW."audience") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."meeting_id" IS DISTINCT FROM (NEW."meeting_id") OR OLD."position" IS DISTINCT FROM (NEW."position") OR OLD."version" IS DISTINCT FROM (NEW."version") OR OLD."written_at" IS DISTINCT FROM (NEW."written_at") OR OLD."written_by_id" IS DISTINCT FROM (NEW."written_by_id"))', func='INSERT INTO "panels_agendaitemevent" ("audience", "id", "kind", "meeting_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "version", "written_at", "written_by_id") VALUES (NEW."audience", NEW."id", NEW."kind", NEW."meeting_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."position", NEW."version", NEW."written_at", NEW."written_by_id"); RETURN NULL;', hash='61d447ceb1236570c0b32545752a356ded9c7b83', operation='UPDATE', pgid='pgtrigger_update_update_1fab2', table='panels_agendaitem', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "panels_agendaitemevent" ("audience", "id", "kind", "meeting_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "version", "written_at", "written_by_id") VALUES (OLD."audience", OLD."id", OLD."kind", OLD."meeting_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."position", OLD."version", OLD."written_at", OLD."written_by_id"); RETURN NULL;', hash='1d8bfea6ed561e049ef1787b2226750ceb5b2359', operation='DELETE', pgid='pgtrigger_delete_delete_c5060', table='panels_agendaitem', when='AFTER'))],
            },
        ),
        migrations.CreateModel(
            name='AgendaItemEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, serialize=False)),
                ('position', models.PositiveSmallIntegerField()),
                ('kind', models.CharField(choices=[('opening', 'Welcome, terms of reference and confidentiality'), ('last', 'Last actions'), ('subject', 'Discussion'), ('next', 'Next meeting')], default='subject', max_length=7)),
                ('audience', models.CharField(blank=True, choices=[('', 'Not said yet'), ('everybody', 'Everybody who gets the minutes'), ('chosen', 'Only those chosen'), ('team', 'Our team alone')], max_length=9, verbose_name='who may see this item')),
                ('version', models.PositiveIntegerField(default=1)),
                ('written_at', models.DateTimeField(blank=True, null=True)),
                ('meeting', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='panels.meeting')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='panels.agendaitem')),
                ('written_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'abstract': False,
                'triggers': [pgtrigger.compiler.Trigger(name='no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'append-only: % takes inserts only', TG_TABLE_NAME;", hash='9f825f1312e017f5de018db7c60157be8e43b3c9', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_no_truncate_dde06', table='panels_agendaitemevent', when='BEFORE')), pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='74b93231941f2f8c3e37736a2e7a9675013cde20', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_44d76', table='panels_agendaitemevent', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='MinutedAction',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('what', models.CharField(max_length=500, verbose_name='action')),
                ('due_on', models.DateField(blank=True, null=True, verbose_name='by when')),
                ('is_carried', models.BooleanField(default=False, verbose_name='carried over')),
                ('added_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('action', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='minuted_as', to='consultations.action')),
                ('added_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('agency', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='actions', to='panels.meetingagency')),
                ('child', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='actions', to='panels.meetingpupil')),
                ('item', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='actions', to='panels.agendaitem')),
                ('meeting', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='minuted_actions', to='panels.meeting')),
                ('person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='actions', to='panels.meetingperson')),
            ],
            options={
                'ordering': ['added_at'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('action__isnull', False)), fields=('meeting', 'action'), name='minuted_action_once'), models.CheckConstraint(condition=models.Q(('person__isnull', True), ('agency__isnull', True), _connector='OR'), name='minuted_action_has_one_owner'), models.CheckConstraint(condition=models.Q(('is_carried', False), ('action__isnull', False), _connector='OR'), name='minuted_action_carried_exists')],
                'triggers': [pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "panels_minutedactionevent" ("action_id", "added_at", "added_by_id", "agency_id", "child_id", "due_on", "id", "is_carried", "item_id", "meeting_id", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."action_id", NEW."added_at", NEW."added_by_id", NEW."agency_id", NEW."child_id", NEW."due_on", NEW."id", NEW."is_carried", NEW."item_id", NEW."meeting_id", NEW."person_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id"); RETURN NULL;', hash='3b557717c1459d2e057d4e481988e4d353868f93', operation='INSERT', pgid='pgtrigger_insert_insert_e2cea', table='panels_minutedaction', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."action_id" IS DISTINCT FROM (NEW."action_id") OR OLD."added_at" IS DISTINCT FROM (NEW."added_at") OR OLD."added_by_id" IS DISTINCT FROM (NEW."added_by_id") OR OLD."agency_id" IS DISTINCT FROM (NEW."agency_id") OR OLD."child_id" IS DISTINCT FROM (NEW."child_id") OR OLD."due_on" IS DISTINCT FROM (NEW."due_on") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."is_carried" IS DISTINCT FROM (NEW."is_carried") OR OLD."item_id" IS DISTINCT FROM (NEW."item_id") OR OLD."meeting_id" IS DISTINCT FROM (NEW."meeting_id") OR OLD."person_id" IS DISTINCT FROM (NEW."person_id"))', func='INSERT INTO "panels_minutedactionevent" ("action_id", "added_at", "added_by_id", "agency_id", "child_id", "due_on", "id", "is_carried", "item_id", "meeting_id", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."action_id", NEW."added_at", NEW."added_by_id", NEW."agency_id", NEW."child_id", NEW."due_on", NEW."id", NEW."is_carried", NEW."item_id", NEW."meeting_id", NEW."person_id", _pgh_attach_context(), NOW(), \'update\', NEW."id"); RETURN NULL;', hash='e112111cd8f7a16701df0411b7bb4e3b81bf4c14', operation='UPDATE', pgid='pgtrigger_update_update_01903', table='panels_minutedaction', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "panels_minutedactionevent" ("action_id", "added_at", "added_by_id", "agency_id", "child_id", "due_on", "id", "is_carried", "item_id", "meeting_id", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."action_id", OLD."added_at", OLD."added_by_id", OLD."agency_id", OLD."child_id", OLD."due_on", OLD."id", OLD."is_carried", OLD."item_id", OLD."meeting_id", OLD."person_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id"); RETURN NULL;', hash='195f53a8f5a6666651d6868249b09b7996c2daba', operation='DELETE', pgid='pgtrigger_delete_delete_cd79c', table='panels_minutedaction', when='AFTER'))],
            },
        ),
        migrations.CreateModel(
            name='MinutedActionEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, serialize=False)),
                ('due_on', models.DateField(blank=True, null=True, verbose_name='by when')),
                ('is_carried', models.BooleanField(default=False, verbose_name='carried over')),
                ('added_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('action', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='consultations.action')),
                ('added_by', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('agency', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='panels.meetingagency')),
                ('child', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='panels.meetingpupil')),
                ('item', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='panels.agendaitem')),
                ('meeting', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='panels.meeting')),
                ('person', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='panels.meetingperson')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='panels.minutedaction')),
            ],
            options={
                'abstract': False,
                'triggers': [pgtrigger.compiler.Trigger(name='no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'append-only: % takes inserts only', TG_TABLE_NAME;", hash='7aaeeec75aa8153934893bfbfb433e874138fd8e', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_no_truncate_d3271', table='panels_minutedactionevent', when='BEFORE')), pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='ef2c343e52dc7a02427248ce73d0a10b2573d879', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_d1590', table='panels_minutedactionevent', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='MinutesVersion',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('number', models.PositiveSmallIntegerField()),
                ('finalised_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('what_changed', models.CharField(blank=True, max_length=500, verbose_name='what changed')),
                ('no_actions_why', models.CharField(blank=True, max_length=500, verbose_name='why there are no actions')),
                ('content', models.JSONField(default=dict)),
                ('finalised_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('meeting', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='versions', to='panels.meeting')),
            ],
            options={
                'ordering': ['-number'],
                'constraints': [models.UniqueConstraint(fields=('meeting', 'number'), name='minutes_version_once'), models.CheckConstraint(condition=models.Q(('number', 1), models.Q(('what_changed', ''), _negated=True), _connector='OR'), name='minutes_correction_says_what')],
                'triggers': [pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "panels_minutesversionevent" ("finalised_at", "finalised_by_id", "id", "meeting_id", "number", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."finalised_at", NEW."finalised_by_id", NEW."id", NEW."meeting_id", NEW."number", _pgh_attach_context(), NOW(), \'insert\', NEW."id"); RETURN NULL;', hash='37052d05668e10b66365a50b57011fb7fe4454d5', operation='INSERT', pgid='pgtrigger_insert_insert_1629e', table='panels_minutesversion', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."finalised_at" IS DISTINCT FROM (NEW."finalised_at") OR OLD."finalised_by_id" IS DISTINCT FROM (NEW."finalised_by_id") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."meeting_id" IS DISTINCT FROM (NEW."meeting_id") OR OLD."number" IS DISTINCT FROM (NEW."number"))', func='INSERT INTO "panels_minutesversionevent" ("finalised_at", "finalised_by_id", "id", "meeting_id", "number", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."finalised_at", NEW."finalised_by_id", NEW."id", NEW."meeting_id", NEW."number", _pgh_attach_context(), NOW(), \'update\', NEW."id"); RETURN NULL;', hash='27f7137c02f10a5df20b22669caf2f70d60bd061', operation='UPDATE', pgid='pgtrigger_update_update_c7cf4', table='panels_minutesversion', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "panels_minutesversionevent" ("finalised_at", "finalised_by_id", "id", "meeting_id", "number", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."finalised_at", OLD."finalised_by_id", OLD."id", OLD."meeting_id", OLD."number", _pgh_attach_context(), NOW(), \'delete\', OLD."id"); RETURN NULL;', hash='875fa96c2da93bc1d2b81abe4b8926920814c384', operation='DELETE', pgid='pgtrigger_delete_delete_06871', table='panels_minutesversion', when='AFTER'))],
            },
        ),
        migrations.CreateModel(
            name='MinutesVersionEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, serialize=False)),
                ('number', models.PositiveSmallIntegerField()),
                ('finalised_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('finalised_by', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('meeting', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='panels.meeting')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='panels.minutesversion')),
            ],
            options={
                'abstract': False,
                'triggers': [pgtrigger.compiler.Trigger(name='no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'append-only: % takes inserts only', TG_TABLE_NAME;", hash='a323c5f99764c640d7226b9aaba3e6b32ba9ea73', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_no_truncate_cb8f5', table='panels_minutesversionevent', when='BEFORE')), pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='59d225ee58a4c31d697a61e5a295b9c819c6f552', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_27c7c', table='panels_minutesversionevent', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='Distribution',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('copy', models.JSONField()),
                ('actions_sent_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('minutes_on', models.DateField(verbose_name='full minutes follow on')),
                ('minutes_sent_at', models.DateTimeField(blank=True, null=True)),
                ('reminded_at', models.DateTimeField(blank=True, null=True)),
                ('opened_at', models.DateTimeField(blank=True, null=True, verbose_name='first opened')),
                ('revoked_at', models.DateTimeField(blank=True, null=True)),
                ('revoked_why', models.CharField(blank=True, max_length=300)),
                ('agency', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='distributions', to='panels.meetingagency')),
                ('person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='distributions', to='panels.meetingperson')),
                ('revoked_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='distributions', to='panels.minutesversion')),
            ],
            options={
                'ordering': ['actions_sent_at'],
                'constraints': [models.CheckConstraint(condition=models.Q(('agency__isnull', True), ('person__isnull', True), _connector='XOR'), name='distribution_has_one_recipient'), models.UniqueConstraint(condition=models.Q(('agency__isnull', False)), fields=('version', 'agency'), name='distribution_once_an_agency'), models.UniqueConstraint(condition=models.Q(('person__isnull', False)), fields=('version', 'person'), name='distribution_once_a_person'), models.CheckConstraint(condition=models.Q(models.Q(('revoked_at__isnull', True), ('revoked_by__isnull', True)), models.Q(('revoked_at__isnull', False), ('revoked_by__isnull', False)), _connector='OR'), name='distribution_revoked_by_somebody')],
                'triggers': [pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "panels_distributionevent" ("actions_sent_at", "agency_id", "id", "minutes_on", "minutes_sent_at", "opened_at", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reminded_at", "revoked_at", "revoked_by_id", "version_id") VALUES (NEW."actions_sent_at", NEW."agency_id", NEW."id", NEW."minutes_on", NEW."minutes_sent_at", NEW."opened_at", NEW."person_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."reminded_at", NEW."revoked_at", NEW."revoked_by_id", NEW."version_id"); RETURN NULL;', hash='0dcd0cda9c2280f8325bc6309e0e76381e6abbcb', operation='INSERT', pgid='pgtrigger_insert_insert_ff2ef', table='panels_distribution', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."actions_sent_at" IS DISTINCT FROM (NEW."actions_sent_at") OR OLD."agency_id" IS DISTINCT FROM (NEW."agency_id") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."minutes_on" IS DISTINCT FROM (NEW."minutes_on") OR OLD."minutes_sent_at" IS DISTINCT FROM (NEW."minutes_sent_at") OR OLD."opened_at" IS DISTINCT FROM (NEW."opened_at") OR OLD."person_id" IS DISTINCT FROM (NEW."person_id") OR OLD."reminded_at" IS DISTINCT FROM (NEW."reminded_at") OR OLD."revoked_at" IS DISTINCT FROM (NEW."revoked_at") OR OLD."revoked_by_id" IS DISTINCT FROM (NEW."revoked_by_id") OR OLD."version_id" IS DISTINCT FROM (NEW."version_id"))', func='INSERT INTO "panels_distributionevent" ("actions_sent_at", "agency_id", "id", "minutes_on", "minutes_sent_at", "opened_at", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reminded_at", "revoked_at", "revoked_by_id", "version_id") VALUES (NEW."actions_sent_at", NEW."agency_id", NEW."id", NEW."minutes_on", NEW."minutes_sent_at", NEW."opened_at", NEW."person_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."reminded_at", NEW."revoked_at", NEW."revoked_by_id", NEW."version_id"); RETURN NULL;', hash='7eb57241931d093d03e5957dc0d6112941258b6b', operation='UPDATE', pgid='pgtrigger_update_update_56407', table='panels_distribution', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "panels_distributionevent" ("actions_sent_at", "agency_id", "id", "minutes_on", "minutes_sent_at", "opened_at", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reminded_at", "revoked_at", "revoked_by_id", "version_id") VALUES (OLD."actions_sent_at", OLD."agency_id", OLD."id", OLD."minutes_on", OLD."minutes_sent_at", OLD."opened_at", OLD."person_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."reminded_at", OLD."revoked_at", OLD."revoked_by_id", OLD."version_id"); RETURN NULL;', hash='2779adc69ed79b9cd4e171e352e3379cd50d5029', operation='DELETE', pgid='pgtrigger_delete_delete_bfa1c', table='panels_distribution', when='AFTER'))],
            },
        ),
        migrations.CreateModel(
            name='DistributionEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, serialize=False)),
                ('actions_sent_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('minutes_on', models.DateField(verbose_name='full minutes follow on')),
                ('minutes_sent_at', models.DateTimeField(blank=True, null=True)),
                ('reminded_at', models.DateTimeField(blank=True, null=True)),
                ('opened_at', models.DateTimeField(blank=True, null=True, verbose_name='first opened')),
                ('revoked_at', models.DateTimeField(blank=True, null=True)),
                ('agency', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='panels.meetingagency')),
                ('person', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='panels.meetingperson')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='panels.distribution')),
                ('revoked_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('version', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='panels.minutesversion')),
            ],
            options={
                'abstract': False,
                'triggers': [pgtrigger.compiler.Trigger(name='no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'append-only: % takes inserts only', TG_TABLE_NAME;", hash='c989bcc1a180600f4c0ed38bed059014145ec820', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_no_truncate_6bb8c', table='panels_distributionevent', when='BEFORE')), pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='dbc96cfb845e06e1024b20db76f5edbbf7247cf0', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_a2dbd', table='panels_distributionevent', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='MinutesLink',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('token_hash', models.CharField(max_length=64, unique=True)),
                ('made_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('expires_at', models.DateTimeField()),
                ('code_hash', models.CharField(blank=True, max_length=64)),
                ('code_expires_at', models.DateTimeField(blank=True, null=True)),
                ('code_tries', models.PositiveSmallIntegerField(default=0)),
                ('action', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='panels.minutedaction')),
                ('distribution', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='links', to='panels.distribution')),
            ],
            options={
                'ordering': ['made_at'],
                'triggers': [pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "panels_minuteslinkevent" ("action_id", "code_expires_at", "distribution_id", "expires_at", "id", "made_at", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."action_id", NEW."code_expires_at", NEW."distribution_id", NEW."expires_at", NEW."id", NEW."made_at", _pgh_attach_context(), NOW(), \'insert\', NEW."id"); RETURN NULL;', hash='47839b76a8d2093a034f6943a811a6bda9016c08', operation='INSERT', pgid='pgtrigger_insert_insert_c97cd', table='panels_minuteslink', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."action_id" IS DISTINCT FROM (NEW."action_id") OR OLD."code_expires_at" IS DISTINCT FROM (NEW."code_expires_at") OR OLD."distribution_id" IS DISTINCT FROM (NEW."distribution_id") OR OLD."expires_at" IS DISTINCT FROM (NEW."expires_at") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."made_at" IS DISTINCT FROM (NEW."made_at"))', func='INSERT INTO "panels_minuteslinkevent" ("action_id", "code_expires_at", "distribution_id", "expires_at", "id", "made_at", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."action_id", NEW."code_expires_at", NEW."distribution_id", NEW."expires_at", NEW."id", NEW."made_at", _pgh_attach_context(), NOW(), \'update\', NEW."id"); RETURN NULL;', hash='e0e8dfb33f1b69c56c64373d409113fbcffdf728', operation='UPDATE', pgid='pgtrigger_update_update_12082', table='panels_minuteslink', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "panels_minuteslinkevent" ("action_id", "code_expires_at", "distribution_id", "expires_at", "id", "made_at", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."action_id", OLD."code_expires_at", OLD."distribution_id", OLD."expires_at", OLD."id", OLD."made_at", _pgh_attach_context(), NOW(), \'delete\', OLD."id"); RETURN NULL;', hash='adaad56964bc498da24d0e1f2bec7534f6402cb8', operation='DELETE', pgid='pgtrigger_delete_delete_30117', table='panels_minuteslink', when='AFTER'))],
            },
        ),
        migrations.CreateModel(
            name='MinutesLinkEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, serialize=False)),
                ('made_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('expires_at', models.DateTimeField()),
                ('code_expires_at', models.DateTimeField(blank=True, null=True)),
                ('action', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='panels.minutedaction')),
                ('distribution', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='panels.distribution')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='panels.minuteslink')),
            ],
            options={
                'abstract': False,
                'triggers': [pgtrigger.compiler.Trigger(name='no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'append-only: % takes inserts only', TG_TABLE_NAME;", hash='dedb311708fb8b0876fc0ed54b794f6ca9ce1dd1', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_no_truncate_493c1', table='panels_minuteslinkevent', when='BEFORE')), pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='a8dc87a9d70a9253b03ba50ab04e78f51f038487', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_ab525', table='panels_minuteslinkevent', when='BEFORE'))],
            },
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='meetingagency',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='meetingagency',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='meetingagency',
            name='delete_delete',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='meetingperson',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='meetingperson',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='meetingperson',
            name='delete_delete',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='meetingpupil',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='meetingpupil',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='meetingpupil',
            name='delete_delete',
        ),
        migrations.AddField(
            model_name='meetingagency',
            name='accepted_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='meetingagencyevent',
            name='accepted_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='meetingperson',
            name='accepted_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='meetingpersonevent',
            name='accepted_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='meetingpupil',
            name='reference',
            field=models.CharField(default=panels.models.people.new_reference, max_length=5),
        ),
        # A default is drawn once for all the rows there are.
        migrations.RunSQL(
            """
            UPDATE panels_meetingpupil row SET reference = drawn.reference
            FROM (
                SELECT id, 'P' || (999 + row_number() OVER (PARTITION BY meeting_id ORDER BY md5(id::text)))
                    AS reference
                FROM panels_meetingpupil
            ) drawn
            WHERE drawn.id = row.id
            """,
            migrations.RunSQL.noop,
        ),
        migrations.AddField(
            model_name='meetingpupilevent',
            name='reference',
            field=models.CharField(default=panels.models.people.new_reference, max_length=5),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='meetingagency',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "panels_meetingagencyevent" ("accepted_at", "added_at", "agency_id", "attended", "contact_id", "id", "meeting_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reply") VALUES (NEW."accepted_at", NEW."added_at", NEW."agency_id", NEW."attended", NEW."contact_id", NEW."id", NEW."meeting_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."reply"); RETURN NULL;', hash='1d824a349fcdb13c9f5fae52a021dbf848d5045e', operation='INSERT', pgid='pgtrigger_insert_insert_57ce7', table='panels_meetingagency', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='meetingagency',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."accepted_at" IS DISTINCT FROM (NEW."accepted_at") OR OLD."added_at" IS DISTINCT FROM (NEW."added_at") OR OLD."agency_id" IS DISTINCT FROM (NEW."agency_id") OR OLD."attended" IS DISTINCT FROM (NEW."attended") OR OLD."contact_id" IS DISTINCT FROM (NEW."contact_id") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."meeting_id" IS DISTINCT FROM (NEW."meeting_id") OR OLD."reply" IS DISTINCT FROM (NEW."reply"))', func='INSERT INTO "panels_meetingagencyevent" ("accepted_at", "added_at", "agency_id", "attended", "contact_id", "id", "meeting_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reply") VALUES (NEW."accepted_at", NEW."added_at", NEW."agency_id", NEW."attended", NEW."contact_id", NEW."id", NEW."meeting_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."reply"); RETURN NULL;', hash='98a1313fed6397e98dadaead9149ac043cc4434a', operation='UPDATE', pgid='pgtrigger_update_update_d614e', table='panels_meetingagency', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='meetingagency',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "panels_meetingagencyevent" ("accepted_at", "added_at", "agency_id", "attended", "contact_id", "id", "meeting_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reply") VALUES (OLD."accepted_at", OLD."added_at", OLD."agency_id", OLD."attended", OLD."contact_id", OLD."id", OLD."meeting_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."reply"); RETURN NULL;', hash='ba3326160ce9f495607dcd647a202753347889e4', operation='DELETE', pgid='pgtrigger_delete_delete_a336c', table='panels_meetingagency', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='meetingperson',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "panels_meetingpersonevent" ("accepted_at", "added_at", "assigned_by_id", "attended", "contact_id", "id", "meeting_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "removed_at", "reply", "school_id", "user_id") VALUES (NEW."accepted_at", NEW."added_at", NEW."assigned_by_id", NEW."attended", NEW."contact_id", NEW."id", NEW."meeting_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."removed_at", NEW."reply", NEW."school_id", NEW."user_id"); RETURN NULL;', hash='9d5fd79cd8d103d2dc53ce9ddc64cf65a6959ec4', operation='INSERT', pgid='pgtrigger_insert_insert_0d25d', table='panels_meetingperson', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='meetingperson',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."accepted_at" IS DISTINCT FROM (NEW."accepted_at") OR OLD."added_at" IS DISTINCT FROM (NEW."added_at") OR OLD."assigned_by_id" IS DISTINCT FROM (NEW."assigned_by_id") OR OLD."attended" IS DISTINCT FROM (NEW."attended") OR OLD."contact_id" IS DISTINCT FROM (NEW."contact_id") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."meeting_id" IS DISTINCT FROM (NEW."meeting_id") OR OLD."removed_at" IS DISTINCT FROM (NEW."removed_at") OR OLD."reply" IS DISTINCT FROM (NEW."reply") OR OLD."school_id" IS DISTINCT FROM (NEW."school_id") OR OLD."user_id" IS DISTINCT FROM (NEW."user_id"))', func='INSERT INTO "panels_meetingpersonevent" ("accepted_at", "added_at", "assigned_by_id", "attended", "contact_id", "id", "meeting_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "removed_at", "reply", "school_id", "user_id") VALUES (NEW."accepted_at", NEW."added_at", NEW."assigned_by_id", NEW."attended", NEW."contact_id", NEW."id", NEW."meeting_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."removed_at", NEW."reply", NEW."school_id", NEW."user_id"); RETURN NULL;', hash='ce89923e78433fce852d8904b1fef18ee4ae92d9', operation='UPDATE', pgid='pgtrigger_update_update_b9aab', table='panels_meetingperson', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='meetingperson',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "panels_meetingpersonevent" ("accepted_at", "added_at", "assigned_by_id", "attended", "contact_id", "id", "meeting_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "removed_at", "reply", "school_id", "user_id") VALUES (OLD."accepted_at", OLD."added_at", OLD."assigned_by_id", OLD."attended", OLD."contact_id", OLD."id", OLD."meeting_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."removed_at", OLD."reply", OLD."school_id", OLD."user_id"); RETURN NULL;', hash='a9166bd58be4dd010506065c417783d8bd01049f', operation='DELETE', pgid='pgtrigger_delete_delete_9dd9f', table='panels_meetingperson', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='meetingpupil',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "panels_meetingpupilevent" ("added_at", "added_by_id", "basis", "id", "meeting_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pupil_id", "reference", "school_id") VALUES (NEW."added_at", NEW."added_by_id", NEW."basis", NEW."id", NEW."meeting_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."pupil_id", NEW."reference", NEW."school_id"); RETURN NULL;', hash='e3b54417e6dd6b3a7ab8cd5448a7d211d1497c20', operation='INSERT', pgid='pgtrigger_insert_insert_44f67', table='panels_meetingpupil', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='meetingpupil',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."added_at" IS DISTINCT FROM (NEW."added_at") OR OLD."added_by_id" IS DISTINCT FROM (NEW."added_by_id") OR OLD."basis" IS DISTINCT FROM (NEW."basis") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."meeting_id" IS DISTINCT FROM (NEW."meeting_id") OR OLD."pupil_id" IS DISTINCT FROM (NEW."pupil_id") OR OLD."reference" IS DISTINCT FROM (NEW."reference") OR OLD."school_id" IS DISTINCT FROM (NEW."school_id"))', func='INSERT INTO "panels_meetingpupilevent" ("added_at", "added_by_id", "basis", "id", "meeting_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pupil_id", "reference", "school_id") VALUES (NEW."added_at", NEW."added_by_id", NEW."basis", NEW."id", NEW."meeting_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."pupil_id", NEW."reference", NEW."school_id"); RETURN NULL;', hash='c6aaa2c2f38e766de76934ebbd4775a0dcf36dca', operation='UPDATE', pgid='pgtrigger_update_update_f413a', table='panels_meetingpupil', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='meetingpupil',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "panels_meetingpupilevent" ("added_at", "added_by_id", "basis", "id", "meeting_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pupil_id", "reference", "school_id") VALUES (OLD."added_at", OLD."added_by_id", OLD."basis", OLD."id", OLD."meeting_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."pupil_id", OLD."reference", OLD."school_id"); RETURN NULL;', hash='aa1e98654d1ca69419359cfd08e996c2f774217e', operation='DELETE', pgid='pgtrigger_delete_delete_58a8f', table='panels_meetingpupil', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='meetingpupil',
            constraint=models.UniqueConstraint(fields=('meeting', 'reference'), name='meeting_pupil_reference_once'),
        ),
    ]
