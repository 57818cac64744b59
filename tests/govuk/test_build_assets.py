"""The build keeps what is GOV.UK's alone out of a council's pages (ui.md 3)."""

import pytest
from django.core.management import CommandError, call_command

from govuk.management.commands import build_assets
from govuk.management.commands.build_assets import unbranded

FACE = '@font-face{font-family:GDS Transport;src:url("/assets/fonts/bold-v2.woff2")}'


@pytest.fixture
def packages(tmp_path, monkeypatch):
    """A small node_modules and a place to build to."""
    govuk = tmp_path / "node_modules/govuk-frontend/dist/govuk"
    govuk.mkdir(parents=True)
    (govuk / "govuk-frontend.min.css").write_text(f"{FACE}p{{color:red}}")
    (govuk / "govuk-frontend.min.js").write_text("let a;\n//# sourceMappingURL=x.js.map\n")
    fonts = tmp_path / "node_modules/dejavu-fonts-ttf/ttf"
    fonts.mkdir(parents=True)
    for font in build_assets.FONTS:
        (fonts / f"{font}.ttf").write_bytes(b"font")
    monkeypatch.setattr(build_assets, "PACKAGES", tmp_path / "node_modules")
    monkeypatch.setattr(build_assets, "BUILT", tmp_path / "assets_build")
    return govuk


def test_the_typeface_and_the_crest_are_gone():
    css = FACE + (
        'h1{font-family:GDS Transport,arial,sans-serif}h2{font-family:"GDS Transport",arial}'
        "footer{background:url(/assets/images/govuk-crest.svg) no-repeat}"
        "/*# sourceMappingURL=govuk-frontend.min.css.map */"
    )
    assert unbranded(css) == (
        "h1{font-family:arial,sans-serif}h2{font-family:arial}footer{background:none no-repeat}"
    )


@pytest.mark.parametrize(
    "css", ["b{font:1em GDS Transport}", "b{background:url(/assets/images/new.svg)}"]
)
def test_a_new_use_of_the_brand_stops_the_build(css):
    with pytest.raises(CommandError, match="still names"):
        unbranded(css)


def test_a_second_build_gives_the_same_files_and_nothing_stale(packages, tmp_path):
    built = tmp_path / "assets_build"

    def files():
        return {
            str(file.relative_to(built)): file.read_bytes()
            for file in built.rglob("*")
            if file.is_file()
        }

    call_command("build_assets", verbosity=0)
    first = files()
    (built / "css/old.css").write_text("stale")
    call_command("build_assets", verbosity=0)
    assert files() == first
    assert b"sourceMappingURL" not in b"".join(first.values())
    assert {f"fonts/{font}.ttf" for font in build_assets.FONTS} <= set(first)


def test_a_brand_that_is_left_keeps_the_last_good_build(packages, tmp_path):
    call_command("build_assets", verbosity=0)
    (packages / "govuk-frontend.min.css").write_text("b{font:1em GDS Transport}")
    with pytest.raises(CommandError):
        call_command("build_assets", verbosity=0)
    assert (tmp_path / "assets_build/css/govuk-frontend.css").read_text() == "p{color:red}"


def test_missing_packages_say_what_to_run(tmp_path, monkeypatch):
    monkeypatch.setattr(build_assets, "PACKAGES", tmp_path / "nowhere")
    with pytest.raises(CommandError, match="npm ci"):
        call_command("build_assets", verbosity=0)
