from django.urls import path

from overview import (
    chronology_made_views,
    chronology_views,
    contact_card,
    digest_views,
    enhanced,
    looks_views,
    people_urls,
    pupil_views,
    search_views,
    take_up_views,
    views,
    what_worked_views,
)

urlpatterns = [
    path("", views.home, name="home"),
    path("schools/<urn:urn>/", views.school, name="school"),
    path("schools/<urn:urn>/contact-card/", contact_card.contact_card, name="contact_card"),
    path("schools/<urn:urn>/chronology/", chronology_views.of_school, name="school_chronology"),
    path("pupils/<uuid:pk>/", pupil_views.pupil, name="pupil"),
    path("pupils/<uuid:pk>/looks/", looks_views.pupil_looks, name="pupil_looks"),
    path("pupils/<uuid:pk>/chronology/", chronology_views.chronology, name="chronology"),
    path("pupils/<uuid:pk>/chronology/new/", chronology_made_views.new, name="chronology_new"),
    path(
        "pupils/<uuid:pk>/chronology/<uuid:made>/",
        chronology_made_views.made,
        name="chronology_made",
    ),
    path(
        "pupils/<uuid:pk>/chronology/<uuid:made>/finish/",
        chronology_made_views.finish,
        name="chronology_finish",
    ),
    path(
        "pupils/<uuid:pk>/chronology/<uuid:made>/discard/",
        chronology_made_views.discard,
        name="chronology_discard",
    ),
    path(
        "pupils/<uuid:pk>/chronology/<uuid:made>/pdf/",
        chronology_made_views.made_pdf,
        name="chronology_pdf",
    ),
    path("looks/", looks_views.looks, name="looks"),
    path("looks/mine/", looks_views.own, name="looks_own"),
    path("digest/", digest_views.digest, name="digest"),
    path("enhanced-support/", enhanced.enhanced_support, name="enhanced_support"),
    path("take-up/", take_up_views.take_up_page, name="take_up"),
    path("take-up/csv/", take_up_views.take_up_csv, name="take_up_csv"),
    path("what-worked/", what_worked_views.what_worked_page, name="what_worked"),
    path("what-worked/print/", what_worked_views.what_worked_print, name="what_worked_print"),
    path("what-worked/csv/", what_worked_views.what_worked_csv, name="what_worked_csv"),
    path("what-worked/pathways/csv/", what_worked_views.pathways_csv, name="pathways_csv"),
    path("search/", search_views.search_page, name="search"),
    *people_urls.urlpatterns,
]
