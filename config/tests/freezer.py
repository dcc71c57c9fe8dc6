"""A frozen server, as its clients see one: it takes connections and acknowledges what is sent, and answers nothing."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

LOOPBACK = "127.0.0.1"
CHUNK = 65536


class Freezer:
    """A proxy on a free port of the loopback. While it is frozen, no byte goes through in either direction."""

    def __init__(self, host: str, port: int) -> None:
        self._upstream, self._loop, self._thawed = (host, port), asyncio.new_event_loop(), asyncio.Event()
        self._thawed.set()
        self.port = 0

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Nothing goes through within the block."""
        self._loop.call_soon_threadsafe(self._thawed.clear)
        try:
            yield
        finally:
            self._loop.call_soon_threadsafe(self._thawed.set)

    @contextmanager
    def serving(self) -> Iterator["Freezer"]:
        """Forward connections within the block."""
        is_up = threading.Event()
        thread = threading.Thread(target=self._loop.run_until_complete, args=[self._serve(is_up)], daemon=True)
        thread.start()
        assert is_up.wait(5)
        try:
            yield self
        finally:
            self._loop.call_soon_threadsafe(self._end.set)
            thread.join()

    async def _serve(self, is_up: threading.Event) -> None:
        self._end = asyncio.Event()
        server = await asyncio.start_server(self._forward, LOOPBACK, 0, backlog=256)
        self.port = server.sockets[0].getsockname()[1]
        is_up.set()
        await self._end.wait()
        server.close()
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self._thawed.wait()
        try:
            upstream_reader, upstream_writer = await asyncio.open_connection(*self._upstream)
        except OSError:
            writer.close()
            return
        async with asyncio.TaskGroup() as group:
            group.create_task(self._pump(reader, upstream_writer))
            group.create_task(self._pump(upstream_reader, writer))

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while chunk := await reader.read(CHUNK):
                await self._thawed.wait()
                writer.write(chunk)
                await writer.drain()
        writer.close()
