from django.core.exceptions import PermissionDenied


class TransitionNotAllowed(Exception):
    """The act comes too late: the record's state no longer allows it.

    ``str(error)`` is a sentence for the person, shown beside the record.
    """


def allow(condition):
    """PermissionDenied unless ``condition``, the answer of a policy, holds."""
    if not condition:
        raise PermissionDenied
