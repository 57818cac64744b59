"""Police notices of domestic abuse, who reads each, and what the school did."""

import django.db.models.deletion
import django.utils.timezone
import pgtrigger.compiler
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('pghistory', '0007_auto_20250421_0444'),
        ('referrals', '0003_referral_support'),
        ('schools', '0007_search_by_key'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='DomesticAbuseNotice',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('police_reference', models.CharField(max_length=60)),
                ('received_at', models.DateTimeField(verbose_name='received')),
                ('happened_on', models.DateField(blank=True, null=True)),
                ('is_present', models.CharField(choices=[('yes', 'The child was there'), ('no', 'The child was not there'), ('unknown', 'Not known')], max_length=7, verbose_name='was the child there')),
                ('circumstances', models.TextField(blank=True, verbose_name='what the report says')),
                ('childs_voice', models.TextField(blank=True, verbose_name='what the child said')),
                ('grade', models.CharField(choices=[('standard', 'Standard'), ('medium', 'Medium'), ('high', 'High')], max_length=8)),
                ('grade_source', models.CharField(max_length=150, verbose_name='who graded it')),
                ('graded_on', models.DateField()),
                ('is_marac', models.BooleanField(default=False, verbose_name='goes to MARAC')),
                ('entered_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('assessed_at', models.DateTimeField(blank=True, null=True)),
                ('outcome', models.CharField(blank=True, choices=[('support', 'Support at school is enough'), ('welfare', 'Sent to education welfare'), ('assessment', 'Sent to the assessment team'), ('worker', 'Sent to the social worker or lead worker who has the child'), ('front_door', 'Discussed with the front door')], max_length=10)),
                ('reason', models.TextField(blank=True)),
                ('record_reference', models.CharField(blank=True, max_length=100, verbose_name='in the system of record')),
                ('sent_to', models.CharField(blank=True, max_length=200, verbose_name='where it was sent')),
                ('tell_at', models.DateTimeField()),
                ('told_at', models.DateTimeField(blank=True, null=True)),
                ('deputies_told_at', models.DateTimeField(blank=True, null=True)),
                ('opened_at', models.DateTimeField(blank=True, null=True)),
                ('closed_until', models.DateField(blank=True, null=True)),
                ('decision', models.TextField(blank=True, verbose_name='who supports the child')),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
                ('assessed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('entered_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('hub', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='schools.hub')),
                ('opened_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('pupil', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='schools.pupil')),
                ('referral', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='referrals.referralsupport')),
                ('school', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='schools.school')),
            ],
            options={
                'verbose_name': 'restricted notice',
                'ordering': ['-entered_at'],
                'indexes': [models.Index(fields=['hub', '-entered_at'], name='notice_of_hub'), models.Index(fields=['pupil'], name='notice_of_child'), models.Index(condition=models.Q(('told_at__isnull', True)), fields=['tell_at'], name='notice_to_tell'), models.Index(condition=models.Q(('deputies_told_at__isnull', True), ('opened_at__isnull', True), ('told_at__isnull', False)), fields=['told_at'], name='notice_not_opened')],
                'constraints': [models.UniqueConstraint(fields=('police_reference', 'pupil'), name='notice_once_a_report'), models.CheckConstraint(condition=models.Q(models.Q(('assessed_at', None), ('assessed_by', None), ('outcome', '')), models.Q(models.Q(('outcome', ''), _negated=True), ('assessed_at__isnull', False), ('assessed_by__isnull', False)), _connector='OR'), name='notice_assessed_by_a_person')],
                'triggers': [pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "referrals_domesticabusenoticeevent" ("assessed_at", "assessed_by_id", "closed_until", "decided_at", "decided_by_id", "deputies_told_at", "entered_at", "entered_by_id", "grade", "graded_on", "happened_on", "id", "is_marac", "is_present", "opened_at", "opened_by_id", "outcome", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pupil_id", "received_at", "referral_id", "school_id", "tell_at", "told_at") VALUES (NEW."assessed_at", NEW."assessed_by_id", NEW."closed_until", NEW."decided_at", NEW."decided_by_id", NEW."deputies_told_at", NEW."entered_at", NEW."entered_by_id", NEW."grade", NEW."graded_on", NEW."happened_on", NEW."id", NEW."is_marac", NEW."is_present", NEW."opened_at", NEW."opened_by_id", NEW."outcome", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."pupil_id", NEW."received_at", NEW."referral_id", NEW."school_id", NEW."tell_at", NEW."told_at"); RETURN NULL;', hash='0b4274be084bf0fb0955544685bb47f84127222e', operation='INSERT', pgid='pgtrigger_insert_insert_53121', table='referrals_domesticabusenotice', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."assessed_at" IS DISTINCT FROM (NEW."assessed_at") OR OLD."assessed_by_id" IS DISTINCT FROM (NEW."assessed_by_id") OR OLD."closed_until" IS DISTINCT FROM (NEW."closed_until") OR OLD."decided_at" IS DISTINCT FROM (NEW."decided_at") OR OLD."decided_by_id" IS DISTINCT FROM (NEW."decided_by_id") OR OLD."deputies_told_at" IS DISTINCT FROM (NEW."deputies_told_at") OR OLD."entered_at" IS DISTINCT FROM (NEW."entered_at") OR OLD."entered_by_id" IS DISTINCT FROM (NEW."entered_by_id") OR OLD."grade" IS DISTINCT FROM (NEW."grade") OR OLD."graded_on" IS DISTINCT FROM (NEW."graded_on") OR OLD."happened_on" IS DISTINCT FROM (NEW."happened_on") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."is_marac" IS DISTINCT FROM (NEW."is_marac") OR OLD."is_present" IS DISTINCT FROM (NEW."is_present") OR OLD."opened_at" IS DISTINCT FROM (NEW."opened_at") OR OLD."opened_by_id" IS DISTINCT FROM (NEW."opened_by_id") OR OLD."outcome" IS DISTINCT FROM (NEW."outcome") OR OLD."pupil_id" IS DISTINCT FROM (NEW."pupil_id") OR OLD."received_at" IS DISTINCT FROM (NEW."received_at") OR OLD."referral_id" IS DISTINCT FROM (NEW."referral_id") OR OLD."school_id" IS DISTINCT FROM (NEW."school_id") OR OLD."tell_at" IS DISTINCT FROM (NEW."tell_at") OR OLD."told_at" IS DISTINCT FROM (NEW."told_at"))', func='INSERT INTO "referrals_domesticabusenoticeevent" ("assessed_at", "assessed_by_id", "closed_until", "decided_at", "decided_by_id", "deputies_told_at", "entered_at", "entered_by_id", "grade", "graded_on", "happened_on", "id", "is_marac", "is_present", "opened_at", "opened_by_id", "outcome", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pupil_id", "received_at", "referral_id", "school_id", "tell_at", "told_at") VALUES (NEW."assessed_at", NEW."assessed_by_id", NEW."closed_until", NEW."decided_at", NEW."decided_by_id", NEW."deputies_told_at", NEW."entered_at", NEW."entered_by_id", NEW."grade", NEW."graded_on", NEW."happened_on", NEW."id", NEW."is_marac", NEW."is_present", NEW."opened_at", NEW."opened_by_id", NEW."outcome", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."pupil_id", NEW."received_at", NEW."referral_id", NEW."school_id", NEW."tell_at", NEW."told_at"); RETURN NULL;', hash='d3eaa78cba38cd976d0b1ab709d2e029d4fc75ae', operation='UPDATE', pgid='pgtrigger_update_update_c3623', table='referrals_domesticabusenotice', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "referrals_domesticabusenoticeevent" ("assessed_at", "assessed_by_id", "closed_until", "decided_at", "decided_by_id", "deputies_told_at", "entered_at", "entered_by_id", "grade", "graded_on", "happened_on", "id", "is_marac", "is_present", "opened_at", "opened_by_id", "outcome", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pupil_id", "received_at", "referral_id", "school_id", "tell_at", "told_at") VALUES (OLD."assessed_at", OLD."assessed_by_id", OLD."closed_until", OLD."decided_at", OLD."decided_by_id", OLD."deputies_told_at", OLD."entered_at", OLD."entered_by_id", OLD."grade", OLD."graded_on", OLD."happened_on", OLD."id", OLD."is_marac", OLD."is_present", OLD."opened_at", OLD."opened_by_id", OLD."outcome", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."pupil_id", OLD."received_at", OLD."referral_id", OLD."school_id", OLD."tell_at", OLD."told_at"); RETURN NULL;', hash='6df420fd23e8a9921adcc6e4078349c8e7f15ae4', operation='DELETE', pgid='pgtrigger_delete_delete_14167', table='referrals_domesticabusenotice', when='AFTER'))],
            },
        ),
        migrations.CreateModel(
            name='DomesticAbuseNoticeEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, serialize=False)),
                ('received_at', models.DateTimeField(verbose_name='received')),
                ('happened_on', models.DateField(blank=True, null=True)),
                ('is_present', models.CharField(choices=[('yes', 'The child was there'), ('no', 'The child was not there'), ('unknown', 'Not known')], max_length=7, verbose_name='was the child there')),
                ('grade', models.CharField(choices=[('standard', 'Standard'), ('medium', 'Medium'), ('high', 'High')], max_length=8)),
                ('graded_on', models.DateField()),
                ('is_marac', models.BooleanField(default=False, verbose_name='goes to MARAC')),
                ('entered_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('assessed_at', models.DateTimeField(blank=True, null=True)),
                ('outcome', models.CharField(blank=True, choices=[('support', 'Support at school is enough'), ('welfare', 'Sent to education welfare'), ('assessment', 'Sent to the assessment team'), ('worker', 'Sent to the social worker or lead worker who has the child'), ('front_door', 'Discussed with the front door')], max_length=10)),
                ('tell_at', models.DateTimeField()),
                ('told_at', models.DateTimeField(blank=True, null=True)),
                ('deputies_told_at', models.DateTimeField(blank=True, null=True)),
                ('opened_at', models.DateTimeField(blank=True, null=True)),
                ('closed_until', models.DateField(blank=True, null=True)),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
                ('assessed_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('decided_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('entered_by', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('opened_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='referrals.domesticabusenotice')),
                ('pupil', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='schools.pupil')),
                ('referral', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='referrals.referralsupport')),
                ('school', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='schools.school')),
            ],
            options={
                'abstract': False,
                'triggers': [pgtrigger.compiler.Trigger(name='no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'append-only: % takes inserts only', TG_TABLE_NAME;", hash='2c7f5bbcd5f451e2f8c3c0da15fc0071f9746066', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_no_truncate_c5dc2', table='referrals_domesticabusenoticeevent', when='BEFORE')), pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='d23f58396e1c09f3f20eaea79274a02536d11f0d', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_da900', table='referrals_domesticabusenoticeevent', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='NoticeReader',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('why', models.CharField(choices=[('entered', 'Entered it'), ('named', 'Named by a team manager'), ('dsl', 'Designated safeguarding lead, told'), ('deputy', 'Deputy safeguarding lead, told'), ('kept', 'Must not be told')], max_length=7)),
                ('reason', models.CharField(blank=True, max_length=500)),
                ('added_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('added_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('notice', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='readers', to='referrals.domesticabusenotice')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['added_at', 'pk'],
                'indexes': [models.Index(fields=['user'], name='notices_of_reader')],
                'constraints': [models.UniqueConstraint(fields=('notice', 'user'), name='notice_reader_once')],
                'triggers': [pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "referrals_noticereaderevent" ("added_at", "added_by_id", "id", "notice_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "user_id", "why") VALUES (NEW."added_at", NEW."added_by_id", NEW."id", NEW."notice_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."user_id", NEW."why"); RETURN NULL;', hash='9ea08e8cb208ac474dc32c6c365dc365be54d790', operation='INSERT', pgid='pgtrigger_insert_insert_401e2', table='referrals_noticereader', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."added_at" IS DISTINCT FROM (NEW."added_at") OR OLD."added_by_id" IS DISTINCT FROM (NEW."added_by_id") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."notice_id" IS DISTINCT FROM (NEW."notice_id") OR OLD."user_id" IS DISTINCT FROM (NEW."user_id") OR OLD."why" IS DISTINCT FROM (NEW."why"))', func='INSERT INTO "referrals_noticereaderevent" ("added_at", "added_by_id", "id", "notice_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "user_id", "why") VALUES (NEW."added_at", NEW."added_by_id", NEW."id", NEW."notice_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."user_id", NEW."why"); RETURN NULL;', hash='595304afc4c77faa7e9fc1f8078a623929866e11', operation='UPDATE', pgid='pgtrigger_update_update_95594', table='referrals_noticereader', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "referrals_noticereaderevent" ("added_at", "added_by_id", "id", "notice_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "user_id", "why") VALUES (OLD."added_at", OLD."added_by_id", OLD."id", OLD."notice_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."user_id", OLD."why"); RETURN NULL;', hash='8e644ddf44fd0e7d3254cc8730de132f93865a6c', operation='DELETE', pgid='pgtrigger_delete_delete_bcbe0', table='referrals_noticereader', when='AFTER'))],
            },
        ),
        migrations.CreateModel(
            name='NoticeReaderEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, serialize=False)),
                ('why', models.CharField(choices=[('entered', 'Entered it'), ('named', 'Named by a team manager'), ('dsl', 'Designated safeguarding lead, told'), ('deputy', 'Deputy safeguarding lead, told'), ('kept', 'Must not be told')], max_length=7)),
                ('added_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('added_by', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('notice', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='referrals.domesticabusenotice')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='referrals.noticereader')),
                ('user', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'abstract': False,
                'triggers': [pgtrigger.compiler.Trigger(name='no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'append-only: % takes inserts only', TG_TABLE_NAME;", hash='5ae5196506e8065aa036b82329e138c648e04f4e', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_no_truncate_23c29', table='referrals_noticereaderevent', when='BEFORE')), pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='735164e6e4cc7e8af12895c085d28f2173e1c65d', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_af7cf', table='referrals_noticereaderevent', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='NoticeSupport',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('text', models.TextField()),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('notice', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='support', to='referrals.domesticabusenotice')),
            ],
            options={
                'ordering': ['at'],
                'triggers': [pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "referrals_noticesupportevent" ("at", "by_id", "id", "notice_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."at", NEW."by_id", NEW."id", NEW."notice_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id"); RETURN NULL;', hash='0edf21783699b9d63c7e58afb87fc19717a7683a', operation='INSERT', pgid='pgtrigger_insert_insert_8b560', table='referrals_noticesupport', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."at" IS DISTINCT FROM (NEW."at") OR OLD."by_id" IS DISTINCT FROM (NEW."by_id") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."notice_id" IS DISTINCT FROM (NEW."notice_id"))', func='INSERT INTO "referrals_noticesupportevent" ("at", "by_id", "id", "notice_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."at", NEW."by_id", NEW."id", NEW."notice_id", _pgh_attach_context(), NOW(), \'update\', NEW."id"); RETURN NULL;', hash='a580eb51f28073bc824eb721e91de73f0dfea3ce', operation='UPDATE', pgid='pgtrigger_update_update_a33d0', table='referrals_noticesupport', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "referrals_noticesupportevent" ("at", "by_id", "id", "notice_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."at", OLD."by_id", OLD."id", OLD."notice_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id"); RETURN NULL;', hash='c326e7432279187dda3ce16b4c506e5ff44f0d12', operation='DELETE', pgid='pgtrigger_delete_delete_f56f0', table='referrals_noticesupport', when='AFTER'))],
            },
        ),
        migrations.CreateModel(
            name='NoticeSupportEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, serialize=False)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('by', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('notice', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='referrals.domesticabusenotice')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='referrals.noticesupport')),
            ],
            options={
                'abstract': False,
                'triggers': [pgtrigger.compiler.Trigger(name='no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'append-only: % takes inserts only', TG_TABLE_NAME;", hash='8e8ff017a25fefba67a44c13032fb1bcbd93dd40', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_no_truncate_00d88', table='referrals_noticesupportevent', when='BEFORE')), pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='6365703023b630d06b4eff72734d842bc4d9c27a', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_d8fbe', table='referrals_noticesupportevent', when='BEFORE'))],
            },
        ),
        migrations.RunSQL(
            "ALTER TABLE referrals_domesticabusenotice ADD CONSTRAINT"
            " referrals_domesticabusenotice_hub_of_school FOREIGN KEY (school_id, hub_id)"
            " REFERENCES schools_school (id, hub_id)"
            " ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED",
            "ALTER TABLE referrals_domesticabusenotice DROP CONSTRAINT"
            " referrals_domesticabusenotice_hub_of_school",
        ),
    ]
