"""A school's own referral while it is prepared; both sides at the same addresses."""

from django.urls import path

from referrals import referral_support_views as views

ONE = "referral-support/<uuid:pk>/"

urlpatterns = [
    path("referral-support/", views.referral_list, name="referral_list"),
    path("referral-support/new/", views.referral_new, name="referral_new"),
    path("referral-support/continuum/", views.continuum, name="continuum"),
    path("referral-support/continuum/add/", views.continuum_add, name="continuum_add"),
    path("referral-support/continuum/<uuid:pk>/", views.continuum_change, name="continuum_change"),
    path(ONE, views.referral, name="referral"),
    path(f"{ONE}prepare/", views.referral_prepare, name="referral_prepare"),
    path(f"{ONE}child/", views.referral_child, name="referral_child"),
    path(f"{ONE}chronology/", views.referral_chronology, name="referral_chronology"),
    path(f"{ONE}agreement/", views.referral_agreement, name="referral_agreement"),
    path(f"{ONE}referred/", views.referral_referred, name="referral_referred"),
    path(f"{ONE}outcome/", views.referral_outcome, name="referral_outcome"),
    path(f"{ONE}stop/", views.referral_stop, name="referral_stop"),
    path(f"{ONE}owner/", views.referral_owner, name="referral_owner"),
    path(f"{ONE}pack/", views.referral_pack, name="referral_pack"),
    path(f"{ONE}pack/pdf/", views.referral_pack_pdf, name="referral_pack_pdf"),
]
