from django.urls import path

from panels import child_views, meeting_views, people_views, school_views, series_views

urlpatterns = [
    path("meetings/", meeting_views.meeting_list, name="meetings"),
    path("meetings/new/", meeting_views.new, name="meeting_new"),
    path("meetings/series/", series_views.series_list, name="series_list"),
    path("meetings/series/new/", series_views.new, name="series_new"),
    path("meetings/series/<uuid:pk>/", series_views.series, name="series"),
    path("meetings/series/<uuid:pk>/plan/", series_views.plan_on, name="series_plan"),
    path("meetings/series/<uuid:pk>/end/", series_views.end, name="series_end"),
    path("meetings/<uuid:pk>/", meeting_views.detail, name="meeting"),
    path("meetings/<uuid:pk>/change/", meeting_views.change, name="meeting_change"),
    path("meetings/<uuid:pk>/call/", meeting_views.call, name="meeting_call"),
    path("meetings/<uuid:pk>/cancel/", meeting_views.cancel, name="meeting_cancel"),
    path("meetings/<uuid:pk>/held/", meeting_views.held, name="meeting_held"),
    path("meetings/<uuid:pk>/invite.ics", meeting_views.download, name="meeting_ics"),
    path("meetings/<uuid:pk>/answer/", school_views.answer, name="meeting_answer"),
    path("meetings/<uuid:pk>/schools/add/", people_views.add_school, name="meeting_school_add"),
    path(
        "meetings/<uuid:pk>/schools/<urn:urn>/remove/",
        people_views.remove_school,
        name="meeting_school_remove",
    ),
    path("meetings/<uuid:pk>/people/", people_views.people, name="meeting_people"),
    path("meetings/<uuid:pk>/replies/", people_views.replies, name="meeting_replies"),
    path("meetings/<uuid:pk>/agencies/add/", people_views.add_agency, name="meeting_agency_add"),
    path(
        "meetings/<uuid:pk>/agencies/<uuid:invited>/remove/",
        people_views.remove_agency,
        name="meeting_agency_remove",
    ),
    path("meetings/<uuid:pk>/children/add/", child_views.add, name="meeting_child_add"),
    path(
        "meetings/<uuid:pk>/children/<uuid:child>/", child_views.change, name="meeting_child_change"
    ),
    path(
        "meetings/<uuid:pk>/children/<uuid:child>/panel/",
        child_views.panel_record,
        name="meeting_child_panel",
    ),
    path(
        "meetings/<uuid:pk>/children/<uuid:child>/remove/",
        child_views.remove,
        name="meeting_child_remove",
    ),
    path("shared/meetings/", school_views.shared_meetings, name="shared_meetings"),
    path("shared/meetings/<uuid:pk>/", school_views.shared_meeting, name="shared_meeting"),
    path("shared/meetings/<uuid:pk>/invite.ics", school_views.download, name="shared_meeting_ics"),
    path("shared/meetings/<uuid:pk>/answer/", school_views.answer, name="shared_meeting_answer"),
]
