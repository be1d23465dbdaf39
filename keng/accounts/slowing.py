"""Wrong tries slow the account, never an address or the office (O1).

A try is counted before it is checked, so that many at once gain nothing. A login that nobody has is slowed alike, so that
the waiting tells nothing of who exists. Nobody is locked out for good: after the wait the right password works.
"""

from datetime import UTC, datetime, timedelta

from django.db import transaction

from keng.accounts.models import Tries

FREE = 3
LONGEST = timedelta(minutes=5)
FORGOTTEN_AFTER = timedelta(hours=1)


class TooSoon(Exception):
    """The account must wait; `wait` is how long still."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__(wait)
        self.wait = wait


def wait_after(count: int) -> timedelta:
    """Nothing after the first tries, then 2 s, 4 s, 8 s … up to five minutes."""
    if count <= FREE:
        return timedelta()
    return min(timedelta(seconds=2.0 ** min(count - FREE, 20)), LONGEST)


def begin(login: str) -> None:
    """Counts a try, which stands as a wrong one until `forgive` or `take_back`. Raises TooSoon, counting nothing, during a wait."""
    with transaction.atomic():
        Tries.objects.get_or_create(login=key(login), defaults={"last": datetime.now(UTC)})
        row = Tries.objects.select_for_update().get(login=key(login))
        # Only now: whoever had the row before has set `last` meanwhile.
        now = datetime.now(UTC)
        left = row.last + wait_after(row.count) - now
        # A clock that was wrong and is set right must not keep anybody waiting longer.
        if timedelta() < left <= LONGEST:
            raise TooSoon(left)
        row.count = 1 if now - row.last > FORGOTTEN_AFTER else row.count + 1
        row.last = now
        row.save()


def take_back(login: str) -> None:
    """The password was right; the second factor is still to come, and earlier wrong tries stay counted."""
    with transaction.atomic():
        for row in Tries.objects.select_for_update().filter(login=key(login), count__gt=0):
            row.count -= 1
            row.last = datetime.now(UTC) - LONGEST
            row.save()


def forgive(login: str) -> None:
    """Signed in with both factors, or reset by an administrator: nothing is held against the account."""
    Tries.objects.filter(login=key(login)).delete()


def forget_old() -> int:
    """Erases what no longer slows anybody, each hour; returns how many rows."""
    return Tries.objects.filter(last__lt=datetime.now(UTC) - FORGOTTEN_AFTER).delete()[0]


def key(login: str) -> str:
    return login.strip().casefold()[:60]
