"""The plain path, returning (sections 5, 7, 8): what a receipt opens, and writing again. In memory only, like `plain`."""

import base64
import hmac
import json
from collections import OrderedDict
from dataclasses import dataclass
from datetime import UTC, date, datetime
from http import HTTPStatus
from threading import Lock
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from keng.mailbox import sealing
from keng.mailbox.agefile import AgeFile
from keng.mailbox.errors import Malformed, Refused
from keng.mailbox.log import Told, told
from keng.mailbox.plain import envelope, mark_of
from keng.mailbox.proof import hour_text
from keng.mailbox.returning import look_up
from keng.mailbox.sealing import PartError, ReceiptKeys, unb64u
from keng.mailbox.services import accept, read_statement

TRIES = 3
MARKS_KEPT = 4096

FAULT_PIN = _(
    "Bản ghi khoá của bà con trên máy chủ đã bị sửa. Không gửi thêm được ở đây; bà con gặp cán bộ hoặc gọi 113."
)
FAULT_ROOT = _("Tin đã chuyển sang nơi khác mà chưa có cán bộ nào xác nhận khoá của nơi đó. Không gửi thêm được.")
FAULT_STATEMENT = _("Khoá của nơi nhận đã hết hạn hoặc không đúng. Không gửi thêm được.")


@dataclass(frozen=True)
class Answer:
    """One officer's part as opened. `forwarded_to` is a box's slug or ""; `foreign`: nobody knows who wrote it."""

    text: str
    day: date | None
    forwarded_to: str
    root: str
    foreign: bool


@dataclass(frozen=True)
class OpenThread:
    """A thread as its reporter sees it; `fault` says why nothing more can be sent, or is ""."""

    state: str
    kind: str
    erase_on: str | None
    slug: str
    title: str
    recipient: str
    fault: str | Promise
    answers: list[Answer]
    pin: dict[str, Any]
    following: int
    log: Told


def open_thread(keys: ReceiptKeys) -> OpenThread:
    """Raises Refused (`no_thread`) alike for unknown, deleted and wrong receipts."""
    said = look_up(keys.token)
    pin = _read_pin(keys, said)
    answers = [_open_answer(keys, one) for one in said["answers"]]
    recipient, fault = _whom_to_trust(said, pin, answers)
    return OpenThread(
        state=said["state"],
        kind=said["kind"],
        erase_on=said["erase_on"],
        slug=said["box"]["slug"],
        title=said["box"]["title"],
        recipient=recipient,
        fault=fault,
        answers=answers,
        pin=pin or {},
        following=said["next"],
        log=told(said["log"]),
    )


def _read_pin(keys: ReceiptKeys, said: dict[str, Any]) -> dict[str, Any] | None:
    """The pin record; None when its MAC fails, for then somebody altered it."""
    mac = hmac.new(keys.pin_key, b"keng/pin/1\n" + said["pin"].encode(), "sha256").hexdigest()
    if not hmac.compare_digest(mac, said["pin_mac"]):
        return None
    pin: dict[str, Any] = json.loads(said["pin"])
    whole = isinstance(pin["box"], str) and isinstance(pin["root"], str) and isinstance(pin["seq"], int)
    return pin if whole else None


def _open_answer(keys: ReceiptKeys, one: dict[str, Any]) -> Answer:
    try:
        part = sealing.open_part(
            sealed=base64.b64decode(one["sealed"]),
            identity=keys.identity,
            thread=keys.thread,
            sender="officer",
            index=one["index"],
            secret=keys.secret,
        )
    except PartError:
        return Answer("", None, "", "", foreign=True)
    forwards = part.json.get("kind") == "forward" and not part.foreign
    return Answer(
        text=part.body.decode(errors="replace") if part.name == "text.txt" else "",
        day=_day(part.json.get("hour")),
        forwarded_to=str(part.json.get("to", "")) if forwards else "",
        root=str(part.json.get("root", "")) if forwards else "",
        foreign=part.foreign,
    )


def _day(hour: object) -> date | None:
    """The day in Viet Nam of a UTC hour as the protocol writes it; None when it is none."""
    try:
        return timezone.localdate(datetime.fromisoformat(str(hour)).replace(tzinfo=UTC))
    except (ValueError, OverflowError):  # the last hours of the year 9999 have no day in Viet Nam
        return None


def _whom_to_trust(
    said: dict[str, Any], pin: dict[str, Any] | None, answers: list[Answer]
) -> tuple[str, str | Promise]:
    """(recipient, ""), or ("", why nobody): the pin record's root is trusted, and whom an officer's word vouches for."""
    if pin is None:
        return "", FAULT_PIN
    slug = said["box"]["slug"]
    trusted = {(pin["box"], pin["root"])} | {(one.forwarded_to, one.root) for one in answers if one.forwarded_to}
    signed = said["keys"].get(slug, {})
    try:
        statement = read_statement(signed, slug=slug, today=timezone.localdate())
    except Malformed:
        return "", FAULT_STATEMENT
    if (slug, sealing.fingerprint(unb64u(statement.root))) not in trusted:
        return "", FAULT_ROOT
    if slug == pin["box"] and statement.seq < pin["seq"]:
        return "", FAULT_STATEMENT
    return statement.recipient, ""


class Recent:
    """Forms that this process has stored lately, as keyed hashes: sent twice they are one message."""

    def __init__(self) -> None:
        self._marks: OrderedDict[bytes, None] = OrderedDict()
        self._lock = Lock()

    def add(self, mark: bytes) -> bool:
        """Whether it is new."""
        with self._lock:
            new = mark not in self._marks
            self._marks[mark] = None
            if len(self._marks) > MARKS_KEPT:
                self._marks.popitem(last=False)
        return new

    def drop(self, mark: bytes) -> None:
        with self._lock:
            self._marks.pop(mark, None)


recent = Recent()


def write_again(*, keys: ReceiptKeys, text: str, form: str) -> None:
    """Seals one more message to whoever holds the thread now. The same form again is not sent again. Raises Refused."""
    mark = mark_of(keys.thread, form, text)
    if not recent.add(mark):
        return
    try:
        _send(keys, text)
    except BaseException:
        recent.drop(mark)
        raise


def _send(keys: ReceiptKeys, text: str) -> None:
    """Another phone may write, or an officer forward, between our look and our write: then look again."""
    for tries_left in reversed(range(TRIES)):
        thread = open_thread(keys)
        if thread.fault:
            raise Refused("untrusted", HTTPStatus.CONFLICT, thread.fault)
        try:
            return _send_as(keys, thread, text)
        except Refused as refused:
            if refused.code not in ("taken", "no_thread") or not tries_left:
                raise
    return None


def _send_as(keys: ReceiptKeys, thread: OpenThread, text: str) -> None:
    index = thread.following
    part = {
        "v": 1,
        "box": thread.slug,
        "from": "reporter",
        "index": index,
        "kind": "message",
        "hour": hour_text(),
    }
    sealed = AgeFile.read(
        sealing.seal_part(
            json_part=part,
            name="text.txt",
            body=text.encode(),
            thread=keys.thread,
            recipients=[thread.recipient],
            secret=keys.secret,
        )
    )
    parts = [*thread.pin["parts"], sealed.digest]
    pin, pin_mac = sealing.pin_record(
        pin_key=keys.pin_key,
        box=thread.pin["box"],
        root=thread.pin["root"],
        seq=thread.pin["seq"],
        parts=parts,
        hour=thread.pin.get("hour", ""),
    )
    line = envelope(keys, index=index, pin=pin, pin_parts=len(parts), pin_mac=pin_mac)
    accept(slug=thread.slug, line=line, sealed=sealed)
