"""How a piece of work is reviewed, ends, goes on elsewhere and is taken up again."""

from django.urls import path

from interventions import ending_views

WORK = "interventions/<uuid:pk>/"

urlpatterns = [
    path(f"{WORK}review/", ending_views.review, name="intervention_review"),
    path(f"{WORK}end/", ending_views.end, name="intervention_end"),
    path(f"{WORK}step-up/", ending_views.step_up, name="intervention_step_up"),
    path(f"{WORK}step-down/", ending_views.step_down, name="intervention_step_down"),
    path(f"{WORK}reopen/", ending_views.reopen, name="intervention_reopen"),
    path(f"{WORK}again/", ending_views.ask_again, name="intervention_again"),
]
