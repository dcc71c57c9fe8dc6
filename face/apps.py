"""The face as a Django app: it keeps receipts and audit lines, in the public schema."""

from django.apps import AppConfig
from django.core.checks import register
from django.db.models.signals import post_migrate


class FaceConfig(AppConfig):
    name = "face"
    verbose_name = "Audit"

    def ready(self) -> None:
        """The staff's rights are made with the tables, and looked over before anything starts."""
        from face.admin.checks import buttons_name_their_rights  # noqa: PLC0415  # models are ready only now
        from face.admin.rights import create_rights  # noqa: PLC0415

        register(buttons_name_their_rights, "tenfold")
        post_migrate.connect(create_rights, sender=self, dispatch_uid="face.rights")
