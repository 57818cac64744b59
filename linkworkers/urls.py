from django.urls import path

from linkworkers import views

urlpatterns = [
    path("allocations/", views.allocations, name="allocations"),
    path("allocations/<urn:urn>/", views.allocate, name="allocate"),
    path("allocations/<uuid:pk>/end/", views.end, name="allocation_end"),
    path("allocations/<uuid:pk>/resume/", views.resume, name="allocation_resume"),
    path("allocations/agreements/<uuid:pk>/", views.agreement, name="agreement"),
    path("allocations/agreements/<uuid:pk>/agree/", views.agree, name="agreement_agree"),
    path("allocations/agreements/<uuid:pk>/object/", views.object_to, name="agreement_object"),
    path("allocations/agreements/<uuid:pk>/withdraw/", views.withdraw, name="agreement_withdraw"),
    path("link-workers/<uuid:pk>/change/", views.change, name="link_worker_change"),
    path("conflicts/", views.conflicts, name="conflicts"),
    path("conflicts/declare/", views.declare, name="conflict_declare"),
    path("conflicts/<uuid:pk>/withdraw/", views.withdraw_conflict, name="conflict_withdraw"),
]
