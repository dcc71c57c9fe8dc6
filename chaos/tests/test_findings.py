"""What decides a run: what is wrong always, what is slow unless the run is untimed."""

import pytest

from chaos.findings import Finding, Played, within

WRONG, SLOW, GOOD = Finding("nothing lost", against=["one"]), within("answer", 6, 5), within("answer", 4, 5)


@pytest.mark.parametrize(
    ("finding", "timed", "untimed"), [(WRONG, True, True), (SLOW, True, False), (GOOD, False, False)]
)
def test_what_is_slow_fails_a_timed_run_only(finding: Finding, timed: bool, untimed: bool) -> None:
    played = Played("a fault", "once", [finding])
    assert (played.failed(untimed=False), played.failed(untimed=True)) == (timed, untimed)
    assert played.verdict == ("MISSED" if timed else "met")
