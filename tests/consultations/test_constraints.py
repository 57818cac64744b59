"""What a consultation and its actions can never say, whoever writes them."""

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from consultations.models import Action, Consultation


def impossible(name, rows, **facts):
    """The database refuses to make the rows say this."""
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        assert rows.update(**facts)


@pytest.mark.parametrize("state", ["draft", "completed"])
def test_only_what_was_shared_is_stored_by_the_school(world, state):
    notes = Consultation.objects.filter(pk=getattr(world, state).pk)
    impossible("consult_stored_when_shared", notes, stored_on=timezone.localdate())


def test_an_action_is_one_person_s_and_never_nobody_s(world):
    actions = Action.objects.filter(consultation=world.completed)
    nobody = {"owner_user": None, "owner_contact": None, "owner_name": ""}
    everybody = {
        "owner_user": world.primary,
        "owner_contact": world.dsl_post,
        "owner_name": "Nia Nurse",
    }
    for kind, owner in everybody.items():
        assert actions.update(**{**nobody, kind: owner}) == 1
        for other in everybody.keys() - {kind}:
            impossible("action_has_one_owner", actions, **{other: everybody[other]})
    impossible("action_has_one_owner", actions, **nobody)
