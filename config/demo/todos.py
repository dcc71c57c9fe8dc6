"""The demo's todos."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from cqrs.decide import Origin
from cqrs.domain import Actor, NotFound
from cqrs.dynamodb.store import store
from cqrs.log import Log
from cqrs.tasks import ring
from cqrs.writer import Writer
from todos.domain import TODO, Priority, cancel, complete, edit, remove, start

LOW, HIGH, URGENT = Priority.LOW, Priority.HIGH, Priority.URGENT
GAP_MOST = 12
"""Numbers in a row that the fast sequence may have lost."""

STEPS = {"start": start, "complete": complete, "cancel": cancel, "remove": remove}


@dataclass(frozen=True, slots=True)
class Item:
    """A todo to be, what becomes of it, and its due date in days from today."""

    name: str
    then: str = ""
    due: int | None = None
    priority: Priority = Priority.NORMAL
    labels: tuple[str, ...] = ()
    description: str = ""
    note: str = ""


ITEMS: Mapping[str, Sequence[Item]] = {
    "acme": (
        Item("Renew the TLS certificate of the shop", "start", 2, URGENT, ("infra",), "Our DNS, their form."),
        Item("Send the October invoices", "start complete", -4, HIGH, ("finance",)),
        Item("Call back Northwind about the return", "", 0, HIGH, ("support", "returns"), "They ask for a pick-up."),
        Item("Count the stock in hall 2", "start", 5, labels=("warehouse",)),
        Item("Photograph the spring collection", "", 12, labels=("catalogue",), note="Studio B is free."),
        Item("Write the job ad for a picker", "complete", -9, labels=("people",)),
        Item("Replace the label printer", "", -1, HIGH, ("warehouse",), "The old one smears barcodes."),
        Item("Move the newsletter to Tuesday", "cancel", None, LOW, ("marketing",)),
        Item("Agree on next year's prices with Fabrikam", "", 20, labels=("purchasing",)),
        Item("Test the restore of last night's backup", "start complete", -2, HIGH, ("infra",)),
        Item("Book the room for the quarterly review", "", 8, LOW),
        Item("Duplicate: count the stock in hall 2", "remove", 5, labels=("warehouse",)),
    ),
    "globex": (
        Item("Calibrate the spectrometer", "start", 1, HIGH, ("lab",), "Use the new reference sample."),
        Item("Order nitrogen", "complete", -6, labels=("lab", "purchasing")),
        Item("Answer the auditor's question 14", "", 0, URGENT, ("audit",), "Who approved the change of supplier?"),
        Item("Draft the abstract for the spring conference", "start", 15, labels=("research",)),
        Item("Onboard the two new technicians", "", 3, labels=("people",), note="Badges are at the front desk."),
        Item("Fix the leak under bench 7", "start complete", -3, URGENT, ("facilities",)),
        Item("Review the data retention policy", "", 30, LOW, ("audit",)),
        Item("Move the archive to the new shelves", "cancel", None, LOW, ("facilities",)),
        Item("Publish the measurement series of September", "complete", -12, labels=("research",)),
        Item("Get a second quote for the fume hood", "", -2, HIGH, ("purchasing",)),
        Item("Plan the fire drill", "", 25, labels=("facilities",)),
        Item("Old: order helium", "remove", None, LOW, ("lab",)),
    ),
}
"""By tenant."""


def seed(tenant: str, *, by: Actor, today: date) -> int:
    """Make those of the tenant's demo todos that were never made, whatever became of them since; answers how many."""
    writer = Writer(Log(store(), tenant), Origin(by, source="seed_demo"), ring=ring)
    missing = _missing(writer.log, ITEMS[tenant])
    for item in missing:
        _make(writer, item, by=by, today=today)
    return len(missing)


def _missing(log: Log, items: Sequence[Item]) -> list[Item]:
    """Asks the log, for rows may still be on their way; in a demo its todos come first, so a few reads find them."""
    missing, number, gap = {item.name: item for item in items}, 0, 0
    while missing and gap < GAP_MOST:
        number += 1
        try:
            missing.pop(log.get(TODO, TODO.sk_of(f"TODO-{number:06}"), version=1).name, None)
            gap = 0
        except NotFound:
            gap += 1
    return list(missing.values())


def _make(writer: Writer, item: Item, *, by: Actor, today: date) -> None:
    made = writer.send(
        TODO.create(
            name=item.name,
            description=item.description,
            due_date=None if item.due is None else today + timedelta(days=item.due),
            priority=item.priority,
            labels=item.labels,
            assignee=by.id if item.then.startswith("start") else "",
        )
    )
    ref = TODO.ref(made.version.sk)
    if item.note:
        writer.send(ref.ask(edit, description=item.note))
    for step in item.then.split():
        writer.send(ref.ask(STEPS[step]))
