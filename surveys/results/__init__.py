"""What responses say together: counted over all versions, compared with a draft, written as CSV."""

from surveys.results.counting import Tally, tally
from surveys.results.figures import Bar, Figure, figures, one_by_one
from surveys.results.latest import latest
from surveys.results.narrowing import Condition, narrowed
from surveys.results.running import running_tally
from surveys.results.what_if import Effect, what_if

__all__ = [
    "Bar", "Condition", "Effect", "Figure", "Tally", "figures", "latest", "narrowed", "one_by_one", "running_tally",
    "tally", "what_if",
]  # fmt: skip
