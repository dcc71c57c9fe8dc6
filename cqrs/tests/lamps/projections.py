"""Lamps stand in the journal only."""

from cqrs.projections import journals
from cqrs.tests.toy import LAMP

journals(LAMP)
