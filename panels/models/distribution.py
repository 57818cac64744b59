"""Who was sent which copy of the minutes, by which link and code, and what became of it."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from audit.history import track
from panels.models.minutes import MinutedAction, MinutesVersion
from panels.models.people import MeetingAgency, MeetingPerson
from panels.querysets import DistributionQuerySet


def named_at(name, where):
    """``DS Rob Hale, Police``; the place alone for an inbox that has its name."""
    return f"{name}, {where}" if where and where != name else name


@track("copy", "revoked_why")
class Distribution(models.Model):
    """The copy of one version that one recipient was sent, as it was shown before it went.

    The recipient is an agency's contact, who opens it by a link and a code, or somebody invited
    with an account, who signs in; each look is in the access log. ``copy`` is their copy as
    ``copies.Copy.as_json``: nothing else is ever shown to them. Actions go first; ``minutes_on`` is
    when the full minutes follow.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    version = models.ForeignKey(MinutesVersion, models.CASCADE, related_name="distributions")
    agency = models.ForeignKey(
        MeetingAgency, models.PROTECT, null=True, blank=True, related_name="distributions"
    )
    person = models.ForeignKey(
        MeetingPerson, models.PROTECT, null=True, blank=True, related_name="distributions"
    )
    copy = models.JSONField()
    actions_sent_at = models.DateTimeField(default=timezone.now)
    minutes_on = models.DateField("full minutes follow on")
    minutes_sent_at = models.DateTimeField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField("first opened", null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    revoked_why = models.CharField(max_length=300, blank=True)

    objects = DistributionQuerySet.as_manager()

    class Meta:
        ordering = ["actions_sent_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(agency__isnull=True) ^ Q(person__isnull=True),
                name="distribution_has_one_recipient",
            ),
            models.UniqueConstraint(
                fields=["version", "agency"],
                condition=Q(agency__isnull=False),
                name="distribution_once_an_agency",
            ),
            models.UniqueConstraint(
                fields=["version", "person"],
                condition=Q(person__isnull=False),
                name="distribution_once_a_person",
            ),
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True, revoked_by__isnull=True)
                | Q(revoked_at__isnull=False, revoked_by__isnull=False),
                name="distribution_revoked_by_somebody",
            ),
        ]

    @property
    def recipient(self):
        """The ``MeetingAgency`` or ``MeetingPerson`` whose copy it is."""
        return self.agency or self.person

    @property
    def name(self):
        """Whose copy it is, as they were invited: ``DS Rob Hale, Police``."""
        if self.agency:
            return self.agency.owner_text
        school = self.person.school
        return named_at(self.person.name, school.name if school else "")

    @property
    def is_whole(self):
        """The full minutes were sent, not the actions alone."""
        return self.minutes_sent_at is not None


@track(quiet=("token_hash", "code_hash", "code_tries"))
class MinutesLink(models.Model):
    """A link to a copy for who has no account; of a reminder it leads to one action alone.

    Only the digest of its token is kept, and of the code that was mailed last: for ten minutes, for
    one use. Open for 28 days, until ``expires_at``.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    distribution = models.ForeignKey(Distribution, models.CASCADE, related_name="links")
    action = models.ForeignKey(
        MinutedAction, models.CASCADE, null=True, blank=True, related_name="+"
    )
    token_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    code_hash = models.CharField(max_length=64, blank=True)
    code_expires_at = models.DateTimeField(null=True, blank=True)
    code_tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["made_at"]


@track("pdf")
class CopyFile(models.Model):
    """The PDF of a copy as far as it was sent, made in the worker.

    ``is_whole`` once it holds the full minutes and not the actions alone. Without ``pdf`` it could
    not be made; the page itself is printed then.
    """

    distribution = models.OneToOneField(
        Distribution, models.CASCADE, primary_key=True, related_name="file"
    )
    is_whole = models.BooleanField()
    pdf = models.BinaryField(null=True)
    made_at = models.DateTimeField(default=timezone.now)
