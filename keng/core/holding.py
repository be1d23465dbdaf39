"""Rows held until the transaction ends, and read with what they point to."""

from typing import TypeVar

from django.db.models import Model, QuerySet

M = TypeVar("M", bound=Model)


def held(rows: QuerySet[M], *, no_key: bool = False) -> QuerySet[M]:
    """These of the rows, held in the order of ids, so that no two writers wait for each other; read, joins and all, by whoever asks next.

    Held first and read after, for where PostgreSQL waited for another's change, it looks for what a changed row points to among the rows
    of before the wait: a join finds nothing then, and the row itself is missing, or points to nobody. `no_key`: a row that others may
    point to meanwhile. Raises TransactionManagementError outside a transaction.
    """
    alone = rows.select_related(None).order_by("pk").select_for_update(no_key=no_key)
    return rows.filter(pk__in=list(alone.values_list("pk", flat=True)))
