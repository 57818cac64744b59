from django.urls import path

from referrals import concern_views as views
from referrals import fallback_views

urlpatterns = [
    path("concerns/", views.concern_list, name="concerns"),
    path("concerns/new/", views.new, name="concern_new"),
    path("concerns/drafts/<uuid:pk>/discard/", views.discard, name="concern_discard"),
    path("concerns/fallbacks/", fallback_views.fallbacks, name="fallbacks"),
    path("concerns/fallbacks/new/", fallback_views.add, name="fallback_add"),
    path("concerns/fallbacks/<uuid:pk>/up/", fallback_views.move_up, name="fallback_up"),
    path("concerns/fallbacks/<uuid:pk>/end/", fallback_views.end, name="fallback_end"),
    path("concerns/<uuid:pk>/", views.concern, name="concern"),
    path("concerns/<uuid:pk>/acknowledge/", views.acknowledge, name="concern_acknowledge"),
    path("concerns/<uuid:pk>/decide/", views.decide, name="concern_decide"),
    path("concerns/<uuid:pk>/close/", views.close, name="concern_close"),
    path("concerns/<uuid:pk>/add/", views.add, name="concern_add"),
    path("concerns/<uuid:pk>/pass/", views.pass_on, name="concern_pass"),
    path("concerns/<uuid:pk>/aware/", views.aware, name="concern_aware"),
    path("concerns/<uuid:pk>/correct/", views.correct, name="concern_correct"),
    path("concerns/<uuid:pk>/child/", views.name_child, name="concern_child"),
    path("concerns/<uuid:pk>/disagree/", views.disagree, name="concern_disagree"),
    path(
        "concerns/<uuid:pk>/objections/<uuid:objection_pk>/",
        views.objection,
        name="concern_objection",
    ),
    path("concerns/<uuid:pk>/tell/<uuid:user_pk>/", views.tell, name="concern_tell"),
]
