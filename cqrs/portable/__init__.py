"""A tenant's log as a whole: out of one tenant, and into another that is new."""

from cqrs.portable.counting import count_again, fast_numbers
from cqrs.portable.fill import Notes, fill
from cqrs.portable.log import Placed, about, every
from cqrs.portable.moved import moved, open_whole

__all__ = ["Notes", "Placed", "about", "count_again", "every", "fast_numbers", "fill", "moved", "open_whole"]
