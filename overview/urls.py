from django.urls import path

from overview import people_urls, views

urlpatterns = [
    path("", views.home, name="home"),
    path("schools/<urn:urn>/", views.school, name="school"),
    *people_urls.urlpatterns,
]
