"""Sign-in and the account pages. allauth's views are mounted one by one: only what is used."""

from allauth.account import views as allauth
from django.urls import path, re_path

from accounts import forms, views

urlpatterns = [
    path("sign-in/", views.sign_in, name="account_login"),
    path("sign-in/closed/", allauth.account_inactive, name="account_inactive"),
    path("sign-out/", views.SignOut.as_view(), name="account_logout"),
    path("sign-up/", views.SignUp.as_view(), name="account_signup"),
    path(
        "reauthenticate/",
        allauth.ReauthenticateView.as_view(form_class=forms.ReauthenticateForm),
        name="account_reauthenticate",
    ),
    path(
        "password/change/",
        allauth.PasswordChangeView.as_view(form_class=forms.ChangePasswordForm),
        name="account_change_password",
    ),
    path(
        "password/reset/",
        allauth.PasswordResetView.as_view(form_class=forms.ResetPasswordForm),
        name="account_reset_password",
    ),
    path("password/reset/sent/", allauth.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        allauth.PasswordResetFromKeyView.as_view(form_class=forms.ResetPasswordKeyForm),
        name="account_reset_password_from_key",
    ),
    path(
        "password/reset/done/",
        allauth.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    path("session/", views.session, name="session"),
    path("invitation/<str:token>/", views.invitation, name="invitation"),
    path("invitation/<str:token>/renew/", views.invitation_renew, name="invitation_renew"),
    path("account/", views.account, name="account"),
    path("account/emails/", views.cadence, name="account_emails"),
    path("account/sessions/", views.session_list, name="usersessions_list"),
    path("account/sessions/<int:pk>/end/", views.session_end, name="usersession_end"),
]
