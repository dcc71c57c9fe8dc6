"""What clients send, in parts that several bodies share."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

Line = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]*$")
]
"""A name people read."""


class Body(BaseModel):
    """Refuses what it does not know, and guesses no types."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Nothing(Body):
    """No body at all."""
