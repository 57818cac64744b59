"""Autosave over HTTP: JSON in answer, 409 when two tabs or two people would collide."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_POST

from drafts import services
from drafts.errors import StaleDraft
from drafts.models import Draft
from govuk.fields import spoken


def saved(draft, *, page_url=None, status=200):
    """The answer to a save: its version, when, and where the next save goes."""
    answer = {
        "version": draft.version,
        "saved": clock(draft.saved_at),
        "draft_url": f"/drafts/{draft.pk}/",
    }
    if page_url:
        answer["page_url"] = page_url
    return JsonResponse(answer, status=status)


def clock(at):
    """``10:42am``, as the page says when it was saved."""
    return spoken(timezone.localtime(at))


def somebody_else():
    """The 409 for a page that another person opened in this browser."""
    return JsonResponse({"reason": "user"}, status=409)


def opened_by_another(request):
    """True when the posted page was made for somebody else than who is signed in now."""
    return request.POST.get("author", str(request.user.pk)) != str(request.user.pk)


def version_of(request):
    """The version the page last saw; 0, which is never current, when it says none."""
    text = request.POST.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


@require_POST
def save(request, pk):
    """POST ``/drafts/<id>/``: save over the version named. 404 for a draft that is not mine."""
    if opened_by_another(request):
        return somebody_else()
    try:
        draft = services.save(request.user, pk, services.typed(request.POST), version_of(request))
    except StaleDraft as stale:
        return JsonResponse(
            {
                "reason": "version",
                "theirs": stale.draft.data,
                "their_version": stale.draft.version,
                "saved": clock(stale.draft.saved_at),
            },
            status=409,
        )
    except (Draft.DoesNotExist, PermissionDenied) as error:
        raise Http404 from error
    return saved(draft)
