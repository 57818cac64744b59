"""Which schools and contacts somebody may see, and the lists they are picked from."""

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.lookups import IContains

from accounts.models import current
from schools.names import bare, bare_words
from schools.roles import ASKERS, LEADS, SAFEGUARDING


def opens_nothing_yet():
    """Condition for posts with safeguarding roles only, which no second person has confirmed."""
    return Q(roles__contained_by=list(SAFEGUARDING), confirmed_at__isnull=True)


def leads_its_school():
    """Condition for confirmed heads and designated safeguarding leads, who answer for posts."""
    return Q(roles__overlap=list(LEADS), confirmed_at__isnull=False)


def asks_the_team():
    """Condition for SENCOs, pastoral and attendance leads, who ask for support themselves."""
    return Q(roles__overlap=list(ASKERS))


class SchoolQuerySet(models.QuerySet):
    def open(self):
        """Schools that teach now; proposed and closed ones are left out."""
        return self.filter(status__in=["open", "closing"])

    def visible_to(self, user):
        """The register: council people see every school, school people their own."""
        from schools.scope import scope_of

        scope = scope_of(user)
        if scope.opens_register:
            return self
        return self.filter(id__in=scope.posts)

    def matching(self, words):
        """Schools whose name, town, postcode or URN hold every one of the words."""
        found = self
        for word in words.split():
            found = found.filter(schools_holding(bare_words(word)))
        return found


class ContactQuerySet(models.QuerySet):
    def lineage_of(self, user_id):
        """Ids of somebody's posts and of those they replaced, however long ago.

        A changed address makes a new post; what concerned the old one concerns this one too.
        """
        found = {}
        new = dict(self.filter(user=user_id).values_list("pk", "replaces"))
        while new:
            found |= new
            missing = {pk for pk in new.values() if pk is not None and pk not in found}
            new = dict(self.filter(pk__in=missing).values_list("pk", "replaces")) if missing else {}
        return list(found)

    def current(self, at=None):
        """Posts held at ``at`` (default now), confirmed or not."""
        return self.filter(current(at))

    def not_ended(self, at):
        """Posts held at ``at`` or due to start later; one called off before its start is over."""
        return self.filter(
            Q(ends_at__isnull=True) | Q(ends_at__gt=at) & Q(ends_at__gt=F("starts_at"))
        )

    def confirmed(self):
        """Posts that count: safeguarding ones only once confirmed by a second person."""
        return self.exclude(Q(roles__overlap=list(SAFEGUARDING)) & Q(confirmed_at__isnull=True))

    def leads(self):
        """Confirmed heads and designated safeguarding leads, who answer for the school's posts."""
        return self.filter(leads_its_school())

    def visible_to(self, user):
        """Contacts of the schools whose register page the user may open."""
        schools = self.model._meta.get_field("school").related_model.objects.visible_to(user)
        return self.filter(Exists(schools.filter(id=OuterRef("school_id"))))


def schools_holding(words):
    """The condition that a school's name, town, postcode or URN holds ``bare_words``.

    A postcode is found with its space or without.
    """
    return (
        Q(IContains(bare("name"), words))
        | Q(IContains(bare("town"), words))
        | Q(postcode__icontains=words)
        | Q(postcode__istartswith=_with_its_space(words))
        | Q(urn__startswith=words)
    )


def _with_its_space(word):
    """A postcode written without its space, as the register writes it: RH139JH, RH13 9JH."""
    return f"{word[:-3]} {word[-3:]}" if 5 <= len(word) <= 7 else word
