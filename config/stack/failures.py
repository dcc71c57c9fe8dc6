"""Why the stack cannot start, and what the reader can do about it."""


class CannotStart(Exception):
    """One line for a person: `what` stands in the way, and how to `mend` it."""

    def __init__(self, what: str, *, mend: str) -> None:
        super().__init__(f"{what}: {mend}")
        self.what = what
        self.mend = mend
