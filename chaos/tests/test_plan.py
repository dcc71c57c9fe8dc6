"""A seed makes one plan."""

import pytest

from chaos.load import Habits, Load
from chaos.plan import Plan, plan_of

STAGE = None
KNOWN = ("worker-kills", "web-kills", "broker")


def orders(plan: Plan, *, client: int) -> list[object]:
    """What one client of a load will ask for."""
    load = Load(STAGE, Habits(), plan.dice("broker"))  # type: ignore[arg-type]  # nothing is sent
    dice = load.dice_of(client)
    return [load.order(f"c{client}-{count}", dice) for count in range(200)]


def test_the_same_seed_asks_the_same() -> None:
    first, again = (plan_of(["--seed", "7"], known=KNOWN) for _ in range(2))
    assert first == again
    assert orders(first, client=3) == orders(again, client=3)


def test_another_seed_and_another_client_ask_otherwise() -> None:
    plan, other = plan_of(["--seed", "7"], known=KNOWN), plan_of(["--seed", "8"], known=KNOWN)
    assert orders(plan, client=3) != orders(other, client=3)
    assert orders(plan, client=3) != orders(plan, client=4)


def test_a_fault_has_the_same_dice_whether_or_not_others_are_played() -> None:
    alone = plan_of(["--seed", "7", "--only", "broker"], known=KNOWN)
    assert alone.only == ("broker",)
    assert alone.dice("broker").random() == plan_of(["--seed", "7"], known=KNOWN).dice("broker").random()


def test_without_a_seed_there_is_one_and_all_faults_are_played_in_full() -> None:
    plan = plan_of([], known=KNOWN)
    assert plan.only == KNOWN
    assert plan.size(20_000) == 20_000
    assert Plan(plan.seed, 1, KNOWN) == plan


def test_a_tenth_is_a_tenth_and_never_nothing() -> None:
    plan = plan_of(["--scale", "0.1"], known=KNOWN)
    assert (plan.size(20_000), plan.size(5), plan.size(10, least=4)) == (2_000, 1, 4)


def test_a_fault_that_nobody_knows_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        plan_of(["--only", "broker,earthquake"], known=KNOWN)
    assert "there is no earthquake" in capsys.readouterr().err
