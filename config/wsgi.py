"""The WSGI application; WSGI, because django-tenants' middleware is synchronous (docs/adr/0002)."""

import os
from importlib import import_module

from celery import current_app
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = get_wsgi_application()

import_module("config.checks").refuse_to_start()

for urls in (settings.ROOT_URLCONF, settings.PUBLIC_SCHEMA_URLCONF):
    get_resolver(urls).url_patterns  # noqa: B018  # views are imported now, not while the first visitor waits
current_app.connection_for_write().transport_cls  # noqa: B018  # so is the broker's client
