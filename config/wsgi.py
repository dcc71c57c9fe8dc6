"""The WSGI application; WSGI, because django-tenants' middleware is synchronous (docs/adr/0002)."""

import os

from django.core.checks import run_checks
from django.core.management.base import SystemCheckError
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = get_wsgi_application()

if missing := [each for each in run_checks(tags=["tenfold"], databases=["default"]) if each.is_serious()]:
    raise SystemCheckError("\n".join(map(str, missing)))  # a fence between tenants is not there: nobody is served
