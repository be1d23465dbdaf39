"""The keys that sign the log: Ed25519, made here, the private half in a file that nobody else reads, the public one a LogKey row.

A key that is replaced goes on signing beside its successor for OVERLAP, so that whoever trusts it meets the new one under notes that
the old one signed too; then it is retired and stays listed, for old notes.
"""

import os
from base64 import b64encode
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q, QuerySet

from keng.core.ids import this_hour
from keng.ledger import files, notes
from keng.ledger.errors import KeyLost
from keng.ledger.models import LogKey
from keng.ledger.notes import Signer, Verifier
from keng.ledger.services import append

OVERLAP = timedelta(days=30)
PREFIX = "PRIVATE+KEY"
LOST = (
    "Không đọc được khoá ký sổ công khai {path}: chép lại tệp này từ bản sao khoá, hoặc làm khoá mới bằng manage.py ledger_key "
    "--rotate --now. / The public log's key {path} can't be read: copy the file back from where the keys are kept, "
    "or make a new one with manage.py ledger_key --rotate --now."
)


def origin() -> str:
    """The name of the log, which is also that of its keys: the public host at the time the first key was made, and `/ledger`."""
    first = LogKey.objects.order_by("pk").values_list("vkey", flat=True).first()
    return Verifier.read(first).name if first else f"{urlsplit(settings.PUBLIC_ORIGIN).netloc}/ledger"


def in_use() -> QuerySet[LogKey]:
    """The keys that sign now, oldest first."""
    return LogKey.objects.filter(Q(until=None) | Q(until__gt=this_hour())).order_by("pk")


def ensure() -> LogKey:
    """The newest key in use; makes the first one, or takes up a file that a crash or an older backup left without its row."""
    with transaction.atomic():
        _lock()
        return in_use().last() or _enter(_orphan() or _make(origin()), by="")


def rotate(*, by: str, at_once: bool = False) -> LogKey:
    """Makes a new key. The old ones sign beside it for OVERLAP, or no more if `at_once` (stolen, or lost)."""
    with transaction.atomic():
        _lock()
        until = this_hour() + (timedelta() if at_once else OVERLAP)
        for old in in_use():
            LogKey.objects.filter(pk=old.pk).update(until=min(old.until or until, until))
            verifier = Verifier.read(old.vkey)
            append(verb="ledger.key.retired", subject=verifier.id.hex(), by=by, purpose=f"{until:%Y-%m-%dT%H}")
        return _enter(_make(origin()), by=by)


def signers() -> list[Signer]:
    """The private keys in use, oldest first. Raises KeyLost."""
    return [_signer(key.vkey) for key in in_use()]


def take_up_orphans() -> None:
    """Enters the keys that have a file and no row, after an older database was restored."""
    while found := _orphan():
        _enter(found, by="")


def path_of(vkey: str) -> Path:
    """Where the private half of a key is kept."""
    return Path(settings.LEDGER_KEYS) / f"{Verifier.read(vkey).id.hex()}.key"


def _signer(vkey: str) -> Signer:
    path = path_of(vkey)
    signer = _read(path)
    if signer is None or signer.verifier.vkey != vkey:
        raise KeyLost(LOST.format(path=path))
    return signer


def _read(path: Path) -> Signer | None:
    """A private key as the Go implementation writes it: PRIVATE+KEY+name+id+base64(type || seed). None where there is none."""
    try:
        _private, _key, name, _id, code = path.read_text().strip().split("+", 4)
        return Signer(name, Ed25519PrivateKey.from_private_bytes(notes.unb64(code)[1:]))
    except (OSError, ValueError):
        return None


def _make(name: str) -> Signer:
    signer = Signer(name, Ed25519PrivateKey.generate())
    folder = Path(settings.LEDGER_KEYS)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    code = b64encode(bytes([notes.LOG]) + signer.key.private_bytes_raw()).decode()
    text = f"{PREFIX}+{name}+{signer.verifier.id.hex()}+{code}\n"
    path = path_of(signer.verifier.vkey)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    files.sync_folder(folder)
    return signer


def _enter(signer: Signer, *, by: str) -> LogKey:
    verifier = signer.verifier
    append(verb="ledger.key.made", subject=verifier.id.hex(), by=by, purpose=verifier.vkey)
    return LogKey.objects.create(vkey=verifier.vkey)


def _orphan() -> Signer | None:
    """A key of this log whose file is there and whose row is not."""
    name = origin()
    for path in sorted(Path(settings.LEDGER_KEYS).glob("*.key")):
        signer = _read(path)
        if signer and signer.name == name and not LogKey.objects.filter(vkey=signer.verifier.vkey).exists():
            return signer
    return None


def _lock() -> None:
    """One process at a time makes keys; SQLite's transactions are alone by themselves."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE ledger_logkey IN EXCLUSIVE MODE")
