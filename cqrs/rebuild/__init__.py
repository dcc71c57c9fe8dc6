"""Rebuild: read models made again from the log, while they are read and written; and shown as they were.

Journal, positions and cursors stay: nobody who reads the journal notices, and no reaction runs.
"""

from cqrs.rebuild.run import rebuild

__all__ = ["rebuild"]
