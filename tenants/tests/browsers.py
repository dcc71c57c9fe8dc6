"""Clients that tests send requests with: browsers and programs on one tenant's host."""

from typing import Any

from django.test import Client

from tenants.models import Domain, User
from tenants.sessions import TENANT


def browser(host: str, **options: Any) -> Client:
    """A browser on that host, with nobody signed in."""
    return Client(headers={"Host": host}, **options)


def signed_in(host: str, email: str, password: str) -> Client:
    """A browser in which somebody has signed in."""
    client = browser(host)
    response = client.post("/sign-in/", {"email": email, "password": password})
    assert response.status_code == 302, "they could not sign in"
    return client


def in_session(host: str, user: User) -> Client:
    """A browser in which they are signed in already, without the second that hashing a password takes."""
    client = browser(host)
    client.force_login(user)
    session = client.session
    session[TENANT] = Domain.objects.get(domain=host).tenant.code
    session.save()
    return client


def program(host: str, key: str) -> Client:
    """A program that sends an API key."""
    return Client(headers={"Host": host, "Authorization": f"Bearer {key}"})
