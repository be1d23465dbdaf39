"""A ledger that was published, and somebody who writes into its database past everything that we put in the way."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction

from keng.ledger import folder, keys, notes
from keng.ledger.models import Checkpoint, Cosignature, Entry
from keng.ledger.publication import publish
from keng.ledger.services import append, erase_salts
from keng.ledger.triggers import lock
from keng.ledger.verbs import verbs

VERB, DELETED = "test.done", "test.deleted"
WITNESS = notes.Signer("nhan-chung.test", Ed25519PrivateKey.from_private_bytes(b"\7" * 32), notes.WITNESS)


def published_ledger() -> None:
    """Three publications: entries, then a case that is erased and cosigned, then one more; a few entries wait."""
    verbs.register(VERB, "đã làm (thử)")
    verbs.register(DELETED, "đã xoá (thử)")
    do(300)
    publish(force=True)
    with transaction.atomic():
        erase_salts(case="case 3")
        append(verb=DELETED, subject="case 3", case="case 3")
    publish(force=True)
    cosign()
    do(40, first=300)
    publish(force=True)
    do(5, first=900)


def do(number: int, *, first: int = 0) -> None:
    with transaction.atomic():
        for at in range(first, first + number):
            append(
                verb=VERB, subject=f"việc {at}", office="bp-na-co-sa", by="hoa", purpose="thử", case=f"case {at % 50}"
            )


def cosign(size: int | None = None) -> str:
    """A witness signs the newest checkpoint, or that of a size; returns the note that it keeps."""
    checkpoint = Checkpoint.objects.get(size=size) if size else Checkpoint.objects.order_by("size").last()
    assert checkpoint is not None
    line = WITNESS.line(notes.read(checkpoint.note).text, time=1_790_000_000)
    Cosignature.objects.create(size=checkpoint.size, name=WITNESS.name, line=line)
    folder.write_note(checkpoint)
    return folder.cosigned(checkpoint)


@contextmanager
def behind_our_back() -> Iterator[None]:
    """The database's own guards are off, as for somebody who opens its file."""
    lock.drop(connection)
    try:
        yield
    finally:
        lock.create(connection)


def raw(table: str, column: str, key: str, value: Any) -> bytes | None:
    """The bytes of one field, whatever they are."""
    shown = f'CAST("{column}" AS BLOB)' if connection.vendor == "sqlite" else f'"{column}"'
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT {shown} FROM {table} WHERE "{key}" = %s', [value])
        found = cursor.fetchone()[0]
    if found is None or isinstance(found, bytes):
        return found
    return bytes(found) if isinstance(found, memoryview) else str(found).encode()


def put(table: str, column: str, key: str, value: Any, content: bytes, *, kind: str) -> None:
    """Writes bytes into a field; `kind` is TEXT, BLOB or INTEGER."""
    shown = f"CAST(%s AS {kind})" if connection.vendor == "sqlite" else "%s"
    given: Any = content if connection.vendor == "sqlite" or kind == "BLOB" else content.decode()
    with connection.cursor() as cursor:
        cursor.execute(f'UPDATE {table} SET "{column}" = {shown} WHERE "{key}" = %s', [given, value])


def rebuild_without(*, case: str) -> None:
    """All that a clerk with the server and its keys can do: entries gone, places closed up, tiles and checkpoints made and signed anew."""
    sizes = list(Checkpoint.objects.order_by("size").values_list("day", "size"))
    Cosignature.objects.all().delete()
    with behind_our_back(), connection.cursor() as cursor:
        cursor.execute('DELETE FROM ledger_entry WHERE "case" = %s', [case])
        left = list(Entry.objects.exclude(place=None).order_by("place").values_list("pk", flat=True))
        cursor.execute("UPDATE ledger_entry SET place = -1 - place")
        cursor.executemany("UPDATE ledger_entry SET place = %s WHERE id = %s", list(enumerate(left)))
        missing = sizes[-1][1] - len(left)
        for number in range(missing):
            Entry(verb="ledger.padding", place=len(left) + number).save()
    _sign_anew(sizes)


def _sign_anew(sizes: list[Any]) -> None:
    from keng.ledger.merkle import leaf_hash, root

    Checkpoint.objects.all().delete()
    leaves = [
        bytes(leaf) for leaf in Entry.objects.exclude(place=None).order_by("place").values_list("leaf", flat=True)
    ]
    for day, size in sizes:
        head = notes.Head(keys.origin(), size, root([leaf_hash(leaf) for leaf in leaves[:size]]))
        note = notes.sign(head.text, *keys.signers())
        Checkpoint.objects.create(day=day, size=size, root=head.root, note=note)
    for path in settings.LEDGER_FOLDER.rglob("*"):
        if path.is_file():
            path.unlink()
    folder.write_out(anew=True)


def verify_by_command(*known: object) -> str:
    """What `manage.py verify_ledger` says; raises SystemExit where it found something."""
    arguments = [one for path in known for one in ("--known", str(path))]
    return str(call_command("verify_ledger", *arguments))
