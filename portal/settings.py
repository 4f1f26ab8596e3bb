"""Settings of the portal, all from the environment and validated at start.

Numbers: portal/setting_numbers.py. The firm's brand: setting_brand.py. Its other systems: setting_hooks.py.

Names starting with PORTAL_ are ours and documented where they are read. Every security-relevant
default of a dependency is stated with its reason, so that an upgrade cannot change it unnoticed.
"""

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

from portal.lib import env
from portal.setting_brand import *  # noqa: F403  the brand is made of settings like all others
from portal.setting_numbers import *  # noqa: F403  the numbers are settings like all others
from portal.setting_numbers import PORTAL_FAILURE_LIMIT, PORTAL_LOCKOUT_MINUTES, PORTAL_SESSION_HOURS

BASE_DIR = Path(__file__).resolve().parent.parent

# --- Profile -----------------------------------------------------------------------------------
DEBUG = env.flag("PORTAL_DEBUG", False, help="Development and demo only: known secrets, no HTTPS, detailed errors.")


def _key(name: str, published: str, *, prefix: str = "", help: str) -> str:
    """Read a key. Development uses the one published here; a real installation refuses that one, and short ones."""
    if DEBUG:
        return env.secret(name, development=prefix + published, help=help)
    return env.secret(name, development=None, shortest=32, published=published, help=help)


SECRET_KEY = _key(
    "PORTAL_SECRET_KEY",
    "development-only-secret-key-development-only-secret-key",
    help="Signs cookies and form tokens; 50 or more random characters.",
)
SECRET_KEY_FALLBACKS = env.words(
    "PORTAL_SECRET_KEY_FALLBACKS", [], help="Older values of PORTAL_SECRET_KEY that still verify, newest first."
)
PORTAL_FIELD_KEYS = _key(
    "PORTAL_FIELD_KEYS",
    "ZGV2ZWxvcG1lbnQtb25seS1maWVsZC1rZXktLTMyYnk=",
    prefix="dev:",
    help="Key ring for fields encrypted at rest: id:base64 of 32 bytes, comma-separated; the first one encrypts.",
)
PORTAL_INDEX_KEY = _key(
    "PORTAL_INDEX_KEY",
    "development-only-index-key",
    help="Keys the digests that stand in for usernames and addresses. Never change it in a running installation.",
)
PORTAL_AUDIT_KEY = _key(
    "PORTAL_AUDIT_KEY",
    "development-only-audit-key",
    help="Keys the audit chain: one key or several, comma-separated. The first one signs, every one verifies. "
    "Whoever has the database but no key cannot rewrite the record unseen.",
)

PORTAL_HOST = env.text(
    "PORTAL_HOST", "localhost:8000" if DEBUG else "", help="The official address, shown to customers to compare."
)
ALLOWED_HOSTS = env.words(
    "PORTAL_ALLOWED_HOSTS",
    ["localhost", "127.0.0.1", "[::1]"] if DEBUG else [PORTAL_HOST.partition(":")[0]],
    help="Host names this installation answers to.",
)
PORTAL_TRUSTED_PROXIES = env.number(
    "PORTAL_TRUSTED_PROXIES", 0, low=0, high=5, unit="hops", help="Number of your own proxies in front of the portal."
)

# --- Applications --------------------------------------------------------------------------------
INSTALLED_APPS = [
    "portal.apps.PortalConfig",
    "portal.home",
    "portal.outbox",
    "portal.audit",
    "helpcenter",
    "recovery.apps.RecoveryConfig",
    "accounts",
    "portal.throttle",
    "portal.apps.PortalAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_otp",
    "django_otp.plugins.otp_totp",  # in the tables of 0.1.0, and empty: our Key stores no seed there
    "django_otp.plugins.otp_static",  # the same: our backup codes are hashed
    "two_factor",
    "axes",
]
MIDDLEWARE = [
    "portal.middleware.RequestIdMiddleware",  # outermost, so that refused hosts and static files have them too
    "portal.middleware.HeadersMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "portal.middleware.CharsetMiddleware",
    "portal.middleware.SecFetchMiddleware",
    "portal.middleware.ReaderZoneMiddleware",
    "accounts.middleware.CrowdMiddleware",
    "accounts.repeated_posts.RepeatedPostMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "accounts.middleware.SessionUserMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "portal.middleware.ErrorPagesMiddleware",
]
ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.context.brand",
            ],
            "builtins": ["portal.templatetags.portal_tags"],
        },
    }
]

# --- Data ----------------------------------------------------------------------------------------
if DEBUG:
    (BASE_DIR / "var").mkdir(exist_ok=True)
DATABASE_URL = env.secret(
    "DATABASE_URL",
    development=f"sqlite:///{BASE_DIR / 'var' / 'portal.sqlite3'}",
    help="sqlite:///path or postgres://user:password@host/name.",
)
_database: dict[str, Any] = dict(dj_database_url.parse(DATABASE_URL))
if _database["ENGINE"].endswith("sqlite3"):
    _database["CONN_MAX_AGE"] = None  # one connection per thread: opening the file again costs more than a statement
    # IMMEDIATE: a writing transaction waits at its start instead of failing halfway.
    _database["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-8000;",
    }
elif _database["ENGINE"].endswith("postgresql"):
    _database.setdefault("OPTIONS", {})["pool"] = {"min_size": 1, "max_size": 16, "timeout": 10}
else:
    raise ImproperlyConfigured("DATABASE_URL must start with sqlite:// or postgres://.")
DATABASES = {"default": _database}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.text("REDIS_URL", "", help="Optional cache, for example redis://localhost:6379/0.")
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
    if REDIS_URL
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
}
PORTAL_RUN_DIR = env.text(
    "PORTAL_RUN_DIR", str(BASE_DIR / "var" / "run"), help="Folder on local disk for lock files of this machine."
)

# --- Passwords -----------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
PASSWORD_HASHERS = ["accounts.hashers.PortalArgon2Hasher"]
# OWASP's argon2id minimum. Django's own default takes 100 MiB and 8 lanes per hash.
PORTAL_ARGON2_MEMORY_KIB = env.number(
    "PORTAL_ARGON2_MEMORY_KIB", 19_456, low=19_456, high=1_048_576, unit="KiB", help="Memory of one password hash."
)
PORTAL_ARGON2_PASSES = env.number(
    "PORTAL_ARGON2_PASSES", 2, low=1, high=20, unit="passes", help="Passes of one password hash."
)
PORTAL_HASH_SLOTS = env.number(
    "PORTAL_HASH_SLOTS",
    max(1, (os.cpu_count() or 1) - 1),
    low=1,
    high=256,
    unit="hashes",
    help="Hashes at the same time on this machine: by itself one fewer than it has cores, which is left for pages.",
)
PORTAL_HASH_QUEUE_SECONDS = env.number(
    "PORTAL_HASH_QUEUE_SECONDS", 2, low=1, high=30, unit="seconds", help="Longest wait for one of them, then 503."
)
PORTAL_HASH_PLACES = env.number(
    "PORTAL_HASH_PLACES",
    4,
    low=1,
    high=256,
    unit="requests",
    help="Requests of unknown browsers in one process that may hash or wait for it; more get 503 at once. Known "
    "browsers have half as many of their own. Keep both together below the threads of the web server.",
)
AUTHENTICATION_BACKENDS = ["accounts.backends.PasswordBackend"]
# Rules and block list are in accounts/policies/passwords.py; the admin has no password form.
AUTH_PASSWORD_VALIDATORS: list[dict[str, Any]] = []

# --- Sign-in ---------------------------------------------------------------------------------------
LOGIN_URL = "accounts:login"
LOGIN_REDIRECT_URL = "home:dashboard"
LOGOUT_REDIRECT_URL = "accounts:login"
TWO_FACTOR_PATCH_ADMIN = False  # our admin site requires the second factor itself; the patch only redirects
TWO_FACTOR_REMEMBER_COOKIE_AGE = None  # a remembered browser would sign in with the password alone
OTP_ADMIN_HIDE_SENSITIVE_DATA = True  # seeds never show in an admin page

AXES_HANDLER = "accounts.axes_handler.LimitHandler"  # its own count is check-then-act: parallel guesses pass it
AXES_LOCKOUT_PARAMETERS = ["username"]  # with an address, owners of one account could guess at others freely
AXES_FAILURE_LIMIT = PORTAL_FAILURE_LIMIT
AXES_COOLOFF_TIME = timedelta(minutes=PORTAL_LOCKOUT_MINUTES)
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # else anybody's attempts extend the pause
AXES_RESET_ON_SUCCESS = False  # our action clears attempts, after the second factor
AXES_CLIENT_IP_CALLABLE = "portal.lib.client.address"
AXES_DISABLE_ACCESS_LOG = True  # the audit chain is the record
AXES_ENABLE_ADMIN = False  # its tables stay empty; the limits have their own admin page
AXES_SENSITIVE_PARAMETERS = ["username", "password", "otp_token", "backup_code", "csrfmiddlewaretoken"]

# --- Sessions and cookies ----------------------------------------------------------------------------
SESSION_ENGINE = "accounts.sessions"
SESSION_COOKIE_AGE = PORTAL_SESSION_HOURS * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_SAVE_EVERY_REQUEST = False
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = not DEBUG
SESSION_COOKIE_NAME = "session" if DEBUG else "__Host-session"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SECURE = not DEBUG
CSRF_COOKIE_NAME = "csrf" if DEBUG else "__Host-csrf"
CSRF_FAILURE_VIEW = "portal.errors.csrf_failure"
PORTAL_COOKIE_PREFIX = "" if DEBUG else "__Host-"
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"  # no session row for a message

# --- Transport ---------------------------------------------------------------------------------------
SECURE_SSL_REDIRECT = not DEBUG
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^key/api/"]  # programs get an error instead
SECURE_HSTS_SECONDS = 0 if DEBUG else 63_072_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if PORTAL_TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
DATA_UPLOAD_MAX_MEMORY_SIZE = 262_144
DATA_UPLOAD_MAX_NUMBER_FIELDS = 100
FILE_UPLOAD_HANDLERS = ["portal.lib.uploads.NoUploads"]  # Django's handlers would write them to disk

# --- Mail ----------------------------------------------------------------------------------------------
EMAIL_BACKEND = "portal.lib.mail.GuardedBackend"  # refuses any message that contains a link
PORTAL_MAIL_BACKEND = env.text(
    "PORTAL_MAIL_BACKEND",
    "django.core.mail.backends.filebased.EmailBackend" if DEBUG else "django.core.mail.backends.smtp.EmailBackend",
    help="Dotted path of the delivery back end.",
)
EMAIL_FILE_PATH = env.text("PORTAL_MAIL_DIR", str(BASE_DIR / "var" / "mail"), help="Folder of the file back end.")
EMAIL_HOST = env.text("PORTAL_SMTP_HOST", "localhost", help="SMTP server.")
EMAIL_PORT = env.number("PORTAL_SMTP_PORT", 25 if DEBUG else 587, low=1, high=65_535, unit="port", help="Its port.")
EMAIL_HOST_USER = env.text("PORTAL_SMTP_USER", "", help="Its user.")
EMAIL_HOST_PASSWORD = env.secret("PORTAL_SMTP_PASSWORD", development=" ", help="Its password.").strip()
EMAIL_USE_TLS = env.flag("PORTAL_SMTP_TLS", not DEBUG, help="STARTTLS, with the certificate checked.")
EMAIL_TIMEOUT = env.number(
    "PORTAL_SMTP_TIMEOUT_SECONDS", 10, low=1, high=60, unit="seconds", help="Longest wait for one of its answers."
)
PORTAL_NOTICE_LEASE_SECONDS = env.number(
    "PORTAL_NOTICE_LEASE_SECONDS",
    150,
    low=3,
    high=3_600,
    unit="seconds",
    help="How long a worker may hold a message it is sending before another takes over.",
)
DEFAULT_FROM_EMAIL = env.text(
    "PORTAL_MAIL_FROM",
    "no-reply@northgate.test",
    help='Sender of every message: an address, shown under the brand name, or "Name <address>".',
)
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# --- Notifications on phones (docs/how-to/run-push.md) --------------------------------------------------
_DEVELOPMENT_VAPID_KEY = "ZGV2ZWxvcG1lbnQtb25seS12YXBpZC1rZXktMzJieXQ"
PORTAL_VAPID_PRIVATE_KEY = env.secret(
    "PORTAL_VAPID_PRIVATE_KEY",
    development=_DEVELOPMENT_VAPID_KEY if DEBUG else "",
    shortest=43,
    published="" if DEBUG else _DEVELOPMENT_VAPID_KEY,
    help="Signs notifications, as manage.py portal_vapid_keys prints it. Without one, no notifications are sent.",
)
PORTAL_PUSH_BACKEND = env.text(
    "PORTAL_PUSH_BACKEND",
    "portal.lib.push." + ("ToFiles" if DEBUG else "WebPush" if PORTAL_VAPID_PRIVATE_KEY else "Nowhere"),
    help="Dotted path of the delivery back end: WebPush, ToFiles (demos), Nowhere, or your own.",
)
PORTAL_PUSH_DIR = env.text("PORTAL_PUSH_DIR", str(BASE_DIR / "var" / "push"), help="Folder of the file back end.")
PORTAL_PUSH_HOSTS = env.words(
    "PORTAL_PUSH_HOSTS",
    [
        "fcm.googleapis.com",
        "updates.push.services.mozilla.com",
        "*.notify.windows.com",
        "web.push.apple.com",
        "*.push.apple.com",
    ],
    help="Push services to send to, on port 443 unless another follows a colon; *. stands for any labels.",
)
PORTAL_PUSH_TIMEOUT_SECONDS = env.number(
    "PORTAL_PUSH_TIMEOUT_SECONDS", 5, low=1, high=30, unit="seconds", help="Longest wait for a push service."
)

# --- The firm's other systems (docs/how-to/hooks.md) -----------------------------------------------------
from portal.setting_hooks import *  # noqa: E402, F403  in their place in docs/reference/settings.md

# --- Places (docs/how-to/name-locations.md) ---------------------------------------------------------------
PORTAL_CUSTOMER_DIRECTORY = env.text(
    "PORTAL_CUSTOMER_DIRECTORY",
    "",
    help="Dotted path of the function that portal_sync reads the firm's books from, "
    "such as accounts.imports.folder.records.",
)
PORTAL_CUSTOMER_FOLDER = env.text(
    "PORTAL_CUSTOMER_FOLDER", "", help="Folder of JSON lines that accounts.imports.folder.records reads."
)
PORTAL_GEOLOCATION = env.text(
    "PORTAL_GEOLOCATION",
    "portal.lib.geolocation.unknown",
    help="Dotted path of the function that looks up where an address is: unknown, from_file, or your own.",
)
PORTAL_GEOLOCATION_CSV = env.text(
    "PORTAL_GEOLOCATION_CSV", "", help="File of networks and places that portal.lib.geolocation.from_file reads."
)

# --- Language and time -------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English")]
USE_I18N = True
FORMAT_MODULE_PATH = ["portal.lib.formats"]
TIME_ZONE = "UTC"
USE_TZ = True
PORTAL_DEFAULT_TZ = env.text("PORTAL_DEFAULT_TZ", "America/New_York", help="Zone shown before we know the reader's.")

# --- Static files --------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "static-built"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "portal.lib.static.ModuleStorage"
    },
}
WHITENOISE_USE_FINDERS = DEBUG
WHITENOISE_AUTOREFRESH = DEBUG

# --- Logs ------------------------------------------------------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request_id": {"()": "portal.lib.logs.RequestIdFilter"}},
    "formatters": {"json": {"()": "portal.lib.logs.JsonFormatter"}},
    "handlers": {"out": {"class": "logging.StreamHandler", "filters": ["request_id"], "formatter": "json"}},
    "root": {"handlers": ["out"], "level": "INFO"},
    "loggers": {
        "axes": {"level": "ERROR"},
        "django": {"level": "INFO"},  # listed to remove Django's own handlers: one of them mails what was typed
        "django.request": {"level": "ERROR"},
        "two_factor": {"level": "ERROR"},  # its warnings quote what was typed
    },
}

TEST_RUNNER = "portal.test_runner.PytestRunner"
SILENCED_SYSTEM_CHECKS = [
    "axes.W006",  # wants the address among the lockout parameters: see AXES_LOCKOUT_PARAMETERS
    "axes.W002",  # wants axes' middleware: our sign-in page shows the pause itself
    "axes.W003",  # wants axes' own back end: it asks before the hash and counts after it
]
