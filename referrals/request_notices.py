"""Who hears of a request for support: who is to answer it, and who asked (design.md 5).

A message names the school and where to read on, never a person, a child or a word of it.
"""

from accounts.notices import Notice, tell
from notifications import kinds
from referrals import policies
from referrals.models import RequestDisagreement, RequestSource, SupportRequest
from referrals.request_people import Answerers, askers_of, coordinators_for, reads

ASKED, COPIED = "request_asked", "request_copied"
ACKNOWLEDGED, ANSWERED = "request_acknowledged", "request_answered"
ADDED, PASSED_ON, WITHDRAWN = "request_added", "request_passed_on", "request_withdrawn"
MEETING, WAITING = "request_to_be_a_meeting", "request_waiting"
DISAGREED, DISAGREEMENT_ANSWERED = "request_disagreed", "request_disagreement_answered"


def register_kinds():
    """Make the outbox know the kinds here; called once, when the app is ready."""
    labels = {
        # Rule 001-90: a copy is for the manager to have, whatever has become of the request.
        COPIED: "Copy of a front-door request",
        ACKNOWLEDGED: "Request read",
        ANSWERED: "Request answered",
        ADDED: "Added to a request",
        WITHDRAWN: "Request withdrawn",
        DISAGREEMENT_ANSWERED: "Answer to a school that disagrees",
    }
    for kind, label in labels.items():
        kinds.register(kind, may_receive=_may_read, label=label)
    still = {
        ASKED: (_is_to_know, "Request for support"),
        PASSED_ON: (_has_it, "Request passed on"),
        MEETING: (_is_open, "CASO meeting to call"),
        WAITING: (_waits, "Request waiting"),
        DISAGREED: (_disagrees, "School disagrees with an answer"),
    }
    for kind, (still_due, label) in still.items():
        kinds.register(kind, still_due=still_due, may_receive=_may_read, label=label)


# --- what they hear ---------------------------------------------------------------------------


def received(asked, by):
    """The school's worker; of a front-door request the managers always (rules 001-89, 001-90).

    Of a duty manager's nobody but the managers (rule 001-91). Who logged it hears nothing, but a
    manager's copy of what the front door asked for cannot be removed.
    """
    told, answerers = {}, Answerers([asked])
    if asked.source == RequestSource.FRONT_DOOR:
        managers = answerers.managers(asked)
        told = {user.pk: _notice(COPIED, "", asked, user) for user in managers}
    for user in answerers.all(asked):
        if user.pk != by.pk:
            told.setdefault(user.pk, _notice(ASKED, "", asked, user))
    tell(told.values(), by)


def acknowledged(asked, by):
    """Whoever asked hears that it has been read."""
    _tell(ACKNOWLEDGED, "", asked, askers_of(asked), by)


def answered(asked, step, by):
    """Whoever asked hears that it is answered, and the leads where the front door asked."""
    _tell(ANSWERED, f":{step.pk}", asked, askers_of(asked), by)


def added(asked, step, by):
    """The other side hears of a note; of what the duty manager adds, who answers it."""
    is_of_asker = step.from_school or by.pk in (asked.asked_by_id, asked.recorded_by_id)
    answers = policies.may_answer_request(by, asked)
    people = Answerers([asked]).all(asked) if is_of_asker and not answers else askers_of(asked)
    _tell(ADDED, f":{step.pk}", asked, people, by)


def passed_on(asked, by):
    """The worker hears that they have it."""
    change = f":{asked.passed_at.isoformat()}"
    _tell(PASSED_ON, change, asked, [asked.passed_to], by)


def withdrawn(asked, by):
    """Whoever was to answer hears that it is not wanted any more."""
    _tell(WITHDRAWN, "", asked, Answerers([asked]).all(asked), by)


def to_be_a_meeting(asked, by):
    """The coordinators hear that a CASO meeting is to be called."""
    _tell(MEETING, f":{asked.seen}", asked, coordinators_for(asked), by)


def waiting(told, by):
    """``told`` are triples of a request, who is to hear that it waits, and the step of waiting."""
    tell([_notice(WAITING, f":{step}", asked, user) for asked, user, step in told], by)


def disagreed(disagreement, by):
    """The managers of the hub hear that the school disagrees with an answer (rule 003-39)."""
    asked = disagreement.request
    _tell(DISAGREED, f":{disagreement.pk}", asked, Answerers([asked]).managers(asked), by)


def disagreement_answered(disagreement, by):
    """Who said it hears of the answer; whoever asked, where they read it no more."""
    asked, teller = disagreement.request, disagreement.said_by
    people = [teller] if reads(teller, asked) else askers_of(asked)
    _tell(DISAGREEMENT_ANSWERED, f":{disagreement.pk}", asked, people, by)


def _tell(kind, change, asked, people, by):
    tell([_notice(kind, change, asked, user) for user in people if user.pk != by.pk], by)


def _notice(kind, change, asked, to):
    return Notice(
        kind=kind,
        key=f"{kind}:{asked.pk}{change}:{to.pk}",
        to=to,
        path=asked.get_absolute_url(),
        template=f"referrals/email/{kind}.txt",
        context={"school": asked.school},
        about=asked,
    )


# --- asked again as a message leaves ----------------------------------------------------------


def _asked(message):
    return SupportRequest.objects.filter(pk=message.about_id).first()


def _may_read(message):
    asked = _asked(message)
    return asked is not None and message.to is not None and reads(message.to, asked)


def _is_to_know(message):
    """Of the front door's the worker is informed whatever has become of it (rule 001-89)."""
    asked = _asked(message)
    return asked is not None and (asked.is_open or asked.source == RequestSource.FRONT_DOOR)


def _is_open(message):
    asked = _asked(message)
    return asked is not None and asked.is_open


def _waits(message):
    asked = _asked(message)
    return asked is not None and asked.waits


def _has_it(message):
    asked = _asked(message)
    return asked is not None and asked.is_open and asked.passed_to_id == message.to_id


def _disagrees(message):
    return RequestDisagreement.objects.waiting().filter(request=message.about_id).exists()
