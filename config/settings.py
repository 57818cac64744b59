"""Settings, from the environment only (design.md 8).

Secure by default: what is missing stops the start. LINKBOOK_DEMO=1, set by ``make run``,
is the one mode that serves plain HTTP on this machine with invented people.
"""

from datetime import timedelta
from pathlib import Path

import environ
from celery.schedules import crontab
from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from config import councils

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

DEMO = env.bool("LINKBOOK_DEMO", False)
DEBUG = env.bool("DEBUG", False)
STATE = Path(env.str("LINKBOOK_STATE", str(BASE_DIR / "var"))).resolve()


def required(name):
    """The variable's value. ImproperlyConfigured names it when it is missing or empty."""
    value = env.str(name, "")
    if not value:
        raise ImproperlyConfigured(
            f"Set {name} in the environment (see 'Running it for real' in README.md)."
        )
    return value


SECRET_KEY = required("SECRET_KEY")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
if not (DEMO or DEBUG):
    required("ALLOWED_HOSTS")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
SITE_URL = env.str("SITE_URL", f"http://127.0.0.1:{env.str('PORT', '8000')}" if DEMO else "")
if not (DEMO or DEBUG or SITE_URL):
    SITE_URL = f"https://{ALLOWED_HOSTS[0]}"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.usersessions",
    "guardian",
    "pgtrigger",
    "pghistory",
    "csp",
    "crispy_forms",
    "govuk",
    "documents",
    "audit",
    "notifications",
    "accounts",
    "drafts",
    "schools",
    "linkworkers",
    "consultations",
    "interventions",
    "referrals",
    "panels",
    "overview",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.middleware.PrivatePages",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    # Inside the one above, which says how long the page is.
    "config.middleware.RefusedMethods",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "drafts.middleware.KeepUnsaved",
    "accounts.middleware.SessionLimits",
    "config.middleware.SignInRequired",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "audit.middleware.HistoryContext",
    "audit.middleware.Refusals",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "overview.context_processors.shell",
            ],
        },
    }
]

# --- the database ---------------------------------------------------------------------

# Migrations run as the owner; web, worker and tests as a role that owns nothing.
AS_OWNER = env.bool("LINKBOOK_AS_OWNER", False)
_app = env.db_url_config(required("DATABASE_URL"))
_owner = env.db_url_config(env.str("DATABASE_OWNER_URL", "") or required("DATABASE_URL"))
DATABASE_APP_ROLE = _app["USER"]
DATABASES = {"default": dict(_owner if AS_OWNER else _app)}
DATABASES["default"].update(
    ATOMIC_REQUESTS=True, CONN_MAX_AGE=env.int("CONN_MAX_AGE", 600), CONN_HEALTH_CHECKS=True
)
DATABASES["default"].setdefault("OPTIONS", {})
if not AS_OWNER:
    DATABASES["default"]["OPTIONS"].setdefault(
        "options",
        "-c statement_timeout=15000 -c lock_timeout=5000"
        " -c idle_in_transaction_session_timeout=30000",
    )
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# The cache serves sign-in limits: in the database, so that the pages do without the broker.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "accounts_cache",
        # Culled when full: a spray of addresses must not wipe the limits of the others.
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}
PGHISTORY_APPEND_ONLY = True
PGHISTORY_ADMIN_ALL_EVENTS = False

# --- the broker: ticks only, nothing is lost with it ---------------------------------

REDIS_URL = required("REDIS_URL")
CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TIMEZONE = "UTC"
CELERY_ENABLE_UTC = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 600,
    "socket_timeout": 30,
    "socket_connect_timeout": 10,
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
# A worker listens to both unless it is told --queues urgent; one that is waits for no slow mail.
CELERY_TASK_QUEUES = {"celery": {}, "urgent": {}}
# How long a tick is good for: longer than the clocks of two machines may differ, since a worker
# whose clock is ahead throws it away unheard.
TICK_EXPIRES = 3 * 60 * 60
CELERY_WORKER_HIJACK_ROOT_LOGGER = False


def ticking(task, schedule, *, expires=3600, **options):
    """An entry of the schedule: a tick that waited longer than ``expires`` seconds is dropped."""
    return {"task": task, "schedule": schedule, "options": {"expires": expires, **options}}


SENDING = timedelta(seconds=2 if DEMO else 5)
TEN_MINUTES = {"schedule": timedelta(minutes=10), "expires": 600}
# In UTC: half past seven in London is the one in winter, the other in summer.
MORNING = {"hour": "6,7", "minute": 30}
EVERY_MORNING = crontab(**MORNING)
URGENT = {"queue": "urgent", "expires": TICK_EXPIRES}
CELERY_BEAT_SCHEDULE = {
    "dispatch": ticking("notifications.tasks.dispatch", SENDING, expires=TICK_EXPIRES),
    "dispatch_urgent": ticking("notifications.tasks.dispatch_urgent", SENDING, **URGENT),
    "beat": ticking("notifications.tasks.beat", timedelta(seconds=15), **URGENT),
    "plan_concerns": ticking("referrals.tasks.plan", timedelta(seconds=15), **URGENT),
    "tell_of_notices": ticking("referrals.tasks.tell_of_notices", timedelta(minutes=1), **URGENT),
    "propose_nurse_consultations": ticking(
        "consultations.tasks.propose_nurse_consultations",
        # In UTC: five or six in the morning in London.
        crontab(hour=5, minute=0),
    ),
    "follow_nursing_teams": ticking("consultations.tasks.follow_nursing_teams", **TEN_MINUTES),
    "chase": ticking("consultations.tasks.chase", EVERY_MORNING),
    "chase_reviews": ticking("interventions.tasks.chase_reviews", EVERY_MORNING),
    "chase_plans": ticking("interventions.tasks.chase_plans", EVERY_MORNING),
    "look_again": ticking("interventions.tasks.look_again", EVERY_MORNING),
    "chase_requests": ticking("referrals.tasks.chase_requests", EVERY_MORNING),
    "chase_late_minutes": ticking("panels.tasks.chase_late_minutes", EVERY_MORNING),
    "chase_targeting": ticking("panels.tasks.chase_targeting", EVERY_MORNING),
    "chase_minutes": ticking("panels.tasks.chase_minutes", EVERY_MORNING),
    # What a worker left undone that ended while it made the printable copies of minutes.
    "make_copy_files": ticking("panels.tasks.make_copy_files", **TEN_MINUTES),
    "send_digests": ticking("overview.tasks.send_digests", crontab(day_of_week="mon", **MORNING)),
    "forget_addresses": ticking("interventions.tasks.forget_addresses", **TEN_MINUTES),
    "clear_sessions": ticking("accounts.tasks.clear_sessions", timedelta(days=1)),
}

# --- mail: every message is a row first ------------------------------------------------

EMAIL_BACKEND = "notifications.backends.OutboxBackend"
DELIVERY = env.email_url_config(
    env.str("EMAIL_URL", "") or ("filemail://" if DEMO else required("EMAIL_URL"))
)
DELIVERY_FOLDER = STATE / "mail"
# A server that checks what it takes may need half a minute for it.
EMAIL_TIMEOUT = 35
# With a key, messages go by GOV.UK Notify, but those with an appointment.
NOTIFY_API_KEY = env.str("NOTIFY_API_KEY", "")
NOTIFY_TEMPLATE_ID = required("NOTIFY_TEMPLATE_ID") if NOTIFY_API_KEY else ""
NOTIFY_URL = "https://api.notifications.service.gov.uk"
COURIER = f"notifications.{'notify.NotifyCourier' if NOTIFY_API_KEY else 'delivery.Courier'}"
# Somebody has to look after the sending when a message waits, or beat is silent, for longer.
UNSENT_ALERT_SECONDS = 5 * 60
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "Linkbook <linkbook@example.org>")

if NOTIFY_API_KEY:
    CELERY_BEAT_SCHEDULE["hear_of_bounces"] = ticking(
        "notifications.tasks.hear_of_bounces", timedelta(minutes=1), expires=TICK_EXPIRES
    )

# --- people ---------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "allauth.account.auth_backends.AuthenticationBackend",
    "accounts.grants.GrantBackend",
]
ANONYMOUS_USER_NAME = None
# guardian asks for its own backend by name; ours is a subclass of it.
SILENCED_SYSTEM_CHECKS = ["guardian.W001"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGIN_BY_CODE_ENABLED = False
ACCOUNT_PREVENT_ENUMERATION = "strict"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_REDIRECT_URL = "/sign-in/"
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
# Schools share one address: by address generously, by account tightly (security.md 6.1.1).
ACCOUNT_RATE_LIMITS = {
    "login": "120/m/ip",
    "login_failed": "60/m/ip,5/5m/key",
    "reset_password": "60/m/ip,5/m/key",
    "reset_password_from_key": "60/m/ip",
    "change_password": "5/m/user",
    "reauthenticate": "10/m/user",
}
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", 0)
USERSESSIONS_TRACK_ACTIVITY = False
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["email", "name"]},
    },
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "accounts.passwords.ContextWordValidator"},
]
INVITATION_HOURS = 48
PASSWORD_RESET_TIMEOUT = 60 * 60

SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_IDLE_SECONDS = 30 * 60
SESSION_WARNING_SECONDS = 5 * 60
SESSION_ABSOLUTE_SECONDS = 12 * 60 * 60
SESSION_COOKIE_AGE = SESSION_ABSOLUTE_SECONDS
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "config.errors.csrf_failure"

# --- the work itself ---------------------------------------------------------------

# A reason given for opening a child holds this long at most, in one sign-in (rule 001-58).
CHILD_OPEN_HOURS = 3
# How many school days there are to record a note in Mosaic or CED.
RECORDING_DAYS = 2
# After how many school days a school is reminded that it was asked to start a plan.
PLAN_ANSWER_DAYS = 10
# After how many school days the link worker, then the team manager, is told that a request for
# support has not been read, and that one which was read has not been answered (rule 001-55).
REQUEST_READ_DAYS = 1, 2
REQUEST_ANSWER_DAYS = 3, 5
# So many weeks before the end of a term the link worker, then the team manager, is told that a
# school has no targeting support meeting in it (domain-facts.md 2.5).
TARGETING_WEEKS = 5, 3
# Managers are told when somebody opens more children than this in so many minutes.
MANY_CHILDREN = 10
MANY_CHILDREN_MINUTES = 15
# Old and new names of one thing: whoever searches for one finds the others (domain-facts.md 2.6).
SEARCH_SYNONYMS = [
    ("suspension", "fixed term exclusion", "fixed-term exclusion", "FTE"),
    ("EBSA", "emotionally based school avoidance"),
    ("EHCP", "education health and care plan"),
    ("TAF", "team around the family"),
]

# --- transport ------------------------------------------------------------------------

PLAIN_HTTP = DEMO or DEBUG
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not PLAIN_HTTP
SESSION_COOKIE_NAME = "sessionid" if PLAIN_HTTP else "__Host-sessionid"
CSRF_COOKIE_NAME = "csrftoken" if PLAIN_HTTP else "__Host-csrftoken"
SECURE_SSL_REDIRECT = not PLAIN_HTTP
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_HSTS_SECONDS = 0 if PLAIN_HTTP else 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = not PLAIN_HTTP
SECURE_REFERRER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = (
    ("HTTP_X_FORWARDED_PROTO", "https") if env.bool("BEHIND_TLS_PROXY", False) else None
)
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 3 * 1024 * 1024

# --- pages ----------------------------------------------------------------------------

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "Europe/London"
USE_I18N = True
USE_TZ = True
DATE_FORMAT = "j F Y"
STATIC_URL = "/static/"
STATIC_ROOT = STATE / "static"
# Not yet built in a bare checkout. The built fonts are the PDF's; no page asks for them.
BUILT = BASE_DIR / "assets_build"
STATICFILES_DIRS = [
    BASE_DIR / "static",
    *((kind, BUILT / kind) for kind in ("css", "js") if (BUILT / kind).is_dir()),
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "govuk.storage.ModuleManifestStorage"},
}
CRISPY_ALLOWED_TEMPLATE_PACKS = ["govuk"]
CRISPY_TEMPLATE_PACK = "govuk"
CRISPY_FAIL_SILENTLY = False

# The council's words and numbers (design.md 7).
COUNCIL = councils.preset(env.str("COUNCIL", "west-sussex"))

# --- logs: no text anyone typed, no names ----------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"no_tokens": {"()": "config.logs.NoTokens"}},
    "formatters": {
        "line": {
            "()": "config.logs.NoValues",
            "format": "%(asctime)s %(levelname)s %(name)s %(message)s",
        }
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "line",
            "filters": ["no_tokens"],
        }
    },
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", "WARNING")},
    # Django's own handlers would mail tracebacks with local variables.
    "loggers": {
        "django": {"handlers": ["console"], "level": "WARNING", "propagate": False},
        # It logs what Notify answers, which may repeat what it was sent.
        "notifications_python_client": {"level": "CRITICAL"},
    },
}
