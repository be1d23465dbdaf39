"""`accept()`: the one door by which a reporter's sealed part comes in. Plain SQL, the same on both databases, because it is the busiest."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from http import HTTPStatus
from typing import Any, NamedTuple

from django.db import IntegrityError, connection
from django.utils.translation import gettext_lazy as _

from keng.core.calendar import CalendarError, report_dues
from keng.core.group_commit import group_commit
from keng.core.ids import random_id, this_hour
from keng.ledger.services import append
from keng.mailbox.agefile import AgeFile
from keng.mailbox.closing import is_closed
from keng.mailbox.envelope import Envelope, count_pinned
from keng.mailbox.errors import Refused
from keng.mailbox.models import Part, State

logger = logging.getLogger("keng.mailbox")

TRIES = 4
REPORTER = Part.Direction.REPORTER.value

NO_BOX = _("Không có hộp thư này. Bà con xem lại địa chỉ trên áp phích.")
NO_THREAD = _("Không tìm thấy tin này. Có thể mã chưa đúng hoặc tin đã được xoá.")
CLOSED = _("Hộp thư này đã đóng. Bà con tìm áp phích mới của xã, hoặc gọi 113.")
TOKEN = _("Mã không đúng với tin này.")
TAKEN = _("Đã có một phần khác ở chỗ này của tin.")
REPLAYED = _("Phần này đã được gửi ở một tin khác.")

LOOK = """
SELECT b.id, b.kind, o.code, b.opened_on, b.closed_on, t.id, t.holder_id, t.pin, p.thread_id, p.direction, p."index"
FROM mailbox_box b JOIN units_office o ON o.id = b.office_id
LEFT JOIN mailbox_thread t ON t.key = %s LEFT JOIN mailbox_part p ON p.digest = %s
WHERE b.slug = %s"""
ADD_THREAD = """
INSERT INTO mailbox_thread (id, key, box_id, holder_id, state, hour, open_due, resolve_due, erase_on, version, pin, pin_mac)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, NULL, 1, %s, %s)"""
ADD_PART = """
INSERT INTO mailbox_part (id, thread_id, box_id, direction, "index", hour, digest, header, payload)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)"""
ADD_CHANGE = "INSERT INTO mailbox_statechange (id, thread_id, state, hour) VALUES (%s, %s, %s, %s)"
INDEXES = 'SELECT "index" FROM mailbox_part WHERE thread_id = %s AND direction = %s'
# Locks the row on PostgreSQL too, so that nobody forwards or erases the thread while a part is being added to it.
KEEP_PIN = "UPDATE mailbox_thread SET pin = %s, pin_mac = %s WHERE id = %s AND holder_id = %s AND pin = %s"
HOLD = "UPDATE mailbox_thread SET pin = pin WHERE id = %s AND holder_id = %s AND pin = %s"


@dataclass(frozen=True)
class Accepted:
    """`created` is False when the same part was there already."""

    created: bool
    index: int
    digest: str


class Found(NamedTuple):
    """One row of LOOK: the box, and the thread and the part with this digest if they are there."""

    box: int
    kind: str
    office: str
    opened_on: date | str | None
    closed_on: date | str | None  # SQLite gives text
    thread: int | None
    holder: int | None
    pin: str | None
    part_thread: int | None
    part_direction: str | None
    part_index: int | None


class Moved(Exception):
    """Another process changed the thread between our look and our write: look again."""


def accept(*, slug: str, line: Envelope, sealed: bytes | AgeFile, spent: bool = False) -> Accepted:
    """Stores a part sent to box `slug`; on return it is on disk. The same part again is not stored again.

    Proof of work is the caller's: the plain path and the demo have none. `spent` says that it has paid for this part before: then
    a part that was deleted since is not stored again.
    Raises Refused (see the table in section 6).
    """
    part = sealed if isinstance(sealed, AgeFile) else AgeFile.read(sealed)
    if line.index and not line.holds_token:
        raise Refused("token", HTTPStatus.FORBIDDEN, TOKEN)
    _ = part.digest  # hashed before the write lock is taken
    return _until_settled(lambda: _store(slug, line, part, spent))


def _until_settled(job: Callable[[], Accepted]) -> Accepted:
    """Two processes may store the same part, index or thread at once: the loser looks again and finds it."""
    for _try in range(TRIES - 1):
        try:
            return group_commit(job)
        except (IntegrityError, Moved):
            continue
    return group_commit(job)


def _store(slug: str, line: Envelope, part: AgeFile, spent: bool) -> Accepted:
    found = _look(slug, line, part)
    if found.part_thread is not None:
        return _again(found, line, part)
    if spent:
        raise Refused("replayed", HTTPStatus.CONFLICT, REPLAYED)
    if is_closed(found.closed_on):
        raise Refused("closed", HTTPStatus.GONE, CLOSED)
    thread = _go_on(found, line) if line.index else _begin(found, line)
    _add_part(found, thread, line, part)
    append(verb="mailbox.part.received", subject=part.digest, office=found.office, case=line.thread, salt=line.log)
    return Accepted(True, line.index, part.digest)


def _look(slug: str, line: Envelope, part: AgeFile) -> Found:
    row = _one(LOOK, (line.thread, part.digest, slug))
    if row is None or row[3] is None:
        raise Refused("no_box", HTTPStatus.NOT_FOUND, NO_BOX)
    return Found._make(row)


def _again(found: Found, line: Envelope, part: AgeFile) -> Accepted:
    same = (found.part_thread, found.part_direction, found.part_index) == (found.thread, REPORTER, line.index)
    if not same:
        raise Refused("replayed", HTTPStatus.CONFLICT, REPLAYED)
    return Accepted(False, line.index, part.digest)


def _begin(found: Found, line: Envelope) -> int:
    if found.thread is not None:
        raise _taken(found.thread)
    hour = this_hour()
    opens, resolves = _dues(hour, found.kind)
    received, thread = _sql_hour(hour), random_id()
    _run(
        ADD_THREAD,
        (thread, line.thread, found.box, found.box, State.RECEIVED.value, received, _sql_hour(opens), _sql_hour(resolves),
         line.pin, line.pin_mac),
    )  # fmt: skip
    _run(ADD_CHANGE, (random_id(), thread, State.RECEIVED.value, received))
    return thread


def _dues(hour: datetime, kind: str) -> tuple[datetime, datetime]:
    """When the report is to be opened and resolved. A broken calendar refuses nobody: the report is due at once, so that it is seen."""
    try:
        return report_dues(hour, kind)
    except CalendarError:
        logger.error(
            "Lịch làm việc hỏng nên tin mới tới hạn ngay. / The calendar is broken: new reports are due at once."
        )
        return hour, hour


def _go_on(found: Found, line: Envelope) -> int:
    if found.thread is None or found.holder != found.box:
        raise Refused("no_thread", HTTPStatus.NOT_FOUND, NO_THREAD)
    if _row_count(*_keeping_pin(found, line)) == 0:
        raise Moved
    if line.index in _indexes(found.thread):
        raise _taken(found.thread)
    return found.thread


def _keeping_pin(found: Found, line: Envelope) -> tuple[str, tuple[Any, ...]]:
    """The pin record with the longest list wins, whatever order a dropped line lets the parts arrive in."""
    where = (found.thread, found.holder, found.pin)
    if line.pin_parts > count_pinned(found.pin or ""):
        return KEEP_PIN, (line.pin, line.pin_mac, *where)
    return HOLD, where


def _taken(thread: int) -> Refused:
    return Refused("taken", HTTPStatus.CONFLICT, TAKEN, next=max(_indexes(thread), default=-1) + 1)


def _indexes(thread: int) -> set[int]:
    with connection.cursor() as cursor:
        cursor.execute(INDEXES, (thread, REPORTER))
        return {index for (index,) in cursor.fetchall()}


def _add_part(found: Found, thread: int, line: Envelope, part: AgeFile) -> None:
    hour = _sql_hour(this_hour())
    _run(
        ADD_PART,
        (random_id(), thread, found.box, REPORTER, line.index, hour, part.digest, part.header, part.payload),
    )


def _sql_hour(hour: datetime) -> Any:
    return connection.ops.adapt_datetimefield_value(hour)


def _one(sql: str, values: Sequence[Any]) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchone()


def _run(sql: str, values: Sequence[Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def _row_count(sql: str, values: Sequence[Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return int(cursor.rowcount)
