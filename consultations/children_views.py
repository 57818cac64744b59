"""The pages and page parts about the children of a consultation: finding and opening them."""

from dataclasses import dataclass, field

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from audit.errors import allow
from consultations import forms, policies, services
from consultations.children import as_uuid, named_in, to_open
from consultations.children_forms import WhyForm
from consultations.models import Consultation
from consultations.services import children as children_services
from drafts import services as drafts
from drafts.models import Draft
from govuk.forms import posted
from schools.children import closed_children
from schools.doors import gave_reason, safe_next
from schools.find import find_children
from schools.models import Pupil
from schools.policies import may_ask
from schools.pupil_forms import FindForm, ReasonForm
from schools.scope import scope_of

# What a linked consultation takes over: one meeting about two children.
SAME_MEETING = ("held_on", "held_time", "minutes", "place", "kind", "naming")


@dataclass
class Finding:
    """The box in the form where a child is found who is not on current work.

    ``found`` are the children that match, each with the school to ``link`` a consultation with:
    None where the child has a part in this one, False where the writer records nothing.
    """

    form: FindForm
    reason: ReasonForm
    found: list = field(default_factory=list)
    are_more: bool = False

    @property
    def is_open(self):
        """Something was looked for: the box stays open."""
        return self.form.is_bound

    @property
    def needs_reason(self):
        """One of them, at least, is opened for a reason only."""
        return any(not one.is_open for one, _ in self.found)


def nothing_looked_for():
    """The ``Finding`` of a page on which nobody is looked for yet."""
    return Finding(FindForm(prefix="find"), ReasonForm(prefix="find"))


def look_for(request, school, reason=None):
    """The ``Finding`` of what the form says whom to look for; the look-up is logged."""
    form = FindForm(request.POST, prefix="find")
    finding = Finding(form, reason or ReasonForm(prefix="find"))
    if form.is_valid():
        found, finding.are_more = find_children(request.user, form.wanted)
        finding.found = [(one, _linked_school(request.user, one.pupil, school)) for one in found]
    return finding


def _linked_school(user, pupil, school):
    now = pupil.now_at[0].school if pupil.now_at else None
    if now is None or now == school:
        return None
    return now if policies.may_record(user, now) else False


def open_for_form(request, key):
    """``(pupil, reason form)``: the child ``key`` of a form, opened with the reason it gives.

    Without a good reason the child is None, and the form says what is missing. Http404 where
    there is no such child for the writer.
    """
    reachable = Pupil.objects.not_at(scope_of(request.user).excluded).with_school()
    pupil = get_object_or_404(reachable, pk=as_uuid(key))
    allow(may_ask(request.user))
    if not closed_children(request.user, [pupil.pk]):
        return pupil, None
    form = ReasonForm(request.POST, prefix="find")
    return (pupil, None) if gave_reason(request, form, [pupil]) else (None, form)


def start_linked(request, consultation, pupil):
    """The same meeting recorded for a child of another school; returns the new draft's id.

    TransitionNotAllowed, and nothing begun, where the child is at no other school.
    """
    school = pupil.now_at[0].school if pupil.now_at else None
    children_services.check_linked(consultation, school)
    typed = {
        name: values for name, values in drafts.typed(request.POST).items() if name in SAME_MEETING
    }
    post = forms.add_row(forms.post_of(typed), "children", who=str(pupil.pk))
    other = Consultation(school=school)
    services.start(request.user, school, other.pk, consultation.held_at, dict(post.lists()))
    children_services.link(request.user, consultation, other)
    return other.pk


@require_http_methods(["GET", "POST"])
def give_reason(request, pk):
    """``/consultations/<id>/reason/``: opens all its children at once (rule 001-58).

    Nothing of the children is on this page.
    """
    consultation = get_object_or_404(
        Consultation.objects.visible_to(request.user).select_related("school"), pk=pk
    )
    allow(may_ask(request.user))
    then = safe_next(request, otherwise=reverse("consultation", args=[pk]))
    pupils = list(to_open(request.user, children_named(consultation)))
    if not pupils:
        return redirect(then)
    form = WhyForm(posted(request))
    if gave_reason(request, form, pupils):
        return redirect(then)
    context = {"consultation": consultation, "form": form, "then": then, "nav": "schools"}
    return render(request, "consultations/reason.html", context)


def children_named(consultation):
    """The ids of the children whom a record names; of a draft, whatever was sent as such."""
    if not consultation.is_draft:
        return consultation.discussed.filter(pupil__isnull=False).values_list("pupil", flat=True)
    draft = Draft.objects.filter(form=services.FORM, target_id=consultation.pk).first()
    return named_in(draft.data) if draft else []


def opened_row(request, pupil):
    """The POST with one more row, about ``pupil``, and nothing looked for any more."""
    data = forms.add_row(request.POST, "children", who=str(pupil.pk))
    for name in [name for name in data if name.startswith(drafts.LOOKS_UP)]:
        del data[name]
    return data


def tell_linked(request, pupil_school, school):
    """Say where the writer is now, and where the first consultation is."""
    messages.success(
        request,
        f"This is the linked consultation with {pupil_school}. The one with {school} is saved "
        "as a draft in your work.",
    )
