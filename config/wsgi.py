"""The WSGI application; WSGI, because django-tenants' middleware is synchronous (docs/adr/0002)."""

import os
from importlib import import_module

from django.core.wsgi import get_wsgi_application

from config.deadlines import REQUEST_TIMEOUT
from cqrs.deadlines import limit_calls

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = get_wsgi_application()

import_module("config.checks").refuse_to_start()

limit_calls(REQUEST_TIMEOUT)  # streams and downloads: they go on after their request was answered

import_module("config.readying").make_ready()

import_module("config.web_signs").begin()
