"""How values look on every page: icons, instants, dates, names. Times are in the active zone, the tenant's.

One library, a little past the usual length: templates load it by one name.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zlib import crc32

from django import template
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString

from face import countries
from face import money as amounts
from tenants.names import name_of
from tenants.principal import Principal
from tenants.workspaces import SHOWN_MOST, others

register = template.Library()

TONES = 6
"""How many colours app.css has for avatars: `.tone-0` …"""


@register.simple_tag
def icon(name: str, extra: str = "") -> SafeString:
    """An icon of partials/icons.html; a picture beside words, so it is hidden from screen readers."""
    return format_html(
        '<svg class="icon {}" viewBox="0 0 16 16" aria-hidden="true"><use href="#i-{}"/></svg>', extra, name
    )


@register.simple_tag(takes_context=True)
def who(context: template.Context, actor: str) -> str:
    """The name of whoever a fact is by: a person's, a key's. Asked once for each in a request."""
    names: dict[str, str] = vars(context["request"]).setdefault("actor_names", {})
    if actor not in names:
        names[actor] = name_of(actor) or "System"
    return names[actor]


@register.simple_tag(takes_context=True)
def workspaces(context: template.Context) -> Mapping[str, object]:
    """Code and name of the other tenants that whoever is signed in belongs to, by name; and whether there are more
    than a menu holds."""
    request = context["request"]
    theirs = list(others(request.user.pk, but=request.tenant)[: SHOWN_MOST + 1])
    return {"shown": theirs[:SHOWN_MOST], "has_more": len(theirs) > SHOWN_MOST}


@register.filter
def may(principal: Principal, permission: str) -> bool:
    """Whether somebody may this: `request.principal|may:"api-keys:manage"`."""
    return principal.may(permission)


@register.filter
def when(at: datetime | str | None) -> SafeString | str:
    """An instant as the tenant's clock shows it, with UTC on hover; shorter the nearer it is."""
    moment = parse_datetime(at) if isinstance(at, str) else at
    if moment is None:
        return ""
    here, now = timezone.localtime(moment), timezone.localtime()
    same_day, same_year = here.date() == now.date(), here.year == now.year
    return _time(here, "H:i" if same_day else "j M, H:i" if same_year else "j M Y, H:i")


@register.filter
def dated(at: datetime | str | None) -> SafeString | str:
    """The same on a document, which is read on other days as well: always in full."""
    moment = parse_datetime(at) if isinstance(at, str) else at
    return _time(timezone.localtime(moment), "j M Y, H:i") if moment else ""


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


@register.filter
def words(name: object) -> str:
    """A field's or a value's name for people: `due_date` is "Due date"."""
    return str(name).replace("_", " ").capitalize()


@register.filter
def fact(type: str) -> str:
    """An event's type in words: `order.placed` is "placed"."""
    return type.partition(".")[2].replace("_", " ")


@register.filter
def initials(name: str) -> str:
    """Two letters that stand for somebody: "Ada Lovelace" is AL."""
    parts = str(name).partition("@")[0].replace(".", " ").replace("_", " ").replace("-", " ").split()
    return "".join(part[0] for part in parts[:2]) if len(parts) > 1 else "".join(parts)[:2]


@register.filter
def tone(name: object) -> int:
    """A colour for somebody, the same one everywhere."""
    return crc32(str(name).encode()) % TONES


@register.filter
def shown(value: object) -> object:
    """A state's value for people: a list with commas, money by its currency, an emptiness as a dash."""
    match value:
        case list() | tuple():
            return ", ".join(str(shown(each)) for each in value) or "–"
        case {"amount": int(minor), "currency": str(currency), **more} if not more:
            return amounts.shown(minor, currency)
        case dict():
            return ", ".join(str(each) for each in value.values() if each not in (None, "")) or "–"
        case bool():
            return "Yes" if value else "No"
    return "–" if value in (None, "") else value


@register.filter
def money(value: Mapping[str, Any] | None) -> str:
    """An amount with its currency for people: {"amount": 6598, "currency": "USD"} is $65.98."""
    return amounts.shown(int(value["amount"]), str(value["currency"])) if value else "–"


@register.filter
def amount(value: int, currency: str) -> str:
    """Minor units of a currency for people: 6598|amount:"USD" is $65.98."""
    return amounts.shown(value, currency)


@register.filter
def percent(value: Decimal | str) -> str:
    """So many percent: 7.500 is 7.5 %."""
    return f"{Decimal(value).normalize():f} %"


@register.filter
def country(code: str) -> str:
    """A country's name by its code."""
    return countries.name_of(code)


@register.filter
def count(value: int | None) -> str:
    """A number of things: 12,345."""
    return "–" if value is None else f"{value:,}".replace("-", "−")


@register.filter
def change(value: int) -> str:
    """By how much a number moved: +12, −3."""
    return f"{value:+,}".replace("-", "−")


@register.filter
def named(values: Iterable[str]) -> list[tuple[str, str]]:
    """Values to choose from, each with its name for people."""
    return [(value, words(value)) for value in values]


@register.filter
def at(values: Mapping[str, Any] | None, key: str) -> Any:
    """A value of a query or a form by a key that is itself a value; nothing of nothing."""
    return values.get(key, "") if values else ""


@register.filter
def choices(names: str) -> list[str]:
    """The words of a text, to loop over."""
    return names.split()


@register.filter
def pairs(options: str) -> list[tuple[str, str]]:
    """`due_date:Due_first name:By_name` as values and what is shown for them."""
    return [(value, label.replace("_", " ")) for value, _, label in (each.partition(":") for each in options.split())]


@register.filter
def days(options: str) -> list[tuple[str, str]]:
    """Like `pairs`, each value a number of days from today: `0:Before_today 8:Within_a_week`, as dates."""
    today = timezone.localdate()
    return [(f"{today + timedelta(int(ahead))}", label) for ahead, label in pairs(options)]
