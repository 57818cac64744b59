from django.apps import AppConfig


class PanelsConfig(AppConfig):
    name = "panels"
    verbose_name = "Meetings and minutes"

    def ready(self):
        from accounts import grants
        from panels import (
            action_chasing,
            action_notices,
            distribution_notices,
            entitlements,
            invitation_notices,
            minutes_chasing,
            organiser_notices,
            targeting_chasing,
        )

        action_chasing.register_kinds()
        action_notices.register_kinds()
        organiser_notices.register_kinds()
        distribution_notices.register_kinds()
        invitation_notices.register_kinds()
        minutes_chasing.register_kinds()
        targeting_chasing.register_kinds()
        grants.expect("panels.MeetingGrant", "meeting_organiser", entitlements.of_all_organisers)
        grants.expect("panels.MeetingGrant", "meeting_person", entitlements.of_all_people)
