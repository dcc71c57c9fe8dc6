"""Which codes a tenant may have. A code names a host, so it must not pretend to be another's or ours; it never changes,
nor is it used again: what a deleted tenant leaves behind still has its code."""

import re
import unicodedata
from collections.abc import Iterator

from cqrs.domain import Refused
from cqrs.steps import CodeTaken
from tenants.models import CODE, POOL, RESERVED, Tenant

LOOK_ALIKES = str.maketrans("01i", "oll", "-")
"""Characters that are taken for one another, as `Tenant.skeleton` has them: 0 and o; 1, i and l; a hyphen for none."""

NEVER_AGAIN = "This code is taken, or was; a code is never used again."

TRIES = 50
"""Codes with a number at their end that are looked at before a name is given up."""


class CodeMalformed(Refused):
    """A code is 2 to 31 small letters, digits and hyphens; the first is a letter, the last is no hyphen."""


class CodeReserved(Refused):
    """This code is reserved: it could be taken for an address of our own."""


class CodeLooksAlike(Refused):
    """This code is too easily taken for one that exists: 0 and o, 1 and i and l are alike, and hyphens do not count."""


def check_code(code: str) -> str:
    """The code itself, where a new tenant may have it. CodeMalformed, CodeReserved, CodeTaken, CodeLooksAlike; each
    points to `/code`."""
    if not re.fullmatch(CODE, code) or code.endswith("-"):
        raise CodeMalformed(pointer="/code")
    if is_reserved(code):
        raise CodeReserved(pointer="/code")
    found = Tenant.objects.filter(skeleton=skeleton(code)).values_list("code", flat=True).first()
    if found is not None:
        raise CodeTaken(NEVER_AGAIN, pointer="/code") if found == code else CodeLooksAlike(pointer="/code")
    return code


def code_for(name: str) -> str:
    """A free code made of a tenant's name: `Müller & Söhne` is `muller-sohne`, or `muller-sohne-2`. CodeMalformed where
    the name has no letters to make one of."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    stem = re.sub(r"[^a-z0-9]+", "-", plain).strip("-").lstrip("0123456789-")[:26].rstrip("-")
    candidates = list(_candidates(stem))
    taken = set(Tenant.objects.filter(skeleton__in=map(skeleton, candidates)).values_list("skeleton", flat=True))
    for code in candidates:
        if re.fullmatch(CODE, code) and not is_reserved(code) and skeleton(code) not in taken:
            return code
    raise CodeMalformed(pointer="/code")


def skeleton(code: str) -> str:
    """What all codes that look alike have in common."""
    return code.translate(LOOK_ALIKES)


def is_reserved(code: str) -> bool:
    """Whether it is one of ours, or looks like one."""
    return code.startswith(POOL) or skeleton(code) in _RESERVED


def _candidates(stem: str) -> Iterator[str]:
    yield stem
    for number in range(2, TRIES):
        yield f"{stem}-{number}"


_RESERVED = frozenset(map(skeleton, RESERVED))
