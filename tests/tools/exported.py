"""An export built by hand, from the RFC's definitions and nothing of Kẻng's: what `tools/verify_ledger.py` is tried on."""

import json
from base64 import b64encode
from dataclasses import dataclass, field
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

ORIGIN = "bao.example.vn/ledger"
FIRST = date(2026, 10, 31)
TEXTS = ("by", "case", "hour", "office", "purpose", "subject", "v", "verb")


def secret(seed: int) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)


def vkey(name: str, key: Ed25519PrivateKey, kind: int = 1) -> str:
    raw = bytes([kind]) + key.public_key().public_bytes_raw()
    return f"{name}+{key_id(name, raw).hex()}+{b64encode(raw).decode()}"


def key_id(name: str, raw: bytes) -> bytes:
    return sha256(name.encode() + b"\n" + raw).digest()[:4]


def line(name: str, key: Ed25519PrivateKey, body: str, time: int | None = None) -> str:
    kind, message, before = (1, body, b"") if time is None else (4, f"cosignature/v1\ntime {time}\n{body}", stamp(time))
    raw = bytes([kind]) + key.public_key().public_bytes_raw()
    return f"— {name} {b64encode(key_id(name, raw) + before + key.sign(message.encode())).decode()}\n"


def stamp(time: int) -> bytes:
    return time.to_bytes(8, "big")


def mth(hashes: list[bytes]) -> bytes:
    """RFC 6962 section 2.1, word for word, over leaf hashes."""
    if len(hashes) == 1:
        return hashes[0]
    k = 1
    while k * 2 < len(hashes):
        k *= 2
    return sha256(b"\1" + mth(hashes[:k]) + mth(hashes[k:])).digest()


def path_of(number: int) -> str:
    text = f"{number:03}"
    text = text.rjust(-(-len(text) // 3) * 3, "0")
    groups = [text[at : at + 3] for at in range(0, len(text), 3)]
    return "/".join([*(f"x{one}" for one in groups[:-1]), groups[-1]])


LOG_KEY, WITNESS_KEY = secret(1), secret(2)
KEY, WITNESS = vkey(ORIGIN, LOG_KEY), vkey("w.example", WITNESS_KEY, 4)


def entry(verb: str, subject: str = "", case: str = "", hour: str = "2026-11-01T03", **more: str) -> dict[str, str]:
    return {**dict.fromkeys(TEXTS, ""), "v": "1", "verb": verb, "subject": subject, "case": case, "hour": hour, **more}


def canonical(fields: dict[str, str]) -> bytes:
    return json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


@dataclass
class Row:
    entry: dict[str, str]
    salt: bytes
    erased: bool = False

    @property
    def leaf(self) -> bytes:
        tag = sha256(b"keng/leaf/1\n" + self.salt).digest()[:16]
        return tag + sha256(self.salt + canonical(self.entry)).digest()

    def line(self, place: int | None) -> bytes:
        head = b'{"place":%s,' % (b"null" if place is None else b"%d" % place)
        if self.erased:
            return head + b'"erased":%s}\n' % json.dumps(self.entry["case"]).encode()
        return head + b'"salt":"%s","entry":%s}\n' % (self.salt.hex().encode(), canonical(self.entry))


@dataclass
class Story:
    """Rows in order of place; some are erased. `sizes` are those of the checkpoints."""

    rows: list[Row]
    sizes: list[int]
    waiting: list[Row] = field(default_factory=list)
    present: list[str] = field(default_factory=list)
    made: str = "2026-11-22T09"

    @property
    def leaves(self) -> list[bytes]:
        return [row.leaf for row in self.rows]

    def note(self, size: int, *, cosigned: bool = True, key: Ed25519PrivateKey = LOG_KEY) -> str:
        root = mth([sha256(b"\0" + leaf).digest() for leaf in self.leaves[:size]])
        body = f"{ORIGIN}\n{size}\n{b64encode(root).decode()}\n"
        lines = line(ORIGIN, key, body) + (line("w.example", WITNESS_KEY, body, 1_790_000_000) if cosigned else "")
        return f"{body}\n{lines}"

    def write(self, folder: Path) -> Path:
        for name, raw in self.files().items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(raw)
        return folder

    def files(self) -> dict[str, bytes]:
        files = self.public() | self.private()
        sums = "".join(
            f"{sha256(raw).hexdigest()}  {name}\n" for name, raw in files.items() if not name.startswith("tile/")
        )
        return files | {"SHA256SUMS": sums.encode()}

    def public(self) -> dict[str, bytes]:
        files = {f"checkpoints/{size}": self.note(size).encode() for size in self.sizes}
        files["checkpoint"] = self.note(self.sizes[-1], cosigned=False).encode()
        files["keys"] = json.dumps([KEY]).encode()
        days: dict[str, list[Any]] = {}
        for number, size in enumerate(self.sizes):
            day = FIRST + timedelta(days=number)
            days.setdefault(f"days/{day:%Y-%m}", []).append([day.isoformat(), size])
        files |= {name: json.dumps(lines).encode() for name, lines in days.items()}
        return files | self.tiles()

    def tiles(self) -> dict[str, bytes]:
        leaves, files = self.leaves, {}
        for at in range(0, len(leaves), 256):
            bundle = b"".join(b"\0\x30" + leaf for leaf in leaves[at : at + 256])
            files[f"tile/entries/{path_of(at // 256)}"] = bundle
        row, level = [sha256(b"\0" + leaf).digest() for leaf in leaves], 0
        while row:
            for at in range(0, len(row), 256):
                hashes = row[at : at + 256]
                suffix = "" if len(hashes) == 256 else f".p/{len(hashes)}"
                files[f"tile/{level}/{path_of(at // 256)}{suffix}"] = b"".join(hashes)
            row = [mth(row[at : at + 256]) for at in range(0, len(row) // 256 * 256, 256)]
            level += 1
        return files

    def private(self) -> dict[str, bytes]:
        lines = [row.line(place) for place, row in enumerate(self.rows)] + [row.line(None) for row in self.waiting]
        facts = {"v": "1", "origin": ORIGIN, "size": len(self.rows), "made": self.made}
        return {
            "entries.jsonl": b"".join(lines),
            "present.txt": "".join(f"{digest}\n" for digest in sorted(self.present)).encode(),
            "export.json": json.dumps(facts).encode(),
        }


def digest_of(number: int) -> str:
    return sha256(f"part {number}".encode()).hexdigest()


def story(size: int = 1024) -> Story:
    """Every 7th entry is a part's, three of them of a report that was deleted; one report waits for its place."""
    rows = []
    for number in range(size):
        salt = sha256(b"salt %d" % number).digest()
        if number % 7 == 0:
            made = entry("mailbox.part.received", digest_of(number), f"case {number // 21}", office="bp-na-co-sa")
        elif number % 11 == 0:
            made = entry("desk.report.read", 'tin "khẩn"\\\n', by="hoa", purpose="tiếng Việt ✓")
        else:
            made = entry("ledger.padding")
        rows.append(Row(made, salt, erased=made["case"] == "case 1"))
    rows[23] = Row(entry("mailbox.report.deleted", case="case 1"), rows[23].salt)
    waits = Row(entry("mailbox.answer.sent", digest_of(-1), "case 2", hour="2026-11-21T10"), bytes(32))
    alive = [row.entry["subject"] for row in [*rows, waits] if row.entry["verb"] in PART_VERBS and not row.erased]
    return Story(rows, [256, 512, size], [waits], alive)


PART_VERBS = ("mailbox.part.received", "mailbox.answer.sent")
