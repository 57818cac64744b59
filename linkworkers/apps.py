from django.apps import AppConfig


class LinkworkersConfig(AppConfig):
    name = "linkworkers"
    verbose_name = "Link workers and allocations"

    def ready(self):
        from accounts import grants
        from linkworkers import entitlements, notices, reallocation_notices, support_notices

        grants.expect(
            "schools.SchoolGrant", entitlements.ALLOCATION, entitlements.of_all_allocations
        )
        notices.register_kinds()
        reallocation_notices.register_kinds()
        support_notices.register_kinds()
