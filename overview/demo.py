"""The demonstration: real schools, invented people and a believable term of work in every state.

What a visitor will look at closely is done by the acts themselves and then dated back; the rest
of the county is written in bulk, with the grants its acts would have written.
"""

import random
import uuid
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts.grants import give
from accounts.models import Role, StaffRole, User
from consultations import notices
from consultations import services as consulting
from consultations.forms import Content
from consultations.models import (
    Action,
    AreaDiscussed,
    Attendee,
    Audience,
    Consultation,
    ConsultationGrant,
    Kind,
    Place,
    Share,
    State,
    Theme,
)
from consultations.recipients import Decision, Plan, candidates, contacts_of
from consultations.services import actions as action_services
from linkworkers import services as linking
from linkworkers.entitlements import of_allocations
from linkworkers.models import (
    Allocation,
    AllocationKind,
    CountyAgreement,
    CountyAnswer,
    WorkerKind,
)
from notifications.models import Message
from notifications.models import State as Delivery
from overview import demo_texts as texts
from overview.demo_attendance import tell_of_attendance, tell_of_transition
from overview.demo_children import bring_children
from overview.demo_concerns import tell_of_concerns
from overview.demo_meetings import tell_of_meetings
from overview.demo_nurse import tell_of_nurses
from overview.demo_recording import tell_of_recording
from overview.demo_referrals import tell_of_referrals
from overview.demo_requests import tell_of_requests
from overview.demo_support import tell_of_support
from overview.demo_terms import bring_terms
from overview.demo_together import tell_of_working_together
from overview.demo_work import tell_of_short_work
from schools.entitlements import of_posts
from schools.hub_managers import appoint_manager
from schools.models import (
    Hub,
    HubGrant,
    NursingTeam,
    PanelArea,
    School,
    SchoolContact,
    SchoolGrant,
)
from schools.register import import_register
from schools.roles import SAFEGUARDING, ContactRole

FIXTURES = Path(settings.BASE_DIR) / "schools" / "fixtures"
SEED = 2026
SUMMER_HOLIDAY = timedelta(days=42)

# Hub: the districts whose schools it looks after, and their panel area and nursing team.
HUBS = {
    "Worthing and Adur": (["Worthing", "Adur"], "Southern", "Central"),
    "Arun and Chichester": (["Arun", "Chichester"], "Western", "West"),
    "Crawley and Mid Sussex": (["Crawley", "Mid Sussex"], "North Eastern", "East"),
    "Horsham": (["Horsham"], "Northern", "East"),
}
HOME, AWAY = "Worthing and Adur", "Crawley and Mid Sussex"
NURSING_TEAMS = ("East", "West", "Central")
# Besides those every council begins with.
THEMES = ("Conflict at home", "Neglect", "Online safety")

# Mailbox name: name and staff role of the accounts of the demonstration.
STAFF = {
    "linkworker": ("Priya Nandra", Role.LINK_WORKER),
    "linkworker2": ("Dylan Okafor", Role.LINK_WORKER),
    "manager": ("Helen Marsh", Role.TEAM_MANAGER),
    "manager2": ("Kwame Asante", Role.TEAM_MANAGER),
    "service.manager": ("Miriam Adler", Role.SERVICE_MANAGER),
    "coordinator": ("Ellie Trant", Role.COORDINATOR),
    "duty": ("Marcus Webb", Role.DUTY_MANAGER),
    "governance": ("Sunita Rao", Role.GOVERNANCE),
    "admin": ("Jo Fletcher", Role.ADMINISTRATOR),
}
SCHOOL_PEOPLE = {
    "dsl": "Ruth Okoro",
    "head": "Marcus Adeyemi",
    "deputy": "Callum Hart",
    "senco": "Joanna Pike",
    "dsl2": "Farah Siddiqui",
}
OTHER_MANAGERS = {"Arun and Chichester": "Gareth Lloyd", "Horsham": "Naomi Castle"}
MANAGERS = {HOME: "manager", AWAY: "manager2"}
WORKERS = {
    HOME: ["Tom Reilly", "Maya Lindqvist", "Grace Whitlock", "Andre Baptiste"],
    "Arun and Chichester": ["Sofia Petrou", "Lewis Grant", "Amara Nwosu", "Bethan Price"],
    AWAY: ["Omar Haddad", "Chloe Fairbairn", "Tomasz Zielinski"],
    "Horsham": ["Rosa Delgado", "Dev Anand"],
}
# Who works part of the week: the share of full time and the weekdays, Monday being 0.
PART_TIME = {
    "linkworker2": ("0.80", [0, 1, 2, 3]),
    "maya.lindqvist": ("0.80", [0, 1, 3, 4]),
    "lewis.grant": ("0.60", [0, 1, 2]),
    "tomasz.zielinski": ("0.60", [2, 3, 4]),
    "dev.anand": ("0.80", [0, 1, 2, 4]),
}

MAIN, AWAY_MAIN, COLLEGE = "140713", "134042", "131182"
# The schools of linkworker@example.org, and as what.
MINE = {
    MAIN: AllocationKind.PRIMARY,
    "125961": AllocationKind.PRIMARY,
    "142381": AllocationKind.PRIMARY,
    "126159": AllocationKind.PRIMARY,
    "125967": AllocationKind.PRIMARY,
    "148719": AllocationKind.PRIMARY,
    "134896": AllocationKind.SECONDARY,
    "141348": AllocationKind.SECONDARY,
    "139109": AllocationKind.SECONDARY,
}
DURRINGTON, HOMEFIELD, ORCHARDS, PALATINE, SPRINGFIELD = list(MINE)[:5]
WHYTEMEAD, SOMPTING, GLOBE, WORTHING_HIGH = list(MINE)[5:]
# Days since the last consultation of those that the story below does not visit.
QUIET_DAYS = {SOMPTING: 24, GLOBE: 64, PALATINE: 15}


@dataclass(frozen=True)
class Account:
    """A sign-in of the demonstration."""

    email: str
    name: str
    what: str


def is_there():
    """The demonstration has been made in this database."""
    return User.objects.filter(email=address("linkworker")).exists()


def address(mailbox):
    """Somebody's address in the demonstration, where no mail arrives."""
    return f"{mailbox}@example.org"


def accounts():
    """Every ``Account``, as the command prints them."""
    roles = [Account(address(key), name, role.label) for key, (name, role) in STAFF.items()]
    posts = SchoolContact.objects.filter(
        user__email__in=[address(key) for key in SCHOOL_PEOPLE]
    ).select_related("school")
    return roles + [
        Account(post.email, post.name, f"{post.role_text}, {post.school.name}")
        for post in posts.order_by("school__name", "name")
    ]


@transaction.atomic
def make(password):
    """Make all of it, with ``password`` for every account; returns the ``Account`` list."""
    Demonstration(password).make()
    return accounts()


class Demonstration:
    """One run. ``users`` and ``schools`` are by mailbox name and URN."""

    def __init__(self, password):
        # Hashed once: a slow hash for each of hundreds of people would take minutes.
        self.password = make_password(password)
        self.chance = random.Random(SEED)  # noqa: S311 - the same demonstration every time
        self.now = timezone.now()
        self.began = self.now - timedelta(days=430)
        self.system = User.objects.system("demonstration")
        self.users, self.hubs, self.workers = {}, {}, {}

    def make(self):
        """Places first, then people, who holds what, and what happened since."""
        self.bring_schools()
        self.place_schools()
        bring_terms(self.system, FIXTURES, self.school(MAIN))
        self.bring_staff()
        self.bring_contacts()
        self.allocate_schools()
        self.children = bring_children(
            self, main=MAIN, homefield=HOMEFIELD, orchards=ORCHARDS, away=AWAY_MAIN
        )
        self.write_history()
        self.tell_the_story()
        self.leave_things_open()
        tell_of_support(
            self,
            main=MAIN,
            quiet=GLOBE,
            transition=WHYTEMEAD,
            nurture=SPRINGFIELD,
            absent=mailbox_of("Maya Lindqvist"),
        )
        tell_of_working_together(self, main=MAIN, feeders=[HOMEFIELD, ORCHARDS])
        tell_of_attendance(self.children)
        tell_of_transition(self, self.children, to=MAIN)
        tell_of_recording(self.school(MAIN), self.user("linkworker"))
        tell_of_short_work(self, MAIN)
        tell_of_requests(self, main=MAIN, other=HOMEFIELD)
        tell_of_referrals(self, main=MAIN)
        tell_of_meetings(
            self, main=MAIN, other=AWAY_MAIN, targeting=[MAIN, ORCHARDS, WORTHING_HIGH, SPRINGFIELD]
        )
        tell_of_nurses(
            self,
            mine=MINE,
            confirmed=SPRINGFIELD,
            invited=WHYTEMEAD,
            proposed=GLOBE,
            without_team=PALATINE,
        )
        tell_of_concerns(self, main=MAIN, other=HOMEFIELD)
        self.file_messages()

    def ago(self, days, at=time(10, 0)):
        """An instant on a weekday outside August, ``days`` ago or soon before, never ahead."""
        day = timezone.localdate(self.now) - timedelta(days=days)
        if day.month == 8 and days > 20:
            day -= SUMMER_HOLIDAY
        day -= timedelta(days=max(day.weekday() - 4, 0))
        return min(timezone.make_aware(datetime.combine(day, at)), self.now - timedelta(hours=1))

    def user(self, mailbox):
        """The person afresh: roles and scope are kept on an instance."""
        return User.objects.get(email=address(mailbox))

    def school(self, urn):
        return School.objects.select_related("hub").get(urn=urn)

    # --- places ---------------------------------------------------------------------------

    def bring_schools(self):
        import_register(
            FIXTURES / "west_sussex_schools.csv",
            links=FIXTURES / "west_sussex_links.csv",
            local_authority="938",
        )

    def place_schools(self):
        """Hubs, panel areas and nursing teams, by district or, without one, by the town's."""
        teams = {
            name: NursingTeam.objects.create(
                name=name, inbox=address(f"{name.lower()}.nursing"), phone=f"01632 96031{number}"
            )
            for number, name in enumerate(NURSING_TEAMS)
        }
        town_of = dict(
            School.objects.exclude(district="").exclude(town="").values_list("town", "district")
        )
        for name, (districts, area, team) in HUBS.items():
            hub = Hub.objects.create(code=name.lower().replace(" ", "-"), name=name)
            self.hubs[name] = hub
            towns = [town for town, district in town_of.items() if district in districts]
            here = School.objects.filter(district__in=districts) | School.objects.filter(
                district="", town__in=towns
            )
            here.update(
                hub=hub,
                panel_area=PanelArea.objects.create(name=area),
                nursing_team=teams[team],
            )
        School.objects.filter(urn=MAIN).update(
            deputies_told=True,
            partnership="Worthing secondary partnership",
            good_to_know="Monday mornings suit the team best; the safeguarding lead teaches until "
            "10am on Thursdays.",
        )
        Theme.objects.bulk_create([Theme(name=name) for name in THEMES], ignore_conflicts=True)

    # --- people ---------------------------------------------------------------------------

    def person(self, mailbox, name, **fields):
        """A user who has joined, not saved yet."""
        return User(
            email=address(mailbox),
            name=name,
            password=self.password,
            invited_at=self.began,
            joined_at=self.began,
            **fields,
        )

    def bring_staff(self):
        people = {
            key: (self.person(key, name, is_superuser=key == "admin"), role, None)
            for key, (name, role) in STAFF.items()
        }
        for hub, name in OTHER_MANAGERS.items():
            people[mailbox_of(name)] = (self.person(mailbox_of(name), name), Role.TEAM_MANAGER, hub)
        for names in WORKERS.values():
            for name in names:
                key = mailbox_of(name)
                people[key] = (self.person(key, name), Role.LINK_WORKER, None)
        for number, (user, _, _) in enumerate(people.values()):
            user.phone = f"01632 960{200 + number}"
        User.objects.bulk_create(user for user, _, _ in people.values())
        StaffRole.objects.bulk_create(
            StaffRole(
                user=user,
                role=role,
                starts_at=self.began,
                given_by=self.system,
                confirmed_at=self.began,
            )
            for user, role, _ in people.values()
        )
        self.users = {key: user for key, (user, _, _) in people.items()}
        managers = MANAGERS | {hub: mailbox_of(name) for hub, name in OTHER_MANAGERS.items()}
        for hub, key in managers.items():
            appoint_manager(self.system, self.users[key], [self.hubs[hub]])
        HubGrant.objects.update(starts_at=self.began)
        self.managers = {hub: self.users[key] for hub, key in managers.items()}
        for hub, names in WORKERS.items():
            own = {HOME: ["linkworker"], AWAY: ["linkworker2"]}.get(hub, [])
            for key in [*own, *map(mailbox_of, names)]:
                self.appoint(key, hub, WorkerKind.FSW)
        self.appoint("manager", HOME, WorkerKind.TM)

    def appoint(self, key, hub, kind):
        user = self.users[key]
        manager = self.managers[hub]
        fte, days = PART_TIME.get(key, (1, None))
        self.workers[key] = linking.appoint(
            self.system,
            user,
            hub=self.hubs[hub],
            kind=kind,
            line_manager=self.users["service.manager"] if user == manager else manager,
            fte=fte,
            working_days=days,
        )

    def bring_contacts(self):
        """A head and a safeguarding lead at every open school, and more at the main ones."""
        named = {
            MAIN: {
                "head": [ContactRole.HEAD],
                "dsl": [ContactRole.DSL, ContactRole.DA_CHAMPION],
                "deputy": [ContactRole.DEPUTY],
                "senco": [ContactRole.SENCO],
            },
            AWAY_MAIN: {"dsl2": [ContactRole.DSL]},
        }
        people, posts = [], []
        for school in School.objects.open().exclude(hub__code=Hub.NOT_YET):
            given = named.get(school.urn, {})
            rows = [(key, SCHOOL_PEOPLE[key], roles) for key, roles in given.items()]
            taken = {role for _, _, roles in rows for role in roles}
            for role in (ContactRole.HEAD, ContactRole.DSL):
                if role not in taken:
                    rows.append((f"{role}.{school.urn}", self.invented_name(), [role]))
            if school.urn in MINE:
                rows.append(
                    (f"pastoral.{school.urn}", self.invented_name(), [ContactRole.PASTORAL])
                )
            for key, name, roles in rows:
                user = self.person(key, name)
                people.append(user)
                posts.append(self.post(school, user, roles))
        User.objects.bulk_create(people)
        SchoolContact.objects.bulk_create(posts)
        give(SchoolGrant, of_posts(posts))
        main = self.school(MAIN)
        main.agreed_attendees.set(
            post
            for post in posts
            if post.school_id == main.pk and ContactRole.HEAD not in post.roles
        )
        main.attendees_agreed_on = self.ago(75).date()
        main.save(update_fields=["attendees_agreed_on"])

    def invented_name(self):
        first, last = (names.split() for names in (texts.FIRST_NAMES, texts.LAST_NAMES))
        return f"{self.chance.choice(first)} {self.chance.choice(last)}"

    def post(self, school, user, roles):
        is_safeguarding = not SAFEGUARDING.isdisjoint(roles)
        is_main = school.urn in MINE
        return SchoolContact(
            school=school,
            user=user,
            name=user.name,
            roles=roles,
            email=user.email,
            phone=f"01632 960{self.chance.randrange(400, 999)}" if is_main else "",
            note="Mobile before 8:30am is best." if ContactRole.DA_CHAMPION in roles else "",
            starts_at=self.began,
            added_by=self.system,
            confirmed_at=self.began if is_safeguarding else None,
            confirmed_by=self.managers[school.hub.name] if is_safeguarding else None,
        )

    # --- allocations ----------------------------------------------------------------------

    def allocate_schools(self):
        """Every open school shared out in its hub; some gaps stay for the manager to see."""
        held = []
        for hub in self.hubs.values():
            keys = [
                key
                for key, worker in self.workers.items()
                if worker.hub_id == hub.pk and key not in ("linkworker", "manager")
            ]
            schools = [s for s in School.objects.open().filter(hub=hub) if not s.is_apc]
            for number, school in enumerate(schools):
                primary = keys[number % len(keys)]
                secondary = keys[(number + 1) % len(keys)]
                held += self.allocations_of(school, primary, secondary, number)
        Allocation.objects.bulk_create(held)
        give(SchoolGrant, of_allocations(held))
        self.change_hands()
        self.ask_the_county()
        self.declare_a_conflict()

    def allocations_of(self, school, primary, secondary, number):
        mine = MINE.get(school.urn)
        if mine == AllocationKind.PRIMARY:
            primary = "linkworker"
        elif mine == AllocationKind.SECONDARY:
            secondary = "linkworker"
        elif school.urn == AWAY_MAIN:
            primary = "linkworker2"
        elif number % 19 == 7:
            secondary = None
        elif number % 47 == 40:
            primary = secondary = None
        return [
            Allocation(
                school=school,
                hub_id=school.hub_id,
                link_worker=self.workers[key],
                kind=kind,
                starts_at=self.began + timedelta(days=30),
                agreed_at_meeting="Hub meeting",
                allocated_by=self.managers[school.hub.name],
            )
            for kind, key in (
                (AllocationKind.PRIMARY, primary),
                (AllocationKind.SECONDARY, secondary),
            )
            if key
        ]

    def change_hands(self):
        """The main school had another primary until the summer."""
        held = Allocation.objects.get(
            school__urn=MAIN, kind=AllocationKind.PRIMARY, ends_at__isnull=True
        )
        began, changed = held.starts_at, self.ago(81, time(9, 0))
        Allocation.objects.filter(pk=held.pk).update(starts_at=changed)
        former = Allocation.objects.create(
            school=held.school,
            hub_id=held.hub_id,
            link_worker=self.workers[mailbox_of("Tom Reilly")],
            kind=AllocationKind.PRIMARY,
            starts_at=began,
            ends_at=changed,
            ended_why="Loads were balanced for the new school year",
            ended_by=self.managers[HOME],
            agreed_at_meeting="Hub meeting",
            allocated_by=self.managers[HOME],
        )
        give(SchoolGrant, of_allocations([self.reread(held), former]))

    def reread(self, allocation):
        return Allocation.objects.select_related("link_worker").get(pk=allocation.pk)

    def ask_the_county(self):
        """A proposal for an Alternative Provision College waits for the managers' answers."""
        agreement = linking.propose(
            self.user("manager2"),
            self.school(COLLEGE),
            self.workers["linkworker2"],
            AllocationKind.PRIMARY,
            "Knows the college from the move of two pupils",
        )
        linking.agree(self.user(mailbox_of(OTHER_MANAGERS["Horsham"])), agreement)
        asked = self.ago(3)
        CountyAgreement.objects.filter(pk=agreement.pk).update(proposed_at=asked)
        CountyAnswer.objects.filter(agreement=agreement, answered_at__isnull=False).update(
            answered_at=asked
        )

    def declare_a_conflict(self):
        """A worker's own child starts at a school they hold: suspended, and nobody told why."""
        worker = self.workers[mailbox_of("Grace Whitlock")]
        held = (
            Allocation.objects.live()
            .filter(link_worker=worker, kind=AllocationKind.SECONDARY)
            .exclude(school__urn__in=MINE)
            .select_related("school")
            .order_by("school__name")
            .first()
        )
        linking.declare_conflict(self.user(mailbox_of(worker.user.name)), held.school)

    # --- history --------------------------------------------------------------------------

    def write_history(self):
        """A term of finished consultations across the county, shared, opened and stored."""
        leads = {}
        for post in SchoolContact.objects.current().leads():
            leads.setdefault(post.school_id, []).append(post)
        primaries = (
            Allocation.objects.live()
            .filter(kind=AllocationKind.PRIMARY)
            .exclude(school__urn__in=MINE)
            .select_related("school", "link_worker")
        )
        held = []
        for number, allocation in enumerate(primaries):
            # Most schools were in touch lately; one in fifteen is drifting away.
            latest = (
                self.chance.randrange(47, 75) if number % 15 == 4 else self.chance.randrange(36)
            )
            author = allocation.link_worker.user_id
            for days in range(latest, 100, self.chance.randrange(24, 60)):
                held.append((allocation.school, author, days, self.chance.choice(texts.STORIES)))
        mine = self.users["linkworker"].pk
        held += [(self.school(urn), mine, days, texts.LATENESS) for urn, days in QUIET_DAYS.items()]
        tom = self.users[mailbox_of("Tom Reilly")].pk
        held += [(self.school(MAIN), tom, days, texts.CONFLICT_AT_HOME) for days in (101, 150)]
        self.write(held, leads)

    def write(self, held, leads):
        consultations, areas, attendees, shares = [], [], [], []
        for school, author, days, story in held:
            held_at = self.ago(days, time(self.chance.randrange(9, 16), 30))
            row = self.finished(school, author, held_at, story)
            consultations.append(row)
            areas += self.areas(row, story)
            people = leads.get(school.pk, [])
            attendees += [
                Attendee(consultation=row, contact=post, name=post.name, role_text=post.role_text)
                for post in people
                if ContactRole.DSL in post.roles
            ]
            shares += [
                Share(
                    consultation=row,
                    user_id=post.user_id,
                    role_text=post.role_text,
                    is_lead=True,
                    shared_at=row.shared_at,
                    shared_by_id=author,
                    opened_at=row.shared_at + timedelta(hours=20),
                )
                for post in people
            ]
            if people:
                row.stored_by_id = people[-1].user_id
                row.stored_on = (row.shared_at + timedelta(days=1)).date()
        Consultation.objects.bulk_create(consultations)
        AreaDiscussed.objects.bulk_create(areas)
        Attendee.objects.bulk_create(attendees)
        Share.objects.bulk_create(shares)

    def finished(self, school, author, held_at, story):
        done_at = held_at + timedelta(hours=2)
        return Consultation(
            school=school,
            hub_id=school.hub_id,
            author_id=author,
            state=State.SHARED,
            version=1,
            held_at=held_at,
            minutes=self.chance.choice([30, 45, 60]),
            place=self.chance.choice([Place.SCHOOL, Place.SCHOOL, Place.ONLINE, Place.PHONE]),
            updates_given=story.updates,
            internal_notes=story.internal,
            shared_text=story.shared,
            started_at=held_at,
            completed_at=done_at,
            shared_at=done_at,
        )

    def areas(self, consultation, story):
        return [
            AreaDiscussed(
                consultation=consultation,
                area=area,
                notes=notes,
                sub_areas=story.sub_areas.get(area, []),
            )
            for area, notes in story.areas.items()
        ]

    # --- the story of one link worker -------------------------------------------------------

    def tell_the_story(self):
        """A consultation in every state, done by the acts and then dated back."""
        dsl = self.user("dsl")
        self.hold(MAIN, 47, texts.NEGLECT, stored=2)
        self.hold(MAIN, 33, texts.PART_TIME, kind=Kind.AD_HOC, stored=1)
        avoidance = self.hold(MAIN, 19, texts.AVOIDANCE, stored=1)
        self.add(avoidance, 12, texts.ADDENDUM, Audience.SCHOOL)
        self.add(avoidance, 12, texts.TEAM_ADDENDUM, Audience.TEAM)
        consulting.stored(dsl, avoidance, self.ago(11).date())
        suspensions = self.hold(MAIN, 5, texts.SUSPENSIONS, opened=True)
        answer = consulting.reply(dsl, suspensions, texts.REPLY)
        type(answer).objects.filter(pk=answer.pk).update(replied_at=self.ago(1, time(16, 10)))
        self.hold(WHYTEMEAD, 36, texts.TRANSITION, opened=True)
        self.hold(WORTHING_HIGH, 13, texts.VAPING, withhold=ContactRole.HEAD, stored=2)
        self.hold(SPRINGFIELD, 10, texts.LATENESS, kind=Kind.AD_HOC, stored=1)
        self.hold(HOMEFIELD, 6, texts.MANAGED_MOVE, share=False)
        self.hold(ORCHARDS, 3, texts.CONFLICT_AT_HOME)
        done = Action.objects.filter(consultation__school__urn=MAIN, owner_user__isnull=False)
        action_services.done(self.user("linkworker"), done.order_by("added_at").first())

    def leave_things_open(self):
        """Drafts, a note nobody shared, and a post that waits to be confirmed."""
        self.draft("linkworker", MAIN, 0, texts.MANAGED_MOVE)
        colleague = mailbox_of("Maya Lindqvist")
        schools = (
            Allocation.objects.live()
            .filter(link_worker=self.workers[colleague], kind=AllocationKind.PRIMARY)
            .order_by("school__name")
            .values_list("school__urn", flat=True)
        )
        self.draft(colleague, schools[0], 8, texts.NEGLECT)
        self.hold(schools[1], 7, texts.VAPING, by=colleague, share=False)
        self.draft("linkworker2", AWAY_MAIN, 2, texts.TRANSITION)
        self.hold(AWAY_MAIN, 9, texts.AVOIDANCE, by="linkworker2", opened=True)
        self.wait_to_confirm()

    def wait_to_confirm(self):
        school = self.school(HOMEFIELD)
        name = "Hannah Osei"
        user = User.objects.create_user(address("h.osei"), name, invited_at=self.ago(2))
        SchoolContact.objects.create(
            school=school,
            user=user,
            name=name,
            roles=[ContactRole.DEPUTY],
            email=user.email,
            starts_at=self.ago(2),
            added_by=self.users["linkworker"],
        )

    def hold(
        self,
        urn,
        days,
        story,
        *,
        by="linkworker",
        kind=Kind.STRUCTURED,
        share=True,
        opened=False,
        stored=None,
        withhold=None,
    ):
        """Hold, complete and share a consultation ``days`` ago; returns it as it stands.

        ``stored`` is after how many days the school stored it, None for not yet.
        """
        author, school = self.user(by), self.school(urn)
        held_at = self.ago(days, time(9, 30))
        contacts = contacts_of(school)
        took_part = sorted(
            (c for c in contacts if ContactRole.HEAD not in c.roles),
            key=lambda c: ContactRole.DSL not in c.roles,
        )
        draft = consulting.start(author, school, uuid.uuid4(), held_at, {})
        consultation = Consultation.objects.get(pk=draft.target_id)
        content = self.content(consultation, story, kind, took_part, author)
        plan = self.plan(school, content, contacts, withhold)
        consulting.complete(author, consultation, content, plan, share_now=share)
        if stored is not None:
            lead = next(c.user for c in contacts if ContactRole.DSL in c.roles)
            consulting.stored(
                User.objects.get(pk=lead.pk), consultation, self.ago(days - stored).date()
            )
        self.date_back(consultation, held_at, is_opened=opened or stored is not None)
        return Consultation.objects.get(pk=consultation.pk)

    def content(self, consultation, story, kind, took_part, author):
        held_on = timezone.localdate(consultation.held_at)
        lead = next(c for c in took_part if ContactRole.DSL in c.roles)
        today = timezone.localdate(self.now)
        return Content(
            fields={
                "held_at": consultation.held_at,
                "minutes": 10 if kind == Kind.AD_HOC else 50,
                "place": Place.PHONE if kind == Kind.AD_HOC else Place.SCHOOL,
                "kind": kind,
                "manager_reason": "",
                "held_before_by": "",
                "held_before_why": "",
                "updates_given": story.updates,
                "shared_text": story.shared,
                "internal_notes": story.internal,
            },
            themes=[],
            areas=self.areas(consultation, story),
            attendees=[
                Attendee(contact=c, name=c.name, role_text=c.role_text)
                for c in took_part[: 1 if kind == Kind.AD_HOC else 3]
            ],
            actions=[
                Action(
                    what=what,
                    due_on=max(weekday_near(today, due), held_on),
                    owner_user=author if whose == "worker" else None,
                    owner_contact=None if whose == "worker" else lead,
                    added_at=consultation.held_at,
                )
                for what, whose, due in story.actions
            ],
        )

    def plan(self, school, content, contacts, withhold):
        found = candidates(school, content.attendees, contacts)
        return Plan(
            decisions=[
                Decision(candidate=person, share=person.ticked)
                if withhold not in person.contact.roles
                else Decision(candidate=person, withhold=True, reason=texts.WITHHELD_WHY)
                for person in found
            ]
        )

    def date_back(self, consultation, held_at, *, is_opened):
        """Give what the acts have just written the dates of the story."""
        done_at = min(held_at + timedelta(hours=3), self.now)
        rows = Consultation.objects.filter(pk=consultation.pk)
        rows.update(started_at=held_at, completed_at=done_at)
        rows.filter(state=State.SHARED).update(shared_at=done_at)
        shares = consultation.shares.all()
        shares.update(shared_at=done_at)
        if is_opened:
            shares.filter(is_lead=True).update(opened_at=done_at + timedelta(hours=1))
        give(
            ConsultationGrant,
            [consulting.entitlement(share) for share in shares if not share.is_lead],
        )
        consultation.withholdings.update(withheld_at=done_at)
        Message.objects.filter(about_id=str(consultation.pk)).update(created_at=done_at)

    def add(self, consultation, days, text, audience):
        addendum = consulting.addendum(self.user("linkworker"), consultation, text, audience)
        added_at = self.ago(days, time(14, 20))
        type(addendum).objects.filter(pk=addendum.pk).update(added_at=added_at)
        told = Message.objects.filter(kind=notices.ADDED, about_id=str(consultation.pk))
        told.update(created_at=added_at)
        if audience == Audience.SCHOOL:
            consultation.shares.filter(is_lead=True).update(opened_at=added_at + timedelta(hours=2))

    def draft(self, by, urn, days, story):
        """Something begun and left, as the form would have kept it."""
        author, school = self.user(by), self.school(urn)
        held_at = self.ago(days, time(9, 30))
        took_part = [c for c in contacts_of(school) if ContactRole.DSL in c.roles]
        data = {
            "held_on": [f"{timezone.localdate(held_at):%-d %B %Y}"],
            "held_time": [f"{timezone.localtime(held_at):%H:%M}"],
            "minutes": ["45"],
            "place": [Place.SCHOOL],
            "kind": [Kind.STRUCTURED],
            "contacts": [str(contact.pk) for contact in took_part],
            "areas": list(story.areas),
            **{f"notes_{area}": [notes] for area, notes in story.areas.items()},
            **{f"sub_{area}": codes for area, codes in story.sub_areas.items()},
            "shared_text": [story.shared.partition("\n\n")[0]],
            "people-TOTAL_FORMS": ["0"],
            "people-INITIAL_FORMS": ["0"],
            "actions-TOTAL_FORMS": ["1"],
            "actions-INITIAL_FORMS": ["0"],
            "actions-0-what": [story.actions[0][0]],
            "actions-0-owner": [f"user:{author.pk}"],
            "actions-0-owner_name": [""],
            "actions-0-due_on": [""],
        }
        draft = consulting.start(author, school, uuid.uuid4(), held_at, data)
        Consultation.objects.filter(pk=draft.target_id).update(started_at=held_at)
        type(draft).objects.filter(pk=draft.pk).update(
            saved_at=min(held_at + timedelta(minutes=72), self.now)
        )

    # --- messages -------------------------------------------------------------------------

    def file_messages(self):
        """What the acts wrote has gone out long ago; only the last few days' go out now."""
        lately = self.now - timedelta(days=4)
        past = Message.objects.exclude(created_at__gte=lately, is_secret=False)
        past.filter(is_secret=True).update(body="")
        past.update(state=Delivery.SENT, attempts=1, sent_at=F("created_at"))


def mailbox_of(name):
    """``Tom Reilly`` writes from ``tom.reilly``."""
    return name.lower().replace(" ", ".")


def weekday_near(today, days):
    """The date ``days`` from today; off a weekend it moves on, away from today."""
    day = today + timedelta(days=days)
    past_friday = day.weekday() - 4
    if not days or past_friday <= 0:
        return day
    return day + timedelta(days=3 - past_friday if days > 0 else -past_friday)
