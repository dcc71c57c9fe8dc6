"""All faults, in the order in which they are played."""

from chaos.faults import (
    broker,
    clock,
    conflicts,
    dynamodb,
    expired_credentials,
    freezes,
    frozen_stores,
    full_disk,
    killed_log,
    lost_answers,
    oversell,
    poison,
    postgres,
    quotas,
    rabbitmq,
    web_kills,
    worker_kills,
)
from chaos.faults.fault import Fault

FAULTS: tuple[Fault, ...] = (
    worker_kills.FAULT,
    web_kills.FAULT,
    lost_answers.FAULT,
    conflicts.FAULT,
    oversell.FAULT,
    quotas.FAULT,
    postgres.FAULT,
    dynamodb.FAULT,
    killed_log.FAULT,
    expired_credentials.FAULT,
    broker.FAULT,
    rabbitmq.FAULT,
    freezes.FAULT,
    frozen_stores.FAULT,
    full_disk.FAULT,
    clock.FAULT,
    poison.FAULT,
)
