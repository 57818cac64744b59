"""Meetings, their series, and the schools, people, agencies and children in them."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
        ('consultations', '0009_other_sources'),
        ('pghistory', '0007_auto_20250421_0444'),
        ('referrals', '0004_domestic_abuse'),
        ('schools', '0007_search_by_key'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='MeetingPupil',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('basis', models.CharField(choices=[('agreed', 'The family has agreed'), ('public_task', 'Public task: it is needed to help the child, without agreement'), ('safeguarding', 'To keep the child safe: asking would put somebody at risk')], max_length=12, verbose_name='what allows it')),
                ('basis_words', models.CharField(max_length=500, verbose_name='who agreed and when, or why not')),
                ('added_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('added_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['added_at'],
            },
        ),
        migrations.CreateModel(
            name='Meeting',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('caso', 'CASO meeting'), ('panel', 'Pupil Placement Panel'), ('forum', 'Behaviour Forum or Pastoral Network'), ('family', 'Team around the family'), ('professionals', 'Professionals’ meeting'), ('disciplines', 'Multi-disciplinary meeting'), ('exclusion', 'Meeting on risk of permanent exclusion or return after suspension'), ('wellbeing', 'School health and wellbeing meeting'), ('supervision', 'School’s monitoring and supervision meeting'), ('targeting', 'Targeting support meeting'), ('local', 'Other local panel')], max_length=13)),
                ('state', models.CharField(choices=[('asked', 'Being prepared'), ('called', 'Called'), ('held', 'Held'), ('finalised', 'Minutes final'), ('cancelled', 'Cancelled')], default='asked', max_length=9)),
                ('title', models.CharField(max_length=150, verbose_name='what it is called')),
                ('areas', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('attendance', 'Attendance'), ('health', 'Physical health, mental health and emotional wellbeing'), ('neglect', 'Neglect'), ('transition', 'Transition'), ('targeted', 'Targeted intervention and support'), ('send', 'SEND'), ('emerging', 'New or emerging issue')], max_length=10), blank=True, default=list, size=None)),
                ('purpose', models.TextField(blank=True, verbose_name='what it is for')),
                ('is_school_led', models.BooleanField(default=False, verbose_name='led by the school or its partnership')),
                ('our_part', models.CharField(choices=[('chair', 'We chair it'), ('support', 'We take part')], default='chair', max_length=7, verbose_name='our part')),
                ('planned_on', models.DateField(blank=True, null=True)),
                ('starts_at', models.DateTimeField(blank=True, null=True)),
                ('minutes', models.PositiveSmallIntegerField(default=60, verbose_name='how long, in minutes')),
                ('place', models.CharField(blank=True, max_length=200)),
                ('online_url', models.URLField(blank=True, verbose_name='link to join online')),
                ('sequence', models.PositiveIntegerField(default=0)),
                ('sent_at', models.DateTimeField(blank=True, null=True)),
                ('chair_name', models.CharField(blank=True, max_length=150, verbose_name='who chairs it, where nobody of ours')),
                ('made_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('called_at', models.DateTimeField(blank=True, null=True)),
                ('held_at', models.DateTimeField(blank=True, null=True, verbose_name='marked as held')),
                ('family_present', models.BooleanField(blank=True, null=True)),
                ('family_why', models.CharField(blank=True, max_length=500, verbose_name='why the family was not there')),
                ('cancelled_at', models.DateTimeField(blank=True, null=True)),
                ('cancelled_why', models.CharField(blank=True, max_length=500)),
                ('chair', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('held_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('hub', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='schools.hub')),
                ('minuted_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organiser', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('panel_area', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='schools.panelarea')),
                ('previous', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='followed_by', to='panels.meeting')),
                ('request', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='meetings', to='referrals.supportrequest')),
                ('themes', models.ManyToManyField(blank=True, related_name='+', to='consultations.theme')),
            ],
            options={
                'ordering': ['-starts_at', '-made_at'],
                'permissions': [('run_meeting', 'Calls, minutes and distributes the meeting'), ('attend_meeting', 'Is invited to the meeting')],
            },
        ),
        migrations.CreateModel(
            name='MeetingAgency',
            fields=[
                ('reply', models.CharField(blank=True, choices=[('', 'No answer yet'), ('coming', 'Coming'), ('apologies', 'Apologies')], default='', max_length=9)),
                ('attended', models.BooleanField(blank=True, null=True)),
                ('added_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=150)),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='email address')),
                ('role', models.CharField(blank=True, max_length=200, verbose_name='what they are there for')),
                ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='meetings', to='schools.agency')),
                ('contact', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='schools.agencycontact')),
                ('meeting', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='agencies', to='panels.meeting')),
            ],
            options={
                'verbose_name_plural': 'meeting agencies',
                'ordering': ['agency__name', 'name'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('contact__isnull', False)), fields=('meeting', 'agency', 'contact'), name='meeting_agency_contact_once')],
                'triggers': [pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "panels_meetingagencyevent" ("added_at", "agency_id", "attended", "contact_id", "id", "meeting_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reply") VALUES (NEW."added_at", NEW."agency_id", NEW."attended", NEW."contact_id", NEW."id", NEW."meeting_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."reply"); RETURN NULL;', hash='742ea4f399b63c05f6dd354743b898b89f06c32d', operation='INSERT', pgid='pgtrigger_insert_insert_57ce7', table='panels_meetingagency', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."added_at" IS DISTINCT FROM (NEW."added_at") OR OLD."agency_id" IS DISTINCT FROM (NEW."agency_id") OR OLD."attended" IS DISTINCT FROM (NEW."attended") OR OLD."contact_id" IS DISTINCT FROM (NEW."contact_id") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."meeting_id" IS DISTINCT FROM (NEW."meeting_id") OR OLD."reply" IS DISTINCT FROM (NEW."reply"))', func='INSERT INTO "panels_meetingagencyevent" ("added_at", "agency_id", "attended", "contact_id", "id", "meeting_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reply") VALUES (NEW."added_at", NEW."agency_id", NEW."attended", NEW."contact_id", NEW."id", NEW."meeting_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."reply"); RETURN NULL;', hash='a55029ce9b083b6c9e2db988c71736f3382a92a1', operation='UPDATE', pgid='pgtrigger_update_update_d614e', table='panels_meetingagency', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "panels_meetingagencyevent" ("added_at", "agency_id", "attended", "contact_id", "id", "meeting_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reply") VALUES (OLD."added_at", OLD."agency_id", OLD."attended", OLD."contact_id", OLD."id", OLD."meeting_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."reply"); RETURN NULL;', hash='7a7bfe19311d0e991d70cf4288ee1fed09e0974d', operation='DELETE', pgid='pgtrigger_delete_delete_a336c', table='panels_meetingagency', when='AFTER'))],
            },
        ),
        migrations.CreateModel(
            name='MeetingAgencyEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('reply', models.CharField(blank=True, choices=[('', 'No answer yet'), ('coming', 'Coming'), ('apologies', 'Apologies')], default='', max_length=9)),
                ('attended', models.BooleanField(blank=True, null=True)),
                ('added_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, serialize=False)),
                ('agency', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='schools.agency')),
                ('contact', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='schools.agencycontact')),
                ('meeting', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='panels.meeting')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='panels.meetingagency')),
            ],
            options={
                'abstract': False,
                'triggers': [pgtrigger.compiler.Trigger(name='no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'append-only: % takes inserts only', TG_TABLE_NAME;", hash='0aba95cf48d9f15ebfc2f4508fb822cae057353e', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_no_truncate_904f0', table='panels_meetingagencyevent', when='BEFORE')), pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='a0d0077906631c3c4ae5ef8bc5d735fbfdae7532', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_e7890', table='panels_meetingagencyevent', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='MeetingGrant',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source_type', models.CharField(max_length=30)),
                ('source_id', models.UUIDField()),
                ('starts_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('ends_at', models.DateTimeField(blank=True, null=True)),
                ('content_object', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='grants', to='panels.meeting')),
                ('permission', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='auth.permission')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'abstract': False,
                'indexes': [models.Index(fields=['source_type', 'source_id'], name='meetinggrant_source'), models.Index(fields=['user', 'content_object'], name='meetinggrant_user')],
                'constraints': [models.UniqueConstraint(fields=('user', 'permission', 'content_object', 'source_type', 'source_id'), name='meetinggrant_once_per_source'), models.CheckConstraint(condition=models.Q(('ends_at__isnull', True), ('ends_at__gte', models.F('starts_at')), _connector='OR'), name='meetinggrant_ends_after_start')],
            },
        ),
        migrations.CreateModel(
            name='MeetingPerson',
            fields=[
                ('reply', models.CharField(blank=True, choices=[('', 'No answer yet'), ('coming', 'Coming'), ('apologies', 'Apologies')], default='', max_length=9)),
                ('attended', models.BooleanField(blank=True, null=True)),
                ('added_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=150)),
                ('removed_at', models.DateTimeField(blank=True, null=True)),
                ('assigned_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('contact', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='schools.schoolcontact')),
                ('meeting', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='people', to='panels.meeting')),
                ('school', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='schools.school')),
                ('user', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name_plural': 'meeting people',
                'ordering': ['school__name', 'name'],
                'indexes': [models.Index(fields=['user', 'meeting'], name='meeting_person_user')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('removed_at__isnull', True), ('user__isnull', False)), fields=('meeting', 'user', 'school'), name='meeting_user_once', nulls_distinct=False), models.UniqueConstraint(condition=models.Q(('contact__isnull', False), ('removed_at__isnull', True)), fields=('meeting', 'contact'), name='meeting_contact_once'), models.CheckConstraint(condition=models.Q(models.Q(('contact__isnull', True), ('school__isnull', True), ('user__isnull', False)), models.Q(('contact__isnull', False), ('school__isnull', False)), _connector='OR'), name='meeting_person_of_council_or_school')],
                'triggers': [pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "panels_meetingpersonevent" ("added_at", "assigned_by_id", "attended", "contact_id", "id", "meeting_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "removed_at", "reply", "school_id", "user_id") VALUES (NEW."added_at", NEW."assigned_by_id", NEW."attended", NEW."contact_id", NEW."id", NEW."meeting_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."removed_at", NEW."reply", NEW."school_id", NEW."user_id"); RETURN NULL;', hash='ae407fa86ffc9f6c7bfbf3263e1243e0162db524', operation='INSERT', pgid='pgtrigger_insert_insert_0d25d', table='panels_meetingperson', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."added_at" IS DISTINCT FROM (NEW."added_at") OR OLD."assigned_by_id" IS DISTINCT FROM (NEW."assigned_by_id") OR OLD."attended" IS DISTINCT FROM (NEW."attended") OR OLD."contact_id" IS DISTINCT FROM (NEW."contact_id") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."meeting_id" IS DISTINCT FROM (NEW."meeting_id") OR OLD."removed_at" IS DISTINCT FROM (NEW."removed_at") OR OLD."reply" IS DISTINCT FROM (NEW."reply") OR OLD."school_id" IS DISTINCT FROM (NEW."school_id") OR OLD."user_id" IS DISTINCT FROM (NEW."user_id"))', func='INSERT INTO "panels_meetingpersonevent" ("added_at", "assigned_by_id", "attended", "contact_id", "id", "meeting_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "removed_at", "reply", "school_id", "user_id") VALUES (NEW."added_at", NEW."assigned_by_id", NEW."attended", NEW."contact_id", NEW."id", NEW."meeting_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."removed_at", NEW."reply", NEW."school_id", NEW."user_id"); RETURN NULL;', hash='35bd2511005a167e78b2aab6a3395ce0ea14e59c', operation='UPDATE', pgid='pgtrigger_update_update_b9aab', table='panels_meetingperson', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "panels_meetingpersonevent" ("added_at", "assigned_by_id", "attended", "contact_id", "id", "meeting_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "removed_at", "reply", "school_id", "user_id") VALUES (OLD."added_at", OLD."assigned_by_id", OLD."attended", OLD."contact_id", OLD."id", OLD."meeting_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."removed_at", OLD."reply", OLD."school_id", OLD."user_id"); RETURN NULL;', hash='577c0c75c132a760f24c20345c43460c225fd5ce', operation='DELETE', pgid='pgtrigger_delete_delete_9dd9f', table='panels_meetingperson', when='AFTER'))],
            },
        ),
        migrations.CreateModel(
            name='MeetingPersonEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('reply', models.CharField(blank=True, choices=[('', 'No answer yet'), ('coming', 'Coming'), ('apologies', 'Apologies')], default='', max_length=9)),
                ('attended', models.BooleanField(blank=True, null=True)),
                ('added_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, serialize=False)),
                ('removed_at', models.DateTimeField(blank=True, null=True)),
                ('assigned_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('contact', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='schools.schoolcontact')),
                ('meeting', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='panels.meeting')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='panels.meetingperson')),
                ('school', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='schools.school')),
                ('user', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'abstract': False,
                'triggers': [pgtrigger.compiler.Trigger(name='no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'append-only: % takes inserts only', TG_TABLE_NAME;", hash='b6067e68b58653e3a78b0797d65fa52073ca3be9', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_no_truncate_11c27', table='panels_meetingpersonevent', when='BEFORE')), pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='ffaaa0dbd0fd2d97bf1616cea1f924ebead74248', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_8385c', table='panels_meetingpersonevent', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='PanelRecord',
            fields=[
                ('meeting_pupil', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='panel_record', serialize=False, to='panels.meetingpupil')),
                ('category', models.CharField(choices=[('social_care', 'Child in need or on a child protection plan, now or in the year'), ('refuge', 'Living in a refuge or other emergency accommodation'), ('justice', 'From the criminal justice system'), ('alternative', 'In alternative provision, or permanently excluded'), ('needs', 'Special educational needs without a plan, disability or a medical condition'), ('carer', 'Carer'), ('homeless', 'Homeless'), ('kinship', 'In formal kinship care'), ('traveller', 'Gypsy, Roma, Traveller, refugee or asylum seeker'), ('refused', 'Refused a place for challenging behaviour'), ('exceptional', 'Exceptional circumstances'), ('out_of_school', 'Out of education for four weeks or more'), ('looked_after', 'Previously looked after')], max_length=13)),
                ('agreed_on', models.DateField(blank=True, null=True, verbose_name='agreed under the protocol on')),
                ('placed_on', models.DateField(blank=True, null=True, verbose_name='first day at the school')),
                ('decision', models.CharField(blank=True, max_length=500, verbose_name='what was decided')),
                ('placed_at', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='schools.school', verbose_name='school named')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('placed_on__isnull', True), ('placed_at__isnull', False), _connector='OR'), name='panel_record_placed_somewhere')],
                'triggers': [pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "panels_panelrecordevent" ("agreed_on", "category", "meeting_pupil_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "placed_at_id", "placed_on") VALUES (NEW."agreed_on", NEW."category", NEW."meeting_pupil_id", _pgh_attach_context(), NOW(), \'insert\', NEW."meeting_pupil_id", NEW."placed_at_id", NEW."placed_on"); RETURN NULL;', hash='850fb883b8942a0fb75d51870e22310c88c33134', operation='INSERT', pgid='pgtrigger_insert_insert_f420d', table='panels_panelrecord', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."agreed_on" IS DISTINCT FROM (NEW."agreed_on") OR OLD."category" IS DISTINCT FROM (NEW."category") OR OLD."meeting_pupil_id" IS DISTINCT FROM (NEW."meeting_pupil_id") OR OLD."placed_at_id" IS DISTINCT FROM (NEW."placed_at_id") OR OLD."placed_on" IS DISTINCT FROM (NEW."placed_on"))', func='INSERT INTO "panels_panelrecordevent" ("agreed_on", "category", "meeting_pupil_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "placed_at_id", "placed_on") VALUES (NEW."agreed_on", NEW."category", NEW."meeting_pupil_id", _pgh_attach_context(), NOW(), \'update\', NEW."meeting_pupil_id", NEW."placed_at_id", NEW."placed_on"); RETURN NULL;', hash='bc8a7d2e8fbf5eda0180b5b5aa4eee80766d2004', operation='UPDATE', pgid='pgtrigger_update_update_c03b9', table='panels_panelrecord', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "panels_panelrecordevent" ("agreed_on", "category", "meeting_pupil_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "placed_at_id", "placed_on") VALUES (OLD."agreed_on", OLD."category", OLD."meeting_pupil_id", _pgh_attach_context(), NOW(), \'delete\', OLD."meeting_pupil_id", OLD."placed_at_id", OLD."placed_on"); RETURN NULL;', hash='23e3219098baa470706581f94e19fbbc31a02452', operation='DELETE', pgid='pgtrigger_delete_delete_66ec6', table='panels_panelrecord', when='AFTER'))],
            },
        ),
        migrations.AddField(
            model_name='meetingpupil',
            name='meeting',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='pupils', to='panels.meeting'),
        ),
        migrations.AddField(
            model_name='meetingpupil',
            name='pupil',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='meetings', to='schools.pupil'),
        ),
        migrations.AddField(
            model_name='meetingpupil',
            name='school',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='schools.school'),
        ),
        migrations.AddField(
            model_name='meetingpupil',
            name='shared_with',
            field=models.ManyToManyField(blank=True, related_name='+', to='schools.agency'),
        ),
        migrations.CreateModel(
            name='MeetingPupilEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, serialize=False)),
                ('basis', models.CharField(choices=[('agreed', 'The family has agreed'), ('public_task', 'Public task: it is needed to help the child, without agreement'), ('safeguarding', 'To keep the child safe: asking would put somebody at risk')], max_length=12, verbose_name='what allows it')),
                ('added_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('added_by', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('meeting', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='panels.meeting')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='panels.meetingpupil')),
                ('pupil', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='schools.pupil')),
                ('school', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='schools.school')),
            ],
            options={
                'abstract': False,
                'triggers': [pgtrigger.compiler.Trigger(name='no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'append-only: % takes inserts only', TG_TABLE_NAME;", hash='d793e494b05eda5a28d3d88f4a16b206a439d67a', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_no_truncate_edf58', table='panels_meetingpupilevent', when='BEFORE')), pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='49425363394099a12859b241ef5de9609bb92d72', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_5527d', table='panels_meetingpupilevent', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='MeetingSchool',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('hub', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='schools.hub')),
                ('meeting', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='schools', to='panels.meeting')),
                ('school', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='meetings', to='schools.school')),
            ],
            options={
                'ordering': ['school__name'],
                'indexes': [models.Index(fields=['hub', 'meeting'], name='meeting_school_of_hub'), models.Index(fields=['school', 'meeting'], name='meeting_school_of_school')],
                'constraints': [models.UniqueConstraint(fields=('meeting', 'school'), name='meeting_school_once')],
                'triggers': [pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "panels_meetingschoolevent" ("id", "meeting_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "school_id") VALUES (NEW."id", NEW."meeting_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."school_id"); RETURN NULL;', hash='ebc75c3f01bd5113ce0a3aeacb85e05f64e338a0', operation='INSERT', pgid='pgtrigger_insert_insert_21879', table='panels_meetingschool', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."meeting_id" IS DISTINCT FROM (NEW."meeting_id") OR OLD."school_id" IS DISTINCT FROM (NEW."school_id"))', func='INSERT INTO "panels_meetingschoolevent" ("id", "meeting_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "school_id") VALUES (NEW."id", NEW."meeting_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."school_id"); RETURN NULL;', hash='f921b1b7fa1f30caf1c5163fafb29aec0ed70be0', operation='UPDATE', pgid='pgtrigger_update_update_dda47', table='panels_meetingschool', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "panels_meetingschoolevent" ("id", "meeting_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "school_id") VALUES (OLD."id", OLD."meeting_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."school_id"); RETURN NULL;', hash='a9d1a5a79d3d71bc2cf15711b045553c8a6f4daf', operation='DELETE', pgid='pgtrigger_delete_delete_5a229', table='panels_meetingschool', when='AFTER'))],
            },
        ),
        migrations.CreateModel(
            name='MeetingSchoolEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, serialize=False)),
                ('meeting', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='panels.meeting')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='panels.meetingschool')),
                ('school', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='schools.school')),
            ],
            options={
                'abstract': False,
                'triggers': [pgtrigger.compiler.Trigger(name='no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'append-only: % takes inserts only', TG_TABLE_NAME;", hash='8efffa5c98ff654d67659f94c9807e66ca0a041e', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_no_truncate_ecf51', table='panels_meetingschoolevent', when='BEFORE')), pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='2048cff042faa4a50bd21c533ca1518106037ba4', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_cc8a4', table='panels_meetingschoolevent', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='MeetingSeries',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('caso', 'CASO meeting'), ('panel', 'Pupil Placement Panel'), ('forum', 'Behaviour Forum or Pastoral Network'), ('family', 'Team around the family'), ('professionals', 'Professionals’ meeting'), ('disciplines', 'Multi-disciplinary meeting'), ('exclusion', 'Meeting on risk of permanent exclusion or return after suspension'), ('wellbeing', 'School health and wellbeing meeting'), ('supervision', 'School’s monitoring and supervision meeting'), ('targeting', 'Targeting support meeting'), ('local', 'Other local panel')], default='panel', max_length=13)),
                ('title', models.CharField(max_length=150, verbose_name='what it is called')),
                ('every_weeks', models.PositiveSmallIntegerField(default=4, verbose_name='every so many school weeks')),
                ('first_on', models.DateField(verbose_name='first date')),
                ('at', models.TimeField(verbose_name='time')),
                ('minutes', models.PositiveSmallIntegerField(default=120)),
                ('place', models.CharField(blank=True, max_length=200)),
                ('online_url', models.URLField(blank=True, verbose_name='link to join online')),
                ('made_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('hub', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='schools.hub')),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('panel_area', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='schools.panelarea')),
            ],
            options={
                'verbose_name_plural': 'meeting series',
                'ordering': ['title', 'first_on'],
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['panel', 'forum', 'local'])), name='series_is_of_a_panel'), models.CheckConstraint(condition=models.Q(models.Q(('kind', 'panel'), ('panel_area__isnull', False)), models.Q(models.Q(('kind', 'panel'), _negated=True), ('panel_area__isnull', True)), _connector='OR'), name='series_of_a_panel_has_an_area'), models.CheckConstraint(condition=models.Q(('every_weeks__gte', 1), ('every_weeks__lte', 13)), name='series_comes_again')],
                'triggers': [pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "panels_meetingseriesevent" ("at", "ended_at", "every_weeks", "first_on", "hub_id", "id", "kind", "made_at", "made_by_id", "minutes", "online_url", "panel_area_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."at", NEW."ended_at", NEW."every_weeks", NEW."first_on", NEW."hub_id", NEW."id", NEW."kind", NEW."made_at", NEW."made_by_id", NEW."minutes", NEW."online_url", NEW."panel_area_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id"); RETURN NULL;', hash='41fb6ec4537149214bc05cc159bc584796616078', operation='INSERT', pgid='pgtrigger_insert_insert_ae07f', table='panels_meetingseries', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."at" IS DISTINCT FROM (NEW."at") OR OLD."ended_at" IS DISTINCT FROM (NEW."ended_at") OR OLD."every_weeks" IS DISTINCT FROM (NEW."every_weeks") OR OLD."first_on" IS DISTINCT FROM (NEW."first_on") OR OLD."hub_id" IS DISTINCT FROM (NEW."hub_id") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."made_at" IS DISTINCT FROM (NEW."made_at") OR OLD."made_by_id" IS DISTINCT FROM (NEW."made_by_id") OR OLD."minutes" IS DISTINCT FROM (NEW."minutes") OR OLD."online_url" IS DISTINCT FROM (NEW."online_url") OR OLD."panel_area_id" IS DISTINCT FROM (NEW."panel_area_id"))', func='INSERT INTO "panels_meetingseriesevent" ("at", "ended_at", "every_weeks", "first_on", "hub_id", "id", "kind", "made_at", "made_by_id", "minutes", "online_url", "panel_area_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."at", NEW."ended_at", NEW."every_weeks", NEW."first_on", NEW."hub_id", NEW."id", NEW."kind", NEW."made_at", NEW."made_by_id", NEW."minutes", NEW."online_url", NEW."panel_area_id", _pgh_attach_context(), NOW(), \'update\', NEW."id"); RETURN NULL;', hash='cbbe310fd021a98a23db5be4b79a4d901e4da925', operation='UPDATE', pgid='pgtrigger_update_update_c8b1a', table='panels_meetingseries', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "panels_meetingseriesevent" ("at", "ended_at", "every_weeks", "first_on", "hub_id", "id", "kind", "made_at", "made_by_id", "minutes", "online_url", "panel_area_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."at", OLD."ended_at", OLD."every_weeks", OLD."first_on", OLD."hub_id", OLD."id", OLD."kind", OLD."made_at", OLD."made_by_id", OLD."minutes", OLD."online_url", OLD."panel_area_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id"); RETURN NULL;', hash='ed24339cfaf9822b22053176a2677a8aa1883b8b', operation='DELETE', pgid='pgtrigger_delete_delete_52da4', table='panels_meetingseries', when='AFTER'))],
            },
        ),
        migrations.CreateModel(
            name='MeetingEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, serialize=False)),
                ('kind', models.CharField(choices=[('caso', 'CASO meeting'), ('panel', 'Pupil Placement Panel'), ('forum', 'Behaviour Forum or Pastoral Network'), ('family', 'Team around the family'), ('professionals', 'Professionals’ meeting'), ('disciplines', 'Multi-disciplinary meeting'), ('exclusion', 'Meeting on risk of permanent exclusion or return after suspension'), ('wellbeing', 'School health and wellbeing meeting'), ('supervision', 'School’s monitoring and supervision meeting'), ('targeting', 'Targeting support meeting'), ('local', 'Other local panel')], max_length=13)),
                ('state', models.CharField(choices=[('asked', 'Being prepared'), ('called', 'Called'), ('held', 'Held'), ('finalised', 'Minutes final'), ('cancelled', 'Cancelled')], default='asked', max_length=9)),
                ('areas', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('attendance', 'Attendance'), ('health', 'Physical health, mental health and emotional wellbeing'), ('neglect', 'Neglect'), ('transition', 'Transition'), ('targeted', 'Targeted intervention and support'), ('send', 'SEND'), ('emerging', 'New or emerging issue')], max_length=10), blank=True, default=list, size=None)),
                ('is_school_led', models.BooleanField(default=False, verbose_name='led by the school or its partnership')),
                ('our_part', models.CharField(choices=[('chair', 'We chair it'), ('support', 'We take part')], default='chair', max_length=7, verbose_name='our part')),
                ('planned_on', models.DateField(blank=True, null=True)),
                ('starts_at', models.DateTimeField(blank=True, null=True)),
                ('minutes', models.PositiveSmallIntegerField(default=60, verbose_name='how long, in minutes')),
                ('online_url', models.URLField(blank=True, verbose_name='link to join online')),
                ('sequence', models.PositiveIntegerField(default=0)),
                ('sent_at', models.DateTimeField(blank=True, null=True)),
                ('made_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('called_at', models.DateTimeField(blank=True, null=True)),
                ('held_at', models.DateTimeField(blank=True, null=True, verbose_name='marked as held')),
                ('family_present', models.BooleanField(blank=True, null=True)),
                ('cancelled_at', models.DateTimeField(blank=True, null=True)),
                ('chair', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('held_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('minuted_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('organiser', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('panel_area', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='schools.panelarea')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='panels.meeting')),
                ('previous', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='panels.meeting')),
                ('request', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='referrals.supportrequest')),
                ('series', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='panels.meetingseries')),
            ],
            options={
                'abstract': False,
                'triggers': [pgtrigger.compiler.Trigger(name='no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'append-only: % takes inserts only', TG_TABLE_NAME;", hash='e3da087d0bf7139fa4972eccf48e863af41bd8a7', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_no_truncate_8a43a', table='panels_meetingevent', when='BEFORE')), pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='a6f2d140362ce58dd0fccc4be7877ff1b2282c65', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_e1f68', table='panels_meetingevent', when='BEFORE'))],
            },
        ),
        migrations.AddField(
            model_name='meeting',
            name='series',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='meetings', to='panels.meetingseries'),
        ),
        migrations.CreateModel(
            name='MeetingSeriesEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, serialize=False)),
                ('kind', models.CharField(choices=[('caso', 'CASO meeting'), ('panel', 'Pupil Placement Panel'), ('forum', 'Behaviour Forum or Pastoral Network'), ('family', 'Team around the family'), ('professionals', 'Professionals’ meeting'), ('disciplines', 'Multi-disciplinary meeting'), ('exclusion', 'Meeting on risk of permanent exclusion or return after suspension'), ('wellbeing', 'School health and wellbeing meeting'), ('supervision', 'School’s monitoring and supervision meeting'), ('targeting', 'Targeting support meeting'), ('local', 'Other local panel')], default='panel', max_length=13)),
                ('every_weeks', models.PositiveSmallIntegerField(default=4, verbose_name='every so many school weeks')),
                ('first_on', models.DateField(verbose_name='first date')),
                ('at', models.TimeField(verbose_name='time')),
                ('minutes', models.PositiveSmallIntegerField(default=120)),
                ('online_url', models.URLField(blank=True, verbose_name='link to join online')),
                ('made_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('hub', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='schools.hub')),
                ('made_by', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('panel_area', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='schools.panelarea')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='panels.meetingseries')),
            ],
            options={
                'abstract': False,
                'triggers': [pgtrigger.compiler.Trigger(name='no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'append-only: % takes inserts only', TG_TABLE_NAME;", hash='6cd0366d8f3954ab3e9f2734bbadd985d8d656f2', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_no_truncate_18e8c', table='panels_meetingseriesevent', when='BEFORE')), pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='0e7eeff26db233aa812a62e370d1766e959e1d1e', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_4fcc2', table='panels_meetingseriesevent', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='PanelRecordEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('category', models.CharField(choices=[('social_care', 'Child in need or on a child protection plan, now or in the year'), ('refuge', 'Living in a refuge or other emergency accommodation'), ('justice', 'From the criminal justice system'), ('alternative', 'In alternative provision, or permanently excluded'), ('needs', 'Special educational needs without a plan, disability or a medical condition'), ('carer', 'Carer'), ('homeless', 'Homeless'), ('kinship', 'In formal kinship care'), ('traveller', 'Gypsy, Roma, Traveller, refugee or asylum seeker'), ('refused', 'Refused a place for challenging behaviour'), ('exceptional', 'Exceptional circumstances'), ('out_of_school', 'Out of education for four weeks or more'), ('looked_after', 'Previously looked after')], max_length=13)),
                ('agreed_on', models.DateField(blank=True, null=True, verbose_name='agreed under the protocol on')),
                ('placed_on', models.DateField(blank=True, null=True, verbose_name='first day at the school')),
                ('meeting_pupil', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', serialize=False, to='panels.meetingpupil')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('placed_at', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='schools.school', verbose_name='school named')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='panels.panelrecord')),
            ],
            options={
                'abstract': False,
                'triggers': [pgtrigger.compiler.Trigger(name='no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'append-only: % takes inserts only', TG_TABLE_NAME;", hash='aaf454558014dcfe7d874b6d853ca2100fd54a59', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_no_truncate_22a4e', table='panels_panelrecordevent', when='BEFORE')), pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='717d70ba2239ff7643bc000175a94799a182cf18', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_325c4', table='panels_panelrecordevent', when='BEFORE'))],
            },
        ),
        migrations.AddIndex(
            model_name='meetingpupil',
            index=models.Index(fields=['pupil'], name='meeting_of_pupil'),
        ),
        migrations.AddConstraint(
            model_name='meetingpupil',
            constraint=models.UniqueConstraint(fields=('meeting', 'pupil'), name='meeting_pupil_once'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='meetingpupil',
            trigger=pgtrigger.compiler.Trigger(name='none_at_a_forum', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF EXISTS (\n                        SELECT 1 FROM panels_meeting m\n                        WHERE m.id = NEW.meeting_id AND m.kind = 'forum'\n                    ) THEN\n                        RAISE EXCEPTION 'rule 001-95: a forum takes no child'\n                        USING ERRCODE = 'check_violation';\n                    END IF;\n                    RETURN NEW;\n                ", hash='9b37f2235d3db8ea1c96ec4e1f2d781bf6fd4a14', operation='INSERT OR UPDATE', pgid='pgtrigger_none_at_a_forum_fa4ea', table='panels_meetingpupil', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='meetingpupil',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "panels_meetingpupilevent" ("added_at", "added_by_id", "basis", "id", "meeting_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pupil_id", "school_id") VALUES (NEW."added_at", NEW."added_by_id", NEW."basis", NEW."id", NEW."meeting_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."pupil_id", NEW."school_id"); RETURN NULL;', hash='5f4ae686f759e2303be5fc1f6966895e4cb2ff4b', operation='INSERT', pgid='pgtrigger_insert_insert_44f67', table='panels_meetingpupil', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='meetingpupil',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."added_at" IS DISTINCT FROM (NEW."added_at") OR OLD."added_by_id" IS DISTINCT FROM (NEW."added_by_id") OR OLD."basis" IS DISTINCT FROM (NEW."basis") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."meeting_id" IS DISTINCT FROM (NEW."meeting_id") OR OLD."pupil_id" IS DISTINCT FROM (NEW."pupil_id") OR OLD."school_id" IS DISTINCT FROM (NEW."school_id"))', func='INSERT INTO "panels_meetingpupilevent" ("added_at", "added_by_id", "basis", "id", "meeting_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pupil_id", "school_id") VALUES (NEW."added_at", NEW."added_by_id", NEW."basis", NEW."id", NEW."meeting_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."pupil_id", NEW."school_id"); RETURN NULL;', hash='557cb5f0518e3ade6dce800558b30480087d7335', operation='UPDATE', pgid='pgtrigger_update_update_f413a', table='panels_meetingpupil', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='meetingpupil',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "panels_meetingpupilevent" ("added_at", "added_by_id", "basis", "id", "meeting_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pupil_id", "school_id") VALUES (OLD."added_at", OLD."added_by_id", OLD."basis", OLD."id", OLD."meeting_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."pupil_id", OLD."school_id"); RETURN NULL;', hash='83eed79ab917586f4deee7c38ad0400745ed2de6', operation='DELETE', pgid='pgtrigger_delete_delete_58a8f', table='panels_meetingpupil', when='AFTER')),
        ),
        migrations.AddIndex(
            model_name='meeting',
            index=models.Index(condition=models.Q(('hub__isnull', False)), fields=['hub', '-starts_at'], name='meeting_of_hub'),
        ),
        migrations.AddIndex(
            model_name='meeting',
            index=models.Index(fields=['organiser', '-starts_at'], name='meeting_of_organiser'),
        ),
        migrations.AddIndex(
            model_name='meeting',
            index=models.Index(fields=['-starts_at', 'id'], name='meeting_by_date'),
        ),
        migrations.AddConstraint(
            model_name='meeting',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['asked', 'cancelled']), ('starts_at__isnull', False), _connector='OR'), name='meeting_called_for_a_date'),
        ),
        migrations.AddConstraint(
            model_name='meeting',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('cancelled_at__isnull', False), ('state', 'cancelled')), models.Q(models.Q(('state', 'cancelled'), _negated=True), ('cancelled_at__isnull', True)), _connector='OR'), name='meeting_cancelled_at'),
        ),
        migrations.AddConstraint(
            model_name='meeting',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('held_at__isnull', False), ('state__in', ['held', 'finalised']), ('held_by__isnull', False)), models.Q(models.Q(('state__in', ['held', 'finalised']), _negated=True), ('held_at__isnull', True), ('held_by__isnull', True)), _connector='OR'), name='meeting_held_by_somebody'),
        ),
        migrations.AddConstraint(
            model_name='meeting',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('hub__isnull', False), ('kind', 'panel'), ('panel_area__isnull', False)), models.Q(models.Q(('kind', 'panel'), _negated=True), ('panel_area__isnull', True)), _connector='OR'), name='meeting_of_a_panel_has_an_area'),
        ),
        migrations.AddConstraint(
            model_name='meeting',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'forum'), _negated=True), ('is_school_led', True), _connector='OR'), name='meeting_forum_school_led'),
        ),
        migrations.AddConstraint(
            model_name='meeting',
            constraint=models.CheckConstraint(condition=models.Q(('chair__isnull', True), ('chair_name', ''), _connector='OR'), name='meeting_has_one_chair'),
        ),
        migrations.AddConstraint(
            model_name='meeting',
            constraint=models.CheckConstraint(condition=models.Q(('minutes__gte', 10), ('minutes__lte', 480)), name='meeting_lasts_some_time'),
        ),
        migrations.AddConstraint(
            model_name='meeting',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'cancelled'), _negated=True), fields=('request',), name='meeting_once_for_a_request'),
        ),
        migrations.AddConstraint(
            model_name='meeting',
            constraint=models.UniqueConstraint(fields=('series', 'planned_on'), name='meeting_once_a_date_of_its_series'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='meeting',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "panels_meetingevent" ("areas", "called_at", "cancelled_at", "chair_id", "family_present", "held_at", "held_by_id", "id", "is_school_led", "kind", "made_at", "minuted_by_id", "minutes", "online_url", "organiser_id", "our_part", "panel_area_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "planned_on", "previous_id", "request_id", "sent_at", "sequence", "series_id", "starts_at", "state") VALUES (NEW."areas", NEW."called_at", NEW."cancelled_at", NEW."chair_id", NEW."family_present", NEW."held_at", NEW."held_by_id", NEW."id", NEW."is_school_led", NEW."kind", NEW."made_at", NEW."minuted_by_id", NEW."minutes", NEW."online_url", NEW."organiser_id", NEW."our_part", NEW."panel_area_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."planned_on", NEW."previous_id", NEW."request_id", NEW."sent_at", NEW."sequence", NEW."series_id", NEW."starts_at", NEW."state"); RETURN NULL;', hash='c2a1bd7757730b7fde04519cc99398f233792f74', operation='INSERT', pgid='pgtrigger_insert_insert_8d3af', table='panels_meeting', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='meeting',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."areas" IS DISTINCT FROM (NEW."areas") OR OLD."called_at" IS DISTINCT FROM (NEW."called_at") OR OLD."cancelled_at" IS DISTINCT FROM (NEW."cancelled_at") OR OLD."chair_id" IS DISTINCT FROM (NEW."chair_id") OR OLD."family_present" IS DISTINCT FROM (NEW."family_present") OR OLD."held_at" IS DISTINCT FROM (NEW."held_at") OR OLD."held_by_id" IS DISTINCT FROM (NEW."held_by_id") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."is_school_led" IS DISTINCT FROM (NEW."is_school_led") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."made_at" IS DISTINCT FROM (NEW."made_at") OR OLD."minuted_by_id" IS DISTINCT FROM (NEW."minuted_by_id") OR OLD."minutes" IS DISTINCT FROM (NEW."minutes") OR OLD."online_url" IS DISTINCT FROM (NEW."online_url") OR OLD."organiser_id" IS DISTINCT FROM (NEW."organiser_id") OR OLD."our_part" IS DISTINCT FROM (NEW."our_part") OR OLD."panel_area_id" IS DISTINCT FROM (NEW."panel_area_id") OR OLD."planned_on" IS DISTINCT FROM (NEW."planned_on") OR OLD."previous_id" IS DISTINCT FROM (NEW."previous_id") OR OLD."request_id" IS DISTINCT FROM (NEW."request_id") OR OLD."sent_at" IS DISTINCT FROM (NEW."sent_at") OR OLD."sequence" IS DISTINCT FROM (NEW."sequence") OR OLD."series_id" IS DISTINCT FROM (NEW."series_id") OR OLD."starts_at" IS DISTINCT FROM (NEW."starts_at") OR OLD."state" IS DISTINCT FROM (NEW."state"))', func='INSERT INTO "panels_meetingevent" ("areas", "called_at", "cancelled_at", "chair_id", "family_present", "held_at", "held_by_id", "id", "is_school_led", "kind", "made_at", "minuted_by_id", "minutes", "online_url", "organiser_id", "our_part", "panel_area_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "planned_on", "previous_id", "request_id", "sent_at", "sequence", "series_id", "starts_at", "state") VALUES (NEW."areas", NEW."called_at", NEW."cancelled_at", NEW."chair_id", NEW."family_present", NEW."held_at", NEW."held_by_id", NEW."id", NEW."is_school_led", NEW."kind", NEW."made_at", NEW."minuted_by_id", NEW."minutes", NEW."online_url", NEW."organiser_id", NEW."our_part", NEW."panel_area_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."planned_on", NEW."previous_id", NEW."request_id", NEW."sent_at", NEW."sequence", NEW."series_id", NEW."starts_at", NEW."state"); RETURN NULL;', hash='050060866a3af21cfa0cb3a7300c16062460a9f5', operation='UPDATE', pgid='pgtrigger_update_update_c6610', table='panels_meeting', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='meeting',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "panels_meetingevent" ("areas", "called_at", "cancelled_at", "chair_id", "family_present", "held_at", "held_by_id", "id", "is_school_led", "kind", "made_at", "minuted_by_id", "minutes", "online_url", "organiser_id", "our_part", "panel_area_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "planned_on", "previous_id", "request_id", "sent_at", "sequence", "series_id", "starts_at", "state") VALUES (OLD."areas", OLD."called_at", OLD."cancelled_at", OLD."chair_id", OLD."family_present", OLD."held_at", OLD."held_by_id", OLD."id", OLD."is_school_led", OLD."kind", OLD."made_at", OLD."minuted_by_id", OLD."minutes", OLD."online_url", OLD."organiser_id", OLD."our_part", OLD."panel_area_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."planned_on", OLD."previous_id", OLD."request_id", OLD."sent_at", OLD."sequence", OLD."series_id", OLD."starts_at", OLD."state"); RETURN NULL;', hash='d1f37d6198c1db03a0d2efc16ab4a48d13e24cf6', operation='DELETE', pgid='pgtrigger_delete_delete_f9556', table='panels_meeting', when='AFTER')),
        ),
        # The copied hub is the school's hub: a composite key that a change of hub cascades through.
        migrations.RunSQL(
            "ALTER TABLE panels_meetingschool ADD CONSTRAINT panels_meetingschool_hub_of_school"
            " FOREIGN KEY (school_id, hub_id) REFERENCES schools_school (id, hub_id)"
            " ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED",
            "ALTER TABLE panels_meetingschool DROP CONSTRAINT panels_meetingschool_hub_of_school",
        ),
        # A child that has a school is of one of the meeting's schools.
        migrations.RunSQL(
            "ALTER TABLE panels_meetingpupil ADD CONSTRAINT panels_meetingpupil_school_of_meeting"
            " FOREIGN KEY (meeting_id, school_id)"
            " REFERENCES panels_meetingschool (meeting_id, school_id)"
            " DEFERRABLE INITIALLY DEFERRED",
            "ALTER TABLE panels_meetingpupil DROP CONSTRAINT panels_meetingpupil_school_of_meeting",
        ),
    ]
