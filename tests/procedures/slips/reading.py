"""Reading paper as whoever gets it does: its words, its pages, its QR."""

import io
import re
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import zxingcpp
from PIL import Image

from keng.core.pdf import pages_as_png
from keng.signing import documents
from keng.signing.models import Document
from keng.signing.renderers import renderers


def words(file: bytes) -> str:
    """All that is printed, in reading order, in one line."""
    done = subprocess.run(["pdftotext", "-layout", "-", "-"], input=file, capture_output=True, check=True)
    return " ".join(done.stdout.decode().replace("\u200b", "").split())


def readable(answer: Any) -> bytes:
    """What an answer shows: of a PDF its words, too."""
    shown: bytes = answer.getvalue()
    return shown + words(shown).encode() if shown.startswith(b"%PDF") else shown


def pages(file: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page\b(?!s)", file))


def scanned(file: bytes) -> list[str]:
    """What a phone reads from a paper's QR codes."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["pdftoppm", "-r", "150", "-png", "-", f"{folder}/page"], input=file, check=True)
        pictures = [Image.open(path) for path in sorted(Path(folder).glob("*.png"))]
        return [code.text for picture in pictures for code in zxingcpp.read_barcodes(picture)]


def codes(document: Document) -> list[str]:
    """What a phone reads from the paper, photographed at 150 dots an inch."""
    seen: dict[str, Any] = {}
    plain = renderers["plain"]
    renderers._things["plain"] = lambda template, values: seen.update(template=template, values=values) or b"%PDF-"
    try:
        documents._made(document)
    finally:
        renderers._things["plain"] = plain
    found = []
    for png in pages_as_png(seen["template"], seen["values"], ppi=150):
        found += [code.text for code in zxingcpp.read_barcodes(Image.open(io.BytesIO(png)))]
    return found
