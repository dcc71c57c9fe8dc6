"""The addresses of a name, within a time: as this machine finds them, or by the name server in settings.RESOLVER."""

import socket
from queue import Empty, SimpleQueue
from threading import BoundedSemaphore, Thread

from django.conf import settings
from dns.exception import DNSException

from tenants.dns import addresses

MAX_LOOKUPS = 32
"""Names looked up at once by a process: the machine's resolver cannot be told to stop, so each holds a thread."""

_places = BoundedSemaphore(MAX_LOOKUPS)

type _Answer = list[str] | OSError


def resolve(host: str, *, timeout: float) -> list[str]:
    """Its addresses, at least one. `timeout` is in seconds. OSError where it has none, or none is known in time."""
    if settings.RESOLVER:
        try:
            return addresses(host, timeout=timeout)
        except DNSException as error:
            raise OSError(f"{host} does not resolve: {error}") from error
    return _ask_machine(host, timeout=timeout)


def _ask_machine(host: str, *, timeout: float) -> list[str]:
    if not _places.acquire(blocking=False):
        raise TimeoutError("Too many names are being looked up.")
    answers: SimpleQueue[_Answer] = SimpleQueue()
    Thread(target=_look_up, args=(host, answers), daemon=True).start()
    try:
        found = answers.get(timeout=timeout)
    except Empty:
        raise TimeoutError(f"{host} did not resolve in {timeout:g} s") from None
    if isinstance(found, OSError):
        raise found
    return found


def _look_up(host: str, answers: SimpleQueue[_Answer]) -> None:
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
        answers.put(list(dict.fromkeys(str(each[4][0]) for each in found)))
    except OSError as error:
        answers.put(error)
    except UnicodeError as error:
        answers.put(OSError(str(error)))
    finally:
        _places.release()
