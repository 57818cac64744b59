"""Concerns are raised and taken: words for it."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('audit', '0005_short_work'),
    ]

    operations = [
        migrations.AlterField(
            model_name='act',
            name='verb',
            field=models.CharField(choices=[('accept', 'accepted an invitation'), ('acknowledge', 'took'), ('add', 'added'), ('addendum', 'added to'), ('adjust', 'adjusted the focus of'), ('agree', 'agreed'), ('allocate', 'allocated'), ('apply', 'applied'), ('ask', 'asked for'), ('cancel', 'cancelled'), ('change', 'changed'), ('comment', 'commented on'), ('complete', 'completed'), ('confirm', 'confirmed'), ('cover', 'named cover by'), ('deactivate', 'deactivated'), ('decide', 'decided on'), ('declare', 'declared'), ('discard', 'discarded'), ('done', 'marked done'), ('end', 'ended'), ('end_role', 'ended a role of'), ('enhance', 'decided enhanced support by'), ('give_role', 'gave a role to'), ('hand_over', 'handed over'), ('import', 'imported'), ('invite', 'invited'), ('link', 'linked'), ('log', 'logged'), ('move', 'recorded a move of'), ('measure', 'measured'), ('object', 'objected to'), ('open', 'opened'), ('plan', 'planned'), ('propose', 'proposed'), ('raise', 'raised'), ('reactivate', 'reactivated'), ('read', 'read'), ('redirect', 'redirected'), ('remind', 'sent a reminder of'), ('remove', 'removed'), ('reopen', 'reopened'), ('reply', 'replied to'), ('resume', 'resumed'), ('review', 'reviewed'), ('share', 'shared'), ('sign_in', 'signed in'), ('sign_in_refused', 'failed to sign in'), ('sign_out', 'signed out'), ('start', 'started'), ('step_down', 'stepped down'), ('step_up', 'stepped up'), ('stored', 'marked stored'), ('withdraw', 'withdrew'), ('withhold', 'withheld')], max_length=20),
        ),
    ]
