from django.apps import AppConfig


class ReferralsConfig(AppConfig):
    name = "referrals"
    verbose_name = "Requests, the school's referrals and concerns"

    def ready(self):
        from referrals import (
            concern_notices,
            domestic_abuse_notices,
            referral_support_notices,
            request_notices,
        )

        concern_notices.register_kinds()
        domestic_abuse_notices.register_kinds()
        referral_support_notices.register_kinds()
        request_notices.register_kinds()
