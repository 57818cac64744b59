from django.core.checks.registry import registry

from documents import libraries
from documents.checks import pdf_libraries


def test_the_check_runs_with_all_others():
    assert pdf_libraries in registry.get_checks()


def test_a_machine_with_the_libraries_and_a_font_passes():
    assert libraries.missing_elsewhere() == []
    assert pdf_libraries(None) == []


def test_missing_pango_is_a_warning_with_the_apt_get_line(no_pango):
    [warning] = pdf_libraries(None)
    assert warning.id == "documents.W001"
    assert warning.msg.startswith("PDF needs system packages: apt-get install libpango-1.0-0")


def test_no_font_is_a_warning_with_the_apt_get_line(no_fonts):
    [warning] = pdf_libraries(None)
    assert warning.id == "documents.W001"
    assert "apt-get install fonts-dejavu-core" in warning.msg


def test_libraries_that_break_the_asking_process_count_as_missing(monkeypatch):
    monkeypatch.setattr("sys.executable", "/bin/false")
    [warning] = pdf_libraries(None)
    assert "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core" in warning.msg
