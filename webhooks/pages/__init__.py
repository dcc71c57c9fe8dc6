"""The pages of a tenant's webhooks, among its settings: all of them, and each with what became of its events."""

from django.urls import path

from webhooks.pages import buttons, many, one

urlpatterns = [
    path("", many.webhooks, name="settings-webhooks"),
    path("<str:id>/", one.webhook, name="settings-webhook"),
    path("<str:id>/edit/", one.edit, name="settings-webhook-edit"),
    path("<str:id>/rotate/", one.rotate, name="settings-webhook-rotate"),
    path("<str:id>/switch/", buttons.switch, name="settings-webhook-switch"),
    path("<str:id>/test/", buttons.test, name="settings-webhook-test"),
    path("<str:id>/replay/", buttons.replay, name="settings-webhook-replay"),
    path("<str:id>/remove/", buttons.remove, name="settings-webhook-remove"),
    path("<str:id>/deliveries/<int:delivery>/resend/", buttons.resend, name="settings-webhook-resend"),
]
