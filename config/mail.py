"""How mail leaves: as files for `make run`, by SMTP where a server is named."""

from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

TIMEOUT = 10
"""Seconds a mail server may take to answer."""


def mailer(url: str, *, folder: Path) -> dict[str, Any]:
    """Django's mailer for `smtp://user:password@host:587` (STARTTLS), `smtps://…:465` (TLS from the first byte) or
    `smtp+plain://host:25`; files in `folder` where empty. ImproperlyConfigured for another scheme."""
    if not url:
        return {
            "BACKEND": "django.core.mail.backends.filebased.EmailBackend",
            "OPTIONS": {"file_path": str(folder)},
        }
    parts = urlsplit(url)
    if parts.scheme not in ("smtp", "smtps", "smtp+plain") or not parts.hostname:
        raise ImproperlyConfigured("TENFOLD_MAIL is smtp://user:password@host:587, or smtps://, or smtp+plain://.")
    return {
        "BACKEND": "config.smtp.LimitedBackend",
        "OPTIONS": {
            "host": parts.hostname,
            "port": parts.port or {"smtp": 587, "smtps": 465, "smtp+plain": 25}[parts.scheme],
            "username": unquote(parts.username or ""),
            "password": unquote(parts.password or ""),
            "use_tls": parts.scheme == "smtp",
            "use_ssl": parts.scheme == "smtps",
            "timeout": TIMEOUT,
        },
    }
