from django.urls import path

from interventions import (
    consent_urls,
    ending_urls,
    measure_urls,
    plan_urls,
    programme_views,
    provision_urls,
    session_urls,
    work_urls,
)

urlpatterns = [
    *consent_urls.urlpatterns,
    *provision_urls.urlpatterns,
    *work_urls.urlpatterns,
    path("interventions/programmes/", programme_views.programme_list, name="programmes"),
    path("interventions/programmes/new/", programme_views.programme_add, name="programme_add"),
    path("interventions/programmes/<uuid:pk>/", programme_views.programme, name="programme"),
    path(
        "interventions/programmes/<uuid:pk>/change/",
        programme_views.programme_change,
        name="programme_change",
    ),
    path(
        "interventions/programmes/<uuid:pk>/criteria/new/",
        programme_views.criterion,
        name="criterion_new",
    ),
    path(
        "interventions/programmes/<uuid:pk>/criteria/<uuid:criterion_pk>/",
        programme_views.criterion,
        name="criterion_edit",
    ),
    path("interventions/programmes/<uuid:pk>/ask/", programme_views.case_ask, name="case_ask"),
    path(
        "interventions/programmes/cases/<uuid:pk>/",
        programme_views.programme_case,
        name="programme_case",
    ),
    *measure_urls.urlpatterns,
    *ending_urls.urlpatterns,
    *plan_urls.urlpatterns,
    *session_urls.urlpatterns,
]
