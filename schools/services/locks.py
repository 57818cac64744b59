"""The row of a school is locked first, whatever is done there."""

from schools.models import School


def locked_school(school):
    """The school as it stands now, its row locked until the transaction ends."""
    return School.objects.select_for_update(no_key=True).get(pk=school.pk)
