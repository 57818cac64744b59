"""The people pages, for administrators and, in part, team managers."""

from django.urls import path

from overview import people

urlpatterns = [
    path("people/", people.people, name="people"),
    path("people/invite/", people.invite, name="person_invite"),
    path("people/<uuid:pk>/", people.person, name="person"),
    path("people/<uuid:pk>/change/", people.person_change, name="person_change"),
    path("people/<uuid:pk>/roles/give/", people.role_give, name="person_role_give"),
    path(
        "people/<uuid:pk>/roles/<uuid:role_pk>/confirm/",
        people.role_confirm,
        name="person_role_confirm",
    ),
    path("people/<uuid:pk>/roles/<uuid:role_pk>/end/", people.role_end, name="person_role_end"),
    path("people/<uuid:pk>/hubs/", people.person_hubs, name="person_hubs"),
    path("people/<uuid:pk>/reinvite/", people.person_reinvite, name="person_reinvite"),
    path("people/<uuid:pk>/deactivate/", people.person_deactivate, name="person_deactivate"),
    path("people/<uuid:pk>/reactivate/", people.person_reactivate, name="person_reactivate"),
]
