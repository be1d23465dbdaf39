"""Many PDFs of our own making become one, written out as they come: a thousand posters need not be in memory together.

It reads what `keng.core.pdf.pdf(…, plain=True)` makes (PDF 1.4: a table of offsets, no objects packed in streams, no tags) and
nothing else: other programs' files are none of its business.
"""

import re
from typing import BinaryIO

CATALOG, PAGES, INFO = 1, 2, 3
REFERENCE = re.compile(rb"\b(\d+) 0 R\b")
TREE = b"<</Type/Pages"
LEFT_OUT = (b"/Type/Catalog", b"/Type/Metadata")


class Joined:
    """One PDF, of what is added to it. The parts' page trees hang below ours, and everything else is renumbered."""

    def __init__(self, out: BinaryIO, *, title: str = "") -> None:
        self.out, self.title = out, title
        self.place = 0
        self.offsets: dict[int, int] = {}
        self.trees: list[tuple[int, int]] = []
        self.next = INFO + 1
        self._write(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")

    def add(self, part: bytes, *, times: int = 1) -> None:
        """Hangs the part's pages behind those that are there; the second time and on only its pages are written, the rest is shared."""
        objects = _objects(part)
        shift = self.next
        self.next += max(objects) + 1
        for number, body in objects.items():
            if body.startswith(TREE):
                self._tree(number + shift, body, shift)
            elif not any(mark in body[:200] for mark in LEFT_OUT):
                self._object(number + shift, _renumbered(body, shift))
        for _time in range(1, times):
            self._again(objects, shift)

    def finish(self) -> None:
        """Writes what holds the pages together. Nothing can be added after it."""
        kids = b" ".join(b"%d 0 R" % number for number, _count in self.trees)
        count = sum(count for _number, count in self.trees)
        self._object(PAGES, b"<</Type/Pages/Count %d/Kids[%s]>>" % (count, kids))
        self._object(CATALOG, b"<</Type/Catalog/Pages %d 0 R/Lang(vi)>>" % PAGES)
        title = ("\ufeff" + self.title).encode("utf-16-be").hex().encode()
        self._object(INFO, b"<</Title<%s>>>" % title)
        start, most = self.place, self.next
        self._write(b"xref\n0 %d\n0000000000 65535 f\r\n" % most)
        for number in range(1, most):
            known = number in self.offsets
            self._write(
                b"%010d %05d %s\r\n" % (self.offsets.get(number, 0), 0 if known else 65535, b"n" if known else b"f")
            )
        self._write(
            b"trailer\n<</Size %d/Root %d 0 R/Info %d 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (most, CATALOG, INFO, start)
        )

    def _again(self, objects: dict[int, bytes], shift: int) -> None:
        """The same pages once more: a page object belongs to one place of one tree, what it shows may be shared."""
        tree = self.next
        self.next += 1
        kids = []
        for old in _pages(objects):
            fresh = _renumbered(objects[old], shift)
            kids.append(self.next)
            self._object(self.next, re.sub(rb"/Parent \d+ 0 R", b"/Parent %d 0 R" % tree, fresh))
            self.next += 1
        named = b" ".join(b"%d 0 R" % kid for kid in kids)
        self._object(tree, b"<</Type/Pages/Parent %d 0 R/Count %d/Kids[%s]>>" % (PAGES, len(kids), named))
        self.trees.append((tree, len(kids)))

    def _tree(self, number: int, body: bytes, shift: int) -> None:
        found = re.search(rb"/Count (\d+)", body)
        if found is None:
            raise ValueError("a page tree without a count")
        hung = b"%s/Parent %d 0 R%s" % (TREE, PAGES, _renumbered(body.removeprefix(TREE), shift))
        self._object(number, hung)
        self.trees.append((number, int(found[1])))

    def _object(self, number: int, body: bytes) -> None:
        self.offsets[number] = self.place
        self._write(b"%d 0 obj\n%s\nendobj\n" % (number, body))

    def _write(self, data: bytes) -> None:
        self.out.write(data)
        self.place += len(data)


def _objects(part: bytes) -> dict[int, bytes]:
    """Number to body, read by the table of offsets at the file's end; the `/Info` dictionary is left out."""
    table = int(part[part.rindex(b"startxref") :].split()[1])
    head, rest = part[table:].split(b"\n", 2)[1], part[table:].split(b"\n", 2)[2]
    count = int(head.split()[1])
    offsets = {number: int(rest[number * 20 : number * 20 + 10]) for number in range(1, count)}
    info = re.search(rb"/Info (\d+) 0 R", part[table:])
    ends = dict(zip(sorted(offsets.values()), [*sorted(offsets.values())[1:], table], strict=True))
    return {
        number: _body(part[offset : ends[offset]])
        for number, offset in offsets.items()
        if not (info and int(info[1]) == number)
    }


def _pages(objects: dict[int, bytes]) -> list[int]:
    """The numbers of the page objects, in reading order. typst writes one tree without branches."""
    [tree] = [body for body in objects.values() if body.startswith(TREE)]
    return [int(kid) for kid in REFERENCE.findall(tree[tree.index(b"/Kids") :])]


def _body(written: bytes) -> bytes:
    return written[written.index(b"obj") + 3 : written.rindex(b"endobj")].strip(b"\r\n")


def _renumbered(body: bytes, shift: int) -> bytes:
    """References moved by `shift`; what follows `stream` is content and stays as it is."""
    head, stream, content = body.partition(b"\nstream")
    return REFERENCE.sub(lambda found: b"%d 0 R" % (int(found[1]) + shift), head) + stream + content
