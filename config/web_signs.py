"""What a web process does besides answering: it gives signs of life, and says that it is there."""

from config.models import ProcessSeen
from config.presence import keep_presence
from cqrs.sign_of_life import keep_giving_signs


def begin() -> None:
    """In threads of their own: requests may all wait for a frozen store, and the process lives."""
    keep_giving_signs()
    keep_presence(ProcessSeen.Kind.WEB)
