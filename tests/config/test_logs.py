import logging
import sys

from config.logs import NoTokens, NoValues


def line(message, *args):
    record = logging.LogRecord("django.request", logging.WARNING, "", 0, message, args, None)
    NoTokens().filter(record)
    return record.getMessage()


def test_an_invitation_s_token_is_not_logged():
    assert line("Gone: %s", "/invitation/s3cret-token/renew/") == "Gone: /invitation/…/renew/"


def test_a_line_break_in_an_address_stays_in_one_line():
    """security.md 16.4.1: no log forging."""
    assert line("Not Found: %s", "/x\r\nWARNING forged") == "Not Found: /x\\r\\nWARNING forged"


def test_a_traceback_says_where_and_not_what():
    """security.md 16.2.5: a database's error text quotes what somebody typed."""
    try:
        raise ValueError("CANARY typed by somebody")
    except ValueError:
        record = logging.LogRecord(
            "django.request", logging.ERROR, "", 0, "Error", (), sys.exc_info()
        )
    line = NoValues("%(message)s").format(record)
    assert "ValueError" in line
    assert "CANARY typed" not in line.replace('raise ValueError("CANARY typed by somebody")', "")
