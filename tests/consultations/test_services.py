import uuid
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from accounts.grants import drift
from accounts.models import User
from audit.errors import TransitionNotAllowed
from audit.models import Act
from consultations import forms, services
from consultations.models import Attendee, Audience, Consultation, State, Theme
from consultations.recipients import candidates, contacts_of, has_lead
from consultations.services import actions as action_services
from drafts.errors import StaleDraft
from drafts.models import Draft
from drafts.services import save
from linkworkers.models import Allocation
from notifications import kinds
from notifications.models import Message
from schools.models import OwnChildConflict, SchoolContact, SchoolGrant
from schools.services import change_contact, confirm_contact
from tests.consultations.writing import plan_for, typed


def draft_of(user, school, **changes):
    """A consultation in draft at ``school`` as ``user`` typed it; returns row and draft."""
    pk = uuid.uuid4()
    draft = services.start(user, school, pk, timezone.now(), typed(school, **changes))
    return Consultation.objects.get(pk=pk), draft


def content_of(user, consultation, draft):
    sheet = forms.sheet(
        user, consultation.school, contacts_of(consultation.school), forms.post_of(draft.data)
    )
    assert sheet.is_valid(), [part.errors for part in sheet.parts]
    return sheet.content()


def completed_by(user, school, share_now=False, **plan):
    consultation, draft = draft_of(user, school)
    content = content_of(user, consultation, draft)
    services.complete(
        user, consultation, content, plan_for(school, content, **plan), share_now=share_now
    )
    consultation.refresh_from_db()
    return consultation


def test_a_link_worker_starts_a_draft_that_a_manager_can_see(world):
    consultation, draft = draft_of(world.primary, world.oakfield)
    assert consultation.state == State.DRAFT
    assert draft.user == world.primary
    assert Consultation.objects.visible_to(world.manager).filter(pk=consultation.pk).exists()
    assert not Consultation.objects.visible_to(world.secondary).filter(pk=consultation.pk).exists()


def test_starting_twice_with_the_page_s_id_makes_one_record(world):
    pk = uuid.uuid4()
    for text in ("first", "second"):
        services.start(world.primary, world.oakfield, pk, timezone.now(), {"shared_text": [text]})
    assert Draft.objects.get(target_id=pk).data == {"shared_text": ["second"]}


@pytest.mark.parametrize(
    "actor",
    [
        "former",
        "future",
        "other_worker",
        "far_worker",
        "other_manager",
        "duty",
        "service",
        "dsl",
        "head",
        "administrator",
        "governance",
        "coordinator",
    ],
)
def test_nobody_else_records_at_the_school(world, actor):
    with pytest.raises(PermissionDenied):
        services.start(getattr(world, actor), world.oakfield, uuid.uuid4(), timezone.now(), {})


def test_a_conflicted_worker_records_nothing_at_their_child_s_school(world):
    """rule 001-53"""
    with pytest.raises(PermissionDenied):
        services.start(world.conflicted, world.elmgate, uuid.uuid4(), timezone.now(), {})


def test_two_tabs_cannot_overwrite_each_other(world):
    _, draft = draft_of(world.primary, world.oakfield)
    save(world.primary, draft.pk, {"shared_text": ["tab one"]}, draft.version)
    with pytest.raises(StaleDraft) as stale:
        save(world.primary, draft.pk, {"shared_text": ["tab two"]}, draft.version)
    assert stale.value.draft.data == {"shared_text": ["tab one"]}


def test_another_person_cannot_save_into_a_draft(world):
    _, draft = draft_of(world.primary, world.oakfield)
    with pytest.raises(PermissionDenied):
        save(world.secondary, draft.pk, {}, draft.version)


def test_completing_moves_the_text_into_the_record_and_the_draft_goes(world):
    """rules 001-10 and 001-68: areas, and the news given to the school."""
    consultation, draft = draft_of(world.primary, world.oakfield)
    content = content_of(world.primary, consultation, draft)
    services.complete(world.primary, consultation, content, plan_for(world.oakfield, content))
    consultation.refresh_from_db()
    assert consultation.state == State.COMPLETED
    assert consultation.shared_text == "We talked about attendance."
    assert consultation.internal_notes == "Only for us."
    assert [row.area for row in consultation.areas.all()] == ["attendance"]
    assert consultation.areas.get().sub_areas == ["ebsa"]
    assert {row.name for row in consultation.attendees.all()} == {"Dora Lead", "Nia Nurse"}
    assert consultation.actions.get().owner_user == world.primary
    assert not Draft.objects.filter(target_id=consultation.pk).exists()
    assert Act.objects.filter(verb="complete", subject_id=str(consultation.pk)).exists()


def test_completing_without_sharing_tells_head_and_leads_that_it_was_held(world):
    """rule 001-64: even if neither took part; who attended is behind sign-in."""
    consultation = completed_by(world.primary, world.oakfield)
    told = Message.objects.filter(kind="consultation_held", about_id=str(consultation.pk))
    assert {m.to for m in told} == {world.head, world.dsl, world.withheld}
    for message in told:
        assert "Dora" not in message.body
        assert "We talked" not in message.subject + message.body


def test_completing_and_sharing_in_one_act_sends_one_message_each(world):
    """rules 001-65 and 003-1"""
    consultation = completed_by(world.primary, world.oakfield, share_now=True)
    assert consultation.state == State.SHARED
    messages = Message.objects.filter(about_id=str(consultation.pk))
    assert set(messages.values_list("kind", flat=True)) == {"consultation_shared"}
    assert sorted(m.to.email for m in messages) == sorted(
        u.email for u in (world.head, world.dsl, world.withheld)
    )


def test_one_person_who_is_head_and_lead_gets_one_message_with_both_roles(world):
    """rule 003-1"""
    consultation = completed_by(world.other_worker, world.elmgate, share_now=True)
    message = Message.objects.get(about_id=str(consultation.pk))
    assert message.to == world.head_and_dsl
    assert "Headteacher and DSL" in message.body


def test_a_completed_record_cannot_be_completed_again(world):
    consultation, draft = draft_of(world.primary, world.oakfield)
    content = content_of(world.primary, consultation, draft)
    plan = plan_for(world.oakfield, content)
    services.complete(world.primary, consultation, content, plan)
    with pytest.raises(TransitionNotAllowed):
        services.complete(world.primary, consultation, content, plan)


def test_an_unconfirmed_deputy_is_no_candidate(world):
    found = {c.name: c for c in candidates(world.oakfield, [])}
    assert "Lena Left" not in found
    assert not found["Una Unconfirmed"].can_receive


def test_a_post_not_yet_confirmed_can_be_withheld_beforehand(world):
    consultation = completed_by(
        world.primary, world.oakfield, share_now=True, withhold={"Una Unconfirmed": "Related."}
    )
    confirm_contact(world.head, SchoolContact.objects.get(pk=world.unconfirmed_post.pk))
    assert consultation not in Consultation.objects.shared_with(world.unconfirmed)


def test_a_changed_address_lifts_no_withholding(world):
    """design.md 6.14: a withheld person finds no trace."""
    consultation = completed_by(
        world.primary, world.oakfield, share_now=True, withhold={"Will Withheld": "Related."}
    )
    post = world.withheld_post
    successor = change_contact(
        world.primary,
        post,
        name=post.name,
        roles=post.roles,
        email="will.new@example.org",
        phone="",
        job_title="",
        note="",
    )
    confirm_contact(world.head, successor)
    user = User.objects.get(email="will.new@example.org")
    assert consultation not in Consultation.objects.shared_with(user)


def test_whoever_stands_in_for_a_withheld_lead_hears_that_it_was_held(world):
    plan_now = {"Will Withheld": "Related."}
    consultation, draft = draft_of(world.primary, world.oakfield)
    content = content_of(world.primary, consultation, draft)
    plan = plan_for(world.oakfield, content, withhold=plan_now)
    for decision in plan.decisions:
        decision.stands_in = decision.candidate.name == "Dan Deputy"
    services.complete(world.primary, consultation, content, plan)
    told = Message.objects.filter(kind="consultation_held", about_id=str(consultation.pk))
    assert world.deputy in {m.to for m in told}


def test_a_deactivated_lead_counts_as_nobody_told(world):
    """rule 001-65"""
    for user in (world.dsl, world.head, world.withheld):
        user.is_active = False
        user.save()
    assert not has_lead(candidates(world.oakfield, []))


def test_somebody_typed_in_who_is_a_contact_counts_as_the_contact(world):
    attendee = Attendee(name="Selma", organisation="School", email=world.senco.email)
    found = [c for c in candidates(world.oakfield, [attendee]) if c.email == world.senco.email]
    assert [c.group for c in found] == ["school"]


def test_stored_from_an_old_page_does_not_mark_what_nobody_read(world):
    with pytest.raises(TransitionNotAllowed):
        services.stored(world.dsl, world.shared, timezone.localdate(), version=7)


def test_a_second_click_adds_and_sends_nothing_more(world):
    once = uuid.uuid4()
    for _ in range(2):
        services.addendum(world.primary, world.shared, "The bus pass came.", Audience.TEAM, once)
        services.reply(world.dsl, world.shared, "Thank you", once)
    assert world.shared.addenda.filter(pk=once).count() == 1
    assert world.shared.replies.filter(pk=once).count() == 1


def test_a_reply_reaches_the_managers_when_nobody_supports_the_school(world):
    Allocation.objects.filter(school=world.oakfield, ends_at=None).update(
        ends_at=timezone.now(), ended_by=world.manager
    )
    SchoolGrant.objects.filter(content_object=world.oakfield, source_type="allocation").update(
        ends_at=timezone.now()
    )
    world.former.is_active = False
    world.former.save()
    world.shared.refresh_from_db()
    answer = services.reply(world.dsl, world.shared, "Anybody there?")
    told = Message.objects.filter(kind="consultation_replied", key__contains=str(answer.pk))
    assert {m.to for m in told} == {world.manager}


def test_deputies_are_told_only_where_the_school_chose_it(world):
    ticked = {c.name: c.group for c in candidates(world.oakfield, [])}
    assert ticked["Dan Deputy"] == "school"
    world.oakfield.deputies_told = True
    ticked = {c.name: c.group for c in candidates(world.oakfield, [])}
    assert ticked["Dan Deputy"] == "always"


def test_outsiders_get_nothing_unless_ticked(world):
    consultation = completed_by(world.primary, world.oakfield, share_now=True)
    assert not consultation.shares.filter(from_school=False).exists()


def test_an_outsider_ticked_with_a_reason_reads_that_one_note_for_ninety_days(world):
    consultation = completed_by(
        world.primary, world.oakfield, share_now=True, outsiders={"Nia Nurse": "She follows up."}
    )
    nurse = consultation.shares.get(from_school=False).user
    assert list(Consultation.objects.shared_with(nurse)) == [consultation]
    grant = consultation.grants.get(user=nurse)
    assert grant.ends_at == consultation.shares.get(user=nurse).shared_at + timedelta(days=90)
    body = Message.objects.get(to=nurse).body
    assert "/invitation/" in body


def test_a_withheld_person_finds_no_trace_and_the_manager_is_told(world):
    consultation = completed_by(
        world.primary, world.oakfield, share_now=True, withhold={"Will Withheld": "Related."}
    )
    assert not Consultation.objects.shared_with(world.withheld).filter(pk=consultation.pk)
    assert not Message.objects.filter(to=world.withheld, about_id=str(consultation.pk)).exists()
    told = Message.objects.get(kind="consultation_withheld")
    assert told.to == world.manager
    assert "Will" not in told.body


def test_a_withheld_person_does_not_hear_that_it_was_held(world):
    consultation = completed_by(
        world.primary, world.oakfield, withhold={"Will Withheld": "Related."}
    )
    assert not Message.objects.filter(to=world.withheld, about_id=str(consultation.pk)).exists()


def test_who_has_the_note_already_cannot_be_withheld_from_it(world):
    consultation = completed_by(world.primary, world.oakfield, share_now=True)
    plan = plan_for(world.oakfield, None, withhold={"Hana Head": "Too late."})
    with pytest.raises(TransitionNotAllowed):
        services.share(world.primary, consultation, plan)


def test_a_former_worker_shares_nothing(world):
    plan = plan_for(world.oakfield, None)
    with pytest.raises(PermissionDenied):
        services.share(world.former, world.shared, plan)


def test_an_addendum_for_the_school_re_alerts_the_same_people(world):
    consultation = completed_by(world.primary, world.oakfield, share_now=True)
    services.open_shared(world.dsl, consultation)
    services.addendum(world.secondary, consultation, "The bus pass came.", Audience.SCHOOL)
    consultation.refresh_from_db()
    assert consultation.version == 2
    told = Message.objects.filter(kind="consultation_added", about_id=str(consultation.pk))
    assert {m.to_id for m in told} == set(consultation.shares.values_list("user_id", flat=True))
    assert not consultation.shares.filter(opened_at__isnull=False).exists()


def test_an_addendum_for_the_team_alerts_nobody(world):
    before = Message.objects.count()
    services.addendum(world.primary, world.shared, "Between us.", Audience.TEAM)
    assert Message.objects.count() == before


def test_one_lead_s_tick_is_enough_and_the_second_comes_too_late(world):
    services.stored(world.dsl, world.shared, timezone.localdate())
    world.shared.refresh_from_db()
    assert world.shared.stored_by == world.dsl
    with pytest.raises(TransitionNotAllowed):
        services.stored(world.head, world.shared, timezone.localdate())


@pytest.mark.parametrize("actor", ["senco", "attendee", "primary", "other_dsl", "left_lead"])
def test_only_leads_of_the_school_mark_stored_and_reply(world, actor):
    user = getattr(world, actor)
    with pytest.raises(PermissionDenied):
        services.stored(user, world.shared, timezone.localdate())
    with pytest.raises(PermissionDenied):
        services.reply(user, world.shared, "Hello")


def test_a_reply_reaches_the_author_and_the_link_workers_now(world):
    answer = services.reply(world.dsl, world.shared, "Thank you, tutor told.")
    told = Message.objects.filter(kind="consultation_replied", key__contains=str(answer.pk))
    supporting = {world.primary, world.secondary, world.cover}
    assert {m.to for m in told} == {world.former, *supporting}
    assert all("tutor" not in m.body for m in told)


def test_an_agreed_action_is_done_once(world):
    action = world.shared.actions.get()
    action_services.done(world.secondary, action)
    with pytest.raises(TransitionNotAllowed):
        action_services.done(world.primary, action)


def test_a_reminder_goes_to_one_person_once_a_day(world):
    services.remind(world.primary, world.head_share)
    message = Message.objects.get()
    assert (message.kind, message.to) == ("consultation_reminded", world.head)
    assert "They have not been opened yet." in message.body
    assert f"/shared/{world.shared.pk}/" in message.body
    assert "CANARY" not in message.subject + message.body
    act = Act.objects.get(verb="remind")
    assert (act.subject_id, act.detail) == (
        str(world.shared.pk),
        {"share": str(world.head_share.pk)},
    )
    with pytest.raises(TransitionNotAllowed, match="was told today"):
        services.remind(world.secondary, world.head_share)
    services.remind(world.primary, world.dsl_share)
    Message.objects.update(created_at=timezone.now() - timedelta(days=1))
    Message.objects.filter(to=world.head).update(key="of-yesterday")
    services.remind(world.primary, world.head_share)
    assert Message.objects.filter(to=world.head).count() == 2


def test_nobody_is_reminded_on_the_day_they_were_told(world):
    consultation = completed_by(world.primary, world.oakfield, share_now=True)
    with pytest.raises(TransitionNotAllowed, match="was told today"):
        services.remind(world.primary, consultation.shares.get(user=world.head))


def test_who_opened_it_is_reminded_only_as_a_lead_whose_school_has_not_stored_it(world):
    """rule 001-65"""
    for user in (world.head, world.senco):
        services.open_shared(user, world.shared)
    services.remind(world.primary, world.head_share)
    assert "They are not marked as stored yet." in Message.objects.get().body
    with pytest.raises(TransitionNotAllowed, match="nothing left"):
        services.remind(world.primary, world.senco_share)
    Message.objects.all().delete()
    services.stored(world.dsl, world.shared, timezone.localdate())
    world.head_share.refresh_from_db()
    with pytest.raises(TransitionNotAllowed, match="nothing left"):
        services.remind(world.primary, world.head_share)


def test_who_can_no_longer_read_a_note_is_not_reminded_of_it(world):
    world.dsl_share.user = world.left_lead
    world.dsl_share.save()
    with pytest.raises(TransitionNotAllowed, match="can no longer read"):
        services.remind(world.primary, world.dsl_share)
    assert not Message.objects.exists()


@pytest.mark.parametrize("actor", ["former", "service", "other_worker", "far_worker", "dsl"])
def test_only_who_records_at_the_school_reminds(world, actor):
    with pytest.raises(PermissionDenied):
        services.remind(getattr(world, actor), world.head_share)


def test_a_reminder_is_held_back_when_there_is_nothing_left_to_do(world):
    services.remind(world.primary, world.head_share)
    message = Message.objects.get()
    kind = kinds.get(message.kind)
    assert kind.still_due(message)
    assert kind.may_receive(message)
    services.open_shared(world.head, world.shared)
    services.stored(world.dsl, world.shared, timezone.localdate())
    assert not kind.still_due(message)


def test_discarding_a_draft_takes_its_text_with_it(world):
    with pytest.raises(PermissionDenied):
        services.discard(world.manager, world.draft)
    services.discard(world.primary, world.draft)
    assert not Draft.objects.filter(target_id=world.draft.pk).exists()


def test_the_grants_of_the_notes_are_what_the_shares_say(world):
    completed_by(
        world.primary, world.oakfield, share_now=True, outsiders={"Nia Nurse": "She follows up."}
    )
    assert [line for line in drift() if "ConsultationGrant" in line] == []


def test_a_theme_taken_from_the_list_stays_on_the_records_that_have_it(world):
    """rule 001-5"""
    theme = Theme.objects.create(name="Vaping")
    consultation = completed_by(world.primary, world.oakfield)
    consultation.themes.add(theme)
    Theme.objects.update(is_offered=False)
    assert list(consultation.themes.all()) == [theme]


def test_no_number_of_consultations_is_too_many_or_too_few(world):
    """rules 001-60 and 001-125: no minimum and no maximum."""
    for _ in range(3):
        completed_by(world.primary, world.oakfield)


def test_the_deputy_can_be_withheld_from_a_note_that_others_have(world):
    consultation = completed_by(world.primary, world.oakfield, share_now=True)
    plan = plan_for(world.oakfield, None, withhold={"Dan Deputy": "Related to a family."})
    plan.decisions = [d for d in plan.decisions if d.candidate.name == "Dan Deputy"]
    services.share(world.primary, consultation, plan)
    assert not Consultation.objects.shared_with(world.deputy).filter(pk=consultation.pk).exists()


def test_a_refused_act_leaves_nothing_half_done(world):
    consultation = completed_by(world.primary, world.oakfield, share_now=True)
    plan = plan_for(
        world.oakfield, None, withhold={"Dan Deputy": "Related.", "Hana Head": "Too late."}
    )
    with pytest.raises(TransitionNotAllowed):
        services.share(world.primary, consultation, plan)
    assert not consultation.withholdings.exists()


def test_a_manager_whose_own_child_attends_hears_of_no_withholding(world):
    """rule 001-53"""
    OwnChildConflict.objects.create(user=world.manager, school=world.oakfield)
    consultation = completed_by(
        world.primary, world.oakfield, share_now=True, withhold={"Will Withheld": "Related."}
    )
    told = Message.objects.filter(kind="consultation_withheld", about_id=str(consultation.pk))
    assert {m.to for m in told} == {world.service}
