"""A person erased: their keys destroyed, and with them all that is sealed with these; what is open replaced."""

from tenants.erasure.erase import Erased, StillOwner, erase
from tenants.erasure.persons import NobodyKnown, Person, found

__all__ = ["Erased", "NobodyKnown", "Person", "StillOwner", "erase", "found"]
