"""A chronology that a worker makes for a school's referral."""

from datetime import date
from io import BytesIO

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from pypdf import PdfReader

from accounts.models import User
from audit.errors import TransitionNotAllowed
from audit.models import Access, Act
from consultations.models import MadeChronology
from consultations.services import chronologies as services
from overview.chronology_made import others_named
from schools.models import OwnChildConflict
from tests.children import children_of, works_with
from tests.overview.test_chronology import discussed

LINE = {
    "on": "2025-05-06",
    "text": "Back at school",
    "effect": "Sees friends",
    "action": "Met at the gate",
    "outcome": "Comes daily",
    "source": "Early help consultation",
}


@pytest.fixture
def ada(world):
    """Ada and her brother Ben are on the current work of Oakfield's workers."""
    found = children_of(world)
    works_with(world, found.ada)
    works_with(world, found.ben)
    return found.ada


@pytest.fixture
def made(world, ada):
    return services.start_chronology(world.primary, ada, "Chronology", [LINE])


def url(made, page=""):
    return f"/pupils/{made.pupil_id}/chronology/{made.pk}/{page}"


def typed(made, *lines, **fields):
    """The edit form with these lines."""
    form = {
        "version": made.version,
        "title": "Chronology for a referral",
        "analysis": "It got better.",
        "lines-TOTAL_FORMS": len(lines),
        "lines-INITIAL_FORMS": len(made.lines),
        "lines-MIN_NUM_FORMS": 0,
        "lines-MAX_NUM_FORMS": 200,
        **fields,
    }
    for number, line in enumerate(lines):
        form |= {f"lines-{number}-{name}": text for name, text in line.items()}
    return form


def test_it_begins_with_the_entries_that_were_chosen(world, ada, as_):
    """Rules 003-20 and 003-37."""
    discussed(
        world,
        ada,
        date(2025, 5, 6),
        is_significant=True,
        headline="Back at school",
        effect="Sees friends",
        outcome="Comes daily",
    )
    discussed(world, ada, date(2025, 4, 1), areas=["health"])
    client, where = as_(world.primary), f"/pupils/{ada.pk}/chronology/new/"
    form = client.get(where).context["form"]
    assert form["chosen"].value() == [form.entries[-1].key]
    chosen = [entry.key for entry in form.entries if "Started at" not in entry.line]
    answer = client.post(where, {"title": "Chronology", "chosen": chosen})
    made = MadeChronology.objects.get()
    assert answer.url == url(made)
    assert [(line["on"], line["text"]) for line in made.lines] == [
        (
            "2025-04-01",
            "Early help consultation: Physical health, mental health and emotional wellbeing",
        ),
        ("2025-05-06", "Back at school"),
    ]
    assert made.lines[1]["effect"] == "Sees friends"
    assert made.lines[1]["outcome"] == "Comes daily"


def test_nothing_chosen_is_told_and_keeps_what_was_typed(world, ada, as_):
    where = f"/pupils/{ada.pk}/chronology/new/"
    html = as_(world.primary).post(where, {"title": "My own title"}).content.decode()
    assert "Select the entries it begins with" in html
    assert "My own title" in html


def test_lines_are_written_added_and_removed_and_stand_by_date(world, made, as_):
    earlier = {**LINE, "on": "1 April 2025", "text": "First"}
    answer = as_(world.primary).post(
        url(made),
        typed(made, {**LINE, "text": "In my own words"}, earlier, {**LINE, "DELETE": "on"}),
    )
    assert answer.url == url(made)
    made.refresh_from_db()
    assert [line["text"] for line in made.lines] == ["First", "In my own words"]
    assert made.analysis == "It got better."


@pytest.mark.parametrize(
    ("exact", "when", "age"),
    [
        ("", "6 May 2025", True),
        ("about", "About 6 May 2025", True),
        ("month", "May 2025", False),
        ("year", "2025", False),
    ],
)
def test_each_line_says_how_exact_its_date_is(world, made, as_, exact, when, age):
    """domain-facts.md 3.4: no day and no age is claimed where none is known."""
    client = as_(world.primary)
    client.post(url(made), typed(made, {**LINE, "on": "6 May 2025", "exact": exact}))
    assert client.get(url(made)).context["rows"].forms[0]["exact"].value() == exact
    told = f"{when}<small>Aged 10 years 2 months</small>" if age else f"{when}<small></small>"
    made.refresh_from_db()
    client.post(url(made, "finish/"), {"version": made.version})
    html = client.get(url(made)).content.decode()
    assert f'<th role="rowheader" scope="row">{told}' in html
    document = PdfReader(BytesIO(client.get(url(made, "pdf/")).getvalue()))
    text = "".join(page.extract_text() for page in document.pages)
    assert f"{when}, aged 10 years 2 months" in text if age else "aged" not in text
    assert when in text
    assert age or "6 May" not in text


def test_how_exact_a_date_is_cannot_be_anything_else(world, made, as_):
    answer = as_(world.primary).post(url(made), typed(made, {**LINE, "exact": "quite"}))
    assert answer.context["rows"].forms[0].errors["exact"]
    assert MadeChronology.objects.get().lines == [LINE]


def test_a_line_that_is_wrong_is_told_and_nothing_typed_is_lost(world, made, as_):
    answer = as_(world.primary).post(
        url(made), typed(made, {**LINE, "on": "32 May", "text": "", "effect": "KEPT-EFFECT"})
    )
    html = answer.content.decode()
    for text in ("Date must be a real date", "Enter what happened", "KEPT-EFFECT", "32 May"):
        assert text in html, text


@pytest.mark.parametrize(
    "text", ["<b>bold</b>", "=1+1", "\u202eright to left", "It’s 50% – naïve", "x" * 1000]
)
def test_what_is_typed_comes_back_as_it_was_typed(world, made, as_, text):
    as_(world.primary).post(url(made), typed(made, {**LINE, "text": text}))
    made.refresh_from_db()
    assert made.lines[0]["text"] == text
    assert as_(world.secondary).get(url(made)).status_code == 200


@pytest.mark.parametrize("text", ["a\x00b", "x" * 1_000_000])
def test_what_cannot_be_kept_is_refused_with_a_reason(world, made, as_, text):
    answer = as_(world.primary).post(url(made), typed(made, {**LINE, "text": text}))
    assert answer.status_code in (200, 400, 413)
    made.refresh_from_db()
    assert made.lines == [LINE]


def test_a_draft_saved_in_another_window_is_not_overwritten(world, made, as_):
    client = as_(world.primary)
    form = typed(made, {**LINE, "text": "Second window"})
    assert client.post(url(made), typed(made, LINE)).status_code == 302
    answer = client.post(url(made), form)
    assert answer.status_code == 409
    assert "Second window" in answer.content.decode()
    again = {**form, "version": answer.context["version"]}
    assert client.post(url(made), again).status_code == 302


def test_text_saved_in_another_window_is_read_before_it_is_locked(world, made, as_):
    client = as_(world.primary)
    read = {"version": client.get(url(made, "finish/")).context["made"].version}
    client.post(url(made), typed(made, LINE, analysis="From the second window"))
    for sent in (read, {}, {"version": "x\x00"}):
        answer = client.post(url(made, "finish/"), sent)
        assert answer.status_code == 409
        html = answer.content.decode()
        assert "saved in another window after you opened this page. Read it again" in html
        assert "From the second window" in html
        assert MadeChronology.objects.get().is_draft
    again = {"version": answer.context["made"].version}
    assert client.post(url(made, "finish/"), again).status_code == 302
    assert MadeChronology.objects.get().analysis == "From the second window"
    assert not MadeChronology.objects.get().is_draft


@pytest.mark.parametrize("count", ["x", "", "900"])
def test_a_count_of_lines_that_cannot_be_is_answered_in_words_to_act_on(world, made, as_, count):
    sent = {**typed(made, LINE), "lines-TOTAL_FORMS": count}
    html = as_(world.primary).post(url(made), sent).content.decode()
    assert "check each part" in html or "Take some out" in html
    assert "ManagementForm" not in html
    assert "Please submit" not in html


def test_another_childs_name_is_pointed_out_before_it_is_finished(world, made, as_):
    """Rule 001-118."""
    client = as_(world.primary)
    named = typed(made, {**LINE, "text": "Walks in with Ben now"}, finish="1")
    assert client.post(url(made), named).url == url(made, "finish/")
    html = client.get(url(made, "finish/")).content.decode()
    assert "names of a brother, sister or another child discussed with this one: Ben." in html
    refused = client.post(url(made, "finish/"))
    html = refused.content.decode()
    assert "Confirm that no other child is named" in html
    assert "<title>Error: " in html
    assert '<a href="#id_checked">Confirm that no other child is named' in html
    assert 'id="id_checked_error"' in html
    assert 'aria-describedby="id_checked_error"' in html
    assert MadeChronology.objects.get().is_draft
    checked = {"checked": "yes", "version": refused.context["made"].version}
    assert client.post(url(made, "finish/"), checked).status_code == 302
    assert not MadeChronology.objects.get().is_draft


def test_finished_it_is_read_only_and_a_pdf_without_another_childs_name(world, made, as_):
    client = as_(world.primary)
    assert client.get(url(made, "pdf/")).status_code == 302
    assert client.post(url(made, "finish/"), {"version": made.version}).status_code == 302
    assert client.post(url(made), typed(made, LINE)).status_code == 403
    made.refresh_from_db()
    with pytest.raises(TransitionNotAllowed):
        services.save_chronology(world.primary, made, 1, title="x", analysis="", lines=[])
    answer = client.get(url(made, "pdf/"))
    name = f'filename="chronology-{made.finished_at:%Y-%m-%d}.pdf"'
    assert name in answer["Content-Disposition"]
    text = "".join(page.extract_text() for page in PdfReader(BytesIO(answer.getvalue())).pages)
    for words in ("Back at school", "Sees friends", "aged 10 years 2 months", "6 May 2025"):
        assert words in text, words
    assert "Ben" not in text
    look = Access.objects.get(action="pdf")
    assert (look.child_id, look.basis) == (made.pupil_id, "current work")


def test_who_works_with_the_child_reads_a_draft_and_only_its_maker_writes(world, made, as_):
    for who in (world.secondary, world.manager):
        client = as_(who)
        html = client.get(url(made)).content.decode()
        assert "Back at school" in html
        assert "Save draft" not in html
        assert client.post(url(made), typed(made, LINE)).status_code == 403
        assert client.get(url(made, "finish/")).status_code == 403
        assert client.post(url(made, "discard/")).status_code == 403
    for who in (world.dsl, world.coordinator, world.administrator):
        assert as_(who).get(url(made)).status_code == 404
    assert as_(world.far_worker).get(url(made)).status_code == 302


def test_it_is_found_under_its_own_child_only(world, made, as_):
    ben = children_of(world).ben
    works_with(world, ben)
    where = f"/pupils/{ben.pk}/chronology/{made.pk}/"
    for page in ("", "finish/", "pdf/"):
        assert as_(world.primary).get(where + page).status_code == 404


def test_a_draft_can_be_thrown_away(world, made, as_):
    assert as_(world.primary).post(url(made, "discard/")).status_code == 302
    assert not MadeChronology.objects.exists()
    assert Act.objects.filter(verb="discard", subject_id=made.pk).exists()


def test_the_acts_ask_who_it_is_and_for_a_line(world, ada, made):
    with pytest.raises(PermissionDenied):
        services.start_chronology(world.far_worker, ada, "x", [LINE])
    with pytest.raises(PermissionDenied):
        services.finish_chronology(world.secondary, made, made.version)
    services.save_chronology(world.primary, made, 1, title="x", analysis="", lines=[])
    with pytest.raises(services.StaleChronology):
        services.finish_chronology(world.primary, made, 1)
    with pytest.raises(ValidationError):
        services.finish_chronology(world.primary, made, 2)
    with pytest.raises(services.StaleChronology):
        services.save_chronology(world.primary, made, 1, title="x", analysis="", lines=[])


@pytest.mark.parametrize(
    "text", ["Walks in with Ben’s friend", "At home with BEN/mum", "Ben's cold"]
)
def test_another_childs_name_is_pointed_out_however_it_stands_in_a_sentence(world, made, text):
    """Rule 001-118."""
    made.lines = [{**LINE, "text": text}]
    assert others_named(made.pupil, made) == ["Ben"]


# --- lines of a school that is closed to the reader --------------------------------------------

ELSEWHERE = "CANARY-900003-from-the-former-school"


@pytest.fixture
def from_two_schools(world, ada, as_):
    """A draft that was begun with an entry of Oakfield and one of Beechcroft."""
    discussed(world, ada, date(2025, 5, 6), is_significant=True, headline="Back at school")
    discussed(
        world,
        ada,
        date(2024, 5, 6),
        school=world.beech,
        is_significant=True,
        headline=ELSEWHERE,
    )
    client, where = as_(world.primary), f"/pupils/{ada.pk}/chronology/new/"
    chosen = [entry.key for entry in client.get(where).context["form"].entries]
    client.post(where, {"title": "Chronology", "chosen": chosen})
    made = MadeChronology.objects.get()
    form = client.get(url(made)).context["rows"]
    lines = [{name: row[name].value() or "" for name in row.fields} for row in form]
    client.post(url(made), typed(made, *lines, analysis="CANARY-what-it-means"))
    made.refresh_from_db()
    return made


def conflict(world, user):
    OwnChildConflict.objects.create(user=user, school=world.beech, starts_at=world.yesterday)


def test_a_line_keeps_the_school_it_came_from_while_it_is_written(world, from_two_schools):
    [elsewhere] = [line for line in from_two_schools.lines if line["text"] == ELSEWHERE]
    assert elsewhere["schools"] == [str(world.beech.pk)]


def test_a_colleague_whose_own_child_attends_a_former_school_reads_none_of_its_lines(
    world, from_two_schools, as_
):
    """rule 001-53; nor the analysis, which is of them all."""
    made = from_two_schools
    assert ELSEWHERE in as_(world.secondary).get(url(made)).content.decode()
    conflict(world, world.secondary)
    html = as_(world.secondary).get(url(made)).content.decode()
    assert "Back at school" in html
    assert "Not all of this chronology is open to you" in html
    assert "CANARY" not in html.replace(made.pupil.surname, "")


def test_nobody_prints_or_downloads_a_part_of_a_chronology(world, from_two_schools, as_):
    made = from_two_schools
    services.finish_chronology(world.primary, made, made.version)
    conflict(world, world.secondary)
    client = as_(world.secondary)
    html = client.get(url(made)).content.decode()
    assert url(made, "pdf/") not in html
    assert "data-print" not in html
    assert client.get(url(made, "pdf/")).status_code == 403


def test_its_maker_reads_and_writes_no_line_that_has_been_closed_to_them_since(
    world, from_two_schools, as_
):
    made = from_two_schools
    conflict(world, world.primary)
    client = as_(world.primary)
    assert ELSEWHERE not in client.get(url(made)).content.decode()
    assert client.post(url(made), typed(made, LINE)).status_code == 403
    assert client.get(url(made, "finish/")).status_code == 403
    maker = User.objects.get(pk=world.primary.pk)
    with pytest.raises(PermissionDenied):
        services.save_chronology(maker, made, made.version, title="x", analysis="", lines=[])
    assert MadeChronology.objects.get().lines == made.lines


@pytest.mark.parametrize("schools", ["x", "a\x00", "1,2", "9" * 5_000])
def test_nonsense_in_place_of_a_lines_school_is_left_out(world, made, as_, schools):
    as_(world.primary).post(url(made), typed(made, {**LINE, "schools": schools}))
    made.refresh_from_db()
    assert made.lines[0].get("schools", []) == []
