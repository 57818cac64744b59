"""A document as a download."""

import io
from collections.abc import Iterable

from django.http import FileResponse

from documents.csv import write_rows


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


def csv_response(
    filename: str, header: Iterable[str], rows: Iterable[Iterable[object]]
) -> FileResponse:
    """``header`` and ``rows``, written by ``write_rows``, as an attachment named ``filename``.

    The name goes into logs and download folders: the caller puts nothing personal in it.
    """
    stream = io.BytesIO()
    write_rows(stream, header, rows)
    stream.seek(0)
    return FileResponse(
        stream,
        as_attachment=True,
        filename=filename,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Security-Policy": "sandbox", "X-Content-Type-Options": "nosniff"},
    )
