"""Celery's part of Django's settings (config/settings.py): the broker, the queues, the clock.

Brokers: Valkey or Redis (embedded, or `redis://`, `rediss://`), RabbitMQ (`amqp://`, `amqps://`), Amazon SQS (`sqs://`).
What a worker is started with is said in docs/how-to/choose-a-broker.md.
"""

from typing import Any
from urllib.parse import urlsplit

from kombu import Queue as BrokerQueue

from config.environment import Environment, environment
from config.schedule import schedule
from cqrs.queues import Queue

CONNECT_TIMEOUT = 4.0
"""Seconds to connect to a broker."""

SOCKET_TIMEOUT = 10.0
"""Seconds that a broker may take to answer a question. One that is frozen still acknowledges TCP."""

HEARTBEAT = 10
"""Seconds between two signs of life from and to RabbitMQ; after twice as many without one a worker connects anew."""

DELIVERY_LIMIT = 5
"""Times that RabbitMQ delivers a message whose worker died of it."""

QUORUM = {"x-queue-type": "quorum", "x-delivery-limit": DELIVERY_LIMIT}
"""Of RabbitMQ's queues: on a majority of its nodes before a publisher hears that a message is there."""

RABBITMQ_SCHEMES, SQS_SCHEME = ("amqp", "amqps", "pyamqp"), "sqs"
LOOPBACK = ("127.0.0.1", "localhost", "::1")


def transport_options(env: Environment) -> dict[str, Any]:
    """What a broker's transport is told, by its kind."""
    scheme = urlsplit(env.broker).scheme
    if scheme in RABBITMQ_SCHEMES:
        return {"confirm_publish": True, "read_timeout": SOCKET_TIMEOUT, "write_timeout": SOCKET_TIMEOUT}
    if scheme == SQS_SCHEME:
        return _sqs(env)
    return {
        "socket_connect_timeout": CONNECT_TIMEOUT,
        "socket_timeout": SOCKET_TIMEOUT,
        "socket_keepalive": True,
        "visibility_timeout": env.broker_visibility_seconds,
    }


def queues(env: Environment) -> list[BrokerQueue]:
    """The queues, one for each kind of work: quorum queues on RabbitMQ, plain ones elsewhere."""
    is_rabbitmq = urlsplit(env.broker).scheme in RABBITMQ_SCHEMES
    arguments = QUORUM if is_rabbitmq else None
    return [BrokerQueue(str(each), routing_key=str(each), queue_arguments=arguments) for each in Queue]


def _sqs(env: Environment) -> dict[str, Any]:
    return {
        "region": env.sqs_region or env.dynamodb_region,
        "queue_name_prefix": env.sqs_prefix,
        "visibility_timeout": env.broker_visibility_seconds,
        "is_secure": urlsplit(env.broker).hostname not in LOOPBACK,
        "wait_time_seconds": 10,  # of a long poll; less than a read's time limit
        "polling_interval": 0,  # the next long poll begins at once
        "client-config": {"connect_timeout": CONNECT_TIMEOUT, "read_timeout": 2 * SOCKET_TIMEOUT},
    }


_env = environment()

CELERY_BROKER_URL = _env.broker
CELERY_BROKER_TRANSPORT_OPTIONS = transport_options(_env)
CELERY_BROKER_CONNECTION_TIMEOUT = CONNECT_TIMEOUT
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # for ever: a worker follows the log without a broker too
CELERY_BROKER_CHANNEL_ERROR_RETRY = True
CELERY_BROKER_HEARTBEAT = HEARTBEAT

CELERY_TASK_QUEUES = queues(_env)
CELERY_TASK_DEFAULT_QUEUE = str(Queue.SHORT)
CELERY_TASK_CREATE_MISSING_QUEUES = False  # a queue that nobody serves is an error where it is named
CELERY_TASK_ROUTES = ["config.celery:route"]
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True  # all of them may run twice; what a killed worker had begun is begun again

CELERY_WORKER_CONSUMER = "config.consumer:QuietConsumer"
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_POOL = "threads"
CELERY_WORKER_PREFETCH_MULTIPLIER = 1  # a message waits in its queue, where any worker can take it

CELERY_BEAT_SCHEDULER = "config.scheduler:OutboxScheduler"
CELERY_BEAT_SCHEDULE = schedule(_env)
