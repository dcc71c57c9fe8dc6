"""The shipped settings without tenants: what a request costs where there is one customer only.

Plain PostgreSQL backend, the schema named once for each connection; one fixed tenant in place of host, session and
membership. Everything else, the views above all, is the same.
"""

import os

from config.settings import *  # noqa: F403
from config.settings import DATABASES as SHIPPED
from config.settings import MIDDLEWARE as ALL

DATABASES = {
    "default": SHIPPED["default"]
    | {
        "ENGINE": "django.db.backends.postgresql",
        "OPTIONS": SHIPPED["default"]["OPTIONS"]
        | {"options": f"-c search_path={os.environ.get('BENCH_SCHEMA', 'public')},public"},
    }
}
REPLACED = {
    "tenants.middleware.TenantMiddleware": "benchmarks.one_customer.entered",
    "tenants.middleware.bind_session": "benchmarks.one_customer.bound",
    "tenants.middleware.read_only": "",
}
MIDDLEWARE = [found for each in ALL if (found := REPLACED.get(each, each))]
