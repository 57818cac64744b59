"""Pages that are about no school do not exist for those who have no business there."""

from django.http import Http404

from schools.scope import scope_of


def council_only(request):
    """Http404 for people outside the council, who hold no staff role."""
    if not scope_of(request.user).is_council:
        raise Http404


def register_readers_only(request):
    """Http404 for whoever may not open the register: the council, but information governance."""
    if not scope_of(request.user).opens_register:
        raise Http404
