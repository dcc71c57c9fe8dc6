"""How the API knows who asks: an API key, else the browser's session. Both are good for the host's tenant only."""

from typing import Any, cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, SessionAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.request import Request

from face.cookies import cookie_name
from tenants.keys import good_key
from tenants.models import Tenant
from tenants.origins import OriginCheck
from tenants.principal import Principal
from tenants.requests import TenantRequest
from tenants.uses import USES


class ApiKeyAuthentication(BaseAuthentication):
    """`Authorization: Bearer tf_<prefix>_<secret>`. Whatever is wrong with a key, the answer is the same 401."""

    def authenticate(self, request: Request) -> tuple[Principal, Principal] | None:
        """The key's principal as user and as auth; None where no Bearer credential is sent."""
        scheme, _, text = get_authorization_header(request).decode("latin-1").partition(" ")
        if scheme.lower() != "bearer":
            return None
        tenant = _tenant(request)
        key = good_key(text.strip(), tenant=tenant)
        if key is None:
            raise AuthenticationFailed("This API key is not good here.")
        USES.note(key.pk)
        scopes = frozenset(key.scopes)
        principal = Principal.key(prefix=key.prefix, name=key.name, scopes=scopes, tenant=tenant.code)
        return principal, principal

    def authenticate_header(self, request: Request) -> str:
        """The WWW-Authenticate of a 401; this class comes first, so it is the API's."""
        return f'Bearer realm="{_tenant(request).code}"'


class MemberAuthentication(SessionAuthentication):
    """The session that `tenants.middleware.bind_session` found good, with CSRF."""

    def authenticate(self, request: Request) -> tuple[Any, Principal] | None:
        """The member and their principal; None where nobody is signed in on this host."""
        host = cast(TenantRequest, request._request)
        if host.principal is None:
            return None
        self.enforce_csrf(request)
        return host.user, host.principal

    def enforce_csrf(self, request: Request) -> None:
        """PermissionDenied where a page of another tenant, or of somebody else, sent this."""
        check = OriginCheck(lambda _: HttpResponse())
        check.process_request(request._request)
        if reason := check.process_view(request._request, HttpResponse, (), {}):
            raise PermissionDenied(f"CSRF Failed: {reason}")


class ApiKeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # half typed
    """The API key in the OpenAPI schema."""

    target_class = ApiKeyAuthentication
    match_subclasses = True
    name = "apiKey"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        """An HTTP bearer."""
        return {"type": "http", "scheme": "bearer", "bearerFormat": "tf_<prefix>_<secret>"}


class SessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # half typed
    """The browser's session in the OpenAPI schema."""

    target_class = MemberAuthentication
    name = "session"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        """A cookie."""
        return {"type": "apiKey", "in": "cookie", "name": settings.SESSION_COOKIE_NAME}


def name_session_cookie(result: dict[str, Any], request: HttpRequest | None, **_: object) -> dict[str, Any]:
    """A hook of the OpenAPI schema: the session's cookie, as browsers call it that read the schema."""
    scheme = result.get("components", {}).get("securitySchemes", {}).get(SessionScheme.name)
    if scheme and request:
        scheme["name"] = cookie_name(request, scheme["name"])
    return result


def _tenant(request: Request) -> Tenant:
    return cast(TenantRequest, request._request).tenant
