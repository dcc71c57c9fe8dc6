"""Django's settings: one list, as Django reads them, however long. What a deployment may change is in
config/environment.py."""

from pathlib import Path
from typing import Any

from django.utils.csp import CSP

from config.celery_settings import *  # noqa: F403
from config.database import parse_database
from config.edge.proxies import parse_proxies
from config.environment import environment
from config.logs import logging_config
from config.mail import mailer
from config.secrets import master_key, secret_key
from config.staff import unfold
from config.worker_metrics import share_counters

env = environment()
share_counters(env)
ROOT = Path(__file__).resolve().parent.parent

DEBUG = env.debug
SECRET_KEY = secret_key()
MASTER_KEY = master_key()
PUBLIC_HOST = env.host
PUBLIC_ADDRESS = env.public_address
PROXIES = parse_proxies(env.proxies)
ALLOWED_HOSTS = ["*"]  # an unknown host is a 404 by the tenant middleware; custom domains live in the database

# One app, one place: SHARED_APPS' tables are in the public schema, TENANT_APPS' in each tenant's.
SHARED_APPS = [
    "unfold",  # before django_tenants, whose admin index knows only the public tables
    "django_tenants",
    "allauth",  # before tenants, which takes its pages out of the staff admin
    "allauth.account",
    "allauth.mfa",
    "config",
    "tenants",
    "webhooks",
    "face",
    "cqrs.stream",
    "cqrs.jobs",
    "cqrs.personal",
    "cqrs.reactions",
    "billing.plans",
    "surveys.rates",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "config.static_files.StaticFiles",
    "django_filters",
    "django_htmx",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
]
TENANT_APPS = ["cqrs", "cqrs.numbering", "todos", "orders", "surveys", "billing"]
INSTALLED_APPS = SHARED_APPS + TENANT_APPS

TENANT_MODEL = "tenants.Tenant"
TENANT_DOMAIN_MODEL = "tenants.Domain"
GET_EXECUTOR_FUNCTION = "tenants.migrating.executor"  # of migrate_schemas
AUTH_USER_MODEL = "tenants.User"

MIDDLEWARE = [
    "config.edge.arrival.arrival",
    "config.middleware.request_id",
    "config.unavailable.retry_after",
    "config.deadlines.bounded",
    "config.tracing.traced",
    "config.access.access",
    "config.edge.transport.hsts",
    "face.cookies.host_cookies",
    "config.probes.probes",
    "tenants.middleware.TenantMiddleware",
    "config.edge.transport.https_only",
    "config.clock_gate.clock_gate",
    "django.middleware.security.SecurityMiddleware",
    "config.middleware.compressed",
    "config.static_files.StaticFilesMiddleware",
    "config.edge.caching.no_store",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "config.middleware.csp",
    "config.body_checks.check_body",
    "config.options.OptionsMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "config.middleware.SlashMiddleware",
    "tenants.origins.OriginMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "tenants.middleware.bind_session",
    "tenants.middleware.read_only",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]
ROOT_URLCONF = "config.urls"
PUBLIC_SCHEMA_URLCONF = "config.urls_public"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "config" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "tenants.support.pages.banner",
                "billing.standing.banner",
            ],
        },
    }
]

DATABASES: dict[str, Any] = {"default": parse_database(env.database, pool=env.database_pool)}
ORIGINAL_BACKEND = "config.postgres"  # what django-tenants' backend builds on
DATABASE_ROUTERS = ["django_tenants.routers.TenantSyncRouter"]
TENANT_LIMIT_SET_CALLS = True  # half as many statements; that one taken back is set again is tested
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES: dict[str, Any] = {
    "default": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "KEY_FUNCTION": "django_tenants.cache.make_key",  # holds the schema: no tenant reads what another has cached
        "REVERSE_KEY_FUNCTION": "django_tenants.cache.reverse_key",
    }
}

DYNAMODB = {
    "endpoint": env.dynamodb,
    "region": env.dynamodb_region,
    "access_key": env.dynamodb_access_key,
    "prefix": env.dynamodb_prefix,
}

AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PASSWORD_HASHERS = [
    "tenants.hashing.Argon2",  # as safe as the one below in a fraction of its time
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",  # of older passwords: hashed anew when they are used next
]
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
MFA_ADAPTER = "tenants.second_factor.Adapter"
PASSWORD_RESET_TIMEOUT = 60 * 60  # seconds that the link of a forgotten password is good
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "sign-in"

MAILERS = {"default": mailer(env.mail, folder=env.local / "mail")}
DEFAULT_FROM_EMAIL = env.mail_from

SILENCED_SYSTEM_CHECKS = [  # Django looks for one answer for all requests; ours is given for each
    "security.W003",  # tenants.origins.OriginMiddleware is Django's CSRF protection, and more
    "security.W004",  # config.edge.transport.hsts
    "security.W008",  # config.edge.transport.https_only
    "security.W012",  # face.cookies.host_cookies
    "security.W016",  # as W012, of the CSRF cookie
]
SECURE_CSP: dict[str, list[str]] = {
    "default-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],
    "object-src": [CSP.NONE],
    "base-uri": [CSP.NONE],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.NONE],
}
SECURE_CSP_MEMBERS: dict[str, list[str]] = SECURE_CSP | {
    # Products show images by their address, whatever host that names. Not on single pages: htmx swaps those into the
    # document that was loaded first, and its policy stays. So for whoever is signed in, and for nobody else: neither
    # where passwords are typed nor on public forms can an image tell a stranger's host anything.
    "img-src": [CSP.SELF, "data:", "https:"],
}
SECURE_CSP_LOOSE: dict[str, list[str]] = SECURE_CSP | {  # the admin's and the API console's own scripts ask for it
    "script-src": [CSP.SELF, CSP.UNSAFE_INLINE, CSP.UNSAFE_EVAL],
    "style-src": [CSP.SELF, CSP.UNSAFE_INLINE],
}

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = env.static_folder
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "config.static_files.HashedFiles"},
}
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = ["gz", "map", "png", "woff", "woff2", "zip"]
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = DEBUG  # else from STATIC_ROOT alone

DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024  # bytes of a request's body; more is a 413

REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "billing.authentication.MeteredKey",
        "tenants.authentication.MemberAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_PARSER_CLASSES": ["face.bodies.JsonBytes"],
    "DEFAULT_RENDERER_CLASSES": ["face.bodies.Json"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "face.problems.handle",
    "UNAUTHENTICATED_USER": None,
    "URL_FORMAT_OVERRIDE": None,
}
SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "Tenfold",
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SERVE_AUTHENTICATION": [],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENABLE_DJANGO_DEPLOY_CHECK": False,  # how well the schema reads is no operator's concern
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "tenants.authentication.name_session_cookie",
    ],
}

UNFOLD = unfold()

METRICS_TOKEN = env.metrics_token
CANARY_SECONDS = env.canary_seconds
POOL = env.pool
SIGN_UPS = env.sign_ups
ANSWERS = env.answers
RESOLVER = env.resolver
WEBHOOKS_LOCAL = env.webhooks_local
WEBHOOK_PORTS = frozenset(map(int, env.webhook_ports.split(",")))

LOGGING = logging_config(env.log_level)
