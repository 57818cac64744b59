"""CASO meetings that were held: one whose minutes went out, with the next, and one half written.

Everything is done by its act and then dated back; two schools, five agencies, three children.
"""

from datetime import datetime, time, timedelta

from django.utils import timezone

from accounts.models import User
from consultations.models import Action, Theme
from notifications.models import Message
from panels import policies
from panels.copies import Minutes
from panels.models import (
    ActionComment,
    Distribution,
    Meeting,
    MeetingKind,
    MinutesLink,
    MinutesVersion,
)
from panels.recipients import recipients_of
from panels.services import actions, children, distribution, meetings, minutes, partners, people
from panels.services.organisers import prepare_next
from schools.models import Agency
from schools.roles import LEADS

RAILWAY = "Exploitation along the railway"
BASIS = {"basis": "agreed", "basis_words": "A parent agreed by phone, to the safeguarding lead"}
PURPOSE = (
    "Both schools see older teenagers waiting at the station after school."
    " What do the agencies know, and what do we do together?"
)
# Which agencies are there, and which of the three children each may read of.
AGENCIES = {
    "Police": ("amir", "otis"),
    "YJES": ("amir",),
    "Phoenix Team": ("otis",),
    "SENSS": ("jonah",),
    "Learner Engagement": (),
}
CALLED_BEFORE, SENT_AFTER = timedelta(days=21), timedelta(days=2)
# School days since the meeting whose minutes went out, and since that whose are late by now.
SENT, LATE = 14, 12


class Railway:
    """Two schools on one line, told by the coordinator; ``days`` are four on which they teach."""

    def __init__(self, demonstration, schools, calendars, days):
        self.by = demonstration.user("coordinator")
        self.children = demonstration.children
        self.workers = [demonstration.user(key) for key in ("linkworker", "linkworker2")]
        self.lead = demonstration.user("dsl")
        self.schools, self.days = schools, days
        self.calendars = calendars

    def tell(self):
        """What was sent first, so that the next meeting takes over what is still open of it."""
        meeting = self.prepare(RAILWAY, "Exploitation", PURPOSE, ["targeted", "attendance"])
        self.invite(meeting, AGENCIES)
        rows = {key: self.discuss(meeting, key) for key in ("amir", "jonah", "otis")}
        meeting = self.hold(meeting, SENT)
        self.write_railway(meeting, rows)
        self.send(meeting)
        self.follow_up(meeting)
        self.come_again(meeting)
        self.half_write()

    # --- a meeting -------------------------------------------------------------------------------

    def prepare(self, title, theme, purpose, areas):
        facts = {"title": title, "areas": areas, "purpose": purpose, "our_part": "chair"}
        themes = Theme.objects.filter(name=theme)
        return meetings.prepare(self.by, MeetingKind.CASO, self.schools, facts, themes=themes)

    def invite(self, meeting, agencies):
        """The schools' heads and leads who sign in, their link workers, and the agencies."""
        posts = [
            post
            for post in policies.contacts_for(meeting)
            if post.user_id and not LEADS.isdisjoint(post.roles)
        ]
        people.choose_people(self.by, meeting, self.workers, posts)
        for agency in Agency.objects.filter(name__in=agencies):
            people.invite_agency(self.by, meeting, agency, contact=agency.contacts.first())

    def discuss(self, meeting, key):
        """One child, on a basis, with the agencies that may read of them; the meeting's row."""
        pupil = self.children[key]
        school = pupil.enrolments.get(ends_on__isnull=True).school
        readers = [name for name, keys in AGENCIES.items() if key in keys]
        invited = meeting.agencies.filter(agency__name__in=readers)
        agencies = Agency.objects.filter(pk__in=invited.values("agency"))
        return children.add(self.by, meeting, pupil, school, agencies=agencies, **BASIS)

    def call(self, meeting, day, place):
        meeting = again(meeting)
        when = {"starts_at": at(day, time(14)), "minutes": 90}
        where = {"place": place, "online_url": ""}
        return meetings.call(self.by, meeting, **when, **where, version=meeting.version)

    def hold(self, meeting, school_days):
        """Held so many school days ago, everybody there and agreed to its terms but one."""
        meeting = self.call(meeting, self.days[-1], "Worthing library, meeting room 1")
        starts_at = at(taught_ago(self.calendars, school_days), time(14))
        began = starts_at - CALLED_BEFORE
        rows = Meeting.objects.filter(pk=meeting.pk)
        rows.update(starts_at=starts_at, called_at=began, sent_at=began)
        away = meeting.agencies.filter(agency__name="Learner Engagement")
        for row in away:
            people.note_reply(self.by, meeting, row, "apologies")
        present = [row.pk for row in meeting.people.all()]
        agencies = [row.pk for row in meeting.agencies.exclude(pk__in=away)]
        meetings.hold(self.by, again(meeting), people=present, agencies=agencies)
        everybody = [*present, *agencies]
        minutes.note_present(self.by, again(meeting), present=everybody, accepted=everybody)
        rows.update(held_at=starts_at + timedelta(hours=2))
        Message.objects.filter(about_id=str(meeting.pk)).update(created_at=began)
        return again(meeting)

    # --- its minutes -----------------------------------------------------------------------------

    def item(self, meeting, title):
        item = meeting.items.filter(title=title).first()
        return item or minutes.add_item(self.by, meeting, title)

    def write(
        self, item, discussion, decision="", *, agencies=(), schools=(), audience="everybody"
    ):
        chosen = agencies or schools
        said = minutes.Said(
            discussion,
            decision,
            "chosen" if chosen else audience,
            list(Agency.objects.filter(name__in=agencies)),
            list(schools),
        )
        return minutes.write_item(self.by, item, said, version=item.version)

    def agree(self, item, what, owner, days, child=None):
        due_on = timezone.localdate() + timedelta(days=days)
        return minutes.add_action(self.by, item, what, owner=owner, due_on=due_on, child=child)

    def write_railway(self, meeting, rows):
        """What was said, who may read it, and five actions of which one is overdue by now."""
        minutes.begin_agenda(self.by, meeting)
        meeting = again(meeting)
        amir, jonah, otis = (f"{row.pupil.initials} ({row.reference})" for row in rows.values())
        agency = {row.agency.name: row for row in meeting.agencies.select_related("agency")}
        lead = meeting.people.get(user=self.lead)
        worker = meeting.people.get(user=self.workers[0])
        welcome, last, *_, following = meeting.items.all()
        self.write(welcome, "Everybody who was there accepted them.")
        self.write(last, "This was the first meeting about the railway.")
        self.write(following, "In three weeks, at the same place.")
        line = self.write(
            self.item(meeting, "Exploitation"),
            "Police: two reports of adults who give teenagers vapes and ask them to carry a bag.\n"
            "Phoenix Team: the same car was described at three stations since half-term.",
            "The agencies tell each other of every sighting on the same day.",
        )
        self.agree(line, "Share the description of the car with both schools", agency["Police"], -4)
        self.agree(line, "Offer a session on county lines to year 10", agency["Phoenix Team"], 8)
        main, away = self.schools
        station = self.write(
            self.item(meeting, "Waiting at the station"),
            f"{main.name}: staff are on the platform until 4pm on Mondays and Thursdays.\n"
            f"{amir} was offered money to take a bag to the coast, and told his tutor.",
            "Patrols match the two days on which nobody of the school is there.",
            agencies=("Police", "YJES"),
            schools=[main],
        )
        self.agree(station, "Patrol the platform twice a week", agency["Police"], 5)
        self.agree(station, "Call home each Friday", lead, 4, rows["amir"])
        self.write(
            self.item(meeting, "The bus home"),
            f"{otis} gets off two stops early to avoid the group, and comes home late.",
            "A teacher rides along for a fortnight.",
            agencies=("Phoenix Team",),
            schools=[away],
        )
        learning = self.write(
            self.item(meeting, "What makes mornings hard"),
            f"{jonah} misses the first hour; the noise of the entrance hall is too much.",
            agencies=("SENSS",),
            schools=[main],
        )
        self.agree(learning, "Visit on a Monday morning with SENSS", worker, 9, rows["jonah"])
        self.write(
            self.item(meeting, "For the team"),
            "The two areas want one list of the stations. Ask at the managers’ meeting.",
            audience="team",
        )

    def send(self, meeting):
        """Final and sent two days after the meeting, to whoever it concerns."""
        meeting = again(meeting)
        found = Minutes(meeting)
        version = minutes.finalise(self.by, meeting, seen=minutes.seen_of(found))
        rows = [one.row for one in recipients_of(Minutes(again(meeting))) if one.is_ticked]
        distribution.send(self.by, version, rows, timezone.localdate())
        sent_at = meeting.starts_at + SENT_AFTER
        MinutesVersion.objects.filter(pk=version.pk).update(finalised_at=sent_at)
        copies = Distribution.objects.filter(version=version)
        copies.update(
            actions_sent_at=sent_at,
            minutes_sent_at=sent_at,
            minutes_on=timezone.localdate(sent_at),
        )
        # Nobody is written to on account of the demonstration's past.
        owing = [row.pk for row in copies.filter(agency__isnull=False) if row.copy["actions"]]
        copies.filter(pk__in=owing).update(reminded_at=sent_at + distribution.REMIND_AFTER)
        MinutesLink.objects.filter(distribution__in=copies).update(
            made_at=sent_at, expires_at=sent_at + timedelta(days=28)
        )
        Action.objects.filter(minuted_as__meeting=meeting).update(added_at=sent_at)
        about = [str(meeting.pk), str(version.pk)]
        Message.objects.filter(about_id__in=about, created_at__gt=sent_at).update(
            created_at=sent_at
        )

    def follow_up(self, meeting):
        """The police have opened theirs, say how it goes with one action, and have done one."""
        copy = Distribution.objects.get(agency__meeting=meeting, agency__agency__name="Police")
        partners.opened(copy.links.first())
        opened_at = copy.actions_sent_at + timedelta(hours=20)
        Distribution.objects.filter(pk=copy.pk).update(opened_at=opened_at)
        done = meeting.minuted_actions.get(what__startswith="Patrol")
        system = User.objects.system("partner")
        text = "Three times so far, with the British Transport Police. Quieter since."
        actions.comment(system, done, text, name=copy.name)
        actions.tick(system, done, name=copy.name)
        said_at = opened_at + timedelta(days=6)
        ActionComment.objects.filter(action=done.action_id).update(said_at=said_at)
        Action.objects.filter(pk=done.action_id).update(done_at=said_at + timedelta(minutes=2))

    def come_again(self, meeting):
        """The next one, called for this week, with what is still open on its agenda."""
        meeting = again(meeting)
        facts = {
            "title": meeting.title,
            "areas": meeting.areas,
            "purpose": "What has changed on the line, and what is still to do.",
            "our_part": "chair",
        }
        following = prepare_next(
            self.by,
            MeetingKind.CASO,
            self.schools,
            facts,
            previous=meeting,
            themes=meeting.themes.all(),
        )
        for key in ("amir", "otis"):
            self.discuss(following, key)
        following = self.call(following, self.days[3], "Worthing library, meeting room 1")
        police = following.agencies.get(agency__name="Police")
        people.note_reply(self.by, following, police, "coming")
        people.answer(self.lead, following, "coming")
        minutes.begin_agenda(self.by, again(following))

    def half_write(self):
        """Another held after that, its minutes late: one item written, one being typed."""
        meeting = self.prepare(
            "Behaviour on the way to school",
            "Suspensions and exclusions",
            "Fights at the bus stops in the mornings, and who can be there.",
            ["targeted"],
        )
        self.invite(meeting, ("Police", "Informed PSHE"))
        for key in ("rowan", "maisie"):
            self.discuss(meeting, key)
        meeting = self.hold(meeting, LATE)
        minutes.begin_agenda(self.by, meeting)
        meeting = again(meeting)
        item = self.write(
            self.item(meeting, "Suspensions and exclusions"),
            "Both schools suspended pupils after the same fight.\n"
            "Police: nobody was hurt, and no crime is recorded.",
            "Staff of both schools stand at the two stops until the end of term.",
        )
        police = meeting.agencies.get(agency__name="Police")
        self.agree(item, "Walk past both stops at 8am", police, 3)
        typed = self.item(meeting, "Who talks to the families")
        minutes.keep(
            self.by,
            typed,
            minutes.typed_of(typed) | {"discussion": ["Each school rings its own. Informed PSHE"]},
            typed.version,
        )


def again(meeting):
    """The meeting as it stands now."""
    return Meeting.objects.get(pk=meeting.pk)


def at(day, hour):
    """An instant on a day, at a ``time`` of the clock here."""
    return timezone.make_aware(datetime.combine(day, hour))


def taught_ago(calendars, school_days):
    """The last day on which all of the schools taught, so many of the council's days ago.

    ``calendars`` are as ``calendars_of`` has them.
    """
    day = today = timezone.localdate()
    while not (
        calendars[None].school_days_since(day, today) >= school_days
        and all(calendar.is_school_day(day) for calendar in calendars.values())
    ):
        day -= timedelta(days=1)
    return day


def make_final(by, meeting, words, *, no_actions_why):
    """Minutes of one item, final on the day of the meeting, which was held; nothing is sent."""
    *_, subject, _ = minutes.begin_agenda(by, meeting)
    said = minutes.Said(words, audience="everybody")
    minutes.write_item(by, subject, said, version=subject.version)
    meeting = again(meeting)
    seen = minutes.seen_of(Minutes(meeting))
    version = minutes.finalise(by, meeting, seen=seen, no_actions_why=no_actions_why)
    MinutesVersion.objects.filter(pk=version.pk).update(finalised_at=meeting.starts_at)


def tell_of_minutes(demonstration, schools, calendars, days):
    """The meetings of the coordinator over two schools, and what became of them."""
    Railway(demonstration, schools, calendars, days).tell()
