from django.urls import path

from drafts import views

urlpatterns = [
    path("unsaved/<uuid:pk>/", views.unsaved_form, name="unsaved_form"),
    path("unsaved/<uuid:pk>/discard/", views.discard_unsaved, name="unsaved_form_discard"),
]
