"""The public host: staff's side shows nobody else anything, and its doors nothing of a tenant."""

from django.conf import settings

from config.tests.isolation.asking import Caller
from config.tests.isolation.endpoints import METHODS, Endpoint, of_public
from config.tests.isolation.place import Place
from config.tests.isolation.rows import PUBLIC, Door, Row, row_of
from config.tests.isolation.test_hosts import UNKNOWN_KEY, Leaks, forged


def test_nobody_but_staff_is_let_in(unharmed: Place) -> None:
    victim, other = unharmed.victim, unharmed.other
    leaks: Leaks = []
    host, rows = settings.PUBLIC_HOST, [(each, row_of(each, PUBLIC)) for each in of_public()]
    callers, forger = [Caller(), Caller(other.owner)], Caller(headers=forged(victim, f"//{victim.host}/"))
    for endpoint, row in rows:
        assert row
        for method in METHODS:
            url = endpoint.path(_named(unharmed, endpoint, row))
            asking = [*callers, Caller(key=other.key), forger] if method == "GET" else callers
            answers = [each.ask(method, url, host=host, body={}, is_form=True) for each in asking]
            if any(each.but(url).shows_canary or each.status != answers[0].status for each in answers):
                leaks.append((endpoint.name, method, answers))
            if row.door is Door.PAGE and answers[0].status not in (302, 403, 404, 405):
                leaks.append((endpoint.name, method, answers[0]))
    assert not leaks, repr(leaks[:3])


def test_a_tenants_host_has_no_staff_side_and_the_public_one_no_api(unharmed: Place) -> None:
    staff, site = Caller(unharmed.staff), unharmed.other
    assert staff.ask("GET", "/admin/", host=site.host).status == 404
    assert Caller(key=site.key).ask("GET", "/api/v1/todos/", host=settings.PUBLIC_HOST).status == 404
    assert Caller(key=UNKNOWN_KEY).ask("GET", "/api/v1/todos/", host=settings.PUBLIC_HOST).status == 404


def test_staff_see_what_the_canaries_stand_in(unharmed: Place) -> None:
    staff = Caller(unharmed.staff)
    url = f"/admin/cqrs/journalline/?tenant={unharmed.victim.code}"
    staff.ask("GET", url, host=settings.PUBLIC_HOST)
    assert staff.ask("GET", "/admin/cqrs/journalline/", host=settings.PUBLIC_HOST).shows_canary


def _named(both: Place, endpoint: Endpoint, row: Row) -> dict[str, str]:
    """The victim's own row of the model that a page of the admin is about."""
    about = {model: row for model, row in both.rows.items() if f"/{model._meta.model_name}/" in endpoint.route}
    pk = str(next((each.pk for each in about.values()), "1"))
    return {name: row.names.get(name, pk) for name in endpoint.parameters}
