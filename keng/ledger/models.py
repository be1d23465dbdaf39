"""Entries: what was done, by which office, in which hour. Text only, no foreign keys: an entry outlives what it tells of.

And what is public of them: each entry's leaf, its place in the log, and the checkpoints that were signed over the log.
"""

import json
import secrets
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NoReturn

from django.db import models

from keng.core.ids import RandomId, this_hour
from keng.ledger.leaves import LEAF_BYTES, SALT_BYTES, leaf_of

# Longest text of each column, in characters; SQLite would not hold to it by itself.
LENGTHS = {"verb": 60, "subject": 120, "office": 60, "by": 60, "purpose": 200, "case": 120}


_json = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


@lru_cache(maxsize=64)
def hour_text(hour: datetime) -> str:
    """2026-11-22T03, in UTC; remembered, for most entries are of the same hour."""
    return hour.astimezone(UTC).strftime("%Y-%m-%dT%H")


def new_salt() -> bytes:
    return secrets.token_bytes(SALT_BYTES)


class Entry(models.Model):
    """One row of the private, append-only table, kept so by `keng.ledger.triggers`.

    `leaf` is what the public log holds of it (`keng.ledger.leaves`), made when it is appended; `place` its index there, None until it
    is published. Erasing the salt makes the leaf unprovable, which is how an entry is forgotten. A row that only fills the log up
    has the verb PADDING.
    """

    id = RandomId()
    verb = models.CharField(max_length=LENGTHS["verb"])
    subject = models.CharField(max_length=LENGTHS["subject"])
    office = models.CharField(max_length=LENGTHS["office"], blank=True)
    by = models.CharField(max_length=LENGTHS["by"], blank=True)
    hour = models.DateTimeField(default=this_hour)
    purpose = models.CharField(max_length=LENGTHS["purpose"], blank=True)
    case = models.CharField(max_length=LENGTHS["case"], blank=True)
    salt = models.BinaryField(max_length=SALT_BYTES, default=new_salt, null=True)
    leaf = models.BinaryField(max_length=LEAF_BYTES, editable=False)
    place = models.BigIntegerField(null=True, editable=False)

    class Meta:
        indexes = [models.Index(fields=["case"])]
        constraints = [models.UniqueConstraint(fields=["place"], name="entry_place_once")]

    def __str__(self) -> str:
        return f"{self.verb} {self.subject}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("a ledger entry is never changed")
        if self.salt is not None:
            self.leaf = leaf_of(bytes(self.salt), self.canonical())
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError("a ledger entry is never deleted")

    def check_lengths(self) -> None:
        """Raises ValueError for a text that is longer than its column."""
        for name, limit in LENGTHS.items():
            if len(getattr(self, name)) > limit:
                raise ValueError(f"{name} of a ledger entry is longer than {limit} characters")

    def canonical(self) -> bytes:
        """The entry as the bytes that its commitment is made of: version 1, for ever.

        UTF-8 JSON of one object whose values are strings, keys sorted, nothing between the tokens, only `"`, `\\` and control
        characters escaped (RFC 8785): by, case, hour ("2026-11-22T03", UTC), office, purpose, subject, v ("1"), verb. The row's id is
        left out, so that whoever holds a receipt can write down the entry of their report without asking anybody.
        """
        fields = {name: getattr(self, name) for name in LENGTHS}
        return _json({**fields, "hour": hour_text(self.hour), "v": "1"}).encode()


class LogKey(models.Model):
    """A key that signs checkpoints, as a C2SP verifier key (`name+id+base64`); its private half lies in a file (`keng.ledger.keys`)."""

    vkey = models.CharField(max_length=300, unique=True)
    since = models.DateTimeField(default=this_hour)
    until = models.DateTimeField(null=True, blank=True)


class Checkpoint(models.Model):
    """The log as it stood after one publication: `note` is the signed note, as published, without cosignatures."""

    day = models.DateField()
    size = models.BigIntegerField(unique=True)
    root = models.BinaryField(max_length=32)
    note = models.TextField()


class Cosignature(models.Model):
    """A witness's line under the checkpoint of this size: it saw no other log than this one. `name` is the witness's key name."""

    size = models.BigIntegerField()
    name = models.CharField(max_length=120)
    line = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["size", "name"], name="cosignature_once")]
