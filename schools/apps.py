from django.apps import AppConfig


class SchoolsConfig(AppConfig):
    name = "schools"
    verbose_name = "Schools, their contacts and the three geographies"

    def ready(self):
        from accounts import grants
        from schools import entitlements, hub_managers, notices

        grants.expect("schools.SchoolGrant", entitlements.POST, entitlements.of_all_posts)
        grants.expect("schools.HubGrant", hub_managers.STAFF_ROLE, hub_managers.of_all_roles)
        notices.register_kinds()
