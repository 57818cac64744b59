"""Requests for support, their steps, and what a school says against an answer."""

import django.db.models.deletion
import django.utils.timezone
import pgtrigger.compiler
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '__first__'),
        ('consultations', '0009_other_sources'),
        ('interventions', '0003_kinds_of_support'),
        ('pghistory', '0007_auto_20250421_0444'),
        ('referrals', '0001_concerns'),
        ('schools', '0007_search_by_key'),
    ]

    operations = [
        migrations.CreateModel(
            name='SupportRequest',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('state', models.CharField(choices=[('received', 'Waiting'), ('acknowledged', 'Read, not answered yet'), ('meeting', 'To be a meeting'), ('answered', 'Answered'), ('withdrawn', 'Withdrawn')], default='received', max_length=12)),
                ('source', models.CharField(choices=[('school', 'The school'), ('front_door', 'The front door'), ('duty_manager', 'The duty manager')], max_length=12, verbose_name='who asked')),
                ('wanted', models.CharField(choices=[('discussion', 'A discussion with the link worker, below Level 3'), ('consultation', 'An Early help consultation'), ('advice', 'Advice'), ('short_work', 'Short work with a child or a family'), ('caso', 'A CASO meeting')], max_length=12, verbose_name='what is asked for')),
                ('how_soon', models.CharField(choices=[('days', 'Within a few days'), ('fortnight', 'Within two weeks'), ('term', 'This term')], max_length=9)),
                ('suits', models.TextField(blank=True, verbose_name='when it suits')),
                ('words', models.TextField(verbose_name='what it is about')),
                ('channel', models.CharField(choices=[('page', 'In Linkbook'), ('phone', 'By phone'), ('email', 'By email'), ('in_person', 'In person')], default='page', max_length=9, verbose_name='how it came')),
                ('asked_name', models.CharField(max_length=150, verbose_name='name of who asked')),
                ('asked_role', models.CharField(blank=True, max_length=200, verbose_name='what they do')),
                ('received_at', models.DateTimeField()),
                ('recorded_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('acknowledged_at', models.DateTimeField(blank=True, null=True)),
                ('passed_at', models.DateTimeField(blank=True, null=True)),
                ('answered_at', models.DateTimeField(blank=True, null=True)),
                ('outcome', models.CharField(blank=True, choices=[('consultation', 'An Early help consultation'), ('short_work', 'Short work is asked for'), ('advice', 'Advice was given'), ('meeting', 'A CASO meeting is to be called'), ('declined', 'Not taken up')], max_length=12)),
                ('declined_why', models.CharField(blank=True, choices=[('other_support', 'Other support fits better'), ('front_door', 'It is for the front door'), ('in_hand', 'It is being dealt with already'), ('not_in_time', 'Nobody can do it in the time it is needed'), ('not_ours', 'It is not something the team does'), ('mistake', 'It was recorded twice, or by mistake')], max_length=13)),
                ('acknowledged_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('answered_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('asked_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('consultation', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='support_requests', to='consultations.consultation')),
                ('contact', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='schools.schoolcontact')),
                ('hub', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='schools.hub')),
                ('intervention', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='support_requests', to='interventions.shortintervention')),
                ('passed_to', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('recorded_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('school', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='support_requests', to='schools.school')),
            ],
            options={
                'ordering': ['-received_at'],
                'indexes': [models.Index(condition=models.Q(('state__in', ['received', 'acknowledged', 'meeting'])), fields=['hub', 'received_at', 'id'], name='request_open_of_hub'), models.Index(condition=models.Q(('state__in', ['received', 'acknowledged', 'meeting'])), fields=['school', 'received_at', 'id'], name='request_open_of_school'), models.Index(fields=['hub', 'received_at', 'id'], name='request_of_hub'), models.Index(fields=['school', 'received_at', 'id'], name='request_of_school')],
                'constraints': [models.CheckConstraint(condition=models.Q(('received_at__lte', models.F('recorded_at'))), name='request_is_recorded_after_it_came'), models.CheckConstraint(condition=models.Q(models.Q(('source', 'school'), models.Q(('wanted', 'discussion'), _negated=True)), models.Q(('source', 'front_door'), ('wanted__in', ['discussion', 'short_work'])), models.Q(('source', 'duty_manager'), models.Q(('wanted__in', ['discussion', 'caso']), _negated=True)), _connector='OR'), name='request_wants_what_its_source_may'), models.CheckConstraint(condition=models.Q(models.Q(('acknowledged_at__isnull', True), ('acknowledged_by__isnull', True), ('state__in', ['received', 'withdrawn'])), models.Q(('acknowledged_at__isnull', False), ('acknowledged_by__isnull', False), models.Q(('state', 'received'), _negated=True)), _connector='OR'), name='request_acknowledged_by_somebody'), models.CheckConstraint(condition=models.Q(models.Q(('answered_at__isnull', False), ('answered_by__isnull', False), models.Q(models.Q(('outcome', 'meeting'), ('state', 'meeting')), models.Q(('outcome__in', ['consultation', 'short_work', 'advice', 'declined']), ('state', 'answered')), _connector='OR')), models.Q(('outcome', ''), ('state__in', ['received', 'acknowledged', 'withdrawn'])), _connector='OR'), name='request_answered_by_somebody'), models.CheckConstraint(condition=models.Q(models.Q(('outcome', 'declined'), models.Q(('declined_why', ''), _negated=True)), models.Q(models.Q(('outcome', 'declined'), _negated=True), ('declined_why', '')), _connector='OR'), name='request_declined_for_a_reason'), models.CheckConstraint(condition=models.Q(models.Q(('passed_at__isnull', True), ('passed_to__isnull', True)), models.Q(('passed_at__isnull', False), ('passed_to__isnull', False)), _connector='OR'), name='request_passed_on_to_somebody')],
                'triggers': [pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "referrals_supportrequestevent" ("acknowledged_at", "acknowledged_by_id", "answered_at", "answered_by_id", "asked_by_id", "channel", "consultation_id", "contact_id", "declined_why", "how_soon", "id", "intervention_id", "outcome", "passed_at", "passed_to_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "received_at", "recorded_at", "recorded_by_id", "school_id", "source", "state", "wanted") VALUES (NEW."acknowledged_at", NEW."acknowledged_by_id", NEW."answered_at", NEW."answered_by_id", NEW."asked_by_id", NEW."channel", NEW."consultation_id", NEW."contact_id", NEW."declined_why", NEW."how_soon", NEW."id", NEW."intervention_id", NEW."outcome", NEW."passed_at", NEW."passed_to_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."received_at", NEW."recorded_at", NEW."recorded_by_id", NEW."school_id", NEW."source", NEW."state", NEW."wanted"); RETURN NULL;', hash='674875c315c49661a68e967ec4529a327a0fe276', operation='INSERT', pgid='pgtrigger_insert_insert_0bb99', table='referrals_supportrequest', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."acknowledged_at" IS DISTINCT FROM (NEW."acknowledged_at") OR OLD."acknowledged_by_id" IS DISTINCT FROM (NEW."acknowledged_by_id") OR OLD."answered_at" IS DISTINCT FROM (NEW."answered_at") OR OLD."answered_by_id" IS DISTINCT FROM (NEW."answered_by_id") OR OLD."asked_by_id" IS DISTINCT FROM (NEW."asked_by_id") OR OLD."channel" IS DISTINCT FROM (NEW."channel") OR OLD."consultation_id" IS DISTINCT FROM (NEW."consultation_id") OR OLD."contact_id" IS DISTINCT FROM (NEW."contact_id") OR OLD."declined_why" IS DISTINCT FROM (NEW."declined_why") OR OLD."how_soon" IS DISTINCT FROM (NEW."how_soon") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."intervention_id" IS DISTINCT FROM (NEW."intervention_id") OR OLD."outcome" IS DISTINCT FROM (NEW."outcome") OR OLD."passed_at" IS DISTINCT FROM (NEW."passed_at") OR OLD."passed_to_id" IS DISTINCT FROM (NEW."passed_to_id") OR OLD."received_at" IS DISTINCT FROM (NEW."received_at") OR OLD."recorded_at" IS DISTINCT FROM (NEW."recorded_at") OR OLD."recorded_by_id" IS DISTINCT FROM (NEW."recorded_by_id") OR OLD."school_id" IS DISTINCT FROM (NEW."school_id") OR OLD."source" IS DISTINCT FROM (NEW."source") OR OLD."state" IS DISTINCT FROM (NEW."state") OR OLD."wanted" IS DISTINCT FROM (NEW."wanted"))', func='INSERT INTO "referrals_supportrequestevent" ("acknowledged_at", "acknowledged_by_id", "answered_at", "answered_by_id", "asked_by_id", "channel", "consultation_id", "contact_id", "declined_why", "how_soon", "id", "intervention_id", "outcome", "passed_at", "passed_to_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "received_at", "recorded_at", "recorded_by_id", "school_id", "source", "state", "wanted") VALUES (NEW."acknowledged_at", NEW."acknowledged_by_id", NEW."answered_at", NEW."answered_by_id", NEW."asked_by_id", NEW."channel", NEW."consultation_id", NEW."contact_id", NEW."declined_why", NEW."how_soon", NEW."id", NEW."intervention_id", NEW."outcome", NEW."passed_at", NEW."passed_to_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."received_at", NEW."recorded_at", NEW."recorded_by_id", NEW."school_id", NEW."source", NEW."state", NEW."wanted"); RETURN NULL;', hash='5ac33ad8dc6e5ea9ebb642966d7f583bc2e366e0', operation='UPDATE', pgid='pgtrigger_update_update_afee3', table='referrals_supportrequest', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "referrals_supportrequestevent" ("acknowledged_at", "acknowledged_by_id", "answered_at", "answered_by_id", "asked_by_id", "channel", "consultation_id", "contact_id", "declined_why", "how_soon", "id", "intervention_id", "outcome", "passed_at", "passed_to_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "received_at", "recorded_at", "recorded_by_id", "school_id", "source", "state", "wanted") VALUES (OLD."acknowledged_at", OLD."acknowledged_by_id", OLD."answered_at", OLD."answered_by_id", OLD."asked_by_id", OLD."channel", OLD."consultation_id", OLD."contact_id", OLD."declined_why", OLD."how_soon", OLD."id", OLD."intervention_id", OLD."outcome", OLD."passed_at", OLD."passed_to_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."received_at", OLD."recorded_at", OLD."recorded_by_id", OLD."school_id", OLD."source", OLD."state", OLD."wanted"); RETURN NULL;', hash='5f7c573303266abb7b3f83c5745624b0b0780673', operation='DELETE', pgid='pgtrigger_delete_delete_2bf2c', table='referrals_supportrequest', when='AFTER'))],
            },
        ),
        migrations.CreateModel(
            name='RequestStep',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('received', 'Asked'), ('acknowledged', 'Read'), ('added', 'Added'), ('passed_on', 'Passed on'), ('answered', 'Answered'), ('withdrawn', 'Withdrawn')], max_length=12)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('from_school', models.BooleanField(default=False)),
                ('text', models.TextField(blank=True)),
                ('outcome', models.CharField(blank=True, choices=[('consultation', 'An Early help consultation'), ('short_work', 'Short work is asked for'), ('advice', 'Advice was given'), ('meeting', 'A CASO meeting is to be called'), ('declined', 'Not taken up')], max_length=12)),
                ('declined_why', models.CharField(blank=True, choices=[('other_support', 'Other support fits better'), ('front_door', 'It is for the front door'), ('in_hand', 'It is being dealt with already'), ('not_in_time', 'Nobody can do it in the time it is needed'), ('not_ours', 'It is not something the team does'), ('mistake', 'It was recorded twice, or by mistake')], max_length=13)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('to', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('request', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='steps', to='referrals.supportrequest')),
            ],
            options={
                'ordering': ['at', 'pk'],
                'indexes': [models.Index(fields=['request', 'at'], name='request_step_in_order')],
                'triggers': [pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "referrals_requeststepevent" ("at", "by_id", "declined_why", "from_school", "id", "kind", "outcome", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "request_id", "to_id") VALUES (NEW."at", NEW."by_id", NEW."declined_why", NEW."from_school", NEW."id", NEW."kind", NEW."outcome", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."request_id", NEW."to_id"); RETURN NULL;', hash='d246c7cc3c73c322d832b59be48b0b0a1c443d4e', operation='INSERT', pgid='pgtrigger_insert_insert_84144', table='referrals_requeststep', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."at" IS DISTINCT FROM (NEW."at") OR OLD."by_id" IS DISTINCT FROM (NEW."by_id") OR OLD."declined_why" IS DISTINCT FROM (NEW."declined_why") OR OLD."from_school" IS DISTINCT FROM (NEW."from_school") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."outcome" IS DISTINCT FROM (NEW."outcome") OR OLD."request_id" IS DISTINCT FROM (NEW."request_id") OR OLD."to_id" IS DISTINCT FROM (NEW."to_id"))', func='INSERT INTO "referrals_requeststepevent" ("at", "by_id", "declined_why", "from_school", "id", "kind", "outcome", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "request_id", "to_id") VALUES (NEW."at", NEW."by_id", NEW."declined_why", NEW."from_school", NEW."id", NEW."kind", NEW."outcome", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."request_id", NEW."to_id"); RETURN NULL;', hash='30997fea4478f12f70ec13f762c3c152febbc6f4', operation='UPDATE', pgid='pgtrigger_update_update_93763', table='referrals_requeststep', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "referrals_requeststepevent" ("at", "by_id", "declined_why", "from_school", "id", "kind", "outcome", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "request_id", "to_id") VALUES (OLD."at", OLD."by_id", OLD."declined_why", OLD."from_school", OLD."id", OLD."kind", OLD."outcome", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."request_id", OLD."to_id"); RETURN NULL;', hash='0e3e50cbc7566d9d15e26c81a2b91fa7c1a7c365', operation='DELETE', pgid='pgtrigger_delete_delete_5438e', table='referrals_requeststep', when='AFTER'))],
            },
        ),
        migrations.CreateModel(
            name='RequestDisagreement',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('outcome', models.CharField(choices=[('consultation', 'An Early help consultation'), ('short_work', 'Short work is asked for'), ('advice', 'Advice was given'), ('meeting', 'A CASO meeting is to be called'), ('declined', 'Not taken up')], max_length=12, verbose_name='how it was answered')),
                ('why', models.TextField(verbose_name='why the school disagrees')),
                ('said_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('answer', models.TextField(blank=True)),
                ('answered_at', models.DateTimeField(blank=True, null=True)),
                ('answered_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('said_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('request', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='disagreements', to='referrals.supportrequest')),
            ],
            options={
                'ordering': ['-said_at'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('answered_at__isnull', True)), fields=('request',), name='request_disagreement_waits_once'), models.CheckConstraint(condition=models.Q(models.Q(('answer', ''), ('answered_at__isnull', True), ('answered_by__isnull', True)), models.Q(models.Q(('answer', ''), _negated=True), ('answered_at__isnull', False), ('answered_by__isnull', False)), _connector='OR'), name='request_disagreement_answered_by_somebody')],
                'triggers': [pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "referrals_requestdisagreementevent" ("answered_at", "answered_by_id", "id", "outcome", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "request_id", "said_at", "said_by_id") VALUES (NEW."answered_at", NEW."answered_by_id", NEW."id", NEW."outcome", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."request_id", NEW."said_at", NEW."said_by_id"); RETURN NULL;', hash='4860cc48ba146549a60fc23040adad78ef4be6ec', operation='INSERT', pgid='pgtrigger_insert_insert_9624f', table='referrals_requestdisagreement', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."answered_at" IS DISTINCT FROM (NEW."answered_at") OR OLD."answered_by_id" IS DISTINCT FROM (NEW."answered_by_id") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."outcome" IS DISTINCT FROM (NEW."outcome") OR OLD."request_id" IS DISTINCT FROM (NEW."request_id") OR OLD."said_at" IS DISTINCT FROM (NEW."said_at") OR OLD."said_by_id" IS DISTINCT FROM (NEW."said_by_id"))', func='INSERT INTO "referrals_requestdisagreementevent" ("answered_at", "answered_by_id", "id", "outcome", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "request_id", "said_at", "said_by_id") VALUES (NEW."answered_at", NEW."answered_by_id", NEW."id", NEW."outcome", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."request_id", NEW."said_at", NEW."said_by_id"); RETURN NULL;', hash='29d24003e7fa3b84e8a9876a885fc913ba30b90b', operation='UPDATE', pgid='pgtrigger_update_update_62c47', table='referrals_requestdisagreement', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "referrals_requestdisagreementevent" ("answered_at", "answered_by_id", "id", "outcome", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "request_id", "said_at", "said_by_id") VALUES (OLD."answered_at", OLD."answered_by_id", OLD."id", OLD."outcome", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."request_id", OLD."said_at", OLD."said_by_id"); RETURN NULL;', hash='9ce2d363177461c7c61a38bb845b1e5567621153', operation='DELETE', pgid='pgtrigger_delete_delete_20e88', table='referrals_requestdisagreement', when='AFTER'))],
            },
        ),
        migrations.CreateModel(
            name='SupportRequestEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, serialize=False)),
                ('state', models.CharField(choices=[('received', 'Waiting'), ('acknowledged', 'Read, not answered yet'), ('meeting', 'To be a meeting'), ('answered', 'Answered'), ('withdrawn', 'Withdrawn')], default='received', max_length=12)),
                ('source', models.CharField(choices=[('school', 'The school'), ('front_door', 'The front door'), ('duty_manager', 'The duty manager')], max_length=12, verbose_name='who asked')),
                ('wanted', models.CharField(choices=[('discussion', 'A discussion with the link worker, below Level 3'), ('consultation', 'An Early help consultation'), ('advice', 'Advice'), ('short_work', 'Short work with a child or a family'), ('caso', 'A CASO meeting')], max_length=12, verbose_name='what is asked for')),
                ('how_soon', models.CharField(choices=[('days', 'Within a few days'), ('fortnight', 'Within two weeks'), ('term', 'This term')], max_length=9)),
                ('channel', models.CharField(choices=[('page', 'In Linkbook'), ('phone', 'By phone'), ('email', 'By email'), ('in_person', 'In person')], default='page', max_length=9, verbose_name='how it came')),
                ('received_at', models.DateTimeField()),
                ('recorded_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('acknowledged_at', models.DateTimeField(blank=True, null=True)),
                ('passed_at', models.DateTimeField(blank=True, null=True)),
                ('answered_at', models.DateTimeField(blank=True, null=True)),
                ('outcome', models.CharField(blank=True, choices=[('consultation', 'An Early help consultation'), ('short_work', 'Short work is asked for'), ('advice', 'Advice was given'), ('meeting', 'A CASO meeting is to be called'), ('declined', 'Not taken up')], max_length=12)),
                ('declined_why', models.CharField(blank=True, choices=[('other_support', 'Other support fits better'), ('front_door', 'It is for the front door'), ('in_hand', 'It is being dealt with already'), ('not_in_time', 'Nobody can do it in the time it is needed'), ('not_ours', 'It is not something the team does'), ('mistake', 'It was recorded twice, or by mistake')], max_length=13)),
                ('acknowledged_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('answered_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('asked_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('consultation', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='consultations.consultation')),
                ('contact', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='schools.schoolcontact')),
                ('intervention', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='interventions.shortintervention')),
                ('passed_to', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='referrals.supportrequest')),
                ('recorded_by', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('school', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='schools.school')),
            ],
            options={
                'abstract': False,
                'triggers': [pgtrigger.compiler.Trigger(name='no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'append-only: % takes inserts only', TG_TABLE_NAME;", hash='9b607deec27657f132a477a703bec77d06d8f5cf', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_no_truncate_16733', table='referrals_supportrequestevent', when='BEFORE')), pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='bbbca536139e92368f52bcae9ce0d4af2919ee0b', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_72acc', table='referrals_supportrequestevent', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='RequestStepEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, serialize=False)),
                ('kind', models.CharField(choices=[('received', 'Asked'), ('acknowledged', 'Read'), ('added', 'Added'), ('passed_on', 'Passed on'), ('answered', 'Answered'), ('withdrawn', 'Withdrawn')], max_length=12)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('from_school', models.BooleanField(default=False)),
                ('outcome', models.CharField(blank=True, choices=[('consultation', 'An Early help consultation'), ('short_work', 'Short work is asked for'), ('advice', 'Advice was given'), ('meeting', 'A CASO meeting is to be called'), ('declined', 'Not taken up')], max_length=12)),
                ('declined_why', models.CharField(blank=True, choices=[('other_support', 'Other support fits better'), ('front_door', 'It is for the front door'), ('in_hand', 'It is being dealt with already'), ('not_in_time', 'Nobody can do it in the time it is needed'), ('not_ours', 'It is not something the team does'), ('mistake', 'It was recorded twice, or by mistake')], max_length=13)),
                ('by', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='referrals.requeststep')),
                ('to', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('request', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='referrals.supportrequest')),
            ],
            options={
                'abstract': False,
                'triggers': [pgtrigger.compiler.Trigger(name='no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'append-only: % takes inserts only', TG_TABLE_NAME;", hash='0a6cb7d8b138356d1fb86e739a9cf05b4aa1a80e', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_no_truncate_a6494', table='referrals_requeststepevent', when='BEFORE')), pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='1500d80814ddde5e5c2d2426c711d527e3dac7c9', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_59297', table='referrals_requeststepevent', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='RequestDisagreementEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, serialize=False)),
                ('outcome', models.CharField(choices=[('consultation', 'An Early help consultation'), ('short_work', 'Short work is asked for'), ('advice', 'Advice was given'), ('meeting', 'A CASO meeting is to be called'), ('declined', 'Not taken up')], max_length=12, verbose_name='how it was answered')),
                ('said_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('answered_at', models.DateTimeField(blank=True, null=True)),
                ('answered_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='referrals.requestdisagreement')),
                ('said_by', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('request', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='referrals.supportrequest')),
            ],
            options={
                'abstract': False,
                'triggers': [pgtrigger.compiler.Trigger(name='no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'append-only: % takes inserts only', TG_TABLE_NAME;", hash='ba7b4750054c71c4aef7b5840932cb5e9634bcd3', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_no_truncate_3e6d6', table='referrals_requestdisagreementevent', when='BEFORE')), pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='e166d40658c254984a5a7b522b1150a36bc009ea', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_a65d4', table='referrals_requestdisagreementevent', when='BEFORE'))],
            },
        ),
        # The copied hub is the school's hub: a composite key that a change of hub cascades through.
        migrations.RunSQL(
            "ALTER TABLE referrals_supportrequest ADD CONSTRAINT"
            " referrals_supportrequest_hub_of_school"
            " FOREIGN KEY (school_id, hub_id) REFERENCES schools_school (id, hub_id)"
            " ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED",
            "ALTER TABLE referrals_supportrequest"
            " DROP CONSTRAINT referrals_supportrequest_hub_of_school",
        ),
    ]
