"""Signing up: somebody who has no tenant yet makes one, and owns it."""

from tenants.sign_up.orders import Order, Signed, sign_up

__all__ = ["Order", "Signed", "sign_up"]
