from django.apps import AppConfig


class SchoolsConfig(AppConfig):
    name = "schools"
    verbose_name = "Schools, their contacts and the three geographies"

    def ready(self):
        from accounts import grants
        from schools import entitlements, notices

        grants.expect("schools.SchoolGrant", entitlements.POST, entitlements.of_all_posts)
        notices.register_kinds()
