"""`/metrics` of a worker: what it counts, on a port of its own, where no web process of the same machine answers for it
(TENFOLD_WORKER_METRICS_PORT)."""

import os
import shutil
import tempfile
from atexit import register
from collections.abc import Iterable
from functools import partial
from socketserver import ThreadingMixIn
from threading import Thread
from typing import TYPE_CHECKING
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import structlog

from config.environment import Environment, environment

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

_log = structlog.get_logger(__name__)


def share_counters(env: Environment) -> None:
    """Give this process and its children a folder to add up in where nobody has named one: the process that follows the
    log is a child of its worker. Has to come before anything counts; the folder goes with the process that made it."""
    if env.worker_metrics_port and not env.metrics_folder:
        folder = tempfile.mkdtemp(prefix="tenfold-metrics-")
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder
        register(partial(_remove, folder, os.getpid()))


def serve_counters() -> None:
    """Begin, in a daemon thread. A port that is taken, by another worker of this machine, is told of, and no reason not
    to work."""
    env = environment()
    if not env.worker_metrics_port:
        return
    try:
        server = make_server(env.bind, env.worker_metrics_port, _answer, server_class=_Server, handler_class=_Quiet)
    except OSError as error:
        _log.warning("counters are not served", port=env.worker_metrics_port, error=str(error))
        return
    Thread(target=server.serve_forever, name="worker-metrics", daemon=True).start()
    _log.info("counters are served", bind=env.bind, port=server.server_port)


def _answer(asked: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
    from prometheus_client import CONTENT_TYPE_LATEST, generate_latest  # noqa: PLC0415  # once the folder is there

    from config.metrics import counted  # noqa: PLC0415
    from config.scraping import may_scrape  # noqa: PLC0415

    if asked["PATH_INFO"] != "/metrics":
        start_response("404 Not Found", [("Content-Length", "0")])
        return []
    sent, peer = asked.get("HTTP_AUTHORIZATION", ""), asked["REMOTE_ADDR"]
    if not may_scrape(token=environment().metrics_token, authorization=sent, peer=peer):
        start_response("401 Unauthorized", [("WWW-Authenticate", 'Bearer realm="metrics"'), ("Content-Length", "0")])
        return []
    body = generate_latest(counted())
    start_response("200 OK", [("Content-Type", CONTENT_TYPE_LATEST), ("Content-Length", str(len(body)))])
    return [body]


def _remove(folder: str, owner: int) -> None:
    if os.getpid() == owner:  # a child that was forked runs this as well
        shutil.rmtree(folder, ignore_errors=True)


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True
    allow_reuse_address = True


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """A scrape is of no news."""
