"""Verify: the log, folded again, beside everything that follows from it: journal, rows, ledger, counters, numbers.

The log is surveyed in pages (`survey`), which finds suspects; each is then looked at by itself (`entities`), after the
stream has been read as far as the survey. Journal, ledger and counters are folded a tenant at a time.
"""

from cqrs.verify.differences import Difference, Kind
from cqrs.verify.run import verify

__all__ = ["Difference", "Kind", "verify"]
