"""Who hears what about schools, their contacts, and the children on record."""

from django.urls import reverse
from django.utils import timezone

from accounts.links import absolute
from accounts.models import User
from accounts.notices import Notice, tell
from notifications import kinds
from schools import policies
from schools.hub_managers import managers_of
from schools.models import Move, School, SchoolContact
from schools.names import fold
from schools.people import confirmers_of
from schools.scope import scope_of

CONTACT_TO_CONFIRM = "contact_to_confirm"
CHILD_MOVED = "child_moved"
MANY_CHILDREN, OWN_NAME = "many_children_opened", "own_name_opened"


def ask_to_confirm(contact, by):
    """Ask the hub's team managers and the school's leads to confirm a safeguarding post.

    Whoever added it, and the person themselves, are not asked: neither may confirm it.
    """
    tell(
        [
            Notice(
                kind=CONTACT_TO_CONFIRM,
                key=f"{CONTACT_TO_CONFIRM}:{contact.pk}:{user.pk}",
                to=user,
                path=contact.school.get_absolute_url(),
                template="schools/email/contact_to_confirm.txt",
                context={"school": contact.school},
                about=contact,
            )
            for user in confirmers_of(contact).order_by("email")
        ],
        by,
    )


def _contact_of(message):
    return (
        SchoolContact.objects.current()
        .select_related("school")
        .filter(pk=message.about_id, confirmed_at__isnull=True)
        .first()
    )


def _still_waits(message):
    return _contact_of(message) is not None


def _may_confirm(message):
    contact = _contact_of(message)
    return contact is not None and policies.may_confirm(message.to, contact)


# --- children ------------------------------------------------------------------------------


def tell_of_moves(moves, by):
    """Tell the link workers of the schools between which children moved (rule 003-22).

    Each hears once of all these ``Move`` rows; where a school has no worker, the managers of its
    hub do. Nobody's name is in it.
    """
    theirs, workers = {}, {}
    for move in moves:
        for school in _schools_of(move):
            if school not in workers:
                workers[school] = workers_of(school)
            for user in workers[school]:
                theirs.setdefault(user, {})[move] = None
    theirs.pop(by, None)
    tell([_moved(user, list(seen)) for user, seen in theirs.items()], by)


def _moved(user, moves):
    first, *others = [reverse("pupil_handover", args=[move.pupil_id, move.pk]) for move in moves]
    return Notice(
        kind=CHILD_MOVED,
        key=f"{CHILD_MOVED}:{moves[0].pk}:{user.pk}",
        to=user,
        path=first,
        template="schools/email/child_moved.txt",
        context={"others": [absolute(path) for path in others]},
        about=moves[0],
    )


def _schools_of(move):
    """The schools of the register that a child left and came to."""
    return [stay.school for stay in (move.former, move.new) if stay and stay.school]


def workers_of(school):
    """The users who support the school; where there is none, who manages its hub."""
    supporting = policies.supporting(school).values("user")
    people = User.objects.filter(pk__in=supporting, is_active=True).order_by("email")
    return list(people) or list(managers_of(school.hub_id, free_at=school).order_by("email"))


def tell_of_many_children(by):
    """Tell the managers of ``by`` that they opened many children in minutes; once an hour."""
    hour = timezone.now().strftime("%Y%m%d%H")
    tell(
        [
            Notice(
                kind=MANY_CHILDREN,
                key=f"{MANY_CHILDREN}:{by.pk}:{hour}:{user.pk}",
                to=user,
                path="/looks/",
                template="schools/email/many_children_opened.txt",
                context={},
                about=by,
            )
            for user in overseers_of(by)
        ],
        by,
    )


def tell_of_own_name(by, openings):
    """Tell the managers of ``by`` of children opened who have their own surname (N-09)."""
    own = set(fold(by.name.rpartition(" ")[2]).split())
    alike = [opening for opening in openings if own & set(fold(opening.pupil.surname).split())]
    if not alike:
        return
    tell(
        [
            Notice(
                kind=OWN_NAME,
                key=f"{OWN_NAME}:{opening.pk}:{user.pk}",
                to=user,
                path=f"/pupils/{opening.pupil_id}/looks/",
                template="schools/email/own_name_opened.txt",
                context={},
                about=opening,
            )
            for opening in alike
            for user in overseers_of(by)
        ],
        by,
    )


def overseers_of(user):
    """Who looks after what ``user`` looks up: the managers of the hubs of their schools.

    A manager's own, and those of who has no school, are the service managers' to see.
    """
    managers = User.objects.none()
    if not policies.answers_to_the_county(user):
        supported = School.objects.filter(pk__in=scope_of(user).supports)
        managers = managers_of(*supported.values_list("hub", flat=True).distinct())
    if not managers.exists():
        managers = policies.service_managers()
    return list(managers.exclude(pk=user.pk).order_by("email"))


def _may_follow_move(message):
    """Works with one of the two schools still, and has no child at the one in question."""
    moves = Move.objects.select_related("former__school", "new__school")
    move = moves.filter(pk=message.about_id).first()
    schools = _schools_of(move) if move else ()
    return any(policies.may_keep_children_of(message.to, school) for school in schools)


def _may_oversee(message):
    return policies.answers_to_the_county(message.to)


def register_kinds():
    """Make the outbox know the kinds here; called once, when the app is ready."""
    kinds.register(
        CONTACT_TO_CONFIRM,
        still_due=_still_waits,
        may_receive=_may_confirm,
        label="Safeguarding contact to confirm",
        may_wait=False,
    )
    kinds.register(CHILD_MOVED, may_receive=_may_follow_move, label="A child moved between schools")
    watched = {"may_receive": _may_oversee, "may_wait": False}
    kinds.register(MANY_CHILDREN, label="Many children opened", **watched)
    kinds.register(OWN_NAME, label="A child of the same name opened", **watched)
