import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext


@pytest.fixture
def page_of(as_):
    """``page_of(user, path)``: the response to a GET as that user."""

    def get(user, path="/", **kwargs):
        return as_(user).get(path, **kwargs)

    return get


@pytest.fixture
def queries_of(page_of, client):
    """``queries_of(user, path)``: the queries of the page, without the transaction's own."""

    def count(user, path):
        page_of(user, path)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(path).status_code == 200
        return [q["sql"] for q in captured if "SAVEPOINT" not in q["sql"]]

    return count
