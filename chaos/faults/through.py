"""Puts a proxy between the processes and DynamoDB."""

from collections.abc import Iterator
from contextlib import contextmanager

from chaos.running import PROCESSES
from chaos.scene import Scene
from config.environment import environment
from cqrs.tests.proxy import Fate, Meddle, meddling


@contextmanager
def through(scene: Scene, meddle: Meddle) -> Iterator[list[Fate]]:
    """Within the block, the web process and the workers reach DynamoDB through a proxy that does what `meddle` says;
    the fates of their requests."""
    fates: list[Fate] = []

    def noted(operation: str, body: bytes) -> Fate:
        fates.append(fate := meddle(operation, body))
        return fate

    with meddling(environment().dynamodb or "", noted) as address:
        scene.running.stop(*PROCESSES)
        scene.running.start(*PROCESSES, DYNAMODB_ENDPOINT=address)
        fates.clear()
        try:
            yield fates
        finally:
            scene.running.stop(*PROCESSES)
