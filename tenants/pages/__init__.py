"""The pages under `/settings/`: one's account, the people, the API keys, the workspace."""

from django.urls import path
from django.views.generic import RedirectView

from tenants.pages import account, address, keys, members, workspace

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="settings-account"), name="settings"),
    path("account/", account.account, name="settings-account"),
    path("account/password/", account.password, name="settings-password"),
    path("account/address/", address.change, name="settings-address"),
    path("account/address/resend/", address.resend, name="settings-address-resend"),
    path("account/address/keep/", address.take_back, name="settings-address-keep"),
    path("members/", members.members, name="settings-members"),
    path("members/leave/", members.leave, name="settings-leave"),
    path("members/<str:id>/role/", members.give_role, name="settings-role"),
    path("members/<str:id>/remove/", members.remove, name="settings-remove"),
    path("invitations/<str:id>/resend/", members.resend, name="settings-resend"),
    path("invitations/<str:id>/revoke/", members.revoke, name="settings-revoke"),
    path("api-keys/", keys.keys, name="settings-keys"),
    path("api-keys/<str:prefix>/rotate/", keys.rotate, name="settings-key-rotate"),
    path("api-keys/<str:prefix>/revoke/", keys.revoke, name="settings-key-revoke"),
    path("workspace/", workspace.workspace, name="settings-workspace"),
    path("domains/", workspace.name_domain, name="settings-domains"),
    path("domains/<str:name>/verify/", workspace.verify_domain, name="settings-domain-verify"),
    path("domains/<str:name>/primary/", workspace.make_domain_primary, name="settings-domain-primary"),
    path("domains/<str:name>/remove/", workspace.remove_domain, name="settings-domain-remove"),
]
