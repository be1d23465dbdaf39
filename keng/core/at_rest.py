"""What lies in the database encrypted: citizens' files, answers on slips. Standard age files, opened by one key file of the server.

A copy of the database alone shows none of it. The key is an age identity in a file of its own (settings.AT_REST_KEYS), so the `age`
command opens everything without Kẻng. Several may lie there after a change: the newest seals, all open.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import pyrage
from django.apps import apps
from django.conf import settings
from django.db import models, transaction

from keng.core.registry import Registry

AT_ONCE = 20  # rows sealed anew in one transaction: nobody else writes meanwhile


class KeyLost(Exception):
    """No key in the folder opens this, or the folder has none that can be read."""


@dataclass(frozen=True)
class Column:
    """Where sealed bytes lie: a model by its label, and its field."""

    model: str
    field: str


# Filled by the apps that keep something sealed; `reseal` goes through them.
columns: Registry[Column] = Registry("sealed column")


def seal(plain: bytes) -> bytes:
    """`plain` as an age file that the server's newest key opens. Raises KeyLost. In the demo the first key makes itself."""
    if settings.DEMO:
        ensure()
    sealed: bytes = pyrage.encrypt(plain, [_newest().to_public()])
    return sealed


def unseal(sealed: bytes) -> bytes:
    """What was sealed by this server's key, or one that it replaced. Raises KeyLost."""
    return _opened(sealed, list(_identities(_seen())))


def make() -> Path:
    """A new key, which seals from now on; its file. The caller tells the operator to keep a copy elsewhere."""
    folder = Path(settings.AT_REST_KEYS)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    last = max((int(path.stem) for path in paths() if path.stem.isdecimal()), default=0)
    path = folder / f"{last + 1:03d}.age-key"
    draft = folder / f".{os.urandom(8).hex()}"
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(f"{pyrage.x25519.Identity.generate()}\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)  # whole or not at all, and never over another
    finally:
        draft.unlink()
    return path


def ensure() -> Path | None:
    """Makes the first key where there is none, and returns its file; None where one was there."""
    if paths():
        return None
    try:
        return make()
    except FileExistsError:  # another process was quicker
        return None


def paths() -> list[Path]:
    """The files of the keys, oldest first."""
    return sorted(Path(settings.AT_REST_KEYS).glob("*.age-key"))


def readable() -> None:
    """Raises KeyLost where a key can't be read."""
    _identities(_seen())


def reseal() -> Iterator[int]:
    """Seals with the newest key what an older one sealed; yields how many rows of each batch it changed. Raises KeyLost.

    May be cut short and begun again.
    """
    for _name, column in columns:
        model = apps.get_model(column.model)
        keys = list(model._default_manager.order_by("pk").values_list("pk", flat=True))
        for start in range(0, len(keys), AT_ONCE):
            yield _reseal(model, column.field, keys[start : start + AT_ONCE])


@transaction.atomic
def _reseal(model: type[models.Model], field: str, keys: list[int]) -> int:
    changed = 0
    for row in model._default_manager.select_for_update().filter(pk__in=keys):
        sealed = getattr(row, field)
        if not sealed or _sealed_by_newest(bytes(sealed)):
            continue
        setattr(row, field, seal(unseal(bytes(sealed))))
        row.save(update_fields=[field])
        changed += 1
    return changed


def _sealed_by_newest(sealed: bytes) -> bool:
    try:
        _opened(sealed, [_newest()])
    except KeyLost:
        return False
    return True


def _opened(sealed: bytes, identities: "list[pyrage.x25519.Identity]") -> bytes:
    try:
        plain: bytes = pyrage.decrypt(sealed, identities)
    except pyrage.DecryptError as error:
        raise KeyLost("no key here opens this") from error
    return plain


def _newest() -> "pyrage.x25519.Identity":
    return _identities(_seen())[-1]


def _seen() -> tuple[tuple[Path, int], ...]:
    """The files, and when each was written: another one under an old name is another key."""
    return tuple((path, path.stat().st_mtime_ns) for path in paths())


@lru_cache(maxsize=4)
def _identities(seen: tuple[tuple[Path, int], ...]) -> "tuple[pyrage.x25519.Identity, ...]":
    try:
        found = tuple(_read(path.read_text()) for path, _written in seen)
    except (OSError, UnicodeDecodeError, pyrage.IdentityError) as error:
        raise KeyLost("a key that opens what lies in the database can't be read") from error
    if not found:
        raise KeyLost("there is no key yet")
    return found


def _read(text: str) -> "pyrage.x25519.Identity":
    """An identity file as the age tools write it, too: lines that begin with # say nothing."""
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return pyrage.x25519.Identity.from_str("".join(lines))
