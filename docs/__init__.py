"""The documentation; `docs.tests` does what it says."""
