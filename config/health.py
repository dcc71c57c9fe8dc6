"""How this process and the whole system are: whether to send it traffic, and what somebody should look at.

`readiness` is this process's: it can read Postgres, has just written the log, and its clock is right. `condition` is
everybody's. Both ask every part at once, and wait for none longer than PROBE_TIMEOUT.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import structlog
from django.db import connection
from psycopg_pool import PoolTimeout

from config.broker import require_broker
from config.lag import PROBE_TIMEOUT, briefly
from config.log_probe import LogProbe
from config.parts import Part, PartFigures, judge, own_clock
from config.postgres.connection import NoAnswer as PostgresSilent
from config.probe_question import Asked, NoAnswer, ProbeQuestion
from config.process_figures import Figures, read_figures
from cqrs.dynamodb.probe import LogProbeFailed

WARNING_TIMEOUT = 0.5
"""Seconds that readiness waits for a part that does not decide it."""

DECISIVE = ("postgres", "log", "clock")
"""Without these a process gets no traffic."""

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Condition:
    """What was found of all parts."""

    parts: Mapping[str, Part]

    @property
    def is_ready(self) -> bool:
        """Whether this process can answer requests."""
        return all(self.parts[name].is_well for name in DECISIVE)

    @property
    def is_well(self) -> bool:
        """Whether nobody need look."""
        return all(part.is_well for part in self.parts.values())

    @property
    def reasons(self) -> list[str]:
        """`<part>: <reason>` of each part that is not well."""
        return [f"{name}: {part.reason}" for name, part in self.parts.items() if part.reason]

    def as_json(self, status: str) -> dict[str, object]:
        """The body of `/readyz` and `/statusz`."""
        checks = {name: part.as_json() for name, part in self.parts.items()}
        return {"status": status, "warnings": self.reasons, "checks": checks}


def readiness() -> Condition:
    """What decides is waited for; what is told besides, hardly. Never raises."""
    return _found(warning_timeout=WARNING_TIMEOUT)


def condition() -> Condition:
    """Never raises."""
    return _found(warning_timeout=PROBE_TIMEOUT)


def _found(*, warning_timeout: float) -> Condition:
    postgres, log, broker, figures = POSTGRES.start(), LOG.start(), BROKER.start(), FIGURES.start()
    parts = {
        "postgres": _part("postgres", postgres, PROBE_TIMEOUT),
        "log": _part("log", log, PROBE_TIMEOUT),
        "clock": own_clock(),
        "broker": _part("broker", broker, warning_timeout),
    }
    return Condition({**parts, **_by_figures(figures, warning_timeout)})


def _part(name: str, asked: Asked[PartFigures], timeout: float) -> Part:
    try:
        return Part(figures=asked.result(timeout=timeout))
    except (NoAnswer, LogProbeFailed) as error:
        return Part(str(error))
    except Exception as error:  # whatever it is, it is told
        _log.info("part is not well", part=name, error=repr(error))
        return Part(_reason(error))


def _by_figures(asked: Asked[Figures], timeout: float) -> Mapping[str, Part]:
    """The parts that Postgres knows of; none of them is known where it does not answer."""
    try:
        return judge(asked.result(timeout=timeout))
    except Exception as error:  # the part `postgres` says more
        return dict.fromkeys(BY_FIGURES, Part(f"not known, Postgres: {_reason(error)}"))


def _reason(error: Exception) -> str:
    """Of an error's text nothing is told, there may be an address in it; but whether a part is silent, or gone."""
    is_silent = isinstance(error, NoAnswer) or isinstance(error.__cause__, PostgresSilent | PoolTimeout)
    return str(NoAnswer()) if is_silent else type(error).__name__


BY_FIGURES = ("workers", "beat", "lag", "parked", "breaker", "canary", "clocks")
"""The parts that `judge` tells of."""


def _read_postgres() -> PartFigures:
    with briefly(), connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM django_migrations LIMIT 1")
    return {}


def _ask_broker() -> PartFigures:
    require_broker()
    return {}


def _writing(probe: LogProbe) -> Callable[[], PartFigures]:
    return lambda: {"written_seconds": round(probe.require_written(), 1)}


POSTGRES = ProbeQuestion("postgres", _read_postgres)
LOG = ProbeQuestion("log", _writing(LogProbe()))
BROKER = ProbeQuestion("broker", _ask_broker)
FIGURES = ProbeQuestion("figures", read_figures)
