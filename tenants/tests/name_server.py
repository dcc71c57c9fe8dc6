"""A real name server on loopback, that says what a test tells it to."""

import socket
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset

type Addresses = Mapping[str, Sequence[str]]


@contextmanager
def name_server(records: Mapping[str, str], *, addresses: Addresses | None = None) -> Iterator[str]:
    """Its `address:port`; `records` are TXT records by name, `addresses` those of either family, looked up anew for
    each question."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as end:
        end.bind(("127.0.0.1", 0))
        thread = threading.Thread(
            target=_serve, args=(end, records, {} if addresses is None else addresses), daemon=True
        )
        thread.start()
        yield f"127.0.0.1:{end.getsockname()[1]}"
        end.sendto(b"", end.getsockname())  # an empty question ends it
        thread.join()


def _serve(end: socket.socket, records: Mapping[str, str], addresses: Addresses) -> None:
    while True:
        question, sender = end.recvfrom(4096)
        if not question:
            return
        asked = dns.message.from_wire(question)
        end.sendto(_answer(asked, records, addresses).to_wire(), sender)


def _answer(asked: dns.message.Message, records: Mapping[str, str], addresses: Addresses) -> dns.message.Message:
    answer = dns.message.make_response(asked)
    answer.flags |= dns.flags.RA
    question = asked.question[0]
    name, kind = question.name.to_text(omit_final_dot=True), dns.rdatatype.to_text(question.rdtype)
    if name not in records and name not in addresses:
        answer.set_rcode(dns.rcode.NXDOMAIN)
    found = {
        "TXT": [f'"{records[name]}"'] if name in records else [],
        "A": [each for each in addresses.get(name, ()) if ":" not in each],
        "AAAA": [each for each in addresses.get(name, ()) if ":" in each],
    }
    if values := found.get(kind):
        answer.answer.append(dns.rrset.from_text(question.name, 1, "IN", kind, *values))
    return answer
