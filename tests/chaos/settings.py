"""Settings of every process of ``make chaos``: those of use, and a way out that can be crashed."""

import os

from config.settings import *  # noqa: F403
from config.settings import CELERY_BEAT_SCHEDULE, STORAGES

COURIER = "tests.chaos.courier.ChaosCourier"
# The demonstration is in more of a hurry.
for name in ("dispatch", "dispatch_urgent"):
    CELERY_BEAT_SCHEDULE[name]["schedule"] = 5.0
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    **STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}

# This process believes it is so many seconds later.
if ahead := int(os.environ.get("CHAOS_CLOCK_AHEAD", "0")):
    import time

    import time_machine

    time_machine.travel(time.time() + ahead, tick=True).start()
