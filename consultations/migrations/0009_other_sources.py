"""An action and a note to record may follow from something else than a consultation."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('consultations', '0008_outsiders_copy'),
        ('schools', '0005_search'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='action',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='action',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='action',
            name='delete_delete',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='recordingtask',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='recordingtask',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='recordingtask',
            name='delete_delete',
        ),
        migrations.AddField(
            model_name='action',
            name='pupil',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='actions', to='schools.pupil'),
        ),
        migrations.AddField(
            model_name='action',
            name='source_id',
            field=models.UUIDField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='action',
            name='source_type',
            field=models.CharField(blank=True, max_length=30),
        ),
        migrations.AddField(
            model_name='actionevent',
            name='pupil',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='schools.pupil'),
        ),
        migrations.AddField(
            model_name='actionevent',
            name='source_id',
            field=models.UUIDField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='actionevent',
            name='source_type',
            field=models.CharField(blank=True, max_length=30),
        ),
        migrations.AddField(
            model_name='recordingtask',
            name='happened_on',
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='recordingtask',
            name='source_id',
            field=models.UUIDField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='recordingtask',
            name='source_type',
            field=models.CharField(blank=True, max_length=30),
        ),
        migrations.AddField(
            model_name='recordingtaskevent',
            name='happened_on',
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='recordingtaskevent',
            name='source_id',
            field=models.UUIDField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='recordingtaskevent',
            name='source_type',
            field=models.CharField(blank=True, max_length=30),
        ),
        migrations.AddIndex(
            model_name='action',
            index=models.Index(condition=models.Q(('source_type', ''), _negated=True), fields=['source_id'], name='action_of_source'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='action',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "consultations_actionevent" ("about_id", "added_at", "consultation_id", "done_at", "done_by_id", "due_on", "id", "owner_contact_id", "owner_user_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pupil_id", "school_id", "source_id", "source_type") VALUES (NEW."about_id", NEW."added_at", NEW."consultation_id", NEW."done_at", NEW."done_by_id", NEW."due_on", NEW."id", NEW."owner_contact_id", NEW."owner_user_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."pupil_id", NEW."school_id", NEW."source_id", NEW."source_type"); RETURN NULL;', hash='396b571e9e50ba4e9038cfb5f0a9084e037c3f32', operation='INSERT', pgid='pgtrigger_insert_insert_f8191', table='consultations_action', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='action',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."about_id" IS DISTINCT FROM (NEW."about_id") OR OLD."added_at" IS DISTINCT FROM (NEW."added_at") OR OLD."consultation_id" IS DISTINCT FROM (NEW."consultation_id") OR OLD."done_at" IS DISTINCT FROM (NEW."done_at") OR OLD."done_by_id" IS DISTINCT FROM (NEW."done_by_id") OR OLD."due_on" IS DISTINCT FROM (NEW."due_on") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."owner_contact_id" IS DISTINCT FROM (NEW."owner_contact_id") OR OLD."owner_user_id" IS DISTINCT FROM (NEW."owner_user_id") OR OLD."pupil_id" IS DISTINCT FROM (NEW."pupil_id") OR OLD."school_id" IS DISTINCT FROM (NEW."school_id") OR OLD."source_id" IS DISTINCT FROM (NEW."source_id") OR OLD."source_type" IS DISTINCT FROM (NEW."source_type"))', func='INSERT INTO "consultations_actionevent" ("about_id", "added_at", "consultation_id", "done_at", "done_by_id", "due_on", "id", "owner_contact_id", "owner_user_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pupil_id", "school_id", "source_id", "source_type") VALUES (NEW."about_id", NEW."added_at", NEW."consultation_id", NEW."done_at", NEW."done_by_id", NEW."due_on", NEW."id", NEW."owner_contact_id", NEW."owner_user_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."pupil_id", NEW."school_id", NEW."source_id", NEW."source_type"); RETURN NULL;', hash='5e5d0bb73339cc93870fed1a107b734ee122803f', operation='UPDATE', pgid='pgtrigger_update_update_73531', table='consultations_action', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='action',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "consultations_actionevent" ("about_id", "added_at", "consultation_id", "done_at", "done_by_id", "due_on", "id", "owner_contact_id", "owner_user_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pupil_id", "school_id", "source_id", "source_type") VALUES (OLD."about_id", OLD."added_at", OLD."consultation_id", OLD."done_at", OLD."done_by_id", OLD."due_on", OLD."id", OLD."owner_contact_id", OLD."owner_user_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."pupil_id", OLD."school_id", OLD."source_id", OLD."source_type"); RETURN NULL;', hash='ec106bbe12f6d05d787197a2f7f225b44c1f6fd5', operation='DELETE', pgid='pgtrigger_delete_delete_639cd', table='consultations_action', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='recordingtask',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "consultations_recordingtaskevent" ("because", "discussed_id", "done_by_id", "done_on", "due_on", "happened_on", "id", "made_at", "owner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pupil_id", "replaced_at", "school_id", "source_id", "source_type", "to", "told_on") VALUES (NEW."because", NEW."discussed_id", NEW."done_by_id", NEW."done_on", NEW."due_on", NEW."happened_on", NEW."id", NEW."made_at", NEW."owner_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."pupil_id", NEW."replaced_at", NEW."school_id", NEW."source_id", NEW."source_type", NEW."to", NEW."told_on"); RETURN NULL;', hash='f3913d69a6a528640a3c896a330a659a6039a8f8', operation='INSERT', pgid='pgtrigger_insert_insert_05013', table='consultations_recordingtask', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='recordingtask',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."because" IS DISTINCT FROM (NEW."because") OR OLD."discussed_id" IS DISTINCT FROM (NEW."discussed_id") OR OLD."done_by_id" IS DISTINCT FROM (NEW."done_by_id") OR OLD."done_on" IS DISTINCT FROM (NEW."done_on") OR OLD."due_on" IS DISTINCT FROM (NEW."due_on") OR OLD."happened_on" IS DISTINCT FROM (NEW."happened_on") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."made_at" IS DISTINCT FROM (NEW."made_at") OR OLD."owner_id" IS DISTINCT FROM (NEW."owner_id") OR OLD."pupil_id" IS DISTINCT FROM (NEW."pupil_id") OR OLD."replaced_at" IS DISTINCT FROM (NEW."replaced_at") OR OLD."school_id" IS DISTINCT FROM (NEW."school_id") OR OLD."source_id" IS DISTINCT FROM (NEW."source_id") OR OLD."source_type" IS DISTINCT FROM (NEW."source_type") OR OLD."to" IS DISTINCT FROM (NEW."to") OR OLD."told_on" IS DISTINCT FROM (NEW."told_on"))', func='INSERT INTO "consultations_recordingtaskevent" ("because", "discussed_id", "done_by_id", "done_on", "due_on", "happened_on", "id", "made_at", "owner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pupil_id", "replaced_at", "school_id", "source_id", "source_type", "to", "told_on") VALUES (NEW."because", NEW."discussed_id", NEW."done_by_id", NEW."done_on", NEW."due_on", NEW."happened_on", NEW."id", NEW."made_at", NEW."owner_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."pupil_id", NEW."replaced_at", NEW."school_id", NEW."source_id", NEW."source_type", NEW."to", NEW."told_on"); RETURN NULL;', hash='12348b73b532dbfbeb18f3f97dde5d3897cb0985', operation='UPDATE', pgid='pgtrigger_update_update_53420', table='consultations_recordingtask', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='recordingtask',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "consultations_recordingtaskevent" ("because", "discussed_id", "done_by_id", "done_on", "due_on", "happened_on", "id", "made_at", "owner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pupil_id", "replaced_at", "school_id", "source_id", "source_type", "to", "told_on") VALUES (OLD."because", OLD."discussed_id", OLD."done_by_id", OLD."done_on", OLD."due_on", OLD."happened_on", OLD."id", OLD."made_at", OLD."owner_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."pupil_id", OLD."replaced_at", OLD."school_id", OLD."source_id", OLD."source_type", OLD."to", OLD."told_on"); RETURN NULL;', hash='0fed83f2e491caa17dbaeb9d956c120efe8b4d6b', operation='DELETE', pgid='pgtrigger_delete_delete_93e7e', table='consultations_recordingtask', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='action',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('source_id__isnull', True), ('source_type', '')), models.Q(models.Q(('source_type', ''), _negated=True), ('consultation__isnull', True), ('source_id__isnull', False)), _connector='OR'), name='action_follows_from_one_thing'),
        ),
        migrations.AddConstraint(
            model_name='recordingtask',
            constraint=models.UniqueConstraint(condition=models.Q(('replaced_at__isnull', True), ('source_id__isnull', False)), fields=('source_id', 'to'), name='recording_once_a_source'),
        ),
        migrations.AddConstraint(
            model_name='recordingtask',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('discussed__isnull', False), ('source_id__isnull', True), ('source_type', '')), models.Q(models.Q(('source_type', ''), _negated=True), ('discussed__isnull', True), ('happened_on__isnull', False), ('source_id__isnull', False)), _connector='OR'), name='recording_of_one_thing'),
        ),
    ]
