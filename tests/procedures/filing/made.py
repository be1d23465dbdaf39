"""Files for tests of filing: good ones, and every kind of bad one."""

import io
import struct
import zipfile
import zlib
from typing import Any

import pikepdf
from django.core.files.uploadedfile import SimpleUploadedFile
from pikepdf import Array, Dictionary, Name, String
from PIL import Image

MARKER = b"con trau cua nha toi"


def upload(raw: bytes, name: str = "giay to.pdf", kind: str = "application/octet-stream") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, raw, kind)


def jpeg(size: tuple[int, int] = (40, 30), **options: Any) -> bytes:
    out = io.BytesIO()
    Image.linear_gradient("L").resize(size).convert("RGB").save(out, "JPEG", **options)
    return out.getvalue()


def png(size: tuple[int, int] = (40, 30), **options: Any) -> bytes:
    out = io.BytesIO()
    Image.linear_gradient("L").resize(size).save(out, "PNG", **options)
    return out.getvalue()


def pdf(pages: int = 1, change: Any = None, **options: Any) -> bytes:
    """`change(pdf)` spoils it before it is saved."""
    made = pikepdf.new()
    for _page in range(pages):
        made.add_blank_page(page_size=(200, 300))
    if change:
        change(made)
    out = io.BytesIO()
    made.save(out, **options)
    return out.getvalue()


def script() -> Dictionary:
    return Dictionary(S=Name.JavaScript, JS=String("app.alert('xin chao')"))


def named_script(made: pikepdf.Pdf) -> None:
    made.Root.Names = Dictionary(JavaScript=Dictionary(Names=Array([String("a"), made.make_indirect(script())])))


def opening_script(made: pikepdf.Pdf) -> None:
    made.Root.OpenAction = script()


def opening_program(made: pikepdf.Pdf) -> None:
    made.Root.OpenAction = made.make_indirect(Dictionary(S=Name.Launch, F=String("cmd.exe")))


def page_deeds(made: pikepdf.Pdf) -> None:
    made.pages[0].obj.AA = Dictionary(O=Dictionary(S=Name.GoTo, D=Array([0, Name.Fit])))


def button(made: pikepdf.Pdf) -> None:
    press = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=Array([0, 0, 9, 9]), A=script())
    made.pages[0].obj.Annots = Array([press])


def chained(made: pikepdf.Pdf) -> None:
    """A harmless deed with a script behind it."""
    made.Root.OpenAction = Dictionary(S=Name.GoTo, D=Array([0, Name.Fit]), Next=script())


def other_file(made: pikepdf.Pdf) -> None:
    """A link that opens a file of a stranger's machine."""
    there = Dictionary(S=Name.GoToR, F=String("\\\\192.0.2.1\\a.pdf"), D=Array([0, Name.Fit]))
    made.pages[0].obj.Annots = Array([Dictionary(Type=Name.Annot, Subtype=Name.Link, A=there)])


def fetched(made: pikepdf.Pdf) -> None:
    """A page whose content lies in another file."""
    made.pages[0].obj.Contents = made.make_stream(b"")
    made.pages[0].obj.Contents.F = String("\\\\192.0.2.1\\a.txt")


def carried(made: pikepdf.Pdf) -> None:
    made.attachments["virus.exe"] = pikepdf.AttachedFileSpec(made, b"MZ")  # type: ignore[call-arg]


def xfa(made: pikepdf.Pdf) -> None:
    made.Root.AcroForm = Dictionary(Fields=Array([]), XFA=made.make_stream(b"<xdp/>"))


def media(made: pikepdf.Pdf) -> None:
    made.pages[0].obj.Annots = Array([Dictionary(Type=Name.Annot, Subtype=Name.RichMedia, Rect=Array([0, 0, 9, 9]))])


def hidden(made: pikepdf.Pdf) -> None:
    """A script to which no page leads."""
    made.make_indirect(script())
    made.Root.Unknown = made.make_indirect(Dictionary(Deeper=Dictionary(Still=Array([script()]))))


def bomb(made: pikepdf.Pdf) -> None:
    """A page's content of 400 MB in 400 KB."""
    packed = zlib.compress(bytes(400 * 1024 * 1024), 9)
    made.pages[0].obj.Contents = made.make_stream(packed)
    made.pages[0].obj.Contents.write(packed, filter=Name.FlateDecode)


def twice_packed(made: pikepdf.Pdf) -> None:
    packed = zlib.compress(zlib.compress(bytes(1024 * 1024)))
    stream = made.make_stream(b"")
    stream.write(packed, filter=Array([Name.FlateDecode, Name.FlateDecode]))
    made.pages[0].obj.Contents = stream


def marked(made: pikepdf.Pdf) -> None:
    """Who wrote it, with which program."""
    made.docinfo["/Author"] = String(MARKER.decode())
    with made.open_metadata() as metadata:
        metadata["dc:creator"] = [MARKER.decode()]


def signed(made: pikepdf.Pdf) -> None:
    value = Dictionary(
        Type=Name.Sig, Filter=Name("/Adobe.PPKLite"), ByteRange=Array([0, 9, 9, 9]), Contents=String(b"\x30" * 64)
    )
    field = Dictionary(FT=Name.Sig, T=String("chu ky"), V=made.make_indirect(value))
    made.Root.AcroForm = Dictionary(Fields=Array([made.make_indirect(field)]), SigFlags=3)


def object_stream_bomb() -> bytes:
    """An object stream that unpacks to two gigabytes."""
    pack = zlib.compressobj(9)
    inner = b"".join(pack.compress(b" " * (64 << 20)) for _piece in range(32)) + pack.flush()
    head = b"%PDF-1.5\n1 0 obj\n<</Type/Catalog/Pages 4 0 R>>\nendobj\n"
    at = len(head)
    stream = (
        b"2 0 obj\n<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length %d>>\nstream\n" % len(inner)
        + inner
        + b"\nendstream\nendobj\n"
    )
    table = at + len(stream)
    rows = b"".join(struct.pack(">BIB", *row) for row in ((0, 0, 0), (1, 9, 0), (1, at, 0), (1, table, 0), (2, 2, 0)))
    xref = (
        b"3 0 obj\n<</Type/XRef/Size 5/W[1 4 1]/Root 1 0 R/Length %d>>\nstream\n" % len(rows)
        + rows
        + b"\nendstream\nendobj\n"
    )
    return head + stream + xref + b"startxref\n%d\n%%%%EOF\n" % table


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png_bomb(width: int = 60_000, height: int = 60_000) -> bytes:
    """Four gigapixels of black in a few hundred bytes."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(bytes(100_000))) + chunk(b"IEND", b"")


def zipped(name: str = "a.txt", content: bytes = b"x") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(name, content)
    return out.getvalue()
