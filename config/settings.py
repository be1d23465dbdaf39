"""Settings from the environment; `docs/operating/settings.md` lists them. Unsafe combinations are refused by `config.checks`."""

import os
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

BASE_DIR = Path(__file__).resolve().parent.parent


def env(name: str, default: str = "") -> str:
    return os.environ.get(f"KENG_{name}", default)


def secret_in(path: str) -> str:
    """What a file holds that nobody else may read; empty if there is none, which `config.checks_identity` then says."""
    try:
        return Path(path).read_text().strip() if path else ""
    except (OSError, UnicodeDecodeError):
        return ""


DEMO = env("DEMO") == "1"
DEBUG = False
DEMO_SECRET = "demo only: not a secret"  # noqa: S105 - nobody may use it for anything else, see config.checks
SECRET_KEY = env("SECRET_KEY", DEMO_SECRET if DEMO else "")
VAR = Path(env("VAR", str(BASE_DIR / "var")))

# One host a face. In the demo all three are this machine.
FACE_HOSTS = {
    "public": env("PUBLIC_HOSTS", "127.0.0.1,localhost" if DEMO else "").split(","),
    "desk": env("DESK_HOSTS", "desk.localhost" if DEMO else "").split(","),
    "my": env("MY_HOSTS", "my.localhost" if DEMO else "").split(","),
}
ALLOWED_HOSTS = [host for hosts in FACE_HOSTS.values() for host in hosts if host]
LISTEN = env("LISTEN", "127.0.0.1")
PORT = env("PORT", "8000")
# Processes that serve: more than one only on PostgreSQL.
WORKERS = env("WORKERS", "1")
# What posters and links say: scheme and host (and port) of the public face.
PUBLIC_ORIGIN = env("PUBLIC_ORIGIN", f"http://127.0.0.1:{PORT}" if DEMO else f"https://{FACE_HOSTS['public'][0]}")
# And of the citizens' face, to which the public pages lead whoever files online.
MY_ORIGIN = env("MY_ORIGIN", f"http://my.localhost:{PORT}" if DEMO else f"https://{FACE_HOSTS['my'][0]}")
PROVINCE = env("PROVINCE", "11")
# Days after a quarter's end on which its figures are published, once and for ever: the 20 days to resolve a report have run out by then.
FIGURES_AFTER = env("FIGURES_AFTER", "45")

# The public log: hour of the day at which it is published, what is published of it, keys that sign it, and keys of its witnesses
# (C2SP verifier keys, separated by blanks), whose cosignatures the pages ask for. Addresses to which checkpoints are mailed.
LEDGER_HOUR = env("LEDGER_HOUR", "2")
LEDGER_FOLDER = Path(env("LEDGER_FOLDER", str(VAR / "ledger")))
LEDGER_KEYS = Path(env("LEDGER_KEYS", str(VAR / "ledger-keys")))
WITNESSES = env("WITNESSES").split()
LEDGER_MAIL = env("LEDGER_MAIL").split()

# Keys of what lies encrypted in the database: citizens' files, slips (keng.core.at_rest).
AT_REST_KEYS = Path(env("AT_REST_KEYS", str(VAR / "at-rest-keys")))

# Citizens' e-identity, by OpenID Connect: docs/operating/e-identity.md. Unset: the citizens' face says so, and counters file for people.
# The demo's stands in for it on the next port.
IDENTITY_ISSUER = env("IDENTITY_ISSUER", f"http://127.0.0.1:{int(PORT) + 1 if PORT.isdigit() else 0}" if DEMO else "")
IDENTITY_CLIENT = env("IDENTITY_CLIENT", "keng" if DEMO else "")
IDENTITY_SECRET = env("IDENTITY_SECRET", "demo" if DEMO else "") or secret_in(env("IDENTITY_SECRET_FILE"))
IDENTITY_SCOPE = env("IDENTITY_SCOPE", "openid profile").split()
# What the provider calls the levels (acr), and the claims that tell who somebody is.
IDENTITY_ACR = {level: env(f"IDENTITY_ACR_{level}", f"muc-{level}" if DEMO else "") for level in (1, 2)}
IDENTITY_CLAIMS = {
    "number": env("IDENTITY_CLAIM_NUMBER", "personal_id_number"),
    "name": env("IDENTITY_CLAIM_NAME", "name"),
    "born": env("IDENTITY_CLAIM_BORN", "birthdate"),
}
# Months after their last sign-in for which somebody of whom nothing is left here (no dossier, no draft) is still known.
IDENTITY_MONTHS = env("IDENTITY_MONTHS", "12")
IDENTITY_CA = env("IDENTITY_CA")  # file of certificates, where the provider's is of an authority of its own
SOCIALACCOUNT_ADAPTER = "keng.accounts.citizens.adapter.SocialAccountAdapter"
SOCIALACCOUNT_STORE_TOKENS = SOCIALACCOUNT_AUTO_SIGNUP = False

# Where officers' digests go out: docs/operating/mail.md. Unset: none is sent.
SMTP_URL, MAIL_FROM = env("SMTP_URL"), env("MAIL_FROM")

INSTALLED_APPS = [
    "config",
    "keng.portal",
    "keng.desk",
    "keng.procedures",
    "keng.mailbox",
    "keng.notify",
    "keng.signing",
    "keng.accounts",
    "keng.units",
    "keng.ledger",
    "keng.core",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "rules.apps.AutodiscoverRulesConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "csp",
]

# Each face has its own list; MIDDLEWARE is the desk's, the fullest, so that system checks of libraries see it.
STATIC_FILES = ["whitenoise.middleware.WhiteNoiseMiddleware"]
SIGNED_IN = [
    "django.middleware.security.SecurityMiddleware",
    *STATIC_FILES,
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "keng.accounts.middleware.chosen_language",
    "django.middleware.common.CommonMiddleware",
    "config.arrival.whole_bodies",
    "config.arrival.Readable",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]
# The citizens' face knows no user, only a citizen, whose sessions no other face reads.
CITIZENS_OWN = {
    "django.contrib.sessions.middleware.SessionMiddleware": "keng.accounts.citizens.middleware.CitizenSessions"
}
CITIZENS = [
    *(
        CITIZENS_OWN.get(name, name)
        for name in SIGNED_IN
        if name != "django.contrib.auth.middleware.AuthenticationMiddleware"
    ),
    "keng.accounts.citizens.middleware.SignedInCitizen",
]
FACES: dict[str, tuple[str, list[str]]] = {
    "public": ("config.urls.public", [*STATIC_FILES, "config.middleware.public_headers"]),
    "desk": ("config.urls.desk", [*SIGNED_IN, "keng.accounts.middleware.SecondFactorRequired"]),
    "my": ("config.urls.my", CITIZENS),
}
ROOT_URLCONF, MIDDLEWARE = FACES["desk"]
WSGI_APPLICATION = "config.wsgi.application"

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
                "config.context.keng",
                "keng.accounts.context.signed_in",
                "keng.accounts.citizens.context.citizen",
            ]
        },
    }
]


def database(url: str) -> dict[str, object]:
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": parts.path,
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                # What is erased is overwritten, and no temporary file tells of it.
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON; PRAGMA temp_store=MEMORY; "
                "PRAGMA cache_size=-2000;",
            },
        }
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": dict(parse_qsl(parts.query)).get(
            "host", unquote(parts.hostname or "")
        ),  # ?host=/folder of a unix socket
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 600,
    }


DATABASE_URL = env("DATABASE_URL", f"sqlite://{VAR / 'keng.sqlite3'}")
DATABASES = {"default": database(DATABASE_URL)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "rules.permissions.ObjectPermissionBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "keng.accounts.passwords.LongEnough", "OPTIONS": {"min_length": 12}},
    {"NAME": "keng.accounts.passwords.NotOnesName"},
    {"NAME": "keng.accounts.passwords.NotCommon"},
]
SESSION_COOKIE_AGE = 120 * 60
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not DEMO
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SECURE_REFERRER_POLICY = "same-origin"
DEVICE_COOKIE_NAME = "device"  # keng.accounts.devices
if not DEMO:  # behind our nginx, the only one that reaches the port and always sets this
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    # The prefix makes browsers refuse one set by a sister host, such as the public face's.
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME, LANGUAGE_COOKIE_NAME = "__Host-session", "__Host-csrf", "__Host-language"
    DEVICE_COOKIE_NAME = "__Host-device"
X_FRAME_OPTIONS = "DENY"
CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True  # scripts read the token from the page's <meta name="csrf">
LANGUAGE_COOKIE_SECURE = SESSION_COOKIE_SECURE
LANGUAGE_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "keng.accounts.errors.csrf"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "blob:", "data:"],
        "media-src": ["blob:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "worker-src": ["'self'"],
        "frame-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}

# Officers' sign-in: an administrator makes accounts and resets them; nothing about it is ever sent by e-mail.
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "keng.accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_RATE_LIMITS = False  # they count by address; `keng.accounts.slowing` counts by account
ACCOUNT_FORMS = {
    "login": "keng.accounts.forms.SignInForm",
    "change_password": "keng.accounts.forms.ChangePasswordForm",
    "reauthenticate": "keng.accounts.forms.PasswordAgainForm",
}
MFA_ADAPTER = "keng.accounts.adapter.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_REAUTHENTICATION_REQUIRED = False  # only new recovery codes ask for the password again: `keng.accounts.views`
MFA_TOTP_TOLERANCE = 1  # a phone's clock may be half a minute off
MFA_TOTP_ISSUER = "Kẻng"
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_FORMS = {
    "authenticate": "keng.accounts.forms.CodeForm",
    "activate_totp": "keng.accounts.forms.FirstCodeForm",
}

LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", "Tiếng Việt"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_TZ = True
TIME_ZONE = "Asia/Ho_Chi_Minh"

STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
STATICFILES_DIRS: list[object] = [
    BASE_DIR / "static",
    ("print", BASE_DIR / "keng" / "mailbox" / "print" / "icons"),  # the desk shows what is printed
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# Bodies stay in memory: Django would spool larger ones to disk (R6).
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = (
    9 * 1024 * 1024
)  # above, files would be dropped without a word; the door lets no larger body in

# No request is logged anywhere: only our own sentences about the machine, and no traceback of a public view (R1, R6, R9).
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}, "none": {"class": "logging.NullHandler"}},
    "loggers": {
        "django": {"handlers": ["none"], "propagate": False},
        "keng": {"handlers": ["console"], "level": "INFO"},
    },
}
