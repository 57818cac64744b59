"""Which consultations somebody finds, held against an account by hand of the facts behind them.

The facts about people and schools, and what they amount to, are those of the scope's own test;
here consultations, shares, withholdings and moves between hubs are added to them.
"""

from collections import Counter, namedtuple

from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.grants import give
from accounts.models import Role, User
from consultations.models import Consultation, ConsultationGrant, Share, State, Withholding
from consultations.services import entitlement
from govuk.paging import Cursor
from tests.schools import test_scope as places
from tests.schools.test_scope import HUB_OF, PEOPLE

# Days from now. A share with somebody from elsewhere opens the note for 90 days.
# Where a note was handed over, ``began`` is who wrote it first.
Note = namedtuple("Note", "author school state day began")
Shared = namedtuple("Shared", "note person from_school day")
# ``post`` is withheld from whoever holds it; otherwise the person is named.
Withheld = namedtuple("Withheld", "note person post")
Story = namedtuple("Story", "history notes shares withheld moved shut_out")

MOST_NOTES = 6
GUEST_DAYS = 90

# More of what holds now, and more managers and colleagues, than the scope's own test draws: each
# way to a consultation needs several facts that meet.
spells = st.sampled_from([places.NOW, places.NOW, places.NOW, places.FOR_NOW, places.PAST])
roles = st.sampled_from([Role.LINK_WORKER, Role.LINK_WORKER, Role.TEAM_MANAGER])
duties = st.builds(places.Duty, places.person, roles, st.sampled_from(places.HUBS), spells)
posts = st.builds(
    places.Post,
    places.person,
    places.school,
    st.sampled_from([places.ROLES[0], *places.ROLES[2:]]),
    spells,
    places.confirmed,
    places.rarely,
)
histories = st.builds(
    places.History,
    allocations=st.lists(places.allocations, min_size=3, max_size=8),
    posts=st.lists(posts, min_size=4, max_size=9),
    conflicts=st.lists(places.conflicts, max_size=2),
    duties=st.lists(st.one_of(duties, places.duties), min_size=4, max_size=8),
    links=st.lists(st.tuples(places.school, places.school), max_size=1),
)

a_note = st.integers(0, MOST_NOTES - 1)
states = st.sampled_from([State.DRAFT, State.COMPLETED, State.SHARED, State.SHARED])
began = st.one_of(st.none(), st.none(), places.person)
days = st.sampled_from([-9, -4, -4, -1])
notes = st.builds(Note, places.person, places.school, states, days, began)
shares = st.builds(
    Shared, a_note, places.person, st.booleans(), st.sampled_from([-GUEST_DAYS - 1, -8, -8, 2])
)
withheld = st.builds(Withheld, a_note, places.person, st.booleans())
stories = st.builds(
    Story,
    history=histories,
    notes=st.lists(notes, min_size=4, max_size=MOST_NOTES),
    shares=st.lists(shares, min_size=4, max_size=9),
    withheld=st.lists(withheld, min_size=3, max_size=6),
    moved=st.sets(places.school, max_size=2),
    shut_out=st.sampled_from([*[None] * 8, *PEOPLE]),
)


def possible(story):
    """The story without what the database refuses, or what there is nothing to hang on."""
    history = places.possible(story.history)
    n = len(story.notes)

    def once(rows):
        return list({(row.note, row.person): row for row in rows if row.note < n}.values())

    def somebody_there(row, leading):
        """The row, with somebody of the note's school where there is one."""
        posts = [
            post.person
            for post in history.posts
            if row.note < n
            and post.school == story.notes[row.note].school
            and (not leading or (post.roles & places.LEADING and post.confirmed is not None))
        ]
        return row._replace(person=posts[row.person % len(posts)]) if posts else row

    shares = once(
        somebody_there(row, leading=False) if row.from_school else row for row in story.shares
    )
    withheld = once(somebody_there(row, leading=True) for row in story.withheld)

    def hangs(row):
        return not row.post or any(post.person == row.person for post in history.posts)

    return story._replace(
        history=history,
        shares=[row for row in shares if story.notes[row.note].state == State.SHARED],
        withheld=[row for row in withheld if hangs(row)],
    )


# --- the oracle: lists and dates, no query ---------------------------------------------------


def hub_of(story, school):
    return 1 - HUB_OF[school] if school in story.moved else HUB_OF[school]


def team_finds(story, n, note, reach):
    """Whether person ``n``, whose scope should be ``reach``, finds the note as the team's."""
    if n == story.shut_out or not reach.roles or note.school in reach.excluded:
        return False
    manages = hub_of(story, note.school) in reach.manages
    if n in (note.author, note.began) or manages:
        return True
    return note.state != State.DRAFT and (note.school in reach.supports or reach.county)


def school_finds(story, n, number, reach):
    """Why person ``n`` finds the note as the school's reader: a word, empty when they do not."""
    note = story.notes[number]
    if n == story.shut_out or note.state != State.SHARED or note.school in reach.excluded:
        return ""
    if any((row.note, row.person) == (number, n) for row in story.withheld):
        return ""
    if note.school in reach.reads_shared:
        return "lead"
    for share in story.shares:
        if (share.note, share.person) != (number, n) or share.day > 0:
            continue
        if share.from_school and note.school in reach.posts:
            return "colleague"
        if not share.from_school and share.day + GUEST_DAYS > 0:
            return "guest"
    return ""


# --- the same story in the database ----------------------------------------------------------


class Rows(places.Rows):
    """The story as rows. Schools move hubs last, with all that was written before."""

    def __init__(self, story):
        super().__init__(story.history)
        self.story = story
        self.notes = [self.note(note) for note in story.notes]
        give(ConsultationGrant, [entitlement(self.share(share)) for share in story.shares])
        for row in story.withheld:
            self.withhold(row)
        for n in story.moved:
            self.schools[n].hub = self.hubs[hub_of(story, n)]
            self.schools[n].save()
        if story.shut_out is not None:
            User.objects.filter(pk=self.people[story.shut_out].pk).update(is_active=False)

    def note(self, note):
        held_at, school = self.at(note.day), self.schools[note.school]
        return Consultation.objects.create(
            school=school,
            hub_id=school.hub_id,
            author=self.people[note.author],
            state=note.state,
            held_at=held_at,
            completed_at=None if note.state == State.DRAFT else held_at,
            shared_at=held_at if note.state == State.SHARED else None,
            version=1 if note.state == State.SHARED else 0,
            **self.handed_over(note),
        )

    def handed_over(self, note):
        if note.began is None:
            return {}
        return {
            "started_by": self.people[note.began],
            "handed_over_at": self.at(note.day),
            "handed_over_by": self.system,
            "handed_over_why": "Away",
        }

    def share(self, share):
        return Share.objects.create(
            consultation=self.notes[share.note],
            user=self.people[share.person],
            role_text="SENCO",
            from_school=share.from_school,
            shared_at=self.at(share.day),
            shared_by=self.system,
        )

    def withhold(self, row):
        user = self.people[row.person]
        post = next((contact for contact in self.contacts if contact.user == user), None)
        Withholding.objects.create(
            consultation=self.notes[row.note],
            user=None if row.post else user,
            contact=post if row.post else None,
            reason="Related",
            withheld_by=self.system,
        )


def newest_first(rows, found):
    """The notes of these numbers as a list shows them: the latest held first."""
    return sorted(
        (rows.notes[number] for number in found), key=lambda c: (c.held_at, c.pk), reverse=True
    )


def paged(newest, user):
    """All pages of a list, two rows to the page."""
    found, before = [], None
    while page := newest(user, before=before, n=2):
        found += page
        before = Cursor(page[-1].held_at, page[-1].pk)
    return found


ON_THE_TEAM = {"author", "first author", "supporter", "manager", "county", "draft"}
AT_SCHOOL = {"lead", "colleague", "guest", "withheld"}


def test_everybody_finds_the_consultations_that_the_facts_open_to_them_and_no_others(db):
    seen = Counter()

    @settings(max_examples=60, deadline=None, derandomize=True)
    @given(stories)
    def holds_for(story):
        story = possible(story)
        with transaction.atomic():
            rows = Rows(story)
            for n in PEOPLE:
                check(rows, n, seen)
            transaction.set_rollback(True)

    holds_for()
    assert all(seen[way] >= 2 for way in ON_THE_TEAM | AT_SCHOOL), (
        f"The stories leave ways untried: {seen}"
    )


def check(rows, n, seen):
    story = rows.story
    reach = places.expected(story.history, n)
    numbers = range(len(story.notes))
    team = {m for m in numbers if team_finds(story, n, story.notes[m], reach)}
    school = {m: why for m in numbers if (why := school_finds(story, n, m, reach))}
    user = User.objects.get(pk=rows.people[n].pk)
    consultations = Consultation.objects
    assert set(consultations.visible_to(user)) == {rows.notes[m] for m in team}
    assert paged(consultations.newest, user) == newest_first(rows, team)
    assert set(consultations.shared_with(user)) == {rows.notes[m] for m in school}
    assert paged(consultations.newest_shared_with, user) == newest_first(rows, school)
    seen.update(school.values())
    seen.update(ways(story, n, team, reach))


def ways(story, n, team, reach):
    """Which ways to a consultation this story tried, so that none is left out."""
    for m in team:
        note = story.notes[m]
        if note.state == State.DRAFT and note.author != n:
            yield "draft"
        if note.author == n:
            yield "author"
        elif note.began == n:
            yield "first author"
        elif note.school in reach.supports:
            yield "supporter"
        elif hub_of(story, note.school) in reach.manages:
            yield "manager"
        else:
            yield "county"
    for row in story.withheld:
        note = story.notes[row.note]
        if row.person == n and note.state == State.SHARED and note.school in reach.reads_shared:
            yield "withheld"
