"""The children of referrals that are prepared: who may be named, and who may own it for the school.

The team names a child who is open to it (rule 001-58). The school names one who was shared with it
already, or writes initials and a year group.
"""

from django.db.models import Q

from audit.models import Look
from audit.services import look_of, looked_at_all
from consultations.children import discussable, looks_at
from consultations.models import Consultation
from interventions.models import EarlyHelpPlan, ShortIntervention
from interventions.querysets import withheld_from
from referrals import policies
from schools.children import open_pupils
from schools.models import Pupil, SchoolContact

SCHOOL = "school"


def children_for(user, school):
    """The children whom ``user`` may name in a referral of ``school``, by name."""
    if policies.may_lead_referral(user, school.pk):
        return shared_children(user, school)
    return discussable(user, school)


def shared_children(user, school):
    """The children taught at ``school`` who were shared with the user already, by name.

    In a consultation, in short work or in a plan; none of one that is withheld from them.
    """

    def of_school(rows):
        return rows.filter(school=school).order_by().values("pk")

    shared = of_school(Consultation.objects.shared_with(user))
    work = of_school(ShortIntervention.objects.at_school_of(user))
    plans = of_school(EarlyHelpPlan.objects.at_school_of(user))
    kept_from = withheld_from(user).filter(consultation__discussed__pupil__isnull=False)
    there = Pupil.objects.at(school).values("pk")
    return (
        Pupil.objects.filter(
            Q(discussed__consultation__in=shared)
            | Q(takes_part__intervention__in=work)
            | Q(plans__in=plans),
            pk__in=there,
        )
        .exclude(pk__in=kept_from.values("consultation__discussed__pupil"))
        .distinct()
        .order_by("surname", "first_names", "pk")
    )


def owners_for(school, pupil=None):
    """The posts whose holders may own a referral of ``school``, by name (rule 001-98).

    Confirmed ones of head and safeguarding leads with an account. Nobody from whom a consultation
    about ``pupil`` is withheld, who would find no trace of the referral.
    """
    posts = SchoolContact.objects.current().filter(school=school, user__is_active=True)
    posts = [post for post in posts.select_related("user") if post.opens_shared_record]
    return [
        post
        for post in posts
        if policies.may_lead_referral(post.user, school.pk)
        and not (pupil and is_kept_from(post.user, pupil))
    ]


def is_kept_from(user, pupil):
    """Whether a consultation about the child is withheld from the user."""
    return withheld_from(user).filter(consultation__discussed__pupil=pupil).exists()


def look_at(user, referral, action=Look.VIEW):
    """Write down that ``user`` saw the referral, and whose it is."""
    if referral.pupil_id is None or policies.is_on_school_side(user, referral):
        basis = SCHOOL if policies.is_on_school_side(user, referral) else "scope"
        look = look_of(user, referral, action, basis=basis, child_id=referral.pupil_id)
        looked_at_all([look])
    else:
        child = open_pupils(user).filter(pk=referral.pupil_id)
        looked_at_all(looks_at(user, referral, child, action))
