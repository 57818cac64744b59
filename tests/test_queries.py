"""The guard over every page that a test opens: rows beside rows are asked for all at once."""

import pytest
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.urls import path
from zeal import NPlusOneError

from schools.models import School


def hubs_of(schools):
    return HttpResponse(", ".join(school.hub.name for school in schools))


@login_not_required
def row_by_row(request):
    return hubs_of(School.objects.all())


@login_not_required
def at_once(request):
    return hubs_of(School.objects.select_related("hub"))


urlpatterns = [path("row-by-row/", row_by_row), path("at-once/", at_once)]


@pytest.mark.urls(__name__)
def test_a_page_that_asks_row_by_row_fails_its_test(world, client):
    assert client.get("/at-once/").status_code == 200
    with pytest.raises(NPlusOneError, match=r"schools\.School\.hub"):
        client.get("/row-by-row/")
