"""Personal fields: sealed in the log, open for rules and readers, gone for good once their key is."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pytest
from cryptography.exceptions import InvalidTag

from cqrs.decide import Origin
from cqrs.domain import Actor, Entity
from cqrs.log import Log, diff
from cqrs.personal import MemoryKeys, opened, opened_ip, use
from cqrs.store import MemoryStore, Store
from cqrs.tests.guests import GUEST, Address, Guest, change
from cqrs.tests.toy import LAMP
from cqrs.writer import Writer

HOME = Address("12 Canary Row", "Lisbon")
PLANTED = ("Canary Row", "Lisbon", "555-0199", "203.0.113.7")


@pytest.fixture
def keys() -> Iterator[MemoryKeys]:
    """Keys of persons that need no database."""
    keys = MemoryKeys()
    before = use(keys)
    yield keys
    use(before)


@pytest.fixture
def front(store: Store, tenant: str, keys: MemoryKeys) -> Writer:
    """A writer whose requests come from somewhere."""
    return Writer(Log(store, tenant), Origin(Actor("user:7"), ip="203.0.113.7"))


def test_what_is_personal_is_nowhere_in_the_log_and_open_for_whoever_reads(front: Writer, store: Store) -> None:
    made = arrived(front)
    for fact in store.history(made.id):
        assert not [each for each in PLANTED if each in repr(fact)]
        assert (fact.state["room"], fact.state["nights"], fact.name) == ("12", 3, "Room 12")
        assert opened(GUEST, fact).args["address"] == {"street": "12 Canary Row", "city": "Lisbon"}
    found = front.log.get(GUEST, made.sk)
    assert found.state == made.state == Guest("user:7", "12", HOME, 3, "555-0199")
    assert opened_ip(found) == "203.0.113.7"


def test_a_rule_is_asked_of_the_open_state_and_what_does_not_change_writes_nothing(front: Writer) -> None:
    made = arrived(front)
    same = front.send(GUEST.ref(made.sk).ask(change, address=HOME))
    assert not same.changed
    moved = front.send(GUEST.ref(made.sk).ask(change, room="14")).version
    assert (moved.state.room, moved.state.address) == ("14", HOME)
    assert [each.field for each in diff(made.state, front.log.get(GUEST, made.sk).state)] == ["room"]


def test_once_the_key_is_destroyed_every_version_says_erased(front: Writer, keys: MemoryKeys, tenant: str) -> None:
    made = arrived(front)
    front.send(GUEST.ref(made.sk).ask(change, phone="555-0200"))
    keys.erase(tenant, ["user:7"])
    for version in front.log.history(GUEST, made.sk):
        assert version.state == Guest("user:7", "12", Address("erased", "erased"), 3, "erased")
        assert opened_ip(version) == "erased"
    assert front.log.history(GUEST, made.sk)[0].args["address"] == "erased"


def test_nothing_personal_of_the_erased_is_ever_kept_again(front: Writer, keys: MemoryKeys, store: Store) -> None:
    made = arrived(front)
    keys.erase(made.tenant_code, ["user:7"])
    front.send(GUEST.ref(made.sk).ask(change, room="14"))
    front.send(GUEST.ref(made.sk).ask(change, phone="555-0199"))
    again = front.log.get(GUEST, made.sk)
    assert (again.version, again.state.room, again.state.phone) == (3, "14", "erased")
    assert "555-0199" not in repr(list(store.history(made.id)))


def test_what_is_nobodys_stays_as_it_is(front: Writer, store: Store) -> None:
    made = front.send(GUEST.create(person="", room="1", address=HOME, nights=1)).version
    fact = store.read(made.id)
    assert fact is not None
    assert fact.state["address"] == {"street": "12 Canary Row", "city": "Lisbon"}


def test_a_value_opens_in_its_own_place_only(front: Writer, store: Store) -> None:
    one, other = (store.read(arrived(front).id) for _ in range(2))
    assert one is not None
    assert other is not None
    with pytest.raises(InvalidTag):
        opened(GUEST, replace(one, state={**one.state, "address": other.state["address"]}))
    with pytest.raises(InvalidTag):
        opened(GUEST, replace(one, state={**one.state, "address": one.state["phone"]}))


def test_one_persons_key_opens_nothing_of_another_person_or_tenant(front: Writer, keys: MemoryKeys) -> None:
    made = arrived(front)
    theirs = front.send(GUEST.create(person="user:8", room="2", address=HOME, nights=1)).version
    keys.erase("somebody-else", ["user:7"])
    keys.erase(made.tenant_code, ["user:8"])
    assert front.log.get(GUEST, made.sk).state.address == HOME
    assert front.log.get(GUEST, theirs.sk).state.address == Address("erased", "erased")


def test_the_same_command_sent_again_is_the_same_to_the_byte(keys: MemoryKeys) -> None:
    def kept() -> Mapping[str, Any]:
        front = Writer(Log(MemoryStore(), "acme"), Origin(Actor("user:7")))
        fact = front.log.store.read(arrived(front).id)
        assert fact is not None
        return fact.state

    assert kept() == kept()


def test_an_entity_without_personal_fields_keeps_only_its_address_sealed(front: Writer, store: Store) -> None:
    made = front.send(LAMP.create(name="Desk")).version
    fact = store.read(made.id)
    assert fact is not None
    assert (fact.state["name"], fact.args) == ("Desk", {"name": "Desk"})
    assert "203.0" not in fact.ip


@dataclass(frozen=True)
class Born:
    name: str
    on: date


def test_an_entity_says_at_once_what_it_cannot_keep(keys: MemoryKeys) -> None:
    def bear(*, name: str, on: date) -> Born:
        return Born(name, on)

    def declare(field: str) -> object:
        return Entity("BORN", Born, create=bear, change={}, personal={field: lambda born: "user:1"})

    with pytest.raises(ValueError, match="say another"):
        declare("name")
    with pytest.raises(ValueError, match="no field nick"):
        declare("nick")
    with pytest.raises(TypeError, match="allow None"):
        declare("on")


def arrived(front: Writer) -> Any:
    return front.send(GUEST.create(person="user:7", room="12", address=HOME, nights=3, phone="555-0199")).version
