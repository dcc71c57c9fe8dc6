"""The outbox: it takes at once, sends in order, tries again, forgets what nobody needs any more, and has an end."""

import threading
import time
from collections.abc import Callable

from cqrs.messages import Message, Outbox
from cqrs.time_limits import WATCH, has_time


def message(task: str, *, seconds: float = 60.0) -> Message:
    return Message(task, {}, time.monotonic() + seconds)


class Broker:
    """Takes what it is sent once it is `there`; until then it takes its time, and fails."""

    def __init__(self) -> None:
        self.there, self.asked, self.came = threading.Event(), threading.Event(), list[str]()

    def send(self, message: Message) -> None:
        self.asked.set()
        if not self.there.wait(0.05):
            raise TimeoutError
        self.came.append(message.task)


def until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_what_is_put_while_the_broker_is_away_is_sent_in_order_when_it_is_back() -> None:
    broker = Broker()
    outbox = Outbox(broker.send, pause=0.01)
    begun = time.monotonic()
    for number in range(20):
        outbox.put(message(str(number)))
    assert time.monotonic() - begun < 0.05
    broker.there.set()
    until(lambda: broker.came == [str(number) for number in range(20)])


def test_the_oldest_is_given_up_where_too_many_wait() -> None:
    broker = Broker()
    outbox = Outbox(broker.send, size=3, pause=0.01)
    outbox.put(message("first"))
    assert broker.asked.wait(5)  # it is being sent, and waits no more
    for number in range(6):
        outbox.put(message(str(number)))
    broker.there.set()
    until(lambda: broker.came == ["first", "3", "4", "5"])


def test_what_nobody_needs_any_more_makes_way() -> None:
    broker = Broker()
    outbox = Outbox(broker.send, pause=0.01)
    outbox.put(message("late", seconds=0.1))
    outbox.put(message("next"))
    time.sleep(0.2)
    broker.there.set()
    until(lambda: broker.came == ["next"])


def test_a_loop_asks_for_the_time_of_its_own_task() -> None:
    assert has_time(seconds=0), "where no task runs"
    with WATCH.limit("a test", seconds=60):
        assert has_time()
        time.sleep(0.02)
        assert not has_time(seconds=0.01)
