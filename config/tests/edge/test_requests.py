"""What follows from the way in, request by request: cookies, links, caches, and who is counted."""

from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings as django_settings
from django.http import HttpRequest
from django.test import Client

from config.edge.proxies import parse_proxies
from config.tests.edge.passed_on import ADA, ask
from conftest import Api, TestTenant
from face.models import AuditLine
from surveys.tests.examples import TEAM
from tenants.clients import network_of
from tenants.models import SignInTry, SignUpTry

ABOVE_NINE = "2001:db8:5:6:9::9"
NETWORK = "2001:db8:5:6::"


def sign_in(client: Client, site: TestTenant, **headers: str) -> Any:
    return client.post("/sign-in/", {"email": site.viewer, "password": site.password}, headers=headers)


def test_by_https_every_cookie_is_secure_and_of_its_host_alone(acme: TestTenant) -> None:
    client = Client(headers={"Host": acme.host} | ADA)
    client.get("/sign-in/")
    assert sign_in(client, acme).status_code == 302
    assert set(client.cookies) == {"__Host-csrftoken", "__Host-sessionid"}
    assert all((each["secure"], each["path"], each["domain"]) == (True, "/", "") for each in client.cookies.values())
    assert client.get("/todos/").status_code == 200
    client.post("/sign-out/")
    assert client.cookies["__Host-sessionid"]["max-age"] == 0


def test_by_http_they_keep_their_plain_names(acme: TestTenant) -> None:
    client = Client(headers={"Host": acme.host} | ADA | {"X-Forwarded-Proto": "http"})
    client.get("/sign-in/")
    assert sign_in(client, acme).status_code == 302
    assert set(client.cookies) == {"csrftoken", "sessionid"}
    assert not any(each["secure"] for each in client.cookies.values())


@pytest.mark.parametrize(("there", "here"), [("https", "http"), ("http", "https")])
def test_a_session_of_one_scheme_is_nobodys_in_the_other(acme: TestTenant, there: str, here: str) -> None:
    client = Client(headers={"Host": acme.host})
    sign_in(client, acme, **ADA | {"X-Forwarded-Proto": there})
    assert client.get("/todos/", headers=ADA | {"X-Forwarded-Proto": there}).status_code == 200
    assert client.get("/todos/", headers=ADA | {"X-Forwarded-Proto": here}).status_code == 302


def test_links_are_by_https(acme: TestTenant, api: Api) -> None:
    for _ in range(2):
        made = api("POST", "todos/", {"name": "x"}, **ADA)
    assert made["Location"].startswith(f"https://{acme.host}/api/v1/todos/")
    api.drain()
    assert api("GET", "todos/?limit=1", **ADA).json()["next"].startswith(f"https://{acme.host}/")
    assert api("GET", "todos/none/", **ADA).json()["type"] == f"https://{acme.host}/problems/not_found/"
    assert api("GET", "todos/none/").json()["type"].startswith("http://")


def test_other_headers_say_nothing(acme: TestTenant, globex: TestTenant, settings: Any) -> None:
    forged = {"X-Forwarded-Host": globex.host, "Forwarded": f"for=6.6.6.6;host={globex.host};proto=https"}
    more = {"X-Forwarded-Port": "444", "X-Real-IP": "6.6.6.6", "X-Forwarded-Ssl": "on", "X-Forwarded-Scheme": "https"}
    problem = Api(acme)("GET", "todos/none/", **forged, **more).json()
    assert problem["type"] == f"http://{acme.host}/problems/not_found/"
    settings.PROXIES = parse_proxies("")
    assert Api(acme)("GET", "todos/none/", **ADA).json()["type"].startswith("http://")


def test_facts_and_audit_tell_the_whole_address_of_the_client(api: Api) -> None:
    sent = ADA | {"X-Forwarded-For": f"6.6.6.6, {ABOVE_NINE}"}
    code = api("POST", "todos/", {"name": "x"}, **sent).json()["code"]
    assert api("GET", f"todos/{code}/history/").json()["results"][0]["ip"] == ABOVE_NINE
    made = api("POST", "webhooks/", {"url": "https://hooks.example/", "events": ["*"]}, **sent).json()
    assert AuditLine.objects.filter(subject=made["id"]).values_list("ip", flat=True)[0] == ABOVE_NINE


def test_what_is_no_address_is_the_peers(api: Api) -> None:
    code = api("POST", "todos/", {"name": "x"}, **{"X-Forwarded-For": "6.6.6.6, <script>"}).json()["code"]
    assert api("GET", f"todos/{code}/history/").json()["results"][0]["ip"] == "127.0.0.1"


def test_limits_count_the_network_of_the_client(acme: TestTenant, api: Api, settings: Any) -> None:
    sent = ADA | {"X-Forwarded-For": ABOVE_NINE, "Host": acme.host}
    Client().post("/sign-in/", {"email": f"{uuid4().hex}@a.example", "password": "x"}, headers=sent)
    assert SignInTry.objects.order_by("pk").last().address == NETWORK  # type: ignore[union-attr]  # there is one now
    Client().post("/sign-up/", {}, headers=sent | {"Host": django_settings.PUBLIC_HOST})
    assert SignUpTry.objects.order_by("pk").last().address == NETWORK  # type: ignore[union-attr]
    form = api("POST", "surveys/", TEAM).json()
    api("POST", f"surveys/{form['code']}/publish/", {}, if_match="*")
    api.drain()
    settings.ANSWERS = 1
    statuses = [answered(form["token"], f"2001:db8:5:{net}::{n}", acme) for net, n in [(6, 1), (6, 2), (7, 1)]]
    assert statuses == [302, 429, 302]


def answered(token: str, address: str, site: TestTenant) -> int:
    sent = ADA | {"X-Forwarded-For": address, "Host": site.host}
    return Client().post(f"/s/{token}/", {"version": "1", "q.mood": "5", "q.place": "left"}, headers=sent).status_code


@pytest.mark.parametrize(
    ("address", "counted"),
    [("203.0.113.7", "203.0.113.7"), (ABOVE_NINE, NETWORK), ("2001:db8:5:6::", NETWORK), ("fe80::1%eth0", "fe80::"),
     ("socket", "socket")],
)  # fmt: skip
def test_of_ipv6_a_64_is_one_client(address: str, counted: str) -> None:
    request = HttpRequest()
    request.META["REMOTE_ADDR"] = address
    assert network_of(request) == counted


def test_metrics_look_at_who_spoke_to_us() -> None:
    far = {"X-Forwarded-For": "127.0.0.1"}
    host = {"Host": "localhost"}
    assert Client(headers=host | far).get("/metrics", REMOTE_ADDR="10.1.2.3").status_code == 401
    assert Client(headers=host | far).get("/metrics").status_code == 401, "a proxy of this machine, for somebody"
    assert Client(headers=host).get("/metrics", REMOTE_ADDR="::ffff:127.0.0.1").status_code == 200
    assert Client(headers=host).get("/metrics", REMOTE_ADDR="").status_code == 200, "a socket of this machine"


def test_whatever_is_signed_in_is_stored_nowhere(acme: TestTenant, api: Api) -> None:
    code = api("POST", "todos/", {"name": "x"}).json()["code"]
    for path, status in ((f"todos/{code}/", 200), ("todos/none/", 404), ("todos/?bogus=1", 400)):
        answer = api("GET", path)
        assert (answer.status_code, answer["Cache-Control"]) == (status, "no-store"), path
    assert api("GET", f"todos/{code}/")["ETag"] == '"1"'
    for sent in (ADA, {}):
        client = Client(headers={"Host": acme.host} | sent)
        assert "no-store" in sign_in(client, acme)["Cache-Control"]
        for path in (
            "/",
            "/todos/",
            f"/todos/{code}/",
            "/none/",
            "/todos/none/",
            "/products/export.csv",
            "/api/v1/todos/",
        ):
            assert "no-store" in client.get(path)["Cache-Control"], path
        assert "no-store" not in client.get("/static/app.css").get("Cache-Control", "")
    for path in ("/sign-in/", "/forgot/", "/reset/", "/join/", "/enter/", "/confirm/"):
        assert "no-store" in ask(acme.host, path)["Cache-Control"], path


def test_the_schema_names_the_cookie_of_its_scheme(acme: TestTenant, api: Api) -> None:
    def named(**sent: str) -> str:
        schema = api("GET", "http://localhost/api/schema/?format=json", **sent).json()
        return str(schema["components"]["securitySchemes"]["session"]["name"])

    assert (named(), named(**ADA)) == ("sessionid", "__Host-sessionid")
