"""Autosave over HTTP: JSON in answer, 409 when two tabs or two people would collide."""

from django.http import Http404, JsonResponse

from drafts import services
from drafts.errors import StaleDraft
from drafts.models import Draft
from govuk.words import clock


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


def somebody_else():
    """The 409 for a page that another person opened in this browser."""
    return JsonResponse({"reason": "user"}, status=409)


def handed_over(draft):
    """The 409 for a page whose text is somebody else's to write by now."""
    return JsonResponse(
        {
            "reason": "handed_over",
            "message": f"Not saved. This draft has been handed over to {draft.user.name}."
            " Copy your text before you leave this page.",
        },
        status=409,
    )


def opened_by_another(request):
    """True when the posted page was made for somebody else than who is signed in now."""
    return request.POST.get("author", str(request.user.pk)) != str(request.user.pk)


def version_of(request):
    """The version the page last saw; 0, which is never current, when it says none."""
    text = request.POST.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def stale(error, may_read=lambda draft: True):
    """The 409 for a page whose draft was saved elsewhere since: a choice, and their text.

    The text only where whoever asks ``may_read`` what the draft says.
    """
    answer = {
        "reason": "version",
        "their_version": error.draft.version,
        "saved": clock(error.draft.saved_at),
    }
    if may_read(error.draft):
        answer["theirs"] = error.draft.data
    return JsonResponse(answer, status=409)


def save(request, draft, **options):
    """Save a POST over ``draft``, which the caller has found to be the user's to write.

    ``options`` are those of ``stale``.
    """
    if opened_by_another(request):
        return somebody_else()
    try:
        return saved(
            services.save(request.user, draft.pk, services.typed(request.POST), version_of(request))
        )
    except StaleDraft as error:
        return stale(error, **options)
    except Draft.DoesNotExist as error:
        raise Http404 from error
