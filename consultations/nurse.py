"""The school nurse at one consultation a term: what is due at a school, and how it stands.

Rule 001-72. The tracker is a yes or no per school and term, never a number (rule 001-124). Terms
are each school's own: its dates in place of the council's.
"""

from dataclasses import dataclass
from datetime import timedelta
from functools import reduce
from operator import or_

from django.conf import settings
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from accounts.models import User
from consultations.models import InviteState, NurseInvite
from documents import calendar as icalendar
from govuk.words import long_date, lower_first
from linkworkers.coverage import answering
from schools.calendar import Calendar, calendars_of
from schools.models import School, SchoolContact, Term
from schools.policies import supporting
from schools.roles import ContactRole
from schools.years import NamedTerm, school_year_of

AUGUST = 8
# Stands for the person where a message has none.
INBOX = "inbox"
# A term without a date is soon late from so long before half-term, and late after it.
WARNING = timedelta(weeks=2)
# How far ahead an appointment shows among the work of its people, and how long afterwards.
AHEAD, BEHIND = timedelta(days=14), timedelta(days=60)
WITHOUT_DATE = (InviteState.PROPOSED, InviteState.CANCELLED)


def schools_with_nurse():
    """Open schools of the types that have a school nurse, by the council's preset."""
    return School.objects.open().filter(type_group__in=settings.COUNCIL.nurse_types)


def applies_to(school):
    """Whether a school nurse is invited to this school at all."""
    return school.is_open and school.type_group in settings.COUNCIL.nurse_types


def term_due(calendar, today):
    """The ``NamedTerm`` under way at a school, or None between terms.

    Where nobody has entered the dates, terms go by the month, and August is nobody's.
    """
    term = calendar.term_on(today)
    dates = calendar.dates_of(term) if calendar.knows(today) else None
    if dates is None:
        return None if today.month == AUGUST else term
    return term if dates.starts_on <= today <= dates.ends_on else None


def lateness(calendar, term, today):
    """``late`` after half-term, ``soon`` in the two weeks before it and while it lasts, or empty.

    Half-way where the term has no half-term; never late where its dates are not known.
    """
    dates = calendar.dates_of(term)
    if dates is None:
        return ""
    middle = dates.starts_on + (dates.ends_on - dates.starts_on) / 2
    if today > (dates.half_term_ends_on or middle):
        return "late"
    return "soon" if today >= (dates.half_term_starts_on or middle) - WARNING else ""


def cannot_be_on(calendar, term, school, day):
    """The sentence that says why this term's consultation cannot be on ``day``; or empty."""
    if reason := calendar.closed_for(day):
        return (
            f"{long_date(day)} is {reason}, and {school.name} does not teach then."
            " Choose one of its school days"
        )
    if calendar.term_on(day) != term:
        dates = calendar.dates_of(term)
        span = f", which is from {dates.span}" if dates else ""
        return f"{long_date(day)} is not in the {lower_first(str(term))}{span}"
    return ""


# --- who is invited --------------------------------------------------------------------------


@dataclass(frozen=True)
class Recipient:
    """Somebody who gets the invitation: the duty inbox, which is no ``user``, or a person.

    ``name`` is what they are, never what they are called.
    """

    address: str
    name: str
    user: User | None = None

    @property
    def key(self):
        """What tells them from the others in the outbox."""
        return str(self.user.pk) if self.user else INBOX

    @property
    def folded(self):
        return self.address.casefold()


def safeguarding_leads(school_id):
    """The users who are confirmed designated safeguarding leads of the school now."""
    posts = SchoolContact.objects.current().leads().filter(school=school_id)
    posts = posts.filter(roles__contains=[ContactRole.DSL])
    return User.objects.filter(pk__in=posts.values("user"), is_active=True).order_by("email")


def recipients(school, team, day, by):
    """Each address once, whatever its capitals: duty inbox, link workers, safeguarding leads.

    The link workers are who answers for ``school`` on the ``day``, and ``by``, who sets the date,
    if they support it (rule 001-73).
    """
    workers = list(answering([school], day)[school.pk].people)
    if by not in workers and supporting(school).filter(user=by).exists():
        workers.append(by)
    found = {}
    for one in (
        Recipient(team.inbox, f"School nursing team {team.name}"),
        *(Recipient(user.email, "Link worker", user) for user in workers),
        *(
            Recipient(user.email, "Designated safeguarding lead", user)
            for user in safeguarding_leads(school.pk)
        ),
    ):
        found.setdefault(one.folded, one)
    return list(found.values())


def appointment(invite, people, *, cancels=False):
    """The bytes of the calendar entry of an invitation that has a date, for these ``people``.

    The school, the place and a link behind sign-in: no child and no theme (rule 001-73).
    """
    school = invite.school
    return icalendar.invitation(
        method=icalendar.CANCEL if cancels else icalendar.REQUEST,
        uid=str(invite.pk),
        sequence=invite.sequence,
        made_at=invite.sent_at,
        starts_at=invite.starts_at,
        minutes=invite.minutes,
        summary=f"Early help consultation, {school.name}",
        description=(
            f"The consultation of the {lower_first(invite.term_text)} with the school nurse."
            f" Questions and answers go to {settings.COUNCIL.mailbox}."
        ),
        location=", ".join(part for part in (invite.place, school.name, school.address) if part),
        url=f"{settings.SITE_URL}/nurse/{invite.pk}/",
        organizer=settings.COUNCIL.mailbox,
        attendees=[icalendar.Attendee(one.address, one.name) for one in people],
    )


def begun_from(school, pk):
    """What the form of a consultation begins with, when it is recorded from an appointment.

    ``pk`` is the appointment's, or None. Empty for one that is not of this ``school``. The day is
    the appointment's once it has come: nobody records a consultation ahead.
    """
    invite = NurseInvite.objects.filter(pk=pk, school=school, state=InviteState.INVITED).first()
    if invite is None:
        return {}
    found = {"nurse_present": True, "minutes": invite.minutes}
    if invite.has_begun:
        at = timezone.localtime(invite.starts_at)
        found |= {"held_on": at.date(), "held_time": at.time()}
    return found


# --- how it stands ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Standing:
    """How one term's consultation with the school nurse stands at a school: yes or no.

    ``invite`` is None while nobody and nothing has proposed it.
    """

    term: NamedTerm
    invite: NurseInvite | None
    calendar: Calendar

    @property
    def is_held(self):
        return self.invite is not None and self.invite.is_held

    @property
    def starts_at(self):
        """When it is arranged for; None without a date, and once it has been held."""
        if self.invite is None or self.is_held or self.invite.state != InviteState.INVITED:
            return None
        return self.invite.starts_at

    @property
    def state(self):
        """``ok`` when it was held, ``late`` or ``soon`` without a date, else empty."""
        if self.is_held:
            return "ok"
        if self.starts_at:
            return ""
        return lateness(self.calendar, self.term, timezone.localdate())

    @property
    def text(self):
        """``Yes``, ``No``, ``Date set: 3 December 2026``."""
        if self.is_held:
            return "Yes"
        if self.starts_at:
            return f"Date set: {long_date(timezone.localdate(self.starts_at))}"
        return "No"


def standings(schools, calendars=None):
    """``{school id: Standing}`` of this term, where a school nurse is invited.

    Two queries, or one with the ``calendars`` of the schools at hand.
    """
    today = timezone.localdate()
    schools = [school for school in schools if applies_to(school)]
    if calendars is None:
        calendars = calendars_of(school.pk for school in schools)
    terms = {school.pk: calendars[school.pk].term_on(today) for school in schools}
    invites = {
        (invite.school_id, invite.named_term): invite
        for invite in NurseInvite.objects.filter(
            school__in=terms, school_year__in={term.school_year for term in terms.values()}
        ).select_related("consultation")
    }
    return {
        pk: Standing(term, invites.get((pk, term)), calendars[pk]) for pk, term in terms.items()
    }


def not_held_this_term(schools):
    """Those of a query-set of schools where the nurse is invited and has not taken part yet."""
    today = timezone.localdate()
    own = set(
        Term.objects.filter(school__in=schools.order_by().values("pk")).values_list(
            "school", flat=True
        )
    )
    calendars = calendars_of(own)
    usual = calendars[None].term_on(today)
    others = {}
    for pk in own:
        if (term := calendars[pk].term_on(today)) != usual:
            others.setdefault(term, []).append(pk)
    elsewhere = [pk for ids in others.values() for pk in ids]
    missing = [~Q(pk__in=elsewhere) & ~_held_in(usual)]
    missing += [Q(pk__in=ids) & ~_held_in(term) for term, ids in others.items()]
    return schools.filter(reduce(or_, missing), pk__in=schools_with_nurse().order_by().values("pk"))


def _held_in(term):
    return Q(
        Exists(
            NurseInvite.objects.filter(
                school=OuterRef("pk"),
                school_year=term.school_year,
                term=term.name,
                consultation__nurse_present=True,
            )
        )
    )


@dataclass(frozen=True)
class Due:
    """An invitation that asks something of the school's people.

    ``state`` is ``late``, ``soon`` or empty. ``has_date`` when it is an appointment, to be
    recorded once ``has_begun``; otherwise a date is to be agreed.
    """

    invite: NurseInvite
    state: str
    has_date: bool
    has_begun: bool = False


def due_at(school_ids):
    """The ``Due`` of these schools: without a date this term, and appointments now; two queries."""
    now, today = timezone.now(), timezone.localdate()
    invites = list(
        NurseInvite.objects.filter(
            Q(state__in=WITHOUT_DATE)
            | Q(state=InviteState.INVITED, starts_at__gt=now - BEHIND, starts_at__lt=now + AHEAD),
            school_year=school_year_of(today),
            school__in=schools_with_nurse().filter(pk__in=school_ids),
        )
        .exclude(consultation__nurse_present=True)
        .select_related("school")
        .order_by("starts_at", "school__name")
    )
    calendars = calendars_of(invite.school_id for invite in invites)
    return [
        due for invite in invites if (due := _due(invite, calendars[invite.school_id], now, today))
    ]


def _due(invite, calendar, now, today):
    if invite.state == InviteState.INVITED:
        begun = invite.starts_at <= now
        was_before = timezone.localdate(invite.starts_at) < today
        return Due(invite, "late" if was_before else "", has_date=True, has_begun=begun)
    term = invite.named_term
    if term_due(calendar, today) != term:
        return None
    return Due(invite, lateness(calendar, term, today), has_date=False)
