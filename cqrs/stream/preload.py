"""Imported once by the server that children are forked from, so that a new one is there at once."""

import django

django.setup()

import cqrs.stream.child  # noqa: E402, F401  # models want the settings first
