"""`manage.py makemigrations`, on a machine without Postgres too."""

from django.core.management.commands import makemigrations


class Command(makemigrations.Command):
    """Django's own, without the system checks before it: for a generated column they ask Postgres which it is, and a
    migration is made of what the models say. Every command that touches a database checks."""

    requires_system_checks = ()
