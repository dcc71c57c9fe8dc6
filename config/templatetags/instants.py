"""How instants and days look. Times are in the active zone, the tenant's. Templates load these with `face`."""

from datetime import UTC, date, datetime

from django import template
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()

IN_FULL = "j M Y, H:i"


@register.filter
def when(at: datetime | str | None) -> SafeString | str:
    """An instant as the tenant's clock shows it, with UTC on hover; shorter the nearer it is."""
    here, now = _here(at), timezone.localtime()
    if here is None:
        return ""
    same_day, same_year = here.date() == now.date(), here.year == now.year
    return _time(here, "H:i" if same_day else "j M, H:i" if same_year else IN_FULL)


@register.filter
def dated(at: datetime | str | None) -> SafeString | str:
    """The same on a document, which is read on other days as well: always in full."""
    here = _here(at)
    return _time(here, IN_FULL) if here else ""


def _here(at: datetime | str | None) -> datetime | None:
    moment = parse_datetime(at) if isinstance(at, str) else at
    return timezone.localtime(moment) if moment else None


def _time(here: datetime, shape: str) -> SafeString:
    utc = here.astimezone(UTC)
    told = utc.isoformat(), f"{utc:%Y-%m-%d %H:%M:%S}", date_format(here, shape)
    return format_html('<time datetime="{}" title="{} UTC">{}</time>', *told)


@register.filter
def day(value: date | str | None) -> str:
    """A date as people say it: Today, Tomorrow, Fri, 12 Nov, 12 Nov 2027."""
    if not value:
        return ""
    then, today = (date.fromisoformat(value) if isinstance(value, str) else value), timezone.localdate()
    near = {-1: "Yesterday", 0: "Today", 1: "Tomorrow"}.get((then - today).days)
    if near:
        return near
    if 1 < (then - today).days < 7:
        return date_format(then, "l")
    return date_format(then, "j M" if then.year == today.year else "j M Y")


@register.filter
def nearness(value: date | None) -> str:
    """The class of a date that is still to be kept: `late`, `today`, or none."""
    today = timezone.localdate()
    return "" if not value or value > today else "today" if value == today else "late"
