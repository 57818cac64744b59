from django.urls import include, path

from config import drafts, pages, urgent

urlpatterns = [
    path("urgent/", urgent.urgent, name="urgent"),
    path("healthz", urgent.healthz),
    path("healthz/", urgent.healthz, name="healthz"),
    path("accessibility/", pages.accessibility, name="accessibility"),
    path("privacy/", pages.privacy, name="privacy"),
    path("help/", pages.help_page, name="help"),
    path("drafts/<uuid:pk>/", drafts.save_draft, name="draft_save"),
    *(
        path("", include(f"{app}.urls"))
        for app in (
            "accounts",
            "notifications",
            "schools",
            "linkworkers",
            "consultations",
            "interventions",
            "referrals",
            "panels",
            "overview",
        )
    ),
]

handler400 = "config.errors.bad_request"
handler403 = "config.errors.permission_denied"
handler404 = "config.errors.page_not_found"
handler500 = "config.errors.server_error"
