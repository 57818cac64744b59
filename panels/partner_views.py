"""The pages on which an agency's contact reads their copy, without an account (rule 000-8).

The link alone says nothing; the address they type says nothing either. The session holds only
which links were opened, each for half an hour, and never beside somebody's sign-in. One and the
same page answers a link that is wrong, over or called back.
"""

from contextlib import suppress

from allauth.core.internal import ratelimit
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import User
from audit.errors import TransitionNotAllowed
from audit.models import Look
from documents.responses import pdf_response
from govuk.forms import posted
from panels import copy_file
from panels.copies import ActionLine, read
from panels.distribution_forms import AddressForm, CodeForm, CommentForm
from panels.models import MinutedAction
from panels.services import actions, partners

# Where somebody lands who has to leave at once.
ELSEWHERE = "https://www.bbc.co.uk/weather"
# An agency's people may share one address; of one link few codes are sent.
RATES = {"try": "60/m/ip", "code": "5/10m/key,20/d/key"}
# In the session: ``{id of a link: until when it is open, in seconds}``; 0 while its code is due.
PARTNER = "minutes"
READS_FOR = 30 * 60  # seconds
WRONG = "This is not the code, or it is no longer good. Check it, or have another sent"


def _private(view):
    """What every page here has in common; ``no-referrer`` would also empty the Origin that the
    check against forged posts reads."""

    @never_cache
    @login_not_required
    @sensitive_post_parameters()
    def wrapped(request, *args, **kwargs):
        response = view(request, *args, **kwargs)
        response["Referrer-Policy"] = "strict-origin"
        return response

    return wrapped


@_private
@require_http_methods(["GET", "POST"])
def minutes(request, token):
    """``/minutes/<token>/``: the address, then the code, then the copy."""
    link = _link(request, token)
    if link is None:
        return _gone(request)
    if _is_in(request, link):
        return _copy_page(request, token, link)
    return _door(request, token, link)


@_private
@require_GET
def minutes_pdf(request, token):
    """``/minutes/<token>/pdf/``: the copy as a tagged PDF, as far as it was sent."""
    link = _link(request, token)
    if link is None or link.action_id or partners.newer_than(link.distribution):
        return _gone(request)
    if not _is_in(request, link):
        return redirect("partner_minutes", token=token)
    data = copy_file.held(link.distribution)
    if data is None:
        return _copy_page(request, token, link, trouble="The PDF could not be made. Print the page")
    partners.opened(link, Look.PDF)
    return pdf_response(data, copy_file.name_of(link.distribution))


@_private
@require_POST
def tick(request, token, action):
    """``/minutes/<token>/actions/<action>/tick/``: what they took on is done."""
    link = _link(request, token)
    row = _own_action(link, action)
    if row is None:
        return _gone(request)
    if not _is_in(request, link):
        return redirect("partner_minutes", token=token)
    # What is done already says so on the page.
    with suppress(TransitionNotAllowed):
        actions.tick(User.objects.system("partner"), row, name=link.distribution.name)
    return redirect("partner_minutes", token=token)


@_private
@require_POST
def comment(request, token, action):
    """``/minutes/<token>/actions/<action>/comment/``: how it stands, in their words."""
    link = _link(request, token)
    row, typed = _own_action(link, action), request.POST.get("text", "")
    if row is None:
        return _gone(request, typed)
    if not _is_in(request, link):
        return _page(request, "late", token, status=401, typed=typed)
    form = CommentForm(request.POST)
    if form.is_valid():
        actions.comment(
            User.objects.system("partner"),
            row,
            form.cleaned_data["text"],
            name=link.distribution.name,
        )
        return redirect("partner_minutes", token=token)
    return _copy_page(request, token, link, failed=(str(row.pk), form))


@_private
@require_GET
def leave(request):
    """``/minutes/leave/``: away from here at once, and no way back to what was read."""
    request.session.pop(PARTNER, None)
    response = HttpResponseRedirect(ELSEWHERE)
    response["Clear-Site-Data"] = '"cache", "storage"'
    return response


# --- who is in ------------------------------------------------------------------------------------


def _link(request, token):
    """The link of a token, for somebody who is not signed in; or None."""
    if request.user.is_authenticated:
        request.session.pop(PARTNER, None)
        return None
    return partners.find_open(token)


def _is_in(request, link):
    until = request.session.get(PARTNER, {}).get(str(link.pk), 0)
    return until > timezone.now().timestamp()


def _hold(request, link, until):
    """Keep in the session how far somebody is with a link, beside the links that are open still."""
    now = timezone.now().timestamp()
    held = request.session.get(PARTNER, {})
    others = {pk: end for pk, end in held.items() if end == 0 or end > now}
    request.session[PARTNER] = others | {str(link.pk): until}


def _door(request, token, link):
    asked = request.session.get(PARTNER, {}).get(str(link.pk)) == 0 or "code" in request.POST
    if request.method == "GET" and "again" in request.GET:
        asked = False
    if request.method == "POST" and not ratelimit.consume(
        request, app="panels", action="try", config=RATES
    ):
        return render(request, "panels/partner/too_many.html", status=429)
    if request.method == "POST" and "address" in request.POST:
        return _ask(request, token, link)
    if not asked:
        return _page(request, "address", token, form=AddressForm())
    form = CodeForm(posted(request))
    if request.method == "POST" and form.is_valid():
        opened = partners.try_code(token, form.cleaned_data["code"])
        if opened:
            until = timezone.now().timestamp() + READS_FOR
            request.session.cycle_key()
            _hold(request, opened, until)
            return redirect("partner_minutes", token=token)
        form.add_error("code", WRONG)
    return _page(request, "code", token, form=form)


def _ask(request, token, link):
    """The same answer whatever address was typed, however often, and whoever typed it."""
    form = AddressForm(request.POST)
    if not form.is_valid():
        return _page(request, "address", token, form=form)
    if ratelimit.consume(request, app="panels", action="code", config=RATES, key=str(link.pk)):
        partners.ask_code(token, form.cleaned_data["address"])
    _hold(request, link, 0)
    return redirect("partner_minutes", token=token)


def _own_action(link, pk):
    """One of the recipient's actions by this link, while it is theirs; or None."""
    if link is None:
        return None
    held = {line.id for line in read(link.distribution.copy).actions}
    rows = MinutedAction.objects.filter(
        meeting=link.distribution.version.meeting_id,
        action__owner_agency=link.distribution.agency.agency_id,
    )
    if link.action_id:
        rows = rows.filter(pk=link.action_id)
    row = rows.select_related("action", "meeting").filter(pk=pk).first()
    is_theirs = row is not None and (str(row.pk) in held or row.pk == link.action_id)
    return row if is_theirs and not partners.newer_than(link.distribution) else None


# --- the pages ------------------------------------------------------------------------------------


def _copy_page(request, token, link, *, failed=None, trouble=""):
    distribution = link.distribution
    newer = partners.newer_than(distribution)
    if newer and newer.revoked_at:
        return _gone(request)
    if newer:
        return _page(request, "newer", token, newer=newer, distribution=distribution)
    partners.opened(link)
    context = copy_file.context_of(distribution) | {
        "distribution": distribution,
        "own": _own_lines(link, failed),
        "one_action": bool(link.action_id),
        "trouble": trouble,
    }
    if link.action_id:
        context["whole"] = False
    return _page(request, "copy", token, status=400 if failed else 200, **context)


def _own_lines(link, failed):
    """``(line, minuted action or None, form)`` of each action they took on, as it stands now.

    What they took on since the copy was made stands in none; a link leads to it.
    """
    lines = read(link.distribution.copy).actions
    if link.action_id:
        since = ActionLine(link.action.what, link.distribution.name, due="", id=str(link.action_id))
        lines = [line for line in lines if line.id == since.id] or [since]
    rows = MinutedAction.objects.filter(
        pk__in=[line.id for line in lines],
        action__owner_agency=link.distribution.agency.agency_id,
    )
    rows = rows.select_related("action").prefetch_related("action__comments")
    rows = {str(row.pk): row for row in rows}
    wrong, form = failed or ("", None)
    return [
        (
            line,
            rows.get(line.id),
            form if line.id == wrong else CommentForm(auto_id=f"id_{number}_%s"),
        )
        for number, line in enumerate(lines, 1)
    ]


def _page(request, name, token, status=200, **context):
    context["token"] = token
    return render(request, f"panels/partner/{name}.html", context, status=status)


def _gone(request, typed=""):
    return render(request, "panels/partner/gone.html", {"typed": typed}, status=404)
