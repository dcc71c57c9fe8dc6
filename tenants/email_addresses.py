"""E-mail addresses as people type them."""

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from tenants.refusals import InvalidEmail


def parse_email(text: str, *, pointer: str = "/email") -> str:
    """The address in small letters, without blanks around it. InvalidEmail."""
    email = text.strip().lower()
    try:
        validate_email(email)
    except ValidationError:
        raise InvalidEmail(pointer=pointer) from None
    return email
