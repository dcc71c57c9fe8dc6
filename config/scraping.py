"""Who may read the counters: whoever knows the token, or, where none is set, this machine."""

import secrets

LOCAL = ("127.0.0.1", "::1")


def may_scrape(*, token: str, authorization: str, peer: str) -> bool:
    """Whether a request with this `Authorization` header from this address is answered."""
    if token:
        return secrets.compare_digest(authorization.encode(), f"Bearer {token}".encode())
    return peer in LOCAL
