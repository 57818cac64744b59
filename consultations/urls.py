from django.urls import path

from consultations import hand_over_views, school_views, views

urlpatterns = [
    path("consultations/", views.consultation_list, name="consultation_list"),
    path("consultations/new/", views.new, name="consultation_new"),
    path("consultations/<uuid:pk>/", views.detail, name="consultation"),
    path("consultations/<uuid:pk>/edit/", views.edit, name="consultation_edit"),
    path("consultations/<uuid:pk>/discard/", views.discard, name="consultation_discard"),
    path(
        "consultations/<uuid:pk>/hand-over/",
        hand_over_views.hand_over,
        name="consultation_hand_over",
    ),
    path("consultations/<uuid:pk>/complete/", views.complete, name="consultation_complete"),
    path("consultations/<uuid:pk>/share/", views.share, name="consultation_share"),
    path(
        "consultations/<uuid:pk>/remind/<uuid:share_pk>/", views.remind, name="consultation_remind"
    ),
    path("consultations/<uuid:pk>/addendum/", views.addendum, name="consultation_addendum"),
    path("consultations/<uuid:pk>/pdf/", views.note_pdf, name="consultation_pdf"),
    path("drafts/<uuid:pk>/", views.save_draft, name="draft_save"),
    path("actions/<uuid:pk>/done/", views.done, name="action_done"),
    path("shared/", school_views.shared_list, name="shared_list"),
    path("shared/<uuid:pk>/", school_views.shared_note, name="shared_note"),
    path("shared/<uuid:pk>/stored/", school_views.stored, name="shared_stored"),
    path("shared/<uuid:pk>/reply/", school_views.reply, name="shared_reply"),
    path("shared/<uuid:pk>/pdf/", views.note_pdf, name="shared_pdf"),
    path("shared/<uuid:pk>/print/", views.note_print, name="shared_print"),
]
