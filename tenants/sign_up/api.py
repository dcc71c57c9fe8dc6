"""`POST /api/v1/tenants/provision/` on the public host: signing up by a program."""

from hashlib import sha256
from typing import Any

from django.http import HttpRequest
from django.utils.crypto import salted_hmac
from django.utils.decorators import method_decorator
from django.views.decorators.debug import sensitive_variables
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from cqrs.answers import Once
from face.commands import once
from face.kept import Made, sent
from face.kept.receipts import Answered, once_only
from tenants.clients import network_of
from tenants.handover import reached
from tenants.models import PUBLIC, User
from tenants.provisioning import host_for
from tenants.sign_up.limits import count_try
from tenants.sign_up.orders import Order, person, sign_up


@extend_schema(exclude=True)
class Provision(APIView):
    """Anonymous: whoever asks is nobody's yet."""

    authentication_classes = ()
    permission_classes = (AllowAny,)

    @method_decorator(sensitive_variables())
    def post(self, request: Request) -> Response:
        """Make a tenant: 201 with its code, name, address and state. A repeat under an Idempotency-Key is answered as
        the first time."""
        count_try(network_of(request._request))
        order = sent(request, Order)
        key = once(request, digest(order).encode(), status=201)
        found = provided(order, person(order, request._request), request._request, once=key)
        replayed = {"Idempotent-Replayed": "true"} if found.replayed else {}
        return Response(found.answer, status=found.status, headers={**found.headers, **replayed})


@sensitive_variables()
def provided(order: Order, owner: User, request: HttpRequest, *, once: Once | None) -> Answered:
    """The order carried out, once under its key: a repeat gets the first answer."""

    def change() -> Made:
        tenant = sign_up(order, owner, request).tenant
        url = f"{reached(request, host_for(tenant.code))}/"
        answer = {"tenant": tenant.code, "name": tenant.name, "url": url, "state": str(tenant.state)}
        return Made(answer, subject=tenant.code, headers={"Location": url})

    return once_only(change, tenant=PUBLIC, once=once, status=201)


def digest(order: Order) -> str:
    """What tells an order from another. It is kept, so the password stands in it as nothing that could be tried out."""
    told: dict[str, Any] = order.model_dump()
    told["password"] = salted_hmac("sign-up", order.password, algorithm="sha256").hexdigest()
    return sha256(repr(sorted(told.items())).encode()).hexdigest()
