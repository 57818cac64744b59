from django.apps import AppConfig


class PanelsConfig(AppConfig):
    name = "panels"
    verbose_name = "Meetings and minutes"

    def ready(self):
        from accounts import grants
        from panels import entitlements, invitation_notices

        invitation_notices.register_kinds()
        grants.expect("panels.MeetingGrant", "meeting_organiser", entitlements.of_all_organisers)
        grants.expect("panels.MeetingGrant", "meeting_person", entitlements.of_all_people)
