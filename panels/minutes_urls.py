from django.urls import path

from panels import minutes_views as views

urlpatterns = [
    path("", views.minutes, name="minutes"),
    path("begin/", views.begin, name="minutes_begin"),
    path("check/", views.check, name="minutes_check"),
    path("correct/", views.correct, name="minutes_correct"),
    path("correct/cancel/", views.cancel_correction, name="minutes_correct_cancel"),
    path("hand-over/", views.hand_over, name="minutes_hand_over"),
    path("here/", views.here, name="minutes_here"),
    path("here/add/", views.guest, name="minutes_guest"),
    path("items/add/", views.add_item, name="minutes_item_add"),
    path("items/<uuid:item>/", views.item, name="minutes_item"),
    path("items/<uuid:item>/name/", views.rename_item, name="minutes_item_name"),
    path("items/<uuid:item>/remove/", views.remove_item, name="minutes_item_remove"),
    path("items/<uuid:item>/initials/", views.write_initials, name="minutes_initials"),
    path("actions/<uuid:action>/", views.change_action, name="minutes_action"),
    path("actions/<uuid:action>/remove/", views.remove_action, name="minutes_action_remove"),
    path("<int:number>/", views.version, name="minutes_version"),
    path("<int:number>/print/", views.print_version, name="minutes_print"),
]
