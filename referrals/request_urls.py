from django.urls import path

from referrals import request_answer_views as answers
from referrals import request_views as views

urlpatterns = [
    path("requests/", views.request_list_page, name="requests"),
    path("requests/ours/", views.our_requests, name="our_requests"),
    path("requests/new/", views.new, name="request_new"),
    path("requests/log/", views.log, name="request_log"),
    path("requests/<uuid:pk>/", views.detail, name="request"),
    path("requests/<uuid:pk>/read/", views.read, name="request_read"),
    path("requests/<uuid:pk>/add/", views.add, name="request_add"),
    path("requests/<uuid:pk>/pass-on/", views.pass_on, name="request_pass_on"),
    path("requests/<uuid:pk>/withdraw/", views.withdraw, name="request_withdraw"),
    path("requests/<uuid:pk>/consultation/", answers.consult, name="request_consult"),
    path("requests/<uuid:pk>/short-work/", answers.work, name="request_work"),
    path("requests/<uuid:pk>/advice/", answers.advise, name="request_advise"),
    path("requests/<uuid:pk>/meeting/", answers.meet, name="request_meet"),
    path("requests/<uuid:pk>/decline/", answers.decline, name="request_decline"),
    path("requests/<uuid:pk>/disagree/", answers.disagree, name="request_disagree"),
    path(
        "requests/<uuid:pk>/disagreements/<uuid:disagreement>/",
        answers.answer_disagreement,
        name="request_disagreement",
    ),
]
