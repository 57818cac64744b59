import logging
import re

# One-use secrets stand in these addresses; Django logs the address of an answer above 400.
TOKEN = re.compile(r"(/(?:invitation|password/reset/key|minutes)/)[^/\s]+")


class NoTokens(logging.Filter):
    """Takes the one-use tokens out of what is logged, and folds a message into one line."""

    def filter(self, record):
        message = TOKEN.sub(r"\1…", record.getMessage())
        record.msg = message.replace("\r", "\\r").replace("\n", "\\n")
        record.args = ()
        return True
