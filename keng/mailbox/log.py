"""What the server says of a report's place in the public log (docs/sealed-mailbox.md, section 14). Its reader checks it; on the plain page
nobody can, and the page says whose word it is.
"""

import base64
import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from django.conf import settings
from django.utils import timezone

from keng.ledger import notes, proofs
from keng.ledger.models import Entry
from keng.ledger.notes import SignatureFailed, Verifier


def log_of(*, thread: str, first: str | None) -> dict[str, Any]:
    """The `log` field: the entry of the part with digest `first`, and the proof that it is published. {} where there is no such entry.

    A constant number of queries, and of files: as many tiles as the tree is high.
    """
    entry = Entry.objects.filter(case=thread, verb="mailbox.part.received", subject=first or "").first()
    if entry is None:
        return {}
    said = {"entry": json.loads(entry.canonical())}
    proof = proofs.inclusion_of(entry)
    if proof is None:
        return {**said, "index": None}
    hashes = [base64.b64encode(one).decode() for one in proof.hashes]
    return {**said, "index": proof.place, "size": proof.size, "proof": hashes, "checkpoint": proof.note}


@dataclass(frozen=True)
class Told:
    """The server's own word: whether the report is published, and since when a witness has seen it."""

    published: bool
    since: date | None


def told(log: dict[str, Any]) -> Told:
    """Of a `log` field that this server made."""
    if log.get("index") is None:
        return Told(published=False, since=None)
    return Told(published=True, since=_seen_on(log["checkpoint"]))


def _seen_on(checkpoint: str) -> date | None:
    """The local day of the earliest cosignature of a witness known here."""
    note = notes.read(checkpoint)
    times = []
    for vkey in settings.WITNESSES:
        try:
            times.append(notes.verify(note, Verifier.read(vkey)))
        except SignatureFailed:
            continue
    return timezone.localdate(datetime.fromtimestamp(min(times), UTC)) if times else None
