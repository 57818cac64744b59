"""What this machine lacks for making PDF: system libraries, or any font at all.

``python -m documents.libraries``, run in the project folder, prints one line for each
thing missing. It needs only the standard library, so it also answers before anything is
installed. Ask it in a process of its own: looking loads the libraries.
"""

import ctypes
import os
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
FONTS_CONF = Path(__file__).with_name("fonts.conf")

PACKAGES = {
    "libpango-1.0-0": ("libpango-1.0.so.0", "libpango-1.0.dylib"),
    "libpangoft2-1.0-0": ("libpangoft2-1.0.so.0", "libpangoft2-1.0.dylib"),
    "libharfbuzz-subset0": ("libharfbuzz-subset.so.0", "libharfbuzz-subset.0.dylib"),
}
FONTCONFIG = ("libfontconfig.so.1", "libfontconfig.1.dylib")
FONT_PACKAGE = "fonts-dejavu-core"
SECONDS = 20

# Nothing else of ours reaches a process that reads what people typed: no keys, no addresses.
PASSED_ON = ("PATH", "TZ", "LD_LIBRARY_PATH", "DYLD_FALLBACK_LIBRARY_PATH")


def environment() -> dict[str, str]:
    """The environment of a PDF process, to be started with PROJECT as its current folder."""
    kept = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    return kept | {"LC_ALL": "C.UTF-8", "FONTCONFIG_FILE": str(FONTS_CONF)}


def missing() -> list[str]:
    """The Debian packages this process cannot do without and does not find."""
    lacking = [package for package, names in PACKAGES.items() if _load(names) is None]
    # Without a single font Pango does not raise, it ends the process.
    if not lacking and not _has_font():
        lacking.append(FONT_PACKAGE)
    return lacking


def missing_elsewhere() -> list[str]:
    """The same as ``missing()``, found out in a process that ends again."""
    answer = subprocess.run(
        [sys.executable, "-m", "documents.libraries"],
        cwd=PROJECT,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        check=True,
        timeout=SECONDS,
    )
    return answer.stdout.split()


def advice(packages: list[str]) -> str:
    """One sentence for whoever runs the machine."""
    return f"PDF needs system packages: apt-get install {' '.join(packages)}"


def _load(names):
    for name in names:
        try:
            return ctypes.CDLL(name)
        except OSError:
            continue
    return None


def _has_font():
    fontconfig = _load(FONTCONFIG)
    if fontconfig is None or not fontconfig.FcInit():
        return False
    # FcFontSet begins with the number of its fonts.
    fontconfig.FcConfigGetFonts.restype = ctypes.POINTER(ctypes.c_int)
    fontconfig.FcConfigGetFonts.argtypes = (ctypes.c_void_p, ctypes.c_int)
    fonts = fontconfig.FcConfigGetFonts(None, 0)
    return bool(fonts) and fonts[0] > 0


if __name__ == "__main__":
    for package in missing():
        print(package)
