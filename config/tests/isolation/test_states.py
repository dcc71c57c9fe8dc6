"""A tenant that is suspended is read and not changed; one that is deleted is not there, to its own people either."""

from collections.abc import Iterator

import pytest

from config.tests.isolation.asking import Caller
from config.tests.isolation.place import Place, Site
from config.tests.isolation.rows import Door
from config.tests.isolation.test_hosts import Leaks, declared, ids, own, sent
from tenants.models import Tenant

UNSAFE = ("POST", "PUT", "PATCH", "DELETE")


@pytest.fixture
def site(unharmed: Place) -> Iterator[Site]:
    yield unharmed.other
    _become(unharmed.other, Tenant.State.ACTIVE)


def _become(site: Site, state: Tenant.State) -> None:
    site.tenant.state = state
    site.tenant.save(update_fields=["state"])


def test_suspended_it_is_read_and_not_changed(site: Site) -> None:
    _become(site, Tenant.State.SUSPENDED)
    wrong: Leaks = []
    for endpoint, row, method, ask in declared():
        for caller in (Caller(site.owner), Caller(key=site.key)) if row.door is Door.API else (Caller(site.owner),):
            url = endpoint.path(own(site, row))
            answer = sent(caller, method, url, host=site.host, row=row, ask=ask)
            if method in UNSAFE and (answer.status != 403 or "suspended" not in answer.text):
                wrong.append((endpoint.name, method, answer))
            if method not in UNSAFE and answer.status != ask.status:
                wrong.append((endpoint.name, method, answer))
    assert not wrong, repr(wrong[:5])


@pytest.mark.parametrize("state", [Tenant.State.DELETING, Tenant.State.DELETED])
def test_deleted_it_is_gone_for_everybody(site: Site, state: Tenant.State) -> None:
    _become(site, state)
    wrong: Leaks = []
    for endpoint, row, method, ask in declared():
        for caller in (Caller(), Caller(site.owner), Caller(key=site.key)):
            url = endpoint.path(ids(site, row))
            answer = sent(caller, method, url, host=site.host, row=row, ask=ask)
            if answer.status != 404 or site.text in answer.text:
                wrong.append((endpoint.name, method, answer))
    assert not wrong, repr(wrong[:5])
