"""Tests of the rules alone know no database: what is personal is sealed with keys in memory."""

from collections.abc import Iterator

import pytest

from cqrs.personal import MemoryKeys, use


@pytest.fixture
def memory_keys() -> Iterator[None]:
    """Keys of persons that are gone with the test."""
    before = use(MemoryKeys())
    yield
    use(before)
