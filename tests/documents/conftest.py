import pytest

from documents import libraries


@pytest.fixture
def no_pango(tmp_path, monkeypatch):
    """PDF processes find an empty file where Pango should be."""
    (tmp_path / "libpango-1.0.so.0").touch()
    monkeypatch.setenv("LD_LIBRARY_PATH", str(tmp_path))


@pytest.fixture
def no_fonts(tmp_path, monkeypatch):
    """PDF processes are told of no folder with fonts."""
    empty = tmp_path / "fonts.conf"
    empty.write_text("<fontconfig></fontconfig>")
    monkeypatch.setattr(libraries, "FONTS_CONF", empty)
