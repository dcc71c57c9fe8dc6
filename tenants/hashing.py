"""How passwords are hashed."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2(Argon2PasswordHasher):
    """Argon2id as OWASP asks for at least: 19 MiB, two passes, one lane. Django's own takes 100 MiB and eight lanes,
    a third of a second of all processors for each who signs in."""

    time_cost, memory_cost, parallelism = 2, 19 * 1024, 1
