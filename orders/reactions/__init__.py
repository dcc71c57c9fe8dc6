"""What follows the facts of the shop: stock that runs low or recovers, and mails."""

from orders.reactions.levels import review_adjusted, review_held, review_ordered
from orders.reactions.mails import tell_customer, tell_managers

__all__ = ["review_adjusted", "review_held", "review_ordered", "tell_customer", "tell_managers"]
