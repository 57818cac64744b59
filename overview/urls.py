from django.urls import path

from overview import contact_card, enhanced, people_urls, search_views, take_up_views, views

urlpatterns = [
    path("", views.home, name="home"),
    path("schools/<urn:urn>/", views.school, name="school"),
    path("schools/<urn:urn>/contact-card/", contact_card.contact_card, name="contact_card"),
    path("enhanced-support/", enhanced.enhanced_support, name="enhanced_support"),
    path("take-up/", take_up_views.take_up_page, name="take_up"),
    path("take-up/csv/", take_up_views.take_up_csv, name="take_up_csv"),
    path("search/", search_views.search_page, name="search"),
    *people_urls.urlpatterns,
]
