"""The words of records, stemmed, under the keys a search is narrowed by."""

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Func, Q

from schools.models.register import Hub, School

# A link worker's schools and what they wrote are found in one look at an index: in one for each,
# a common word would be gone through again and again.
SCHOOL_OR_AUTHOR = Func(
    "school",
    "author",
    template="ARRAY[%(expressions)s]",
    output_field=ArrayField(models.UUIDField()),
)


class SearchEntry(models.Model):
    """What one record says to one audience: the team, or the school too.

    ``words`` can be searched and not read: what a hit shows comes from the record itself, through
    its own ``visible_to``. ``at`` is the time of the event. Rows stand for records of upper
    apps, which write them through ``services.index``.

    Each key is indexed together with the words: a search must not be tempted to look through all
    that holds a common word. The school and the author alone are for words that so many notes hold
    that the notes of a few schools are sooner read; and for when a school moves to another hub.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    subject_type = models.CharField(max_length=60)
    subject_id = models.UUIDField()
    school = models.ForeignKey(School, models.CASCADE, related_name="+")
    hub = models.ForeignKey(Hub, models.PROTECT, related_name="+", db_index=False)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    at = models.DateTimeField()
    for_school = models.BooleanField()
    words = SearchVectorField()

    class Meta:
        verbose_name_plural = "search entries"
        constraints = [
            models.UniqueConstraint(
                fields=["subject_type", "subject_id", "for_school"], name="search_entry_once"
            )
        ]
        indexes = [
            GinIndex(
                fields=["school", "words"], condition=Q(for_school=True), name="search_shared"
            ),
            GinIndex(fields=["hub", "words"], condition=Q(for_school=False), name="search_of_hub"),
            # Written at once: what waits to be written is read by every search.
            GinIndex(
                SCHOOL_OR_AUTHOR,
                F("words"),
                condition=Q(for_school=False),
                name="search_of_worker",
                fastupdate=False,
            ),
            # For words that so many notes of a hub, or of the county, have that the newest are soon
            # come by.
            models.Index(
                fields=["hub", "-at", "-id"],
                condition=Q(for_school=False),
                name="search_newest_of_hub",
            ),
            models.Index(
                fields=["-at", "-id"], condition=Q(for_school=False), name="search_newest"
            ),
        ]
