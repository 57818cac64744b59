import uuid

import pghistory.models
from django.conf import settings
from django.db import models
from django.utils import timezone

from audit.history import append_only, no_truncate


class Verb(models.TextChoices):
    """Every act of the product, by the word its button, URL and function share."""

    ACCEPT = "accept", "accepted an invitation"
    ACKNOWLEDGE = "acknowledge", "took"
    ADD = "add", "added"
    ADDENDUM = "addendum", "added to"
    ADJUST = "adjust", "adjusted the focus of"
    AGREE = "agree", "agreed"
    ALLOCATE = "allocate", "allocated"
    APPLY = "apply", "applied"
    ASK = "ask", "asked for"
    CANCEL = "cancel", "cancelled"
    CHANGE = "change", "changed"
    COMMENT = "comment", "commented on"
    COMPLETE = "complete", "completed"
    CONFIRM = "confirm", "confirmed"
    COVER = "cover", "named cover by"
    DEACTIVATE = "deactivate", "deactivated"
    DECIDE = "decide", "decided on"
    DECLARE = "declare", "declared"
    DISCARD = "discard", "discarded"
    DONE = "done", "marked done"
    END = "end", "ended"
    END_ROLE = "end_role", "ended a role of"
    ENHANCE = "enhance", "decided enhanced support by"
    GIVE_ROLE = "give_role", "gave a role to"
    HAND_OVER = "hand_over", "handed over"
    IMPORT = "import", "imported"
    INVITE = "invite", "invited"
    LINK = "link", "linked"
    LOG = "log", "logged"
    MOVE = "move", "recorded a move of"
    MEASURE = "measure", "measured"
    OBJECT = "object", "objected to"
    OPEN = "open", "opened"
    PLAN = "plan", "planned"
    PROPOSE = "propose", "proposed"
    RAISE = "raise", "raised"
    REACTIVATE = "reactivate", "reactivated"
    READ = "read", "read"
    REDIRECT = "redirect", "redirected"
    REMIND = "remind", "sent a reminder of"
    REMOVE = "remove", "removed"
    REOPEN = "reopen", "reopened"
    REPLY = "reply", "replied to"
    RESUME = "resume", "resumed"
    REVIEW = "review", "reviewed"
    SHARE = "share", "shared"
    SIGN_IN = "sign_in", "signed in"
    SIGN_IN_REFUSED = "sign_in_refused", "failed to sign in"
    SIGN_OUT = "sign_out", "signed out"
    START = "start", "started"
    STEP_DOWN = "step_down", "stepped down"
    STEP_UP = "step_up", "stepped up"
    STORED = "stored", "marked stored"
    WITHDRAW = "withdraw", "withdrew"
    WITHHOLD = "withhold", "withheld"


class Look(models.TextChoices):
    """How somebody looked."""

    VIEW = "view", "page"
    LIST = "list", "list"
    SEARCH = "search", "search"
    REASON = "reason", "reason given"
    PDF = "pdf", "PDF"
    PRINT = "print", "print view"


class AppendOnly(models.Model):
    """A row that is written once: triggers refuse UPDATE, DELETE and TRUNCATE."""

    at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        abstract = True
        triggers = [append_only, no_truncate]


class Context(pghistory.models.Context):
    """Who made a change and on which page. A trigger fixes it once its transaction is over."""

    class Meta:
        proxy = True
        triggers = [no_truncate]


class Act(AppendOnly):
    """What was done: who, which verb, on what. Identifiers and field names, never text."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    verb = models.CharField(max_length=20, choices=Verb)
    subject_type = models.CharField(max_length=60)
    subject_id = models.CharField(max_length=36)
    school_id = models.UUIDField(null=True, blank=True)
    detail = models.JSONField(default=dict, blank=True)

    class Meta(AppendOnly.Meta):
        indexes = [
            models.Index(fields=["subject_type", "subject_id", "-at"], name="act_subject"),
            models.Index(fields=["by", "-at"], name="act_by"),
        ]


class Access(AppendOnly):
    """Who looked at what, and on what basis; a refusal is kept too (security.md 3.4).

    ``basis`` is the relation that opened the page: author, support, manager, county, school,
    attendee, none; for a child, current work or the reason given, which ``reason`` repeats; for a
    list of children what it is for, such as attendance discussion. ``subject_id`` is empty for a
    list, or ``file`` where it left as one.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    action = models.CharField(max_length=10, choices=Look)
    subject_type = models.CharField(max_length=60)
    subject_id = models.CharField(max_length=36, blank=True)
    school_id = models.UUIDField(null=True, blank=True)
    child_id = models.UUIDField(null=True, blank=True)
    basis = models.CharField(max_length=40, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    status = models.PositiveSmallIntegerField(default=200)

    class Meta(AppendOnly.Meta):
        indexes = [
            models.Index(fields=["subject_type", "subject_id", "-at"], name="access_subject"),
            models.Index(fields=["user", "-at"], name="access_user"),
            models.Index(
                fields=["child_id", "-at"],
                condition=models.Q(child_id__isnull=False),
                name="access_child",
            ),
        ]
