"""Police notices, at addresses that say nothing of what they are about."""

from django.urls import path

from referrals import domestic_abuse_views as views

ONE = "notices/<uuid:pk>/"

urlpatterns = [
    path("notices/", views.notice_list, name="notices"),
    path("notices/new/", views.notice_new, name="notice_new"),
    path(ONE, views.notice, name="notice"),
    path(f"{ONE}correct/", views.notice_correct, name="notice_correct"),
    path(f"{ONE}assess/", views.notice_assess, name="notice_assess"),
    path(f"{ONE}decide/", views.notice_decide, name="notice_decide"),
    path(f"{ONE}readers/", views.notice_reader, name="notice_reader"),
    path(f"{ONE}kept/", views.notice_keep, name="notice_keep"),
    path(
        f"{ONE}readers/<uuid:reader>/remove/",
        views.notice_reader_remove,
        name="notice_reader_remove",
    ),
    path(f"{ONE}referral/", views.notice_link, name="notice_link"),
    path(f"{ONE}support/", views.notice_support, name="notice_support"),
]
