"""Webhooks as a Django app: endpoints and deliveries, in the public schema."""

from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    name = "webhooks"
    verbose_name = "Webhooks"
