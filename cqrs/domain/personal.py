"""Which fields are personal, and what stands in a state where such a value was erased."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from types import NoneType
from typing import Any, TypeAliasType, get_args, get_origin, get_type_hints

ERASED = "erased"
"""What is read where a text was."""

_PLAIN: Mapping[Any, Any] = {str: ERASED, NoneType: None, bool: False, int: 0, float: 0.0}
_MANY = (list, tuple, set, frozenset)


def checked[W](state: type, personal: Mapping[str, W], *, is_named: bool) -> Mapping[str, W]:
    """The fields of a state that are personal, each with whose it is. ValueError for one that is not there, or that
    would be the name of its entity; TypeError for one that could not say that it was erased."""
    if "name" in personal and not is_named:
        raise ValueError(f"{state.__name__}.name is personal, and would be its entity's name: say another")
    hints = get_type_hints(state) if personal else {}
    for field in personal:
        if field not in hints:
            raise ValueError(f"{state.__name__} has no field {field}")
        placeholder(hints[field])
    return personal


def placeholder(kind: Any) -> Any:
    """What a field of this type holds, as JSON, once it was erased: `erased` where it may be a text, a dataclass of
    them, else nothing or as little as the type allows. TypeError where it allows no such thing."""
    kind = _plain(kind)
    options = [_plain(each) for each in get_args(kind)]
    if NoneType in options:
        return ERASED if str in options else None
    if kind in _PLAIN:
        return _PLAIN[kind]
    if is_dataclass(kind):
        hints = get_type_hints(kind)
        return {field.name: placeholder(hints[field.name]) for field in fields(kind)}
    origin = get_origin(kind) or kind
    if origin in _MANY:
        return []
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return {}
    raise TypeError(f"{kind} has no value that says it was erased; allow None")


def _plain(kind: Any) -> Any:
    """Without alias and NewType."""
    while True:
        if isinstance(kind, TypeAliasType):
            kind = kind.__value__
        elif hasattr(kind, "__supertype__"):
            kind = kind.__supertype__
        else:
            return kind
