"""The WSGI application; WSGI, because django-tenants' middleware is synchronous (docs/adr/0002)."""

import os
from importlib import import_module

import django
from django.core.wsgi import get_wsgi_application

from config.bodies import with_whole_bodies
from config.deadlines import REQUEST_TIMEOUT
from cqrs.deadlines import limit_calls

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

django.setup(set_prefix=False)

import_module("config.checks").refuse_to_start()

import_module("config.static_files").collect_static()  # before the middleware that serves them looks at them

application = with_whole_bodies(get_wsgi_application())

limit_calls(REQUEST_TIMEOUT)  # streams and downloads: they go on after their request was answered

import_module("config.readying").make_ready()

import_module("config.web_signs").begin()

import_module("config.termination").hear_signals()
