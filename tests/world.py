"""The world the tests live in: two hubs, two schools each, one of every actor of design.md 4.

Rows are written directly, with the grants their acts would have written, so that a test of one
act never depends on another. Every text is a canary: unique, and named after who may read it.
"""

from datetime import timedelta

from django.utils import timezone

from accounts.grants import Entitlement, give
from accounts.models import Role, StaffRole, User
from consultations.models import (
    GUEST_SHARE,
    SCHOOL_SHARE,
    Action,
    Addendum,
    AreaDiscussed,
    Attendee,
    Audience,
    Consultation,
    ConsultationGrant,
    Reply,
    Share,
    State,
    Withholding,
)
from drafts.models import Draft
from linkworkers.models import Allocation, AllocationKind, LinkWorker, WorkerKind
from schools.models import (
    ContactRole,
    Hub,
    HubGrant,
    NursingTeam,
    OwnChildConflict,
    PanelArea,
    School,
    SchoolContact,
    SchoolGrant,
    SchoolType,
)

PASSWORD = "a long enough pass phrase"


def anew(user):
    """The user as their next request meets them, with nothing remembered of their rights."""
    return User.objects.get(pk=user.pk)


class World:
    """Everyone and everything, by name. Times hang on ``now``, when the world was made."""

    def __init__(self):
        self.now = timezone.now()
        self.long_ago = self.now - timedelta(days=400)
        self.yesterday = self.now - timedelta(days=1)
        self.tomorrow = self.now + timedelta(days=1)
        self._places()
        self._people()
        self._posts()
        self._allocations()
        self._consultations()

    # --- places -------------------------------------------------------------------------

    def _places(self):
        self.coast = Hub.objects.create(code="coast", name="Coast")
        self.downs = Hub.objects.create(code="downs", name="Downs")
        self.area = PanelArea.objects.create(name="Southern")
        self.nurses = NursingTeam.objects.create(name="West", inbox="nurses.west@example.org")

        def school(urn, name, kind, hub, town):
            return School.objects.create(
                urn=urn,
                name=name,
                type_group=kind,
                hub=hub,
                town=town,
                panel_area=self.area,
                nursing_team=self.nurses,
            )

        self.oakfield = school(
            "900001", "Oakfield Primary School", SchoolType.PRIMARY, self.coast, "Shoreham"
        )
        self.elmgate = school(
            "900002", "Elmgate School", SchoolType.SECONDARY, self.coast, "Lancing"
        )
        self.beech = school(
            "900003", "Beechcroft Junior School", SchoolType.PRIMARY, self.downs, "Steyning"
        )
        self.larkmead = school(
            "900004", "Larkmead College", SchoolType.COLLEGE, self.downs, "Storrington"
        )
        self.schools = [self.oakfield, self.elmgate, self.beech, self.larkmead]

    # --- people -------------------------------------------------------------------------

    def person(self, key, name, *roles, **fields):
        """A joined user ``key@example.org`` with the staff roles, kept as an attribute."""
        fields.setdefault("joined_at", self.long_ago)
        user = User(email=f"{key.replace('_', '.')}@example.org", name=name, **fields)
        user.set_password(PASSWORD)
        user.save()
        for role in roles:
            StaffRole.objects.create(
                user=user, role=role, starts_at=self.long_ago, confirmed_at=self.long_ago
            )
        setattr(self, key, user)
        return user

    def _people(self):
        worker = Role.LINK_WORKER
        self.person("primary", "Priya Primary", worker)
        self.person("secondary", "Sam Secondary", worker)
        self.person("cover", "Cole Cover", worker)
        self.person("former", "Fay Former", worker)
        self.person("future", "Finn Future", worker)
        self.person("other_worker", "Olu Otherschool", worker)
        self.person("conflicted", "Connie Conflicted", worker)
        self.person("far_worker", "Farah Farhub", worker)
        self.person("manager", "Maya Manager", Role.TEAM_MANAGER)
        self.person("other_manager", "Omar Othermanager", Role.TEAM_MANAGER)
        self.person("duty", "Dot Duty", Role.DUTY_MANAGER)
        self.person("service", "Seth Service", Role.SERVICE_MANAGER)
        self.person("coordinator", "Cora Coordinator", Role.COORDINATOR)
        self.person("governance", "Gita Governance", Role.GOVERNANCE)
        self.person("administrator", "Ade Administrator", Role.ADMINISTRATOR, is_superuser=True)
        self.person("deactivated", "Dee Deactivated", worker, is_active=False)
        self.person("invited", "Inez Invited", worker, joined_at=None, invited_at=self.yesterday)
        self.invited.set_unusable_password()
        self.invited.save()
        for key, name in (
            ("dsl", "Dora Lead"),
            ("deputy", "Dan Deputy"),
            ("head", "Hana Head"),
            ("withheld", "Will Withheld"),
            ("senco", "Selma Senco"),
            ("unconfirmed", "Una Unconfirmed"),
            ("left_lead", "Lena Left"),
            ("other_dsl", "Otto Otherlead"),
            ("head_and_dsl", "Hedy Both"),
            ("attendee", "Atul Attendee"),
        ):
            self.person(key, name)
        for manager, hub in ((self.manager, self.coast), (self.other_manager, self.downs)):
            role = manager.staff_roles.get()
            give(
                HubGrant,
                [
                    Entitlement(
                        manager.pk, "manage_hub", hub.pk, "staff_role", role.pk, role.starts_at
                    )
                ],
            )

    # --- posts --------------------------------------------------------------------------

    def post(self, school, user, *roles, confirmed=True, starts_at=None, ends_at=None):
        """A post at the school, with the grant that a confirmed safeguarding one carries."""
        contact = SchoolContact.objects.create(
            school=school,
            user=user,
            name=user.name,
            roles=list(roles),
            email=user.email,
            starts_at=starts_at or self.long_ago,
            ends_at=ends_at,
            added_by=self.manager,
            confirmed_at=(starts_at or self.long_ago) if confirmed else None,
            confirmed_by=self.service if confirmed else None,
        )
        if contact.opens_shared_record:
            give(
                SchoolGrant,
                [
                    Entitlement(
                        user.pk,
                        "view_shared_record",
                        school.pk,
                        "post",
                        contact.pk,
                        contact.starts_at,
                        contact.ends_at,
                    )
                ],
            )
        return contact

    def _posts(self):
        self.dsl_post = self.post(self.oakfield, self.dsl, ContactRole.DSL)
        self.deputy_post = self.post(self.oakfield, self.deputy, ContactRole.DEPUTY)
        self.head_post = self.post(self.oakfield, self.head, ContactRole.HEAD)
        self.withheld_post = self.post(self.oakfield, self.withheld, ContactRole.DSL)
        self.senco_post = self.post(self.oakfield, self.senco, ContactRole.SENCO)
        self.unconfirmed_post = self.post(
            self.oakfield, self.unconfirmed, ContactRole.DEPUTY, confirmed=False
        )
        self.left_post = self.post(
            self.oakfield, self.left_lead, ContactRole.DSL, ends_at=self.yesterday
        )
        self.other_dsl_post = self.post(self.beech, self.other_dsl, ContactRole.DSL)
        self.both_post = self.post(
            self.elmgate, self.head_and_dsl, ContactRole.HEAD, ContactRole.DSL
        )

    # --- allocations --------------------------------------------------------------------

    def link_worker(self, user, hub, kind=WorkerKind.FSW):
        return LinkWorker.objects.create(
            user=user,
            hub=hub,
            kind=kind,
            line_manager=self.manager if hub == self.coast else self.other_manager,
        )

    def allocation(self, school, user, kind, starts_at=None, ends_at=None, suspended_at=None):
        """An allocation with its grant, as ``allocate`` writes it."""
        held = Allocation.objects.create(
            school=school,
            hub_id=school.hub_id,
            link_worker=user.link_worker,
            kind=kind,
            starts_at=starts_at or self.long_ago,
            ends_at=ends_at,
            ended_by=self.manager if ends_at else None,
            suspended_at=suspended_at,
            allocated_by=self.manager,
        )
        give(
            SchoolGrant,
            [
                Entitlement(
                    user.pk,
                    "support_school",
                    school.pk,
                    "allocation",
                    held.pk,
                    held.starts_at,
                    suspended_at or ends_at,
                )
            ],
        )
        return held

    def _allocations(self):
        primary, secondary = AllocationKind.PRIMARY, AllocationKind.SECONDARY
        for user, hub in (
            (self.primary, self.coast),
            (self.secondary, self.coast),
            (self.cover, self.coast),
            (self.former, self.coast),
            (self.future, self.coast),
            (self.other_worker, self.coast),
            (self.conflicted, self.coast),
            (self.far_worker, self.downs),
        ):
            self.link_worker(user, hub)
        self.link_worker(self.manager, self.coast, WorkerKind.TM)
        self.former_allocation = self.allocation(
            self.oakfield, self.former, primary, ends_at=self.yesterday
        )
        self.primary_allocation = self.allocation(
            self.oakfield, self.primary, primary, self.yesterday
        )
        self.secondary_allocation = self.allocation(self.oakfield, self.secondary, secondary)
        self.cover_allocation = self.allocation(
            self.oakfield,
            self.cover,
            AllocationKind.COVER,
            self.yesterday,
            self.now + timedelta(days=7),
        )
        self.other_allocation = self.allocation(self.elmgate, self.other_worker, primary)
        self.conflicted_allocation = self.allocation(
            self.elmgate, self.conflicted, secondary, suspended_at=self.yesterday
        )
        self.far_allocation = self.allocation(self.beech, self.far_worker, primary)
        self.future_allocation = self.allocation(
            self.larkmead, self.future, secondary, starts_at=self.tomorrow
        )
        OwnChildConflict.objects.create(
            user=self.conflicted, school=self.elmgate, starts_at=self.yesterday
        )

    # --- consultations ------------------------------------------------------------------

    def canary(self, school, state, field):
        """A text nobody else could have written: ``CANARY-900001-shared-internal``."""
        return f"CANARY-{school.urn}-{state}-{field}"

    def consultation(self, school, author, state, held_at=None):
        """A consultation in ``state``, every text of it a canary."""
        held_at = held_at or self.now - timedelta(days=3)
        finished = state != State.DRAFT
        shared = state == State.SHARED
        held = Consultation.objects.create(
            school=school,
            hub_id=school.hub_id,
            author=author,
            state=state,
            held_at=held_at,
            completed_at=held_at if finished else None,
            shared_at=held_at if shared else None,
            version=1 if shared else 0,
            updates_given=self.canary(school, state, "updates") if finished else "",
            training_wanted=self.canary(school, state, "training") if finished else "",
            resources=[{"title": self.canary(school, state, "resource"), "url": ""}]
            if finished
            else [],
            internal_notes=self.canary(school, state, "internal") if finished else "",
            shared_text=self.canary(school, state, "shared") if finished else "",
        )
        if not finished:
            Draft.objects.create(
                user=author,
                form="consultation",
                target_id=held.pk,
                data={"internal_notes": [self.canary(school, state, "internal")]},
            )
            return held
        AreaDiscussed.objects.create(
            consultation=held, area="attendance", notes=self.canary(school, state, "area")
        )
        Attendee.objects.create(
            consultation=held, name=self.canary(school, state, "attendee"), organisation="Nurses"
        )
        Action.objects.create(
            consultation=held,
            school=school,
            hub_id=school.hub_id,
            what=self.canary(school, state, "action"),
            owner_user=author,
            due_on=self.tomorrow.date(),
        )
        Addendum.objects.create(
            consultation=held,
            audience=Audience.TEAM,
            text=self.canary(school, state, "team-addendum"),
            added_by=author,
        )
        return held

    def share(self, held, user, role_text, *, lead=True, from_school=True):
        return Share.objects.create(
            consultation=held,
            user=user,
            role_text=role_text,
            is_lead=lead,
            from_school=from_school,
            shared_at=held.shared_at,
            shared_by=held.author,
        )

    def _consultations(self):
        self.draft = self.consultation(self.oakfield, self.primary, State.DRAFT)
        self.completed = self.consultation(self.oakfield, self.primary, State.COMPLETED)
        self.shared = self.consultation(self.oakfield, self.former, State.SHARED)
        self.far_shared = self.consultation(self.beech, self.far_worker, State.SHARED)
        self.elmgate_shared = self.consultation(self.elmgate, self.other_worker, State.SHARED)
        self.dsl_share = self.share(self.shared, self.dsl, "DSL")
        self.head_share = self.share(self.shared, self.head, "Headteacher")
        self.attendee_share = self.share(
            self.shared, self.attendee, "Nurse", lead=False, from_school=False
        )
        self.senco_share = self.share(self.shared, self.senco, "SENCO", lead=False)
        self.withholding = Withholding.objects.create(
            consultation=self.shared,
            user=self.withheld,
            reason=self.canary(self.oakfield, "shared", "withheld-why"),
            instead=self.deputy_post,
            withheld_by=self.former,
        )
        self.reply = Reply.objects.create(
            consultation=self.shared,
            text=self.canary(self.oakfield, "shared", "reply"),
            replied_by=self.dsl,
        )
        Addendum.objects.create(
            consultation=self.shared,
            audience=Audience.SCHOOL,
            text=self.canary(self.oakfield, "shared", "school-addendum"),
            version=1,
            added_by=self.former,
        )
        for share, ends_at in (
            (self.attendee_share, self.shared.shared_at + timedelta(days=90)),
            (self.senco_share, None),
        ):
            give(
                ConsultationGrant,
                [
                    Entitlement(
                        share.user_id,
                        "view_shared_record",
                        self.shared.pk,
                        SCHOOL_SHARE if ends_at is None else GUEST_SHARE,
                        share.pk,
                        share.shared_at,
                        ends_at,
                    )
                ],
            )
