"""A toy entity with personal fields: a guest, who leaves an address, and notes that are nobody's until they sign in."""

from dataclasses import dataclass

from cqrs.domain import KEEP, Counter, Deltas, Entity, Sequence, revise

NIGHTS = Counter("NIGHTS")


@dataclass(frozen=True)
class Address:
    street: str
    city: str


@dataclass(frozen=True)
class Guest:
    person: str
    room: str
    address: Address
    nights: int = 0
    phone: str | None = None


def arrive(*, person: str, room: str, address: Address, nights: int, phone: str | None = None) -> Guest:
    return Guest(person, room, address, nights, phone)


def change(guest: Guest, *, room: str = KEEP, address: Address = KEEP, phone: str | None = KEEP) -> Guest:
    return revise(guest, room=room, address=address, phone=phone)


def stayed(before: Guest | None, after: Guest | None) -> Deltas:
    nights = (after.nights if after else 0) - (before.nights if before else 0)
    return {NIGHTS.at("all", "booked"): nights}


GUEST = Entity(
    "GUEST",
    Guest,
    create=arrive,
    change={"changed": change},
    counts=stayed,
    created="arrived",
    code=Sequence("G-%%no%%"),
    name=lambda guest: f"Room {guest.room}",
    personal={"address": lambda guest: guest.person, "phone": lambda guest: guest.person},
)
