import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone


class Draft(models.Model):
    """Unfinished text: what one person has typed into one form, as it was typed.

    ``data`` is the form's POST, ``{name: [values]}``. ``target_id`` is the id of the row the
    draft is for, made in state *draft* at the first save. ``version`` rises with each save, so
    that two tabs cannot overwrite each other. Drafts are neither tracked nor ever validated.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="drafts")
    form = models.CharField(max_length=40)
    target_id = models.UUIDField()
    data = models.JSONField(default=dict)
    version = models.PositiveIntegerField(default=1)
    saved_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["form", "target_id"], name="draft_once_per_target")
        ]
        indexes = [models.Index(fields=["user", "-saved_at"], name="draft_of_user")]


class HandedOver(models.Model):
    """Of what is written in a draft: who began it, and why the ``author`` finishes it instead."""

    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    handed_over_at = models.DateTimeField(null=True, blank=True)
    handed_over_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    handed_over_why = models.CharField(max_length=500, blank=True)

    class Meta:
        abstract = True

    @property
    def authors(self):
        """Whoever wrote it: its author, after the one who began it where it was handed over."""
        is_handed_over = self.started_by_id not in (None, self.author_id)
        return [self.started_by, self.author] if is_handed_over else [self.author]


def handed_over_by_somebody(name):
    """The constraint of a ``HandedOver``: whole, with a reason, or not at all."""
    return models.CheckConstraint(
        condition=Q(
            started_by__isnull=True,
            handed_over_at__isnull=True,
            handed_over_by__isnull=True,
            handed_over_why="",
        )
        | Q(
            ~Q(handed_over_why=""),
            started_by__isnull=False,
            handed_over_at__isnull=False,
            handed_over_by__isnull=False,
        ),
        name=name,
    )


class UnsavedForm(models.Model):
    """What one person sent when it could not be taken, until they have sent it again.

    Their sign-in had ended, or the reason for which a child was open to them.

    ``path`` is where it was sent, with its query; ``data`` the form's POST, ``{name: [values]}``.
    The latest for each path is kept, never tracked and never validated.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="unsaved_forms")
    path = models.TextField()
    data = models.JSONField()
    sent_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "path"], name="unsaved_form_once_per_path")
        ]
