from django.apps import AppConfig


class InterventionsConfig(AppConfig):
    name = "interventions"
    verbose_name = "Short interventions and Early Help Plans"

    def ready(self):
        from interventions import (
            consent_notices,
            disagreement_notices,
            feedback_notices,
            plan_notices,
            review_chasing,
            session_notices,
            work_notices,
        )

        consent_notices.register_kinds()
        disagreement_notices.register_kinds()
        feedback_notices.register_kinds()
        plan_notices.register_kinds()
        review_chasing.register_kinds()
        session_notices.register_kinds()
        work_notices.register_kinds()
