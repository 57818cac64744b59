"""Who supports which school, with what people hold beside their schools.

Link workers and their schools know nothing of plans for families, so these are handed to the
pages that weigh who carries how much.
"""

from django.urls import path

from interventions.plan_page import plans_held
from linkworkers import plan_views, reallocation_views, views

HELD = {"plans_held": plans_held}

urlpatterns = [
    path("allocations/", views.allocations, HELD, name="allocations"),
    path("allocations/<urn:urn>/", views.allocate, HELD, name="allocate"),
    path("allocations/plan/", plan_views.plan, HELD, name="plan"),
    path("allocations/plan/<uuid:pk>/again/", plan_views.again, HELD, name="plan_again"),
    path("allocations/move/", reallocation_views.reallocations, HELD, name="reallocations"),
    path("link-workers/<uuid:pk>/move/", reallocation_views.reallocate, HELD, name="reallocate"),
]
