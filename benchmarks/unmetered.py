"""The shipped settings without metering: no request is an API call, and nothing that is made counts towards a quota."""

from billing import domain
from billing.domain import metrics
from config.settings import *  # noqa: F403
from config.settings import REST_FRAMEWORK as SHIPPED

REPLACED = {"billing.authentication.MeteredKey": "tenants.authentication.ApiKeyAuthentication"}
AUTHENTICATION = [REPLACED.get(each, each) for each in SHIPPED["DEFAULT_AUTHENTICATION_CLASSES"]]
REST_FRAMEWORK = SHIPPED | {"DEFAULT_AUTHENTICATION_CLASSES": AUTHENTICATION}

domain.counted = metrics.counted = lambda metric, delta, *, at=None: {}  # before the apps that count import it
