"""A school's own referral while it is prepared, and the continuum of need it is looked at with."""

import django.db.models.deletion
import django.utils.timezone
import pgtrigger.compiler
import uuid
from django.conf import settings
from django.db import migrations, models

# Rule 001-43, in plain words; a council puts its own in their place.
FEATURES = [
    "Several problems at once, which keep the family unsettled",
    "Patterns that have lasted for years, or over generations",
    "Something that affects the whole family",
    "Social care or the police were involved before",
    "Several agencies have to work together",
    "It could get worse: Level 4, or the family breaking down",
    "Adults out of work or short of money, or a young person who may be",
    "The child has not been at school regularly",
    "Parents or children involved in crime or anti-social behaviour",
    "Parents or children with a range of health problems",
    "Domestic abuse in the family",
]
LEVELS = [
    (1, "What every school, health visitor and GP offers is enough."),
    (2, "One or two services together can help early, with the family’s agreement."),
    (3, "Needs are several or lasting: one plan, one lead, several agencies."),
    (4, "A child may be in need or at risk of significant harm: children’s social care."),
]


def add_lines(apps, schema_editor):
    line = apps.get_model("referrals", "ContinuumLine")
    line.objects.bulk_create(
        [
            *(line(name=name, position=place) for place, name in enumerate(FEATURES)),
            *(line(name=text, level=level) for level, text in LEVELS),
        ]
    )


class Migration(migrations.Migration):

    dependencies = [
        ('consultations', '0009_other_sources'),
        ('pghistory', '0007_auto_20250421_0444'),
        ('referrals', '0002_requests'),
        ('schools', '0007_search_by_key'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ContinuumLine',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=300, unique=True, verbose_name='words')),
                ('level', models.PositiveSmallIntegerField(blank=True, choices=[(1, 'Level 1'), (2, 'Level 2'), (3, 'Level 3'), (4, 'Level 4')], null=True)),
                ('is_offered', models.BooleanField(default=True, verbose_name='offered')),
                ('position', models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                'ordering': ['level', 'position', 'name'],
                'triggers': [pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "referrals_continuumlineevent" ("id", "is_offered", "level", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position") VALUES (NEW."id", NEW."is_offered", NEW."level", NEW."name", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."position"); RETURN NULL;', hash='55f3617ffc4078da6f0655732ac7f62f51c9fa5f', operation='INSERT', pgid='pgtrigger_insert_insert_dfbfa', table='referrals_continuumline', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "referrals_continuumlineevent" ("id", "is_offered", "level", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position") VALUES (NEW."id", NEW."is_offered", NEW."level", NEW."name", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."position"); RETURN NULL;', hash='2cde40f87e9ad7455c3fe30b54bf41e199e4c840', operation='UPDATE', pgid='pgtrigger_update_update_dfa5f', table='referrals_continuumline', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "referrals_continuumlineevent" ("id", "is_offered", "level", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position") VALUES (OLD."id", OLD."is_offered", OLD."level", OLD."name", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."position"); RETURN NULL;', hash='81b13e1d7a0d6b2ee191cdbde9f9895654ffa094', operation='DELETE', pgid='pgtrigger_delete_delete_8eea7', table='referrals_continuumline', when='AFTER'))],
            },
        ),
        migrations.CreateModel(
            name='ContinuumLineEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, serialize=False)),
                ('name', models.CharField(max_length=300, verbose_name='words')),
                ('level', models.PositiveSmallIntegerField(blank=True, choices=[(1, 'Level 1'), (2, 'Level 2'), (3, 'Level 3'), (4, 'Level 4')], null=True)),
                ('is_offered', models.BooleanField(default=True, verbose_name='offered')),
                ('position', models.PositiveSmallIntegerField(default=0)),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='referrals.continuumline')),
            ],
            options={
                'abstract': False,
                'triggers': [pgtrigger.compiler.Trigger(name='no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'append-only: % takes inserts only', TG_TABLE_NAME;", hash='3b5914c4719ff9f869df03392fa5237d4f13a816', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_no_truncate_db332', table='referrals_continuumlineevent', when='BEFORE')), pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='c3e73860e5a7c14125d3afebf7bb9f5cbcefb817', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_5bb7c', table='referrals_continuumlineevent', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='ReferralSupport',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('initials', models.CharField(blank=True, max_length=10)),
                ('year_group', models.CharField(blank=True, max_length=30)),
                ('state', models.CharField(choices=[('preparing', 'Being prepared'), ('referred', 'Referred'), ('answered', 'Answered'), ('stopped', 'Will not refer')], default='preparing', max_length=9)),
                ('started_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('version', models.PositiveIntegerField(default=1)),
                ('worries', models.TextField(blank=True, verbose_name='what the school is worried about')),
                ('working_well', models.TextField(blank=True, verbose_name='what is working well')),
                ('tried', models.TextField(blank=True, verbose_name='what was tried, and what came of it')),
                ('childs_view', models.TextField(blank=True, verbose_name='what the child says')),
                ('hoped_for', models.TextField(blank=True, verbose_name='what the school hopes for')),
                ('direct_work', models.TextField(blank=True, verbose_name='direct work with the child or family')),
                ('home_visits', models.TextField(blank=True, verbose_name='home visits')),
                ('school_entries', models.TextField(blank=True, verbose_name='entries in the school’s own system')),
                ('level', models.PositiveSmallIntegerField(blank=True, choices=[(1, 'Level 1'), (2, 'Level 2'), (3, 'Level 3'), (4, 'Level 4')], null=True, verbose_name='level of need')),
                ('level_reason', models.TextField(blank=True, verbose_name='why this level')),
                ('agreement', models.CharField(blank=True, choices=[('agreed', 'The parents or carers agreed'), ('not_agreed', 'They were asked and did not agree'), ('not_sought', 'Not asked, for another reason'), ('risk', 'Not asked: it could put somebody at risk of harm')], max_length=10)),
                ('agreement_who', models.CharField(blank=True, max_length=150, verbose_name='who was asked')),
                ('agreement_why', models.CharField(blank=True, max_length=1000, verbose_name='why')),
                ('agreement_on', models.DateField(blank=True, null=True)),
                ('referred_on', models.DateField(blank=True, null=True)),
                ('reference', models.CharField(blank=True, max_length=100, verbose_name='reference')),
                ('outcome', models.CharField(blank=True, choices=[('accepted', 'Accepted'), ('not_accepted', 'Not accepted'), ('advice', 'Advice given'), ('other', 'Something else')], max_length=12)),
                ('outcome_words', models.TextField(blank=True, verbose_name='what came back')),
                ('outcome_on', models.DateField(blank=True, null=True)),
                ('stopped_why', models.CharField(blank=True, max_length=1000)),
                ('chronology', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='consultations.madechronology')),
                ('features', models.ManyToManyField(blank=True, related_name='+', to='referrals.continuumline')),
                ('hub', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='schools.hub')),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='schools.schoolcontact')),
                ('pupil', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='referral_support', to='schools.pupil')),
                ('school', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='referral_support', to='schools.school')),
                ('started_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'referral support',
                'verbose_name_plural': 'referral support',
                'ordering': ['-started_at'],
                'indexes': [models.Index(fields=['school', '-started_at'], name='referral_of_school'), models.Index(fields=['hub', '-started_at'], name='referral_of_hub')],
                'constraints': [models.CheckConstraint(condition=models.Q(('pupil__isnull', False), models.Q(('initials', ''), _negated=True), _connector='OR'), name='referral_is_about_a_child'), models.CheckConstraint(condition=models.Q(('referred_on__isnull', True), models.Q(('agreement', ''), _negated=True), _connector='OR'), name='referral_with_agreement'), models.CheckConstraint(condition=models.Q(models.Q(('referred_on__isnull', True), ('state__in', ['preparing', 'stopped'])), models.Q(('referred_on__isnull', False), ('state__in', ['referred', 'answered'])), _connector='OR'), name='referral_referred_on')],
                'triggers': [pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "referrals_referralsupportevent" ("agreement", "agreement_on", "chronology_id", "id", "level", "outcome", "outcome_on", "owner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pupil_id", "referred_on", "school_id", "started_at", "started_by_id", "state", "version") VALUES (NEW."agreement", NEW."agreement_on", NEW."chronology_id", NEW."id", NEW."level", NEW."outcome", NEW."outcome_on", NEW."owner_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."pupil_id", NEW."referred_on", NEW."school_id", NEW."started_at", NEW."started_by_id", NEW."state", NEW."version"); RETURN NULL;', hash='30a47eb99d35777c093e20ecebdbd4a5f45f4f12', operation='INSERT', pgid='pgtrigger_insert_insert_62fd0', table='referrals_referralsupport', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."agreement" IS DISTINCT FROM (NEW."agreement") OR OLD."agreement_on" IS DISTINCT FROM (NEW."agreement_on") OR OLD."chronology_id" IS DISTINCT FROM (NEW."chronology_id") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."level" IS DISTINCT FROM (NEW."level") OR OLD."outcome" IS DISTINCT FROM (NEW."outcome") OR OLD."outcome_on" IS DISTINCT FROM (NEW."outcome_on") OR OLD."owner_id" IS DISTINCT FROM (NEW."owner_id") OR OLD."pupil_id" IS DISTINCT FROM (NEW."pupil_id") OR OLD."referred_on" IS DISTINCT FROM (NEW."referred_on") OR OLD."school_id" IS DISTINCT FROM (NEW."school_id") OR OLD."started_at" IS DISTINCT FROM (NEW."started_at") OR OLD."started_by_id" IS DISTINCT FROM (NEW."started_by_id") OR OLD."state" IS DISTINCT FROM (NEW."state") OR OLD."version" IS DISTINCT FROM (NEW."version"))', func='INSERT INTO "referrals_referralsupportevent" ("agreement", "agreement_on", "chronology_id", "id", "level", "outcome", "outcome_on", "owner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pupil_id", "referred_on", "school_id", "started_at", "started_by_id", "state", "version") VALUES (NEW."agreement", NEW."agreement_on", NEW."chronology_id", NEW."id", NEW."level", NEW."outcome", NEW."outcome_on", NEW."owner_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."pupil_id", NEW."referred_on", NEW."school_id", NEW."started_at", NEW."started_by_id", NEW."state", NEW."version"); RETURN NULL;', hash='3575da47cde354e0d9b29bdb5285a00944ca533c', operation='UPDATE', pgid='pgtrigger_update_update_fae11', table='referrals_referralsupport', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "referrals_referralsupportevent" ("agreement", "agreement_on", "chronology_id", "id", "level", "outcome", "outcome_on", "owner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pupil_id", "referred_on", "school_id", "started_at", "started_by_id", "state", "version") VALUES (OLD."agreement", OLD."agreement_on", OLD."chronology_id", OLD."id", OLD."level", OLD."outcome", OLD."outcome_on", OLD."owner_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."pupil_id", OLD."referred_on", OLD."school_id", OLD."started_at", OLD."started_by_id", OLD."state", OLD."version"); RETURN NULL;', hash='86c3e77e4e73f7844b28ea82939f8b348faa803d', operation='DELETE', pgid='pgtrigger_delete_delete_7ce5d', table='referrals_referralsupport', when='AFTER'))],
            },
        ),
        migrations.CreateModel(
            name='ReferralSupportEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, serialize=False)),
                ('state', models.CharField(choices=[('preparing', 'Being prepared'), ('referred', 'Referred'), ('answered', 'Answered'), ('stopped', 'Will not refer')], default='preparing', max_length=9)),
                ('started_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('version', models.PositiveIntegerField(default=1)),
                ('level', models.PositiveSmallIntegerField(blank=True, choices=[(1, 'Level 1'), (2, 'Level 2'), (3, 'Level 3'), (4, 'Level 4')], null=True, verbose_name='level of need')),
                ('agreement', models.CharField(blank=True, choices=[('agreed', 'The parents or carers agreed'), ('not_agreed', 'They were asked and did not agree'), ('not_sought', 'Not asked, for another reason'), ('risk', 'Not asked: it could put somebody at risk of harm')], max_length=10)),
                ('agreement_on', models.DateField(blank=True, null=True)),
                ('referred_on', models.DateField(blank=True, null=True)),
                ('outcome', models.CharField(blank=True, choices=[('accepted', 'Accepted'), ('not_accepted', 'Not accepted'), ('advice', 'Advice given'), ('other', 'Something else')], max_length=12)),
                ('outcome_on', models.DateField(blank=True, null=True)),
                ('chronology', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='consultations.madechronology')),
                ('owner', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='schools.schoolcontact')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='referrals.referralsupport')),
                ('pupil', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='schools.pupil')),
                ('school', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='schools.school')),
                ('started_by', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'abstract': False,
                'triggers': [pgtrigger.compiler.Trigger(name='no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'append-only: % takes inserts only', TG_TABLE_NAME;", hash='00f064db0c16a90f0f077fdeb8c2880080b3f0fe', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_no_truncate_a6f2b', table='referrals_referralsupportevent', when='BEFORE')), pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='10cdc1f29dbad54a209ba78acc18031e26b5daf0', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_86b8c', table='referrals_referralsupportevent', when='BEFORE'))],
            },
        ),
        migrations.RunSQL(
            "ALTER TABLE referrals_referralsupport ADD CONSTRAINT"
            " referrals_referralsupport_hub_of_school FOREIGN KEY (school_id, hub_id)"
            " REFERENCES schools_school (id, hub_id)"
            " ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED",
            "ALTER TABLE referrals_referralsupport DROP CONSTRAINT"
            " referrals_referralsupport_hub_of_school",
        ),
        migrations.RunPython(add_lines, migrations.RunPython.noop),
    ]
