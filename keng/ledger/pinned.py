"""What a page pins of the log, so that its reader believes keys and not the server: the log's name, all its keys, its witnesses' keys."""

from typing import NamedTuple
from urllib.parse import urlsplit

from django.conf import settings

from keng.ledger.models import LogKey


class Pinned(NamedTuple):
    """Keys are C2SP verifier keys. `log` holds retired ones too: what they signed stays in the log."""

    origin: str
    log: tuple[str, ...]
    witnesses: tuple[str, ...]

    def as_json(self) -> dict[str, object]:
        """As `browser/ledger/proof.ts` reads it."""
        return self._asdict()


def pinned() -> Pinned:
    """One query."""
    keys = tuple(LogKey.objects.order_by("pk").values_list("vkey", flat=True))
    # All keys bear the log's name, which stays what it was when the first was made (`keng.ledger.keys.origin`).
    origin = keys[0].partition("+")[0] if keys else f"{urlsplit(settings.PUBLIC_ORIGIN).netloc}/ledger"
    return Pinned(origin, keys, tuple(settings.WITNESSES))
