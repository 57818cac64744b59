"""Handing a meeting over, and what its organiser sees of its children."""

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET, require_http_methods

from audit.errors import TransitionNotAllowed
from audit.services import looked_at_all
from consultations.children import looks_at
from govuk.forms import posted
from interventions.acting import do, unless_late
from panels import meeting_page
from panels.child_forms import AudienceForm
from panels.child_views import put_on
from panels.meeting_views import fetch_to_run, page, too_late
from panels.models import Meeting, MeetingPupil
from panels.organiser_forms import OrganiserForm
from panels.services import children, organisers
from schools.children import closed_children, open_pupils
from schools.doors import ask_for_reason
from schools.policies import may_ask


@require_http_methods(["GET", "POST"])
def hand_over(request, pk):
    """``/meetings/<id>/hand-over/``: to somebody else who may call such a meeting, and why."""
    meeting = fetch_to_run(request, pk)
    form = OrganiserForm(meeting, posted(request))
    if request.method == "POST":
        done = do(
            request,
            form,
            lambda: organisers.hand_over(
                request.user, meeting, form.cleaned_data["to"], form.cleaned_data["reason"]
            ),
            "The meeting has been handed over. Both of you are told.",
            unless_late(request, form, meeting, "meetings"),
        )
        if done:
            return done
    return page(
        request,
        "meeting_form",
        meeting,
        form=form,
        title="Hand the meeting over",
        button="Hand over",
        back=meeting.get_absolute_url(),
    )


@require_GET
def child(request, pk, child):
    """``/meetings/<id>/children/<id>/about/``: who the child is, for who runs the meeting.

    Name, year, school, what allows it and who may read; nothing of notes (design.md 4).
    """
    meeting = fetch_to_run(request, pk)
    row = get_object_or_404(meeting.pupils.select_related("school"), pk=child)
    pupil = open_pupils(request.user).filter(pk=row.pupil_id).first()
    if pupil is None:
        if may_ask(request.user):
            return ask_for_reason(request, row.pupil_id, then=request.path)
        raise Http404
    looked_at_all(looks_at(request.user, meeting, [pupil]))
    others = MeetingPupil.objects.filter(
        pupil=pupil, meeting__in=Meeting.objects.visible_to(request.user).run_by(request.user)
    )
    others = others.select_related("meeting").order_by("-meeting__made_at")
    return page(
        request,
        "child",
        meeting,
        row=row,
        pupil=pupil,
        agencies=[agency.name for agency in row.shared_with.order_by("name")],
        meetings=[(other, meeting_page.when_text(other.meeting)) for other in others],
    )


@require_http_methods(["GET", "POST"])
def again(request, pk, child):
    """``/meetings/<id>/children/again/<id>/``: a child of the meeting before, on a basis said anew.

    Which agencies read is proposed as it was; who agreed to it is not.
    """
    meeting = fetch_to_run(request, pk)
    rows = MeetingPupil.objects.filter(meeting=meeting.previous_id)
    before = get_object_or_404(rows.select_related("pupil", "school"), pk=child)
    if request.method == "GET":
        try:
            organisers.check_again(meeting, before)
        except TransitionNotAllowed as late:
            return too_late(request, str(late), meeting)
    if may_ask(request.user) and closed_children(request.user, [before.pupil_id]):
        return ask_for_reason(request, before.pupil_id, then=request.path)
    form = AudienceForm(meeting, posted(request), initial={"agencies": before.shared_with.all()})

    def act():
        organisers.check_again(meeting, before)
        return children.add(request.user, meeting, before.pupil, before.school, **form.facts)

    done = put_on(request, meeting, form, before.pupil, act)
    if done:
        return done
    return page(
        request,
        "meeting_form",
        meeting,
        form=form,
        title=f"Talk about {before.reference} again",
        button="Add this child",
        back=meeting.get_absolute_url(),
    )
