from django.urls import path

from drafts import views

urlpatterns = [path("drafts/<uuid:pk>/", views.save, name="draft_save")]
