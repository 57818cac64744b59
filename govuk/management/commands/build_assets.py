"""node_modules → assets_build: the GOV.UK styles and scripts without what is GOV.UK's alone.

The Design System allows the components on any service, its typeface, crown and crest only on
service.gov.uk (ui.md 3).
"""

import re
import shutil

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

PACKAGES = settings.BASE_DIR / "node_modules"
BUILT = settings.BASE_DIR / "assets_build"
BRAND_FONT = re.compile(r"@font-face\{[^}]*GDS Transport[^}]*\}")
BRAND_FAMILY = re.compile(r"""(["']?)GDS Transport\1\s*,\s*""")
CREST = re.compile(r"url\([^)]*govuk-crest[^)]*\)")
SOURCE_MAP = re.compile(r"(/\*# sourceMappingURL=[^*]*\*/|//# sourceMappingURL=\S+\s*$)")
FONTS = ("DejaVuSans", "DejaVuSans-Bold", "DejaVuSans-Oblique", "DejaVuSans-BoldOblique")


def unbranded(css):
    """The style sheet without typeface, crest and source map; CommandError if any is left."""
    css = SOURCE_MAP.sub("", BRAND_FAMILY.sub("", BRAND_FONT.sub("", css)))
    css = CREST.sub("none", css)
    for left in ("GDS Transport", "/assets/"):
        if left in css:
            raise CommandError(f"The GOV.UK style sheet still names {left!r}: see build_assets.")
    return css


class Command(BaseCommand):
    help = "Build assets_build/ from node_modules (run npm ci first)."
    requires_system_checks = ()

    def handle(self, **options):
        govuk = PACKAGES / "govuk-frontend/dist/govuk"
        if not govuk.is_dir():
            raise CommandError("node_modules is missing: run npm ci first.")
        fresh = BUILT.with_name("assets_build.new")
        shutil.rmtree(fresh, ignore_errors=True)
        for folder in ("css", "js", "fonts"):
            (fresh / folder).mkdir(parents=True)
        css = (govuk / "govuk-frontend.min.css").read_text()
        (fresh / "css/govuk-frontend.css").write_text(unbranded(css))
        script = (govuk / "govuk-frontend.min.js").read_text()
        (fresh / "js/govuk-frontend.min.js").write_text(SOURCE_MAP.sub("", script))
        for font in FONTS:
            shutil.copy(PACKAGES / f"dejavu-fonts-ttf/ttf/{font}.ttf", fresh / "fonts")
        shutil.rmtree(BUILT, ignore_errors=True)
        fresh.rename(BUILT)
        if options["verbosity"]:
            self.stdout.write("Built assets_build/.")
