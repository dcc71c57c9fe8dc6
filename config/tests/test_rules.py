"""Every rule that is registered anywhere: asking twice is asking once, or refused, or the rule is declared to add."""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st

from cqrs.codec import decode, encode
from cqrs.decide import Origin
from cqrs.domain import Actor, Entity, Refused, Rule
from cqrs.log import Log
from cqrs.projections import PROJECTIONS
from cqrs.store import MemoryStore
from cqrs.writer import Writer
from face.arguments import body_model

NOW, SOMEBODY = datetime(2026, 11, 1, tzinfo=UTC), Actor("user:1")
CASES = [(each.entity, rule) for each in PROJECTIONS.values() for rule in each.entity.rules.values()]


def arguments(rule: Rule[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Any arguments of the right types, some left out where they may be."""
    fields = {name: field for name, field in body_model(rule).model_fields.items() if name != "version"}
    needed = {name: st.from_type(f.annotation) for name, f in fields.items() if f.is_required()}  # type: ignore[arg-type]
    free = {name: st.from_type(f.annotation) for name, f in fields.items() if not f.is_required()}  # type: ignore[arg-type]
    return st.fixed_dictionaries(needed, optional=free)


@pytest.mark.parametrize(("entity", "rule"), CASES, ids=lambda each: getattr(each, "name", ""))
@settings(max_examples=60, suppress_health_check=list(HealthCheck), deadline=None)
@given(data=st.data())
def test_twice_is_once_or_refused_or_declared_to_add(entity: Entity[Any, ...], rule: Rule[Any], data: Any) -> None:
    state = _state(entity, data)
    args = data.draw(arguments(rule))
    try:
        once = rule.ask(state, args, now=NOW, actor=SOMEBODY)
        twice = once if rule.creates else rule.ask(once, args, now=NOW, actor=SOMEBODY)
    except Refused:
        return
    assert rule.adds or twice == once


@pytest.mark.parametrize("entity", [each.entity for each in PROJECTIONS.values()], ids=repr)
@settings(max_examples=60, suppress_health_check=list(HealthCheck), deadline=None)
@given(data=st.data())
def test_a_state_comes_back_from_json_as_it_was(entity: Entity[Any, ...], data: Any) -> None:
    writer = Writer(Log(MemoryStore(), "acme"), Origin(SOMEBODY))
    creation = entity.creation
    try:
        version = writer.send(entity.create(**data.draw(arguments(creation)))).version
    except Refused:
        return
    fact = writer.log.store.read(version.id)
    assert fact
    assert decode(entity, fact).state == version.state
    assert encode(version.state).keys() == asdict(version.state).keys()


def _state(entity: Entity[Any, ...], data: Any) -> Any:
    creation = entity.creation
    try:
        return creation.ask(None, data.draw(arguments(creation)), now=NOW, actor=SOMEBODY)
    except Refused:
        reject()
