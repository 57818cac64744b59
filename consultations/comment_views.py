"""The thread of comments beside a consultation."""

import uuid

from django import forms
from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from audit.errors import allow
from consultations import policies
from consultations.children import open_among
from consultations.children_views import children_named
from consultations.models import Consultation
from consultations.services import comments as comment_services
from consultations.views import looked_with_children
from govuk.fields import long_text
from govuk.forms import Form, posted
from schools.doors import ask_first


class CommentForm(Form):
    """What to say to the other side."""

    once = forms.UUIDField(widget=forms.HiddenInput, required=False, initial=uuid.uuid4)
    text = long_text("Your comment", 5_000, "Enter your comment", rows=4)


@require_http_methods(["GET", "POST"])
def comments(request, pk):
    """``/consultations/<id>/comments/``: between its authors and the managers who read it.

    Reading needs the children open; a comment typed while they were is kept all the same.
    """
    consultation = get_object_or_404(
        Consultation.objects.visible_to(request.user).select_related(
            "school", "author", "started_by"
        ),
        pk=pk,
    )
    allow(policies.may_comment(request.user, consultation))
    form = CommentForm(posted(request))
    if request.method == "POST" and form.is_valid():
        comment_services.comment(
            request.user, consultation, form.cleaned_data["text"], form.cleaned_data["once"]
        )
        messages.success(request, "Comment added.")
        return redirect("consultation_comments", pk=pk)
    # What is said here is about the same children as the record, whose page asks for the reason.
    pupils = open_among(request.user, children_named(consultation))
    if pupils is None:
        if request.method == "GET":
            return redirect("consultation", pk=pk)
        return ask_first(request, reverse("consultation_reason", args=[pk]))
    looked_with_children(request, consultation, pupils)
    said = list(consultation.comments.select_related("written_by"))
    comment_services.read(request.user, consultation, said)
    return render(
        request,
        "consultations/comments.html",
        {
            "consultation": consultation,
            "comments": said,
            "form": form,
            "nav": "schools",
        },
    )
