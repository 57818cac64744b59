from django.urls import path

from notifications import views

urlpatterns = [
    path("messages/", views.messages, name="messages"),
    path("messages/demo/", views.demo_mailbox, name="demo_mailbox"),
    path("messages/demo/<uuid:id>/", views.demo_letter, name="demo_letter"),
]
