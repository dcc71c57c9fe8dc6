"""`create_system`: the tenant in which the canary lives."""

from typing import Any

from django.core.management.base import BaseCommand

from tenants.provisioning import create_system


class Command(BaseCommand):
    help = "Create the system tenant, whose canary measures how far rows are behind. Safe to repeat."

    def handle(self, *args: Any, **options: Any) -> None:
        create_system()
        self.stdout.write("the system tenant is there")
