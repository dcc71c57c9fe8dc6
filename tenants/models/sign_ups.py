"""Tries to sign up, counted by address."""

from django.db import models


class SignUpTry(models.Model):
    """That somebody at this address tried to sign up, however it ended. Kept as long as it counts."""

    address = models.GenericIPAddressField()
    at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        indexes = [models.Index(fields=["address", "at"], name="sign_up_try_of_address")]

    def __str__(self) -> str:
        return f"{self.address} at {self.at:%Y-%m-%d %H:%M}"
