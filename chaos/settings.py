"""The shipped settings, and a shop beside the todos: entities whose numbers must add up, and rows that can fail."""

from config.settings import *  # noqa: F403
from config.settings import SHARED_APPS
from config.settings import TENANT_APPS as SHIPPED

TENANT_APPS = [*SHIPPED, "chaos.shop"]
INSTALLED_APPS = SHARED_APPS + TENANT_APPS
ROOT_URLCONF = "chaos.urls"
