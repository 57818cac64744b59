"""The system check that says what PDF needs of this machine."""

import subprocess

from django.core.checks import Warning

from documents import libraries


def pdf_libraries(app_configs, **kwargs):
    """Warning documents.W001 with the apt-get line, when libraries or fonts are missing."""
    try:
        lacking = libraries.missing_elsewhere()
    except subprocess.SubprocessError:
        # It ended without an answer: what it loads is there and broken.
        lacking = [*libraries.PACKAGES, libraries.FONT_PACKAGE]
    if not lacking:
        return []
    return [
        Warning(
            libraries.advice(lacking),
            hint="Until then every document has its print view, and everything else works.",
            id="documents.W001",
        )
    ]
