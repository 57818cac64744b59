"""How far the family has agreed to the work, as the school's confirmations say.

Agreement, the lawful basis and whether the family knows are three different things
(domain-facts.md 2.10). This is the first of them.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import (
    DateTimeField,
    Exists,
    ExpressionWrapper,
    OuterRef,
    Prefetch,
    Q,
    Subquery,
    TextChoices,
    Value,
    prefetch_related_objects,
)
from django.db.models.functions import Coalesce

from govuk.words import listed
from interventions.models import Answer, ConsentConfirmation, Participant


class Standing(TextChoices):
    """Where one person stands."""

    WAITING = "waiting", "Not confirmed yet"
    GIVEN = "given", "Agreed"
    LIMITED = "limited", "Agreed, with limits"
    REFUSED = "refused", "Said no"
    WITHDRAWN = "withdrawn", "Withdrew"


AGREED = frozenset((Standing.GIVEN, Standing.LIMITED))
SAID_NO = frozenset((Standing.REFUSED, Standing.WITHDRAWN))
# An answer older than this, when work was asked for or taken up again, was given to something else.
LONGEST_BEFORE = timedelta(days=183)
# Of two answers the later one holds, whichever was typed first.
LATEST_FIRST = ("-obtained_on", "-confirmed_at", "-pk")


@dataclass(frozen=True)
class Stand:
    """Where one participant stands, and the ``consent`` that says so; None while there is none."""

    participant: Participant
    standing: Standing
    consent: ConsentConfirmation | None = None

    @property
    def since(self) -> date | None:
        """The day of the answer, or of its withdrawal."""
        return self.consent and (self.consent.withdrawn_on or self.consent.obtained_on)


@dataclass(frozen=True)
class Agreement:
    """Where everybody stands with whom the work is, in the order of the participants.

    ``confirmations`` are all that was ever confirmed, the latest answer first.
    """

    stands: tuple
    confirmations: tuple = ()

    def who(self, *standings):
        """The participants with one of these standings."""
        return [stand.participant for stand in self.stands if stand.standing in standings]

    @property
    def is_whole(self):
        """Everybody agreed, with or without limits."""
        return bool(self.stands) and len(self.who(*AGREED)) == len(self.stands)

    @property
    def is_given(self):
        """Somebody agreed: direct work with them may take place."""
        return bool(self.who(*AGREED))

    @property
    def is_refused(self):
        """Everybody said no, or withdrew: what is left is other contact (rule 003-50)."""
        return bool(self.stands) and len(self.who(*SAID_NO)) == len(self.stands)

    @property
    def latest(self):
        """A text that differs once another answer is confirmed, or one is withdrawn."""
        open_ones = [consent for consent in self.confirmations if not consent.withdrawn_on]
        return f"{len(self.confirmations)}-{len(open_ones)}"

    @property
    def text(self):
        """One line for a list: ``Agreed``, ``Said no``, ``Agreed for some``."""
        found = {stand.standing for stand in self.stands} or {Standing.WAITING}
        if len(found) == 1:
            return found.pop().label
        if found == SAID_NO:
            return Standing.WITHDRAWN.label
        if found == AGREED:
            return Standing.LIMITED.label
        return "Agreed for some" if self.is_given else Standing.WAITING.label

    @property
    def text_at_end(self):
        """The same of work that has ended, where nothing is waited for."""
        return self.text.removesuffix(" yet")


def counts_from(work, day=None):
    """The first date of an answer that was given to this work, as it stood on the date ``day``.

    What a family said before the work ended holds for a while once it is taken up again.
    """
    again = work.reopened_on
    return (again if again and (day is None or day >= again) else work.asked_on) - LONGEST_BEFORE


def with_agreement(rows):
    """Rows of short work with what ``agreement_of`` reads: three queries for all of them."""
    return rows.prefetch_related(*_read())


def with_refusal(rows):
    """Rows of short work with ``is_refused``, as the ``Agreement`` of each says; no query more."""
    begun_on = Coalesce(OuterRef("intervention__reopened_on"), OuterRef("intervention__asked_on"))
    counts = ExpressionWrapper(begun_on - Value(LONGEST_BEFORE), DateTimeField())
    named_in = ConsentConfirmation.objects.filter(people=OuterRef("pk"), obtained_on__gte=counts)
    latest = named_in.order_by(*LATEST_FIRST).annotate(
        is_no=Q(answer=Answer.REFUSED) | Q(withdrawn_on__isnull=False)
    )
    others = (
        Participant.objects.filter(intervention=OuterRef("pk"))
        .annotate(said_no=Coalesce(Subquery(latest.values("is_no")[:1]), False))
        .filter(said_no=False)
    )
    return rows.annotate(is_refused=~Exists(others))


def _read():
    people = Participant.objects.select_related("pupil")
    confirmations = ConsentConfirmation.objects.select_related("confirmed_by")
    confirmations = confirmations.order_by(*LATEST_FIRST)
    return (
        Prefetch("participants", people),
        Prefetch("consents", confirmations.prefetch_related(Prefetch("people", people))),
    )


def agreement_of(work):
    """The ``Agreement`` of one piece of work; the latest answer that names somebody holds.

    Three queries, none where they are at hand.
    """
    prefetch_related_objects([work], *_read())
    confirmations = list(work.consents.all())
    latest, since = {}, counts_from(work)
    for consent in (one for one in confirmations if one.obtained_on >= since):
        for person in consent.people.all():
            latest.setdefault(person.pk, consent)
    stands = tuple(
        Stand(person, _standing(latest.get(person.pk)), latest.get(person.pk))
        for person in work.participants.all()
    )
    return Agreement(stands, tuple(confirmations))


def _standing(consent):
    if consent is None:
        return Standing.WAITING
    if consent.withdrawn_on:
        return Standing.WITHDRAWN
    return {
        Answer.GIVEN: Standing.GIVEN,
        Answer.LIMITED: Standing.LIMITED,
        Answer.REFUSED: Standing.REFUSED,
    }[consent.answer]


def names_of(people):
    """``Ada Lovelace and Mary Smith``."""
    return listed([str(person) for person in people])
