"""`python -m cqrs.tests.takers TENANT CLIENTS EACH`: a process whose clients make lamps; prints their codes."""

import sys
from concurrent.futures import ThreadPoolExecutor

from cqrs.dynamodb.store import DynamoStore
from cqrs.log import Log
from cqrs.tests.conftest import ORIGIN
from cqrs.tests.toy import LAMP
from cqrs.writer import Writer


def main(tenant: str, clients: str, each: str) -> None:
    """Each client makes so many, one after the other."""
    writer = Writer(Log(DynamoStore(), tenant), ORIGIN)
    writer.log.receipt("-")  # making boto3's client takes a while, and is not what is tested

    def take(client: int) -> list[str]:
        return [writer.send(LAMP.create(name=f"{client}")).version.code for _ in range(int(each))]

    with ThreadPoolExecutor(int(clients)) as pool:
        for codes in pool.map(take, range(int(clients))):
            sys.stdout.writelines(f"{code}\n" for code in codes)


if __name__ == "__main__":
    main(*sys.argv[1:])
