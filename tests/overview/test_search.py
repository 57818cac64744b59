"""Search: inside the viewer's scope, stemmed, without totals, and never past a closed child."""

import uuid
from datetime import date, timedelta
from urllib.parse import quote

import pytest
from django.contrib.postgres.search import SearchVector
from django.db import connection
from django.db.models import Value
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audit.models import Access, Look
from consultations.models import Consultation, PupilDiscussed, Subject
from consultations.searching import index_consultation
from overview.search import COMMON, newest_entries, query_of, search
from schools.models import Involvement, Pupil, SearchEntry

pytestmark = pytest.mark.django_db

# Of what the team said, by which a person's notes might be looked for.
INDEXES = ("search_newest", "search_of_hub", "search_of_worker", "schools_searchentry_author_id")


@pytest.fixture
def indexed(world):
    """Every finished consultation of the world can be found."""
    for consultation in Consultation.objects.exclude(state="draft").select_related("school"):
        index_consultation(consultation)
    return world


def notes(user, words):
    return [hit.note.pk for hit in search(user, words).hits]


def say(world, consultation, **texts):
    """Give a record these texts, and index it again."""
    Consultation.objects.filter(pk=consultation.pk).update(**texts)
    index_consultation(Consultation.objects.select_related("school").get(pk=consultation.pk))


def names_a_child(world, consultation):
    pupil = Pupil.objects.create(
        first_names="Wren",
        surname="Tidewater",
        folded="wren tidewater",
        born_on=date(2015, 5, 5),
        added_by=world.primary,
    )
    PupilDiscussed.objects.create(
        consultation=consultation, subject=Subject.PUPIL, pupil=pupil, worries="zebra crossings"
    )
    index_consultation(consultation)
    return pupil


@pytest.mark.parametrize(
    "words",
    [
        "running",
        "cafe",
        '"ran to the café"',
        "caf*",
        "runs -swimming",
        "swimming or running",
    ],
)
def test_a_word_is_found_in_its_other_forms_and_without_its_accents(indexed, words):
    say(indexed, indexed.shared, internal_notes="They ran to the café; running helps")
    assert notes(indexed.primary, words) == [indexed.shared.pk]


@pytest.mark.parametrize("words", ['"café ran to"', "running -café", "elephants"])
def test_what_does_not_match_is_not_found(indexed, words):
    say(indexed, indexed.shared, internal_notes="They ran to the café; running helps")
    assert notes(indexed.primary, words) == []


@pytest.mark.parametrize("words", ["FTE", "fixed term exclusion", "suspensions"])
def test_old_and_new_names_of_one_thing_find_each_other(indexed, words):
    """domain-facts.md 2.6."""
    say(indexed, indexed.shared, internal_notes="A suspension of two days")
    assert notes(indexed.primary, words) == [indexed.shared.pk]


@pytest.mark.parametrize(
    "words",
    [
        "'",
        '"',
        "((",
        "!!",
        ":*",
        "a & | b",
        "%_\\",
        "-",
        "*",
        "or",
        "\x01",
        "🙂",
        "a" * 200,
        "ﷺﷺ*",
        "ﾟﾟ*",
        "ͺͺ*",
        "a'-*",
        "--*",
    ],
)
def test_no_words_break_a_search(indexed, as_, words):
    """security.md 6.3."""
    assert as_(indexed.primary).post("/search/", {"words": words}, follow=True).status_code == 200


def test_internal_notes_are_found_by_the_team_and_not_by_the_school(indexed):
    """security.md N-01."""
    say(indexed, indexed.shared, internal_notes="quokka", shared_text="wallaby")
    assert notes(indexed.primary, "quokka") == [indexed.shared.pk]
    assert notes(indexed.dsl, "quokka") == []
    assert notes(indexed.dsl, "wallaby") == [indexed.shared.pk]


def test_nobody_finds_what_they_may_not_read(indexed):
    say(indexed, indexed.shared, shared_text="wallaby")
    for actor in (
        "other_worker",
        "other_manager",
        "other_dsl",
        "withheld",
        "future",
        "coordinator",
        "governance",
        "administrator",
        "duty",
        "unconfirmed",
    ):
        assert notes(getattr(indexed, actor), "wallaby") == [], actor
    for actor in ("primary", "secondary", "manager", "service", "dsl", "head", "former"):
        assert notes(getattr(indexed, actor), "wallaby") == [indexed.shared.pk], actor


def test_a_draft_and_what_is_not_shared_yet_are_not_found_by_the_school(indexed):
    say(indexed, indexed.completed, shared_text="wallaby")
    assert notes(indexed.dsl, "wallaby") == []
    assert notes(indexed.primary, "wallaby") == [indexed.completed.pk]


def test_a_hit_that_names_a_child_not_on_current_work_shows_school_and_date_only(indexed, as_):
    """Issue's rule on hits; security.md N-14."""
    pupil = names_a_child(indexed, indexed.shared)
    page = as_(indexed.primary).post("/search/", {"words": "zebra"}, follow=True).content.decode()
    assert "Oakfield Primary School" in page
    assert "crossings" not in page
    assert "reason" in page
    Involvement.objects.create(
        pupil=pupil,
        school=indexed.oakfield,
        source_type="consultation",
        source_id=indexed.shared.pk,
    )
    page = as_(indexed.primary).post("/search/", {"words": "zebra"}, follow=True).content.decode()
    assert "<mark>zebra</mark> crossings" in page


def test_what_was_typed_into_a_note_is_never_markup(indexed, as_):
    say(indexed, indexed.shared, internal_notes="quokka <script>alert(1)</script> \x02bold\x03")
    page = as_(indexed.primary).post("/search/", {"words": "quokka"}, follow=True).content.decode()
    assert "<script>alert(1)" not in page
    assert "<mark>quokka</mark>" in page


def test_every_search_leaves_one_row_and_never_its_words(indexed, as_):
    before = Access.objects.count()
    as_(indexed.primary).post("/search/", {"words": "quokka"}, follow=True)
    row = Access.objects.latest("at")
    assert Access.objects.count() == before + 1
    assert row.action == Look.SEARCH
    assert "quokka" not in f"{row.reason}{row.basis}{row.subject_type}"


def test_no_total_is_shown_and_older_notes_are_on_the_next_page(indexed, as_, monkeypatch):
    """Rule 001-124."""
    monkeypatch.setattr("overview.search.PAGE", 1)
    for note in (indexed.shared, indexed.completed):
        say(indexed, note, internal_notes="quokka")
    client = as_(indexed.primary)
    first = client.post("/search/", {"words": "quokka"}, follow=True)
    older = first.context["found"].older
    [(there, _)] = first.redirect_chain
    second = client.get(f"{there}&before={quote(older)}")
    found = [r.context["found"].hits[0].note.pk for r in (first, second)]
    assert set(found) == {indexed.shared.pk, indexed.completed.pk}
    assert "result" not in first.content.decode().lower()


def test_the_words_that_say_nothing_are_asked_for_again(indexed, as_):
    page = as_(indexed.primary).post("/search/", {"words": "   "}, follow=True).content.decode()
    assert "Enter a word to search for" in page


def test_schools_people_and_open_actions_are_found_beside_the_notes(indexed):
    found = search(indexed.primary, "oakfield")
    assert [school.pk for school in found.schools] == [indexed.oakfield.pk]
    assert indexed.dsl_post in search(indexed.primary, indexed.dsl_post.name).people


@pytest.mark.parametrize(
    ("words", "is_found"),
    [
        ("guidance", True),
        ('"the guidance"', True),
        ('"guidance the"', False),
        ("send -wallaby", True),
        ("send -guidance", False),
        ("wallaby or zoë", True),
        ("Zoë’s", True),
        ("zoes", True),
        ("-guidance", False),
    ],
)
def test_an_action_is_found_by_phrases_and_left_out_by_a_minus(indexed, words, is_found):
    action = indexed.shared.actions.get(about=None)
    action.what = "Send the guidance to Zoe's mother"
    action.save()
    assert (action in search(indexed.primary, words).actions) == is_found


def test_a_school_and_a_person_are_found_however_their_name_is_written(indexed):
    indexed.oakfield.name = "St Andrew’s School"
    indexed.oakfield.save()
    indexed.dsl_post.name = "Zoë O'Brien"
    indexed.dsl_post.save()
    for words in (
        '"st andrew’s',
        "“st andrew’s”",
        "st andrew’s",
        "st andrew's",
        "St Andrews",
        "wallaby or andrews",
    ):
        assert [school.pk for school in search(indexed.primary, words).schools] == [
            indexed.oakfield.pk
        ], words
    for words in ("zoe", "Zoë O’Brien", "obrien -wallaby", "wallaby or brien"):
        assert indexed.dsl_post in search(indexed.primary, words).people, words
    assert indexed.dsl_post not in search(indexed.primary, "zoe -brien").people


def test_an_action_behind_those_that_are_held_back_is_found(indexed):
    """rule 001-58"""
    open_one = indexed.shared.actions.get(about=None)
    open_one.what = "quokka"
    open_one.due_on = timezone.localdate() + timedelta(days=90)
    open_one.save()
    names_a_child(indexed, indexed.completed)
    part = indexed.completed.discussed.get()
    for _ in range(8):
        action = indexed.shared.actions.get(about=None)
        action.pk = uuid.uuid4()
        action._state.adding = True
        action.consultation = indexed.completed
        action.about = part
        action.due_on = timezone.localdate()
        action.save()
    assert search(indexed.primary, "quokka").actions == [open_one]


def test_an_action_about_a_closed_child_is_not_found(indexed):
    names_a_child(indexed, indexed.shared)
    part = indexed.shared.discussed.get()
    action = indexed.shared.actions.first()
    action.about = part
    action.save()
    assert action not in search(indexed.primary, action.what).actions


def test_a_search_takes_as_many_queries_for_twenty_notes_as_for_one(
    indexed, django_assert_max_num_queries
):
    for _ in range(20):
        note = Consultation.objects.get(pk=indexed.shared.pk)
        note.pk = None
        note._state.adding = True
        note.id = uuid.uuid4()
        note.internal_notes = "quokka"
        note.save()
        index_consultation(note)
    with django_assert_max_num_queries(20):
        assert len(search(indexed.primary, "quokka").hits) == 20


@pytest.mark.parametrize(
    "words",
    [
        "attend*",
        "attendan*",
        "attendance*",
        "famil*",
        "family*",
        "bullyi*",
        "the*",
        "Zoë*",
        "zoe*",
        "self-h*",
        "O’Nei*",
        "o'nei*",
        "attendan* famil*",
        "attendan* -elephants",
    ],
)
def test_a_beginning_is_of_a_word_as_it_stands(indexed, as_, words):
    said = "The family of Zoe O’Neill: attendance, bullying, self-harm, therapy"
    say(indexed, indexed.shared, internal_notes=said)
    [hit] = search(indexed.primary, words).hits
    assert hit.note == indexed.shared
    assert any("<mark>" in snippet for snippet in hit.snippets)


@pytest.mark.parametrize("words", ["attends*", "bully* -attend", "bully* elephants", "tend*"])
def test_another_beginning_is_not_found(indexed, words):
    say(indexed, indexed.shared, internal_notes="attendance, bullying")
    assert notes(indexed.primary, words) == []


@pytest.mark.parametrize("words", ["O'Neill", "O’Neill", '"mrs o’neill"'])
@pytest.mark.parametrize("said", ["Mrs O'Neill rang", "Mrs O’Neill rang"])
def test_an_apostrophe_is_one_whichever_was_typed(indexed, words, said):
    say(indexed, indexed.shared, internal_notes=said)
    assert notes(indexed.primary, words) == [indexed.shared.pk]


def test_a_phrase_that_begins_with_a_name_leaves_out_itself_alone(indexed):
    say(indexed, indexed.shared, internal_notes="The quokka team around the family met")
    assert notes(indexed.primary, 'quokka -"TAF letter"') == [indexed.shared.pk]


@pytest.mark.parametrize(("words", "is_found"), [("café--quokka", True), ("café -quokka", False)])
def test_two_hyphens_between_words_are_a_dash(indexed, words, is_found):
    say(indexed, indexed.shared, internal_notes="The café, and the quokka")
    assert notes(indexed.primary, words) == [indexed.shared.pk] * is_found


@pytest.mark.parametrize("said", ["EBSA", "emotionally based school avoidance"])
@pytest.mark.parametrize("left_out", ["-EBSA", '-"emotionally based school avoidance"'])
def test_what_leaves_out_one_name_leaves_out_the_other(indexed, said, left_out):
    """domain-facts.md 2.6."""
    say(indexed, indexed.shared, internal_notes=f"The guidance on {said}")
    assert notes(indexed.primary, "guidance") == [indexed.shared.pk]
    assert notes(indexed.primary, f"guidance {left_out}") == []


def test_what_is_withheld_leaves_no_trace_on_the_pages_of_a_search(indexed, monkeypatch):
    """design.md 6.14: no page is said to follow that holds nothing."""
    monkeypatch.setattr("overview.search.PAGE", 1)
    earlier = Consultation.objects.get(pk=indexed.shared.pk)
    earlier.pk = uuid.uuid4()
    earlier._state.adding = True
    earlier.shared_text = "wallaby"
    earlier.held_at -= timedelta(days=1)
    earlier.save()
    index_consultation(earlier)
    say(indexed, indexed.shared, shared_text="wallaby")
    found = search(indexed.withheld, "wallaby")
    assert [hit.note.pk for hit in found.hits] == [earlier.pk]
    assert found.older == ""


def test_an_action_of_a_note_that_names_a_closed_child_is_not_found(indexed):
    """rule 001-58: what is about nobody in particular is a text of its note."""
    action = indexed.shared.actions.get(about=None)
    assert action in search(indexed.primary, action.what).actions
    names_a_child(indexed, indexed.shared)
    assert action not in search(indexed.primary, action.what).actions


@pytest.mark.parametrize("words", ["CANARY", "canary -wallaby", "canar*"])
@pytest.mark.parametrize("who", ["primary", "secondary", "far_worker", "former", "conflicted"])
def test_the_same_is_found_of_words_that_many_notes_hold_and_of_rare_ones(
    indexed, monkeypatch, who, words
):
    """performance.md: how it is looked for goes by how many notes hold it, what is found not."""
    user, query = getattr(indexed, who), query_of(words)
    rare = newest_entries(user, query)
    monkeypatch.setattr("overview.search.COMMON", -1)
    assert rare or who == "conflicted"
    assert newest_entries(user, query) == rare


def test_how_many_notes_hold_a_word_is_asked_once_a_day(indexed, time_machine):
    with CaptureQueriesContext(connection) as first:
        newest_entries(indexed.primary, query_of("numbat"))
    with CaptureQueriesContext(connection) as again:
        newest_entries(indexed.secondary, query_of("numbat"))
    assert [query["sql"][:7] for query in first].count("EXPLAIN") == 1
    assert not [query for query in again if query["sql"].startswith("EXPLAIN")]
    time_machine.move_to(timezone.now() + timedelta(days=1))
    with CaptureQueriesContext(connection) as tomorrow:
        newest_entries(indexed.primary, query_of("numbat"))
    assert [query["sql"][:7] for query in tomorrow].count("EXPLAIN") == 1


@pytest.mark.parametrize(
    ("most", "index"), [(COMMON, "search_of_worker"), (-1, "schools_searchentry_author_id")]
)
def test_what_a_person_wrote_is_never_looked_for_through_the_county(
    indexed, monkeypatch, most, index
):
    """Somebody whose notes are all old would have to wait for everybody's since."""
    monkeypatch.setattr("overview.search.COMMON", most)
    SearchEntry.objects.bulk_create(
        SearchEntry(
            subject_id=uuid.uuid4(),
            school=indexed.oakfield,
            hub=indexed.oakfield.hub,
            author=author,
            at=timezone.now() - timedelta(days=days),
            for_school=False,
            words=SearchVector(Value("attendance")),
        )
        for author, days in ((indexed.service, 0), (indexed.duty, 365))
        for _ in range(1_000)
    )
    with CaptureQueriesContext(connection) as queries:
        newest_entries(indexed.duty, query_of("attendance"))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE schools_searchentry; SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {queries[-1]['sql']}")
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert [name for name in INDEXES if name in plan] == [index]


def test_the_planner_knows_rare_words_from_common_ones(db):
    """Or a word that nobody wrote is looked for in every note of the county, newest first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT attstattarget FROM pg_attribute"
            " WHERE attrelid = 'schools_searchentry'::regclass AND attname = 'words'"
        )
        assert cursor.fetchone() == (1000,)
