"""Once a day everything that was done since goes into the public log, shuffled, among fillers; the files below LEDGER_FOLDER follow.

The database is the source: places and checkpoint are one transaction, and the files are a pure function of it, so that whatever stops a
publication, the next run finishes it with the same bytes.
"""

import logging
import secrets
from collections.abc import Sequence
from datetime import datetime
from random import SystemRandom

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from keng.core.ids import random_id, this_hour
from keng.ledger import files, keys, notes
from keng.ledger.errors import LogDamaged, LogRefused
from keng.ledger.folder import DAMAGED, edge, follow, latest, write_note, write_out
from keng.ledger.leaves import leaf_of
from keng.ledger.models import Checkpoint, Entry, new_salt
from keng.ledger.notes import Head, Signer
from keng.ledger.tiles import WIDTH, Growth
from keng.ledger.verbs import PADDING

__all__ = ["latest", "publish", "publish_due", "write_note", "write_out"]

logger = logging.getLogger("keng.ledger")

MOST = 64 * 1024  # entries of one checkpoint: while it is stored, about half a second, reports wait
GIVE_PLACE = "UPDATE ledger_entry SET place = %s WHERE id = %s AND place IS NULL"
GIVE_PLACES = (  # PostgreSQL: one statement for many
    "UPDATE ledger_entry SET place = given.place FROM unnest(%s::bigint[], %s::bigint[]) AS given(place, id)"
    " WHERE ledger_entry.id = given.id AND ledger_entry.place IS NULL"
)
PAD = (
    'INSERT INTO ledger_entry (id, verb, subject, office, "by", hour, purpose, "case", salt, leaf)'
    " VALUES (%s, %s, '', '', '', %s, '', '', %s, %s)"
)

Leaf = tuple[int, bytes]  # an entry's id and what the log holds of it


def publish(*, force: bool = False) -> Checkpoint | None:
    """Brings the files up to date and, once a day after LEDGER_HOUR (or whenever `force`), takes up what is new.

    More than MOST entries, as after years without a log, become several checkpoints, one after another. Returns the newest, None if none
    was due or another process made it. Raises LogRefused.
    """
    with files.alone():
        follow()
        if not (force or _due(latest())):
            return None
        made = None
        for _ in range(max(1, -(-Entry.objects.filter(place=None).count() // MOST))):
            made = _take_up(latest()) or made
            follow()
        return made


def publish_due() -> None:
    """The chore: as `publish`, and says in the journal why the log can't be published."""
    try:
        publish()
    except LogRefused as refused:
        logger.error("%s", refused)
        raise


def _due(last: Checkpoint | None) -> bool:
    """By the label of the day, not by its order: a clock that went wrong and came back costs a publication more, never one less."""
    now = timezone.localtime()
    if now.hour < int(settings.LEDGER_HOUR):
        return False
    return last is None or last.day != now.date() or _cut_short()


def _cut_short() -> bool:
    """Whether more waits than one checkpoint takes: something stopped between two of one night."""
    return Entry.objects.filter(place=None)[MOST : MOST + 1].exists()


def _take_up(last: Checkpoint | None) -> Checkpoint | None:
    """Gives new entries, at most MOST, and their fillers places in one transaction. None if another process was faster."""
    signers = _signers()
    old = edge(last)
    # By the key, which is random: the order in which they lie in the database may be that of their coming.
    new = Entry.objects.filter(place=None).order_by("pk").values_list("pk", "leaf")[:MOST]
    leaves: list[Leaf] = [(pk, bytes(leaf)) for pk, leaf in new]
    hour = this_hour()  # once: a filler whose row had another hour than its leaf would not match it
    fillers = [_filler(hour) for _ in range(_padding(len(leaves)))]
    leaves += [(pk, leaf) for pk, _salt, leaf in fillers]
    _shuffle(leaves)
    grown = _grow(old, [leaf for _pk, leaf in leaves])
    head = Head(keys.origin(), grown.size, grown.root())
    with transaction.atomic():
        _lock()
        if latest() != last:
            return None
        _insert(fillers, hour)
        _give_places(leaves, first=last.size if last else 0)
        return Checkpoint.objects.create(
            day=timezone.localdate(), size=head.size, root=head.root, note=notes.sign(head.text, *signers)
        )


def _signers() -> list[Signer]:
    keys.ensure()
    return keys.signers()


def _padding(number: int) -> int:
    """How many fillers go with `number` entries: 0 to 255 by chance, then up to a multiple of 256, and never none at all.

    One entry more or less changes the public size in one case of 256 only.
    """
    with_chance = max(number + secrets.randbelow(WIDTH), 1)
    return -(-with_chance // WIDTH) * WIDTH - number


def _filler(hour: datetime) -> tuple[int, bytes, bytes]:
    """Id, salt and leaf of an entry that says nothing."""
    salt = new_salt()
    return random_id(), salt, leaf_of(salt, Entry(verb=PADDING, hour=hour).canonical())


def _shuffle(leaves: list[Leaf]) -> None:
    SystemRandom().shuffle(leaves)


def _grow(growth: Growth, leaves: Sequence[bytes]) -> Growth:
    for at in range(0, len(leaves), WIDTH):
        for _file in growth.add(leaves[at : at + WIDTH]):
            pass
    return growth


def _insert(fillers: Sequence[tuple[int, bytes, bytes]], hour: datetime) -> None:
    at = connection.ops.adapt_datetimefield_value(hour)
    with connection.cursor() as cursor:
        cursor.executemany(PAD, [(pk, PADDING, at, salt, leaf) for pk, salt, leaf in fillers])


def _give_places(leaves: Sequence[Leaf], *, first: int) -> None:
    places = range(first, first + len(leaves))
    ids = [pk for pk, _leaf in leaves]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(GIVE_PLACES, (list(places), ids))
        else:
            cursor.executemany(GIVE_PLACE, list(zip(places, ids, strict=True)))
        if cursor.rowcount != len(leaves):
            raise LogDamaged(DAMAGED.format(size=first))


def _lock() -> None:
    """Two machines on one PostgreSQL publish one after the other; SQLite's transactions are alone by themselves."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE ledger_checkpoint IN EXCLUSIVE MODE")
