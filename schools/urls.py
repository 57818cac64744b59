from django.urls import include, path, register_converter

from schools import (
    attendance_views,
    geography_views,
    import_views,
    term_views,
    together_views,
    transition_views,
    unsaved_views,
    views,
)
from schools.converters import UrnConverter

register_converter(UrnConverter, "urn")

urlpatterns = [
    path("", include("schools.pupil_urls")),
    path("unsaved/<uuid:pk>/", unsaved_views.unsaved_form, name="unsaved_form"),
    path("unsaved/<uuid:pk>/discard/", unsaved_views.discard_unsaved, name="unsaved_form_discard"),
    path("schools/", views.school_list, name="school_list"),
    path("schools/add/", views.add_school, name="school_add"),
    path("schools/<urn:urn>/change/", views.change_school, name="school_change"),
    path("schools/<urn:urn>/attendees/", views.agree_attendees, name="school_attendees"),
    path("schools/<urn:urn>/together/", together_views.change_together, name="school_together"),
    path(
        "schools/<urn:urn>/policies/<uuid:pk>/read/",
        together_views.read_policy,
        name="policy_read",
    ),
    path("schools/<urn:urn>/also-here/add/", together_views.add_also_here, name="also_here_add"),
    path("schools/<urn:urn>/also-here/usual/", together_views.add_usual, name="also_here_usual"),
    path(
        "schools/<urn:urn>/also-here/<uuid:pk>/",
        together_views.change_also_here,
        name="also_here_change",
    ),
    path(
        "schools/<urn:urn>/also-here/<uuid:pk>/remove/",
        together_views.remove_also_here,
        name="also_here_remove",
    ),
    path(
        "schools/<urn:urn>/attendance/",
        attendance_views.school_attendance,
        name="school_attendance",
    ),
    path(
        "schools/<urn:urn>/attendance/discuss/",
        attendance_views.discuss,
        name="attendance_discuss",
    ),
    path("schools/<urn:urn>/terms/", term_views.school_terms, name="school_terms"),
    path("schools/<urn:urn>/terms/add/", term_views.add_school_term, name="school_term_add"),
    path(
        "schools/<urn:urn>/inset-days/<uuid:pk>/remove/",
        term_views.remove_inset_day,
        name="inset_day_remove",
    ),
    path("schools/<urn:urn>/contacts/add/", views.add_contact, name="contact_add"),
    path("schools/<urn:urn>/contacts/<uuid:pk>/", views.change_contact, name="contact_change"),
    path(
        "schools/<urn:urn>/contacts/<uuid:pk>/confirm/",
        views.confirm_contact,
        name="contact_confirm",
    ),
    path("schools/<urn:urn>/contacts/<uuid:pk>/end/", views.end_contact, name="contact_end"),
    path("schools/contacts/import/", import_views.contacts_import, name="contacts_import"),
    path("schools/attendance/import/", import_views.attendance_import, name="attendance_import"),
    path("schools/geographies/assign/", geography_views.assign, name="geographies_assign"),
    path("geographies/", views.geographies, name="geographies"),
    path("geographies/<slug:kind>/add/", views.add_place, name="place_add"),
    path("geographies/<slug:kind>/<uuid:pk>/", views.change_place, name="place_change"),
    path("terms/", term_views.terms, name="terms"),
    path("terms/add/", term_views.add_term, name="term_add"),
    path("terms/<uuid:pk>/", term_views.change_term, name="term_change"),
    path("terms/<uuid:pk>/remove/", term_views.remove_term, name="term_remove"),
    path("transition/", transition_views.transition, name="transition"),
    path("transition/add/<uuid:pk>/", transition_views.add, name="transition_add"),
    path("transition/<uuid:pk>/", transition_views.entry, name="transition_entry"),
    path("transition/<uuid:pk>/change/", transition_views.change, name="transition_change"),
    path("transition/<uuid:pk>/end/", transition_views.end, name="transition_end"),
    path("agencies/", views.agencies, name="agencies"),
    path("agencies/add/", views.add_agency, name="agency_add"),
    path("agencies/<uuid:pk>/", views.change_agency, name="agency_change"),
    path("agencies/<uuid:pk>/contacts/add/", views.add_agency_contact, name="agency_contact_add"),
    path(
        "agencies/<uuid:agency>/contacts/<uuid:pk>/",
        views.change_agency_contact,
        name="agency_contact_change",
    ),
    path(
        "agencies/<uuid:agency>/contacts/<uuid:pk>/remove/",
        views.remove_agency_contact,
        name="agency_contact_remove",
    ),
]
