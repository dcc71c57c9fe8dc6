"""Why something about people and keys is not done."""

from cqrs.domain import Refused
from face.refusals import Forbidden


class OnlyOwners(Forbidden):
    """Only an owner makes somebody an owner, or changes or removes one."""


class LastOwner(Refused):
    """This is the last owner: make somebody else one first."""


class NotAMember(Refused):
    """Only people leave; a key is revoked."""


class AlreadyMember(Refused):
    """That person belongs to this workspace already."""


class AlreadyInvited(Refused):
    """That person is invited already: send that invitation again, or revoke it."""


class InvitationOver(Refused):
    """This invitation was accepted or revoked."""


class InvalidEmail(Refused):
    """This is no e-mail address."""


class UnknownScope(Refused):
    """There is no such scope."""


class BeyondOwn(Forbidden):
    """A key is given no more than whoever makes it has, and for no longer."""


class KeyOver(Refused):
    """This key has expired, was revoked or has been rotated already."""


class ExpiryPassed(Refused):
    """A key expires in the future, or never."""
