"""What the ledger says of reports against the reports themselves: each part has its entry, each entry its part, unless a deletion is told.

For `manage.py verify_ledger`; each question is one statement, so that it costs no memory whatever there is.
"""

from collections.abc import Iterator
from hashlib import sha256

from django.db import connection

from keng.mailbox.models import Part

AT_A_TIME = 1000
PAYLOADS_AT_A_TIME = 4  # megabytes each
PARTS = "('mailbox.part.received', 'mailbox.answer.sent')"
DELETED = "mailbox.report.deleted"

WITHOUT_PART = f"""
SELECT e.place, e.subject FROM ledger_entry e
WHERE e.verb IN {PARTS} AND e.salt IS NOT NULL
AND NOT EXISTS (SELECT 1 FROM mailbox_part p WHERE p.digest = e.subject)
AND NOT EXISTS (SELECT 1 FROM ledger_entry d WHERE d."case" = e."case" AND d.verb = '{DELETED}')
ORDER BY e.place"""  # noqa: S608
WITHOUT_ENTRY = f"""
SELECT p.digest FROM mailbox_part p JOIN mailbox_thread t ON t.id = p.thread_id
WHERE NOT EXISTS (
    SELECT 1 FROM ledger_entry e
    WHERE e."case" = t.key AND e.subject = p.digest AND e.verb IN {PARTS} AND e.salt IS NOT NULL
) ORDER BY p.digest"""  # noqa: S608
WITHOUT_PARTS = """
SELECT t.key FROM mailbox_thread t WHERE NOT EXISTS (
    SELECT 1 FROM mailbox_part p WHERE p.thread_id = t.id AND p.direction = 'reporter' AND p."index" = 0
) ORDER BY t.key"""
STATE_WITHOUT_ENTRY = """
SELECT t.key, c.state FROM mailbox_statechange c JOIN mailbox_thread t ON t.id = c.thread_id
WHERE c.state <> 'received' AND NOT EXISTS (
    SELECT 1 FROM ledger_entry e WHERE e."case" = t.key AND e.verb = 'mailbox.state.' || c.state
) ORDER BY t.key, c.state"""


def audit() -> Iterator[str]:
    """A sentence for each difference: Vietnamese, ` / `, English."""
    for place, digest in _rows(WITHOUT_PART):
        yield (
            f"Việc ở chỗ {_shown(place)} nói về phần tin {digest}: phần này đã mất mà không có việc xoá nào được ghi."
            f" / The entry at place {_shown(place)} tells of the part {digest}: it is gone, and no entry tells of a deletion."
        )
    for (digest,) in _rows(WITHOUT_ENTRY):
        yield f"Phần tin {digest} không có việc nào trong sổ. / The part {digest} has no entry in the ledger."
    for (key,) in _rows(WITHOUT_PARTS):
        yield f"Tin {key} không còn phần đầu. / The report {key} has lost its first part."
    for key, state in _rows(STATE_WITHOUT_ENTRY):
        yield (
            f"Tin {key} sang trạng thái {state} mà không có việc nào được ghi."
            f" / The report {key} came to {state}, and no entry tells of it."
        )
    yield from _altered()


def _altered() -> Iterator[str]:
    for digest, payload in Part.objects.values_list("digest", "payload").iterator(chunk_size=PAYLOADS_AT_A_TIME):
        if sha256(bytes(payload)).hexdigest() != digest:
            yield f"Phần tin {digest} đã bị sửa hoặc hỏng. / The part {digest} was changed or damaged."


def _rows(sql: str) -> Iterator[tuple[str, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        while some := cursor.fetchmany(AT_A_TIME):
            yield from some


def _shown(place: object) -> str:
    return "–" if place is None else str(place)
