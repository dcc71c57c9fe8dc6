"""The first page of a tenant: the cards of its apps."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

import orders.web.cards
import todos.web
from face.web import caught_up, signed_in

CARDS = (*orders.web.cards.CARDS, *todos.web.CARDS)


@signed_in("dashboard:read")
def dashboard(request: HttpRequest) -> HttpResponse:
    """What each app shows at a glance to whoever is signed in."""
    behind, principal = not caught_up(request), request.principal  # type: ignore[attr-defined]  # set by bind_session
    shown: list[tuple[str, dict[str, Any]]] = [
        (card.template, card.about(request)) for card in CARDS if principal.may(card.permission)
    ]
    return render(request, "dashboard.html", {"cards": shown, "behind": behind})
