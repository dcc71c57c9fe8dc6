"""Tokens in links: nobody guesses one, and what is stored of it opens nothing."""

import secrets
from hashlib import sha256


def new_token(beginning: str = "") -> tuple[str, str]:
    """A token of 256 random bits, after `beginning`, and the digest to store."""
    token = beginning + secrets.token_urlsafe(32)
    return token, digest_of(token)


def digest_of(token: str) -> str:
    """What is stored of a token. No salt: nothing that long is found by trying."""
    return sha256(token.encode()).hexdigest()
