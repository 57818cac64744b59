"""Help, privacy and accessibility: the same for everyone, signed in or not."""

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import render
from django.views.decorators.http import require_safe


@login_not_required
@require_safe
def accessibility(request):
    """``/accessibility/``: what works for whom, and what does not yet."""
    return render(request, "accessibility.html")


@login_not_required
@require_safe
def privacy(request):
    """``/privacy/``: what is kept about people, and why."""
    return render(request, "privacy.html")


@login_not_required
@require_safe
def help_page(request):
    """``/help/``: how to do the main jobs, and whom to ask."""
    return render(request, "help.html")
