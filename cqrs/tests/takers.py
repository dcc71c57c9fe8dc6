"""`python -m cqrs.tests.takers TENANT CLIENTS EACH`: a process whose clients make lamps; prints their codes."""

import os
import sys
from concurrent.futures import ThreadPoolExecutor

from cqrs.decide import Origin
from cqrs.domain import Actor, Unavailable
from cqrs.dynamodb.store import DynamoStore
from cqrs.log import Log
from cqrs.tests.toy import LAMP
from cqrs.writer import Once, Writer


def main(tenant: str, clients: str, each: str) -> None:
    """Each client makes so many, one after the other."""
    writer = Writer(Log(DynamoStore(), tenant), Origin(Actor("user:1")))
    writer.log.receipt("-")  # making boto3's client takes a while, and is not what is tested

    def take(client: int) -> list[str]:
        return [_made(writer, key=f"{os.getpid()}-{client}-{number}") for number in range(int(each))]

    with ThreadPoolExecutor(int(clients)) as pool:
        for codes in pool.map(take, range(int(clients))):
            sys.stdout.writelines(f"{code}\n" for code in codes)


def _made(writer: Writer, *, key: str) -> str:
    """As clients do: ask again under the same key when the store was too slow for a machine as busy as this one."""
    while True:
        try:
            return writer.send(LAMP.create(name=key), once=Once(key, "d", 201)).version.code
        except Unavailable:
            sys.stderr.write("once more\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
