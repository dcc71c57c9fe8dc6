"""People, keys, hosts and the tenant itself as REST resources."""

from django.urls import path

from tenants.api.domains import Domains
from tenants.api.invitations import Invitations
from tenants.api.keys import Keys
from tenants.api.members import Leaving, Members
from tenants.api.settings import Settings

urlpatterns = [
    path("members/", Members.as_view({"get": "list"}), name="api-members"),
    path("members/leave/", Leaving.as_view({"post": "leave"}), name="api-members-leave"),
    path(
        "members/<str:id>/",
        Members.as_view({"get": "retrieve", "patch": "partial_update", "delete": "destroy"}),
        name="api-members-one",
    ),
    path("invitations/", Invitations.as_view({"get": "list", "post": "create"}), name="api-invitations"),
    path(
        "invitations/<str:id>/",
        Invitations.as_view({"get": "retrieve", "delete": "destroy"}),
        name="api-invitations-one",
    ),
    path("invitations/<str:id>/resend/", Invitations.as_view({"post": "resend"}), name="api-invitations-resend"),
    path("api-keys/", Keys.as_view({"get": "list", "post": "create"}), name="api-api-keys"),
    path("api-keys/<str:prefix>/", Keys.as_view({"get": "retrieve", "delete": "destroy"}), name="api-api-keys-one"),
    path("api-keys/<str:prefix>/rotate/", Keys.as_view({"post": "rotate"}), name="api-api-keys-rotate"),
    path("domains/", Domains.as_view({"get": "list", "post": "create"}), name="api-domains"),
    path("domains/<str:name>/", Domains.as_view({"get": "retrieve", "delete": "destroy"}), name="api-domains-one"),
    path("domains/<str:name>/verify/", Domains.as_view({"post": "verify"}), name="api-domains-verify"),
    path("domains/<str:name>/make_primary/", Domains.as_view({"post": "make_primary"}), name="api-domains-primary"),
    path("settings/", Settings.as_view({"get": "retrieve", "patch": "partial_update"}), name="api-settings"),
]
