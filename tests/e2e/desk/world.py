"""A small office for the browser tests of the mailbox: real keys, officers with phones, reports of every kind. Run inside the server's
settings (`Server.python`); prints as JSON what a test must know."""

import io
import json
import secrets
from dataclasses import dataclass
from typing import Any

from PIL import Image, ImageDraw

from config.demo import client
from config.demo.age import seal_with_passphrase
from config.demo.client import Reporter, new_identity, seal
from config.demo.officer import Opened
from keng.core.ids import this_hour
from keng.desk.models import OfficerKey
from keng.mailbox import sealing
from keng.mailbox.envelope import read_body
from keng.mailbox.models import Box, Thread
from keng.mailbox.services import accept, answer
from tests.accounts.signing_in import give_phone
from tests.cast import PASSPHRASE, Cast

OFFICERS = ("hoa", "nam", "lan", "dung")


def photo(width: int = 900, height: int = 600, kind: str = "JPEG") -> bytes:
    picture = Image.new("RGB", (width, height), "#b9ad86")
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, height * 2 // 3, width, height), fill="#5d6b4a")
    draw.ellipse((width // 3, height // 3, width * 2 // 3, height * 3 // 4), fill="#6b4a2b")
    out = io.BytesIO()
    picture.save(out, kind, quality=70)
    return out.getvalue()


def voice(seconds: int = 3) -> bytes:
    """A WAV of a low hum: every browser plays it, and nobody needs an encoder."""
    rate = 8000
    samples = bytes(128 + (20 if (i // 40) % 2 else -20) for i in range(rate * seconds))
    header = b"RIFF" + (36 + len(samples)).to_bytes(4, "little") + b"WAVEfmt " + (16).to_bytes(4, "little")
    form = b"\x01\0\x01\0" + rate.to_bytes(4, "little") * 2 + b"\x01\0\x08\0"
    return header + form + b"data" + len(samples).to_bytes(4, "little") + samples


def bomb() -> bytes:
    """A JPEG of a few hundred bytes whose frame header claims 65,000 x 65,000 pixels."""
    small = bytearray(photo(16, 16))
    at = small.find(b"\xff\xc0")
    small[at + 5 : at + 9] = (65_000).to_bytes(2, "big") * 2
    return bytes(small)


@dataclass
class Sent:
    """A report on its way: `parts` are added one by one."""

    reporter: Reporter
    next: int = 1

    @property
    def thread(self) -> Thread:
        return Thread.objects.get(key=self.reporter.keys.thread)

    def deliver(self, body: bytes) -> None:
        line, sealed = read_body(body)
        accept(slug=self.reporter.slug, line=line, sealed=sealed)

    def add(self, kind: str, name: str, body: bytes, *, secret: bytes | None = None) -> "Sent":
        self.deliver(self.reporter.later(index=self.next, kind=kind, name=name, body=body, secret=secret))
        self.next += 1
        return self

    def add_garbage(self) -> "Sent":
        """An age file of the right form that is sealed to somebody else."""
        sealed = seal(new_identity()[1], b"khong phai tar")
        self.deliver(self.reporter.envelope(sealed, index=self.next))
        self.next += 1
        return self


@dataclass
class World:
    cast: Cast

    def report(self, text: str, *, recipient: str = "", **said: Any) -> Sent:
        sent = Sent(self.cast.reporter())
        sent.reporter.recipient = recipient or sent.reporter.recipient
        sent.deliver(sent.reporter.first(text, **said))
        return sent

    def answered(self, sent: Sent, text: str) -> Sent:
        index, sealed = Opened(sent.thread, self.cast.keys).answer(text)
        answer(thread=sent.thread, box=self.cast.box, index=index, sealed=sealed, by="hoa", office="bp-na-co-sa")
        return sent

    def people(self) -> dict[str, str]:
        """Keys that the passphrase opens, and second factors; returns the secrets of the latter by login."""
        for login in OFFICERS:
            sealed = seal_with_passphrase(PASSPHRASE, f"{self.cast.pairs[login][0]}\n".encode())
            OfficerKey.objects.filter(user__username=login).update(sealed_identity=sealed)
        return {login: give_phone(getattr(self.cast, login)) for login in (*OFFICERS, "minh", "quan")}


# One for each test that changes it, so that none counts on another.
STORIES = (
    "story", "written", "assessed", "moved", "forwarded", "swapped", "two", "drafted", "locked", "offline",
    "counted", "corrected", "linked", "doubled", "above", "prank", "slow", "slower",
)  # fmt: skip
STORY = (
    "Đêm qua nhà tôi mất hai con trâu, có vết bánh xe công nông ra phía suối. Chó nhà sủa lúc gần sáng. "
    "Tôi nghi người bản bên nhưng không dám nói."
)
WHERE = {
    "village": "Bản Na Cô Sa 1",
    "place": "cạnh suối, sau nhà văn hoá",
    "when": "today",
    "when_text": "lúc gần sáng",
}


# Short ones for what is done with several at once, each found by its first word.
DAY = {
    "herd-1": "Đàn một: mất ba con bò.", "herd-2": "Đàn hai: mất ba con bò.", "herd-3": "Đàn ba: mất ba con bò.",
    "joke-1": "Đùa một.", "joke-2": "Đùa hai.", "same-1": "Trùng một.", "same-2": "Trùng hai.",
    "shift-1": "Ca trực một.", "shift-2": "Ca trực hai.", "due": "Sắp hết hạn.", "taken": "Nhận về làm.",
}  # fmt: skip


def story(world: World) -> Sent:
    """The usual report: text, a photo, a voice."""
    sent = world.report(STORY, media=2, gps=[21.80123, 102.55321, 12], **WHERE)
    return sent.add("photo", "photo.jpg", photo()).add("voice", "voice.wav", voice())


ODD = (
    "reply",
    "what",
    "village",
    "place",
    "gps",
    "when",
    "when_text",
    "forward",
    "pinned",
    "path",
    "media",
    "lang",
    "root",
    "statement",
)


def hostile(world: World) -> dict[str, Sent]:
    """Texts and files that try something."""
    html = (
        '<img src=x onerror="document.title=1"><script>document.title=2</script><a href="javascript:alert(3)">bấm</a>'
    )
    return {
        "html": world.report(html, village="<b>Bản</b>", place='"><svg onload=alert(1)>', what="<i>"),
        "rtl": world.report("Tôi tên \u202egnưh\u202c và\x00 hết\u200f.", village="\u202eBản"),
        "long": world.report("a" * 1_000_000),
        "zip": world.report("Ảnh là zip.", media=1).add("photo", "photo.jpg", b"PK\x03\x04" + bytes(2000)),
        "bomb": world.report("Ảnh là bom.", media=1).add("photo", "photo.jpg", bomb()),
        "html-photo": world.report("Ảnh là trang.", media=1).add("photo", "photo.jpg", b"<html><script>parent.document</script>" * 9),
        "fake-voice": world.report("Lời nói giả.", media=1).add("voice", "voice.webm", b"MZ" + bytes(900)),
        "torn": world.report("Ảnh đứt.", media=1).add("photo", "photo.jpg", photo()[:900]),
        "torn-voice": world.report("Lời nói đứt.", media=1).add("voice", "voice.webm", b"\x1aE\xdf\xa3" + bytes(900)),
        "unopened": world.report("Có phần hỏng.").add_garbage(),
        "other-key": world.report("Sai khoá.", recipient=new_identity()[1]),
        "unpinned": world.report("Chưa kiểm khoá.", pinned=""),
        "odd": world.report("Các trường sai kiểu.", **dict.fromkeys(ODD, {"a": [1]})),
        "foreign": world.report("Tin thật.").add("message", "text.txt", b"Tin cua ke khac.", secret=secrets.token_bytes(32)),
        "missing": world.report("Còn thiếu ảnh.", media=3).add("photo", "photo.jpg", photo()),
        "no-reply": world.report("Không cần trả lời.", reply=None, forward=False),
        "plain": world.report("Gửi bằng trang đơn giản.", path="plain", pinned=""),
    }  # fmt: skip


def no_work(**_asked: object) -> str:
    """The reports go in behind the door that asks for work."""
    return "0"


def later(receipt: str, text: str) -> None:
    """A villager writes again."""
    box = Box.objects.get(slug="na-co-sa")
    root = sealing.fingerprint(sealing.unb64u(box.root))
    reporter = Reporter(slug=box.slug, recipient=box.recipient, root=root, receipt=receipt)
    index = Thread.objects.get(key=reporter.keys.thread).parts.filter(direction="reporter").count()
    Sent(reporter, index).add("message", "text.txt", text.encode())


def build() -> None:
    client.solve = no_work
    world = World(Cast())
    world.cast.box, world.cast.minh, world.cast.quan, world.cast.lan  # noqa: B018 - made when first asked for
    reports = {
        **{name: story(world) for name in STORIES},
        **hostile(world),
        **{name: world.report(text) for name, text in DAY.items()},
    }
    known = {
        "phones": world.people(),
        "passphrase": PASSPHRASE,
        "identity": world.cast.keys.identity,
        "threads": {name: sent.reporter.keys.thread for name, sent in reports.items()},
        "receipts": {name: sent.reporter.receipt for name, sent in reports.items()},
        "hour": this_hour().isoformat(),
    }
    print(json.dumps(known))  # noqa: T201 - this is how the test hears of it


if __name__ == "__main__":
    build()
