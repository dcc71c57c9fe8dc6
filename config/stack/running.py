"""`make run` from the first port to the box: what is started in which order, and how it all ends."""

import asyncio
import shutil
import signal
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from config.environment import Environment
from config.stack.app import beat, forget_metrics, kind_workers, web, worker
from config.stack.demo_file import hide_demo, publish_demo, rows
from config.stack.failures import CannotStart
from config.stack.lock import end_orphans, only_one
from config.stack.ports import require_free
from config.stack.probe import NO_BEAT, until_well
from config.stack.screen import Screen
from config.stack.stores import ports, start_stores
from config.stack.supervisor import Supervisor

ENOUGH_BYTES = 300_000_000


@dataclass(frozen=True, kw_only=True)
class Step:
    """Something to do once the stores serve, in a thread; it answers a word for the screen."""

    title: str
    work: Callable[[], str]


async def run(env: Environment, *, steps: Sequence[Step], demo: Step, screen: Screen) -> None:
    """Bring everything up and stay until a signal; when this returns or raises, nothing is left running.

    `steps` come before the worker, `demo` beside it. The box and `demo.json` come once `/statusz` says that all parts
    are well.
    """
    with only_one(env.local):
        if count := end_orphans(env.local):
            screen.warn(f"An earlier run was killed; its {count} processes were still there and have been ended")
        require_room(env)
        forget_metrics(env)
        async with (
            Supervisor(local=env.local, tell=screen.warn) as stores,
            Supervisor(local=env.local, tell=screen.warn) as processes,
        ):
            listen(stores, processes)
            try:
                hide_demo(env)
                await _bring_up(env, stores=stores, processes=processes, steps=steps, demo=demo, screen=screen)
                publish_demo(env)
            except ExceptionGroup as group:
                raise first_of(group) from group
            screen.box("Tenfold is running; Ctrl-C stops it", rows(env))
            await asyncio.Event().wait()


def listen(*supervisors: Supervisor) -> None:
    """The first signal ends this task, which stops everything in order; a second one stops everything at once."""
    task = asyncio.current_task()
    asked: list[int] = []

    def stop(sign: int) -> None:
        asked.append(sign)
        if len(asked) > 1:
            for supervisor in supervisors:
                supervisor.kill()
        elif task:
            task.cancel()

    for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(sign, stop, sign)


def require_room(env: Environment) -> None:
    """Refuse to start without disk and ports."""
    require_disk(env)
    for setting, port, host in ports(env):
        require_free(port, setting=setting, host=host)


def require_disk(env: Environment) -> None:
    """Refuse to start on a disk that is as good as full."""
    free = shutil.disk_usage(env.local).free
    if free < ENOUGH_BYTES:
        raise CannotStart(f"Only {free // 1_000_000} MB are free where {env.local} lies", mend="make room")


async def _bring_up(
    env: Environment,
    *,
    stores: Supervisor,
    processes: Supervisor,
    steps: Sequence[Step],
    demo: Step,
    screen: Screen,
) -> None:
    async with asyncio.TaskGroup() as group:  # the web process imports, and answers probes, while the stores start
        group.create_task(_web(env, processes=processes, screen=screen))
        await start_stores(env, downloads=env.local / "dynamodb", supervisor=stores, screen=screen)
        for step in steps:
            await _take(step, env=env, screen=screen)
        group.create_task(_worker(env, processes=processes, screen=screen))
        await _take(demo, env=env, screen=screen)
        group.create_task(_others(env, processes=processes, screen=screen))  # their imports only take time from these
    with screen.step("All well"):
        await until_well(env)


async def _web(env: Environment, *, processes: Supervisor, screen: Screen) -> None:
    with screen.step("Web") as words:
        await processes.start(web(env))
        words.append(f"{env.bind}:{env.port}")


async def _worker(env: Environment, *, processes: Supervisor, screen: Screen) -> None:
    with screen.step("Worker"):
        await processes.start(worker(env))
        await until_well(env, without=NO_BEAT)


async def _others(env: Environment, *, processes: Supervisor, screen: Screen) -> None:
    with screen.step("Beat, and workers for mails, webhooks and long work"):
        for part in (beat(env), *kind_workers(env)):
            await processes.start(part)


async def _take(step: Step, *, env: Environment, screen: Screen) -> None:
    with screen.step(step.title) as words:
        try:
            words.append(await asyncio.to_thread(step.work))
        except Exception as error:
            reason = f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"
            log = env.local / "log" / "prepare.log"
            raise CannotStart(f"{step.title}: {reason}", mend=f"see {log}") from error


def first_of(group: ExceptionGroup[Exception]) -> Exception:
    """The first failure of tasks that ran side by side; the others are mostly its echo."""
    error: Exception = group
    while isinstance(error, ExceptionGroup):
        error = error.exceptions[0]
    return error
