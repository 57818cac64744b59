"""Rows locked in one order: school, person, worker, agreement, allocation.

Acts on an allocation and on a conflict lock the worker's row, so that neither can overtake the
other (rule 001-53).
"""

from accounts.models import User
from linkworkers.models import Allocation, CountyAgreement, LinkWorker
from schools.models import School


def locked_school(school):
    return (
        School.objects.select_for_update(of=["self"], no_key=True)
        .select_related("hub")
        .get(pk=school.pk)
    )


def locked_schools(schools):
    """``{id: School}`` of these schools, locked in the order of their ids; one query."""
    return {
        school.pk: school
        for school in School.objects.select_for_update(of=["self"], no_key=True)
        .select_related("hub")
        .filter(pk__in=[school.pk for school in schools])
        .order_by("pk")
    }


def locked_worker(link_worker):
    return (
        LinkWorker.objects.select_for_update(of=["self"], no_key=True)
        .select_related("user", "hub")
        .get(pk=link_worker.pk)
    )


def locked_workers(*link_workers):
    """``{id: LinkWorker}`` of these workers, locked in the order of their ids; one query."""
    return {
        worker.pk: worker
        for worker in LinkWorker.objects.select_for_update(of=["self"], no_key=True)
        .select_related("user", "hub")
        .filter(pk__in=[worker.pk for worker in link_workers])
        .order_by("pk")
    }


def locked_person(user):
    """The user and their ``LinkWorker``, or None."""
    user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    return user, LinkWorker.objects.select_for_update(no_key=True).filter(user=user).first()


def locked_allocation(allocation):
    school = locked_school(allocation.school)
    link_worker = locked_worker(allocation.link_worker)
    allocation = Allocation.objects.select_for_update(no_key=True).get(pk=allocation.pk)
    allocation.school, allocation.link_worker = school, link_worker
    return allocation


def locked_agreement(agreement):
    school = locked_school(agreement.school)
    link_worker = locked_worker(agreement.link_worker)
    agreement = (
        CountyAgreement.objects.select_for_update(of=["self"], no_key=True)
        .select_related("proposed_by")
        .get(pk=agreement.pk)
    )
    agreement.school, agreement.link_worker = school, link_worker
    return agreement
