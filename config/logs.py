import logging
import re
import traceback

# One-use secrets stand in these addresses; Django logs the address of an answer above 400.
TOKEN = re.compile(r"(/(?:invitation|password/reset/key|minutes|feedback)/)[^/\s]+")


class NoTokens(logging.Filter):
    """Takes the one-use tokens out of what is logged, and folds a message into one line."""

    def filter(self, record):
        message = TOKEN.sub(r"\1…", record.getMessage())
        record.msg = message.replace("\r", "\\r").replace("\n", "\\n")
        record.args = ()
        return True


class NoValues(logging.Formatter):
    """Tracebacks as places only: a database's error text quotes what somebody typed."""

    def formatException(self, exc_info):
        kind, _, trace = exc_info
        return "".join(traceback.format_tb(trace)) + kind.__name__
