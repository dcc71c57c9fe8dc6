"""Models and migrations say the same."""

import pytest
from django.core.management import call_command


@pytest.mark.usefixtures("tenants")
def test_no_migration_is_missing() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)
