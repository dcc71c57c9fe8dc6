"""`manage.py seed_demo`: two tenants to look at, with people, keys, todos and a shop. A second run keeps everything."""

import json
import os
import secrets
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from config.demo import ITEMS, seed
from config.environment import environment
from config.stack.demo_file import PENDING
from cqrs.domain import Actor
from tenants.addresses import address_at
from tenants.confirmation.claims import proved
from tenants.keys import create_key, good_key
from tenants.models import Tenant, User
from tenants.principal import Role
from tenants.provisioning import add_member, create_public, host_for, provision

PEOPLE = {"acme": ("Olivia Park", "Victor Ruiz"), "globex": ("Oskar Lindqvist", "Vera Okafor")}
NAMES = {"acme": "Acme Trading", "globex": "Globex Research"}

type Known = dict[str, Any]
"""What demo.json holds, or a part of it; empty where there was none."""


class Command(BaseCommand):
    """Makes the public tenant, a member of staff, and the demo's tenants; writes their credentials to demo.json."""

    help = "Make the demo: two tenants with people, API keys, todos and a shop. Safe to repeat."

    def add_arguments(self, parser: CommandParser) -> None:
        """`up` publishes the logins itself, once everything is well."""
        parser.add_argument("--pending", action="store_true", help=f"write {PENDING} in place of demo.json")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make what is missing, and write `.local/demo.json`, or what becomes it."""
        path, pending = (environment().local / name for name in ("demo.json", PENDING))
        known = _read_known(path) or _read_known(pending)
        create_public()
        base = _url(environment().host)
        staff = _staff(known.get("staff", {})) | {"url": f"{base}/admin/"}
        tenants = {code: self._tenant(code, known.get("tenants", {}).get(code, {})) for code in ITEMS}
        _write(pending if options["pending"] else path, {"base_url": base, "staff": staff, "tenants": tenants})

    def _tenant(self, code: str, known: Known) -> Known:
        owner_name, viewer_name = PEOPLE[code]
        owner = _person(_email(owner_name, code), owner_name, known.get("owner", {}))
        viewer = _person(_email(viewer_name, code), viewer_name, known.get("viewer", {}))
        tenant = provision(code, name=NAMES[code], owner_email=owner["email"])
        proved(add_member(tenant, email=viewer["email"], role=Role.VIEWER).user)
        by = User.objects.get(email=owner["email"])
        proved(by)
        made = seed(code, by=Actor(f"user:{by.pk}"), today=timezone.localdate())
        self.stdout.write(f"{code}: {made}")
        host = host_for(code)
        return {
            "url": _url(host),
            "host": host,
            "api_key": _api_key(tenant, by, known.get("api_key", "")),
            "owner": owner,
            "viewer": viewer,
        }


def _read_known(path: Path) -> Known:
    found: Known = json.loads(path.read_text("utf-8")) if path.exists() else {}
    return found


def _staff(known: Known) -> Known:
    login = _person("staff@tenfold.example", "Staff", known)
    User.objects.filter(email=login["email"]).update(is_staff=True, is_superuser=True)
    return login


def _person(email: str, name: str, known: Known) -> Known:
    """Their login. Somebody whose password is written down keeps it, also where it was changed since."""
    user = User.objects.filter(email=email).first() or User.objects.create_user(email, name=name)
    password = known.get("password") if known.get("email") == email else None
    if password is None or not user.has_usable_password():
        password = password or secrets.token_urlsafe(12)
        user.set_password(password)
        user.save(update_fields=["password"])
    return {"email": email, "password": password}


def _email(name: str, code: str) -> str:
    return f"{name.split(maxsplit=1)[0].lower()}@{code}.example"


def _api_key(tenant: Tenant, by: User, known: str) -> str:
    if good_key(known, tenant=tenant):
        return known
    _, text = create_key(tenant, name="Demo", scopes=["*"], created_by=by)
    return text


def _url(host: str) -> str:
    return address_at(host)


def _write(path: Path, found: Known) -> None:
    """All or nothing, and for the owner's eyes only from the first byte."""
    draft = path.with_suffix(".draft")
    draft.unlink(missing_ok=True)
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        json.dump(found, file, indent=2)
    draft.replace(path)
