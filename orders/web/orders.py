"""The pages of orders: a list, one with all that becomes of it, the form that places or edits one.

A little past the usual length: these pages share one order and what may be done with it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import uuid4

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect

from cqrs.domain import Conflict, NotFound, Refused, Rule, Version
from cqrs.log import Change
from cqrs.writer import Answer
from face.countries import countries, name_of
from face.forms import asked, edited, number, once, refused_at, status_of, typed
from face.histories import Moment
from face.screens import Screens, show
from face.web import log_of, writer
from orders.domain import NEXT, UNITS, Order, Status
from orders.domain.lines import NoItems
from orders.queries import ORDERS, SHELVES
from orders.web.draft import draft, items_of, texts, tidied, with_items
from orders.web.steps import steps

BUTTONS = ("add", "drop", "update")
"""Buttons that change what a form shows, and send nothing."""

PARTLY = ("ship", "return_items")
"""Rules that may be about some of what was ordered."""

UNTOLD = {"placed_at", "shipped_at", "delivered_at", "currency"}
"""Fields of which a history need not tell: it says when each thing happened, and what that did to stock."""

FOUND_MOST = 8
PAYMENTS = ("Invoice", "Card", "Bank transfer", "Cash on delivery")


class NothingChosen(Refused):
    """Say of at least one line how many."""


class Orders(Screens[Any]):
    """Orders; what is refused is shown where it was asked."""

    def create(self, request: HttpRequest) -> HttpResponse:
        return self.new(request) if _is_pressed(request) else super().create(request)

    def new(self, request: HttpRequest, refused: Refused | None = None) -> HttpResponse:
        form, log = self.form(request), log_of(request)
        shown = {
            "typed": form,
            "errors": refused_at(refused) if refused else {},
            "draft": draft(log, form, refused),
            "once": form.get("once") or uuid4().hex,
        }
        return show(request, "orders/new.html", shown | _choices(form), part="none", status=status_of(refused))

    def made(self, request: HttpRequest, answer: Answer[Any]) -> HttpResponse:
        return redirect("order", answer.version.code)

    def about(self, request: HttpRequest, version: Version[Order]) -> dict[str, Any]:
        order = version.state
        may = [status for status in NEXT[order.status] if status != Status.CANCELLED]
        return {
            "steps": steps(order),
            "next": may[0] if may else None,
            "may_cancel": Status.CANCELLED in NEXT[order.status],
            "is_partly_shipped": any(line.shipped for line in order.lines) and order.status == Status.PROCESSING,
            "waiting": [line for line in order.lines if line.waiting],
            "out": [(line, line.shipped - line.returned) for line in order.lines if line.shipped > line.returned],
            "country": name_of(order.shipping_address.country),
            "once": uuid4().hex,
            "opened": request.GET.get("ask", ""),
        }

    def told(self, moments: Sequence[Moment[Any]]) -> Sequence[Moment[Any]]:
        """What was ordered is told in words; of the first version, only what it reserved."""
        return [replace(each, changes=_told(each)) for each in moments]

    def edit(self, request: HttpRequest, code: str) -> HttpResponse:
        if not _is_pressed(request):
            return super().edit(request, code)
        form = self.form(request)
        shown = edited(log_of(request), self.entity, self.entity.sk_of(code), form, None, texts=texts)
        shown["decided_on"] = number(form.get("version", ""))
        shown |= self.editing(request, shown | {"typed": form.dict()}, None)
        return show(request, "orders/edit.html", shown, part="newer")

    def editing(self, request: HttpRequest, shown: Mapping[str, Any], refused: Refused | None) -> dict[str, Any]:
        """Lines are one thing: who has touched them keeps them all."""
        log, form, values = log_of(request), self.form(request), dict(shown["typed"])
        if isinstance(refused, Conflict):
            base = log.get(self.entity, shown["version"].sk, version=number(form.get("version", "")))
            lines = items_of(form) if items_of(form) != items_of(texts(base.state)) else None
            if lines is not None:
                values = with_items(_query(values), lines).dict()
        kept = shown["version"].state
        return {"typed": values, "draft": draft(log, values, refused, kept=kept), **_choices(form)}

    def declined(self, request: HttpRequest, code: str, rule: str, refused: Refused) -> HttpResponse | None:
        has_dialog = rule == "cancel" or (rule in PARTLY and "partly" in request.POST)
        if not has_dialog or isinstance(refused, NotFound | Conflict):
            return super().declined(request, code, rule, refused)
        shown = {"typed": request.POST, "errors": refused_at(refused), "opened": rule}
        return self.detail(request, code, status=status_of(refused), **shown)

    def form(self, request: HttpRequest) -> QueryDict:
        return tidied(typed(request))

    def texts(self, state: Any) -> dict[str, str]:
        return texts(state)

    def send(self, request: HttpRequest, rule: Rule[Any], sk: str = "") -> Answer[Any]:
        form = self.form(request)
        if rule.name in PARTLY and "partly" in form:
            form = with_items(form, {sku: units for sku, units in items_of(form).items() if units.strip("0")})
            if not items_of(form):
                raise NothingChosen(pointer="/items")
        if rule.creates and not items_of(form):
            raise NoItems(pointer="/items")
        if rule.name == "edit" and self._has_lines_of(request, sk, form):
            form = with_items(form, {})
        command = asked(request, self.entity, rule, sk=sk, form=form)
        return writer(request).send(command, once=once(request, rule))

    def _has_lines_of(self, request: HttpRequest, sk: str, form: QueryDict) -> bool:
        """Whether the form leaves what is ordered as it was: then it keeps its prices, too."""
        stated = number(form.get("version", "1"))
        return items_of(form) == items_of(texts(log_of(request).get(self.entity, sk, version=stated).state))


def _is_pressed(request: HttpRequest) -> bool:
    return any(name in request.POST for name in BUTTONS)


def _query(values: Mapping[str, str]) -> QueryDict:
    found = QueryDict(mutable=True)
    found.update(values)
    return found


def _choices(form: QueryDict) -> dict[str, Any]:
    """What a form offers: products that are found, countries, ways to pay."""
    wanted = {"is_active": "true", "q": form.get("find", "")[:200]}
    rows = SHELVES.filters(_query({name: text for name, text in wanted.items() if text}), queryset=SHELVES.rows()).qs
    found = rows.order_by("name")[:FOUND_MOST]
    return {"found": found, "find": wanted["q"], "countries": countries(), "payments": PAYMENTS}


def _told(moment: Moment[Any]) -> list[Change]:
    if moment.version.version == 1:
        return []
    untold = UNTOLD | ({"lines"} if moment.version.rule in PARTLY else set())
    return [_in_words(each) for each in moment.changes if each.field not in untold]


def _in_words(change: Change) -> Change:
    if change.field != "lines":
        return change
    return Change("items", _lines(change.before), _lines(change.after))


def _lines(lines: Any) -> Any:
    found = []
    for line in lines or ():
        parts = [f"{line[name]} {name}" for name in ("shipped", "returned") if line[name]]
        found.append(f"{line['quantity']} × {line['sku']}" + (f" ({', '.join(parts)})" if parts else ""))
    return found


PAGES = Orders(ORDERS, one="order", counter=UNITS)
