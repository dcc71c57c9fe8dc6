"""Secrets and signatures, as Standard Webhooks 1.0 says: HMAC-SHA256 of `id.timestamp.body`, `v1,` and base64."""

import hashlib
import hmac
import secrets
from base64 import b64decode, b64encode
from collections.abc import Iterable, Mapping
from functools import cache

from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

PREFIX = "whsec_"
SECRET_BYTES = 32


def new_secret() -> str:
    """`whsec_` and 32 random bytes in base64."""
    return f"{PREFIX}{b64encode(secrets.token_bytes(SECRET_BYTES)).decode()}"


def sealed(secret: str, *, endpoint: str) -> str:
    """A secret as it is kept: it opens for its own endpoint only, and with the master key."""
    return b64encode(_cipher().encrypt(secret.encode(), [endpoint.encode()])).decode()


def opened(kept: str, *, endpoint: str) -> str:
    """The secret. InvalidTag where the master key is another, or the endpoint."""
    return _cipher().decrypt(b64decode(kept), [endpoint.encode()]).decode()


def headers(body: bytes, *, id: str, at: int, secrets: Iterable[str]) -> Mapping[str, str]:
    """The three headers of a message; `at` is in seconds. Signed once with each secret, the newest first."""
    signatures = " ".join(f"v1,{_signature(body, id=id, at=at, secret=secret)}" for secret in secrets)
    return {"webhook-id": id, "webhook-timestamp": str(at), "webhook-signature": signatures}


def message_id(endpoint: str, entity_id: str, version: int) -> str:
    """The same whenever this version is posted to this endpoint, so that a receiver can tell a repetition."""
    return f"msg_{hashlib.sha256(f'{endpoint}:{entity_id}@{version}'.encode()).hexdigest()[:32]}"


def _signature(body: bytes, *, id: str, at: int, secret: str) -> str:
    key = b64decode(secret.removeprefix(PREFIX))
    return b64encode(hmac.digest(key, f"{id}.{at}.".encode() + body, "sha256")).decode()


@cache
def _cipher() -> AESSIV:
    derived = HKDF(SHA256(), 64, salt=None, info=b"tenfold: secrets of webhooks").derive(settings.MASTER_KEY.encode())
    return AESSIV(derived)
