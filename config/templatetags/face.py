"""How values look on every page: icons, names, words, choices. Instants and numbers have files of their own; templates
load all of it by one name."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any
from zlib import crc32

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from config.templatetags import instants, numbers
from face import countries
from face import money as amounts
from tenants.names import name_of
from tenants.principal import Principal
from tenants.workspaces import SHOWN_MOST, others

register = template.Library()
for part in (instants, numbers):
    register.filters.update(part.register.filters)

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
def country(code: str) -> str:
    """A country's name by its code."""
    return countries.name_of(code)


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
