"""Asking the broker whether it is there, for no longer than a probe may take."""

from config.celery import app

BROKER_TIMEOUT = 1.0
"""Seconds for a connection, and for each answer on it."""

_TIMEOUTS = {
    "redis": {"socket_timeout": BROKER_TIMEOUT, "socket_connect_timeout": BROKER_TIMEOUT},
    "amqp": {"read_timeout": BROKER_TIMEOUT, "write_timeout": BROKER_TIMEOUT},
}
"""By transport; others have limits of their own."""


def require_broker() -> None:
    """Connect. Raises what the transport raises where that cannot be."""
    with app.connection_for_write(connect_timeout=BROKER_TIMEOUT) as broker:
        limits = _TIMEOUTS.get(broker.transport.driver_type, {})
        broker.transport_options = {**(broker.transport_options or {}), **limits}
        broker.ensure_connection(max_retries=1, interval_start=0, interval_step=0, timeout=1)
