"""Every endpoint of a tenant's host, by every method, for everybody who might ask."""

from collections.abc import Iterator, Mapping
from typing import Any

from config.tests.isolation.asking import Answer, Caller
from config.tests.isolation.endpoints import METHODS, Endpoint, of_tenants
from config.tests.isolation.place import Place, Site
from config.tests.isolation.rows import Ask, Door, Row, row_of
from config.tests.isolation.things import KINDS

UNKNOWN_KEY = f"tf_{'0' * 12}_{'0' * 48}"
LATEST = {"if_match": "*"}

type Leaks = list[tuple[object, ...]]
"""What went wrong, by endpoint and method."""


def matrix() -> Iterator[tuple[Endpoint, Row, str, Ask | None]]:
    """Each endpoint and method; without an Ask where the row declares none. Those that end a session come last."""
    rows = [(endpoint, row) for endpoint in of_tenants() if (row := row_of(endpoint))]
    for endpoint, row in sorted(rows, key=lambda each: each[1].ends_session):
        for method in METHODS:
            yield endpoint, row, method, row.asks.get(method, row.asks.get("GET") if method == "HEAD" else None)


def declared() -> Iterator[tuple[Endpoint, Row, str, Ask]]:
    """Those that a row declares."""
    for endpoint, row, method, ask in matrix():
        if ask:
            yield endpoint, row, method, ask


def fresh(site: Site, row: Row) -> dict[str, str]:
    """A value for each parameter of the path: new things of this tenant."""
    return {name: site.fresh(kind) for name, kind in row.names.items()}


def own(site: Site, row: Row) -> dict[str, str]:
    """The same, with things that are there."""
    return {name: site.things.get(kind, kind) for name, kind in row.names.items()}


def ids(site: Site, row: Row) -> dict[str, str]:
    """The same, with ids also where a code is taken: another tenant has the same codes."""
    return {name: site.things.get(kind.partition("/")[0], kind) for name, kind in row.names.items()}


def missing(site: Site, row: Row) -> dict[str, str]:
    """The same, with names that nothing has."""
    return {name: KINDS[kind].missing(site.code) if kind in KINDS else kind for name, kind in row.names.items()}


def sent(caller: Caller, method: str, url: str, *, host: str, row: Row, ask: Ask | None, **headers: str) -> Answer:
    is_form = row.door is not Door.API
    return caller.ask(method, url, host=host, body=ask.body if ask else None, is_form=is_form, **LATEST | headers)


def people(site: Site, *, all: bool) -> dict[str, Caller]:
    """Who belongs there; or only those who may do most, which is who asks in a way that nobody may."""
    found = {"owner": Caller(site.owner), "key": Caller(key=site.key)}
    return found | ({"viewer": Caller(site.viewer)} if all else {})


def test_own_people_and_keys_get_what_the_row_says(unharmed: Place) -> None:
    wrong, site = [], unharmed.other
    for endpoint, row, method, ask in matrix():
        if row.door is Door.OPEN:
            continue
        for who, caller in people(site, all=bool(ask)).items():
            names = fresh(site, row) if ask and method not in ("GET", "HEAD") else own(site, row)
            answer = sent(caller, method, endpoint.path(names), host=site.host, row=row, ask=ask)
            if answer.status not in _expected(row, method, ask, who):
                wrong.append((endpoint.name, method, who, answer.status, answer.text[-300:]))
    assert not wrong, repr(wrong[:6])


def _expected(row: Row, method: str, ask: Ask | None, who: str) -> set[int]:
    if who == "key" and row.door is Door.PAGE:
        return {302, 405}
    if ask:
        return {ask.expected(who)}
    if method == "OPTIONS" and row.door is Door.API:
        return {204}
    return {405}


def test_the_canary_is_seen_where_it_may_be(both: Place) -> None:
    site = both.victim
    seen = set()
    for endpoint, row, method, ask in declared():
        if method == "GET" and row.door is not Door.OPEN and ask.status == 200:
            url = endpoint.path(own(site, row))
            if sent(Caller(site.owner), method, url, host=site.host, row=row, ask=ask).shows_canary:
                seen.add(endpoint.name)
    assert seen >= {"todos", "todo", "todo-edit", "todo-board", "api-todos", "api-todos-one", "api-events"}


def test_on_anothers_host_everybody_else_is_nobody(unharmed: Place) -> None:
    site, other = unharmed.victim, unharmed.other
    owner, others = Caller(other.owner), [Caller(other.viewer), Caller(unharmed.staff)]
    leaks: Leaks = []
    for endpoint, row, method, ask in matrix():
        url = endpoint.path(ids(site, row))

        def asked(caller: Caller, url: str = url, method: str = method, row: Row = row, ask: Any = ask) -> Answer:
            return sent(caller, method, url, host=site.host, row=row, ask=ask)

        nobody, unknown = asked(Caller()), asked(Caller(key=UNKNOWN_KEY))
        answers = [nobody, *map(asked, [owner, *(others if ask else ())])]
        refused = 204 if method == "OPTIONS" else 401  # a path's methods are in the public schema too
        if row.door is Door.API and {nobody.status, unknown.status} != {refused}:
            leaks.append((endpoint.name, method, nobody.status))
        if row.door is Door.PAGE and nobody.status not in (302, 405):
            leaks.append((endpoint.name, method, nobody.status))
        if any(answer != nobody for answer in answers) or asked(Caller(key=other.key)) != unknown:
            leaks.append((endpoint.name, method, "differs"))
        if any(answer.shows_canary for answer in (*answers, unknown)):
            leaks.append((endpoint.name, method, "canary"))
    assert not leaks, repr(leaks[:6])


def _of_nobody(ask: Ask) -> set[int]:
    """What nobody of a tenant may is refused before anything is looked up."""
    return {403} if ask.status == 403 else set()


def test_anothers_ids_are_answered_as_missing_ones(unharmed: Place) -> None:
    site, victim = unharmed.other, unharmed.victim
    leaks: Leaks = []
    callers = [Caller(site.owner), Caller(key=site.key)]
    for endpoint, row, method, ask in declared():
        theirs, none = ids(victim, row), missing(site, row)
        if theirs == none:
            continue
        for caller in callers if row.door is Door.API else callers[:1]:
            for spelt in (theirs, {name: each.replace("~", "#") for name, each in theirs.items()}):
                foreign = sent(caller, method, endpoint.path(spelt), host=site.host, row=row, ask=ask)
                absent = sent(caller, method, endpoint.path(none), host=site.host, row=row, ask=ask)
                if foreign.but(*spelt.values()) != absent.but(*none.values()) or foreign.shows_canary:
                    leaks.append((endpoint.name, method, foreign, absent))
                elif foreign.status not in ({404, 302, 405} if method in ("GET", "HEAD") else {404} | _of_nobody(ask)):
                    leaks.append((endpoint.name, method, foreign))
    assert not leaks, repr(leaks[:6])


def test_anothers_credentials_are_good_for_nothing_on_ones_own_host(unharmed: Place) -> None:
    site, victim = unharmed.other, unharmed.victim
    leaks: Leaks = []
    for endpoint, row, method, ask in declared():
        url = endpoint.path(ids(site, row))
        for caller, nobody in ((Caller(victim.owner), Caller()), (Caller(key=victim.key), Caller(key=UNKNOWN_KEY))):
            answer = sent(caller, method, url, host=site.host, row=row, ask=ask)
            if answer.shows_canary or answer != sent(nobody, method, url, host=site.host, row=row, ask=ask):
                leaks.append((endpoint.name, method, answer))
    assert not leaks, repr(leaks[:6])


def test_forged_headers_are_not_heard(unharmed: Place) -> None:
    site, victim = unharmed.other, unharmed.victim
    leaks: Leaks = []
    for endpoint, row, method, ask in declared():
        url = f"https://{victim.host}{endpoint.path(ids(victim, row))}"
        forger = Caller(site.owner, headers=forged(victim, url))
        of = own if method in ("GET", "HEAD") else fresh
        plain, answer = (
            sent(each, method, endpoint.path(of(site, row)), host=site.host, row=row, ask=ask)
            for each in (Caller(site.owner), forger)
        )
        if answer.status != plain.status or answer.shows_canary or _heard(victim, answer, plain):
            leaks.append((endpoint.name, method, answer))
    assert not leaks, repr(leaks[:6])


def _heard(victim: Site, answer: Answer, plain: Answer) -> bool:
    return victim.host in answer.text and victim.host not in plain.text


def forged(victim: Site, url: str) -> Mapping[str, str]:
    """What a proxy would say of a request to the victim."""
    return {
        "x-forwarded-host": victim.host,
        "x-forwarded-server": victim.host,
        "x-forwarded-for": "127.0.0.1",
        "x-forwarded-proto": "https",
        "x-real-ip": "127.0.0.1",
        "x-host": victim.host,
        "x-tenant": victim.code,
        "x-original-url": url,
        "x-rewrite-url": url,
        "forwarded": f"for=127.0.0.1;host={victim.host};proto=https",
    }
