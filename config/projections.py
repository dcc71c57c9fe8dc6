"""What the composition root itself shows: the canary, in the journal only."""

from config.canary import CANARY
from cqrs.projections import journals

journals(CANARY)
