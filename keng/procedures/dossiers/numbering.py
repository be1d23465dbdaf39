"""A dossier's code: `{unit}-{yymmdd}-{seq}`, counted in each unit from 1 on every day, without gap or double."""

from datetime import date

from django.db import connection

from keng.ledger.services import NotInTransaction
from keng.procedures.models import DossierNumber

# Where forms are tried out: a series of its own, which is no commune's.
TEST_SERIES = "THU"
NEXT = (
    "INSERT INTO procedures_dossiernumber (unit, day, last) VALUES (%s, %s, 1)"
    " ON CONFLICT (unit, day) DO UPDATE SET last = procedures_dossiernumber.last + 1 RETURNING last"
)


def next_code(*, unit: str, day: date) -> str:
    """The next code of the unit's series on that local day, `03349-261122-0007`.

    The series' row is held until the caller's transaction ends: what is rolled back leaves no gap, and whoever comes next waits.
    Raises NotInTransaction.
    """
    if not connection.in_atomic_block:
        raise NotInTransaction("a number outside a transaction would be lost with what it was given to")
    with connection.cursor() as cursor:
        # One statement on both databases; reading and then writing would need the row to exist before it can be held.
        cursor.execute(NEXT, [unit, connection.ops.adapt_datefield_value(day)])
        (number,) = cursor.fetchone()
    return f"{unit}-{day:%y%m%d}-{number:04}"


def last_number(*, unit: str, day: date) -> int:
    """How many codes the series has on that day."""
    row = DossierNumber.objects.filter(unit=unit, day=day).first()
    return row.last if row else 0
