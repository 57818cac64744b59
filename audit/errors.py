class TransitionNotAllowed(Exception):
    """The act comes too late: the record's state no longer allows it.

    ``str(error)`` is a sentence for the person, shown beside the record.
    """
