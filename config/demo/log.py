"""The demo's public log: published each night of the last month, and seen each time by the witness that `make run` keeps beside it."""

from base64 import b64decode
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings

from config.demo.inventing import HERE
from config.demo.telling import Event
from keng.ledger import cosigning, notes
from keng.ledger.notes import Signer
from keng.ledger.publication import publish

NIGHTS = 30
SEEN_AFTER = timedelta(minutes=10)


def nights(now: datetime) -> Iterator[Event]:
    """The first of them takes up all that was done before, as on the night after an upgrade."""
    witness = _witness()
    today = now.astimezone(HERE).replace(hour=int(settings.LEDGER_HOUR), minute=0, second=0, microsecond=0)
    for ago in range(NIGHTS, -1, -1):
        moment = today - timedelta(days=ago)
        if moment < now:
            yield Event(moment, partial(_publish, moment, witness))


def _publish(moment: datetime, witness: Signer | None) -> None:
    checkpoint = publish(force=True)
    if checkpoint is None or witness is None:
        return
    seen = notes.read(checkpoint.note)
    line = witness.line(seen.text, time=int((moment + SEEN_AFTER).timestamp()))
    cosigning.store(f"{checkpoint.note}{line}".encode())


def _witness() -> Signer | None:
    """The one whose memory is in `$KENG_VAR/witness`, where `tools/witness.py init` put its key; None where none was made or asked for."""
    try:
        name, seed = (settings.VAR / "witness" / "key").read_text().split()
    except FileNotFoundError:
        return None
    signer = Signer(name, Ed25519PrivateKey.from_private_bytes(b64decode(seed)), notes.WITNESS)
    return signer if signer.verifier in cosigning.witnesses() else None
