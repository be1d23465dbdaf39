"""Entries: what was done, by which office, in which hour. Text only, no foreign keys: an entry outlives what it tells of."""

import json
import secrets
from datetime import UTC
from typing import Any, NoReturn

from django.db import models

from keng.core.ids import RandomId, this_hour

SALT_BYTES = 32
# Longest text of each column, in characters; SQLite would not hold to it by itself.
LENGTHS = {"verb": 60, "subject": 120, "office": 60, "by": 60, "purpose": 200, "case": 120}


def new_salt() -> bytes:
    return secrets.token_bytes(SALT_BYTES)


class Entry(models.Model):
    """One row of the private, append-only table, kept so by `keng.ledger.triggers`.

    Its commitment in the public log is SHA-256(salt || canonical()); erasing the salt makes that unprovable, which is how an
    entry is forgotten.
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

    class Meta:
        indexes = [models.Index(fields=["subject"]), models.Index(fields=["case"])]

    def __str__(self) -> str:
        return f"{self.verb} {self.subject}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("a ledger entry is never changed")
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
        hour = self.hour.astimezone(UTC).strftime("%Y-%m-%dT%H")
        return json.dumps(
            {**fields, "hour": hour, "v": "1"}, ensure_ascii=False, sort_keys=True, separators=(",", ":")
        ).encode()
