"""Forms that ask a rule: what they send, why it was refused, and what they show then."""

import re
from typing import Any

from django.http import Http404, HttpRequest, QueryDict

from cqrs.codec import encode
from cqrs.domain import Command, Conflict, Entity, Json, Refused, Rule
from cqrs.log import Log
from face.web import form_args


def asked[S](request: HttpRequest, entity: Entity[S, ...], rule: Rule[S], *, sk: str = "") -> Command[S]:
    """What the request's form asks of the rule, decided on the version the form shows. Malformed, Http404."""
    form = typed(request)
    version = form.get("version", "")
    return Command(entity, rule, form_args(rule, form), sk, number(version) if version else None)


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
    """What stands at which field of a form; what is at none stands under `general`."""
    faults: Any = refused.fields.get("errors") or [{"pointer": refused.pointer, "detail": refused.detail}]
    return {each["pointer"].strip("/").partition("/")[0] or "general": each["detail"] for each in faults}


def status_of(refused: Refused | None) -> int:
    """The status of a page that shows a form."""
    return 200 if refused is None else 409 if isinstance(refused, Conflict) else 422


def edited[S](log: Log, entity: Entity[S, ...], sk: str, form: QueryDict, refused: Refused | None) -> dict[str, Any]:
    """What a page needs to show a form about an entity: fresh, refused, or overtaken by somebody else's change.

    Overtaken, what was not touched takes the current value, what was typed stays, and `now` says what stands instead.
    """
    current, stated = log.get(entity, sk), form.get("version", "")
    decided_on = number(stated) if stated else current.version
    shown: dict[str, Any] = {"version": current, "decided_on": decided_on, "typed": texts(current.state)}
    if refused is None:
        return shown
    if not isinstance(refused, Conflict):
        return shown | {"typed": form.dict(), "errors": refused_at(refused)}
    base, stands = texts(log.get(entity, sk, version=decided_on).state), shown["typed"]
    kept = {name: form.get(name, old) if form.get(name, old) != old else stands[name] for name, old in base.items()}
    now = {name: stands[name] or "–" for name in kept if kept[name] != stands[name]}
    changed = refused.fields["changed_fields"]
    return shown | {"decided_on": current.version, "typed": kept, "now": now, "changed": changed}


def texts(state: object) -> dict[str, str]:
    """A state as the texts that a form's fields hold."""
    return {name: _text(value) for name, value in encode(state).items()}


def _text(value: Json) -> str:
    if isinstance(value, list):
        return ", ".join(str(each) for each in value)
    return "" if value is None else str(value)
