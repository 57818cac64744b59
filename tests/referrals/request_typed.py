"""Every text that is typed about requests for support, as the posts of their forms."""

import uuid

from tests.referrals.support_requests import facts

# The kinds of message that these posts write.
KINDS = {
    "request_added",
    "request_answered",
    "request_asked",
    "request_copied",
    "request_disagreed",
    "request_disagreement_answered",
    "request_passed_on",
    "request_to_be_a_meeting",
    "request_withdrawn",
}


def request_posts(world, text):
    """Yields ``(user, address, data)`` about Oakfield, ``text`` in every box for words."""
    asked, withdrawn = uuid.uuid4(), uuid.uuid4()
    for pk in (asked, withdrawn):
        words = facts(wanted="advice", words=text, suits=text)
        yield world.dsl, "/requests/new/", {**words, "id": pk}
    call = facts(wanted="discussion", words=text, suits=text) | {
        "source": "front_door",
        "asked_name": text,
        "asked_role": text,
        "channel": "phone",
        "received_on": "yesterday",
    }
    yield world.primary, f"/requests/log/?school={world.oakfield.urn}", call
    here = f"/requests/{asked}/"
    yield world.dsl, f"{here}add/", {"text": text}
    yield world.manager, f"{here}pass-on/", {"to": world.secondary.pk, "text": text}
    yield world.secondary, f"{here}advice/", {"text": text}
    yield world.primary, f"{here}meeting/", {"text": f"{text} again"}
    yield world.primary, f"{here}decline/", {"why": "not_ours", "text": text}
    yield world.dsl, f"{here}disagree/", {"why": text}
    said = world.oakfield.support_requests.get(pk=asked).disagreements.get()
    yield world.manager, f"{here}disagreements/{said.pk}/", {"answer": text}
    yield world.dsl, f"/requests/{withdrawn}/withdraw/", {"text": text}
