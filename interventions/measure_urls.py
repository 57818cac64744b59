"""What changed, on the team's side; and the few questions a family answers without signing in."""

from django.urls import path

from interventions import feedback_views, measure_views

WORK = "interventions/<uuid:pk>/"

urlpatterns = [
    path(f"{WORK}measures/", measure_views.measures, name="measures"),
    path(f"{WORK}measures/new/<slug:kind>/", measure_views.measure_new, name="measure_new"),
    path(f"{WORK}measures/<uuid:measure>/", measure_views.measure_change, name="measure_change"),
    path(
        f"{WORK}measures/<uuid:measure>/remove/",
        measure_views.measure_remove,
        name="measure_remove",
    ),
    path(
        f"{WORK}feedback/<uuid:participant>/hand/",
        feedback_views.feedback_hand,
        name="feedback_hand",
    ),
    path(
        f"{WORK}feedback/<uuid:participant>/link/",
        feedback_views.feedback_link,
        name="feedback_link",
    ),
    path(
        f"{WORK}feedback/asked/<uuid:feedback>/",
        feedback_views.feedback_asked,
        name="feedback_asked",
    ),
    path(
        f"{WORK}feedback/asked/<uuid:feedback>/end/",
        feedback_views.feedback_end,
        name="feedback_end",
    ),
    path(f"{WORK}messages/", feedback_views.family_links, name="family_links"),
    path("feedback/leave/", feedback_views.feedback_leave, name="feedback_leave"),
    path("feedback/thanks/", feedback_views.feedback_thanks, name="feedback_thanks"),
    path("feedback/<str:token>/", feedback_views.feedback_form, name="feedback_form"),
]
