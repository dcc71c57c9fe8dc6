"""Tries to prove who one is, counted."""

from django.db import models


class SignInTry(models.Model):
    """That somebody at this address tried to be this account, and has not succeeded. Kept as long as it counts; of the
    account a hash only, for what was typed may be anybody's address, or a password."""

    account = models.CharField(max_length=64)
    address = models.CharField(max_length=64)
    at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        indexes = [models.Index(fields=["address", "at"], name="sign_in_try_of_address")]

    def __str__(self) -> str:
        return f"{self.address} at {self.at:%Y-%m-%d %H:%M}"
