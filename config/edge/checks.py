"""What must be said of the way in before anything starts."""

from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urlsplit

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, register


@register("tenfold", "edge")
def https_is_believed(app_configs: Sequence[AppConfig] | None, **_: Any) -> Iterator[CheckMessage]:
    """E009: an https address, and nobody whose word on the scheme is believed."""
    if urlsplit(settings.PUBLIC_ADDRESS).scheme == "https" and not settings.PROXIES:
        yield Error(
            "TENFOLD_ADDRESS is https, but TENFOLD_PROXIES names no proxy: nobody would be believed to come by https, "
            "and every request would be sent there again and again.",
            hint="TENFOLD_PROXIES=1 for one proxy in front, or its network, 10.0.0.0/8",
            id="tenfold.E009",
        )
