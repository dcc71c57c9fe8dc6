"""Forms that ask a rule: what they send, why it was refused, and what they show then."""

import hashlib
import re
from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, QueryDict

from cqrs.answers import Once
from cqrs.domain import Command, Conflict, Entity, Refused, Rule, Stale, Unavailable
from cqrs.log import Log
from face.fields import form_args, texts
from face.refusals import KeyRequired

ONCE_MOST = 64
"""Characters of a form's hidden field `once`."""


def asked[S](
    request: HttpRequest, entity: Entity[S, ...], rule: Rule[S], *, sk: str = "", form: QueryDict | None = None
) -> Command[S]:
    """What the request's form asks of the rule (or `form`, what was made of it), decided on the version the form shows.
    Malformed, Http404."""
    form = typed(request) if form is None else form
    version = form.get("version", "")
    return Command(entity, rule, form_args(rule, form), sk, number(version) if version else None)


def once(request: HttpRequest, rule: Rule[Any] | None = None) -> Once | None:
    """The Idempotency-Key of a form: its hidden field `once`, new each time the form is shown, so that sending it twice
    is asking once. KeyRequired where it is missing and the rule adds up."""
    key = request.POST.get("once", "")
    if not 0 < len(key) <= ONCE_MOST:
        if rule and rule.adds:
            raise KeyRequired("This form is not whole: reload the page.")
        return None
    sent = sorted((name, values) for name, values in request.POST.lists() if name != "csrfmiddlewaretoken")
    return Once(f"page {key}", hashlib.sha256(repr((request.path, sent)).encode()).hexdigest())


def typed(request: HttpRequest) -> QueryDict:
    """The fields of a form that was sent, else of the address; browsers send line ends as CR LF, states keep LF."""
    form = (request.POST or request.GET).copy()
    for name, values in form.lists():
        form.setlist(name, [value.replace("\r\n", "\n") for value in values])
    return form


def number(text: str) -> int:
    """A version in an address or a form. Http404 where it is none."""
    if not re.fullmatch(r"[1-9][0-9]{0,17}", text):
        raise Http404
    return int(text)


def refused_at(refused: Refused) -> dict[str, str]:
    """What stands at which field of a form, `items.0.sku`, and at the whole that this is of, `items`; what is at none
    stands under `general`."""
    faults: Any = refused.fields.get("errors") or [{"pointer": refused.pointer, "detail": refused.detail}]
    found = {each["pointer"].strip("/").replace("/", ".") or "general": each["detail"] for each in faults}
    return {name.partition(".")[0]: detail for name, detail in found.items()} | found


def status_of(refused: Refused | None) -> int:
    """The status of a page that shows a form."""
    if refused is None:
        return 200
    return 409 if isinstance(refused, Stale) else 503 if isinstance(refused, Unavailable) else 422


def edited[S](
    log: Log,
    entity: Entity[S, ...],
    sk: str,
    form: QueryDict,
    refused: Refused | None,
    *,
    texts: Callable[[Any], dict[str, str]] = texts,
) -> dict[str, Any]:
    """What a page needs to show a form about an entity: fresh, refused, or overtaken by somebody else's change.

    Overtaken, what was not touched takes the current value, what was typed stays, and `now` says what stands instead.
    `texts` says what a state is in the form's fields.
    """
    current, stated = log.get(entity, sk), form.get("version", "")
    decided_on = number(stated) if stated else current.version
    shown: dict[str, Any] = {"version": current, "decided_on": decided_on, "typed": texts(current.state)}
    if refused is None:
        return shown
    if not isinstance(refused, Conflict):
        return shown | {"typed": form.dict(), "errors": refused_at(refused)}
    base, stands = texts(log.get(entity, sk, version=decided_on).state), shown["typed"]
    touched = {name: text for name, text in form.items() if text != base.get(name, "")}
    kept = stands | {name: text for name, text in touched.items() if {name, name.partition(".")[0]} & stands.keys()}
    now = {name: stands.get(name) or "–" for name in kept if kept[name] != stands.get(name, "")}
    changed = refused.fields["changed_fields"]
    return shown | {"decided_on": current.version, "typed": kept, "now": now, "changed": changed}
