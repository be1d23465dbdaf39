"""The plain path, sending (section 8): the server does in memory, and forgets, what a phone without JavaScript can't do itself.

Neither the text nor the receipt is kept, logged or put into an error.
"""

import hashlib
import hmac
import os
import secrets
from threading import BoundedSemaphore
from typing import Literal

from django.utils.translation import gettext_lazy as _

from keng.mailbox import sealing
from keng.mailbox.agefile import AgeFile
from keng.mailbox.bodies import Places
from keng.mailbox.envelope import Envelope
from keng.mailbox.errors import Malformed, Refused
from keng.mailbox.kinds import KINDS
from keng.mailbox.models import Box
from keng.mailbox.proof import hour_text
from keng.mailbox.sealing import ReceiptKeys, b64u, unb64u
from keng.mailbox.services import accept

TEXT_MOST = 20_000  # characters
EMPTY = _("Bà con viết vài chữ rồi bấm gửi.")
TOO_LONG = _("Lời kể dài quá 20.000 chữ cái. Bà con rút ngắn lại, hoặc gửi làm hai lần.")
CROWDED = _("Đang có rất nhiều người gửi. Chữ bà con viết vẫn còn ở dưới: chờ một phút rồi bấm gửi lại.")

# Working keys out of a receipt takes a core for a fifth of a second. Whoever comes meanwhile waits; but those who wait hold a thread of
# the server's 256, and a crowd of them may not keep the sealed page's reports out.
# Sending has a queue and a core of its own: whoever asks for a thousand receipts on the return page keeps no report out.
_deriving = {purpose: BoundedSemaphore(max(1, (os.cpu_count() or 2) // 2)) for purpose in ("send", "return")}
senders, returners = Places(128, CROWDED), Places(48, CROWDED)

# For as long as this process lives, and nowhere else: what makes the same form sent twice the same report.
_process_key = secrets.token_bytes(32)


def new_form() -> str:
    """The random mark of one showing of a form."""
    return secrets.token_urlsafe(32)


def mark_of(*said: str) -> bytes:
    """A keyed hash of what a form said, 32 bytes: the same for the same form sent again, and nobody else can make it."""
    content = "\0".join(hashlib.sha256(one.encode()).hexdigest() for one in said)
    return hmac.digest(_process_key, content.encode(), "sha256")


def receipt_for(*said: str) -> str:
    """The receipt of what this form said. Pressing “send” twice makes the same receipt, hence one report, though nothing is remembered."""
    return sealing.with_check(int.from_bytes(mark_of(*said), "big") % 10**22)


def keys_of(receipt: str, purpose: Literal["send", "return"]) -> ReceiptKeys:
    """The keys of a receipt, as soon as a core is free."""
    with _deriving[purpose]:
        return sealing.derive(receipt)


def checked_text(typed: str) -> str:
    """The text with plain line ends. Raises Malformed when there is none or too much of it."""
    text = typed.replace("\r\n", "\n").strip()
    if not text:
        raise Malformed(EMPTY, "empty")
    if len(text) > TEXT_MOST:
        raise Malformed(TOO_LONG, "too_long")
    return text


def send_report(
    *, box: Box, text: str, may_forward: bool, form: str, lang: str, may_answer_publicly: bool = False
) -> str:
    """Seals `text` to the box and stores it; returns the receipt (24 digits). Raises Refused, of which `taken` can't be:
    whoever sends the same form again gets the receipt of the report that is there.
    """
    receipt = receipt_for(box.slug, form, text, str(may_forward), str(may_answer_publicly))
    keys = keys_of(receipt, "send")
    seq = box.statements.order_by("-seq").values_list("seq", flat=True).first() or 0
    said = {
        "v": 1, "box": box.slug, "from": "reporter", "index": 0, "kind": "report", "hour": hour_text(), "secret": b64u(keys.secret),
        "reply": keys.reply, "what": "", "village": "", "place": "", "gps": None, "when": "", "when_text": "", "forward": may_forward,
        "pinned": "", "path": "plain", "media": 0, "lang": lang, "root": root_of(box), "statement": seq,
    }  # fmt: skip
    if may_answer_publicly and KINDS[box.kind].allows_public_answer:
        said["public"] = True
    sealed = AgeFile.read(
        sealing.seal_part(
            json_part=said, name="text.txt", body=text.encode(), thread=keys.thread, recipients=[box.recipient]
        )
    )
    pin, pin_mac = sealing.pin_record(
        pin_key=keys.pin_key, box=box.slug, root=root_of(box), seq=seq, parts=[sealed.digest], hour=str(said["hour"])
    )
    try:
        accept(slug=box.slug, line=envelope(keys, index=0, pin=pin, pin_parts=1, pin_mac=pin_mac), sealed=sealed)
    except Refused as refused:
        if refused.code != "taken":
            raise
    return receipt


def root_of(box: Box) -> str:
    """Fingerprint of the box's root."""
    return sealing.fingerprint(unb64u(box.root))


def envelope(keys: ReceiptKeys, *, index: int, pin: str, pin_parts: int, pin_mac: str) -> Envelope:
    """What a phone would write on the first line; there is no proof of work, for the server asks itself for none."""
    return Envelope(
        thread=keys.thread,
        index=index,
        token=keys.token if index else None,
        log=None if index else keys.log_tag,
        pin=pin,
        pin_parts=pin_parts,
        pin_mac=pin_mac,
        hour="",
        nonce="",
    )
