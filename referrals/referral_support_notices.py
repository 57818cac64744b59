"""Who hears of a referral that is prepared: its owner at the school, and the school's link worker.

Nothing personal is in a message: a school and a link behind sign-in.
"""

from accounts.notices import Notice, tell
from interventions.readers import is_in_use
from linkworkers.coverage import answering
from notifications import kinds
from referrals import policies
from referrals.models import ReferralSupport
from schools.hub_managers import managers_of

STARTED, SHARED, TOLD = "referral_started", "referral_pack", "referral_told"


def register_kinds():
    """Make the outbox know the kinds here; called once, when the app is ready."""
    kinds.register(
        STARTED, still_due=_is_open, may_receive=_may_read, label="Referral being prepared"
    )
    kinds.register(
        SHARED, still_due=_has_pack, may_receive=_may_read, label="Chronology for a referral"
    )
    kinds.register(TOLD, may_receive=_may_read, label="What became of a referral")


def started(referral, by):
    """Its owner hears of it, and the link worker where it is the school that began it."""
    people = {referral.owner.user}
    if policies.may_lead_referral(by, referral.school_id):
        people |= set(_workers(referral))
    _tell(STARTED, referral, people, by, f"{referral.owner_id}")


def handed_over(referral, by):
    """Whoever owns it from now on hears so."""
    _tell(STARTED, referral, {referral.owner.user}, by, f"{referral.owner_id}")


def shared(referral, by):
    """Its owner hears that there is a chronology in the pack."""
    _tell(SHARED, referral, {referral.owner.user}, by, f"{referral.chronology_id}")


def told(referral, by):
    """The link worker hears what the school wrote; managers too of one that was not accepted."""
    people = set(_workers(referral))
    if referral.was_not_accepted:
        people |= set(managers_of(referral.hub_id, free_at=referral.school_id))
    _tell(TOLD, referral, people, by, referral.state)


def _tell(kind, referral, people, by, what):
    tell(
        [
            Notice(
                kind=kind,
                key=f"{kind}:{referral.pk}:{what}:{user.pk}",
                to=user,
                path=referral.get_absolute_url(),
                template=f"referrals/email/{kind}.txt",
                context={"school": referral.school},
                about=referral,
            )
            for user in sorted(people, key=lambda user: user.email)
            if user != by
        ],
        by,
    )


def _workers(referral):
    return answering([referral.school])[referral.school_id].people


# --- asked again before it is sent -----------------------------------------------------------


def _referral(message):
    return ReferralSupport.objects.filter(pk=message.about_id).first()


def _is_open(message):
    referral = _referral(message)
    return referral is not None and referral.is_open


def _has_pack(message):
    referral = _referral(message)
    return referral is not None and referral.chronology_id is not None


def _may_read(message):
    return is_in_use(message) and (
        ReferralSupport.objects.visible_to(message.to).filter(pk=message.about_id).exists()
    )
