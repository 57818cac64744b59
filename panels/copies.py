"""The copy of the minutes that each recipient reads, computed from audiences (rule 000-18).

One set of minutes, several copies. An item goes to the agencies and schools of its audience; of its
paragraphs and actions none goes to who may not read of a child it mentions, or goes on about.
Another school's child is therefore in no copy of a school (rule 000-16). Items are numbered as they
stand in a copy, so that nobody can tell what was left out.
"""

from collections import defaultdict
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from itertools import compress

from django.db.models import Prefetch
from django.utils import timezone

from consultations.models import ActionSubject
from govuk.words import long_date, spoken
from panels.mentions import Mentions, goes_on
from panels.models import AgendaItem, ItemAudience, MeetingPupil, MinutedAction, Reply
from schools.children import open_pupils
from schools.models import Agency, Pupil, School
from schools.policies import may_ask
from schools.scope import scope_of

AGENCY, SCHOOL, TEAM = "agency", "school", "team"


def closed_pupils(user, meeting, pupils):
    """The ids of these children of a meeting, a query-set, who are closed to the user; one query.

    Who may give a reason for a child gives one (rule 001-58). To a coordinator the children of
    their own meetings are open (design.md 4), but where their own child goes.
    """
    is_own = user.pk in (meeting.organiser_id, meeting.minuted_by_id)
    if is_own and not may_ask(user):
        is_open = Pupil.objects.not_at(scope_of(user).excluded)
    else:
        is_open = open_pupils(user)
    return set(pupils.exclude(pk__in=is_open.values("pk")).values_list("pk", flat=True))


@dataclass(frozen=True)
class Reader:
    """Whose copy it is: an agency's, a school's, or the team's.

    ``closed`` are the ids of the meeting's children (``MeetingPupil``) that are kept from them
    besides: somebody of the team has not opened the child (rule 001-58), somebody of a school is
    neither its head nor a safeguarding lead (design.md 4).
    """

    kind: str
    id: object = None
    name: str = ""
    closed: frozenset = frozenset()

    @property
    def key(self):
        """``agency-<id>``, for an address; ``school-<id>-others`` without its children."""
        if self.id is None:
            return self.kind
        return f"{self.kind}-{self.id}{'-others' if self.closed else ''}"


@dataclass(frozen=True)
class ActionLine:
    """``about`` is the initials and reference of the child it is about, or empty."""

    what: str
    owner: str
    due: str
    about: str = ""
    is_done: bool = False
    is_carried: bool = False
    id: str = ""


@dataclass(frozen=True)
class ItemCopy:
    kind: str
    title: str
    paragraphs: list
    decision: list
    actions: list


class Share(StrEnum):
    """How much of an item of the minutes stands in a copy."""

    WHOLE = "yes"
    PART = "part"
    NONE = "left out"


@dataclass(frozen=True)
class Copy:
    """What one reader reads.

    ``children`` are the ids of the pupils it speaks of. ``left_out`` says what it does not hold and
    ``shares`` how much it holds of each item of the minutes, in their order; neither is ever sent.
    """

    reader: str
    title: str
    kind: str
    reference: str
    when: str
    where: str
    chair: str
    present: list
    apologies: list
    actions: list
    items: list
    children: list = field(default_factory=list)
    left_out: list = field(default_factory=list)
    shares: list = field(default_factory=list)

    @property
    def as_json(self):
        """As it is kept and sent; ``read`` makes a ``Copy`` of it again."""
        kept = asdict(self)
        del kept["left_out"], kept["shares"]
        return kept


def read(kept):
    """The ``Copy`` that was kept with ``as_json``."""
    items = [
        ItemCopy(**{**item, "actions": [ActionLine(**line) for line in item["actions"]]})
        for item in kept["items"]
    ]
    actions = [ActionLine(**line) for line in kept["actions"]]
    return Copy(**{**kept, "items": items, "actions": actions})


class Minutes:
    """The minutes of a meeting as they stand, read once, to make every copy from.

    Eight queries, and two where it took actions over, however many items, children and readers.
    """

    def __init__(self, meeting):
        self.meeting = meeting
        self.children = list(
            meeting.pupils.select_related("pupil", "school").prefetch_related("shared_with")
        )
        self.items = list(
            AgendaItem.objects.filter(meeting=meeting).prefetch_related(
                Prefetch("agencies", Agency.objects.only("name")),
                Prefetch("schools", School.objects.only("id")),
            )
        )
        self.actions = list(
            MinutedAction.objects.filter(meeting=meeting).select_related(
                "person__school",
                "agency__agency",
                "child__pupil",
                "action__owner_user",
                "action__owner_contact__school",
            )
        )
        self.agencies = list(meeting.agencies.select_related("agency"))
        self.people = list(meeting.people.filter(removed_at=None).select_related("school"))
        self.schools = [row.school for row in meeting.schools.select_related("school")]
        self._carried_about = self._pupils_of_carried()
        self.earlier = self._children_before()
        self.mentions = Mentions(self.everyone)
        self._spoken_of = {
            item.pk: self.mentions.in_text(f"{item.title}\n{item.discussion}\n{item.decision}")
            for item in self.items
        }

    def _pupils_of_carried(self):
        """``{action id: {pupil id, …}}`` of whom each action taken over speaks.

        Its words may call a child by the reference of the meeting that agreed it.
        """
        found = defaultdict(set)
        carried = [row.action_id for row in self.actions if row.is_carried]
        if carried:
            spoken_of = ActionSubject.objects.filter(action__in=carried, pupil__isnull=False)
            for action, pupil in spoken_of.values_list("action", "pupil"):
                found[action].add(pupil)
        return found

    def _children_before(self):
        """The children of whom an action taken over speaks and who are not on this meeting.

        On what basis agencies may read of them is not said anew, so that none does.
        """
        if not self._carried_about:
            return []
        rows = MeetingPupil.objects.filter(
            meeting__in={row.action.source_id for row in self.actions if row.is_carried},
            pupil__in=set().union(*self._carried_about.values()),
        )
        rows = rows.exclude(pupil__in=[row.pupil_id for row in self.children])
        return list(rows.select_related("pupil", "school"))

    @property
    def everyone(self):
        """Its children, and those of meetings before whom an action it took over may speak of."""
        return [*self.children, *self.earlier]

    def closed_to(self, user):
        """The children that the user must give a reason for first, as ``Reader.closed``."""
        theirs = Pupil.objects.filter(pk__in=[row.pupil_id for row in self.everyone])
        closed = closed_pupils(user, self.meeting, theirs)
        return frozenset(row.pk for row in self.everyone if row.pupil_id in closed)

    @property
    def readers(self):
        """The ``Reader`` of each copy that may be sent: the agencies, then the schools."""
        agencies = {row.agency_id: row.agency.name for row in self.agencies}
        return [
            *(Reader(AGENCY, pk, name) for pk, name in agencies.items()),
            *(Reader(SCHOOL, school.pk, school.name) for school in self.schools),
        ]

    def may_read_of(self, reader, child):
        """Whether the reader may read of a child of the meeting."""
        if child.pk in reader.closed:
            return False
        if reader.kind == TEAM:
            return True
        if reader.kind == SCHOOL:
            return child.school_id == reader.id
        if child.meeting_id != self.meeting.pk:
            return False
        return reader.id in {agency.pk for agency in child.shared_with.all()}

    def may_see(self, reader, item):
        """Whether the item has the reader in its audience."""
        if reader.kind == TEAM or item.audience == ItemAudience.EVERYBODY:
            return True
        if item.audience != ItemAudience.CHOSEN:
            return False
        chosen = item.agencies if reader.kind == AGENCY else item.schools
        return reader.id in {one.pk for one in chosen.all()}

    def is_of(self, reader, action):
        """Whether the action is the reader's to do."""
        if reader.kind == AGENCY:
            if action.action:
                return action.action.owner_agency_id == reader.id
            return action.agency is not None and action.agency.agency_id == reader.id
        if reader.kind == SCHOOL:
            owner = action.action.owner_contact if action.action else action.person
            return owner is not None and owner.school_id == reader.id
        return False

    def about(self, action):
        """The ids of the children (``MeetingPupil``) an action is about or mentions.

        ``Ring his mother`` is about whom its item speaks of, while no child is chosen for it.
        """
        about = self.mentions.in_text(action.what) | ({action.child_id} - {None})
        if action.is_carried:
            pupils = self._carried_about.get(action.action_id, ())
            about |= {row.pk for row in self.everyone if row.pupil_id in pupils}
        before = self._child_before(action)
        if before:
            return about | {before.pk}
        if not about and goes_on(action.what):
            return self._spoken_of.get(action.item_id, about)
        return about

    def _child_before(self, action):
        """Whom a carried action is about who is not on the meeting; None otherwise."""
        pupil = action.action.pupil_id if action.is_carried else None
        return next((row for row in self.earlier if row.pupil_id == pupil), None)

    def copy_for(self, reader):
        """The ``Copy`` of a ``Reader``."""
        closed = {row.pk for row in self.everyone if not self.may_read_of(reader, row)}
        actions = [row for row in self.actions if not self.about(row) & closed]
        own = [row for row in actions if self.is_of(reader, row)]
        items, left_out, shares = [], [], []
        spoken_of = set().union(*map(self.about, own))
        for item in self.items:
            made, is_part, children = None, True, set()
            if self.may_see(reader, item):
                made, is_part, children = self._item(item, actions, closed)
            if made is None:
                left_out.append(item.title)
                shares.append(Share.NONE)
                continue
            items.append(made)
            spoken_of |= children
            shares.append(Share.PART if is_part else Share.WHOLE)
            if is_part:
                left_out.append(f"Part of {item.title}")
        return Copy(
            reader=reader.name,
            title=self._unless(closed, self.meeting.title) or self.meeting.get_kind_display(),
            kind=self.meeting.get_kind_display(),
            reference=self.meeting.reference,
            when=self._when(),
            where=self._unless(closed, self.meeting.place)
            or ("Online" if self.meeting.online_url else ""),
            chair=self.meeting.chair_text,
            present=self._names(lambda row: row.attended),
            apologies=self._names(lambda row: not row.attended and row.reply == Reply.APOLOGIES),
            actions=[self._line(row) for row in own],
            items=items,
            children=[str(row.pupil_id) for row in self.everyone if row.pk in spoken_of],
            left_out=left_out,
            shares=shares,
        )

    def _item(self, item, actions, closed):
        """``(ItemCopy, whether something of it is left out, the children it speaks of)``.

        None in place of the first for what says nothing then. What is called after a child is about
        that child.
        """
        if self.mentions.in_text(item.title) & closed:
            return None, True, set()
        discussion, decision = _paragraphs(item.discussion), _paragraphs(item.decision)
        about = self.mentions.in_paragraphs([*discussion, *decision])
        told = [not found & closed for found in about]
        kept = [list(compress(discussion, told)), list(compress(decision, told[len(discussion) :]))]
        every = [row for row in self.actions if row.item_id == item.pk]
        lines = [row for row in actions if row.item_id == item.pk]
        is_part = not all(told) or len(lines) < len(every)
        if is_part and not (kept[0] or kept[1] or lines):
            return None, True, set()
        made = ItemCopy(item.kind, item.title, *kept, [self._line(row) for row in lines])
        children = self.mentions.in_text(item.title).union(
            *compress(about, told), *map(self.about, lines)
        )
        return made, is_part, children

    def _unless(self, closed, text):
        """The text, or nothing where it mentions one of these children."""
        return "" if self.mentions.in_text(text) & closed else text

    def _line(self, row):
        due = (row.action or row).due_on
        child = row.child or self._child_before(row)
        return ActionLine(
            what=row.what,
            owner=row.owner_text,
            due=long_date(due) if due else "",
            about=f"{child.pupil.initials} ({child.reference})" if child else "",
            is_done=bool(row.action and row.action.done_at and not row.action.is_dropped),
            is_carried=row.is_carried,
            id=str(row.pk),
        )

    def _when(self):
        at = timezone.localtime(self.meeting.starts_at)
        return f"{at:%A} {long_date(at.date())}, {spoken(at)}"

    def _names(self, chosen):
        """Who is in it as copies name them: agencies and schools, and people of the council."""
        agencies = [row.agency.name for row in self.agencies if chosen(row)]
        people = [row.school.name if row.school else row.name for row in self.people if chosen(row)]
        return list(dict.fromkeys([*agencies, *people]))


def _paragraphs(text):
    return [line.strip() for line in text.splitlines() if line.strip()]
