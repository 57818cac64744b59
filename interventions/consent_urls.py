from django.urls import path

from interventions import consent_views as views

urlpatterns = [
    path("interventions/<uuid:pk>/consent/", views.consent, name="intervention_consent"),
    path(
        "interventions/<uuid:pk>/consent/<uuid:consent_pk>/withdraw/",
        views.withdraw,
        name="intervention_withdraw",
    ),
    path("interventions/<uuid:pk>/watch/", views.watch, name="intervention_watch"),
    path(
        "interventions/<uuid:pk>/family-told/", views.family_told, name="intervention_family_told"
    ),
    path("shared/short-work/<uuid:pk>/consent/", views.shared_consent, name="shared_work_consent"),
    path(
        "shared/short-work/<uuid:pk>/consent/<uuid:consent_pk>/withdraw/",
        views.shared_withdraw,
        name="shared_work_withdraw",
    ),
]
