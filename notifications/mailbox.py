"""Reading the files that messages become in demonstration mode."""

import email
import email.policy
import re
import uuid
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime

from django.conf import settings


@dataclass(frozen=True)
class Letter:
    """One delivered message. ``lines`` are lists of ``(text, is_link)``, ``files`` are names."""

    id: uuid.UUID
    sent_at: datetime
    to: str
    subject: str
    lines: list
    files: list


def letters(newest=100):
    """The letters delivered last, the latest first."""
    files = sorted(
        settings.DELIVERY_FOLDER.glob("*.eml"), key=lambda file: file.stat().st_mtime, reverse=True
    )
    return [_read(file) for file in files[:newest]]


def letter(id):
    """The Letter of the message ``id``, or None."""
    file = settings.DELIVERY_FOLDER / f"{id}.eml"
    return _read(file) if file.is_file() else None


def _read(file):
    message = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
    return Letter(
        id=uuid.UUID(file.stem),
        sent_at=parsedate_to_datetime(message["Date"]),
        to=message["To"],
        subject=message["Subject"],
        lines=[_parts(line) for line in message.get_body(("plain",)).get_content().splitlines()],
        files=[part.get_filename() for part in message.iter_attachments()],
    )


def _parts(line):
    """The line cut at Linkbook's own addresses: nothing else becomes a link."""
    own = rf"({re.escape(settings.SITE_URL)}/[^\s<>\"']*[\w/=-])"
    return [(text, bool(place % 2)) for place, text in enumerate(re.split(own, line)) if text]
