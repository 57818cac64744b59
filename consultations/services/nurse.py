"""The acts on an invitation of the school nurse (rules 001-72, 001-73)."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from audit.errors import TransitionNotAllowed, allow
from audit.models import Verb
from audit.services import act_of, record, record_all
from consultations import nurse, nurse_notices, policies
from consultations.models import InviteState, NurseInvite
from govuk.words import day_text
from schools.calendar import calendars_of
from schools.models import Pupil
from schools.naming import NAME, refuse_names
from schools.succession import heirs
from schools.years import school_year_of


def _locked(invite):
    return (
        NurseInvite.objects.select_for_update(of=["self"])
        .select_related("school__nursing_team", "team", "consultation")
        .get(pk=invite.pk)
    )


@transaction.atomic
def propose(by):
    """Propose this term's consultation with the nurse at every school that has none proposed.

    From the first day of the school's own term to its last, at open schools of the types that
    have a nurse. Several at once, or one after the other, propose each once. Returns what is new.
    """
    today = timezone.localdate()
    schools = list(nurse.schools_with_nurse())
    calendars = calendars_of(school.pk for school in schools)
    _go_on(by)
    this_year = NurseInvite.objects.filter(school_year=school_year_of(today))
    there = set(this_year.values_list("school", "school_year", "term"))
    proposed = []
    for school in schools:
        term = nurse.term_due(calendars[school.pk], today)
        if term and (school.pk, *term) not in there:
            proposed.append(_proposal(school, term))
    return _added(by, proposed)


@transaction.atomic
def propose_at(by, school):
    """Propose this term's consultation with the nurse at one school; returns the invitation.

    The one that is there already when there is. PermissionDenied for anyone but its link workers
    and managers; TransitionNotAllowed between terms, and where no school nurse is invited.
    """
    allow(policies.may_invite_nurse(by, school))
    if not nurse.applies_to(school):
        raise TransitionNotAllowed(f"No school nurse is invited to {school.name}.")
    term = nurse.term_due(calendars_of([school.pk])[school.pk], timezone.localdate())
    if term is None:
        raise TransitionNotAllowed("There is no term now. Arrange it when the next term begins.")
    _go_on(by)
    _added(by, [_proposal(school, term)])
    return NurseInvite.objects.get(school=school, school_year=term.school_year, term=term.name)


def _go_on(by):
    """What a closed school has this year goes on at its heir, where no other is: three queries.

    The consultation of a term is one, whether a school became an academy in it or not.
    """
    heir_of = heirs()
    this_year = NurseInvite.objects.filter(school_year=school_year_of(timezone.localdate()))
    heir_ids = [link.successor_id for link in heir_of.values()]
    there = set(this_year.filter(school__in=heir_ids).values_list("school", "term"))
    left = this_year.filter(school__in=heir_of).select_for_update(of=["self"])
    for invite in sorted(left.select_related("consultation"), key=lambda one: not one.is_held):
        heir = heir_of[invite.school_id].successor
        if (heir.pk, invite.term) not in there:
            there.add((heir.pk, invite.term))
            invite.school, invite.hub_id = heir, heir.hub_id
            invite.save(update_fields=["school", "hub"])
            record(by, Verb.CHANGE, invite, school_id=heir.pk)


def _proposal(school, term):
    return NurseInvite(
        school=school, hub_id=school.hub_id, school_year=term.school_year, term=term.name
    )


def _added(by, proposed):
    """Those that nobody else has proposed meanwhile, written and recorded."""
    NurseInvite.objects.bulk_create(proposed, ignore_conflicts=True)
    added = list(NurseInvite.objects.filter(pk__in=[invite.pk for invite in proposed]))
    record_all([act_of(by, Verb.PROPOSE, invite) for invite in added])
    return added


@transaction.atomic
def invite(by, invite, *, starts_at, minutes, place, version, inbox):
    """Set or change the date agreed with the school, and tell everybody invited.

    ``version`` and ``inbox`` are what the page showed: nobody's change is undone, and nothing
    goes to a team that was not read first. What stands already is not sent again. Who got an
    earlier date and is no longer invited gets a cancellation.

    PermissionDenied for anyone but the school's link workers and managers. ValidationError on
    ``day`` for a date that is past, not a school day of this school or not in the term, and on
    ``place`` where it names a child taught there.
    TransitionNotAllowed once it was held, when somebody changed it meanwhile, and without a
    nursing team.
    """
    invite = _locked(invite)
    school = invite.school
    allow(policies.may_invite_nurse(by, school))
    _check_open(invite)
    team = _team_of(school)
    changed = {"starts_at": starts_at, "minutes": minutes, "place": place}
    if _is_sent_to(invite, team) and all(getattr(invite, n) == v for n, v in changed.items()):
        return invite
    if version != invite.version:
        raise TransitionNotAllowed(
            "Somebody has changed this invitation meanwhile. Check the date, then send yours."
        )
    if inbox.casefold() != team.inbox.casefold():
        raise TransitionNotAllowed(
            f"{school.name} has another nursing team or duty inbox since you opened the page:"
            f" {team.name}, {team.inbox}. Check it, then send the invitation."
        )
    refuse_names(Pupil.objects.at(school).values_list(*NAME), place=place)
    _check_date(invite, starts_at)
    if starts_at != invite.starts_at or not _is_sent_to(invite, team):
        invite.confirmed_on = invite.confirmed_by = None
    verb, former = (Verb.CHANGE if invite.is_invited else Verb.INVITE), invite.starts_at
    for name, value in changed.items():
        setattr(invite, name, value)
    invite.team, invite.invited_by, invite.consultation = team, by, None
    _send(invite, former)
    record(by, verb, invite, sequence=invite.sequence)
    return invite


def _check_open(invite):
    if invite.is_held:
        raise TransitionNotAllowed(
            f"The consultation with the school nurse has been held in the {invite.term_text}."
        )


def _check_date(invite, starts_at):
    day = timezone.localdate(starts_at)
    if starts_at <= timezone.now():
        raise ValidationError({"day": "The date and time must be in the future"})
    calendar = calendars_of([invite.school_id])[invite.school_id]
    if sentence := nurse.cannot_be_on(calendar, invite.named_term, invite.school, day):
        raise ValidationError({"day": sentence})


def _team_of(school):
    team = school.nursing_team
    if team is None or not team.inbox:
        raise TransitionNotAllowed(
            f"{school.name} has no nursing team with a duty inbox. Have one chosen first."
        )
    return team


def _is_sent_to(invite, team):
    """The invitation stands with this team, at this address in whatever capitals."""
    return (
        invite.is_invited
        and invite.team_id == team.pk
        and invite.inbox.casefold() == team.inbox.casefold()
    )


def _send(invite, former):
    """Send what the invitation says now; its sequence rises if something was sent before.

    ``former`` is when it was arranged for until now, or None.
    """
    if invite.sent_at:
        invite.sequence += 1
    invite.state, invite.inbox, invite.sent_at = (
        InviteState.INVITED,
        invite.team.inbox,
        timezone.now(),
    )
    invite.save()
    people = nurse.recipients(
        invite.school, invite.team, timezone.localdate(invite.starts_at), invite.invited_by
    )
    nurse_notices.invited(invite, people, former)


@transaction.atomic
def cancel(by, invite):
    """Take the appointment out of everybody's calendar; a new date may be set later.

    PermissionDenied for anyone but the school's link workers and managers; TransitionNotAllowed
    when no date stands, or it was held.
    """
    invite = _locked(invite)
    allow(policies.may_invite_nurse(by, invite.school))
    # One that lies ahead is taken out even where a nurse took part in another before it.
    if invite.has_begun:
        _check_open(invite)
    if not invite.is_invited:
        raise TransitionNotAllowed("There is no date to cancel.")
    invite.state = InviteState.CANCELLED
    invite.confirmed_on = invite.confirmed_by = None
    invite.sequence += 1
    invite.sent_at = timezone.now()
    invite.save()
    nurse_notices.cancelled(invite)
    record(by, Verb.CANCEL, invite, sequence=invite.sequence)
    return invite


@transaction.atomic
def confirm(by, invite, on, version=None):
    """The nursing team has said, on the date ``on``, that a nurse comes.

    ``version`` is what the page showed: nobody confirms a date they have not read.

    A duty inbox may never answer an invitation, so a person says it. PermissionDenied for anyone
    but the school's link workers and managers; TransitionNotAllowed without a date.
    """
    invite = _locked(invite)
    allow(policies.may_invite_nurse(by, invite.school))
    if not invite.is_invited:
        raise TransitionNotAllowed("There is no date to confirm. Set one first.")
    if version not in (None, invite.version):
        raise TransitionNotAllowed(
            "The date has changed since you opened the page. Check that a nurse comes then."
        )
    if invite.confirmed_on:
        raise TransitionNotAllowed(
            f"The nurse was confirmed {day_text(invite.confirmed_on, timezone.localdate())}."
        )
    invite.confirmed_on, invite.confirmed_by = on, by
    invite.save(update_fields=["confirmed_on", "confirmed_by"])
    record(by, Verb.CONFIRM, invite)
    return invite


def follow_teams(by):
    """Send appointments on to where their school's nursing team is reached now.

    The former inbox gets a cancellation, the new one the invitation, everybody else the change.
    A school without a team or inbox keeps its appointment until somebody decides. Returns the
    invitations that moved.
    """
    standing = NurseInvite.objects.filter(
        state=InviteState.INVITED, consultation=None, starts_at__gt=timezone.now()
    ).select_related("school__nursing_team")
    moved = [row for row in standing if _has_moved(row) and _follow(by, row)]
    return moved


def _has_moved(invite):
    team = invite.school.nursing_team
    return team is not None and bool(team.inbox) and not _is_sent_to(invite, team)


@transaction.atomic
def _follow(by, invite):
    invite = _locked(invite)
    if not invite.is_invited or invite.consultation or not _has_moved(invite):
        return False
    invite.team = invite.school.nursing_team
    invite.confirmed_on = invite.confirmed_by = None
    _send(invite, invite.starts_at)
    record(by, Verb.CHANGE, invite, sequence=invite.sequence)
    return True


@transaction.atomic(savepoint=False)
def held(by, consultation, invite_id=None):
    """A consultation was completed: if a nurse took part, its term has its yes (rule 001-72).

    Part of the act that completes it. ``invite_id`` is that of the appointment it was recorded
    from, of this school or ignored; an appointment that no nurse came to is still to be arranged
    anew. Returns the invitation, or None when there is nothing to link.
    """
    invites = NurseInvite.objects.select_for_update(of=["self"]).select_related("consultation")
    invites = invites.filter(school=consultation.school_id)
    invite = invites.filter(pk=invite_id).first() if invite_id else None
    if invite is None and consultation.nurse_present:
        invite = _of_its_term(by, consultation, invites)
    if invite is None or invite.is_held:
        return None
    if not consultation.nurse_present:
        if not invite.has_begun:
            return None
        invite.state = InviteState.PROPOSED
        invite.confirmed_on = invite.confirmed_by = None
    invite.consultation = consultation
    invite.save(update_fields=["consultation", "state", "confirmed_on", "confirmed_by"])
    record(by, Verb.LINK, invite, consultation=str(consultation.pk))
    return invite


def _of_its_term(by, consultation, invites):
    """The one of the school's ``invites`` for the term in which it was held; made where none is."""
    school = consultation.school
    calendar = calendars_of([school.pk])[school.pk]
    term = calendar.term_on(timezone.localdate(consultation.held_at))
    of_term = invites.filter(school_year=term.school_year, term=term.name)
    invite = of_term.first()
    if invite is None:
        _added(by, [_proposal(school, term)])
        invite = of_term.get()
    return invite
