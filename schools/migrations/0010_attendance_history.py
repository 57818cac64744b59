"""The history of attendance is written a statement at a time."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('schools', '0009_agencies'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='attendanceweek',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='attendanceweek',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='attendanceweek',
            name='delete_delete',
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='attendanceweek',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "schools_attendanceweekevent" ("id", "missed", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "possible", "pupil_id", "school_id", "unauthorised", "week") SELECT new_values."id", new_values."missed", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."possible", new_values."pupil_id", new_values."school_id", new_values."unauthorised", new_values."week" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='1647419c7b92d728941f8468812b8ce2af5088dd', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_ebc36', referencing='REFERENCING NEW TABLE AS new_values ', table='schools_attendanceweek', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='attendanceweek',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "schools_attendanceweekevent" ("id", "missed", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "possible", "pupil_id", "school_id", "unauthorised", "week") SELECT new_values."id", new_values."missed", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."possible", new_values."pupil_id", new_values."school_id", new_values."unauthorised", new_values."week" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values."id" IS DISTINCT FROM (new_values."id") OR old_values."missed" IS DISTINCT FROM (new_values."missed") OR old_values."possible" IS DISTINCT FROM (new_values."possible") OR old_values."pupil_id" IS DISTINCT FROM (new_values."pupil_id") OR old_values."school_id" IS DISTINCT FROM (new_values."school_id") OR old_values."unauthorised" IS DISTINCT FROM (new_values."unauthorised") OR old_values."week" IS DISTINCT FROM (new_values."week")) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='8942030e209a5575d3c1e67760d43136d3ebbd83', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_76650', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='schools_attendanceweek', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='attendanceweek',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "schools_attendanceweekevent" ("id", "missed", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "possible", "pupil_id", "school_id", "unauthorised", "week") SELECT old_values."id", old_values."missed", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."possible", old_values."pupil_id", old_values."school_id", old_values."unauthorised", old_values."week" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='61e232f269f0d013c0626455e04f55acd8c36e25', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_5c104', referencing='REFERENCING OLD TABLE AS old_values ', table='schools_attendanceweek', when='AFTER')),
        ),
    ]
