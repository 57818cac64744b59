"""A document as a download."""

import io

from django.http import FileResponse


def pdf_response(data: bytes, filename: str) -> FileResponse:
    """``data`` as an attachment named ``filename``, inert in the browser (security.md 3.2.1).

    The name goes into logs and download folders: the caller puts nothing personal in it.
    """
    return FileResponse(
        io.BytesIO(data),
        as_attachment=True,
        filename=filename,
        content_type="application/pdf",
        headers={"Content-Security-Policy": "sandbox", "X-Content-Type-Options": "nosniff"},
    )
