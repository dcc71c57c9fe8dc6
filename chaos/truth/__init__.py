"""What must be true whatever broke: the log against the read side, and both against what clients were told.

Pure: it compares what was read from outside, and asks nothing of the kernel. A difference is one line of text.
"""

from chaos.truth.clients import in_real_time, no_defect, no_false_conflict, one_winner, told_the_truth
from chaos.truth.stores import counters_add_up, journal_is_the_log, log_is_whole, rows_are_the_newest

__all__ = [
    "counters_add_up",
    "in_real_time",
    "journal_is_the_log",
    "log_is_whole",
    "no_defect",
    "no_false_conflict",
    "one_winner",
    "rows_are_the_newest",
    "told_the_truth",
]
