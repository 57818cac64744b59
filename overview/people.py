"""The people pages: who has an account, what they may do, and letting people in and out.

Administrators see everybody. A team manager sees the link workers of their own hubs, whom they
may invite and invite again. A role that waits for a second person has a page of its own, which
every manager may open.
"""

import uuid

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Prefetch, Q
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from accounts import policies
from accounts import services as accounts
from accounts.models import StaffRole, User, current
from accounts.reauthentication import ask_password_again
from audit.errors import TransitionNotAllowed, allow
from govuk.forms import posted
from govuk.paging import page_around
from linkworkers.models import LinkWorker
from overview import services
from overview.people_forms import (
    FindForm,
    GiveRoleForm,
    HubsForm,
    InviteForm,
    PersonDetailsForm,
)
from schools import hub_managers
from schools.models import SchoolContact
from schools.scope import scope_of

PAGE = 50
LOOKED_FOR = "people_looked_for"


def people_visible_to(user):
    """The accounts the user may see: all for an administrator, own link workers for a manager."""
    people = User.objects.filter(is_system=False)
    if policies.may_administer(user):
        return people
    return people.filter(
        pk__in=LinkWorker.objects.filter(hub__in=scope_of(user).manages).values("user")
    )


def _page(request, template, context):
    return render(request, template, {"nav": "people", **context})


def _person(request, pk):
    allow(policies.may_see_people(request.user))
    return get_object_or_404(people_visible_to(request.user), pk=pk)


@require_http_methods(["GET", "POST"])
def people(request):
    """Everybody by name, a page at a time; with ``?found``, those last looked for.

    What is looked for is a name or an address, so it is posted and kept in the session: no
    address of a page holds it (security.md 14.2.1).
    """
    allow(policies.may_see_people(request.user))
    if request.method == "POST":
        find = FindForm(request.POST)
        if find.is_valid():
            request.session[LOOKED_FOR] = find.cleaned_data["q"]
            return redirect(reverse("people") + ("?found=1" if find.cleaned_data["q"] else ""))
        return _people_page(request, find)
    words = request.session.get(LOOKED_FOR, "") if "found" in request.GET else ""
    return _people_page(request, FindForm(initial={"q": words}), words)


def _people_page(request, find, words=""):
    found = people_visible_to(request.user)
    for word in words.split():
        found = found.filter(Q(name__icontains=word) | Q(email__icontains=word))
    found = found.prefetch_related(
        Prefetch("staff_roles", StaffRole.objects.filter(current()), to_attr="roles_now"),
        Prefetch(
            "posts", SchoolContact.objects.current().select_related("school"), to_attr="posts_now"
        ),
    )
    rows, has_previous, has_next = page_around(
        found,
        ("name", "pk"),
        PAGE,
        after=_edge(request, "after"),
        before=_edge(request, "before"),
    )
    return _page(
        request,
        "overview/people.html",
        {
            "find": find,
            "words": words,
            "people": rows,
            "previous": rows[0].pk if has_previous else None,
            "next": rows[-1].pk if has_next else None,
        },
    )


def _edge(request, name):
    """``(name, id)`` of the person ``?after=`` or ``?before=`` tells by id; None for nonsense."""
    try:
        pk = uuid.UUID(request.GET.get(name, ""))
    except ValueError:
        return None
    return User.objects.filter(pk=pk).values_list("name", "pk").first()


@require_http_methods(["GET", "POST"])
def invite(request):
    """Invite somebody to the roles one may give."""
    allow(policies.roles_to_give(request.user))
    form = InviteForm(posted(request), by=request.user)
    if request.method == "POST" and form.is_valid():
        ask_password_again(request)
        try:
            person = services.invite(request.user, **form.cleaned_data)
        except (TransitionNotAllowed, ValidationError) as refusal:
            form.add_error("email", getattr(refusal, "messages", None) or str(refusal))
        else:
            messages.success(request, f"The invitation to {person.name} is on its way.")
            return redirect("people")
    return _page(request, "overview/person_invite.html", {"form": form})


@require_http_methods(["GET"])
def person(request, pk):
    """One account: details, roles from and to, hubs, and what can be done about it."""
    person = _person(request, pk)
    by = request.user
    return _page(
        request,
        "overview/person.html",
        {
            "person": person,
            "roles": person.staff_roles.select_related("given_by", "confirmed_by").order_by(
                "-starts_at"
            ),
            "may_confirm_roles": policies.may_confirm_roles(by),
            "hubs": hub_managers.hubs_of(person),
            "posts": SchoolContact.objects.current().filter(user=person).select_related("school"),
            "link_worker": LinkWorker.objects.filter(user=person).select_related("hub").first(),
            "may_change": policies.may_change_details(by, person),
            "may_change_roles": policies.may_change_roles(by, person),
            "may_deactivate": policies.may_deactivate(by, person),
            "may_reinvite": policies.may_reinvite(by, person)
            and person.is_active
            and not person.joined_at,
        },
    )


@require_http_methods(["GET", "POST"])
def person_change(request, pk):
    """Change somebody's name and telephone number."""
    person = _person(request, pk)
    allow(policies.may_change_details(request.user, person))
    form = PersonDetailsForm(posted(request), person=person)
    if request.method == "POST" and form.is_valid():
        accounts.change_details(request.user, person, **form.cleaned_data)
        messages.success(request, "The details have been changed.")
        return redirect("person", pk)
    return _page(request, "overview/person_change.html", {"form": form, "person": person})


@require_http_methods(["GET", "POST"])
def role_give(request, pk):
    """Give somebody one more role, with what goes with it."""
    person = _person(request, pk)
    allow(policies.may_change_roles(request.user, person))
    form = GiveRoleForm(posted(request), by=request.user, person=person)
    if request.method == "POST" and form.is_valid():
        ask_password_again(request)
        try:
            given = services.give_role(request.user, person, **form.cleaned_data)
        except TransitionNotAllowed as too_late:
            messages.warning(request, str(too_late))
        else:
            messages.success(
                request,
                "The role has been given. It opens nothing until a second person confirms it."
                if given.is_waiting
                else "The role has been given.",
            )
        return redirect("person", pk)
    return _page(request, "overview/person_role_give.html", {"form": form, "person": person})


@require_http_methods(["GET", "POST"])
def role_confirm(request, pk, role_pk):
    """Show a role that waits for a second person, who has it and who gave it; confirm it."""
    allow(policies.may_confirm_roles(request.user))
    role = get_object_or_404(
        StaffRole.objects.select_related("user", "given_by"), pk=role_pk, user=pk
    )
    if not role.is_waiting:
        messages.info(request, "This role does not wait to be confirmed any more.")
        return redirect("home")
    if request.method == "POST":
        allow(policies.may_confirm_role(request.user, role))
        ask_password_again(request)
        try:
            accounts.confirm_role(request.user, role)
        except TransitionNotAllowed as too_late:
            messages.warning(request, str(too_late))
        else:
            messages.success(request, f"The role of {role.user.name} has been confirmed.")
        return redirect("home")
    return _page(
        request,
        "overview/person_role_confirm.html",
        {
            "role": role,
            "comes_with": _comes_with(role),
            "is_second_person": policies.is_second_person(request.user, role),
            "may_confirm": policies.may_confirm_role(request.user, role),
        },
    )


def _comes_with(role):
    """Where the role would be held, in words: a manager's hubs, a link worker's place."""
    if policies.comes_with_hubs(role.role):
        return ", ".join(hub.name for hub in hub_managers.hubs_of(role.user))
    if policies.comes_with_a_place(role.role):
        place = LinkWorker.objects.filter(user=role.user).select_related("hub").first()
        return place.hub.name if place else ""
    return ""


@require_POST
def role_end(request, pk, role_pk):
    """End one of somebody's roles now."""
    person = _person(request, pk)
    allow(policies.may_change_roles(request.user, person))
    role = get_object_or_404(person.staff_roles, pk=role_pk)
    ask_password_again(request)
    try:
        services.end_role(request.user, role)
    except TransitionNotAllowed as too_late:
        messages.warning(request, str(too_late))
    else:
        messages.success(request, "The role has been ended.")
    return redirect("person", pk)


@require_http_methods(["GET", "POST"])
def person_hubs(request, pk):
    """Choose which hubs a team manager manages."""
    person = _person(request, pk)
    allow(policies.may_choose_hubs(request.user, person))
    if not policies.manages_hubs(person):
        return redirect("person", pk)
    form = HubsForm(
        posted(request),
        initial={"manages": hub_managers.hubs_of(person)},
    )
    if request.method == "POST" and form.is_valid():
        ask_password_again(request)
        hub_managers.appoint_manager(request.user, person, form.cleaned_data["manages"])
        messages.success(request, "The hubs have been changed.")
        return redirect("person", pk)
    return _page(request, "overview/person_hubs.html", {"form": form, "person": person})


@require_POST
def person_reinvite(request, pk):
    """Send the invitation again."""
    person = _person(request, pk)
    return _act(
        request, person, accounts.reinvite, f"A new invitation to {person.name} is on its way."
    )


@require_http_methods(["GET", "POST"])
def person_deactivate(request, pk):
    """Ask once, then shut somebody out."""
    person = _person(request, pk)
    allow(policies.may_deactivate(request.user, person))
    if request.method == "GET":
        return _page(request, "overview/person_deactivate.html", {"person": person})
    return _act(
        request,
        person,
        accounts.deactivate,
        f"{person.name} has been signed out and can no longer sign in.",
    )


@require_POST
def person_reactivate(request, pk):
    """Let somebody back in."""
    person = _person(request, pk)
    return _act(request, person, accounts.reactivate, f"{person.name} can sign in again.")


def _act(request, person, act, done):
    try:
        act(request.user, person)
    except TransitionNotAllowed as too_late:
        messages.warning(request, str(too_late))
    else:
        messages.success(request, done)
    return redirect("person", person.pk)
