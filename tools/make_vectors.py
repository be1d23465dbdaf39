"""Writes the protocol's test vectors to docs/vectors/. Sealed bytes and signatures are random, so run it only when the
protocol changes: what stands in the repository is what other clients are checked against.

    .venv/bin/python -m tools.make_vectors [NAME …]
"""

import base64
import json
import sys
from collections.abc import Callable
from dataclasses import asdict
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from config.demo.client import BoxKeys, Root, new_identity, rewrap, seal, solve
from keng.mailbox import sealing
from tools import make_log_vectors

FOLDER = Path(__file__).resolve().parent.parent / "docs/vectors"
RECEIPTS = ("0000000000000000000000", "1234567890123456789012", "9999999999999999999999")
TODAY = date(2026, 11, 22)
HOUR = "2026-11-22T03"


def b64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def with_check(body: str) -> str:
    return f"{body}{98 - int(body) * 100 % 97:02d}"


def receipt() -> dict[str, Any]:
    good = with_check(RECEIPTS[1])
    spaced = " ".join(good[i : i + 4] for i in range(0, 24, 4))
    wide = "".join(chr(0xFF10 + int(digit)) for digit in good)
    swapped = good[:4] + good[5] + good[4] + good[6:]
    derived = []
    for body in RECEIPTS:
        keys = {
            name: value.hex() if isinstance(value, bytes) else value
            for name, value in asdict(sealing.derive(with_check(body))).items()
        }
        derived.append({"receipt": with_check(body), **keys})
    typed = [
        {"typed": spaced, "receipt": good},
        {"typed": spaced.replace(" ", "-"), "receipt": good},
        {"typed": f"  {wide}\n", "receipt": good},
        {"typed": good.replace("0", "O"), "error": "letters"},
        {"typed": "", "error": "length"},
        {"typed": good[:-1], "error": "length"},
        {"typed": good + "0", "error": "length"},
        {"typed": swapped, "error": "check"},
        {"typed": good[:-1] + str((int(good[-1]) + 1) % 10), "error": "check"},
    ]
    return {"derived": derived, "typed": typed}


def tar() -> dict[str, Any]:
    cases = []
    for media in (False, True):
        for size in (0, 1, 511, 512, 513, 1000, 4000, 10_000, 126_976, 126_977, 1_000_000):
            name = "photo.webp" if media else "text.txt"
            entries = [("part.json", b"{}"), (name, bytes(size))]
            length = len(sealing.pad(entries, media=media))
            cases.append({"name": name, "size": size, "pad_to": "media" if media else "text", "length": length})
    return {"about": "tar of part.json `{}` and one entry of `size` zero bytes", "cases": cases}


def part() -> dict[str, Any]:
    identity, recipient = new_identity()
    keys = sealing.derive(with_check(RECEIPTS[1]))
    thread, secret = keys.thread, keys.secret
    common = {"v": 1, "box": "na-co-sa", "hour": "2026-11-22T03"}
    first = {
        **common, "from": "reporter", "index": 0, "kind": "report", "secret": sealing.b64u(secret), "reply": keys.reply,
        "what": "theft", "village": "Bản Na Cô Sa 1", "place": "đầu bản", "gps": [21.98765, 102.12345, 20], "when": "today",
        "when_text": "8 giờ tối", "forward": True, "pinned": "qr", "path": "sealed", "media": 1, "lang": "vi",
        "root": "0" * 26, "statement": 1,
    }  # fmt: skip
    answer = {**common, "from": "officer", "index": 0, "kind": "answer"}
    message = {**common, "from": "reporter", "index": 1, "kind": "message"}
    photo = {**common, "from": "reporter", "index": 2, "kind": "photo"}
    expect = {"box": "na-co-sa", "from": "reporter", "index": 0, "thread": thread}

    def case(
        about: str, said: dict[str, Any], name: str, body: bytes, key: bytes | None, **expected: Any
    ) -> dict[str, Any]:
        sealed = sealing.seal_part(
            json_part=said, name=name, body=body, thread=thread, recipients=[recipient], secret=key
        )
        foreign = expected.pop("foreign", False)
        return {
            "about": about, "sealed": b64(sealed), "digest": sealing.digest(sealing.split(sealed)[1]),
            "expect": {**expect, "from": said["from"], "index": said["index"], **expected}, "foreign": foreign,
            "json": said, "name": name, "body": b64(body),
        }  # fmt: skip

    text = "Mất trâu ở bản. <b>\u202e\u0000".encode()
    return {
        "identity": identity,
        "secret": secret.hex(),
        "cases": [
            case("first part", first, "text.txt", text, None),
            case("answer", answer, "text.txt", "Cảm ơn bà con.".encode(), secret),
            case("message", message, "text.txt", b"", secret),
            case("photo", photo, "photo.webp", bytes(range(256)) * 20, secret),
            case("wrong secret", message, "text.txt", b"x", bytes(32), foreign=True),
            case("no MAC", message, "text.txt", b"x", None, foreign=True),
            case("another index than the server said", message, "text.txt", b"x", secret, index=3, foreign=True),
            case("the reporter's part shown as an officer's", message, "text.txt", b"x", secret, **{"from": "officer"}, foreign=True),
            case("a first part of another box", {**first, "box": "ha-an"}, "text.txt", b"x", None, foreign=True),
            case("another thread", message, "text.txt", b"x", secret, thread="f" * 64, foreign=True),
        ],
    }  # fmt: skip


def statement() -> dict[str, Any]:
    keys, other = BoxKeys("na-co-sa"), Root()
    pinned = keys.root.fingerprint
    good = keys.statement(since=TODAY, days=365, seq=2, forward=[("ca-tinh-dien-bien", other.fingerprint)])
    cases: list[dict[str, Any]] = []

    def case(about: str, signed: dict[str, str], error: str | None, **ask: Any) -> None:
        asked = {"box": "na-co-sa", "pinned": pinned, "today": TODAY.isoformat(), "min_seq": 0, **ask}
        cases.append({"about": about, "signed": signed, "ask": asked, "error": error})

    def day(days: int) -> str:
        return (TODAY + timedelta(days=days)).isoformat()

    case("good", good, None)
    case("good by the short code", good, None, pinned=pinned[:12])
    case("good, nothing pinned", good, None, pinned=None)
    case("same sequence again", good, None, min_seq=2)
    case("a clock two days slow", good, None, today=day(-2))
    case("a clock two days fast", good, None, today=day(367))
    case("a clock three days slow", good, "expired", today=day(-3))
    case("expired", good, "expired", today=day(368))
    case("another root pinned", good, "pin", pinned=other.fingerprint)
    case("an eleven-character pin", good, "pin", pinned=pinned[:11])
    case(
        "signed by another root",
        {**good, "signature": other.sign(json.loads(good["statement"]))["signature"]},
        "signature",
    )
    case("changed after signing", {**good, "statement": good["statement"].replace("ca-tinh", "gia-tinh")}, "signature")
    case("unsigned", {**good, "signature": ""}, "signature")
    case("another root and its signature", other.sign(json.loads(good["statement"])), "pin")
    case("another box's", keys.statement(since=TODAY, box="ha-an"), "box")
    case("replayed", good, "replayed", min_seq=3)
    case("of another type", keys.statement(since=TODAY, type="officer-key"), "malformed")
    case("of another version", keys.statement(since=TODAY, v=2), "malformed")
    case("good for more than 400 days", keys.statement(since=TODAY, days=401), "malformed")
    case("a recipient that is none", keys.statement(since=TODAY, recipient=keys.recipient[:-1] + "q"), "malformed")
    case("no object", keys.root.sign([]), "malformed")  # type: ignore[arg-type]
    case("no root", {**good, "root": ""}, "pin")
    return {"fingerprint": pinned, "root": good["root"], "recipient": keys.recipient, "seq": 2, "cases": cases}


def pin() -> dict[str, Any]:
    key = sealing.derive(with_check(RECEIPTS[1])).pin_key
    text, mac = sealing.pin_record(
        pin_key=key, box="na-co-sa", root="0" * 26, seq=1, parts=["a" * 64, "b" * 64], hour=HOUR
    )
    return {
        "pin_key": key.hex(), "record": {"box": "na-co-sa", "root": "0" * 26, "seq": 1, "hour": HOUR, "parts": ["a" * 64, "b" * 64]},
        "pin": text, "pin_mac": mac, "altered": {"pin": text.replace("000", "001", 1), "pin_mac": mac},
    }  # fmt: skip


def pow_() -> dict[str, Any]:
    """The lowest nonce; slugs and nonces of many lengths, so that the hash takes one block more or less."""
    hour, digest = "2026-11-22T03", "0123456789abcdef" * 4
    wanted = [(slug, bits) for slug in ("a", "b" * 18, "c" * 22, "d" * 26, "e" * 40) for bits in (0, 1, 8, 12)]
    cases = [
        {
            "slug": slug,
            "hour": hour,
            "digest": digest,
            "bits": bits,
            "nonce": solve(slug=slug, hour=hour, digest=digest, bits=bits),
        }
        for slug, bits in [*wanted, ("na-co-sa", 16)]
    ]
    return {"cases": cases}


def forward() -> dict[str, Any]:
    """A header for the first box, and the one that its officer's browser writes round the same file key for the next box."""
    first, following = new_identity(), new_identity()
    body = "Mất trâu ở bản.".encode()
    header, payload = sealing.split(seal(first[1], body))
    return {
        "identity": first[0], "next_identity": following[0], "next_recipient": following[1], "header": b64(header),
        "next_header": b64(rewrap(header, first[0], [following[1]])), "payload": b64(payload),
        "digest": sealing.digest(payload), "body": b64(body),
    }  # fmt: skip


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    every: dict[str, Callable[[], dict[str, Any]]] = {
        "receipt": receipt,
        "tar": tar,
        "part": part,
        "statement": statement,
        "pin": pin,
        "pow": pow_,
        "forward": forward,
        "leaf": lambda: make_log_vectors.leaf(with_check(RECEIPTS[1])),
        "proof": lambda: make_log_vectors.proof(with_check(RECEIPTS[1])),
    }
    for name in sys.argv[1:] or every:
        make = every[name]
        (FOLDER / f"{name}.json").write_text(json.dumps(make(), ensure_ascii=False, indent=1) + "\n")


if __name__ == "__main__":
    main()
