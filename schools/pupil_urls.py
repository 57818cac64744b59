"""Addresses of one child, and of the list of statuses."""

from django.urls import path

from schools import import_views, pupil_views, status_kind_views

urlpatterns = [
    path("pupils/find/", pupil_views.find, name="pupil_find"),
    path("pupils/import/", import_views.pupils_import, name="pupils_import"),
    path("pupils/add/", pupil_views.add, name="pupil_add"),
    path("pupils/<uuid:pk>/reason/", pupil_views.give_reason, name="pupil_reason"),
    path("pupils/<uuid:pk>/change/", pupil_views.change, name="pupil_change"),
    path("pupils/<uuid:pk>/identifiers/", pupil_views.identifiers, name="pupil_identifiers"),
    path("pupils/<uuid:pk>/status/add/", pupil_views.add_status, name="pupil_status_add"),
    path(
        "pupils/<uuid:pk>/status/<uuid:status>/end/",
        pupil_views.end_status,
        name="pupil_status_end",
    ),
    path("pupils/<uuid:pk>/family/", pupil_views.family, name="pupil_family"),
    path("pupils/<uuid:pk>/family/<uuid:other>/link/", pupil_views.link, name="pupil_link"),
    path("pupils/<uuid:pk>/family/<uuid:link>/remove/", pupil_views.unlink, name="pupil_unlink"),
    path("pupils/<uuid:pk>/move/", pupil_views.move, name="pupil_move"),
    path("pupils/<uuid:pk>/moves/<uuid:move>/", pupil_views.handover, name="pupil_handover"),
    path("status-kinds/", status_kind_views.status_kinds, name="status_kinds"),
    path("status-kinds/add/", status_kind_views.add_status_kind, name="status_kind_add"),
    path(
        "status-kinds/<uuid:pk>/", status_kind_views.change_status_kind, name="status_kind_change"
    ),
    path(
        "status-kinds/<uuid:pk>/raise/",
        status_kind_views.raise_status_kind,
        name="status_kind_raise",
    ),
]
