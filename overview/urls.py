from django.http import HttpResponse
from django.urls import path

urlpatterns = [
    path("", lambda request: HttpResponse(), name="home"),
    path("schools/<urn>/", lambda request, urn: HttpResponse(), name="school"),
]
