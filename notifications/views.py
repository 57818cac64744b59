from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_safe

from audit.models import Look
from audit.services import looked
from notifications import mailbox
from notifications.forms import OutboxFilter
from notifications.models import Message, State
from notifications.policies import may_read_outbox


@require_safe
def messages(request):
    """What was sent to whom and whether it arrived; neither subjects nor texts."""
    if not may_read_outbox(request.user):
        raise PermissionDenied
    looked(request.user, Message, Look.LIST, basis="administrator")
    rows, newer, older = OutboxFilter(request.GET).page()
    return render(
        request,
        "notifications/messages.html",
        {
            "rows": rows,
            "newer": newer,
            "older": older,
            "states": State.choices,
            "state": request.GET.get("state", ""),
            "nav": "messages",
        },
    )


@require_safe
def demo_mailbox(request):
    """The messages of the demonstration, as their recipients would find them."""
    _check_demo_reader(request.user)
    looked(request.user, Message, Look.LIST, basis="administrator")
    return render(
        request,
        "notifications/demo_mailbox.html",
        {"letters": mailbox.letters(), "nav": "messages"},
    )


@require_safe
def demo_letter(request, id):
    """One message of the demonstration with its text."""
    _check_demo_reader(request.user)
    letter = mailbox.letter(id)
    if letter is None:
        raise Http404
    looked(request.user, Message(id=id), basis="administrator")
    return render(request, "notifications/demo_letter.html", {"letter": letter, "nav": "messages"})


def _check_demo_reader(user):
    """Http404 outside demonstration mode, PermissionDenied for anyone but administrators."""
    if not settings.DEMO:
        raise Http404
    if not may_read_outbox(user):
        raise PermissionDenied
