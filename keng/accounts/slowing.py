"""Wrong tries slow the account, never an address or the office (O1); a browser that its owner has used counts apart (`devices`).

A try is counted before it is checked, so that many at once gain nothing. A login that nobody has is slowed alike, so that
the waiting tells nothing of who exists. Nobody is locked out for good: after the wait the right password works.
"""

from datetime import UTC, datetime, timedelta

from keng.accounts.models import Tries
from keng.core.group_commit import group_commit

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


def begin(login: str, device: str = "") -> None:
    """Counts a try, which stands as a wrong one until `forgive` or `take_back`. Raises TooSoon, counting nothing, during a wait.

    `device` is what `devices.known` says of the browser: tries there have a counter of their own.
    """
    group_commit(lambda: _begin(key(login, device)))


def _begin(counter: str) -> None:
    row = _held(counter)
    # Only now: whoever had the row before has set `last` meanwhile.
    now = datetime.now(UTC)
    left = row.last + wait_after(row.count) - now
    # A clock that was wrong and is set right must not keep anybody waiting longer.
    if timedelta() < left <= LONGEST:
        raise TooSoon(left)
    row.count = 1 if now - row.last > FORGOTTEN_AFTER else row.count + 1
    row.last = now
    row.save()


def _held(counter: str) -> Tries:
    """The counter's row, locked. Others make it at the same moment, and who signs in meanwhile deletes it (`forgive`)."""
    while (row := Tries.objects.select_for_update().filter(login=counter).first()) is None:
        Tries.objects.bulk_create([Tries(login=counter, last=datetime.now(UTC))], ignore_conflicts=True)
    return row


def take_back(login: str, device: str = "") -> None:
    """The password was right; the second factor is still to come, and earlier wrong tries stay counted."""
    group_commit(lambda: _take_back(key(login, device)))


def _take_back(counter: str) -> None:
    for row in Tries.objects.select_for_update().filter(login=counter, count__gt=0):
        row.count -= 1
        row.last = datetime.now(UTC) - LONGEST
        row.save()


def forgive(login: str, device: str = "") -> None:
    """Signed in with both factors, or reset by an administrator: nothing is held against the account, or against its device.

    What strangers tried elsewhere stays counted when the officer signs in on a known device: it must not give them new tries.
    """
    group_commit(lambda: Tries.objects.filter(login=key(login, device)).delete())


def forget_old() -> int:
    """Erases what no longer slows anybody, each hour; returns how many rows."""
    return Tries.objects.filter(last__lt=datetime.now(UTC) - FORGOTTEN_AFTER).delete()[0]


def key(login: str, device: str = "") -> str:
    """Whose counter: the login's as typed or, on a known device, the device's. Capitals keep the two apart."""
    return f"DEVICE {device}" if device else login.strip().casefold()[:60]
