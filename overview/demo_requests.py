"""Requests for support in the demonstration: some in each state, by their acts and dated back."""

from consultations import services as consulting
from consultations.models import Consultation, State
from referrals.models import RequestDisagreement, SupportRequest
from referrals.services import request_answers as answers
from referrals.services import requests


class Requests:
    """What the school with the URN ``main`` asked for, and what came for it and ``other``."""

    def __init__(self, demonstration, main, other):
        self.demo = demonstration
        self.worker = demonstration.user("linkworker")
        self.manager = demonstration.user("manager")
        self.lead = demonstration.user("dsl")
        self.main = demonstration.school(main)
        self.other = demonstration.school(other)

    def tell(self):
        self.advised()
        self.declined()
        self.to_be_a_meeting()
        self.withdrawn()
        self.from_the_front_door()
        self.from_the_duty_manager()
        self.taken_up()
        self.waiting()

    def ask(self, days, wanted, words, *, by="dsl", how_soon="fortnight", suits=""):
        """Asked so many days ago on the school's own page."""
        asked = requests.ask(
            self.demo.user(by),
            self.main,
            {"wanted": wanted, "words": words, "how_soon": how_soon, "suits": suits},
        )
        return self.dated(asked, days)

    def log(self, by, school, source, days, wanted, words, **facts):
        """Logged so many days ago, on the day it came."""
        told = {
            "wanted": wanted,
            "words": words,
            "how_soon": "days",
            "suits": "",
            "channel": "phone",
            "received_at": self.demo.ago(days),
            "contact": None,
            "asked_role": "",
        }
        return self.dated(requests.log(by, school, source, told | facts), days)

    def dated(self, asked, days):
        """As if what happened to it last had happened so many days ago."""
        at = self.demo.ago(days)
        asked.refresh_from_db()
        step = asked.steps.last()
        asked.steps.filter(pk=step.pk).update(at=at)
        rows = SupportRequest.objects.filter(pk=asked.pk)
        if step.kind == "received":
            rows.update(received_at=at, recorded_at=at)
        elif step.kind == "acknowledged":
            rows.update(acknowledged_at=at)
        elif step.kind == "answered":
            rows.update(answered_at=at, acknowledged_at=min(asked.acknowledged_at, at))
        return rows.get()

    # --- the stories -------------------------------------------------------------------------

    def advised(self):
        asked = self.ask(
            16,
            "advice",
            "A parent asks what help there is with online gaming at night. Whom do we point to?",
            by="head",
        )
        asked = answers.advise(
            self.worker,
            asked,
            "The library runs an evening for parents on the first Thursday of the month. Family"
            " Hubs have a leaflet, which I bring on Monday.",
        )
        self.dated(asked, 15)

    def declined(self):
        asked = self.ask(
            22,
            "short_work",
            "Two visits to a family before half-term, to get a morning routine going.",
            how_soon="days",
        )
        asked = answers.decline(
            self.worker,
            asked,
            "not_in_time",
            "Nobody is free before half-term. The school nurse’s drop-in is on Tuesdays; ask again"
            " for after half-term.",
        )
        self.dated(asked, 20)
        said = answers.disagree(
            self.lead, asked, "The family will not go to a drop-in. Look again."
        )
        RequestDisagreement.objects.filter(pk=said.pk).update(said_at=self.demo.ago(18))

    def to_be_a_meeting(self):
        asked = self.ask(
            19,
            "caso",
            "Vaping in Years 8 and 9, and adults who wait at the gate. The police and the youth"
            " service should be at the table.",
            how_soon="term",
        )
        asked = answers.call_meeting(
            self.demo.user("coordinator"), asked, "In the second week of next month, at the school."
        )
        self.dated(asked, 17)

    def withdrawn(self):
        asked = self.ask(12, "consultation", "A pupil new to the school.", by="deputy")
        requests.withdraw(self.demo.user("deputy"), asked, "We spoke on the phone.")
        self.dated(asked, 11)

    def from_the_front_door(self):
        asked = self.log(
            self.worker,
            self.main,
            "front_door",
            3,
            "discussion",
            "The school rang about a family with money worries. Below Level 3: please talk.",
            asked_name="Kim at the front door",
        )
        self.dated(requests.read(self.worker, asked), 2)

    def from_the_duty_manager(self):
        self.log(
            self.demo.user("duty"),
            self.other,
            "duty_manager",
            2,
            "short_work",
            "A family moved here from another county; their last worker asks for visits at home.",
            asked_name="Marcus Webb",
        )

    def taken_up(self):
        """What became a consultation that has been held since, and shared with the school."""
        held = Consultation.objects.filter(school=self.main, state=State.SHARED).latest("held_at")
        days = (self.demo.now - held.held_at).days
        asked = self.ask(
            days + 6,
            "consultation",
            "Three pupils whose attendance has slipped since September.",
            suits="In the mornings",
        )
        asked = answers.consult(self.worker, asked, "At our next consultation with you.")
        draft = asked.consultation
        SupportRequest.objects.filter(pk=asked.pk).update(consultation=held)
        consulting.discard(self.worker, draft)
        self.dated(asked, days + 5)

    def waiting(self):
        self.ask(
            1,
            "consultation",
            "Several families in Year 8 whose mornings are hard. What could we offer?",
            suits="Mondays and Thursdays after school",
        )
        self.ask(
            0,
            "caso",
            "Younger brothers and sisters who care for a parent: we count nine across the school.",
            by="senco",
            how_soon="term",
        )


def tell_of_requests(demonstration, *, main, other):
    """Requests in every state at the school with the URN ``main``, and one at ``other``."""
    Requests(demonstration, main, other).tell()
