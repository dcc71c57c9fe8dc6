"""What follows a fact: commands to send, effects to perform. Each handler reads each tenant's journal with a cursor.

@reaction(ORDER, "placed")
def remember_customer(order: Version[Order]) -> Command[Customer]: ...

@effect(ORDER, "placed")
def confirm_by_mail(order: Version[Order], *, id: str) -> None: ...
"""

from cqrs.reactions.registry import REACTIONS, Reaction, effect, reaction

__all__ = ["REACTIONS", "Reaction", "effect", "reaction"]
