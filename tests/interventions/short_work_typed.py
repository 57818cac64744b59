"""Every text that is typed about short work, plans and programmes, as the posts of their forms."""

import re
import uuid
from datetime import timedelta

from django.forms import CharField
from django.utils import timezone

from interventions.models import (
    CaseState,
    EarlyHelpPlan,
    Programme,
    ProgrammeCase,
    SessionPart,
    ShortIntervention,
)
from interventions.services.feedback import ask_by_link, code_of
from interventions.session_forms import PartForm, SessionForm
from notifications.models import Message
from tests.interventions.asking import posted
from tests.interventions.session_typed import about, typed
from tests.interventions.short_work import under_way

# The texts of a request for short work.
REQUEST = (
    "asked_who",
    "hoped_for",
    "risks",
    "identified_at_school",
    "involved_words",
    "level_reason",
    "family_why",
)
STEP_DOWN = ("end_words", "school_continues", "childs_view", "parents_view", "family_why")


def posts(world, pupil, text):
    """Yields ``(user, address, data)`` for a child of Oakfield, ``text`` in every box for words.

    One is sent before the next is asked for: a later one is about what an earlier one made.
    """
    yield from _asked_for(world, pupil, text)
    work = under_way(world, pupil, parent="Pat Parent")
    yield from _agreement(world, work, text)
    yield from _session(world, work, pupil, text)
    yield from _family(world, work, text)
    yield from _endings(world, work, text)
    yield from _plan(world, pupil, text)
    yield from _programme(world, pupil, text)


def is_words(field):
    """The field takes what somebody writes."""
    return type(field) is CharField


def _said(text, *names):
    return dict.fromkeys(names, text)


def _asked_for(world, pupil, text):
    data = posted(world, pupil, **_said(text, *REQUEST))
    data |= {"adults-0-name": text, "adults-0-relation": text}
    yield world.primary, f"/interventions/new/?school={world.oakfield.urn}", data


def _agreement(world, work, text):
    parent, answer = work.participants.get(pupil=None), uuid.uuid4()
    answered = {
        "once": answer,
        "answer": "limited",
        "people": parent.pk,
        "obtained_on": "today",
        "obtained_by": "else",
        **_said(text, "from_whom", "obtained_by_name", "held_in", "limits"),
    }
    yield world.dsl, f"/shared/short-work/{work.pk}/consent/", answered
    withdrawn = {"people": parent.pk, "on": "today", "words": text}
    yield world.primary, f"/interventions/{work.pk}/consent/{answer}/withdraw/", withdrawn
    told = {"told": "no", "why": text}
    yield world.primary, f"/interventions/{work.pk}/family-told/", told


def _session(world, work, pupil, text):
    pk = uuid.uuid4()
    held = f"/interventions/sessions/{pk}/"
    written = {name: text for name, field in PartForm.base_fields.items() if is_words(field)}
    data = {
        **typed(work, place=["home"]),
        **about(pupil, **written),
        **{name: [text] for name, field in SessionForm.base_fields.items() if is_words(field)},
        f"actions-{pupil.pk}-0-what": [text],
        f"actions-{pupil.pk}-0-owner_name": [text],
        "people": [str(work.participants.get(pupil=pupil).pk)],
        "id": [str(pk)],
        "complete": ["1"],
    }
    yield world.primary, f"/interventions/{work.pk}/sessions/new/", data
    yield world.primary, f"{held}complete/", {"version": "1", "give": "1"}
    part = SessionPart.objects.get(session=pk)
    more = {"part": part.pk, "text": text, "for_school": "on"}
    yield world.primary, f"{held}addendum/", more


def _family(world, work, text):
    review_on = f"{timezone.localdate() + timedelta(days=45):%d/%m/%Y}"
    plan = {**_said(text, "goal", "planned_words"), "review_on": review_on}
    yield world.primary, f"/interventions/{work.pk}/plan/", plan
    scored = {"point": "first", "informant": "parent", "total": "17", "on": "yesterday"}
    scored |= _said(text, "tool", "version")
    yield world.primary, f"/interventions/{work.pk}/measures/new/score/", scored
    parent = work.participants.get(pupil=None)
    asked = ask_by_link(world.primary, work, parent, "parent", "safe@example.org", is_safe=True)
    questions = re.search(r"/feedback/[\w-]+/", Message.objects.about(asked).get().body)[0]
    yield world.primary, questions, {"code": code_of(asked)}
    yield world.primary, questions, _said(text, "voice", "better")


def _endings(world, work, text):
    """Reviewed, stepped up, and what the school answered; ended, taken up, ended, asked again.

    At last not allocated, with which the school disagrees.
    """
    here, today = f"/interventions/{work.pk}/", timezone.localdate()
    review = {
        "reviewed_on": "today",
        "direction": "better",
        "text": text,
        "next_on": f"{today + timedelta(days=45):%d/%m/%Y}",
    }
    yield world.primary, f"{here}review/", review
    step_up = {"to": "plan", "goes_on": "yes", "family_told": "no"}
    step_up |= _said(text, "why", "told_whom", "family_why")
    yield world.primary, f"{here}step-up/", {**step_up, "stepped_on": "today"}
    plan = f"/shared/plans/{EarlyHelpPlan.objects.asked().get().pk}/"
    yield world.dsl, f"{plan}declined/", {"declined-why": text}
    yield world.primary, f"{here}step-up/", {**step_up, "stepped_on": "yesterday"}
    plan = f"/shared/plans/{EarlyHelpPlan.objects.asked().get().pk}/"
    started = {"started-starts_on": "today"}
    started |= _said(text, "started-lead_professional", "started-reference")
    yield world.dsl, f"{plan}started/", started
    yield world.dsl, f"{plan}ended/", {"ends_on": "today", "why": text}
    ended = {"closed_on": "today", "family_told": "no", **_said(text, *STEP_DOWN)}
    yield world.primary, f"{here}step-down/", ended
    yield world.primary, f"{here}reopen/", {"why": text}
    yield world.primary, f"{here}end/", {**ended, "end_reason": "met"}
    again = {"asked_by": "school", **_said(text, "asked_who", "hoped_for")}
    yield world.primary, f"{here}again/", again
    declined = ShortIntervention.objects.get(continues=work)
    yield world.manager, f"/interventions/{declined.pk}/decline/", {"reason": text}
    yield world.dsl, f"/shared/short-work/{declined.pk}/disagree/", {"why": text}
    said = f"/interventions/{declined.pk}/disagreements/{declined.disagreements.get().pk}/"
    yield world.manager, said, {"answer": text}


def _plan(world, pupil, text):
    once = uuid.uuid4()
    here = f"/plans/{once}/"
    leads = {"lead": "service", "level": "3"}
    leads |= _said(text, "lead_name", "lead_professional", "reference")
    new = {**leads, "once": once, "pupils": pupil.pk, "starts_on": "today"}
    yield world.primary, f"/plans/new/?school={world.oakfield.urn}", new
    yield world.primary, f"{here}change/", {**leads, "level": "2"}
    held = {"holder": world.primary.pk, "meeting_on": "today", "continuity": text}
    yield world.manager, f"{here}allocate/", held
    yield world.primary, f"{here}end/", {"ends_on": "today", "why": text}


def _programme(world, pupil, text):
    """Its name, rules and pathways are a list of the council's, whose history is kept whole."""
    programme = {"name": "Back to school", "about": text, "starts_on": "today"}
    yield world.manager, "/interventions/programmes/new/", programme
    here = f"/interventions/programmes/{Programme.objects.get().pk}/"
    yield world.manager, f"{here}change/", {**programme, "pathways": "Early help"}
    rule = {"side": "out", "rule": "Other support would fit", "is_used": "on"}
    yield world.manager, f"{here}criteria/new/", rule
    criterion = Programme.objects.get().criteria.get()
    asked = {"pupil": pupil.pk, "asked_on": "today", **_said(text, "asked_who", "asked_why")}
    decided = {f"criterion-{criterion.pk}": "yes", "reason": text}
    for answer in (
        {"decision": "redirect", "pathway": "elsewhere", "other_pathway": text},
        {"decision": "accept"},
    ):
        yield world.primary, f"{here}ask/?school={world.oakfield.urn}", asked
        case = ProgrammeCase.objects.get(state=CaseState.WAITING)
        triage = f"/interventions/programmes/cases/{case.pk}/"
        yield world.manager, triage, {**decided, **answer}
