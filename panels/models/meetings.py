"""A meeting: which kind it is, who called it, when and where, and the series it is one of."""

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.grants import Grant
from audit.history import track
from consultations.models import Area, Theme
from panels.querysets import MeetingQuerySet
from referrals.models import SupportRequest
from schools.models import Hub, PanelArea


class MeetingKind(models.TextChoices):
    """Design.md 3; rules 001-16, 001-21, 001-24, 001-30, 001-92 to 001-96, 003-14."""

    CASO = "caso", "CASO meeting"
    PANEL = "panel", "Pupil Placement Panel"
    FORUM = "forum", "Behaviour Forum or Pastoral Network"
    FAMILY = "family", "Team around the family"
    PROFESSIONALS = "professionals", "Professionals’ meeting"
    DISCIPLINES = "disciplines", "Multi-disciplinary meeting"
    EXCLUSION = (
        "exclusion",
        "Meeting on risk of permanent exclusion or return after suspension",
    )
    WELLBEING = "wellbeing", "School health and wellbeing meeting"
    SUPERVISION = "supervision", "School’s monitoring and supervision meeting"
    TARGETING = "targeting", "Targeting support meeting"
    LOCAL = "local", "Other local panel"


class MeetingState(models.TextChoices):
    """*asked* → *called* with a date → *held* → *finalised*; or *cancelled* before it is held."""

    ASKED = "asked", "Being prepared"
    CALLED = "called", "Called"
    HELD = "held", "Held"
    FINALISED = "finalised", "Minutes final"
    CANCELLED = "cancelled", "Cancelled"


class OurPart(models.TextChoices):
    """What the team does in the meeting (rule 001-24)."""

    CHAIR = "chair", "We chair it"
    SUPPORT = "support", "We take part"


@track("title", "place")
class MeetingSeries(models.Model):
    """Meetings that come again every so many school weeks of the council's calendar (001-94).

    ``hub`` is the team whose managers attend: it follows from no area. One date is moved on its
    own ``Meeting`` and moves no other.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=13, choices=MeetingKind, default=MeetingKind.PANEL)
    title = models.CharField("what it is called", max_length=150)
    hub = models.ForeignKey(Hub, models.PROTECT, related_name="+")
    panel_area = models.ForeignKey(
        PanelArea, models.PROTECT, null=True, blank=True, related_name="+"
    )
    every_weeks = models.PositiveSmallIntegerField("every so many school weeks", default=4)
    first_on = models.DateField("first date")
    at = models.TimeField("time")
    minutes = models.PositiveSmallIntegerField(default=120)
    place = models.CharField(max_length=200, blank=True)
    online_url = models.URLField("link to join online", blank=True)
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["title", "first_on"]
        verbose_name_plural = "meeting series"
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["panel", "forum", "local"]), name="series_is_of_a_panel"
            ),
            models.CheckConstraint(
                condition=Q(kind="panel", panel_area__isnull=False)
                | ~Q(kind="panel") & Q(panel_area__isnull=True),
                name="series_of_a_panel_has_an_area",
            ),
            models.CheckConstraint(
                condition=Q(every_weeks__gte=1, every_weeks__lte=13),
                name="series_comes_again",
            ),
        ]

    def __str__(self):
        return self.title


@track("title", "purpose", "place", "chair_name", "family_why", "cancelled_why", quiet=("hub",))
class Meeting(models.Model):
    """A meeting about one or several schools and, where one may, about children.

    *asked* while the people and children are chosen, *called* once the invitations with its date
    are out, then *held*; ``finalised`` with its minutes. Its id is the calendar's UID for life, and
    ``sequence`` rises with each change that was sent. ``hub`` is the team whose managers keep it
    where no school's does: for panels and forums. ``title`` and ``place`` go into invitations and
    name no child. ``planned_on`` is the date its series gave it, wherever it was moved since.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=13, choices=MeetingKind)
    state = models.CharField(max_length=9, choices=MeetingState, default=MeetingState.ASKED)
    title = models.CharField("what it is called", max_length=150)
    areas = ArrayField(models.CharField(max_length=10, choices=Area), default=list, blank=True)
    themes = models.ManyToManyField(Theme, blank=True, related_name="+")
    purpose = models.TextField("what it is for", blank=True)
    is_school_led = models.BooleanField("led by the school or its partnership", default=False)
    our_part = models.CharField("our part", max_length=7, choices=OurPart, default=OurPart.CHAIR)

    request = models.ForeignKey(
        SupportRequest, models.PROTECT, null=True, blank=True, related_name="meetings"
    )
    previous = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="followed_by"
    )
    series = models.ForeignKey(
        MeetingSeries, models.PROTECT, null=True, blank=True, related_name="meetings"
    )
    planned_on = models.DateField(null=True, blank=True)
    hub = models.ForeignKey(Hub, models.PROTECT, null=True, blank=True, related_name="+")
    panel_area = models.ForeignKey(
        PanelArea, models.PROTECT, null=True, blank=True, related_name="+"
    )

    starts_at = models.DateTimeField(null=True, blank=True)
    minutes = models.PositiveSmallIntegerField("how long, in minutes", default=60)
    place = models.CharField(max_length=200, blank=True)
    online_url = models.URLField("link to join online", blank=True)
    sequence = models.PositiveIntegerField(default=0)
    sent_at = models.DateTimeField(null=True, blank=True)

    organiser = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    chair = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    chair_name = models.CharField("who chairs it, where nobody of ours", max_length=150, blank=True)
    minuted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    made_at = models.DateTimeField(default=timezone.now)
    called_at = models.DateTimeField(null=True, blank=True)
    held_at = models.DateTimeField("marked as held", null=True, blank=True)
    held_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    # Rule 001-30: a meeting about a family may be held without it, and says why.
    family_present = models.BooleanField(null=True, blank=True)
    family_why = models.CharField("why the family was not there", max_length=500, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancelled_why = models.CharField(max_length=500, blank=True)

    objects = MeetingQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_at", "-made_at"]
        permissions = [
            ("run_meeting", "Calls, minutes and distributes the meeting"),
            ("attend_meeting", "Is invited to the meeting"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["asked", "cancelled"]) | Q(starts_at__isnull=False),
                name="meeting_called_for_a_date",
            ),
            models.CheckConstraint(
                condition=Q(state="cancelled", cancelled_at__isnull=False)
                | ~Q(state="cancelled") & Q(cancelled_at__isnull=True),
                name="meeting_cancelled_at",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["held", "finalised"], held_at__isnull=False)
                & Q(held_by__isnull=False)
                | ~Q(state__in=["held", "finalised"])
                & Q(held_at__isnull=True, held_by__isnull=True),
                name="meeting_held_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(kind="panel", panel_area__isnull=False, hub__isnull=False)
                | ~Q(kind="panel") & Q(panel_area__isnull=True),
                name="meeting_of_a_panel_has_an_area",
            ),
            # Rule 001-95: the team does not organise the forum.
            models.CheckConstraint(
                condition=~Q(kind="forum") | Q(is_school_led=True), name="meeting_forum_school_led"
            ),
            models.CheckConstraint(
                condition=Q(chair__isnull=True) | Q(chair_name=""), name="meeting_has_one_chair"
            ),
            models.CheckConstraint(
                condition=Q(minutes__gte=10, minutes__lte=480), name="meeting_lasts_some_time"
            ),
            models.UniqueConstraint(
                fields=["request"],
                condition=~Q(state="cancelled"),
                name="meeting_once_for_a_request",
            ),
            models.UniqueConstraint(
                fields=["series", "planned_on"], name="meeting_once_a_date_of_its_series"
            ),
        ]
        indexes = [
            models.Index(
                fields=["hub", "-starts_at"],
                condition=Q(hub__isnull=False),
                name="meeting_of_hub",
            ),
            models.Index(fields=["organiser", "-starts_at"], name="meeting_of_organiser"),
            models.Index(fields=["-starts_at", "id"], name="meeting_by_date"),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return f"/meetings/{self.pk}/"

    @property
    def reference(self):
        """What a message calls it: neither a running number nor a name."""
        return f"M-{self.pk.hex[:8].upper()}"

    @property
    def is_ahead(self):
        """It is being prepared, or called and not held yet."""
        return self.state in (MeetingState.ASKED, MeetingState.CALLED)

    @property
    def has_begun(self):
        return self.starts_at is not None and self.starts_at <= timezone.now()

    @property
    def takes_children(self):
        """A forum is strategic: no child is prompted for, nor accepted (rule 001-95)."""
        return self.kind != MeetingKind.FORUM

    @property
    def is_about_a_family(self):
        """It says whether the family was there (rule 001-30)."""
        return self.kind in (
            MeetingKind.FAMILY,
            MeetingKind.PROFESSIONALS,
            MeetingKind.DISCIPLINES,
            MeetingKind.EXCLUSION,
        )

    @property
    def chair_text(self):
        """Who chairs it; empty while nobody is named."""
        return self.chair.name if self.chair else self.chair_name

    @property
    def area_texts(self):
        """The key areas as they are called."""
        return [Area(area).label for area in self.areas]

    @property
    def version(self):
        """A text that differs once the date, the place or the state was changed."""
        return f"{self.state}:{self.sequence}"


@track("why")
class MeetingHandOver(models.Model):
    """Somebody else organises a meeting from here on, and why."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="hand_overs")
    former = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    to = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    why = models.CharField(max_length=500)
    handed_over_at = models.DateTimeField(default=timezone.now)
    handed_over_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-handed_over_at"]


class MeetingGrant(Grant):
    """``run_meeting`` or ``attend_meeting`` on one meeting."""

    content_object = models.ForeignKey(Meeting, models.CASCADE, related_name="grants")

    class Meta(Grant.Meta):
        indexes = [
            *Grant.Meta.indexes,
            models.Index(fields=["user", "content_object"], name="meetinggrant_user"),
        ]


# Sources of a meeting's grants: who organises it, and who is invited.
ORGANISER = "meeting_organiser"
INVITED = "meeting_person"
