"""`manage.py provision_tenant CODE --name --owner-email --plan`: a tenant from the command line."""

import secrets
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from cqrs.domain import Refused
from tenants.models import User
from tenants.provisioning import host_for, provision


class Command(BaseCommand):
    """Makes a tenant with its schema, host and owner; one that is that owner's already is kept."""

    help = "Make a tenant: its schema, its host and its owner. Safe to repeat."

    def add_arguments(self, parser: CommandParser) -> None:
        """The tenant's code, its name, its owner."""
        parser.add_argument("code", help="small letters, digits and hyphens; never changes")
        parser.add_argument("--name", help="what people read; the code where it is left out")
        parser.add_argument("--owner-email", required=True, help="who owns it; made where unknown")
        parser.add_argument("--plan", default="", help="what it subscribes to first")
        parser.add_argument("--time-zone", default="UTC", help="such as Europe/Berlin")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the host, and the owner's password where one was made."""
        code, email = options["code"], options["owner_email"]
        password = None if User.objects.filter(email=email.lower()).exists() else secrets.token_urlsafe(15)
        try:
            tenant = provision(
                code,
                name=options["name"] or code,
                owner_email=email,
                password=password,
                time_zone=options["time_zone"],
                plan=options["plan"],
            )
        except Refused as refused:
            raise CommandError(refused.detail) from None
        except ValidationError as error:
            raise CommandError("; ".join(error.messages)) from None
        self.stdout.write(f"host      {host_for(tenant.code)}")
        if password:
            self.stdout.write(f"password  {password}  (of {email}; shown once)")
