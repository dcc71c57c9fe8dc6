"""Periods, amounts and lines as clients see them."""

from typing import Any

from billing.domain.bill import Line, LineKind
from billing.domain.periods import Period


def money(amount: int, currency: str) -> dict[str, Any]:
    """Minor units of a currency."""
    return {"amount": amount, "currency": currency}


def period_shown(period: Period) -> dict[str, str]:
    """From when on, and before when."""
    return {"start": f"{period.start:%Y-%m-%dT%H:%M:%SZ}", "end": f"{period.end:%Y-%m-%dT%H:%M:%SZ}"}


def line_shown(line: Line, currency: str, *, cause: int = 0) -> dict[str, Any]:
    """`{"kind", "text", "amount", "explain"}`, and how the amount comes about. `cause` is the subscription's version
    that billed it."""
    told: dict[str, Any] = {"kind": line.kind, "text": line.text, "amount": money(line.amount, currency)}
    if line.period:
        told["period"] = period_shown(line.period)
    if line.kind == LineKind.PRORATION:
        share = {"price": line.price, "seconds": line.seconds, "of_seconds": line.of_seconds}
        told["proration"] = share | {"remainder": line.remainder}
    if line.quantity is not None:
        told |= {"quantity": line.quantity, "unit_price": str(line.unit_price)}
    return told | {"explain": _explain(line, cause)}


def _explain(line: Line, cause: int) -> str | None:
    """Where the facts behind it are told, each with its command and who sent it."""
    if line.metric:
        return f"/api/v1/usage/{line.month}/{line.metric}/"
    return f"/api/v1/subscription/history/?after={cause - 1}&limit=1" if cause else None
