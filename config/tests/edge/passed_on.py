"""Requests as a proxy passes them on."""

from typing import Any

from django.test import Client

ADA = {"X-Forwarded-For": "203.0.113.7", "X-Forwarded-Proto": "https"}
"""What a proxy that ends TLS says of somebody."""


def ask(host: str, path: str, **headers: str) -> Any:
    return Client(headers={"Host": host} | headers).get(path)
