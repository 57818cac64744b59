from django.apps import AppConfig


class ConsultationsConfig(AppConfig):
    name = "consultations"
    verbose_name = "Early help consultations"

    def ready(self):
        from accounts import grants
        from consultations import chasing, comment_notices, entitlements, notices, nurse_notices

        notices.register_kinds()
        comment_notices.register_kinds()
        chasing.register_kinds()
        nurse_notices.register_kinds()
        grants.expect("consultations.ConsultationGrant", "school_share", entitlements.at_school)
        grants.expect("consultations.ConsultationGrant", "guest_share", entitlements.guests)
