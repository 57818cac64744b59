"""The home page: what each role finds on it, and what it must not."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Role, StaffRole
from accounts.services import deactivate
from consultations.models import (
    Action,
    Addendum,
    Audience,
    Comment,
    Consultation,
    Reply,
    State,
)
from consultations.services import comments, hand_over
from drafts.models import UnsavedForm
from drafts.unsaved import KEPT_FOR
from linkworkers import services
from linkworkers.models import (
    Absence,
    AllocationKind,
    CountyAgreement,
    CountyAnswer,
    EnhancedSupport,
    SupportCriterion,
)
from notifications.models import Message
from referrals.models import Fallback
from schools.models import ContactRole, OwnChildConflict, School, SchoolType
from tests.referrals.support_requests import asked

INTERNAL = ("internal", "area", "updates", "training", "shared", "team-addendum", "withheld-why")


def text_of(response):
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def section(html, key):
    """The part of the page under the heading with this id."""
    return html.partition(f'id="{key}"')[2].partition("</section>")[0]


# --- link workers -----------------------------------------------------------------------------


def test_a_link_worker_sees_their_draft_their_note_to_share_and_their_actions(world, page_of):
    html = text_of(page_of(world.primary))
    now = section(html, "now")
    assert f"/consultations/{world.draft.pk}/edit/" in now
    assert "Finish" in now
    assert f"/consultations/{world.completed.pk}/share/" in now
    assert world.canary(world.oakfield, "completed", "action") in now
    assert "Mark done" in now
    assert "Dora Lead at Oakfield Primary School" in now


def test_no_text_of_a_consultation_is_on_my_work(world, page_of):
    html = page_of(world.primary).content.decode()
    for state in ("draft", "completed", "shared"):
        for field in INTERNAL:
            assert world.canary(world.oakfield, state, field) not in html
    assert world.canary(world.oakfield, "shared", "reply") not in html


def test_a_link_worker_sees_nothing_of_schools_they_do_not_hold(world, page_of):
    html = text_of(page_of(world.primary))
    for other in ("Elmgate", "Beechcroft", "Larkmead", "900002", "900003"):
        assert other not in html


def test_my_schools_say_the_role_the_time_since_contact_and_what_to_press(world, page_of):
    schools = section(text_of(page_of(world.primary)), "my-schools")
    assert "Primary. <span>3 days since contact.</span>" in schools
    assert "/consultations/new/?school=900001" in schools
    assert f"/consultations/{world.draft.pk}/edit/" in schools
    assert "kind=ad_hoc" in schools


def test_a_draft_is_no_contact(world, page_of):
    """The draft of somebody else must not show through the time since contact."""
    Consultation.objects.exclude(pk=world.draft.pk).filter(school=world.oakfield).update(
        held_at=timezone.localtime() - timedelta(weeks=9)
    )
    schools = section(text_of(page_of(world.secondary)), "my-schools")
    assert '<span class="lb-late">9 weeks since contact.</span>' in schools
    assert "Draft open" not in schools


def test_the_schools_longest_since_contact_come_first_when_asked(world, page_of):
    world.allocation(world.larkmead, world.primary, AllocationKind.PRIMARY)
    a_to_z = section(text_of(page_of(world.primary)), "my-schools")
    by_contact = section(text_of(page_of(world.primary, "/?order=contact")), "my-schools")
    assert a_to_z.index("Larkmead") < a_to_z.index("Oakfield")
    Consultation.objects.filter(school=world.oakfield).update(
        held_at=timezone.localtime() - timedelta(weeks=9)
    )
    world.consultation(world.larkmead, world.primary, State.COMPLETED)
    again = section(text_of(page_of(world.primary, "/?order=contact")), "my-schools")
    assert by_contact.index("Larkmead") < by_contact.index("Oakfield")
    assert again.index("Oakfield") < again.index("Larkmead")
    assert "No contact recorded yet" in by_contact


def test_work_is_grouped_by_when_it_is_due(world, page_of):
    today = timezone.localdate()
    Action.objects.filter(consultation=world.completed).update(due_on=today - timedelta(days=2))
    Action.objects.filter(consultation=world.shared).update(due_on=today)
    html = text_of(page_of(world.primary))
    overdue = html.partition(">Overdue<")[2].partition("</ul>")[0]
    due_today = html.partition(">Today<")[2].partition("</ul>")[0]
    assert world.canary(world.oakfield, "completed", "action") in overdue
    assert "Was due" in overdue
    assert world.canary(world.oakfield, "shared", "action") in due_today


def test_an_action_far_ahead_or_done_is_not_shown(world, page_of):
    Action.objects.filter(consultation=world.completed).update(
        due_on=timezone.localdate() + timedelta(days=40)
    )
    Action.objects.filter(consultation=world.shared).update(done_at=timezone.now())
    html = text_of(page_of(world.primary))
    assert "-action" not in html


def test_a_shared_note_that_nobody_stored_waits_for_someone_else(world, page_of):
    waiting = text_of(page_of(world.primary)).partition("Waiting for someone else")[2]
    assert f"/consultations/{world.shared.pk}/" in waiting
    assert "not opened yet" in waiting
    Consultation.objects.filter(pk=world.shared.pk).update(
        stored_on=timezone.localdate(), stored_by=world.dsl
    )
    assert "Waiting for someone else" not in text_of(page_of(world.primary))


@pytest.mark.parametrize("who", ["secondary", "cover"])
def test_who_stands_in_finds_what_waits_at_an_absent_primarys_school_apart(world, page_of, who):
    """rule 001-48: the other link worker supports the school meanwhile."""
    user = getattr(world, who)
    assert "Covering for" not in text_of(page_of(user))
    today = timezone.localdate()
    Absence.objects.create(
        link_worker=world.primary.link_worker, starts_on=today, ends_on=today, added_by=user
    )
    html = text_of(page_of(user))
    block = html.partition("Covering for Priya Primary<")[2].partition("</ul>")[0]
    assert f"/consultations/{world.completed.pk}/share/" in block
    assert world.canary(world.oakfield, "completed", "action") in block
    assert "Dora Lead at Oakfield Primary School" in block
    assert "Covering for" not in text_of(page_of(world.primary))


def comment_rows(html):
    """The rows of comments, without the rest of the page."""
    rows = [row.partition("</li>")[0] for row in html.split("<li>")]
    return [row for row in rows if '<span class="lb-rows__kind">Comment</span>' in row]


def test_the_author_meets_a_managers_comment_until_they_have_opened_it(world, page_of):
    """peers.md U6: the row has who, which school and when, and nothing of what was said."""
    said = comments.comment(world.manager, world.completed, "CANARY-comment")
    thread = f"/consultations/{world.completed.pk}/comments/"
    [row] = comment_rows(text_of(page_of(world.primary)))
    assert f"{world.manager.name} about Oakfield Primary School" in row
    assert "Commented today on the consultation of" in row
    assert f'href="{thread}#comment-{said.pk}"' in row
    assert "CANARY" not in row
    assert page_of(world.primary, thread).status_code == 200
    assert comment_rows(text_of(page_of(world.primary))) == []
    comments.comment(world.manager, world.completed, "And another")
    assert len(comment_rows(text_of(page_of(world.primary)))) == 1


def test_a_comment_that_the_author_has_answered_is_on_no_list(world, page_of):
    comments.comment(world.manager, world.completed, "Have you asked the nurse?")
    comments.comment(world.primary, world.completed, "On Monday")
    assert comment_rows(text_of(page_of(world.primary))) == []
    assert comment_rows(text_of(page_of(world.manager))) == []


def test_a_comment_waits_longer_than_a_reply(world, page_of):
    comments.comment(world.manager, world.completed, "Have you asked the nurse?")
    Comment.objects.update(written_at=world.now - timedelta(days=60))
    assert len(comment_rows(text_of(page_of(world.primary)))) == 1


@pytest.mark.parametrize("who", ["manager", "service", "secondary", "cover", "other_manager"])
def test_a_comment_is_on_nobody_elses_desk(world, page_of, who):
    comments.comment(world.manager, world.completed, "Have you asked the nurse?")
    today = timezone.localdate()
    Absence.objects.create(
        link_worker=world.primary.link_worker, starts_on=today, ends_on=today, added_by=world.cover
    )
    assert comment_rows(text_of(page_of(getattr(world, who)))) == []


def test_a_comment_on_what_was_handed_over_waits_for_whoever_finishes_it(world, page_of):
    """Read by who began it, it is new to the present author."""
    comments.comment(world.primary, world.draft, "A thought of my own")
    comments.comment(world.manager, world.draft, "Have you asked the nurse?")
    thread = f"/consultations/{world.draft.pk}/comments/"
    page_of(world.primary, thread)
    hand_over(world.manager, world.draft, world.secondary, "Priya is away")
    assert len(comment_rows(text_of(page_of(world.secondary)))) == 1
    assert comment_rows(text_of(page_of(world.primary))) == []
    page_of(world.primary, thread)
    assert len(comment_rows(text_of(page_of(world.secondary)))) == 1
    page_of(world.secondary, thread)
    assert comment_rows(text_of(page_of(world.secondary))) == []


def test_a_comment_at_a_school_ones_own_child_attends_is_on_no_list(world, page_of):
    """Rule 001-53"""
    held = world.consultation(world.elmgate, world.manager, State.COMPLETED)
    comments.comment(world.service, held, "Have you asked the nurse?")
    assert len(comment_rows(text_of(page_of(world.manager)))) == 1
    OwnChildConflict.objects.create(user=world.manager, school=world.elmgate)
    assert comment_rows(text_of(page_of(world.manager))) == []


def test_a_cover_sees_how_long_it_lasts(world, page_of):
    schools = section(text_of(page_of(world.cover)), "my-schools")
    assert "Cover until" in schools


def test_a_former_worker_finds_no_work_at_the_school_they_left(world, page_of):
    html = text_of(page_of(world.former))
    assert "My schools" not in html
    assert "Record a consultation at" not in html
    assert world.canary(world.oakfield, "completed", "action") not in html


def test_a_worker_with_a_conflict_finds_nothing_of_that_school(world, page_of):
    """Rule 001-53: a suspended allocation opens nothing."""
    html = text_of(page_of(world.conflicted))
    assert "Elmgate" not in html
    assert "Nothing is waiting for you." in html


def test_a_worker_whose_work_is_done_reads_one_calm_sentence(world, page_of, time_machine):
    # From the summer term on they are asked who changes school.
    time_machine.move_to("2026-11-20T12:00:00Z")
    world.allocation(world.larkmead, world.far_worker, AllocationKind.PRIMARY)
    Action.objects.all().update(done_at=timezone.now())
    Consultation.objects.filter(school=world.beech).update(stored_on=timezone.localdate())
    assert "Nothing is waiting for you." in text_of(page_of(world.far_worker))


# --- managers ---------------------------------------------------------------------------------


def test_a_manager_sees_their_hubs_gaps_and_not_the_other_hubs(world, page_of):
    html = text_of(page_of(world.manager))
    uncovered = section(html, "uncovered")
    assert "Elmgate School" in uncovered
    assert "No secondary link worker. An allocation is suspended." in uncovered
    assert "Oakfield" not in uncovered
    assert "Beechcroft" not in html
    assert "/allocations/" in uncovered


def test_a_school_whose_worker_was_deactivated_is_without_one(world, page_of):
    deactivate(world.administrator, world.primary)
    uncovered = section(text_of(page_of(world.manager)), "uncovered")
    assert "Oakfield Primary School" in uncovered
    assert "No primary link worker. A link worker is deactivated." in uncovered


def test_a_manager_is_asked_to_confirm_a_post(world, page_of):
    world.unconfirmed_post.added_by = world.primary
    world.unconfirmed_post.save()
    decide = section(text_of(page_of(world.manager)), "decide")
    assert "Una Unconfirmed, Oakfield Primary School" in decide
    assert "Confirm who they are." in decide
    assert "Una" not in text_of(page_of(world.other_manager))


def test_whoever_added_a_post_is_told_that_another_confirms_it(world, page_of):
    decide = section(text_of(page_of(world.manager)), "decide")
    assert "somebody else confirms it" in decide


def test_a_manager_sees_the_agreement_that_waits_for_their_answer(world, page_of):
    """Rule 001-51: an APC's allocation waits for every team manager."""
    college = School.objects.create(
        urn="900005", name="Riverside APC", type_group=SchoolType.APC, hub=world.downs
    )
    agreement = CountyAgreement.objects.create(
        school=college,
        link_worker=world.far_worker.link_worker,
        kind=AllocationKind.PRIMARY,
        proposed_by=world.other_manager,
    )
    answer = CountyAnswer.objects.create(agreement=agreement, manager=world.manager)
    assert "Riverside APC" in section(text_of(page_of(world.manager)), "decide")
    answer.agrees, answer.answered_at = True, timezone.now()
    answer.answered_by = world.manager
    answer.save()
    assert "Riverside APC" not in section(text_of(page_of(world.manager)), "decide")


def test_a_manager_sees_late_drafts_and_notes_by_worker_and_never_their_text(world, page_of):
    long_ago = timezone.now() - timedelta(days=9)
    Consultation.objects.filter(pk=world.draft.pk).update(started_at=long_ago)
    Consultation.objects.filter(pk=world.completed.pk).update(completed_at=long_ago)
    html = text_of(page_of(world.manager))
    assert "Priya Primary. Started" in section(html, "drafts")
    assert "Priya Primary. Completed" in section(html, "unshared")
    assert "CANARY" not in html


def test_fresh_drafts_and_notes_are_the_workers_own_business(world, page_of):
    Consultation.objects.filter(pk=world.completed.pk).update(completed_at=timezone.now())
    html = text_of(page_of(world.manager))
    assert "No draft has waited longer than 3 days." in html
    assert "Every note completed more than 3 days ago has been shared." in html


def test_a_manager_hears_of_a_withheld_note_and_not_from_whom_or_why(world, page_of):
    withheld = section(text_of(page_of(world.manager)), "withheld")
    assert f"/consultations/{world.shared.pk}/" in withheld
    assert "Will Withheld" not in withheld
    assert "CANARY" not in withheld
    assert str(world.shared.pk) not in text_of(page_of(world.other_manager))


def test_a_school_drifts_after_six_weeks_of_no_contact(world, page_of):
    assert "Every school has been in touch" in section(text_of(page_of(world.manager)), "drifting")
    Consultation.objects.filter(school=world.elmgate).update(
        held_at=timezone.localtime() - timedelta(weeks=8)
    )
    drifting = section(text_of(page_of(world.manager)), "drifting")
    assert "Elmgate School" in drifting
    assert "8 weeks since contact" in drifting
    assert "Oakfield" not in drifting


def quiet_downs(world):
    """The downs with every place held and every school lately in touch."""
    world.allocation(world.beech, world.future, AllocationKind.SECONDARY)
    world.allocation(world.larkmead, world.far_worker, AllocationKind.PRIMARY)
    world.consultation(world.larkmead, world.far_worker, State.SHARED)
    world.future_allocation.delete()
    world.allocation(world.larkmead, world.other_worker, AllocationKind.SECONDARY)


def test_every_block_of_a_quiet_hub_is_one_calm_sentence(world, page_of):
    quiet_downs(world)
    html = text_of(page_of(world.other_manager))
    for sentence in (
        "No school waits for an answer to a reply.",
        "Every school has a primary and a secondary link worker.",
        "Every school has been in touch in the last 6 weeks.",
        "Nothing waits for your answer.",
        "No note was withheld from anybody in the last four weeks.",
        "No draft has waited longer than 3 days.",
        "Every note completed more than 3 days ago has been shared.",
    ):
        assert f'<p class="lb-ok">{sentence}</p>' in html


def test_a_manager_is_told_that_nothing_waits_only_when_nothing_does(world, page_of):
    assert "Nothing is waiting for you." not in text_of(page_of(world.other_manager))
    quiet_downs(world)
    assert "Nothing is waiting for you." in text_of(page_of(world.other_manager))


def test_a_manager_sees_the_reply_that_nobody_answered_and_not_its_text(world, page_of):
    late = world.reply.replied_at + timedelta(seconds=1)
    Addendum.objects.filter(audience=Audience.SCHOOL).update(added_at=late)
    assert "Dora Lead" not in section(text_of(page_of(world.manager)), "replies")
    Addendum.objects.filter(audience=Audience.SCHOOL).delete()
    html = text_of(page_of(world.manager))
    replies = section(html, "replies")
    assert "Dora Lead replied today to Fay Former." in replies
    assert f"/consultations/{world.shared.pk}/#reply-{world.reply.pk}" in replies
    assert "CANARY" not in html
    assert "Dora" not in text_of(page_of(world.other_manager))
    Reply.objects.update(replied_at=timezone.now() - timedelta(days=20))
    assert "Dora Lead" not in section(text_of(page_of(world.manager)), "replies")


def test_a_reply_in_ones_own_work_is_not_on_the_desk_as_well(world, page_of):
    Addendum.objects.filter(audience=Audience.SCHOOL).delete()
    Consultation.objects.filter(pk=world.shared.pk).update(author=world.manager)
    html = text_of(page_of(world.manager))
    assert "Dora Lead at Oakfield Primary School" in section(html, "now")
    assert "Dora Lead" not in section(html, "replies")


def test_a_manager_finds_nothing_of_a_school_their_own_child_attends(world, page_of):
    """Rule 001-53 holds for managers' lists as well."""
    OwnChildConflict.objects.create(user=world.manager, school=world.elmgate)
    assert "Elmgate" not in text_of(page_of(world.manager))


def test_the_service_manager_sees_every_hub(world, page_of):
    html = text_of(page_of(world.service))
    uncovered = section(html, "uncovered")
    assert "Elmgate School" in uncovered
    assert "Larkmead College" in uncovered
    assert "CANARY" not in html


def test_the_service_manager_reads_no_drafts_and_hears_nothing_of_them(world, page_of):
    Consultation.objects.filter(pk=world.draft.pk).update(
        started_at=timezone.now() - timedelta(days=9)
    )
    html = text_of(page_of(world.service))
    assert str(world.draft.pk) not in html
    assert "draft" not in html.lower()


# --- everybody else ---------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["coordinator", "duty"])
def test_other_staff_can_look_up_a_school_and_see_no_record(world, page_of, who):
    html = text_of(page_of(getattr(world, who)))
    assert "You can look up any school" in html
    assert "CANARY" not in html
    for school in world.schools:
        assert school.name not in html


def test_a_coordinator_sees_which_schools_ask_for_a_meeting_until_one_is_called(world, page_of):
    """Rule 000-15."""
    asked(world, wanted="advice")
    assert "No school waits for a meeting" in text_of(page_of(world.coordinator))
    wants = asked(world, wanted="caso")
    html = page_of(world.coordinator)
    assert "Schools ask for a meeting" in text_of(html)
    assert wants.get_absolute_url() in html.content.decode()
    assert "Schools ask for a meeting" not in text_of(page_of(world.primary))


def test_the_governance_officer_is_told_plainly_that_nothing_waits(world, page_of):
    html = text_of(page_of(world.governance))
    assert "There is nothing for you to do here at the moment." in html
    assert "look up any school" not in html
    assert "/schools/" not in html


def test_the_administrator_sees_who_has_not_joined_and_what_was_not_delivered(world, page_of):
    Message.objects.create(
        kind="invitation",
        key="dead",
        address="gone@example.org",
        subject="SUBJECT-CANARY",
        body="BODY-CANARY",
        message_id="<1@example.org>",
        date_header="now",
        state="dead",
    )
    html = text_of(page_of(world.administrator))
    assert "Inez Invited" in section(html, "joining")
    assert "Written today." in section(html, "messages")
    assert "The national register has not been read yet" in section(html, "register")
    assert "CANARY" not in html


def test_a_quiet_service_says_so_to_its_administrator(world, page_of):
    world.invited.joined_at = timezone.now()
    world.invited.save()
    School.objects.update(register_read_at=timezone.now())
    html = text_of(page_of(world.administrator))
    assert "Everybody who was invited has joined." in html
    assert "Every message that was due has gone out." in html
    assert "The national register was read today." in html


@pytest.mark.parametrize("who", ["dsl", "head", "deputy", "senco", "withheld", "attendee"])
def test_school_people_and_attendees_go_to_what_was_shared(world, page_of, who):
    response = page_of(getattr(world, who))
    assert (response.status_code, response.headers["Location"]) == (302, "/shared/")


def test_an_unconfirmed_post_is_told_kindly_who_confirms_it(world, page_of):
    html = text_of(page_of(world.unconfirmed))
    assert "your post is waiting to be confirmed" in html
    assert "Dora Lead" in html
    assert "Hana Head" in html
    assert "Maya Manager" not in html  # added the post, so cannot confirm it
    assert "999" in html.partition("<main")[2]
    assert "CANARY" not in html


def test_somebody_who_left_is_told_whom_to_ask(world, page_of):
    html = text_of(page_of(world.left_lead))
    assert "Nothing is open to you here at the moment." in html
    assert "Oakfield" not in html


def test_somebody_with_two_roles_finds_both(world, page_of):
    StaffRole.objects.create(
        user=world.primary,
        role=Role.ADMINISTRATOR,
        starts_at=world.long_ago,
        confirmed_at=world.long_ago,
    )
    html = text_of(page_of(world.primary))
    assert "Needs you now" in html
    assert "School register" in html


def test_nobody_sees_a_count_of_consultations(world, page_of):
    """Rule 001-124, security.md N-02: no totals and no badges, whoever looks."""
    for who in (world.primary, world.manager, world.service):
        main = text_of(page_of(who)).partition("<main")[2].partition("</main>")[0]
        assert "consultations" not in main.replace("/consultations/", "").lower()


# --- what was sent and not saved ----------------------------------------------------------------


def kept_form(user, path, sent_at):
    return UnsavedForm.objects.create(user=user, path=path, data={"text": ["x"]}, sent_at=sent_at)


def test_all_that_was_sent_and_not_saved_is_within_reach_the_latest_first(
    world, page_of, time_machine
):
    """design.md 8: the sign-in leads to the latest alone."""
    time_machine.move_to("2026-11-04T09:00:00Z")
    assert "not-saved" not in text_of(page_of(world.primary))
    sent = timezone.now() - timedelta(hours=17, minutes=10)
    earlier = kept_form(world.primary, "/a/", sent - timedelta(days=1))
    later = kept_form(world.primary, "/b/", sent)
    others = kept_form(world.secondary, "/a/", sent)
    gone = kept_form(world.primary, "/c/", sent - KEPT_FOR)
    shown = section(text_of(page_of(world.primary)), "not-saved")
    link = f'href="/unsaved/{later.pk}/">What you sent on 3 November at 3:50pm</a>'
    assert link in shown
    assert shown.index(str(later.pk)) < shown.index(str(earlier.pk))
    assert not any(str(kept.pk) in shown for kept in (others, gone))


@pytest.mark.parametrize("who", ["dsl", "attendee", "unconfirmed", "governance", "coordinator"])
def test_whoever_signs_in_finds_what_they_sent_on_their_own_home_page(world, as_, who):
    user = getattr(world, who)
    kept = kept_form(user, "/a/", timezone.now())
    assert f"/unsaved/{kept.pk}/" in text_of(as_(user).get("/", follow=True))


def test_somebody_who_is_only_told_of_concerns_finds_it_there(world, as_):
    leader = world.person("leader", "Lee Leader")
    Fallback.objects.create(
        about="adult", user=leader, role="Leadership team", added_by=world.administrator
    )
    kept = kept_form(leader, "/a/", timezone.now())
    page = as_(leader).get("/", follow=True)
    assert page.redirect_chain[-1][0] == "/concerns/"
    assert f"/unsaved/{kept.pk}/" in text_of(page)


def test_a_signed_out_visitor_is_asked_to_sign_in(client, db):
    assert client.get("/").status_code == 302


# --- size -------------------------------------------------------------------------------------


def crowd(world):
    """Many more of everything behind the pages of both hubs."""
    for _ in range(12):
        for state in (State.DRAFT, State.COMPLETED, State.SHARED):
            held = world.consultation(world.oakfield, world.primary, state)
            if state == State.SHARED:
                world.share(held, world.dsl, "DSL")
    rows = [
        Consultation(
            school=world.oakfield,
            hub=world.coast,
            author=world.primary,
            state=State.SHARED,
            version=1,
            held_at=world.now - timedelta(days=n),
            completed_at=world.now,
            shared_at=world.now - timedelta(days=3),
        )
        for n in range(100)
    ]
    Consultation.objects.bulk_create(rows)
    Comment.objects.bulk_create(
        Comment(consultation=held, text="A word", written_by=world.manager) for held in rows
    )
    for number in range(30):
        school = School.objects.create(
            urn=str(910000 + number),
            name=f"School {number}",
            type_group=SchoolType.PRIMARY,
            hub=world.coast,
        )
        world.post(school, world.person(f"dsl{number}", f"Dsl {number}"), ContactRole.DSL)
        world.allocation(school, world.primary, AllocationKind.PRIMARY)


@pytest.mark.parametrize("who", ["primary", "manager", "service", "administrator"])
def test_the_page_takes_as_many_queries_for_a_hundred_rows_as_for_one(world, queries_of, who):
    user = getattr(world, who)
    few = queries_of(user, "/")
    crowd(world)
    many = queries_of(user, "/")
    assert len(many) == len(few), "\n".join(many)
    # A manager's desk asks one question a block, two more for who is away when, and two for the
    # terms: from when a contact is late, and what is said of each school. Short work asks five
    # more of a worker, and as many of a manager, of whom one is what waits for the meeting.
    # Concerns are three for everybody, meetings one; requests one or two; whether messages go out,
    # two. In the summer a worker's asks one more: who changes school.
    # What was sent and not saved is one.
    most = {"manager": 38, "service": 27, "primary": 26}
    assert len(many) <= most.get(who, 25), "\n".join(many)
    assert not [sql for sql in many if "count(" in sql.lower()]


# --- support on the desk --------------------------------------------------------------------


def test_a_crisis_waits_on_the_desk_until_it_is_decided(world, page_of):
    """Rules 001-77, 001-78: what is needed is decided, and nobody else's hub is troubled."""
    crisis = services.enter_crisis(
        world.primary,
        world.oakfield,
        what_happened="A pupil was taken ill",
        happened_at=timezone.now(),
    )
    desk = section(text_of(page_of(world.manager)), "crises")
    assert "Oakfield" in desk
    assert "taken ill" not in desk
    assert "Oakfield" not in section(text_of(page_of(world.other_manager)), "crises")
    services.decide_crisis(world.manager, crisis, needs_more=False, decision="We ring at four")
    assert "No school waits" in section(text_of(page_of(world.manager)), "crises")


def test_a_review_of_enhanced_support_comes_up_two_weeks_ahead(world, page_of):
    """Rule 001-54."""
    support = services.enhance(
        world.manager,
        world.oakfield,
        criteria=list(SupportCriterion.objects.all()[:1]),
        reason="Many new pupils",
        review_on=timezone.localdate() + timedelta(days=15),
    )
    assert "Oakfield" not in section(text_of(page_of(world.manager)), "reviews")
    EnhancedSupport.objects.filter(pk=support.pk).update(
        review_on=timezone.localdate() + timedelta(days=14)
    )
    assert "Oakfield" in section(text_of(page_of(world.manager)), "reviews")


def test_days_on_which_nobody_is_there_come_up(world, page_of):
    """Rule 001-48: support at all times of the working week."""
    assert "Oakfield" not in section(text_of(page_of(world.manager)), "days-uncovered")
    for user in (world.primary, world.secondary, world.cover):
        services.add_absence(
            world.manager,
            user.link_worker,
            timezone.localdate(),
            timezone.localdate() + timedelta(days=20),
        )
    assert "Oakfield" in section(text_of(page_of(world.manager)), "days-uncovered")


def test_the_service_manager_is_asked_in_place_of_an_absent_team_manager(world, page_of):
    """Rule 001-51."""
    proposal = CountyAgreement.objects.create(
        school=world.larkmead,
        link_worker=world.far_worker.link_worker,
        kind=AllocationKind.PRIMARY,
        reason="Knows it",
        proposed_by=world.other_manager,
    )
    CountyAnswer.objects.create(agreement=proposal, manager=world.manager)
    assert "Larkmead" not in section(text_of(page_of(world.service)), "decide")
    today = timezone.localdate()
    services.add_absence(world.manager, world.manager.link_worker, today, today)
    assert "Answer for them" in section(text_of(page_of(world.service)), "decide")
    assert "Answer for them" not in section(text_of(page_of(world.other_manager)), "decide")
