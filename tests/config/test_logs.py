import logging

from config.logs import NoTokens


def line(message, *args):
    record = logging.LogRecord("django.request", logging.WARNING, "", 0, message, args, None)
    NoTokens().filter(record)
    return record.getMessage()


def test_an_invitation_s_token_is_not_logged():
    assert line("Gone: %s", "/invitation/s3cret-token/renew/") == "Gone: /invitation/…/renew/"


def test_a_line_break_in_an_address_stays_in_one_line():
    """security.md 16.4.1: no log forging."""
    assert line("Not Found: %s", "/x\r\nWARNING forged") == "Not Found: /x\\r\\nWARNING forged"
