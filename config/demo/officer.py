"""What an officer's browser does with an unlocked box key: opens a report, seals answers and notes, rewraps headers to forward it."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from config.demo.client import BoxKeys, hour_text, rewrap, seal
from keng.mailbox import sealing
from keng.mailbox.models import Part, Rewrap, Thread

REPORTER, OFFICER = Part.Direction.REPORTER, Part.Direction.OFFICER


@dataclass
class Opened:
    """A report on the officer's screen. `keys` are those of the box that holds it."""

    thread: Thread
    keys: BoxKeys

    @cached_property
    def first(self) -> dict[str, Any]:
        """The first part's `part.json`: what the reporter said, the thread secret, where answers go."""
        part = self.thread.parts.get(direction=REPORTER, index=0)
        return self.open(part).json

    @property
    def secret(self) -> bytes:
        return sealing.unb64u(self.first["secret"])

    def open(self, part: Part) -> sealing.OpenedPart:
        secret = None if (part.direction, part.index) == (REPORTER, 0) else self.secret
        return sealing.open_part(
            sealed=self._header(part) + bytes(part.payload),
            identity=self.keys.identity,
            thread=self.thread.key,
            sender=part.direction,
            index=part.index,
            secret=secret,
        )

    def answer(self, text: str) -> tuple[int, bytes]:
        """The next answer, for the reporter and for the box: its index and the age file."""
        return self._sealed({"kind": "answer"}, "text.txt", text.encode())

    def vouching(self, to: BoxKeys) -> tuple[int, bytes] | None:
        """The part that tells the reporter of the new box's root; None when the reporter needs no answer."""
        if self.first["reply"] is None:
            return None
        return self._sealed({"kind": "forward", "to": to.slug, "root": to.root.fingerprint}, "", b"")

    def headers_for(self, to: BoxKeys, vouching: tuple[int, bytes] | None) -> dict[str, bytes]:
        """New headers of all parts round the same file keys, by digest."""
        headers = {part.digest: self._header(part) for part in self.thread.parts.all()}
        if vouching is not None:
            header, payload = sealing.split(vouching[1])
            headers[sealing.digest(payload)] = header
        return {digest: rewrap(header, self.keys.identity, [to.recipient]) for digest, header in headers.items()}

    def note(self, text: str) -> bytes:
        return seal(self.keys.recipient, text.encode())

    def _header(self, part: Part) -> bytes:
        """The header for this box: the part's own, or the one written when the report was forwarded here."""
        rewrapped = Rewrap.objects.filter(part=part, box__slug=self.keys.slug).first()
        return bytes(rewrapped.header if rewrapped else part.header)

    def _sealed(self, said: dict[str, Any], name: str, body: bytes) -> tuple[int, bytes]:
        index = self.thread.parts.filter(direction=OFFICER).count()
        part = {"v": 1, "box": self.keys.slug, "from": OFFICER.value, "index": index, "hour": hour_text(), **said}
        recipients = [self.keys.recipient, *([self.first["reply"]] if self.first["reply"] else [])]
        sealed = sealing.seal_part(
            json_part=part, name=name, body=body, thread=self.thread.key, recipients=recipients, secret=self.secret
        )
        return index, sealed
