def may_read_outbox(user):
    """Administrators see what went to whom and whether it arrived, never what it says."""
    return user.has_role("administrator")
