import pytest

from documents.responses import pdf_response


def test_a_pdf_is_a_download_that_runs_nothing():
    response = pdf_response(b"%PDF-1.7 x", "early-help-consultation-2026-11-12.pdf")
    assert response.getvalue() == b"%PDF-1.7 x"
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Length"] == "10"
    assert (
        response["Content-Disposition"]
        == 'attachment; filename="early-help-consultation-2026-11-12.pdf"'
    )
    assert response["Content-Security-Policy"] == "sandbox"
    assert response["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("name", "sent"),
    [
        ('a";x="b.pdf', 'attachment; filename="a\\";x=\\"b.pdf"'),
        ("schoolŁ.pdf", "attachment; filename*=utf-8''school%C5%81.pdf"),
        ("a\r\nSet-Cookie: x.pdf", "attachment; filename*=utf-8''a%0D%0ASet-Cookie%3A%20x.pdf"),
    ],
)
def test_no_file_name_breaks_out_of_its_header(name, sent):
    assert pdf_response(b"x", name)["Content-Disposition"] == sent
