"""A real name server on loopback, that says what a test tells it to."""

import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import dns.flags
import dns.message
import dns.rcode
import dns.rrset


@contextmanager
def name_server(records: Mapping[str, str]) -> Iterator[str]:
    """Its `address:port`; `records` are TXT records by name, looked up anew for each question."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as end:
        end.bind(("127.0.0.1", 0))
        thread = threading.Thread(target=_serve, args=(end, records), daemon=True)
        thread.start()
        yield f"127.0.0.1:{end.getsockname()[1]}"
        end.sendto(b"", end.getsockname())  # an empty question ends it
        thread.join()


def _serve(end: socket.socket, records: Mapping[str, str]) -> None:
    while True:
        question, sender = end.recvfrom(4096)
        if not question:
            return
        asked = dns.message.from_wire(question)
        end.sendto(_answer(asked, records).to_wire(), sender)


def _answer(asked: dns.message.Message, records: Mapping[str, str]) -> dns.message.Message:
    answer = dns.message.make_response(asked)
    answer.flags |= dns.flags.RA
    name = asked.question[0].name
    text = records.get(name.to_text(omit_final_dot=True))
    if text is None:
        answer.set_rcode(dns.rcode.NXDOMAIN)
    else:
        answer.answer.append(dns.rrset.from_text(name, 1, "IN", "TXT", f'"{text}"'))
    return answer
