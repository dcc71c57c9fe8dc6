"""Requests as somebody sends them, and answers without what differs each time."""

import json
import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any
from urllib.parse import quote, urlencode
from uuid import uuid4

from django.conf import settings
from django.test import Client

from config.tests.isolation.canaries import CANARY, NAME

REQUEST_ID = "isolation"
_EACH_TIME = re.compile(
    r'name="(?:csrfmiddlewaretoken|once|secret)" value="[^"]*"|id="make-\w+"|'
    r'class="qr" src="[^"]*"|code breaks">\w+|(?i:X-CSRFToken)\W+\w+'
    r'|Set-Cookie: (csrftoken=|sessionid="").*|\btoken=[\w-]*|Expires: .*|cursor=[^"&\s]*'
)
"""Tokens and signatures that are new in each answer, and a session cookie that is taken back for it names none."""


@dataclass(frozen=True, repr=False)
class Answer:
    """Status, headers and body, as one text; and the cursor of a next page."""

    status: int
    text: str
    cursor: str = field(default="", compare=False)

    @property
    def shows_canary(self) -> bool:
        """Apart from its tenant's name, which stands on its own sign-in page."""
        return CANARY in self.text.lower().replace(NAME, "")

    def __repr__(self) -> str:
        return f"<{self.status} {self.text[-200:]!r}>"

    def but(self, *names: str) -> "Answer":
        """The same, where these names are one."""
        text = self.text
        for name in sorted(filter(None, names), key=len, reverse=True):
            once = quote(name, safe="~")
            for spelt in (name, quote(name, safe=""), quote(once, safe="~"), once):
                text = text.replace(spelt, "<name>")
        return Answer(self.status, text)


@dataclass(frozen=True)
class Caller:
    """Somebody with a session, a key, or neither; `headers` go with all they send."""

    cookie: str = ""
    key: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)

    def ask(
        self,
        method: str,
        url: str,
        *,
        host: str,
        body: Mapping[str, Any] | None = None,
        is_form: bool = False,
        **headers: str,
    ) -> Answer:
        """Send it. `if_match="*"` is the header If-Match."""
        client = _client()
        client.cookies.clear()  # what an answer sets is not what the next is asked with
        if self.cookie:
            client.cookies[settings.SESSION_COOKIE_NAME] = self.cookie
        sent = {"host": host, "x-request-id": REQUEST_ID} | dict(self.headers)
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        sent |= {} if is_form or method != "POST" else {"idempotency-key": sent.get("idempotency-key", uuid4().hex)}
        sent |= {"authorization": f"Bearer {self.key}"} if self.key else {}
        kind = "application/x-www-form-urlencoded" if is_form else "application/json"
        data = "" if body is None else urlencode(body, doseq=True) if is_form else json.dumps(body)
        for spelt in ("{new}", quote("{new}")):
            data = data.replace(spelt, uuid4().hex[:12])
        return _answer(client.generic(method, url, data.encode(), kind, headers=sent))


_clients = threading.local()


def _client() -> Client:
    """One a thread: each would build its own stack of middlewares."""
    if not hasattr(_clients, "one"):
        _clients.one = Client(raise_request_exception=False)
    found: Client = _clients.one
    return found


def _answer(response: Any) -> Answer:
    """Of a stream, its first two pieces: the next would be waited for."""
    pieces = islice(response.streaming_content, 2) if response.streaming else [response.content]
    text = b"".join(pieces).decode(errors="replace")
    response.close()
    headers = "\n".join(f"{name}: {value}" for name, value in response.items() if name != "Content-Length")
    cookies = response.cookies.output()
    cursor = re.search(r'cursor=([^"&]*)', text)
    return Answer(
        response.status_code, _EACH_TIME.sub("", f"{headers}\n{cookies}\n{text}"), cursor[1] if cursor else ""
    )
