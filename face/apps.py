"""The face as a Django app: it keeps receipts and audit lines, in the public schema."""

from django.apps import AppConfig


class FaceConfig(AppConfig):
    name = "face"
    verbose_name = "Audit"
