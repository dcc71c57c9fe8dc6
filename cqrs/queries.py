"""Questions that every read model answers."""

from django.db.models import QuerySet

from cqrs.models import Row


def list_by_pk[R: Row](rows: QuerySet[R], pk: str, *, limit: int, start_from_sk: str = "") -> QuerySet[R]:
    """The rows of one partition, `TODO#acme`, above a sort key, in its order."""
    return rows.filter(partition=pk, sk__gt=start_from_sk).order_by("sk")[:limit]
