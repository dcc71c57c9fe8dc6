"""One pair of tenants for the whole matrix, and proof that the victim is as it was."""

import logging
from collections.abc import Iterator

import pytest
from pytest_django.plugin import DjangoDbBlocker

from config.tests.isolation.digest import digest_of
from config.tests.isolation.place import Place, place
from tenants.models import SignInTry


@pytest.fixture(scope="package", autouse=True)
def _quietly() -> Iterator[None]:
    """Thousands of refusals, of which each would be told."""
    logging.disable()
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture(scope="package")
def both(tenants: object, django_db_blocker: DjangoDbBlocker) -> Iterator[Place]:
    with django_db_blocker.unblock(), place() as made:
        yield made


@pytest.fixture
def unharmed(both: Place) -> Iterator[Place]:
    """Both, of which the victim must be the same afterwards, to the last byte."""
    SignInTry.objects.all().delete()  # the matrix guesses more often than anybody may
    before = digest_of(both.victim.code)
    yield both.renewed()
    assert digest_of(both.victim.code) == before
