"""The family’s view, the training asked for, the next date, and advice to whoever raised a worry."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('consultations', '0012_themes'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='consultation',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='consultation',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='consultation',
            name='delete_delete',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='pupildiscussed',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='pupildiscussed',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='pupildiscussed',
            name='delete_delete',
        ),
        migrations.AddField(
            model_name='consultation',
            name='next_on',
            field=models.DateField(blank=True, null=True, verbose_name='date of the next consultation'),
        ),
        migrations.AddField(
            model_name='consultation',
            name='training_wanted',
            field=models.TextField(blank=True, verbose_name='training the school asked for'),
        ),
        migrations.AddField(
            model_name='consultationevent',
            name='next_on',
            field=models.DateField(blank=True, null=True, verbose_name='date of the next consultation'),
        ),
        migrations.AddField(
            model_name='pupildiscussed',
            name='family_view',
            field=models.TextField(blank=True, verbose_name='the family’s own view'),
        ),
        migrations.AddField(
            model_name='pupildiscussed',
            name='third_party_advised',
            field=models.BooleanField(default=False, verbose_name='advised to ring the front door themselves'),
        ),
        migrations.AddField(
            model_name='pupildiscussedevent',
            name='third_party_advised',
            field=models.BooleanField(default=False, verbose_name='advised to ring the front door themselves'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='consultation',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "consultations_consultationevent" ("author_id", "completed_at", "handed_over_at", "handed_over_by_id", "held_at", "id", "kind", "manager_reason", "minutes", "naming", "next_on", "nurse_present", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "place", "school_id", "shared_at", "started_at", "started_by_id", "state", "stored_by_id", "stored_on", "version") VALUES (NEW."author_id", NEW."completed_at", NEW."handed_over_at", NEW."handed_over_by_id", NEW."held_at", NEW."id", NEW."kind", NEW."manager_reason", NEW."minutes", NEW."naming", NEW."next_on", NEW."nurse_present", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."place", NEW."school_id", NEW."shared_at", NEW."started_at", NEW."started_by_id", NEW."state", NEW."stored_by_id", NEW."stored_on", NEW."version"); RETURN NULL;', hash='a31af61a61ff256467fc6f1a045a61ba00d21127', operation='INSERT', pgid='pgtrigger_insert_insert_c7113', table='consultations_consultation', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='consultation',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."author_id" IS DISTINCT FROM (NEW."author_id") OR OLD."completed_at" IS DISTINCT FROM (NEW."completed_at") OR OLD."handed_over_at" IS DISTINCT FROM (NEW."handed_over_at") OR OLD."handed_over_by_id" IS DISTINCT FROM (NEW."handed_over_by_id") OR OLD."held_at" IS DISTINCT FROM (NEW."held_at") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."manager_reason" IS DISTINCT FROM (NEW."manager_reason") OR OLD."minutes" IS DISTINCT FROM (NEW."minutes") OR OLD."naming" IS DISTINCT FROM (NEW."naming") OR OLD."next_on" IS DISTINCT FROM (NEW."next_on") OR OLD."nurse_present" IS DISTINCT FROM (NEW."nurse_present") OR OLD."place" IS DISTINCT FROM (NEW."place") OR OLD."school_id" IS DISTINCT FROM (NEW."school_id") OR OLD."shared_at" IS DISTINCT FROM (NEW."shared_at") OR OLD."started_at" IS DISTINCT FROM (NEW."started_at") OR OLD."started_by_id" IS DISTINCT FROM (NEW."started_by_id") OR OLD."state" IS DISTINCT FROM (NEW."state") OR OLD."stored_by_id" IS DISTINCT FROM (NEW."stored_by_id") OR OLD."stored_on" IS DISTINCT FROM (NEW."stored_on") OR OLD."version" IS DISTINCT FROM (NEW."version"))', func='INSERT INTO "consultations_consultationevent" ("author_id", "completed_at", "handed_over_at", "handed_over_by_id", "held_at", "id", "kind", "manager_reason", "minutes", "naming", "next_on", "nurse_present", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "place", "school_id", "shared_at", "started_at", "started_by_id", "state", "stored_by_id", "stored_on", "version") VALUES (NEW."author_id", NEW."completed_at", NEW."handed_over_at", NEW."handed_over_by_id", NEW."held_at", NEW."id", NEW."kind", NEW."manager_reason", NEW."minutes", NEW."naming", NEW."next_on", NEW."nurse_present", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."place", NEW."school_id", NEW."shared_at", NEW."started_at", NEW."started_by_id", NEW."state", NEW."stored_by_id", NEW."stored_on", NEW."version"); RETURN NULL;', hash='ab10cf12d6af4d795aa090255dc33f5f9b6ff2c7', operation='UPDATE', pgid='pgtrigger_update_update_1617e', table='consultations_consultation', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='consultation',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "consultations_consultationevent" ("author_id", "completed_at", "handed_over_at", "handed_over_by_id", "held_at", "id", "kind", "manager_reason", "minutes", "naming", "next_on", "nurse_present", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "place", "school_id", "shared_at", "started_at", "started_by_id", "state", "stored_by_id", "stored_on", "version") VALUES (OLD."author_id", OLD."completed_at", OLD."handed_over_at", OLD."handed_over_by_id", OLD."held_at", OLD."id", OLD."kind", OLD."manager_reason", OLD."minutes", OLD."naming", OLD."next_on", OLD."nurse_present", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."place", OLD."school_id", OLD."shared_at", OLD."started_at", OLD."started_by_id", OLD."state", OLD."stored_by_id", OLD."stored_on", OLD."version"); RETURN NULL;', hash='1e8bd8767492a4f05cd2524a64a76b5508d47d37', operation='DELETE', pgid='pgtrigger_delete_delete_3ce54', table='consultations_consultation', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='pupildiscussed',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "consultations_pupildiscussedevent" ("areas", "attendance", "camhs_threshold", "consultation_id", "family_told", "id", "is_significant", "level", "level_at_school", "needs_to_happen_heard", "neglect_level", "neglect_review_on", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "pupil_id", "risk_fpn", "risk_pei", "stored_by_id", "stored_on", "sub_areas", "subject", "third_party_advised", "tools", "working_well_heard", "worries_heard", "year_group", "yes_threshold") VALUES (NEW."areas", NEW."attendance", NEW."camhs_threshold", NEW."consultation_id", NEW."family_told", NEW."id", NEW."is_significant", NEW."level", NEW."level_at_school", NEW."needs_to_happen_heard", NEW."neglect_level", NEW."neglect_review_on", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."position", NEW."pupil_id", NEW."risk_fpn", NEW."risk_pei", NEW."stored_by_id", NEW."stored_on", NEW."sub_areas", NEW."subject", NEW."third_party_advised", NEW."tools", NEW."working_well_heard", NEW."worries_heard", NEW."year_group", NEW."yes_threshold"); RETURN NULL;', hash='b9b3d3443309f7bd183a9399219fb58e048029bd', operation='INSERT', pgid='pgtrigger_insert_insert_854d0', table='consultations_pupildiscussed', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='pupildiscussed',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."areas" IS DISTINCT FROM (NEW."areas") OR OLD."attendance" IS DISTINCT FROM (NEW."attendance") OR OLD."camhs_threshold" IS DISTINCT FROM (NEW."camhs_threshold") OR OLD."consultation_id" IS DISTINCT FROM (NEW."consultation_id") OR OLD."family_told" IS DISTINCT FROM (NEW."family_told") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."is_significant" IS DISTINCT FROM (NEW."is_significant") OR OLD."level" IS DISTINCT FROM (NEW."level") OR OLD."level_at_school" IS DISTINCT FROM (NEW."level_at_school") OR OLD."needs_to_happen_heard" IS DISTINCT FROM (NEW."needs_to_happen_heard") OR OLD."neglect_level" IS DISTINCT FROM (NEW."neglect_level") OR OLD."neglect_review_on" IS DISTINCT FROM (NEW."neglect_review_on") OR OLD."position" IS DISTINCT FROM (NEW."position") OR OLD."pupil_id" IS DISTINCT FROM (NEW."pupil_id") OR OLD."risk_fpn" IS DISTINCT FROM (NEW."risk_fpn") OR OLD."risk_pei" IS DISTINCT FROM (NEW."risk_pei") OR OLD."stored_by_id" IS DISTINCT FROM (NEW."stored_by_id") OR OLD."stored_on" IS DISTINCT FROM (NEW."stored_on") OR OLD."sub_areas" IS DISTINCT FROM (NEW."sub_areas") OR OLD."subject" IS DISTINCT FROM (NEW."subject") OR OLD."third_party_advised" IS DISTINCT FROM (NEW."third_party_advised") OR OLD."tools" IS DISTINCT FROM (NEW."tools") OR OLD."working_well_heard" IS DISTINCT FROM (NEW."working_well_heard") OR OLD."worries_heard" IS DISTINCT FROM (NEW."worries_heard") OR OLD."year_group" IS DISTINCT FROM (NEW."year_group") OR OLD."yes_threshold" IS DISTINCT FROM (NEW."yes_threshold"))', func='INSERT INTO "consultations_pupildiscussedevent" ("areas", "attendance", "camhs_threshold", "consultation_id", "family_told", "id", "is_significant", "level", "level_at_school", "needs_to_happen_heard", "neglect_level", "neglect_review_on", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "pupil_id", "risk_fpn", "risk_pei", "stored_by_id", "stored_on", "sub_areas", "subject", "third_party_advised", "tools", "working_well_heard", "worries_heard", "year_group", "yes_threshold") VALUES (NEW."areas", NEW."attendance", NEW."camhs_threshold", NEW."consultation_id", NEW."family_told", NEW."id", NEW."is_significant", NEW."level", NEW."level_at_school", NEW."needs_to_happen_heard", NEW."neglect_level", NEW."neglect_review_on", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."position", NEW."pupil_id", NEW."risk_fpn", NEW."risk_pei", NEW."stored_by_id", NEW."stored_on", NEW."sub_areas", NEW."subject", NEW."third_party_advised", NEW."tools", NEW."working_well_heard", NEW."worries_heard", NEW."year_group", NEW."yes_threshold"); RETURN NULL;', hash='67df383e5273778a2ec471a604cf73adae827f9e', operation='UPDATE', pgid='pgtrigger_update_update_d10a4', table='consultations_pupildiscussed', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='pupildiscussed',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "consultations_pupildiscussedevent" ("areas", "attendance", "camhs_threshold", "consultation_id", "family_told", "id", "is_significant", "level", "level_at_school", "needs_to_happen_heard", "neglect_level", "neglect_review_on", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "pupil_id", "risk_fpn", "risk_pei", "stored_by_id", "stored_on", "sub_areas", "subject", "third_party_advised", "tools", "working_well_heard", "worries_heard", "year_group", "yes_threshold") VALUES (OLD."areas", OLD."attendance", OLD."camhs_threshold", OLD."consultation_id", OLD."family_told", OLD."id", OLD."is_significant", OLD."level", OLD."level_at_school", OLD."needs_to_happen_heard", OLD."neglect_level", OLD."neglect_review_on", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."position", OLD."pupil_id", OLD."risk_fpn", OLD."risk_pei", OLD."stored_by_id", OLD."stored_on", OLD."sub_areas", OLD."subject", OLD."third_party_advised", OLD."tools", OLD."working_well_heard", OLD."worries_heard", OLD."year_group", OLD."yes_threshold"); RETURN NULL;', hash='ebda102bfd10d9b187ba9e4f067f9bc12f60a850', operation='DELETE', pgid='pgtrigger_delete_delete_d2f55', table='consultations_pupildiscussed', when='AFTER')),
        ),
    ]
