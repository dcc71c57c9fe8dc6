"""A browser as small as it can be: it keeps cookies by host, follows redirects, and fills in forms."""

import re
from dataclasses import dataclass, field
from html import unescape
from http.client import HTTPConnection, HTTPResponse
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urlsplit

from config.environment import environment
from config.stack.ports import LOOPBACK

FORM = "application/x-www-form-urlencoded"


@dataclass(slots=True)
class Browser:
    """Somebody's, on one keep-alive connection to the web process on `port`."""

    port: int = field(default_factory=lambda: environment().port)
    cookies: dict[str, dict[str, str]] = field(default_factory=dict)
    _connection: HTTPConnection | None = None

    def get(self, address: str) -> str:
        """The page at `http://host/path`, where redirects end."""
        return self._ask("GET", address)

    def post(self, address: str, page: str, **fields: str) -> str:
        """What comes of the form on that page, filled in like this."""
        hidden = re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', page)
        return self._ask("POST", address, urlencode(dict(hidden) | fields))

    def _ask(self, method: str, address: str, body: str = "") -> str:
        url = urlsplit(address)
        host = url.hostname or ""
        headers = {"Host": f"{host}:{self.port}", "Cookie": "; ".join(f"{k}={v}" for k, v in self._of(host).items())}
        connection = self._connected()
        path = url.path + (f"?{url.query}" if url.query else "")
        connection.request(method, path, body, headers | ({"Content-Type": FORM} if body else {}))
        answer = connection.getresponse()
        text = answer.read().decode()
        self._keep(host, answer)
        if answer.status in (301, 302, 303):
            return self._ask("GET", f"http://{host}{answer.headers['Location']}")
        assert answer.status == 200, f"{answer.status} at {address}: {text[:200]}"
        return text

    def _of(self, host: str) -> dict[str, str]:
        return self.cookies.setdefault(host, {})

    def _keep(self, host: str, answer: HTTPResponse) -> None:
        for line in answer.headers.get_all("Set-Cookie") or ():
            self._of(host).update({name: each.value for name, each in SimpleCookie(line).items()})

    def _connected(self) -> HTTPConnection:
        if self._connection is None:
            self._connection = HTTPConnection(LOOPBACK, self.port, timeout=30)
        return self._connection


def onward(page: str) -> str:
    """The address that a page goes on to by itself."""
    found = re.search(r'http-equiv="refresh" content="\d+; url=([^"]+)"', page)
    assert found, page[:200]
    return unescape(found[1])
