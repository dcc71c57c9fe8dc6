"""Every rule that is registered anywhere: asking twice is asking once, or refused, or the rule is declared to add."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config.tests.isolation.examples import supplied
from config.tests.isolation.things import example
from cqrs.codec import decode, encode
from cqrs.decide import Origin
from cqrs.domain import Actor, Command, Entity, Refused, Rule
from cqrs.log import Log
from cqrs.personal import MemoryKeys, use
from cqrs.projections import PROJECTIONS
from cqrs.store import MemoryStore
from cqrs.writer import Writer
from face.arguments import body_model

st.register_type_strategy(Mapping, lambda kind: st.dictionaries(*map(st.from_type, get_args(kind)), max_size=3))
"""JSON knows one kind of mapping; left to itself, Hypothesis draws others."""

st.register_type_strategy(Decimal, st.decimals(-(10**9), 10**9, places=2))
st.register_type_strategy(datetime, st.datetimes(timezones=st.just(UTC)))
"""What is parsed of JSON is a number, and a moment."""

CASES = [(each.entity, rule) for each in PROJECTIONS.values() for rule in each.entity.rules.values()]


@pytest.fixture(scope="module", autouse=True)
def _keys() -> Iterator[None]:
    """Keys of persons that are gone with these tests."""
    before = use(MemoryKeys())
    yield
    use(before)


def stocked() -> Writer:
    """A writer into a log in memory, where there is what the examples want."""
    writer = Writer(Log(MemoryStore(), "acme"), Origin(Actor("user:1")))
    supplied(writer)
    return writer


def arguments(rule: Rule[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Any arguments of the right types, some left out where they may be; or such as the rule takes."""
    fields = {name: field for name, field in body_model(rule).model_fields.items() if name != "version"}
    needed = {name: st.from_type(f.annotation) for name, f in fields.items() if f.is_required()}  # type: ignore[arg-type]
    free = {name: st.from_type(f.annotation) for name, f in fields.items() if not f.is_required()}  # type: ignore[arg-type]
    return st.fixed_dictionaries(needed, optional=free) | st.builds(lambda: example(rule, "text"))


@pytest.mark.parametrize(("entity", "rule"), CASES, ids=lambda each: getattr(each, "name", repr(each)))
@settings(max_examples=60, suppress_health_check=list(HealthCheck), deadline=None)
@given(data=st.data())
def test_twice_is_once_or_refused_or_declared_to_add(entity: Entity[Any, ...], rule: Rule[Any], data: Any) -> None:
    writer = stocked()
    asked = Command(entity, rule, data.draw(arguments(rule)), "" if rule.creates else _made(entity, writer))
    try:
        once = writer.send(asked)
        twice = once if rule.creates else writer.send(asked)
    except Refused:
        return
    assert rule.adds or twice.version == once.version


@pytest.mark.parametrize("entity", [each.entity for each in PROJECTIONS.values()], ids=repr)
@settings(max_examples=60, suppress_health_check=list(HealthCheck), deadline=None)
@given(data=st.data())
def test_a_state_comes_back_from_json_as_it_was(entity: Entity[Any, ...], data: Any) -> None:
    writer = stocked()
    try:
        version = writer.send(entity.create(**data.draw(arguments(entity.creation)))).version
    except Refused:
        return
    fact = writer.log.store.read(version.id)
    assert fact
    assert decode(entity, fact).state == version.state
    assert encode(version.state).keys() == asdict(version.state).keys()


def _made(entity: Entity[Any, ...], writer: Writer) -> str:
    return writer.send(Command(entity, entity.creation, example(entity.creation, "text"))).version.sk
