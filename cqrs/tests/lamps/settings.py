"""The settings, with lamps."""

from config.settings import *  # noqa: F403
from config.settings import INSTALLED_APPS, TENANT_APPS

TENANT_APPS = [*TENANT_APPS, "cqrs.tests.lamps"]
INSTALLED_APPS = [*INSTALLED_APPS, "cqrs.tests.lamps"]
