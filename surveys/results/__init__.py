"""What responses say together: counted over all versions, compared with a draft, written as CSV."""

from surveys.results.counting import Tally, latest, tally
from surveys.results.figures import Bar, Figure, figures
from surveys.results.what_if import Effect, what_if

__all__ = ["Bar", "Effect", "Figure", "Tally", "figures", "latest", "tally", "what_if"]
