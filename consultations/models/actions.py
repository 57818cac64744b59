"""What was agreed to be done: whose it is, by when."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from audit.history import track
from consultations.models.consultation import Consultation
from consultations.querysets import ActionQuerySet
from schools.models import Agency, Hub, Pupil, School, SchoolContact

# What ``source_type`` says of an action that a meeting agreed.
MEETING = "meeting"


@track("what", "owner_name", "done_by_name", quiet=("hub",))
class Action(models.Model):
    """The one action object of the product: what, whose, by when, done.

    The owner is a user, a contact of the school, or a name where there is neither: with
    ``owner_agency`` somebody there. Only of a meeting an action may be of no one school.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    consultation = models.ForeignKey(
        Consultation, models.CASCADE, related_name="actions", null=True, blank=True
    )
    school = models.ForeignKey(
        School, models.PROTECT, null=True, blank=True, related_name="actions"
    )
    hub = models.ForeignKey(Hub, models.PROTECT, null=True, blank=True, related_name="+")
    # The child it is about, in the part of the consultation that is about them.
    about = models.ForeignKey(
        "PupilDiscussed", models.CASCADE, null=True, blank=True, related_name="actions"
    )
    # What it follows from where that is no consultation, by its model's name and id, and the child
    # it is about.
    source_type = models.CharField(max_length=30, blank=True)
    source_id = models.UUIDField(null=True, blank=True)
    pupil = models.ForeignKey(Pupil, models.PROTECT, null=True, blank=True, related_name="actions")
    what = models.CharField(max_length=500)
    owner_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    owner_contact = models.ForeignKey(
        SchoolContact, models.PROTECT, null=True, blank=True, related_name="+"
    )
    owner_agency = models.ForeignKey(
        Agency, models.PROTECT, null=True, blank=True, related_name="actions"
    )
    owner_name = models.CharField(max_length=300, blank=True)
    due_on = models.DateField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    # Who said so without an account, as they were invited.
    done_by_name = models.CharField(max_length=300, blank=True)
    # Over without being done: a correction of the minutes took it out.
    is_dropped = models.BooleanField("taken out of the minutes", default=False)
    added_at = models.DateTimeField(default=timezone.now)

    objects = ActionQuerySet.as_manager()

    class Meta:
        ordering = [F("due_on").asc(nulls_last=True), "added_at"]
        indexes = [
            models.Index(
                fields=["source_id"], condition=~Q(source_type=""), name="action_of_source"
            ),
            models.Index(
                fields=["school", "due_on"],
                condition=Q(done_at__isnull=True),
                name="action_open_of_school",
            ),
            models.Index(
                fields=["owner_user", "due_on"],
                condition=Q(done_at__isnull=True),
                name="action_open_of_owner",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(owner_user__isnull=False, owner_contact__isnull=True, owner_name="")
                | Q(owner_user__isnull=True, owner_contact__isnull=False, owner_name="")
                | Q(owner_user__isnull=True, owner_contact__isnull=True) & ~Q(owner_name=""),
                name="action_has_one_owner",
            ),
            models.CheckConstraint(
                condition=Q(owner_agency__isnull=True) | ~Q(owner_name=""),
                name="action_of_agency_names_somebody",
            ),
            models.CheckConstraint(
                condition=Q(school__isnull=False, hub__isnull=False) | Q(source_type=MEETING),
                name="action_has_a_school",
            ),
            models.CheckConstraint(
                condition=Q(source_type="", source_id__isnull=True)
                | ~Q(source_type="") & Q(source_id__isnull=False, consultation__isnull=True),
                name="action_follows_from_one_thing",
            ),
            models.CheckConstraint(
                condition=Q(is_dropped=False) | Q(done_at__isnull=False, source_type=MEETING),
                name="action_dropped_is_over",
            ),
        ]

    @property
    def source_url(self):
        """Where it was agreed, or empty: of a source other than a consultation the page is named
        after its model.
        """
        if self.consultation_id:
            return reverse("consultation", args=[self.consultation_id])
        return reverse(self.source_type, args=[self.source_id]) if self.source_type else ""

    @property
    def is_of_meeting(self):
        """A meeting agreed it, whose app ticks, moves and hands it over."""
        return self.source_type == MEETING

    @property
    def owner_text(self):
        """Whose it is, for a line of text."""
        owner = self.owner_user or self.owner_contact
        return owner.name if owner else self.owner_name

    @property
    def where_text(self):
        """With which school it was agreed; a meeting of several has none."""
        return self.school.name if self.school else "A meeting"

    @property
    def done_url(self):
        return self._act_url("done")

    @property
    def hand_over_url(self):
        return self._act_url("hand_over")

    @property
    def move_url(self):
        return self._act_url("move")

    @property
    def comment_url(self):
        """Where something is said of what a meeting agreed."""
        return self._act_url("comment")

    def _act_url(self, act):
        return reverse(f"{'meeting_' * self.is_of_meeting}action_{act}", args=[self.pk])


@track()
class ActionSubject(models.Model):
    """A school that a meeting's action may speak of, and the child where it speaks of one.

    Found in its words when it was agreed, so that every list can hold them back from who may not
    read of that child or that school (rules 000-16, 001-58). ``school`` is the child's at the
    meeting; of a panel's child there may be none.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    action = models.ForeignKey(Action, models.CASCADE, related_name="subjects")
    school = models.ForeignKey(School, models.PROTECT, null=True, blank=True, related_name="+")
    pupil = models.ForeignKey(Pupil, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["action", "school", "pupil"],
                nulls_distinct=False,
                name="action_subject_once",
            ),
            models.CheckConstraint(
                condition=Q(school__isnull=False) | Q(pupil__isnull=False),
                name="action_subject_is_somebody",
            ),
        ]


@track("was_owner", "reason")
class ActionChange(models.Model):
    """An action was handed over, or its date moved: what it was before, and why.

    ``was_owner`` is empty where the owner stayed, and ``was_due_on`` where the date did or where
    there was none.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    action = models.ForeignKey(Action, models.CASCADE, related_name="changes")
    was_owner = models.CharField(max_length=300, blank=True)
    was_due_on = models.DateField(null=True, blank=True)
    reason = models.CharField(max_length=500)
    changed_at = models.DateTimeField(default=timezone.now)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-changed_at"]

    @property
    def is_hand_over(self):
        return self.was_owner != ""
