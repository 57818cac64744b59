"""F-17: the process that serves a page is killed at each statement of an act: all of it, or none.

The process is a fork of this one, as a web worker is of its master.
"""

import os
import signal
import tempfile
import uuid

from tests.chaos.report import Finding

# After the last statement the commit is counted as one more.
MOST = 2000
IMPORTED = "URN,UPN,First names,Surname,Date of birth"


def half_done(rig, every=1):
    """Each act killed at ``every`` so manyth statement, then carried out."""
    findings = []
    for act in (ShareNote, RaiseConcern, TakeConcern, SendMinutes, ImportChildren):
        halves, kills = _kill_through(act(rig.world), every)
        findings.append(
            Finding(
                f"F-17 {act.__doc__}: killed at {kills} statements",
                f"{halves} half done",
                "0",
                not halves and kills > 2,
            )
        )
    return findings


def _kill_through(act, every):
    """``(half states, kills)`` until the act got through."""
    halves = 0
    for kills, statement in enumerate(range(1, MOST, every)):
        if _survives(act, statement):
            return halves + (act.state() != "whole"), kills
        if act.state() != "none":
            halves += 1
            print(f"{act.__doc__}, statement {statement}: {act.state()}", flush=True)
    raise AssertionError("the act never ended")


def _survives(act, statement):
    """Whether the act comes to its end before its so manyth statement; it is killed there."""
    from django.db import connection

    connection.close()
    child = os.fork()
    if not child:
        _act_in_child(act, statement)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL:
        return False
    if status:
        raise AssertionError(f"the act ended with {status}")
    return True


def _act_in_child(act, statement):
    from django.db import connection, transaction

    left = statement

    def count(execute=None, *arguments):
        nonlocal left
        left -= 1
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)
        return execute and execute(*arguments)

    try:
        commit = connection._commit
        connection._commit = lambda: count(commit)
        with connection.execute_wrapper(count), transaction.atomic():
            act()
        os._exit(0)
    except BaseException as error:
        print(f"{type(error).__name__}: {error}", flush=True)
        os._exit(1)


class ShareNote:
    """share a note"""

    def __init__(self, world):
        self.worker, self.school = world.primary, world.oakfield
        self.pk = uuid.uuid4()

    def __call__(self):
        from django.utils import timezone

        from consultations import services
        from consultations.forms import Content
        from consultations.models import Consultation

        services.start(self.worker, self.school, self.pk, timezone.now(), {})
        content = Content({"shared_text": "What we talked about."}, [], [], [])
        consultation = Consultation.objects.get(pk=self.pk)
        services.complete(self.worker, consultation, content, self._plan(), share_now=True)

    def _plan(self):
        from consultations.recipients import Decision, Plan, candidates

        return Plan([Decision(one) for one in candidates(self.school, []) if one.ticked])

    def state(self):
        """ "none", "whole", or what there is of it."""
        from consultations.models import Consultation, Share
        from notifications.models import Message

        note = Consultation.objects.filter(pk=self.pk).values_list("state", flat=True).first()
        shares = set(
            Share.objects.filter(consultation=self.pk).values_list("user__email", flat=True)
        )
        written = set(
            Message.objects.filter(about_id=str(self.pk)).values_list("address", flat=True)
        )
        if not (note or shares or written):
            return "none"
        if note == "shared" and shares and shares == written:
            return "whole"
        return f"{note}, shared with {len(shares)}, {len(written)} messages"


class RaiseConcern:
    """raise a concern"""

    def __init__(self, world):
        self.by = world.primary
        self.pk = uuid.uuid4()

    def __call__(self):
        from referrals.services.concerns import raise_concern

        raise_concern(self.by, "What was seen.", pk=self.pk)

    def state(self):
        """ "none", "whole", or what there is of it."""
        from audit.models import Act
        from notifications.models import Message
        from referrals.models import Concern, Told

        concern = Concern.objects.filter(pk=self.pk).count()
        told = Told.objects.filter(concern=self.pk).count()
        written = Message.objects.filter(about_id=str(self.pk)).count()
        acts = Act.objects.filter(subject_id=str(self.pk)).count()
        if not (concern or told or written or acts):
            return "none"
        if concern and told and acts and told == written:
            return "whole"
        return f"{concern} concerns, {told} told, {written} messages, {acts} acts"


class TakeConcern:
    """take a concern"""

    def __init__(self, world):
        from referrals.services.concerns import raise_concern

        self.by = world.manager
        self.pk = uuid.uuid4()
        raise_concern(world.primary, "What was seen.", pk=self.pk)

    def __call__(self):
        from referrals.models import Concern
        from referrals.services.concerns import acknowledge

        acknowledge(self.by, Concern.objects.get(pk=self.pk))

    def state(self):
        """ "none", "whole", or what there is of it."""
        from audit.models import Act
        from notifications.models import Message
        from referrals.models import Concern

        held = Concern.objects.filter(pk=self.pk, acknowledged_at__isnull=False).exists()
        heard = Message.objects.filter(about_id=str(self.pk), kind="concern_taken").exists()
        noted = Act.objects.filter(subject_id=str(self.pk), verb="acknowledge").exists()
        return {0: "none", 3: "whole"}.get(
            held + heard + noted, f"held {held}, heard {heard}, noted {noted}"
        )


class SendMinutes:
    """send minutes"""

    def __init__(self, world):
        from tests.panels.meetings import called, police, prepared, with_agency
        from tests.panels.minutes import minuted

        meeting = prepared(world)
        self.rows = [with_agency(meeting, *police())]
        self.meeting = minuted(world, called(meeting))

    def __call__(self):
        from panels.copies import Minutes
        from panels.services import distribution, minutes
        from tests.world import anew

        by = anew(self.meeting.organiser)
        seen = minutes.seen_of(Minutes(self.meeting))
        distribution.finalise_and_send(by, self.meeting, self.rows, None, seen=seen)

    def state(self):
        """ "none", "whole", or what there is of it."""
        from consultations.models import Action
        from notifications.models import Message
        from panels.models import Distribution, Meeting, MinutesVersion

        sent = Distribution.objects.filter(version__meeting=self.meeting)
        there = (
            Meeting.objects.filter(pk=self.meeting.pk, state="finalised").count(),
            MinutesVersion.objects.filter(meeting=self.meeting).count(),
            Action.objects.filter(source_id=self.meeting.pk).count(),
            sent.count(),
            Message.objects.filter(kind="minutes_sent", address="police@example.org").count(),
        )
        return {(0,) * 5: "none", (1,) * 5: "whole"}.get(there, f"{there}")


class ImportChildren:
    """bring in children"""

    ROWS = 3

    def __init__(self, world):
        from tests.children import valid_upn

        self.upns = [valid_upn() for _ in range(self.ROWS)]
        self.lines = [
            f"{world.oakfield.urn},{upn},Child{number},Halfdone,2015-03-0{number + 1}"
            for number, upn in enumerate(self.upns)
        ]

    def __call__(self):
        from schools.pupil_list import import_pupils

        with tempfile.NamedTemporaryFile("w", suffix=".csv") as file:
            file.write("\n".join([IMPORTED, *self.lines]))
            file.flush()
            outcome = import_pupils(file.name)
        if outcome.rejected:
            raise AssertionError(outcome.rejected)

    def state(self):
        """ "none", "whole", or what there is of it."""
        from schools.models import Enrolment, Pupil, PupilIdentifier

        known = PupilIdentifier.objects.filter(value__in=self.upns).values("pupil")
        there = (
            Pupil.objects.filter(surname="Halfdone").count(),
            known.count(),
            Enrolment.objects.filter(pupil__in=known).count(),
        )
        return {(0,) * 3: "none", (self.ROWS,) * 3: "whole"}.get(there, f"{there}")
