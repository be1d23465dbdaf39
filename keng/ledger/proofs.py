"""That an entry stands in the public log: its place, the hashes up to the root, and the signed root itself."""

import logging
from base64 import b64encode
from dataclasses import dataclass
from functools import reduce
from operator import or_

from django.db.models import Q

from keng.core.ids import this_hour
from keng.ledger import files, merkle
from keng.ledger.cosigning import witnesses
from keng.ledger.folder import cosigned
from keng.ledger.leaves import TAG_BYTES
from keng.ledger.merkle import ProofFailed
from keng.ledger.models import Checkpoint, Cosignature, Entry
from keng.ledger.notes import DASH
from keng.ledger.pinned import pinned
from keng.ledger.tiles import TileDamaged, TiledTree

logger = logging.getLogger("keng.ledger")
ID_SHOWN = 5  # letters at the beginning of a signature's base64 that its key's id settles
DAMAGED = (
    "Tệp của sổ công khai bị hỏng hoặc thiếu: chạy manage.py ledger_publish --anew. / "
    "Files of the public log are damaged or missing: run manage.py ledger_publish --anew."
)


@dataclass(frozen=True)
class Proof:
    """`hashes` lead from the leaf at `place` to the root of the tree of `size` leaves (RFC 6962); `note` is its cosigned checkpoint."""

    place: int
    size: int
    hashes: list[bytes]
    note: str


def inclusion_of(entry: Entry) -> Proof | None:
    """The proof against the first checkpoint over the entry that a witness signed, or the first at all while none did.

    None for an entry that is not published yet, and, with a line in the journal, where the log's files are damaged.
    """
    checkpoint = _covering(entry.place) if entry.place is not None else None
    if entry.place is None or checkpoint is None:
        return None
    try:
        hashes = merkle.inclusion(entry.place, checkpoint.size, TiledTree(checkpoint.size, files.read).node)
        merkle.verify_inclusion(
            leaf=merkle.leaf_hash(bytes(entry.leaf)), index=entry.place, size=checkpoint.size, proof=hashes, root=bytes(checkpoint.root)
        )  # fmt: skip
    except (OSError, TileDamaged, ProofFailed):
        logger.error(DAMAGED)
        return None
    return Proof(entry.place, checkpoint.size, hashes, cosigned(checkpoint))


def _covering(place: int) -> Checkpoint | None:
    """Lines of a witness that is no longer pinned, or of a key that it replaced, prove nothing to a page and are passed over."""
    pinned = [Q(line__startswith=f"{DASH}{one.name} {b64encode(one.id).decode()[:ID_SHOWN]}") for one in witnesses()]
    seen = Cosignature.objects.filter(reduce(or_, pinned), size__gt=place) if pinned else Cosignature.objects.none()
    witnessed = seen.order_by("size").values_list("size", flat=True).first()
    after = Checkpoint.objects.filter(size__gt=place).order_by("size")
    return (after.filter(size=witnessed).first() if witnessed else None) or after.first()


def proof_file(entry: Entry, *, found: str) -> dict[str, object] | None:
    """A proof to take along, as `/ledger` checks it (`browser/ledger/proof.ts`): that this entry is in the log, nothing of what it says.

    `found` is a word for people. None while it is not published.
    """
    proof = inclusion_of(entry)
    if proof is None:
        return None
    leaf, known = bytes(entry.leaf), pinned()
    return {
        "v": 1, "type": "keng-proof", "origin": known.origin, "tag": b64encode(leaf[:TAG_BYTES]).decode(), "leaf": b64encode(leaf).decode(),
        "index": proof.place, "size": proof.size, "proof": [b64encode(one).decode() for one in proof.hashes],
        "checkpoint": proof.note, "sent": None, "made": f"{this_hour():%Y-%m-%d}", "found": found,
        "keys": {"log": known.log, "witnesses": known.witnesses},
    }  # fmt: skip
