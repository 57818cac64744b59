from django.urls import path

from interventions import list_views, work_views

urlpatterns = [
    path("interventions/", work_views.work_list_page, name="interventions"),
    path("interventions/new/", work_views.new, name="intervention_new"),
    path("interventions/<uuid:pk>/", work_views.detail, name="intervention"),
    path("interventions/<uuid:pk>/reason/", work_views.give_reason, name="intervention_reason"),
    path("interventions/<uuid:pk>/change/", work_views.change, name="intervention_change"),
    path("interventions/<uuid:pk>/people/", work_views.people, name="intervention_people"),
    path("interventions/<uuid:pk>/allocate/", work_views.allocate, name="intervention_allocate"),
    path("interventions/<uuid:pk>/decline/", work_views.decline, name="intervention_decline"),
    path("interventions/types/", list_views.work_types, name="work_types"),
    path("interventions/types/add/", list_views.add_work_type, name="work_type_add"),
    path("interventions/types/<uuid:pk>/", list_views.change_work_type, name="work_type_change"),
    path("interventions/scales/", list_views.scales, name="scales"),
    path("interventions/scales/add/", list_views.add_scale, name="scale_add"),
    path("interventions/scales/<uuid:pk>/", list_views.change_scale, name="scale_change"),
]
