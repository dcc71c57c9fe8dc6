"""What staff alone do of invoices: no key and no session of a tenant pays, voids, credits or numbers them."""

from uuid import uuid4

import pytest

from billing.clerk import subscription_of
from billing.tests.conftest import until
from conftest import Api
from tenants.tests.browsers import program, signed_in


@pytest.mark.parametrize("rule", ["pay", "void", "credit"])
def test_what_is_owed_is_for_staff_to_say_and_for_no_key_or_session(payer: Api, rule: str) -> None:
    until(payer.tenant, subscription_of(payer.tenant.code).state.current_period.end)
    payer.drain()
    [invoice] = payer("GET", "invoices/").json()["results"]
    owner = signed_in(payer.tenant.host, payer.tenant.owner, payer.tenant.password)
    body = {"amount": 1, "reason": "x"} if rule == "credit" else {}
    for code in (invoice["code"], "INV-NONE"):
        path = f"invoices/{code}/{rule}/"
        assert Api(payer.tenant, key=None)("POST", path, body).status_code == 401
        answers = [payer("POST", path, body, if_match="*", idempotency_key=uuid4().hex)]
        answers += [owner.post(f"/api/v1/{path}", body, content_type="application/json")]
        for answer in answers:
            assert (answer.status_code, answer["Content-Type"]) == (403, "application/problem+json")
            assert (answer.json()["code"], answer.json()["retryable"]) == ("staff_only", False)
        assert payer("GET", path).status_code == 405
        assert owner.post(f"/billing/{path}").status_code == 403
    assert payer("GET", f"invoices/{invoice['code']}/?consistent=true").json()["version"] == 1


def test_invoices_are_numbered_by_staff_alone(payer: Api) -> None:
    before = payer("GET", "sequences/invoice/").json()
    for type in ("invoice", "INVOICE"):
        refused = payer("PATCH", f"sequences/{type}/", {"prefix": "MINE-"})
        assert (refused.status_code, refused.json()["code"]) == (403, "staff_only")
    owner = signed_in(payer.tenant.host, payer.tenant.owner, payer.tenant.password)
    answer = owner.patch("/api/v1/sequences/invoice/", {"prefix": "MINE-"}, content_type="application/json")
    assert answer.status_code == 403
    assert payer("GET", "sequences/invoice/").json() == before


def test_the_schema_offers_none_of_it(payer: Api) -> None:
    paths = program(payer.tenant.host, payer.tenant.key).get("/api/schema/").json()["paths"]
    of_invoices = {path for path in paths if path.startswith("/api/v1/invoices/")}
    assert {path.rsplit("/", 2)[1] for path in of_invoices} == {"invoices", "preview", "{name}", "history"}
