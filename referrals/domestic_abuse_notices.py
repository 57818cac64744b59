"""Who hears of a police notice, and in which words: none of them says what it is about.

The message, its address and its name in the outbox are discreet, for it may be read by the wrong
person, at the school or at home.
"""

from accounts.notices import Notice, tell
from interventions.readers import is_in_use
from linkworkers.policies import service_managers
from notifications import kinds
from referrals import policies
from referrals.models import DomesticAbuseNotice
from schools.hub_managers import managers_of

TO_READ, TO_DECIDE = "notice_to_read", "notice_to_decide"
NAMED, WAITS = "notice_named", "notice_waits"


def register_kinds():
    """Make the outbox know the kinds here; called once, when the app is ready."""
    kinds.register(
        TO_READ,
        still_due=_is_unopened,
        may_receive=_may_read,
        when_dead=_goes_to_deputies,
        is_urgent=True,
        label="Something to read",
    )
    waiting = {"still_due": _waits, "may_receive": _may_read, "is_urgent": True}
    kinds.register(TO_DECIDE, label="Something to decide", **waiting)
    kinds.register(WAITS, label="Something still to decide", **waiting)
    kinds.register(NAMED, may_receive=_may_read, may_wait=False, label="Something to read, by name")


def entered(notice, by):
    """The hub's managers hear that there is one to assess, and whether the school is closed."""
    _tell_managers(notice, by, "closed" if notice.closed_until else "entered")


def nobody(notice, by):
    """The hub's managers hear that nobody at the school could be told."""
    _tell_managers(notice, by, "nobody")


def to_read(notice, people, by):
    """People at the school hear that there is something to read before school starts."""
    tell([_notice(TO_READ, notice, user, "read") for user in people], by)


def named(reader, by):
    """A link worker hears that there is something to read."""
    tell([_notice(NAMED, reader.notice, reader.user, str(reader.pk))], by)


def waits(notice, day, people, by):
    """``people`` hear on ``day`` that something of it still waits."""
    tell([_notice(WAITS, notice, user, day.isoformat()) for user in people], by)


def managers_told(notice):
    """The hub's managers who may read it; where none of them is there, the service managers too."""
    managers = managers_of(notice.hub_id, free_at=notice.school_id).order_by("email")
    if policies.managers_there(notice):
        return list(managers)
    return [*managers, *service_managers().order_by("email")]


def _tell_managers(notice, by, what):
    people = [user for user in managers_told(notice) if user != by or what != "entered"]
    tell([_notice(TO_DECIDE, notice, user, what) for user in people], by)


def _notice(kind, notice, to, what):
    return Notice(
        kind=kind,
        key=f"{kind}:{notice.pk}:{what}:{to.pk}",
        to=to,
        path=notice.get_absolute_url(),
        template=f"referrals/email/{kind}.txt",
        context={"school": notice.school, "what": what},
        about=notice,
    )


# --- asked again before it is sent -----------------------------------------------------------


def _is_unopened(message):
    rows = DomesticAbuseNotice.objects.filter(pk=message.about_id)
    return rows.filter(opened_at__isnull=True).exists()


def _waits(message):
    return DomesticAbuseNotice.objects.that_wait().filter(pk=message.about_id).exists()


def _may_read(message):
    return is_in_use(message) and (
        DomesticAbuseNotice.objects.visible_to(message.to).filter(pk=message.about_id).exists()
    )


def _goes_to_deputies(message):
    """Somebody at the school who cannot be reached is not waited for."""
    from referrals.domestic_abuse_telling import tell_others

    tell_others(message.about_id)
