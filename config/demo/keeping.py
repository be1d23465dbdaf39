"""What happened to keys in the demo besides the founding: they were used, a box's key was changed, an export waits for a second person."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial

from django.utils.timezone import localdate

from config.demo.client import BoxKeys, seal
from config.demo.people import Person
from config.demo.province import POLICE
from config.demo.telling import Event
from keng.accounts import approvals
from keng.accounts.models import User
from keng.core.ids import hour_of, this_hour
from keng.desk.keys import ceremony, grants
from keng.desk.models import Grant, OfficerKey
from keng.mailbox.models import Box
from keng.units.models import Office

# Somebody who has not unlocked since the founding, so that the page of all keys has this to show.
LONG_AWAY = "thao"
CHANGED, KEEPER, READER, ABOVE = "ka-lang", "vinh", "sinh", "ca-lai-chau"
REASON = "Kiểm toán quý này: Thanh tra tỉnh đề nghị được đối chiếu nhật ký với sổ công khai."


def of(keys: dict[str, BoxKeys], cast: dict[str, Person], now: datetime) -> Iterator[Event]:
    # Late enough that no story is told to the box afterwards: they know the key that it had when they began.
    yield Event(hour_of(now), partial(_change, keys, cast))
    yield Event(hour_of(now - timedelta(hours=20)), _ask)
    yield Event(hour_of(now), partial(_use, now))


def _change(keys: dict[str, BoxKeys], cast: dict[str, Person]) -> None:
    """With both sheets in hand, as the guided page does it; the colleague is granted the new key at once."""
    box, by = Box.objects.get(slug=CHANGED), User.objects.get(username=KEEPER)
    new, above = keys[CHANGED].changed(), keys[ABOVE]
    pair, reader = cast[KEEPER].pair, cast[READER].pair
    newest = box.statements.order_by("-seq")[0]
    said = {"v": 1, "type": "officer-key", "box": CHANGED, "officer": KEEPER, "recipient": pair[1]}
    ceremony.change(
        box=box,
        by=by,
        made=ceremony.Remade(
            signed=new.statement(seq=newest.seq + 1, forward=[(above.slug, above.root.fingerprint)]),
            recovery=new.recovery(),
            root_for_above=None,
            own=ceremony.OwnGrant(
                recipient=pair[1],
                identities={new.recipient: seal(pair[1], new.identity.encode())},
                statement=new.root.sign({**said, "from": this_hour().date().isoformat()}),
            ),
        ),
    )
    box.refresh_from_db()
    sealed = {recipient: seal(reader[1], identity.encode()) for identity, recipient in (new.pair, *new.older)}
    grants.give(box=box, by=by, username=READER, recipient=reader[1], identities=sealed)
    keys[CHANGED] = new


def _use(now: datetime) -> None:
    """Everybody else unlocked within the last days; nobody reads each day."""
    for key in OfficerKey.objects.filter(until=None).exclude(user__username=LONG_AWAY).order_by("pk"):
        day = localdate(now) - timedelta(days=key.pk % 5)
        OfficerKey.objects.filter(pk=key.pk).update(used_on=day)
        Grant.objects.filter(key=key, until=None).update(used_on=day)


def _ask() -> None:
    office = Office.objects.get(code=POLICE)
    by = User.objects.get(username="quan")
    approvals.ask(kind="ledger.export", subject="ledger", office=office, reason=REASON, by=by)
