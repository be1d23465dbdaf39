"""Key statements: which recipient a box has, signed by its root (section 2). The server stores none that a reader would refuse."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pyrage
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from keng.core.group_commit import group_commit
from keng.ledger.services import append
from keng.mailbox.envelope import read_object
from keng.mailbox.errors import Malformed, NotAllowed
from keng.mailbox.models import Box, KeyStatement
from keng.mailbox.sealing import unb64u

CLOCK_SLACK = timedelta(days=2)
LONGEST = timedelta(days=400)
TEXT_MOST = 8192  # characters
FINGERPRINT = re.compile(r"[0-9a-hjkmnp-tv-z]{26}", re.ASCII)

MALFORMED = _("Bản xác nhận khoá không đúng mẫu.")
SIGNATURE = _("Chữ ký trên bản xác nhận khoá không đúng.")
OTHER_BOX = _("Bản xác nhận khoá này là của hộp thư khác.")
DATES = _("Bản xác nhận khoá chưa có hiệu lực, đã hết hạn hoặc dài quá 13 tháng.")
RECIPIENT = _("Khoá nhận trong bản xác nhận không đúng.")
OTHER_ROOT = _("Khoá gốc của hộp thư không đổi được.")
SAME_ROOT = _("Khoá gốc mới phải khác mọi khoá gốc mà hộp thư đã có.")
OLD = _("Đã có bản xác nhận khoá mới hơn hoặc bằng bản này.")


@dataclass(frozen=True)
class Statement:
    """A statement whose signature and dates hold. `forward`: (slug, root fingerprint) of the boxes to which this one may forward."""

    text: str
    signature: str
    root: str
    recipient: str
    seq: int
    until: date
    forward: frozenset[tuple[str, str]]


def publish_statement(*, box: Box, signed: Mapping[str, Any], by: str, new_root: bool = False) -> KeyStatement:
    """Checks and stores a signed statement, and makes its recipient the box's. The first one opens the box.

    With `new_root` it must be by a root that the box never had, which from then on is the box's: every poster is recalled by it.
    Whether that may be is the caller's to know. `seq` goes on counting.

    `signed` is `{"statement", "signature", "root"}` as it travels. Raises Malformed (codes `statement`, `signature`, `box`,
    `expired`, `recipient`), NotAllowed (`root`, `seq`).
    """
    statement = read_statement(signed, slug=box.slug, today=timezone.localdate())

    def publish() -> KeyStatement:
        fresh = Box.objects.select_related("office").select_for_update(of=("self",)).get(pk=box.pk)
        _check_root(fresh, statement, new_root)
        last = fresh.statements.aggregate(last=Max("seq"))["last"]
        if last is not None and statement.seq <= last:
            raise NotAllowed(OLD, "seq")
        return _store(fresh, statement, by)

    stored = group_commit(publish)
    box.refresh_from_db()
    return stored


def _check_root(box: Box, statement: Statement, new_root: bool) -> None:
    if not new_root and box.root not in ("", statement.root):
        raise NotAllowed(OTHER_ROOT, "root")
    if new_root and (statement.root == box.root or box.statements.filter(root=statement.root).exists()):
        raise NotAllowed(SAME_ROOT, "root")


def _store(box: Box, statement: Statement, by: str) -> KeyStatement:
    stored = KeyStatement.objects.create(
        box=box,
        seq=statement.seq,
        text=statement.text,
        signature=statement.signature,
        root=statement.root,
        until=statement.until,
    )
    box.root, box.recipient = statement.root, statement.recipient
    box.opened_on = box.opened_on or timezone.localdate()
    box.version += 1  # the page shows the statement
    box.save(update_fields=["root", "recipient", "opened_on", "version"])
    append(
        verb="mailbox.statement.published",
        subject=f"{box.slug}/{statement.seq}",
        case=box.slug,
        office=box.office.code,
        by=by,
    )
    return stored


def read_statement(signed: Mapping[str, Any], *, slug: str, today: date) -> Statement:
    """What a reader must check, the pin apart. Raises Malformed."""
    text, signature, root = (_text(signed.get(name)) for name in ("statement", "signature", "root"))
    check_signature(text=text, signature=signature, root=root)
    said = read_object(text)
    if said.get("v") != 1 or said.get("type") != "box-key":
        raise Malformed(MALFORMED, "statement")
    if said.get("box") != slug:
        raise Malformed(OTHER_BOX, "box")
    return Statement(
        text=text,
        signature=signature,
        root=root,
        recipient=_recipient(said.get("recipient")),
        seq=_seq(said),
        until=_until(said, today),
        forward=frozenset((slug, root) for slug, root in said["forward"]),
    )


def check_signature(*, text: str, signature: str, root: str) -> None:
    """Verifies r||s (64 bytes, b64u) over the text by a raw P-256 key (65 bytes, b64u). Raises Malformed."""
    try:
        raw = unb64u(signature)
        if len(raw) != 64:
            raise ValueError("not r||s")
        key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), unb64u(root))
        der = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
        key.verify(der, text.encode(), ec.ECDSA(hashes.SHA256()))
    except (ValueError, InvalidSignature) as error:
        raise Malformed(SIGNATURE, "signature") from error


def _text(value: object) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= TEXT_MOST or "\0" in value:
        raise Malformed(MALFORMED, "statement")
    return value


def _recipient(value: object) -> str:
    try:
        return str(pyrage.x25519.Recipient.from_str(value))
    except (pyrage.RecipientError, TypeError) as error:
        raise Malformed(RECIPIENT, "recipient") from error


def _seq(said: dict[str, Any]) -> int:
    seq, forward = said.get("seq"), said.get("forward")
    if type(seq) is not int or not 0 < seq < 2**31:
        raise Malformed(MALFORMED, "statement")
    if not isinstance(forward, list) or not all(_is_neighbour(pair) for pair in forward):
        raise Malformed(MALFORMED, "statement")
    return seq


def _is_neighbour(pair: object) -> bool:
    if not isinstance(pair, list) or len(pair) != 2 or not all(isinstance(one, str) for one in pair):
        return False
    return bool(FINGERPRINT.fullmatch(pair[1]))


def _until(said: dict[str, Any], today: date) -> date:
    try:
        since, until = date.fromisoformat(said["from"]), date.fromisoformat(said["until"])
    except (KeyError, TypeError, ValueError) as error:
        raise Malformed(MALFORMED, "statement") from error
    # Differences: the calendar's first and last days have nothing before and after them.
    too_soon, too_late = since - today > CLOCK_SLACK, today - until > CLOCK_SLACK
    if too_soon or too_late or not timedelta(0) <= until - since <= LONGEST:
        raise Malformed(DATES, "expired")
    return until
