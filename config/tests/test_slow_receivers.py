"""Receivers that accept and never answer: what goes to others goes out, and nothing of another kind waits."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from django.test import override_settings
from django.utils import timezone

from config.environment import environment
from config.songs import last_song
from config.stack.app import beat, kind_workers, worker
from config.tests.brokers import await_true
from config.tests.running import running
from config.tests.silent import Mailbox, mail_server, silent_server
from conftest import Api, make_tenant
from tenants.models import AddressClaim, Invitation, ResetRequest
from tenants.provisioning import create_system
from webhooks.models import Delivery, Endpoint
from webhooks.tests.receiver import receiving

SILENT = 6
"""Webhook endpoints that never answer: more than the places of those that are known to fail."""


@pytest.fixture(scope="module")
def api(tenants: object) -> Api:
    """The API of a tenant of these tests' own: another has what other tests left."""
    return Api(make_tenant(f"slow{uuid4().hex[:8]}"))


@pytest.fixture(scope="module")
def mailbox(tmp_path_factory: pytest.TempPathFactory, tenants: object) -> Iterator[Mailbox]:
    """All that `make run` starts, but for the web process, with a mail server that leaves three connections silent."""
    create_system()
    for mails in (Invitation, AddressClaim, ResetRequest):  # those of other tests are none of this one's
        mails.objects.filter(sent_at=None).update(sent_at=timezone.now())
    env, log = environment(), tmp_path_factory.mktemp("log")
    with mail_server(silent=3) as mailbox:
        told = {"TENFOLD_WEBHOOKS_LOCAL": "1", "TENFOLD_POOL": "0"}
        told |= {"TENFOLD_MAIL": f"smtp+plain://127.0.0.1:{mailbox.port}", "TENFOLD_CANARY_SECONDS": "1"}
        with running([worker(env), *kind_workers(env), beat(env.model_copy(update={"local": log}))], log=log, **told):
            await_true(lambda: all("ready" in each.read_text() for each in log.glob("worker*.log")))
            yield mailbox


def test_other_webhooks_go_out_and_rows_and_heartbeat_keep_up(mailbox: Mailbox, api: Api) -> None:
    with silent_server() as port, receiving() as good, override_settings(WEBHOOKS_LOCAL=True):
        silent = [_endpoint(api, f"http://127.0.0.1:{port}/{number}") for number in range(SILENT)]
        answering = _endpoint(api, good.url)
        for number in range(4):
            api("POST", "todos/", {"name": f"slow {number}"})
        good.wait_for(4)
        await_true(lambda: Endpoint.objects.filter(pk__in=silent, failing_since=None).count() == 0)
        made = api("POST", "todos/", {"name": str(uuid4())}).json()
        taken = await_true(lambda: any(each["data"]["code"] == made["code"] for each in good.events), seconds=15)
        assert taken < 10
        song = last_song()
        assert song
        assert song.age_seconds < 5
        assert await_true(lambda: api("GET", f"todos/?q={made['name']}").json()["results"]) < 2
        assert not Delivery.objects.filter(endpoint=answering).exclude(state="delivered").exists()
        Endpoint.objects.filter(pk__in=[*silent, answering]).delete()


def test_other_mails_go_out(mailbox: Mailbox, api: Api) -> None:
    ids = [_invited(api) for _ in range(5)]
    addresses = {Invitation.objects.get(id=id).email for id in ids}
    assert await_true(lambda: len(addresses.intersection(mailbox.came)) >= 2) < 9, "less than a silent server's ten"
    Invitation.objects.filter(id__in=ids).delete()


def _endpoint(api: Api, url: str) -> str:
    return str(api("POST", "webhooks/", {"url": url, "events": ["todo.*"]}).json()["id"])


def _invited(api: Api) -> str:
    body = {"email": f"{uuid4().hex}@x.example", "role": "viewer"}
    return str(api("POST", "invitations/", body).json()["id"])
