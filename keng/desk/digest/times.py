"""At which times of the day digests go out: dated, so that a change does not rewrite the past."""

from collections.abc import Iterable, Sequence
from datetime import date, time

from django.db import transaction
from django.db.models import Q

from keng.desk.models import DigestTime
from keng.ledger.services import append

# Until somebody sets others.
USUAL = (time(7, 0), time(13, 30))
BEGUN = date(2025, 7, 1)
MOST = 6
SET = "desk.digest.times"
VERBS = {SET: "đặt giờ gửi thư báo"}


class BadTimes(ValueError):
    """Nothing was changed; the text says why."""


def on(day: date) -> list[time]:
    """The times that hold on `day`, in order. One query, two at most."""
    found = DigestTime.objects.filter(Q(until=None) | Q(until__gt=day), since__lte=day).values_list("at", flat=True)
    return sorted(found) or ([] if DigestTime.objects.exists() else list(USUAL))


@transaction.atomic
def put(*, times: Iterable[time], since: date, by: str = "") -> None:
    """From the day `since` on digests go out at `times` and at no others. Raises BadTimes."""
    wanted: Sequence[time] = sorted(set(times))
    if not wanted or len(wanted) > MOST:
        raise BadTimes(f"Từ 1 đến {MOST} giờ mỗi ngày. / From 1 to {MOST} times a day.")
    if not DigestTime.objects.exists():
        DigestTime.objects.bulk_create(DigestTime(at=at, since=BEGUN) for at in USUAL)
    if DigestTime.objects.filter(since__gte=since).exists():
        raise BadTimes("Ngày này không sau lần đặt trước. / That day is not after the last change.")
    DigestTime.objects.filter(Q(until=None) | Q(until__gt=since)).update(until=since)
    DigestTime.objects.bulk_create(DigestTime(at=at, since=since) for at in wanted)
    append(verb=SET, subject=",".join(f"{at:%H:%M}" for at in wanted), by=by, purpose=f"{since:%Y-%m-%d}")
