"""The browser journeys are never left out where they must run."""

import subprocess
from pathlib import Path

import pytest
from django.conf import settings

from tests import conftest

RUN = Path(settings.BASE_DIR) / ".ci" / "run"


@pytest.fixture
def no_browser(monkeypatch):
    monkeypatch.setattr(conftest, "find_chromium", lambda: None)
    return monkeypatch


def test_without_a_browser_a_journey_is_skipped(no_browser):
    no_browser.delenv("LINKBOOK_REQUIRE_CHROMIUM", raising=False)
    with pytest.raises(pytest.skip.Exception, match="apt-get install chromium"):
        conftest.chromium_program()


def test_where_a_browser_is_required_a_journey_without_one_fails(no_browser):
    no_browser.setenv("LINKBOOK_REQUIRE_CHROMIUM", "1")
    with pytest.raises(pytest.fail.Exception, match="apt-get install chromium"):
        conftest.chromium_program()


def test_the_run_of_every_change_requires_the_browser(tmp_path):
    make = tmp_path / "make"
    make.write_text('#!/bin/sh\necho "$1 $LINKBOOK_REQUIRE_CHROMIUM"\n')
    make.chmod(0o755)
    id_of_nobody = tmp_path / "id"
    id_of_nobody.write_text("#!/bin/sh\necho 65534\n")
    id_of_nobody.chmod(0o755)
    done = subprocess.run(
        [RUN],
        env={"PATH": f"{tmp_path}:/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines() == ["lint 1", "test 1", "chaos 1"]
