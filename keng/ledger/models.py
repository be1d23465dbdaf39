"""Entries: what was done, by which office, in which hour. Text only, no foreign keys: an entry outlives what it tells of."""

import secrets
from typing import Any, NoReturn

from django.db import models

from keng.core.ids import random_id, this_hour


def new_salt() -> bytes:
    return secrets.token_bytes(32)


class Entry(models.Model):
    """One row of the private, append-only table. Its commitment will be SHA-256(salt || canonical entry)."""

    id = models.BigIntegerField(primary_key=True, default=random_id, editable=False)
    verb = models.CharField(max_length=60)
    subject = models.CharField(max_length=120)
    office = models.CharField(max_length=60, blank=True)
    by = models.CharField(max_length=60, blank=True)
    hour = models.DateTimeField(default=this_hour)
    purpose = models.CharField(max_length=200, blank=True)
    case = models.CharField(max_length=120, blank=True)
    salt = models.BinaryField(max_length=32, default=new_salt, null=True)

    class Meta:
        indexes = [models.Index(fields=["subject"]), models.Index(fields=["case"])]

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("a ledger entry is never changed")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError("a ledger entry is never deleted")
