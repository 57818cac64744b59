"""Concerns, who was told of them, what was decided, and the lists of who is told."""

import django.db.models.deletion
import django.db.models.functions.datetime
import django.utils.timezone
import pgtrigger.compiler
import referrals.models.concerns
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('pghistory', '0007_auto_20250421_0444'),
        ('schools', '0007_search_by_key'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Concern',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('reference', models.CharField(default=referrals.models.concerns.new_reference, editable=False, max_length=6, unique=True)),
                ('about', models.CharField(choices=[('child', 'A child'), ('adult', 'An adult')], default='child', max_length=5, verbose_name='who it is about')),
                ('words', models.TextField(blank=True, verbose_name='what was seen or heard')),
                ('about_name', models.TextField(blank=True, verbose_name='name')),
                ('school_words', models.TextField(blank=True, verbose_name='school')),
                ('is_danger', models.BooleanField(default=False, verbose_name='immediate danger')),
                ('aware_at', models.DateTimeField(verbose_name='when the raiser became aware')),
                ('aware_words', models.TextField(blank=True, verbose_name='time as it was typed')),
                ('raised_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('acknowledged_at', models.DateTimeField(blank=True, null=True)),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
                ('closed_at', models.DateTimeField(blank=True, null=True)),
                ('remind_at', models.DateTimeField(blank=True, null=True)),
                ('acknowledged_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('first_holder', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('hub', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='schools.hub')),
                ('pupil', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='concerns', to='schools.pupil')),
                ('raised_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='concerns_raised', to=settings.AUTH_USER_MODEL)),
                ('school', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='schools.school')),
            ],
            options={
                'ordering': ['-raised_at'],
                'indexes': [models.Index(condition=models.Q(('remind_at__isnull', False)), fields=['remind_at'], name='concern_to_remind'), models.Index(condition=models.Q(('decided_at__isnull', True)), fields=['aware_at', 'id'], name='concern_undecided'), models.Index(fields=['raised_by', '-raised_at', '-id'], name='concern_raised_by'), models.Index(fields=['hub', '-raised_at', '-id'], name='concern_of_hub'), models.Index(fields=['-raised_at', '-id'], name='concern_newest')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('acknowledged_at__isnull', True), ('acknowledged_by__isnull', True)), models.Q(('acknowledged_at__isnull', False), ('acknowledged_by__isnull', False), models.Q(('acknowledged_by', models.F('raised_by')), _negated=True)), _connector='OR'), name='concern_held_by_another'), models.CheckConstraint(condition=models.Q(('decided_at__isnull', True), ('acknowledged_at__isnull', False), _connector='OR'), name='concern_held_before_it_is_decided'), models.CheckConstraint(condition=models.Q(('closed_at__isnull', True), ('decided_at__isnull', False), _connector='OR'), name='concern_decided_before_it_is_closed'), models.CheckConstraint(condition=models.Q(('acknowledged_at__isnull', False), ('remind_at__isnull', False), _connector='OR'), name='concern_nobody_has_is_chased')],
                'triggers': [pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "referrals_concernevent" ("about", "acknowledged_at", "acknowledged_by_id", "aware_at", "closed_at", "decided_at", "first_holder_id", "id", "is_danger", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pupil_id", "raised_at", "raised_by_id", "reference", "school_id") VALUES (NEW."about", NEW."acknowledged_at", NEW."acknowledged_by_id", NEW."aware_at", NEW."closed_at", NEW."decided_at", NEW."first_holder_id", NEW."id", NEW."is_danger", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."pupil_id", NEW."raised_at", NEW."raised_by_id", NEW."reference", NEW."school_id"); RETURN NULL;', hash='8cc991f880ea7ec15c39be08323ab631c3514c6a', operation='INSERT', pgid='pgtrigger_insert_insert_f9353', table='referrals_concern', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."about" IS DISTINCT FROM (NEW."about") OR OLD."acknowledged_at" IS DISTINCT FROM (NEW."acknowledged_at") OR OLD."acknowledged_by_id" IS DISTINCT FROM (NEW."acknowledged_by_id") OR OLD."aware_at" IS DISTINCT FROM (NEW."aware_at") OR OLD."closed_at" IS DISTINCT FROM (NEW."closed_at") OR OLD."decided_at" IS DISTINCT FROM (NEW."decided_at") OR OLD."first_holder_id" IS DISTINCT FROM (NEW."first_holder_id") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."is_danger" IS DISTINCT FROM (NEW."is_danger") OR OLD."pupil_id" IS DISTINCT FROM (NEW."pupil_id") OR OLD."raised_at" IS DISTINCT FROM (NEW."raised_at") OR OLD."raised_by_id" IS DISTINCT FROM (NEW."raised_by_id") OR OLD."reference" IS DISTINCT FROM (NEW."reference") OR OLD."school_id" IS DISTINCT FROM (NEW."school_id"))', func='INSERT INTO "referrals_concernevent" ("about", "acknowledged_at", "acknowledged_by_id", "aware_at", "closed_at", "decided_at", "first_holder_id", "id", "is_danger", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pupil_id", "raised_at", "raised_by_id", "reference", "school_id") VALUES (NEW."about", NEW."acknowledged_at", NEW."acknowledged_by_id", NEW."aware_at", NEW."closed_at", NEW."decided_at", NEW."first_holder_id", NEW."id", NEW."is_danger", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."pupil_id", NEW."raised_at", NEW."raised_by_id", NEW."reference", NEW."school_id"); RETURN NULL;', hash='a7a3cb9222ea0ae83791ea421f0af983c0be75ea', operation='UPDATE', pgid='pgtrigger_update_update_28fe1', table='referrals_concern', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "referrals_concernevent" ("about", "acknowledged_at", "acknowledged_by_id", "aware_at", "closed_at", "decided_at", "first_holder_id", "id", "is_danger", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pupil_id", "raised_at", "raised_by_id", "reference", "school_id") VALUES (OLD."about", OLD."acknowledged_at", OLD."acknowledged_by_id", OLD."aware_at", OLD."closed_at", OLD."decided_at", OLD."first_holder_id", OLD."id", OLD."is_danger", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."pupil_id", OLD."raised_at", OLD."raised_by_id", OLD."reference", OLD."school_id"); RETURN NULL;', hash='01716f172bdebdad25c94d016a2aede53d43999d', operation='DELETE', pgid='pgtrigger_delete_delete_97e80', table='referrals_concern', when='AFTER'))],
            },
        ),
        migrations.CreateModel(
            name='ConcernDecision',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('discussed', models.TextField(blank=True, verbose_name='what was discussed, and with whom')),
                ('level', models.PositiveSmallIntegerField(blank=True, choices=[(1, 'Level 1'), (2, 'Level 2'), (3, 'Level 3'), (4, 'Level 4')], null=True)),
                ('decision', models.CharField(choices=[('children', 'Refer to children’s social care: we ring the front door'), ('adults', 'Refer to Adult Services: we ring them'), ('school', 'The school refers, with our help'), ('other', 'Not a referral: something else happens')], max_length=8)),
                ('reason', models.TextField()),
                ('decided_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('concern', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='decisions', to='referrals.concern')),
                ('decided_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-decided_at'],
                'indexes': [models.Index(fields=['concern', '-decided_at'], name='concern_decision_latest')],
                'triggers': [pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "referrals_concerndecisionevent" ("concern_id", "decided_at", "decided_by_id", "decision", "id", "level", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."concern_id", NEW."decided_at", NEW."decided_by_id", NEW."decision", NEW."id", NEW."level", _pgh_attach_context(), NOW(), \'insert\', NEW."id"); RETURN NULL;', hash='5fad365d6d6994e22f8c2d93fb56631868c99af5', operation='INSERT', pgid='pgtrigger_insert_insert_f7441', table='referrals_concerndecision', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."concern_id" IS DISTINCT FROM (NEW."concern_id") OR OLD."decided_at" IS DISTINCT FROM (NEW."decided_at") OR OLD."decided_by_id" IS DISTINCT FROM (NEW."decided_by_id") OR OLD."decision" IS DISTINCT FROM (NEW."decision") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."level" IS DISTINCT FROM (NEW."level"))', func='INSERT INTO "referrals_concerndecisionevent" ("concern_id", "decided_at", "decided_by_id", "decision", "id", "level", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."concern_id", NEW."decided_at", NEW."decided_by_id", NEW."decision", NEW."id", NEW."level", _pgh_attach_context(), NOW(), \'update\', NEW."id"); RETURN NULL;', hash='b5cabb4a505d0da99fb52cea2ced7aee5ea8d789', operation='UPDATE', pgid='pgtrigger_update_update_5cb49', table='referrals_concerndecision', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "referrals_concerndecisionevent" ("concern_id", "decided_at", "decided_by_id", "decision", "id", "level", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."concern_id", OLD."decided_at", OLD."decided_by_id", OLD."decision", OLD."id", OLD."level", _pgh_attach_context(), NOW(), \'delete\', OLD."id"); RETURN NULL;', hash='f086c0a7e34654c2df9c824a3ae3b8c30617d30f', operation='DELETE', pgid='pgtrigger_delete_delete_b3c44', table='referrals_concerndecision', when='AFTER'))],
            },
        ),
        migrations.CreateModel(
            name='ConcernDecisionEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, serialize=False)),
                ('level', models.PositiveSmallIntegerField(blank=True, choices=[(1, 'Level 1'), (2, 'Level 2'), (3, 'Level 3'), (4, 'Level 4')], null=True)),
                ('decision', models.CharField(choices=[('children', 'Refer to children’s social care: we ring the front door'), ('adults', 'Refer to Adult Services: we ring them'), ('school', 'The school refers, with our help'), ('other', 'Not a referral: something else happens')], max_length=8)),
                ('decided_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('concern', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='referrals.concern')),
                ('decided_by', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='referrals.concerndecision')),
            ],
            options={
                'abstract': False,
                'triggers': [pgtrigger.compiler.Trigger(name='no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'append-only: % takes inserts only', TG_TABLE_NAME;", hash='c8d3f3c1310ddc6f29f4d8e087b437773fbbdb72', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_no_truncate_67bc3', table='referrals_concerndecisionevent', when='BEFORE')), pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='5c714b97c0dc3c09ddc89ede1168f78999d76a5e', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_ebbf9', table='referrals_concerndecisionevent', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='ConcernEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, serialize=False)),
                ('reference', models.CharField(default=referrals.models.concerns.new_reference, editable=False, max_length=6)),
                ('about', models.CharField(choices=[('child', 'A child'), ('adult', 'An adult')], default='child', max_length=5, verbose_name='who it is about')),
                ('is_danger', models.BooleanField(default=False, verbose_name='immediate danger')),
                ('aware_at', models.DateTimeField(verbose_name='when the raiser became aware')),
                ('raised_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('acknowledged_at', models.DateTimeField(blank=True, null=True)),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
                ('closed_at', models.DateTimeField(blank=True, null=True)),
                ('acknowledged_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('first_holder', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='referrals.concern')),
                ('pupil', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='schools.pupil')),
                ('raised_by', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('school', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='schools.school')),
            ],
            options={
                'abstract': False,
                'triggers': [pgtrigger.compiler.Trigger(name='no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'append-only: % takes inserts only', TG_TABLE_NAME;", hash='10916ef7a85c0355f2a61d2a3331eddb34ea89e1', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_no_truncate_4ce9c', table='referrals_concernevent', when='BEFORE')), pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='89800f797c973d349025875d97f6b50c2fdad1f6', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_53202', table='referrals_concernevent', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='ConcernNote',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('added', 'Added'), ('phoned', 'Told by phone'), ('aware', 'Time of becoming aware corrected'), ('passed', 'Passed on'), ('taken_over', 'Taken over'), ('child', 'Child named'), ('not_delivered', 'Could not be delivered'), ('closed', 'Closed')], default='added', max_length=13)),
                ('words', models.TextField(blank=True)),
                ('added_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('added_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('concern', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='notes', to='referrals.concern')),
            ],
            options={
                'ordering': ['added_at', 'pk'],
                'indexes': [models.Index(fields=['concern', 'added_at'], name='concern_note_in_order')],
                'triggers': [pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "referrals_concernnoteevent" ("added_at", "added_by_id", "concern_id", "id", "kind", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."added_at", NEW."added_by_id", NEW."concern_id", NEW."id", NEW."kind", _pgh_attach_context(), NOW(), \'insert\', NEW."id"); RETURN NULL;', hash='059b790406fad0817ebc5cda79ff5bbb2d1b9cdd', operation='INSERT', pgid='pgtrigger_insert_insert_7d916', table='referrals_concernnote', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."added_at" IS DISTINCT FROM (NEW."added_at") OR OLD."added_by_id" IS DISTINCT FROM (NEW."added_by_id") OR OLD."concern_id" IS DISTINCT FROM (NEW."concern_id") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."kind" IS DISTINCT FROM (NEW."kind"))', func='INSERT INTO "referrals_concernnoteevent" ("added_at", "added_by_id", "concern_id", "id", "kind", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."added_at", NEW."added_by_id", NEW."concern_id", NEW."id", NEW."kind", _pgh_attach_context(), NOW(), \'update\', NEW."id"); RETURN NULL;', hash='c1807b5bcaa611c797df8f4673070bd5f4ec4ca8', operation='UPDATE', pgid='pgtrigger_update_update_4fc48', table='referrals_concernnote', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "referrals_concernnoteevent" ("added_at", "added_by_id", "concern_id", "id", "kind", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."added_at", OLD."added_by_id", OLD."concern_id", OLD."id", OLD."kind", _pgh_attach_context(), NOW(), \'delete\', OLD."id"); RETURN NULL;', hash='64a23472ea205253e6df96aac28a293eb12621c3', operation='DELETE', pgid='pgtrigger_delete_delete_b74a3', table='referrals_concernnote', when='AFTER'))],
            },
        ),
        migrations.CreateModel(
            name='ConcernNoteEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, serialize=False)),
                ('kind', models.CharField(choices=[('added', 'Added'), ('phoned', 'Told by phone'), ('aware', 'Time of becoming aware corrected'), ('passed', 'Passed on'), ('taken_over', 'Taken over'), ('child', 'Child named'), ('not_delivered', 'Could not be delivered'), ('closed', 'Closed')], default='added', max_length=13)),
                ('added_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('added_by', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('concern', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='referrals.concern')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='referrals.concernnote')),
            ],
            options={
                'abstract': False,
                'triggers': [pgtrigger.compiler.Trigger(name='no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'append-only: % takes inserts only', TG_TABLE_NAME;", hash='55cb54ee117f32cb3f64311e0070ed5a960b8d42', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_no_truncate_5ad7e', table='referrals_concernnoteevent', when='BEFORE')), pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='554cacbeb5760b231e4642bca77b0c159451539e', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_53155', table='referrals_concernnoteevent', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='Fallback',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('about', models.CharField(choices=[('child', 'A child'), ('adult', 'An adult')], max_length=5, verbose_name='for a concern about')),
                ('role', models.CharField(max_length=100)),
                ('position', models.PositiveSmallIntegerField(default=0)),
                ('starts_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('ends_at', models.DateTimeField(blank=True, null=True)),
                ('added_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='fallback_for', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['about', 'position', 'starts_at'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('ends_at__isnull', True)), fields=('about', 'user'), name='fallback_once_each')],
                'triggers': [pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "referrals_fallbackevent" ("about", "added_by_id", "ends_at", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "role", "starts_at", "user_id") VALUES (NEW."about", NEW."added_by_id", NEW."ends_at", NEW."id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."position", NEW."role", NEW."starts_at", NEW."user_id"); RETURN NULL;', hash='74ba2adb48ee2f7baf122c662c331d901f0c6ae5', operation='INSERT', pgid='pgtrigger_insert_insert_8a3de', table='referrals_fallback', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "referrals_fallbackevent" ("about", "added_by_id", "ends_at", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "role", "starts_at", "user_id") VALUES (NEW."about", NEW."added_by_id", NEW."ends_at", NEW."id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."position", NEW."role", NEW."starts_at", NEW."user_id"); RETURN NULL;', hash='4872620d6718c2049928b87f7bd062cbd7a4369e', operation='UPDATE', pgid='pgtrigger_update_update_a45b7', table='referrals_fallback', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "referrals_fallbackevent" ("about", "added_by_id", "ends_at", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "role", "starts_at", "user_id") VALUES (OLD."about", OLD."added_by_id", OLD."ends_at", OLD."id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."position", OLD."role", OLD."starts_at", OLD."user_id"); RETURN NULL;', hash='5ce5772bb1f00c695eeaa2741ad8e1d0f349d8e6', operation='DELETE', pgid='pgtrigger_delete_delete_7d032', table='referrals_fallback', when='AFTER'))],
            },
        ),
        migrations.CreateModel(
            name='FallbackEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, serialize=False)),
                ('about', models.CharField(choices=[('child', 'A child'), ('adult', 'An adult')], max_length=5, verbose_name='for a concern about')),
                ('role', models.CharField(max_length=100)),
                ('position', models.PositiveSmallIntegerField(default=0)),
                ('starts_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('ends_at', models.DateTimeField(blank=True, null=True)),
                ('added_by', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='referrals.fallback')),
                ('user', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'abstract': False,
                'triggers': [pgtrigger.compiler.Trigger(name='no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'append-only: % takes inserts only', TG_TABLE_NAME;", hash='ba60cf49eb8d54ab145b78db40be07f193f71442', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_no_truncate_2f6c0', table='referrals_fallbackevent', when='BEFORE')), pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='cf853c14a6417fe2a6aa248fea807a77a512f5d1', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_0de53', table='referrals_fallbackevent', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='KeptFrom',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('because', models.CharField(choices=[('named', 'Named in it'), ('not_to', 'The raiser asked that they are not told')], max_length=6)),
                ('why', models.TextField(blank=True)),
                ('kept_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('lifted_at', models.DateTimeField(blank=True, null=True)),
                ('concern', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='kept_from', to='referrals.concern')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['user'], name='kept_from_user')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('lifted_at__isnull', True)), fields=('concern', 'user'), name='kept_from_once_each')],
                'triggers': [pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "referrals_keptfromevent" ("because", "concern_id", "id", "kept_at", "lifted_at", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "user_id") VALUES (NEW."because", NEW."concern_id", NEW."id", NEW."kept_at", NEW."lifted_at", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."user_id"); RETURN NULL;', hash='ba34b2c1c7b56e0b22f36a28d04b20f547b8cf0e', operation='INSERT', pgid='pgtrigger_insert_insert_1c8a4', table='referrals_keptfrom', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."because" IS DISTINCT FROM (NEW."because") OR OLD."concern_id" IS DISTINCT FROM (NEW."concern_id") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."kept_at" IS DISTINCT FROM (NEW."kept_at") OR OLD."lifted_at" IS DISTINCT FROM (NEW."lifted_at") OR OLD."user_id" IS DISTINCT FROM (NEW."user_id"))', func='INSERT INTO "referrals_keptfromevent" ("because", "concern_id", "id", "kept_at", "lifted_at", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "user_id") VALUES (NEW."because", NEW."concern_id", NEW."id", NEW."kept_at", NEW."lifted_at", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."user_id"); RETURN NULL;', hash='2a053e63d475428d61bd92accf5eb494cde23a56', operation='UPDATE', pgid='pgtrigger_update_update_30d6f', table='referrals_keptfrom', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "referrals_keptfromevent" ("because", "concern_id", "id", "kept_at", "lifted_at", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "user_id") VALUES (OLD."because", OLD."concern_id", OLD."id", OLD."kept_at", OLD."lifted_at", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."user_id"); RETURN NULL;', hash='09cf28832cb9264ccfabf682fe245b97217d516e', operation='DELETE', pgid='pgtrigger_delete_delete_1f6a3', table='referrals_keptfrom', when='AFTER'))],
            },
        ),
        migrations.CreateModel(
            name='KeptFromEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('because', models.CharField(choices=[('named', 'Named in it'), ('not_to', 'The raiser asked that they are not told')], max_length=6)),
                ('kept_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('lifted_at', models.DateTimeField(blank=True, null=True)),
                ('concern', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='referrals.concern')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='referrals.keptfrom')),
                ('user', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'abstract': False,
                'triggers': [pgtrigger.compiler.Trigger(name='no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'append-only: % takes inserts only', TG_TABLE_NAME;", hash='f118f43e79b9f50e9668cd63d2bc2168a9cde858', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_no_truncate_868a6', table='referrals_keptfromevent', when='BEFORE')), pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='958119289b9449db1fccd472465bc6d1504c8843', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_992fc', table='referrals_keptfromevent', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='Objection',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('why', models.TextField()),
                ('said_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('answer', models.TextField(blank=True)),
                ('answered_at', models.DateTimeField(blank=True, null=True)),
                ('answered_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('concern', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='objections', to='referrals.concern')),
            ],
            options={
                'ordering': ['-said_at'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('answered_at__isnull', True)), fields=('concern',), name='objection_waits_once'), models.CheckConstraint(condition=models.Q(models.Q(('answer', ''), ('answered_at__isnull', True), ('answered_by__isnull', True)), models.Q(models.Q(('answer', ''), _negated=True), ('answered_at__isnull', False), ('answered_by__isnull', False)), _connector='OR'), name='objection_answered_by_somebody')],
                'triggers': [pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "referrals_objectionevent" ("answered_at", "answered_by_id", "concern_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "said_at") VALUES (NEW."answered_at", NEW."answered_by_id", NEW."concern_id", NEW."id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."said_at"); RETURN NULL;', hash='c5ca5f9390a78f4ee8c399ed5c28c5cab9d5ad5f', operation='INSERT', pgid='pgtrigger_insert_insert_376bf', table='referrals_objection', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."answered_at" IS DISTINCT FROM (NEW."answered_at") OR OLD."answered_by_id" IS DISTINCT FROM (NEW."answered_by_id") OR OLD."concern_id" IS DISTINCT FROM (NEW."concern_id") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."said_at" IS DISTINCT FROM (NEW."said_at"))', func='INSERT INTO "referrals_objectionevent" ("answered_at", "answered_by_id", "concern_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "said_at") VALUES (NEW."answered_at", NEW."answered_by_id", NEW."concern_id", NEW."id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."said_at"); RETURN NULL;', hash='f264ed6deeefdbc100a00f0c8cffa48ffb61f599', operation='UPDATE', pgid='pgtrigger_update_update_60c51', table='referrals_objection', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "referrals_objectionevent" ("answered_at", "answered_by_id", "concern_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "said_at") VALUES (OLD."answered_at", OLD."answered_by_id", OLD."concern_id", OLD."id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."said_at"); RETURN NULL;', hash='b71c1c8af1327fb2b8b1f1cc0da3c885c3dfa186', operation='DELETE', pgid='pgtrigger_delete_delete_a2d0d', table='referrals_objection', when='AFTER'))],
            },
        ),
        migrations.CreateModel(
            name='ObjectionEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, serialize=False)),
                ('said_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('answered_at', models.DateTimeField(blank=True, null=True)),
                ('answered_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('concern', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='referrals.concern')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='referrals.objection')),
            ],
            options={
                'abstract': False,
                'triggers': [pgtrigger.compiler.Trigger(name='no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'append-only: % takes inserts only', TG_TABLE_NAME;", hash='415c3acdbe2f544e407e3f247b3414ed12325645', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_no_truncate_e837f', table='referrals_objectionevent', when='BEFORE')), pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='a372e2d356528238234462bb3f7e83321104391d', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_b9c80', table='referrals_objectionevent', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='Told',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('told_as', models.CharField(choices=[('line_manager', 'Line manager'), ('hub_manager', 'Team manager of the hub'), ('fallback', 'On the list of who is told'), ('team_manager', 'Team manager'), ('service_manager', 'Service manager'), ('passed', 'Asked by a colleague')], max_length=15)),
                ('told_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('opened_at', models.DateTimeField(blank=True, null=True)),
                ('concern', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='told', to='referrals.concern')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['told_at', 'pk'],
                'indexes': [models.Index(fields=['user', 'concern'], name='told_of_user')],
                'constraints': [models.UniqueConstraint(fields=('concern', 'user'), name='told_once_each')],
                'triggers': [pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "referrals_toldevent" ("concern_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "told_as", "told_at", "user_id") VALUES (NEW."concern_id", NEW."id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."told_as", NEW."told_at", NEW."user_id"); RETURN NULL;', hash='327aaa53134d06489085517150a32f6dc3ef52c5', operation='INSERT', pgid='pgtrigger_insert_insert_3a585', table='referrals_told', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."concern_id" IS DISTINCT FROM (NEW."concern_id") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."told_as" IS DISTINCT FROM (NEW."told_as") OR OLD."told_at" IS DISTINCT FROM (NEW."told_at") OR OLD."user_id" IS DISTINCT FROM (NEW."user_id"))', func='INSERT INTO "referrals_toldevent" ("concern_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "told_as", "told_at", "user_id") VALUES (NEW."concern_id", NEW."id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."told_as", NEW."told_at", NEW."user_id"); RETURN NULL;', hash='054529fd9a07036d313358f7a74fffac50d63032', operation='UPDATE', pgid='pgtrigger_update_update_1523c', table='referrals_told', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "referrals_toldevent" ("concern_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "told_as", "told_at", "user_id") VALUES (OLD."concern_id", OLD."id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."told_as", OLD."told_at", OLD."user_id"); RETURN NULL;', hash='bff113596d8af38a955b4f4c9983792b21e7ff92', operation='DELETE', pgid='pgtrigger_delete_delete_e3744', table='referrals_told', when='AFTER'))],
            },
        ),
        migrations.CreateModel(
            name='ToldEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('told_as', models.CharField(choices=[('line_manager', 'Line manager'), ('hub_manager', 'Team manager of the hub'), ('fallback', 'On the list of who is told'), ('team_manager', 'Team manager'), ('service_manager', 'Service manager'), ('passed', 'Asked by a colleague')], max_length=15)),
                ('told_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('concern', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='referrals.concern')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='referrals.told')),
                ('user', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'abstract': False,
                'triggers': [pgtrigger.compiler.Trigger(name='no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'append-only: % takes inserts only', TG_TABLE_NAME;", hash='81e0f400bf4dc189acda2dccf33b7a229e53cc36', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_no_truncate_e8b5a', table='referrals_toldevent', when='BEFORE')), pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='6bbd65f0c6cb2659b5255a59f5d49f1a6719f8ce', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_29237', table='referrals_toldevent', when='BEFORE'))],
            },
        ),
        migrations.RunSQL(
            "ALTER TABLE referrals_concern ADD CONSTRAINT referrals_concern_hub_of_school"
            " FOREIGN KEY (school_id, hub_id) REFERENCES schools_school (id, hub_id)"
            " ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED",
            "ALTER TABLE referrals_concern DROP CONSTRAINT referrals_concern_hub_of_school",
        ),
    ]
