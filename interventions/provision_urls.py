from django.urls import path

from interventions import disagreement_views, provision_views, summary_views

urlpatterns = [
    path("shared/short-work/", provision_views.shared_work_list, name="shared_work_list"),
    path("shared/short-work/csv/", provision_views.shared_work_csv, name="shared_work_csv"),
    path("shared/short-work/<uuid:pk>/", provision_views.shared_work, name="shared_work"),
    path(
        "shared/short-work/<uuid:pk>/disagree/",
        disagreement_views.shared_disagree,
        name="shared_work_disagree",
    ),
    path(
        "interventions/<uuid:pk>/disagreements/<uuid:disagreement>/",
        disagreement_views.disagreement_answer,
        name="disagreement_answer",
    ),
    path("schools/<urn:urn>/provision/", provision_views.school_provision, name="school_provision"),
    path(
        "schools/<urn:urn>/provision/csv/",
        provision_views.school_provision_csv,
        name="school_provision_csv",
    ),
    path("schools/<urn:urn>/summary/", summary_views.school_summary, name="school_summary"),
    path(
        "schools/<urn:urn>/summary/pdf/",
        summary_views.school_summary_pdf,
        name="school_summary_pdf",
    ),
]
