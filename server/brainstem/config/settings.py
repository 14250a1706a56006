"""Settings of the server, all from the environment or a file that it names; docs/settings.md lists them."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import urlsplit

import django_stubs_ext
import environ
from corsheaders.defaults import default_headers
from django.core.exceptions import ImproperlyConfigured

from . import env_file, environment, files_url, safety

# Allows generic annotations such as UUIDField[Any, Any]; must run before any model is imported.
django_stubs_ext.monkeypatch()

env_file.add_to(os.environ)  # here too, for servers that are not started by our command
env = environ.Env()

# --- where, and for whom -------------------------------------------------------------------------------------------

DEBUG = env.bool("DEBUG", default=False)
BRAINSTEM_DATA_DIR = Path(env.str("BRAINSTEM_DATA_DIR", default="var")).resolve()
BRAINSTEM_URL = env.str("BRAINSTEM_URL", default="http://localhost:8000" if DEBUG else "").rstrip("/")
LOCAL_NAMES = ["localhost", ".localhost", "127.0.0.1", "[::1]"]
ALLOWED_HOSTS: list[str] = env.list("ALLOWED_HOSTS", default=LOCAL_NAMES if DEBUG else [])
CORS_ALLOWED_ORIGINS: list[str] = env.list("CORS_ALLOWED_ORIGINS", default=[])
SECRET_KEY = env.str("SECRET_KEY", default="")
SECRET_KEY_FALLBACKS: list[str] = env.list("SECRET_KEY_FALLBACKS", default=[])
if DEBUG and not SECRET_KEY:
    SECRET_KEY = environment.development_key(BRAINSTEM_DATA_DIR)

BRAINSTEM_FINDINGS = safety.unsafe(
    safety.Deployment(
        secret_key=SECRET_KEY,
        former_keys=SECRET_KEY_FALLBACKS,
        allowed_hosts=ALLOWED_HOSTS,
        url=BRAINSTEM_URL,
        cors_origins=CORS_ALLOWED_ORIGINS,
    )
)
if BRAINSTEM_FINDINGS and not DEBUG:
    raise ImproperlyConfigured(
        "The server refuses to start with unsafe settings (DEBUG=on allows them; use it on your own machine only):\n"
        + "\n".join(f"  - {finding}" for finding in BRAINSTEM_FINDINGS)
        + "\n`brainstem-server init FOLDER` writes a file with safe ones; BRAINSTEM_ENV_FILE names the file to use."
    )

# --- parts ---------------------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "corsheaders",
    "brainstem.web",  # before allauth, so that its templates take precedence
    "allauth",
    "allauth.account",
    "brainstem.web.social_apps.SocialAccounts",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.socialaccount.providers.orcid",
    "allauth.mfa",
    "allauth.usersessions",
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
    "brainstem.core",
    "brainstem.apps.users",
    "brainstem.apps.taxonomies",
    "brainstem.apps.resources",
    "brainstem.apps.personal_attributes",
    "brainstem.apps.stem",
    "brainstem.apps.modules",
    "brainstem.apps.dissemination",
    "brainstem.config",
]

AUTH_USER_MODEL = "users.User"
BRAINSTEM_GROUP_MODEL = "users.Group"
BRAINSTEM_MEMBERSHIP_MODEL = "users.Membership"
BRAINSTEM_PROJECT_MODEL = "stem.Project"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# No CommonMiddleware: the API accepts URLs with and without a trailing slash, and a redirect would lose a POST body.
MIDDLEWARE = [
    "brainstem.config.middleware.request_id",
    "brainstem.config.middleware.short_cookies",
    "brainstem.config.deadline.Deadline",
    "brainstem.config.unchanged.unchanged",
    "brainstem.config.content_policy.content_policy",
    "corsheaders.middleware.CorsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "brainstem.config.static_files.StaticFiles",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "brainstem.config.keeping.keeping",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "brainstem.config.rates.limiting.rates",
    "brainstem.config.body_limits.body_limits",  # the page that refuses is one like others; nothing has read a body yet
    "brainstem.config.two_factor_gate.gate",
    "allauth.account.middleware.AccountMiddleware",
    "brainstem.web.accounts.sessions.note_activity",
    "brainstem.config.browsable.browsable",  # innermost: needs everything the others provide
]

ROOT_URLCONF = "brainstem.config.urls"
WSGI_APPLICATION = "brainstem.config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "brainstem.web.shell.context",
            ]
        },
    }
]

FORM_RENDERER = "brainstem.web.forms.Renderer"

# --- data ----------------------------------------------------------------------------------------------------------

DATABASES = {"default": environment.database(env, BRAINSTEM_DATA_DIR)}
# The folder of pg_dump, pg_restore and psql, for `backup` and `restore`; if unset, it is searched for.
BRAINSTEM_PG_BIN = env.str("BRAINSTEM_PG_BIN", default="")
# Time limits of one request for database work. Streams and commands are not limited.
BRAINSTEM_READ_SECONDS = environment.seconds(env.str("BRAINSTEM_READ_SECONDS", default="10"))
BRAINSTEM_WRITE_SECONDS = environment.seconds(env.str("BRAINSTEM_WRITE_SECONDS", default="60"))

# Limits and used codes are counted here: in the database, so that all workers count together.
# Django keeps 300 entries by default and drops others: filling the cache would reset everyone's limits.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "brainstem_cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

# Background work: brainstem.core.tasks.queue queues it, `brainstem-server tasks` runs it.
TASKS = {
    "default": {
        "BACKEND": "django_tasks_db.DatabaseBackend",
        "OPTIONS": {"id_function": "brainstem.core.model.ids.uuid7"},
    }
}
BRAINSTEM_TASKS_BESIDE = env.bool("BRAINSTEM_TASKS_BESIDE", default=True)

# A bucket for uploads; if unset, they are in the data folder.
BRAINSTEM_FILES_URL = env.str("BRAINSTEM_FILES_URL", default="").strip()
STORAGES = files_url.storages(BRAINSTEM_FILES_URL)
MEDIA_ROOT = BRAINSTEM_DATA_DIR / "uploads"
MEDIA_URL = "media/"  # never served directly: uploads are accessed through their record
STATIC_URL = "static/"
WHITENOISE_USE_FINDERS = True  # served from the packages: no collectstatic step to forget
WHITENOISE_ALLOW_ALL_ORIGINS = False

MEGABYTE = 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = env.int("BRAINSTEM_MAX_BODY_MB", default=10) * MEGABYTE
BRAINSTEM_MAX_PAGE_BODY_BYTES = env.int("BRAINSTEM_MAX_PAGE_BODY_MB", default=1) * MEGABYTE
# Every cell of a table is a control; the size of the body is limited anyway.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * MEGABYTE
FILE_UPLOAD_PERMISSIONS = 0o640
BRAINSTEM_MAX_JSON_BYTES = env.int("BRAINSTEM_MAX_JSON_KB", default=64) * 1024
BRAINSTEM_MAX_ANSWER_BYTES = env.int("BRAINSTEM_MAX_ANSWER_MB", default=32) * MEGABYTE
BRAINSTEM_MAX_IMAGE_BYTES = env.int("BRAINSTEM_MAX_IMAGE_MB", default=10) * MEGABYTE
BRAINSTEM_MAX_DOCUMENT_BYTES = env.int("BRAINSTEM_MAX_DOCUMENT_MB", default=25) * MEGABYTE

# --- people --------------------------------------------------------------------------------------------------------

PASSWORD_HASHERS = [
    "brainstem.apps.users.hashers.Argon2",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "brainstem.apps.users.password_rules.NotLikeThePerson"},
    {"NAME": "brainstem.apps.users.password_rules.LongEnough", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "brainstem.apps.users.password_rules.NotOnlyDigits"},
]
AUTHENTICATION_BACKENDS = ["brainstem.apps.users.signed_in.Backend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/private/"
BRAINSTEM_REGISTRATION = environment.registration(env, debug=DEBUG)
BRAINSTEM_PEOPLE = environment.people(env, registration=BRAINSTEM_REGISTRATION)

ACCOUNT_ADAPTER = "brainstem.web.accounts.adapter.Adapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_MAX_EMAIL_ADDRESSES = 1  # changed by our own flow, see brainstem.web.accounts.email
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True  # only in the browser that registered
ACCOUNT_FORMS = {
    "login": "brainstem.web.accounts.forms.LoginForm",
    "signup": "brainstem.web.accounts.forms.SignupForm",
    "reset_password": "brainstem.web.accounts.forms.ResetPasswordForm",
    "reset_password_from_key": "brainstem.web.accounts.forms.ResetPasswordKeyForm",
    "change_password": "brainstem.web.accounts.forms.ChangePasswordForm",
    "set_password": "brainstem.web.accounts.forms.SetPasswordForm",
    "reauthenticate": "brainstem.web.accounts.forms.ReauthenticateForm",
}
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
# allauth's generator queries each address of an account, and that time reveals whether the account exists. Users have
# one address here, and Django's own generator includes it in the link.
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "django.contrib.auth.tokens.PasswordResetTokenGenerator"  # noqa: S105
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_DEFAULT_HTTP_PROTOCOL = urlsplit(BRAINSTEM_URL).scheme or "https"

SOCIALACCOUNT_ADAPTER = "brainstem.web.accounts.social.Adapter"
SOCIALACCOUNT_FORMS = {
    "signup": "brainstem.web.accounts.forms.SocialSignupForm",
    "disconnect": "brainstem.web.accounts.forms.DisconnectForm",
}
SOCIALACCOUNT_AUTO_SIGNUP = False  # new users confirm their name and address first
SOCIALACCOUNT_PROVIDERS = environment.sign_in_providers(env)

MFA_ADAPTER = "brainstem.web.two_factor.adapter.Adapter"
MFA_SUPPORTED_TYPES = [
    "totp",
    "webauthn",
]  # backup codes are our own: allauth stores a seed they can be recomputed from
MFA_TOTP_TOLERANCE = 1
MFA_PASSKEY_LOGIN_ENABLED = True
# Otherwise allauth refuses new email addresses to users with a second factor. Unconfirmed users never get this far.
MFA_ALLOW_UNVERIFIED_EMAIL = True
BRAINSTEM_TWO_FACTOR_DOMAINS: list[str] = environment.domains(env.list("BRAINSTEM_TWO_FACTOR_DOMAINS", default=[]))

BRAINSTEM_THROTTLE = environment.throttle(env.str("BRAINSTEM_THROTTLE", default="on"))
# Sign-ins are limited by brainstem.apps.users.throttle: by address first, so that owners cannot be locked out.
BRAINSTEM_RATES = environment.rates(env, throttle=BRAINSTEM_THROTTLE)
ACCOUNT_RATE_LIMITS: dict[str, str | None] | bool = {
    "login": None,
    "login_failed": None,
    "manage_email": "20/h/user",
    "reset_password": "20/m/ip,3/h/key",
}
if not BRAINSTEM_THROTTLE:
    ACCOUNT_RATE_LIMITS = False

EMAIL_CONFIG = environment.mail(env)
vars().update(EMAIL_CONFIG)
EMAIL_TIMEOUT = 10  # seconds; a mail server that does not answer must not hold a page
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default=f"brainstem@{urlsplit(BRAINSTEM_URL).hostname}")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# --- the web -------------------------------------------------------------------------------------------------------

HTTPS = BRAINSTEM_URL.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_ENGINE = "brainstem.web.session_store"
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "brainstem.config.errors.forged"
CSRF_TRUSTED_ORIGINS = [BRAINSTEM_URL] if BRAINSTEM_URL else []
SECURE_HSTS_SECONDS = env.int("BRAINSTEM_HSTS_SECONDS", default=31_536_000) if HTTPS else 0
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# A proxy that terminates TLS sets this header; trust it only behind a proxy.
BRAINSTEM_BEHIND_PROXY = env.bool("BRAINSTEM_BEHIND_PROXY", default=False)
if BRAINSTEM_BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

CORS_ALLOW_HEADERS = [*default_headers, "idempotency-key", "if-match", "if-none-match", "prefer"]
CORS_EXPOSE_HEADERS = [
    "Brainstem-Event",
    "ETag",
    "X-Request-ID",
    "X-Total-Count",
    "Idempotency-Replayed",
    "Location",
    "Answer-Left-Out",
    "Brainstem-Warning",
    "Preference-Applied",
    "Brainstem-Error-Code",
    "Brainstem-More",
    "RateLimit",
    "RateLimit-Policy",
    "Retry-After",
]
CORS_URLS_REGEX = r"^/api/"
BRAINSTEM_SECURITY_CONTACT = env.str("BRAINSTEM_SECURITY_CONTACT", default="")
# What the operator of a server has to say; at the foot of every page.
BRAINSTEM_IMPRINT_URL = env.str("BRAINSTEM_IMPRINT_URL", default="")
BRAINSTEM_PRIVACY_URL = env.str("BRAINSTEM_PRIVACY_URL", default="")
BRAINSTEM_TERMS_URL = env.str("BRAINSTEM_TERMS_URL", default="")
BRAINSTEM_TRUSTED_PROXIES = env.int("BRAINSTEM_TRUSTED_PROXIES", default=0)
BRAINSTEM_LIMITS = environment.limits(env)

# --- time, language, logs ------------------------------------------------------------------------------------------

USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = False
LANGUAGE_CODE = "en"

LOG_LEVEL = env.str("LOG_LEVEL", default="INFO").upper()
LOG_FORMAT = environment.log_format(env)
BRAINSTEM_METRICS_TOKEN = environment.metrics_token(env)
# Statements that take longer are logged with their plan.
BRAINSTEM_SLOW_QUERY_SECONDS = environment.seconds(env.str("BRAINSTEM_SLOW_QUERY_SECONDS", default="off"))
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {
        "request_id": {"()": "brainstem.config.logs.RequestIdFilter"},
        "hidden_keys": {"()": "brainstem.config.logs.HiddenKeys"},
        "quiet_ends": {"()": "brainstem.config.logs.QuietEnds"},
    },
    "formatters": {
        "line": {"format": "%(asctime)s %(levelname)s %(name)s [%(origin)s] %(message)s"},
        "json": {"()": "brainstem.config.logs.JsonLines"},
    },
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "filters": ["request_id", "hidden_keys"], "formatter": LOG_FORMAT},
    },
    "root": {"handlers": ["stderr"], "level": LOG_LEVEL},
    "loggers": {
        "django": {"handlers": [], "level": LOG_LEVEL, "propagate": True},
        # Repeats in two lines what the log line of each request already says.
        "django.request": {"level": "ERROR", "filters": ["quiet_ends"]},
        "django.server": {"handlers": [], "level": "ERROR", "propagate": True},
        # Says in each process where it found the key of the bucket.
        "botocore": {"level": "WARNING"},
    },
}
