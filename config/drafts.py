"""One address for autosave, whatever is written: each app saves the drafts of its own forms."""

from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST

from consultations import services as consultation_services
from consultations import views as consultation_views
from drafts.models import Draft
from interventions import session_views
from interventions.services import sessions as session_services
from referrals import concern_views
from referrals.services import concerns as concern_services

SAVES = {
    consultation_services.FORM: consultation_views.save_draft,
    session_services.FORM: session_views.save_draft,
    concern_services.FORM: concern_views.save_draft,
}


@require_POST
def save_draft(request, pk):
    """POST ``/drafts/<id>/``: handed on to the app whose form the draft is of."""
    draft = get_object_or_404(Draft.objects.select_related("user"), pk=pk, form__in=SAVES)
    return SAVES[draft.form](request, draft)
