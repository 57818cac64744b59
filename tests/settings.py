"""The settings of a test run: the real ones, on servers of its own.

The servers' addresses are computed here and the servers started when the first test wants
one. With DATABASE_URL or REDIS_URL set, those are used.
"""

import atexit
import os
import shutil
import tempfile

from config.embedded.pair import addresses
from config.embedded.state import State

TEST_DATABASE = "test_linkbook"


def _remove(folder, maker):
    if os.getpid() == maker:
        shutil.rmtree(folder, ignore_errors=True)


# Once for the run: programs that a test starts inherit the same addresses.
if "LINKBOOK_TEST_STATE" not in os.environ:
    folder = tempfile.mkdtemp(prefix="linkbook-tests-")
    atexit.register(_remove, folder, os.getpid())
    # WhiteNoise warns of a folder that is not there.
    os.mkdir(os.path.join(folder, "static"))
    os.environ["LINKBOOK_TEST_STATE"] = os.environ["LINKBOOK_STATE"] = folder
    os.environ["LINKBOOK_DEMO"] = "1"
    os.environ["SECRET_KEY"] = "only-for-tests"
    THROWAWAY_SERVERS = addresses(State(), TEST_DATABASE)
    os.environ.update(THROWAWAY_SERVERS)
else:
    THROWAWAY_SERVERS = {}

from config.settings import *  # noqa: E402, F403
from config.settings import DATABASES, INSTALLED_APPS, MIDDLEWARE, STORAGES  # noqa: E402

if "DATABASE_URL" in THROWAWAY_SERVERS:
    DATABASES["default"]["TEST"] = {"NAME": TEST_DATABASE}

# A slow hash is the point in use and a waste here.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

# Pages render without built assets; the journeys put the real storage back.
BUILT_STORAGES = STORAGES
STORAGES = {
    **STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}

# A page that asks for the rows beside a row one row at a time fails its test.
INSTALLED_APPS = [*INSTALLED_APPS, "zeal"]
MIDDLEWARE = ["zeal.middleware.zeal_middleware", *MIDDLEWARE]
ZEAL_RAISE = True
# A row is read a second time on purpose: an act locks the row that its page was shown.
ZEAL_ALLOWLIST = [{"model": "*", "field": "get()"}]
