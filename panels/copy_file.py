"""The PDF of one copy of the minutes: tagged, and nothing personal in its name."""

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone

from documents.pdf import PdfFailed, PdfUnavailable, pdf
from panels.copies import read


def title_of(distribution):
    """``Minutes M-1A2B3C4D``, or ``Actions`` before the full minutes follow."""
    what = "Minutes" if distribution.is_whole else "Actions"
    return f"{what} {distribution.version.meeting.reference}"


def name_of(distribution):
    """``minutes-m-1a2b3c4d-version-1.pdf``."""
    title = title_of(distribution).lower().replace(" ", "-")
    return f"{title}-version-{distribution.version.number}.pdf"


def made(distribution):
    """The bytes, or None where it cannot be made; the page itself prints in any case."""
    html = render_to_string("panels/pdf/copy.html", context_of(distribution))
    try:
        return pdf(html, title=title_of(distribution))
    except (PdfFailed, PdfUnavailable):
        return None


def context_of(distribution):
    """What the page, its print and its PDF say of a copy."""
    return {
        "copy": read(distribution.copy),
        "whole": distribution.is_whole,
        "minutes_on": distribution.minutes_on,
        "version": distribution.version,
        "title": title_of(distribution),
        "made_on": timezone.localdate(),
        "council": settings.COUNCIL,
    }


def held(distribution):
    """The PDF as the worker made it, or made now; None where it cannot be made."""
    file = getattr(distribution, "file", None)
    if file is not None and file.is_whole == distribution.is_whole:
        return bytes(file.pdf) if file.pdf else None
    return made(distribution)
