"""The addresses of sessions, of the notes given to a school, and of the family's plan."""

from django.urls import path

from interventions import family_plan_views, school_note_views, session_views

urlpatterns = [
    path("interventions/<uuid:pk>/sessions/new/", session_views.new, name="session_new"),
    path("interventions/sessions/<uuid:pk>/", session_views.detail, name="session"),
    path("interventions/sessions/<uuid:pk>/edit/", session_views.edit, name="session_edit"),
    path(
        "interventions/sessions/<uuid:pk>/complete/",
        session_views.complete,
        name="session_complete",
    ),
    path(
        "interventions/sessions/<uuid:pk>/discard/", session_views.discard, name="session_discard"
    ),
    path(
        "interventions/sessions/<uuid:pk>/hand-over/",
        session_views.hand_over,
        name="session_hand_over",
    ),
    path(
        "interventions/sessions/<uuid:pk>/reason/",
        session_views.give_reason,
        name="session_reason",
    ),
    path(
        "interventions/sessions/<uuid:pk>/addendum/",
        session_views.addendum,
        name="session_addendum",
    ),
    path("interventions/sessions/<uuid:pk>/give/", session_views.give, name="session_give"),
    path("interventions/sessions/<uuid:pk>/print/", session_views.print_view, name="session_print"),
    # Named after the model, for what follows from a child's part.
    path("interventions/sessions/parts/<uuid:pk>/", session_views.of_part, name="sessionpart"),
    path(
        "shared/short-work/<uuid:pk>/parts/<uuid:part_pk>/",
        school_note_views.shared_part,
        name="shared_part",
    ),
    path(
        "shared/short-work/<uuid:pk>/parts/<uuid:part_pk>/pdf/",
        school_note_views.shared_part_pdf,
        name="shared_part_pdf",
    ),
    path(
        "shared/short-work/<uuid:pk>/parts/<uuid:part_pk>/stored/",
        school_note_views.shared_part_stored,
        name="shared_part_stored",
    ),
    path("interventions/<uuid:pk>/plan/", family_plan_views.family_plan, name="family_plan"),
    path(
        "interventions/<uuid:pk>/plan/print/",
        family_plan_views.family_plan_print,
        name="family_plan_print",
    ),
    path(
        "interventions/<uuid:pk>/plan/pdf/",
        family_plan_views.family_plan_pdf,
        name="family_plan_pdf",
    ),
]
