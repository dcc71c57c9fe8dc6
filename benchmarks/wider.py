"""The shipped settings with one more migration of the todos, which a run writes down (benchmarks/many.py)."""

from config.settings import *  # noqa: F403

MIGRATION_MODULES = {"todos": "wider_migrations"}
