"""The log's embedded home: DynamoDB Local, Amazon's own emulator, on the loopback only."""

import asyncio
from pathlib import Path

from config.stack.emulator import fetch
from config.stack.java import java
from config.stack.part import Part
from config.stack.ports import answers

JETTY = Path(__file__).with_name("jetty.xml")
SPEED = (
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    "-Xmx768m",
)  # starts faster and takes less, puts per second stay


async def dynamodb(*, port: int, downloads: Path, data: Path | None, log: Path) -> Part:
    """DynamoDB Local on `port`, its tables in `data`, or in memory where that is None."""
    binary = await asyncio.to_thread(java)
    emulator = await fetch(downloads, log=log)
    if data:
        data.mkdir(parents=True, exist_ok=True)

    async def ready() -> bool:
        return await answers(port)

    return Part(
        name="dynamodb",
        title="DynamoDB Local",
        command=(binary, *SPEED, *_main(emulator), f"port={port}", *_keeping(data)),
        ready=ready,
    )


def _main(emulator: Path) -> tuple[str, ...]:
    libraries = emulator / "DynamoDBLocal_lib"
    return (
        f"-Djava.library.path={libraries}",
        "-Dorg.eclipse.jetty.xml.XmlParser.Validating=false",  # its schema would be fetched
        "-cp",
        f"{emulator / 'DynamoDBLocal.jar'}:{libraries}/*",
        "org.eclipse.jetty.xml.XmlConfiguration",
        str(JETTY),
    )


def _keeping(data: Path | None) -> tuple[str, ...]:
    return ("in_memory=false", f"path={data}") if data else ("in_memory=true",)
