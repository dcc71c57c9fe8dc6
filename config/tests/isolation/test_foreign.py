"""What is another's in bodies, filters, cursors and headers of one's own requests: worth as much as a made-up one."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from config.tests.isolation.asking import Caller
from config.tests.isolation.canaries import CANARY
from config.tests.isolation.digest import digest_of
from config.tests.isolation.place import QUIET, Place, Site
from config.tests.isolation.rows import Door, Row
from config.tests.isolation.test_hosts import Leaks, declared, fresh, ids, own, sent
from config.tests.isolation.things import KINDS, SHOWN
from cqrs.store import Keep, Receipt
from face import models
from tenants.keys import TEXT

NOBODY = 10**9

FILTERS = (
    {"tenant": "code", "tenant_code": "code", "schema": "code", "by": "key", "next": "host"},
    {"id": SHOWN[0].type, "pk": SHOWN[0].type, "q": SHOWN[0].type},
    {"assignee": "user"},
)
"""Parameters, and whose name is tried as their value; in groups of which one hides no other."""

PLAIN = ("key", "email", "code", "host")
"""Names of which each field is told one, in turn."""


def names(site: Site) -> dict[str, str]:
    """What can be said of a tenant's things in a text: an entity's id, a person, a key, and its code."""
    key = TEXT.fullmatch(site.key)
    assert key
    owner = site.member("owner")
    people = {"user": f"user:{owner.pk}", "key": f"key:{key['prefix']}", "email": QUIET}
    return {each.type: site.things[each.type] for each in SHOWN} | people | {"code": site.code, "host": site.host}


def made_up(site: Site) -> dict[str, str]:
    """The same, of nobody's."""
    somebody = f"{uuid4().hex[:12]}@nobody.example"
    people = {
        "user": f"user:{NOBODY}",
        "key": f"key:{'0' * 12}",
        "email": somebody,
        "code": "nobody",
        "host": "nobody.localhost",
    }
    return {each.type: KINDS[each.type].missing(site.code) for each in SHOWN} | people


def _tried(names: Iterable[str], row: Row) -> list[str]:
    """What is tried as a value: of entities, one of the kind that the path names, and one of another."""
    types = {each.type for each in SHOWN} - {SHOWN[0].type} - {kind.partition("/")[0] for kind in row.names.values()}
    return [name for name in names if name not in types]


def _said_where(kinds: Sequence[str], fields: Sequence[str]) -> Iterator[tuple[str, str]]:
    """What is said in which field: each kind in each, but of the plain ones one."""
    for place, field in enumerate(fields):
        yield from ((kind, field) for kind in kinds if kind not in PLAIN or kind == PLAIN[place % len(PLAIN)])


def test_in_a_body(unharmed: Place) -> None:
    site = unharmed.other
    leaks: Leaks = []
    theirs, none = names(unharmed.victim), made_up(site)
    for endpoint, row, method, ask in declared():
        fields = [field for field, each in ask.body.items() if isinstance(each, str | list)]
        for kind, field in _said_where(_tried(theirs, row), fields) if method != "HEAD" else ():
            answers = []
            for value in (theirs[kind], none[kind]):
                url, body = endpoint.path(fresh(site, row)), {**ask.body, field: _said(ask.body[field], value)}
                is_form = row.door is not Door.API
                caller = Caller(site.owner)
                answer = caller.ask(method, url, host=site.host, body=body, is_form=is_form, if_match="*")
                answers.append(answer.but(value))
            if answers[0].status != answers[1].status or answers[0].shows_canary:
                leaks.append((endpoint.name, method, kind, answers))
    assert not leaks, repr(leaks[:3])


def test_as_a_field_that_would_choose_the_tenant(unharmed: Place) -> None:
    site = unharmed.other
    leaks: Leaks = []
    for endpoint, row, method, ask in declared():
        if row.door is Door.API and ask.body and method in ("POST", "PATCH", "PUT"):
            for field in ("tenant", "tenant_code", "tenant_id"):
                body = {**ask.body, field: unharmed.victim.code}
                url = endpoint.path(fresh(site, row))
                answer = Caller(key=site.key).ask(method, url, host=site.host, body=body, if_match="*")
                if answer.status != 400:
                    leaks.append((endpoint.name, method, field, answer))
    assert not leaks, repr(leaks[:3])


def test_in_a_filter(unharmed: Place) -> None:
    site = unharmed.other
    leaks: Leaks = []
    theirs, none = names(unharmed.victim), made_up(site)
    for endpoint, row, method, ask in declared():
        for group in _groups(row) if method == "GET" else ():
            answers = []
            for said in (theirs, none):
                query = urlencode({each: said[kind] for each, kind in group.items()})
                url = f"{endpoint.path(own(site, row))}?{query}"
                answer = sent(Caller(site.owner), method, url, host=site.host, row=row, ask=ask)
                answers.append(answer.but(*(each[kind] for kind in group.values() for each in (theirs, none))))
            if answers[0] != answers[1] or answers[0].shows_canary:
                leaks.append((endpoint.name, group, answers))
    assert not leaks, repr(leaks[:3])


def _groups(row: Row) -> Iterator[Mapping[str, str]]:
    """The API refuses a parameter that it does not know, and so would hear no other: there each goes alone."""
    for group in FILTERS:
        yield from [{each: kind} for each, kind in group.items()] if row.door is Door.API else [group]


def test_a_cursor(unharmed: Place) -> None:
    site = unharmed.other
    leaks: Leaks = []
    cursors = list(_cursors(unharmed.victim))
    for url, cursor in cursors:
        forged = Caller(site.owner).ask("GET", f"{url}&cursor={cursor}", host=site.host)
        made_up = Caller(site.owner).ask("GET", f"{url}&cursor={cursor[::-1]}", host=site.host)
        if forged.but(cursor) != made_up.but(cursor[::-1]) or forged.status != 400:
            leaks.append((url, forged, made_up))
    assert cursors
    assert not leaks, repr(leaks[:3])


def _cursors(site: Site) -> Iterator[tuple[str, str]]:
    """The cursor of the victim's second page, of each list that has one."""
    for endpoint, row, method, ask in declared():
        if method == "GET" and row.door is Door.API and not endpoint.parameters:
            url = f"{endpoint.path({})}?limit=1"
            answer = sent(Caller(site.owner), method, url, host=site.host, row=row, ask=ask)
            if answer.cursor:
                yield url, answer.cursor


def test_an_idempotency_key(both: Place) -> None:
    asked = [each for each in declared() if each[1].door is Door.API and each[2] not in ("GET", "HEAD")]
    for endpoint, _, method, _ in asked:
        _use(both.victim, f"{endpoint.name} {method}")
    before, site = digest_of(both.victim.code), both.other
    leaks: Leaks = []
    for endpoint, row, method, ask in asked:
        url, key = endpoint.path(fresh(site, row)), f"{endpoint.name} {method}"
        caller = Caller(key=site.key, headers={"idempotency-key": key})
        answer = caller.ask(method, url, host=site.host, body=ask.body, if_match="*")
        if answer.status != ask.status or "Idempotent-Replayed" in answer.text or answer.shows_canary:
            leaks.append((endpoint.name, method, answer))
    assert not leaks, repr(leaks[:3])
    assert digest_of(both.victim.code) == before


def _use(site: Site, key: str) -> None:
    """Keep an answer under this key, wherever answers are kept."""
    models.Receipt.objects.create(tenant_code=site.code, key=key, digest="0" * 64, status=299, answer={"n": CANARY})
    kept = Receipt(site.code, key, "0" * 64, 299, site.things[SHOWN[0].type], 1, uuid4().hex, None)
    site.writer().log.write([Keep(kept)], token=uuid4().hex)


def test_a_consistency_token_and_a_place_in_the_journal(unharmed: Place) -> None:
    site = unharmed.other
    leaks: Leaks = []
    for endpoint, row, method, ask in declared():
        if method == "GET" and row.door is not Door.OPEN:
            url = endpoint.path(ids(site, row))
            for header, theirs, none in _headers(unharmed, row):
                pair = [
                    sent(Caller(site.owner), method, url, host=site.host, row=row, ask=ask, **{header: value})
                    for value in (theirs, none)
                ]
                if pair[0].but(theirs) != pair[1].but(none) or pair[0].shows_canary:
                    leaks.append((endpoint.name, header, pair))
    assert not leaks, repr(leaks[:3])


def _headers(both: Place, row: Row) -> Iterator[tuple[str, str, str]]:
    for kind in _tried((each.type for each in SHOWN), row):
        theirs = both.victim.things[kind]
        yield "consistency_token", f"{theirs}@1", f"{theirs.replace(both.victim.code, 'nobody')}@1"
    yield "last_event_id", "9000001", "9000009"
    yield "if_none_match", '"9000001"', '"9000009"'


def _said(each: Any, value: str) -> Any:
    """The value in place of a text, or of a list of texts."""
    return value if isinstance(each, str) else [value]
