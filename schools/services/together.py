"""Working with a school: its policies and offer, the relationship, and who else works there."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from audit.errors import TransitionNotAllowed, allow
from audit.models import Verb
from audit.services import record
from schools import policies
from schools.models import Agency, AlsoHere, PolicyRead, SchoolPolicy
from schools.services.locks import locked_school
from schools.together import usual_at

GONE = "This entry has been removed already."
POLICY_CHANGED = "The link to this policy has changed. Read the new one."


@transaction.atomic
def change_together(by, school, *, links, offer_url, relationship=None):
    """Change where the school's policies and own offer are read, and the note on the relationship.

    ``links`` is ``{PolicyKind: address}``, an empty address taking a policy off the list;
    ``relationship`` is None to leave the note (rules 001-18, 001-66, 003-65). A policy that has
    moved to another address is a new text, which nobody has read.
    """
    school = locked_school(school)
    allow(policies.may_keep_links(by, school))
    facts = {"offer_url": offer_url}
    if relationship is not None:
        allow(policies.may_keep_relationship(by, school))
        facts["relationship"] = relationship
    changed = [field for field, value in facts.items() if getattr(school, field) != value]
    for field in changed:
        setattr(school, field, facts[field])
    if changed:
        school.save(update_fields=changed)
    changed += _change_links(school, links)
    if changed:
        record(by, Verb.CHANGE, school, school_id=school.pk, fields=changed)
    return school


def _change_links(school, links):
    held = {policy.kind: policy for policy in school.policies.all()}
    changed = []
    for kind, url in links.items():
        policy = held.get(kind)
        if url == (policy.url if policy else ""):
            continue
        changed.append(f"policy_{kind}")
        if policy:
            policy.delete()
        if url:
            SchoolPolicy.objects.create(school=school, kind=kind, url=url)
    return changed


@transaction.atomic
def read_policy(by, policy):
    """Write down that ``by`` read the policy today (rule 001-18); once a day.

    TransitionNotAllowed when its link has changed meanwhile.
    """
    school = locked_school(policy.school)
    allow(policies.may_know_relationship(by, school))
    if not school.policies.filter(pk=policy.pk).exists():
        raise TransitionNotAllowed(POLICY_CHANGED)
    today = timezone.localdate()
    if not policy.reads.filter(user=by, read_on=today).exists():
        PolicyRead.objects.update_or_create(policy=policy, user=by, defaults={"read_on": today})
        record(by, Verb.READ, policy, school_id=school.pk)
    return policy


@transaction.atomic
def add_also_here(by, school, *, agency, contact=None, is_based_here=False, when_to_contact=""):
    """List an agency, and one of its people where named, as working at the school.

    (rules 000-4, 000-6.) The same once more is the one that stands; ValidationError on ``who``
    when it is listed with other words.
    """
    school = locked_school(school)
    allow(policies.may_list_others(by, school))
    facts = {"is_based_here": is_based_here, "when_to_contact": when_to_contact}
    held = AlsoHere.objects.filter(school=school, agency=agency, contact=contact).first()
    if held is None:
        held = AlsoHere.objects.create(school=school, agency=agency, contact=contact, **facts)
        record(by, Verb.ADD, held)
    elif any(getattr(held, field) != value for field, value in facts.items()):
        raise ValidationError({"who": _already_listed(held)})
    return held


@transaction.atomic
def add_usual(by, school, code):
    """List who usually works at such a school, as ``schools.together.USUAL`` knows them.

    The agency is added where it is not known yet. ValidationError for a code that is not usual at
    this type of school.
    """
    allow(policies.may_list_others(by, school))
    usual = next((usual for usual in usual_at(school) if usual.code == code), None)
    if usual is None:
        raise ValidationError("Choose from the list who also works at the school")
    agency = Agency.objects.filter(name__iexact=usual.agency).first()
    if agency is None:
        agency, is_new = Agency.objects.get_or_create(
            name=usual.agency, defaults={"what_for": usual.what_for}
        )
        if is_new:
            record(by, Verb.ADD, agency)
    held = AlsoHere.objects.filter(school=school, agency=agency).first()
    return held or add_also_here(
        by,
        school,
        agency=agency,
        is_based_here=usual.is_based_here,
        when_to_contact=usual.when_to_contact,
    )


@transaction.atomic
def change_also_here(by, other, *, agency, contact, is_based_here, when_to_contact):
    """Change who works at the school and when to contact them; ValidationError as for adding.

    TransitionNotAllowed when the entry has been removed meanwhile.
    """
    school = locked_school(other.school)
    allow(policies.may_list_others(by, school))
    other = _still_listed(other)
    twin = AlsoHere.objects.filter(school=school, agency=agency, contact=contact)
    if held := twin.exclude(pk=other.pk).first():
        raise ValidationError({"who": _already_listed(held)})
    facts = {
        "agency": agency,
        "contact": contact,
        "is_based_here": is_based_here,
        "when_to_contact": when_to_contact,
    }
    changed = [field for field, value in facts.items() if getattr(other, field) != value]
    if changed:
        for field in changed:
            setattr(other, field, facts[field])
        other.save(update_fields=changed)
        record(by, Verb.CHANGE, other, fields=changed)
    return other


@transaction.atomic
def remove_also_here(by, other):
    """Take somebody who works at the school no longer off its list.

    TransitionNotAllowed when that has been done already.
    """
    school = locked_school(other.school)
    allow(policies.may_list_others(by, school))
    other = _still_listed(other)
    record(by, Verb.REMOVE, other)
    other.delete()


def _still_listed(other):
    other = AlsoHere.objects.select_for_update(no_key=True).filter(pk=other.pk).first()
    if other is None:
        raise TransitionNotAllowed(GONE)
    return other


def _already_listed(other):
    return f"{other.who} is already listed at this school. Change that entry instead"
