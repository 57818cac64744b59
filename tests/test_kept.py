"""What tests begin from: made once, each in a database of its own (``tests/kept.py``)."""

import pytest


def broken(world):
    raise LookupError


def whole(world):
    return "whole"


def test_what_cannot_be_made_is_in_the_way_of_nothing_else(inhabited, django_db_blocker):
    with django_db_blocker.unblock():
        with pytest.raises(LookupError):
            inhabited.begin(broken)
        _, begun = inhabited.begin(whole)
    assert begun.thing == "whole"
