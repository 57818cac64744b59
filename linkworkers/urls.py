from django.urls import path

from linkworkers import (
    absence_views,
    agreement_views,
    conflict_views,
    cover_views,
    plan_views,
    support_views,
    views,
)

urlpatterns = [
    path("allocations/<uuid:pk>/end/", views.end, name="allocation_end"),
    path("allocations/<uuid:pk>/resume/", views.resume, name="allocation_resume"),
    path("allocations/agreements/<uuid:pk>/", agreement_views.agreement, name="agreement"),
    path("allocations/agreements/<uuid:pk>/agree/", agreement_views.agree, name="agreement_agree"),
    path(
        "allocations/agreements/<uuid:pk>/object/",
        agreement_views.object_to,
        name="agreement_object",
    ),
    path(
        "allocations/agreements/<uuid:pk>/withdraw/",
        agreement_views.withdraw,
        name="agreement_withdraw",
    ),
    path("allocations/cover/", cover_views.coverage, name="coverage"),
    path("allocations/<urn:urn>/cover/", cover_views.cover, name="cover"),
    path(
        "allocations/agreements/<uuid:pk>/answer/",
        agreement_views.answer_for,
        name="agreement_answer",
    ),
    path(
        "allocations/agreements/<uuid:pk>/meeting/",
        agreement_views.agree_at_meeting,
        name="agreement_meeting",
    ),
    path(
        "allocations/agreements/<uuid:pk>/interim/",
        agreement_views.name_interim,
        name="agreement_interim",
    ),
    path("allocations/plan/<uuid:pk>/", plan_views.result, name="plan_result"),
    path("allocations/plan/<uuid:pk>/state/", plan_views.state, name="plan_state"),
    path("allocations/plan/<uuid:pk>/apply/", plan_views.apply, name="plan_apply"),
    path("away/", absence_views.away, name="away"),
    path("link-workers/<uuid:pk>/absences/", absence_views.absences, name="absences"),
    path(
        "link-workers/<uuid:pk>/absences/<uuid:absence_pk>/",
        absence_views.change,
        name="absence_change",
    ),
    path(
        "link-workers/<uuid:pk>/absences/<uuid:absence_pk>/remove/",
        absence_views.remove,
        name="absence_remove",
    ),
    path("link-workers/<uuid:pk>/change/", views.change, name="link_worker_change"),
    path("conflicts/", conflict_views.conflicts, name="conflicts"),
    path("conflicts/declare/", conflict_views.declare, name="conflict_declare"),
    path(
        "conflicts/<uuid:pk>/withdraw/", conflict_views.withdraw_conflict, name="conflict_withdraw"
    ),
    path("schools/<urn:urn>/presence/", support_views.agree_presence, name="presence_agree"),
    path("schools/<urn:urn>/visits/", support_views.log_visit, name="visit_log"),
    path(
        "schools/<urn:urn>/visits/<uuid:pk>/remove/",
        support_views.remove_visit,
        name="visit_remove",
    ),
    path("schools/<urn:urn>/crisis/", support_views.enter_crisis, name="crisis_enter"),
    path("crises/<uuid:pk>/", support_views.crisis, name="crisis"),
    path("crises/<uuid:pk>/decide/", support_views.decide_crisis, name="crisis_decide"),
    path("schools/<urn:urn>/enhanced-support/", support_views.enhance, name="enhance"),
    path("enhanced-support/<uuid:pk>/review/", support_views.review, name="enhanced_review"),
    path("schools/<urn:urn>/attempts/", support_views.log_attempt, name="attempt_log"),
    path("schools/<urn:urn>/focus/", support_views.adjust_focus, name="focus_adjust"),
    path("support-criteria/", support_views.criteria, name="support_criteria"),
    path("support-criteria/add/", support_views.add_criterion, name="criterion_add"),
    path("support-criteria/<int:pk>/", support_views.change_criterion, name="criterion_change"),
    path("support-criteria/<int:pk>/raise/", support_views.raise_criterion, name="criterion_raise"),
]
