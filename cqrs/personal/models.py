"""The keys of persons, in the public schema."""

from django.db import models


class PersonKey(models.Model):
    """The key that seals what a tenant keeps of a person, wrapped by the installation's master key.

    One that was destroyed stays as a line that says so: whoever was erased gets no other.
    """

    id = models.TextField(primary_key=True, help_text="random; stands with all that it sealed")
    tenant_code = models.TextField()
    person = models.TextField(help_text="an id, user:7 for one, and nothing personal itself")
    wrapped = models.TextField(null=True, help_text="in base64; empty: destroyed")
    made_at = models.DateTimeField(auto_now_add=True)
    erased_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "person_key"
        constraints = [models.UniqueConstraint(fields=["tenant_code", "person"], name="person_key_once")]

    def __str__(self) -> str:
        return f"{self.tenant_code} {self.person}"
