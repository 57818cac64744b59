"""The words of records, stemmed, under the keys a search is narrowed by."""

import uuid

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q

from schools.models.register import Hub, School


class SearchEntry(models.Model):
    """What one record says to one audience: the team, or the school too.

    ``words`` can be searched and not read: what a hit shows comes from the record itself, through
    its own ``visible_to``. ``at`` is the time of the event. Rows stand for records of upper
    apps, which write them through ``services.index``.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    subject_type = models.CharField(max_length=60)
    subject_id = models.UUIDField()
    school = models.ForeignKey(School, models.CASCADE, related_name="+")
    hub = models.ForeignKey(Hub, models.PROTECT, related_name="+")
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
            GinIndex(fields=["school", "words"], name="search_of_school"),
            GinIndex(fields=["hub", "words"], name="search_of_hub"),
            # For words that so many notes have that the newest with them are soon come by.
            *(
                models.Index(
                    fields=[key, "-at", "-id"],
                    condition=Q(for_school=False),
                    name=f"search_newest_of_{key}",
                )
                for key in ("hub", "author")
            ),
        ]
