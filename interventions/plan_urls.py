"""Early Help Plans, on the team's side and on the school's."""

from django.urls import path

from interventions import plan_school_views, plan_views

urlpatterns = [
    path("plans/", plan_views.plan_list, name="plans"),
    path("plans/new/", plan_views.plan_new, name="plan_new"),
    path("plans/holders/", plan_views.plan_holders, name="plan_holders"),
    path("plans/import/", plan_views.plans_import, name="plans_import"),
    path("plans/<uuid:pk>/", plan_views.plan, name="early_help_plan"),
    path("plans/<uuid:pk>/change/", plan_views.plan_change, name="plan_change"),
    path("plans/<uuid:pk>/allocate/", plan_views.plan_allocate, name="plan_allocate"),
    path("plans/<uuid:pk>/end/", plan_views.plan_end, name="plan_end"),
    path("shared/plans/", plan_school_views.shared_plans, name="shared_plans"),
    path("shared/plans/<uuid:pk>/", plan_school_views.shared_plan, name="shared_plan"),
    path(
        "shared/plans/<uuid:pk>/started/",
        plan_school_views.shared_plan_started,
        name="shared_plan_started",
    ),
    path(
        "shared/plans/<uuid:pk>/declined/",
        plan_school_views.shared_plan_declined,
        name="shared_plan_declined",
    ),
    path(
        "shared/plans/<uuid:pk>/ended/",
        plan_school_views.shared_plan_ended,
        name="shared_plan_ended",
    ),
]
