"""F-17: the process that serves a page is killed at each statement of an act: all of it, or none.

The process is a fork of this one, as a web worker is of its master.
"""

import os
import signal
import uuid

from tests.chaos.report import Finding

# After the last statement the commit is counted as one more.
MOST = 2000


def half_done(rig, every=1):
    """Each act killed at ``every`` so manyth statement, then carried out."""
    findings = []
    for act in (ShareNote, RaiseConcern, TakeConcern):
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
