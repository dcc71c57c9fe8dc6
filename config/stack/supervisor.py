"""The supervisor: starts parts, starts one again that crashed or gives no sign of life, and stops all of them."""

import asyncio
import shutil
import signal
from asyncio.subprocess import Process
from collections.abc import Callable
from contextlib import suppress
from itertools import chain, repeat
from pathlib import Path
from types import TracebackType
from typing import Self

from config.stack.failures import CannotStart
from config.stack.liveness import Liveness
from config.stack.part import Part
from config.stack.processes import MARK, kill_group, last_line, rotate, spawn, tail
from cqrs.sign_of_life import SIGN_INTERVAL, SIGNS

PATIENCE = 60  # seconds a part may take until it serves
GRACE = 10  # seconds a part may take to end in good order
POLL = 0.02
PAUSES = (0.2, 1.0, 5.0)  # seconds before a crashed part is started again; then the last one for ever


class Supervisor:
    """An async context; leaving it stops every part it has started, all at the same time."""

    def __init__(self, *, local: Path, tell: Callable[[str], None]) -> None:
        """Logs go to `local/log`; `tell` gets a text for a person when a part crashes."""
        self._local = local
        self._logs = local / "log"
        self._tell = tell
        self._children: dict[Part, Process] = {}
        self._watches: dict[Part, asyncio.Task[None]] = {}

    async def __aenter__(self) -> Self:
        self._logs.mkdir(parents=True, exist_ok=True)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await asyncio.gather(*(self._unwatch(part) for part in list(self._watches)))
        await asyncio.gather(*(_end(process, part.stop) for part, process in self._children.items()))

    async def start(self, part: Part) -> None:
        """Start a part and return when it serves; from then on it is started again whenever it ends."""
        rotate(self._log(part))
        await self._spawn(part)
        try:
            async with asyncio.timeout(PATIENCE):
                await self._until_ready(part)
        except TimeoutError:
            raise CannotStart(f"{part.title} does not answer", mend=f"see {self._log(part)}") from None
        self._watches[part] = asyncio.create_task(self._watch(part))

    async def stop(self, part: Part, *, sign: signal.Signals | None = None) -> None:
        """End one part, by `sign` unless in good order, with all that it has started; it stays away until `start`."""
        await self._unwatch(part)
        await _end(self._children.pop(part), sign or part.stop)

    def pid(self, part: Part) -> int:
        """The process id of a part, at this moment."""
        return self._children[part].pid

    def kill(self) -> None:
        """End everything at once: someone has asked twice."""
        for process in self._children.values():
            kill_group(process.pid)

    async def _spawn(self, part: Part) -> None:
        shutil.rmtree(self._signs(part), ignore_errors=True)
        signs = {SIGNS: str(self._signs(part))} if part.gives_signs else {}
        if signs:
            self._signs(part).mkdir(parents=True)
        self._children[part] = await spawn(
            part.command,
            log=self._log(part),
            user=part.user,
            death=part.stop,
            env={**part.env, **signs, MARK: str(self._local)},
        )

    async def _until_ready(self, part: Part) -> None:
        while not await part.ready():
            if self._children[part].returncode is not None:
                reason = last_line(self._log(part))
                raise CannotStart(f"{part.title} ended while starting ({reason})", mend=f"see {self._log(part)}")
            await asyncio.sleep(POLL)

    async def _watch(self, part: Part) -> None:
        for pause in chain(PAUSES, repeat(PAUSES[-1])):
            code = await self._end_of(part)
            self._tell(f"{part.title} ended ({_why(code)}); it is started again in {pause:g} s. Its last words:")
            for line in tail(self._log(part), lines=5):
                self._tell(f"  {line}")
            kill_group(self._children[part].pid)
            await asyncio.sleep(pause)
            await self._spawn(part)

    async def _end_of(self, part: Part) -> int:
        """How a part ended, by itself or because it gave no sign of life any more."""
        process = self._children[part]
        liveness = Liveness(self._signs(part), process.pid)
        while part.gives_signs:
            with suppress(TimeoutError):
                async with asyncio.timeout(SIGN_INTERVAL):
                    return await process.wait()
            if fault := liveness.find_fault():
                self._tell(f"{part.title} is killed: {fault}.")
                kill_group(process.pid)
                break
        return await process.wait()

    async def _unwatch(self, part: Part) -> None:
        watch = self._watches.pop(part)
        watch.cancel()
        await asyncio.gather(watch, return_exceptions=True)

    def _signs(self, part: Part) -> Path:
        return self._local / "run" / part.name

    def _log(self, part: Part) -> Path:
        return self._logs / f"{part.name}.log"


async def _end(process: Process, sign: signal.Signals) -> None:
    if process.returncode is None:
        process.send_signal(sign)
        with suppress(TimeoutError):
            async with asyncio.timeout(GRACE):
                await process.wait()
    kill_group(process.pid)  # what it left behind, or all of it when it did not listen
    await process.wait()


def _why(code: int) -> str:
    return signal.Signals(-code).name if code < 0 else f"exit code {code}"
