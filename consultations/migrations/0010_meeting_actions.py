"""An action of a meeting: an agency's, or of no one school; who said by a code that it is done."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('consultations', '0009_other_sources'),
        ('schools', '0008_resources'),
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
        migrations.AddField(
            model_name='action',
            name='done_by_name',
            field=models.CharField(blank=True, max_length=300),
        ),
        migrations.AddField(
            model_name='action',
            name='owner_agency',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='actions', to='schools.agency'),
        ),
        migrations.AddField(
            model_name='actionevent',
            name='owner_agency',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='schools.agency'),
        ),
        migrations.AlterField(
            model_name='action',
            name='hub',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='schools.hub'),
        ),
        migrations.AlterField(
            model_name='action',
            name='owner_name',
            field=models.CharField(blank=True, max_length=300),
        ),
        migrations.AlterField(
            model_name='action',
            name='school',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='actions', to='schools.school'),
        ),
        migrations.AlterField(
            model_name='actionevent',
            name='school',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='schools.school'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='action',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "consultations_actionevent" ("about_id", "added_at", "consultation_id", "done_at", "done_by_id", "due_on", "id", "owner_agency_id", "owner_contact_id", "owner_user_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pupil_id", "school_id", "source_id", "source_type") VALUES (NEW."about_id", NEW."added_at", NEW."consultation_id", NEW."done_at", NEW."done_by_id", NEW."due_on", NEW."id", NEW."owner_agency_id", NEW."owner_contact_id", NEW."owner_user_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."pupil_id", NEW."school_id", NEW."source_id", NEW."source_type"); RETURN NULL;', hash='0701c1db9c3b6518ceabb4069b40d7fe66ed7c9d', operation='INSERT', pgid='pgtrigger_insert_insert_f8191', table='consultations_action', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='action',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."about_id" IS DISTINCT FROM (NEW."about_id") OR OLD."added_at" IS DISTINCT FROM (NEW."added_at") OR OLD."consultation_id" IS DISTINCT FROM (NEW."consultation_id") OR OLD."done_at" IS DISTINCT FROM (NEW."done_at") OR OLD."done_by_id" IS DISTINCT FROM (NEW."done_by_id") OR OLD."due_on" IS DISTINCT FROM (NEW."due_on") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."owner_agency_id" IS DISTINCT FROM (NEW."owner_agency_id") OR OLD."owner_contact_id" IS DISTINCT FROM (NEW."owner_contact_id") OR OLD."owner_user_id" IS DISTINCT FROM (NEW."owner_user_id") OR OLD."pupil_id" IS DISTINCT FROM (NEW."pupil_id") OR OLD."school_id" IS DISTINCT FROM (NEW."school_id") OR OLD."source_id" IS DISTINCT FROM (NEW."source_id") OR OLD."source_type" IS DISTINCT FROM (NEW."source_type"))', func='INSERT INTO "consultations_actionevent" ("about_id", "added_at", "consultation_id", "done_at", "done_by_id", "due_on", "id", "owner_agency_id", "owner_contact_id", "owner_user_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pupil_id", "school_id", "source_id", "source_type") VALUES (NEW."about_id", NEW."added_at", NEW."consultation_id", NEW."done_at", NEW."done_by_id", NEW."due_on", NEW."id", NEW."owner_agency_id", NEW."owner_contact_id", NEW."owner_user_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."pupil_id", NEW."school_id", NEW."source_id", NEW."source_type"); RETURN NULL;', hash='e166eddb20ffb3692c14cc3121b2374bd00f3b70', operation='UPDATE', pgid='pgtrigger_update_update_73531', table='consultations_action', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='action',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "consultations_actionevent" ("about_id", "added_at", "consultation_id", "done_at", "done_by_id", "due_on", "id", "owner_agency_id", "owner_contact_id", "owner_user_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pupil_id", "school_id", "source_id", "source_type") VALUES (OLD."about_id", OLD."added_at", OLD."consultation_id", OLD."done_at", OLD."done_by_id", OLD."due_on", OLD."id", OLD."owner_agency_id", OLD."owner_contact_id", OLD."owner_user_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."pupil_id", OLD."school_id", OLD."source_id", OLD."source_type"); RETURN NULL;', hash='ebb0da70ba05276ddcfab81283e16eb466131ceb', operation='DELETE', pgid='pgtrigger_delete_delete_639cd', table='consultations_action', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='action',
            constraint=models.CheckConstraint(condition=models.Q(('owner_agency__isnull', True), models.Q(('owner_name', ''), _negated=True), _connector='OR'), name='action_of_agency_names_somebody'),
        ),
        migrations.AddConstraint(
            model_name='action',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('hub__isnull', False), ('school__isnull', False)), ('source_type', 'meeting'), _connector='OR'), name='action_has_a_school'),
        ),
    ]
