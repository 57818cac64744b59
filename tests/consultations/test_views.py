import re
import uuid
from datetime import date, timedelta
from io import BytesIO

import pytest
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from accounts.services import deactivate
from consultations import services
from consultations.models import Consultation, State
from drafts.models import Draft
from schools.models import Resource
from tests.consultations.writing import typed

TOOLKIT = "https://example.org/day"
NEW = "/consultations/new/?school=900001"


def posted(school, **changes):
    """A form's POST as the test client sends it."""
    data = typed(school)
    data["id"] = [str(uuid.uuid4())]
    data.update({name: [value] for name, value in changes.items()})
    return data


def start(client, school, **changes):
    """Save a first draft over HTTP as autosave does; returns the consultation and the answer."""
    data = posted(school, **changes)
    answer = client.post(
        f"/consultations/new/?school={school.urn}", data, headers={"X-Autosave": "1"}
    )
    return Consultation.objects.filter(pk=data["id"][0]).first(), answer


def test_opening_the_form_makes_nothing(world, as_):
    before = Consultation.objects.count()
    page = as_(world.primary).get(NEW)
    assert page.status_code == 200
    assert Consultation.objects.count() == before
    assert "Integrated Front Door" in page.content.decode()


def test_autosave_makes_the_draft_once_and_says_where_the_next_save_goes(world, as_):
    client = as_(world.primary)
    consultation, answer = start(client, world.oakfield)
    assert answer.status_code == 201
    assert consultation.is_draft
    body = answer.json()
    assert body["page_url"] == f"/consultations/{consultation.pk}/edit/"
    data = posted(world.oakfield, shared_text="Second thoughts", version=str(body["version"]))
    again = client.post(body["draft_url"], data, headers={"X-Autosave": "1"})
    assert again.json()["version"] == body["version"] + 1
    assert Draft.objects.get(target_id=consultation.pk).data["shared_text"] == ["Second thoughts"]


def test_a_draft_opens_again_exactly_as_it_was_typed(world, as_):
    client = as_(world.primary)
    text = "‮right to left <b>&amp; =1+1 ŵ 😀 'quoted'"
    consultation, _ = start(client, world.oakfield, shared_text=text, held_on="not a date")
    page = client.get(f"/consultations/{consultation.pk}/edit/")
    html = page.content.decode()
    assert "not a date" in html
    assert "There is a problem" not in html
    assert (
        text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("'", "&#x27;")
        in html
    )


def test_another_person_s_page_is_not_saved_under_my_name(world, as_):
    client = as_(world.secondary)
    _, answer = start(client, world.oakfield, author=str(world.primary.pk))
    assert answer.status_code == 409
    assert answer.json() == {"reason": "user"}


def test_a_stale_tab_is_told_and_can_choose(world, as_):
    client = as_(world.primary)
    _, answer = start(client, world.oakfield)
    url, version = answer.json()["draft_url"], answer.json()["version"]
    client.post(url, posted(world.oakfield, version=str(version), shared_text="tab one"))
    stale = client.post(url, posted(world.oakfield, version=str(version), shared_text="tab two"))
    assert stale.status_code == 409
    assert stale.json()["reason"] == "version"
    chosen = stale.json()["their_version"]
    kept = client.post(url, posted(world.oakfield, version=str(chosen), shared_text="tab two"))
    assert kept.status_code == 200


def test_somebody_else_s_draft_is_not_there(world, as_):
    draft = Draft.objects.get(target_id=world.draft.pk)
    for user in (world.secondary, world.manager, world.dsl, world.administrator):
        answer = as_(user).post(f"/drafts/{draft.pk}/", {"version": "1"})
        assert answer.status_code == 404


def test_signed_out_an_autosave_is_answered_401_and_nothing_moves(world, client):
    draft = Draft.objects.get(target_id=world.draft.pk)
    answer = client.post(f"/drafts/{draft.pk}/", {}, headers={"X-Autosave": "1"})
    assert answer.status_code == 401


def test_the_whole_way_from_typing_to_stored(world, as_):
    client = as_(world.primary)
    data = posted(world.oakfield, complete="1")
    answer = client.post(NEW, data)
    pk = data["id"][0]
    assert answer.url == f"/consultations/{pk}/complete/"
    page = client.get(answer.url).content.decode()
    assert "Who gets this note" in page
    assert "Dora Lead" in page
    assert "We talked about attendance." in page
    assert "Only for us." not in page
    answer = client.post(answer.url, {"how": "here", "share": "1"}, follow=True)
    assert Consultation.objects.get(pk=pk).state == State.SHARED
    record = answer.content.decode()
    assert "Only for us." in record
    assert "Not opened yet" in record

    lead = as_(world.dsl)
    note = lead.get(f"/shared/{pk}/").content.decode()
    assert "We talked about attendance." in note
    assert "Only for us." not in note
    assert "Lowest in Year 5." not in note
    assert "Dora Lead (DSL)" in note
    lead.post(f"/shared/{pk}/stored/", {"on": "today"})
    lead.post(f"/shared/{pk}/reply/", {"text": "Thank you, tutor told."})
    assert Consultation.objects.get(pk=pk).stored_on == timezone.localdate()
    record = as_(world.secondary).get(f"/consultations/{pk}/").content.decode()
    assert "Thank you, tutor told." in record
    assert "Opened" in record
    assert "Stored by" not in record or "The school has stored this note" in record


def test_a_note_is_stored_on_the_day_it_was_held_or_later(world, as_):
    """Rule 001-65."""
    held_on = timezone.localdate(world.shared.held_at)
    lead, page = as_(world.dsl), f"/shared/{world.shared.pk}/stored/"
    before = lead.post(page, {"on": str(held_on - timedelta(days=1))}).content.decode()
    assert "must be the day of the consultation or later" in before
    assert Consultation.objects.get(pk=world.shared.pk).stored_on is None
    assert lead.post(page, {"on": str(held_on)}).status_code == 302
    assert Consultation.objects.get(pk=world.shared.pk).stored_on == held_on


def test_no_action_is_due_before_the_consultation_it_was_agreed_at(world, as_):
    """It would be past every reminder; the draft keeps what was typed all the same."""
    client = as_(world.primary)
    for day in ("yesterday", "1 December 2016"):
        data = posted(world.oakfield, complete="1", **{"actions-0-due_on": day})
        html = client.post(NEW, data).content.decode()
        assert "must be the day of the consultation or later. Check its year" in html
        assert Draft.objects.get(target_id=data["id"][0]).data["actions-0-due_on"] == [day]
    data = posted(world.oakfield, complete="1", held_on="yesterday", held_time="9am")
    data["actions-0-due_on"] = ["yesterday"]
    assert client.post(NEW, data).url == f"/consultations/{data['id'][0]}/complete/"


@pytest.mark.parametrize("count", ["x", "61"])
@pytest.mark.parametrize("rows", ["people", "actions", "children"])
def test_a_count_of_rows_that_cannot_be_is_answered_in_words_to_act_on(world, as_, rows, count):
    data = posted(world.oakfield, complete="1", **{f"{rows}-TOTAL_FORMS": count})
    html = as_(world.primary).post(NEW, data).content.decode()
    assert "There is a problem" in html
    assert "ManagementForm" not in html
    assert "Please submit" not in html


def test_a_double_click_on_complete_shares_once(world, as_):
    client = as_(world.primary)
    data = posted(world.oakfield, complete="1")
    url = client.post(NEW, data).url
    for _ in range(2):
        answer = client.post(url, {"how": "here", "share": "1"})
        assert answer.url == f"/consultations/{data['id'][0]}/"
    assert Consultation.objects.get(pk=data["id"][0]).shares.filter(user=world.dsl).count() == 1


def test_each_tick_box_of_the_sharing_page_is_small(world, as_):
    html = as_(world.primary).get(f"/consultations/{world.completed.pk}/share/").content.decode()
    assert "Withhold it from" in html
    assert html.count('class="govuk-checkboxes"') == 0
    assert html.count('class="govuk-checkboxes ') == html.count("govuk-checkboxes--small")


def test_a_note_that_everybody_has_offers_no_way_of_sharing(world, as_):
    world.unconfirmed_post.delete()
    world.completed.attendees.all().delete()
    client = as_(world.primary)
    where = f"/consultations/{world.completed.pk}/share/"
    offered = client.get(where)
    html = offered.content.decode()
    assert "How you are sharing it" in html
    assert "You can add people later." in html
    form = offered.context["form"]
    ticked = dict.fromkeys((name for name in form.fields if name.startswith("share_")), "on")
    data = {"how": "here", "share": "1", "seen": form.seen, **ticked}
    assert client.post(where, data).status_code == 302
    html = client.get(where).content.decode()
    assert "has this note already" in html
    for offer in ("How you are sharing it", "The message they get", "You can add people later."):
        assert offer not in html


def test_completing_a_form_with_gaps_says_what_to_do_and_keeps_the_text(world, as_):
    client = as_(world.primary)
    data = posted(world.oakfield, complete="1", shared_text="", held_on="31/02/2026")
    data["contacts"], data["areas"], data["notes_attendance"], data["sub_attendance"] = (
        [],
        [],
        "",
        [],
    )
    page = client.post(NEW, data)
    html = page.content.decode()
    assert page.status_code == 200
    for sentence in (
        "Enter the text the school will read",
        "Date must be a real date, like",
        "Select at least one key area",
    ):
        assert sentence in html
    assert "31/02/2026" in html
    assert "The drop-in moves to Tuesdays." in html
    assert Draft.objects.filter(target_id=data["id"][0]).exists()


@pytest.mark.parametrize("when", ["tomorrow", "1 January 2099"])
def test_a_date_in_the_future_is_refused_with_a_sentence(world, as_, when):
    page = as_(world.primary).post(NEW, posted(world.oakfield, complete="1", held_on=when))
    assert "The consultation must be in the past" in page.content.decode()


def test_the_next_consultation_is_after_this_one(world, as_):
    """domain-facts.md 3.1: with the training asked for, it is in the note the school reads."""
    client, pk = as_(world.primary), str(uuid.uuid4())
    data = posted(world.oakfield, complete="1", id=pk, next_on="today")
    page = client.post(NEW, data).content.decode()
    assert "The next consultation must be after this one" in page
    page = client.post(NEW, posted(world.oakfield, complete="1", id=pk, version="1"))
    preview = client.get(page.url).content.decode()
    for words in ("Talking with parents.", "The next consultation is on Sunday 12 January 2031."):
        assert words in preview
    client.post(page.url, {"how": "here"})
    held = Consultation.objects.get(pk=pk)
    assert (held.training_wanted, held.next_on) == ("Talking with parents.", date(2031, 1, 12))


def test_the_note_says_which_resources_were_shared_whatever_the_library_does_later(world, as_):
    """Rule 001-20: what was shared is logged, and the school reads which."""
    toolkit = Resource.objects.create(title="Day in My Life", url=TOOLKIT, source="The board")
    Resource.objects.create(title="Not this one", url=TOOLKIT, source="The board")
    client, pk = as_(world.primary), str(uuid.uuid4())
    data = posted(world.oakfield, complete="1", id=pk, resources="Day in My Life")
    page = client.post(NEW, data)
    link = f'<a class="govuk-link" rel="noreferrer" href="{TOOLKIT}">Day in My Life</a>'
    assert link in client.get(page.url).content.decode()
    client.post(page.url, {"how": "here"})
    toolkit.title, toolkit.url = "Another", "https://example.org/another"
    toolkit.save()
    held = Consultation.objects.get(pk=pk)
    assert held.resources == [{"title": "Day in My Life", "url": TOOLKIT}]
    pages = ((world.primary, "consultations", ""), (world.dsl, "shared", "print/"))
    for reader, where, page in (*pages, (world.dsl, "shared", "")):
        html = as_(reader).get(f"/{where}/{pk}/{page}").content.decode()
        assert link in html
        assert "Not this one" not in html
    document = as_(world.dsl).get(f"/shared/{pk}/pdf/").getvalue()
    text = PdfReader(BytesIO(document)).pages[0].extract_text()
    assert "Day in My Life" in text


def test_a_resource_that_left_the_library_stays_ticked_in_the_draft(world, as_):
    """Rule 001-20: it was shared all the same."""
    gone = Resource.objects.create(title="Day in My Life", url=TOOLKIT, source="The board")
    client = as_(world.primary)
    data = {"resources": "Day in My Life", "complete": "1"}
    consultation, _ = start(client, world.oakfield, **data)
    gone.delete()
    where = f"/consultations/{consultation.pk}/edit/"
    assert client.get(where).context["form"]["resources"].value() == ["Day in My Life"]
    manager = as_(world.manager).get(f"/consultations/{consultation.pk}/")
    assert "Day in My Life" in manager.content.decode()
    client = as_(world.primary)
    page = client.post(where, posted(world.oakfield, **data, version="1"))
    client.post(page.url, {"how": "here"})
    consultation.refresh_from_db()
    assert consultation.resources == [{"title": "Day in My Life", "url": ""}]


@pytest.mark.parametrize("title", ["a\x00b", "x" * 151])
def test_what_the_library_could_not_call_a_resource_is_refused(world, as_, title):
    page = as_(world.primary).post(NEW, posted(world.oakfield, complete="1", resources=title))
    assert page.status_code in (200, 400)
    if page.status_code == 200:
        assert page.context["form"].errors["resources"]


def test_a_date_before_the_allocation_asks_who_held_it_and_is_kept(world, as_):
    client = as_(world.primary)
    early = {"held_on": "1 September 2026", "held_time": ""}
    data = posted(world.oakfield, complete="1", **early)
    html = client.post(NEW, data).content.decode()
    assert "Enter who held the consultation" in html
    data = posted(
        world.oakfield,
        complete="1",
        held_before_by="Fay Former",
        held_before_why="Notes found",
        **early,
    )
    answer = client.post(NEW, data)
    assert answer.status_code == 302
    client.post(answer.url, {"how": "here", "later": "1"})
    held = Consultation.objects.get(pk=data["id"][0])
    assert held.held_before_by == "Fay Former"
    assert timezone.localdate(held.held_at).isoformat() == "2026-09-01"


def test_a_manager_says_why_they_hold_it_themselves(world, as_):
    """rule 001-56"""
    client = as_(world.manager)
    page = client.post(NEW, posted(world.oakfield, complete="1"))
    assert "Select why you are holding it yourself" in page.content.decode()
    answer = client.post(NEW, posted(world.oakfield, complete="1", manager_reason="crisis"))
    assert answer.status_code == 302


def test_ad_hoc_advice_opens_short_and_can_grow(world, as_):
    """rule 001-126"""
    html = as_(world.primary).get(f"{NEW}&kind=ad_hoc").content.decode()
    assert re.search(r'<details class="govuk-details lb-more">', html)
    assert 'value="ad_hoc" checked' in html


def test_a_school_without_head_or_lead_asks_why_nobody_is_told(world, as_):
    """rule 001-65"""
    client = as_(world.far_worker)
    world.other_dsl_post.ends_at = timezone.now()
    world.other_dsl_post.save()
    data = posted(world.beech, complete="1")
    data["contacts"] = []
    url = client.post(f"/consultations/new/?school={world.beech.urn}", data).url
    page = client.post(url, {"how": "here", "share": "1"})
    assert "Enter why no headteacher or safeguarding lead is told" in page.content.decode()
    client.post(url, {"how": "here", "share": "1", "no_lead_reason": "Both posts are vacant"})
    held = Consultation.objects.get(pk=data["id"][0])
    assert held.no_lead_reason == "Both posts are vacant"


def test_withholding_without_a_reason_is_refused(world, as_):
    client = as_(world.primary)
    url = client.post(NEW, posted(world.oakfield, complete="1")).url
    key = f"withhold_contact-{world.withheld_post.pk}"
    page = client.post(url, {"how": "here", "share": "1", key: "on"})
    assert "Enter why the note is withheld from Will Withheld" in page.content.decode()


def test_a_withheld_person_finds_no_trace_anywhere(world, as_):
    client = as_(world.withheld)
    for url in (
        f"/shared/{world.shared.pk}/",
        f"/shared/{world.shared.pk}/pdf/",
        f"/shared/{world.shared.pk}/print/",
        f"/consultations/{world.shared.pk}/pdf/",
    ):
        assert client.get(url).status_code == 404
    listing = client.get("/shared/").content.decode()
    assert str(world.shared.pk) not in listing
    assert str(world.shared.pk) not in client.get("/schools/900001/").content.decode()


def test_an_attendee_sees_that_one_consultation_only(world, as_):
    second = world.consultation(world.oakfield, world.primary, State.SHARED)
    client = as_(world.attendee)
    assert client.get(f"/shared/{world.shared.pk}/").status_code == 200
    assert client.get(f"/shared/{second.pk}/").status_code == 404
    assert client.post(f"/shared/{world.shared.pk}/stored/", {"on": "today"}).status_code == 403


def test_a_senco_s_reading_ends_with_their_post(world, as_):
    assert as_(world.senco).get(f"/shared/{world.shared.pk}/").status_code == 200
    world.senco_post.ends_at = timezone.now()
    world.senco_post.save()
    assert as_(world.senco).get(f"/shared/{world.shared.pk}/").status_code == 404


def test_the_former_worker_reads_what_they_wrote_and_changes_nothing(world, as_):
    client = as_(world.former)
    assert client.get(f"/consultations/{world.shared.pk}/").status_code == 200
    assert client.get(f"/consultations/{world.completed.pk}/").status_code == 404
    answer = client.post(
        f"/consultations/{world.shared.pk}/addendum/", {"text": "x", "audience": "team"}
    )
    assert answer.status_code == 403


def test_a_manager_reads_another_s_draft_and_cannot_edit_it(world, as_):
    client = as_(world.manager)
    page = client.get(f"/consultations/{world.draft.pk}/").content.decode()
    assert "CANARY-900001-draft-internal" in page
    assert client.get(f"/consultations/{world.draft.pk}/edit/").status_code == 403


@pytest.mark.parametrize("path", ["edit", "complete", "share", "addendum", "discard", "pdf"])
@pytest.mark.parametrize(
    "actor", ["other_dsl", "far_worker", "administrator", "other_manager", "governance"]
)
def test_to_the_wrong_person_every_address_under_it_is_not_there(world, as_, path, actor):
    client = as_(getattr(world, actor))
    url = f"/consultations/{world.shared.pk}/{path}/"
    if path != "addendum" and path != "discard":
        assert client.get(url).status_code == 404
    if path != "pdf":
        assert client.post(url, {}).status_code == 404


def test_text_of_a_megabyte_is_refused_with_a_reason_and_kept(world, as_):
    client = as_(world.primary)
    page = client.post(NEW, posted(world.oakfield, complete="1", shared_text="a" * 1_000_000))
    assert page.status_code == 200
    assert "must be 100,000 characters or fewer" in page.content.decode()
    assert "a" * 1000 in page.content.decode()


def test_a_nul_character_is_dropped_from_a_draft_and_refused_nowhere_with_500(world, as_):
    client = as_(world.primary)
    page = client.post(NEW, posted(world.oakfield, complete="1", shared_text="a\x00b"))
    assert page.status_code in (200, 302)


def test_nonsense_row_counts_do_not_break_the_page(world, as_):
    client = as_(world.primary)
    for value in ("-1", "99999999", "x", "", "1e9"):
        data = posted(world.oakfield, complete="1", **{"people-TOTAL_FORMS": value})
        assert client.post(NEW, data).status_code in (200, 302)
        consultation = Consultation.objects.get(pk=data["id"][0])
        assert client.get(f"/consultations/{consultation.pk}/edit/").status_code == 200
        assert client.get(f"/consultations/{consultation.pk}/").status_code == 302


def test_older_pages_are_reached_by_a_cursor_and_nothing_is_counted(world, as_):
    """rule 001-124"""
    for _ in range(55):
        world.consultation(world.oakfield, world.primary, State.SHARED)
    client = as_(world.primary)
    html = client.get("/consultations/").content.decode()
    older = re.search(r'href="\?before=([^"]+)"', html)[1]
    second = client.get(f"/consultations/?before={older}").content.decode()
    assert 'rel="next"' not in second
    assert not re.search(r"\b5[0-9] (consultations|results|notes)", html)


@pytest.mark.parametrize("cursor", ["x", "2026-01-01~", "~", "2026-13-45T00:00~" + "0" * 32, "%00"])
def test_a_nonsense_cursor_is_the_first_page(world, as_, cursor):
    answer = as_(world.primary).get("/consultations/", {"before": cursor})
    assert answer.status_code in (200, 400)


def test_the_addresses_are_the_ones_promised():
    pk = uuid.UUID(int=1)
    assert reverse("consultation", args=[pk]) == f"/consultations/{pk}/"
    assert reverse("shared_note", args=[pk]) == f"/shared/{pk}/"


def test_a_guest_does_not_read_what_the_school_replied(world, as_):
    canary = "CANARY-900001-shared-reply"
    assert canary not in as_(world.attendee).get(f"/shared/{world.shared.pk}/").content.decode()
    assert canary in as_(world.head).get(f"/shared/{world.shared.pk}/").content.decode()


def test_the_record_shows_how_far_each_person_s_message_got(world, as_):
    client = as_(world.primary)
    data = posted(world.oakfield, complete="1")
    url = client.post(NEW, data).url
    page = client.post(url, {"how": "here", "share": "1"}, follow=True)
    assert "Email: waiting" in page.content.decode()


def test_the_preview_says_whose_each_action_is(world, as_):
    client = as_(world.primary)
    page = client.get(client.post(NEW, posted(world.oakfield, complete="1")).url)
    assert "Send the guidance. Priya Primary, by 1 December 2030" in page.content.decode()


def test_a_person_who_has_something_left_to_do_can_be_reminded_from_the_record(world, as_):
    address = f"/consultations/{world.shared.pk}/"
    remind = f"{address}remind/{world.head_share.pk}/"
    client = as_(world.primary)
    assert remind in client.get(address).content.decode()
    page = client.post(remind, follow=True).content.decode()
    assert "Hana Head has been reminded." in page
    assert remind not in page
    assert f"{address}remind/{world.dsl_share.pk}/" in page
    late = client.post(remind, follow=True).content.decode()
    assert "Hana Head was told today. Remind them tomorrow or later." in late


def test_nobody_is_offered_to_remind_whoever_has_done_their_part(world, as_):
    services.open_shared(world.senco, world.shared)
    deactivate(world.administrator, world.head)
    page = as_(world.primary).get(f"/consultations/{world.shared.pk}/").content.decode()
    assert "remind" in page
    for share in (world.senco_share, world.head_share):
        assert f"/remind/{share.pk}/" not in page
    for reader in (world.former, world.service):
        page = as_(reader).get(f"/consultations/{world.shared.pk}/").content.decode()
        assert "/remind/" not in page
