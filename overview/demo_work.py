"""Short work in the demonstration: in each of its states, and enough of it to see what worked.

The children are those of ``demo_children``. What a visitor looks at closely is done by the acts
and then dated back; the older pieces are written in bulk.
"""

from datetime import timedelta
from decimal import Decimal

from django.utils import timezone

from consultations.models import Area, Level
from interventions import triage
from interventions.models import (
    Answer,
    Answered,
    AskedBy,
    Contact,
    EndReason,
    Feedback,
    Informant,
    Judge,
    Lead,
    Measure,
    MeasureKind,
    Participant,
    Point,
    Scale,
    SeenAlone,
    Session,
    SessionPart,
    ShortIntervention,
    Side,
    WorkState,
    WorkType,
)
from interventions.services import (
    consent,
    disagreements,
    endings,
    measures,
    plans,
    programmes,
    reviews,
    sessions,
    work,
)
from schools.services import end_involvement, involve

GOAL = "Getting up without a row, and going in through the front gate with a friend."
# Of each earlier piece of work: kind of support, key area, why it ended, first and last point.
EARLIER = [
    (0, Area.ATTENDANCE, EndReason.MET, 2, 7),
    (0, Area.ATTENDANCE, EndReason.MET, 3, 8),
    (0, Area.ATTENDANCE, EndReason.PARTLY_MET, 3, 5),
    (0, Area.ATTENDANCE, EndReason.PARTLY_MET, 2, 4),
    (0, Area.ATTENDANCE, EndReason.MET, 4, 8),
    (0, Area.ATTENDANCE, EndReason.NOT_ENGAGED, 3, 3),
    (0, Area.ATTENDANCE, EndReason.STEPPED_UP, 4, 2),
    (1, Area.HEALTH, EndReason.MET, 3, 7),
    (1, Area.HEALTH, EndReason.MET, 4, 6),
    (1, Area.HEALTH, EndReason.PARTLY_MET, 3, 4),
    (1, Area.HEALTH, EndReason.STEPPED_DOWN, 5, 7),
    (1, Area.HEALTH, EndReason.TRANSFERRED, 2, 2),
    (2, Area.TARGETED, EndReason.MET, 3, 6),
    (2, Area.TARGETED, EndReason.WITHDRAWN, 4, 4),
]


class ShortWork:
    """The stories of one school's short work, told by its link worker and her manager."""

    def __init__(self, demonstration, main):
        self.worker = demonstration.user("linkworker")
        self.manager = demonstration.user("manager")
        self.lead = demonstration.user("dsl")
        self.school = demonstration.school(main)
        self.children = demonstration.children
        self.today = timezone.localdate()
        self.scale = Scale.objects.first()
        self.types = list(WorkType.objects.all())

    def tell(self):
        self.waits()
        self.allocated()
        self.said_no()
        self.under_way()
        self.ended()
        self.earlier()
        self.disagreed()
        self.triaged()
        self.planned()

    def ago(self, days):
        return self.today - timedelta(days=days)

    # --- one piece of work -------------------------------------------------------------------

    def ask(self, child, days, *, area=Area.ATTENDANCE, kind=0, parent="", **facts):
        """Asked for so many days ago, by an act of the worker."""
        pupil = self.children[child]
        involve([pupil.pk], pupil, user=self.worker)
        people = [Participant(pupil=pupil)]
        if parent:
            people.append(Participant(name=parent, relation="Mother", has_responsibility=True))
        asked = work.ask(
            self.worker,
            self.school,
            {
                "work_type": self.types[kind],
                "area": area,
                "asked_by": AskedBy.SCHOOL,
                "asked_who": self.lead.name,
                "asked_on": self.ago(days),
                "identified_at_school": self.lead.name,
                "identified_by": self.worker,
                "level": Level.TWO,
                "level_by": Judge.TOGETHER,
                "level_reason": "Needs of one kind, and a family that asks for help.",
                **facts,
            },
            people,
        )
        end_involvement(pupil, timezone.now())
        return asked

    def allocate(self, asked, days):
        given = work.allocate(
            self.manager, asked, child_worker=self.worker, meeting_on=self.ago(days)
        )
        at = timezone.now() - timedelta(days=days)
        ShortIntervention.objects.filter(pk=given.pk).update(allocated_at=at)
        given.refresh_from_db()
        return given

    def confirm(self, given, days, answer=Answer.GIVEN):
        return consent.confirm(
            self.lead,
            given,
            answer,
            people=given.participants.all(),
            obtained_on=self.ago(days),
            from_whom="The mother",
            obtained_by_name=self.lead.name,
            held_in="" if answer == Answer.REFUSED else "CPOMS",
        )

    def hold(self, given, days, support, words, *, stored=False, **fields):
        """A session of so many days ago, given to the school in the same act."""
        people = list(given.participants.all())
        held = Session.objects.create(
            intervention=given, author=self.worker, held_on=self.ago(days)
        )
        part = SessionPart(
            pupil=people[0].pupil,
            support_given=support,
            analysis="Mornings go better when the plan is on the fridge.",
            childs_words=words,
            seen_alone=SeenAlone.YES,
            no_actions=True,
            school_text=f"Support given: {support}",
        )
        content = sessions.Content(
            fields={
                "held_on": self.ago(days),
                "contact": Contact.DIRECT,
                "other_kind": "",
                "place": "school",
                "attended": "yes",
                "others_present": "",
                "visit_with": "",
                "family_present": None,
                "absent_family_why": "",
                "not_held_words": "",
                **fields,
            },
            people=people,
            parts=[sessions.Written(part)],
        )
        sessions.complete(self.worker, held, content, give_now=True)
        if stored:
            sessions.stored(self.lead, held.parts.get())
        return held

    def point(self, given, point, days, **values):
        """Where the worker, the child and the mother put it on the scale."""
        for informant, value in values.items():
            measures.measure_scale(
                self.worker,
                given,
                pupil=given.participants.first().pupil,
                point=point,
                on=self.ago(days),
                scale=self.scale,
                informant=Informant(informant),
                value=value,
            )

    # --- the stories -------------------------------------------------------------------------

    def waits(self):
        self.ask(
            "jonah",
            9,
            kind=6,
            area=Area.TRANSITION,
            hoped_for="That he has somebody to go to at break, and comes in on Mondays.",
        )

    def allocated(self):
        asked = self.ask("amir", 16, kind=4, area=Area.TARGETED, parent="Samira Sandhollow")
        self.allocate(asked, 6)

    def said_no(self):
        given = self.allocate(self.ask("lena", 40, kind=1, area=Area.HEALTH), 34)
        self.confirm(given, 25, Answer.REFUSED)
        consent.watch(self.worker, given, self.today + timedelta(days=17))

    def under_way(self):
        given = self.allocate(self.ask("maisie", 52, kind=0, parent="Carol Fennimore"), 45)
        self.confirm(given, 42)
        ShortIntervention.objects.filter(pk=given.pk).update(
            goal=GOAL,
            planned_sessions=6,
            planned_words="We meet each week in school. School gives a card to leave a lesson.",
            planned_on=self.ago(38),
            review_on=self.today + timedelta(days=5),
        )
        given.refresh_from_db()
        self.point(given, Point.FIRST, 38, worker=3, child=2, parent=2)
        self.hold(given, 37, "We drew how a school day feels.", "The stairs are loud.", stored=True)
        self.hold(given, 23, "We made a plan for the first hour.", "I can do until break.")
        self.hold(given, 9, "We tried the plan with her tutor.", "It was all right.")

    def ended(self):
        given = self.allocate(self.ask("wren", 150, kind=0, parent="Ines Castellane"), 143)
        self.confirm(given, 140)
        given.refresh_from_db()
        self.point(given, Point.FIRST, 135, worker=3, child=2, parent=3)
        for days in (133, 112, 91):
            self.hold(given, days, "We practised the way in.", "Better with Sam.", stored=True)
        reviews.review(
            self.worker,
            given,
            reviewed_on=self.ago(84),
            direction="better",
            text="She comes in four days of five. Mum says mornings are quieter.",
            next_on=self.ago(42),
        )
        self.point(given, Point.LAST, 40, worker=7, child=8, parent=7)
        endings.close(
            self.worker,
            given,
            closed_on=self.ago(38),
            end_reason=EndReason.MET,
            end_words="She comes in on her own and stays all day.",
            school_continues="Her tutor meets her at the gate on Mondays.",
            childs_view="I know who to go to.",
            parents_view="We have our mornings back.",
            family_told="yes",
            family_why="",
        )
        parent = given.participants.get(pupil=None)
        Feedback.objects.create(
            intervention=given,
            participant=parent,
            of=Feedback.Of.PARENT,
            how=Feedback.How.HANDED,
            asked_by=self.worker,
            asked_at=timezone.now() - timedelta(days=38),
            expires_at=timezone.now() - timedelta(days=38),
            helped=5,
            heard=4,
            voice="Somebody listened to her first.",
            answered_at=timezone.now() - timedelta(days=38),
        )

    def earlier(self):
        """Last year's pieces of work, each at its points on the scale."""
        pupils = [pupil for pupil in self.children.values() if pupil.born_on]
        for number, (kind, area, reason, first, last) in enumerate(EARLIER):
            asked_on = self.ago(330 - 9 * number)
            given = ShortIntervention.objects.create(
                school=self.school,
                hub_id=self.school.hub_id,
                state=WorkState.CLOSED,
                work_type=self.types[kind],
                area=area,
                asked_by=AskedBy.CONSULTATION,
                asked_on=asked_on,
                recorded_by=self.worker,
                child_worker=self.worker,
                allocated_by=self.manager,
                allocated_at=timezone.now() - timedelta(days=325 - 9 * number),
                level=Level.TWO,
                level_by=Judge.US,
                closed_on=asked_on + timedelta(days=84),
                closed_by=self.worker,
                end_reason=reason,
            )
            pupil = pupils[number % len(pupils)]
            Participant.objects.create(intervention=given, pupil=pupil)
            Measure.objects.bulk_create(
                Measure(
                    intervention=given,
                    pupil=pupil,
                    kind=MeasureKind.SCALE,
                    scale=self.scale,
                    informant=Informant.WORKER,
                    point=point,
                    value=Decimal(value),
                    measured_on=asked_on + timedelta(days=after),
                    recorded_by=self.worker,
                )
                for point, value, after in (
                    (Point.FIRST, first, 7),
                    (Point.LAST, last, 80),
                    (Point.SUSTAINED, last, 180),
                )
                # What is a term ago or less, nobody has asked about yet.
                if asked_on + timedelta(days=after) <= self.today
            )

    def disagreed(self):
        """The school's lead does not agree with how one of them ended; nobody answered yet."""
        stopped = ShortIntervention.objects.get(
            school=self.school, end_reason=EndReason.NOT_ENGAGED
        )
        disagreements.disagree(
            self.lead, stopped, "She was in hospital for two of the three visits. Look again."
        )

    def triaged(self):
        """The return-to-school programme: one case accepted, one redirected, one waits."""
        preset = triage.PRESETS["return"]
        programme = programmes.add_programme(
            self.manager,
            {
                "name": preset.name,
                "about": preset.about,
                "starts_on": self.ago(80),
                "evaluate_on": self.today + timedelta(days=120),
                "pathways": list(preset.pathways),
            },
            "return",
        )
        rules = list(programme.criteria.all())
        fits = {
            rule: (Answered.YES if rule.side == Side.IN_SCOPE else Answered.NO, "")
            for rule in rules
        }
        nell, rowan, _ = (
            programmes.ask(
                self.worker,
                programme,
                self.children[child],
                self.school,
                asked_on=self.ago(days),
                asked_who=self.lead.name,
                asked_why=why,
            )
            for child, days, why in (
                ("nell", 30, "In three mornings since the move, and nobody answers at home."),
                ("rowan", 24, "Has not been in since half-term."),
                ("ivy", 4, "Has missed most of the last four weeks."),
            )
        )
        programmes.accept(self.manager, nell, fits)
        programmes.redirect(
            self.manager,
            rowan,
            fits | {rules[-2]: (Answered.YES, "")},
            "Rowan has a social worker, who leads on attendance.",
            preset.pathways[-1],
        )

    def planned(self):
        """One plan that the link worker holds, and one that the school leads."""
        plans.start(
            self.manager,
            self.school,
            [self.children["ivy"]],
            starts_on=self.ago(60),
            lead=Lead.DST,
            lead_professional=self.worker.name,
            level=Level.THREE,
            reference="Mosaic",
            holder=self.worker,
            meeting_on=self.ago(62),
        )
        plans.start(
            self.worker,
            self.school,
            [self.children["maisie"]],
            starts_on=self.ago(20),
            lead=Lead.SCHOOL,
            lead_professional=self.lead.name,
            level=Level.THREE,
            reference="CPOMS",
        )


def tell_of_short_work(demonstration, main):
    """Every state of short work at the school with the URN ``main``."""
    ShortWork(demonstration, main).tell()
