"""Run by `keng.core.confined` as a process of its own: a file comes in by stdin; its media type, a line end and a clean file go out.

What can't be taken is named in one word on stderr, with exit status 3 (`kinds.SENTENCES`). Knows nothing of the rest of the house.
"""

import io
import sys
import zlib
from collections.abc import Iterable, Iterator
from typing import Any

MOST_PIXELS, LONGEST_SIDE = 40_000_000, 20_000  # a phone's camera makes 12 to 50 million; three bytes each once decoded
MOST_PAGES, MOST_OBJECTS, MOST_VALUES = 200, 20_000, 500_000
MOST_INFLATED = 200 * 1024 * 1024  # bytes of all streams of a PDF together
QUALITY = 88
LAST = 2048  # bytes in which a whole PDF says that it ends
# What makes a PDF do something by itself, open or carry other files, or be a form that runs programs.
ACTIVE_KEYS = {"/JavaScript", "/JS", "/AA", "/XFA", "/RichMediaContent", "/RichMediaSettings"}
ACTIVE_DEEDS = {
    "/JavaScript", "/Launch", "/GoToR", "/GoToE", "/SubmitForm", "/ImportData", "/Rendition", "/Movie", "/Sound", "/GoTo3DView",
}  # fmt: skip
CARRIES_KEYS = {"/EmbeddedFiles", "/EmbeddedFile", "/EF", "/Collection"}
ACTIVE_LOOKS = {"/RichMedia", "/Screen", "/Movie", "/Sound", "/3D"}
STILL = {"/GoTo"}  # the only deed that may be done on opening: which page is shown


class Unfit(Exception):
    """`sys.stderr` gets its word."""


def picture(raw: bytes) -> tuple[str, bytes]:
    """A JPEG or PNG written anew, upright, without a byte of metadata or of what stood behind it. Raises Unfit."""
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = None  # looked at below, before anything is decoded
    try:
        with Image.open(io.BytesIO(raw), formats=["JPEG", "PNG"]) as file:
            if file.width * file.height > MOST_PIXELS or max(file.size) > LONGEST_SIDE:
                raise Unfit("pixels")
            kind = "PNG" if file.format == "PNG" else "JPEG"
            file.load()
            upright = ImageOps.exif_transpose(file)
    except (OSError, ValueError, SyntaxError, EOFError, MemoryError, OverflowError, ZeroDivisionError) as error:
        raise Unfit("broken") from error
    return f"image/{kind.lower()}", anew(upright, kind, as_fine_as(file) if kind == "JPEG" else {})


def as_fine_as(file: Any) -> dict[str, Any]:
    """What makes the new JPEG neither coarser than this one nor larger."""
    from PIL.JpegImagePlugin import get_sampling

    if file.mode not in ("L", "RGB") or not getattr(file, "quantization", None):
        return {"quality": QUALITY}
    return {"qtables": file.quantization, "subsampling": get_sampling(file)}


def anew(image: Any, kind: str, fineness: dict[str, Any]) -> bytes:
    if kind == "JPEG" and image.mode not in ("L", "RGB"):
        image = image.convert("RGB")
    transparency = image.info.get("transparency")
    image.info.clear()  # profiles and comments would be written again
    if transparency is not None and kind == "PNG":
        image.info["transparency"] = transparency
    out = io.BytesIO()
    image.save(out, kind, **fineness)
    return out.getvalue()


def document(raw: bytes) -> tuple[str, bytes]:
    """A PDF that does nothing by itself, written anew from what was read, so that nothing unread is in it. Raises Unfit.

    One that bears a signature stays as it is to the byte, or the signature would not hold; it must then have been read without a doubt.
    """
    import pikepdf

    if b"%%EOF" not in raw[-LAST:]:
        raise Unfit("broken")  # cut short: what could still be read would lack its last pages
    try:
        with pikepdf.open(io.BytesIO(raw), attempt_recovery=True) as pdf:
            if pdf.is_encrypted:
                raise Unfit("locked")
            look_through(pikepdf, pdf)
            if signed(pikepdf, pdf):
                if pdf.get_warnings() or b"%PDF-" not in raw[:8] or b"%%EOF" not in raw[-32:]:
                    raise Unfit("broken")
                return "application/pdf", raw
            return "application/pdf", rewritten(pikepdf, pdf)
    except pikepdf.PasswordError as error:
        raise Unfit("locked") from error
    except (pikepdf.PdfError, ValueError, RuntimeError, MemoryError, KeyError, TypeError, AttributeError) as error:
        raise Unfit("broken") from error


def look_through(pikepdf: Any, pdf: Any) -> None:
    """Every object, whether a page leads to it or not; those inside object streams are among them."""
    if len(pdf.objects) > MOST_OBJECTS or not 0 < len(pdf.pages) <= MOST_PAGES:
        raise Unfit("pages" if len(pdf.pages) else "broken")
    opening = pdf.Root.get("/OpenAction")
    if isinstance(opening, pikepdf.Dictionary) and str(opening.get("/S", "")) not in STILL:
        raise Unfit("active")
    inflated = 0
    for seen, value in enumerate(values(pikepdf, pdf.objects)):
        if seen > MOST_VALUES:
            raise Unfit("pages")
        if isinstance(value, pikepdf.Dictionary | pikepdf.Stream):
            still(value)
        if isinstance(value, pikepdf.Stream):
            if "/F" in value:  # its bytes would be fetched from another file
                raise Unfit("active")
            inflated += inflates_to(pikepdf, value, MOST_INFLATED - inflated)


def values(pikepdf: Any, objects: Iterable[Any]) -> Iterator[Any]:
    """What the objects hold, at any depth; what they only refer to is an object of its own."""
    for one in objects:
        todo = [one]
        while todo:
            value = todo.pop()
            yield value
            if isinstance(value, pikepdf.Array):
                children = list(value)
            elif isinstance(value, pikepdf.Dictionary | pikepdf.Stream):
                children = [value[key] for key in value.keys()]  # noqa: SIM118 - a PDF's dictionary iterates over nothing else
            else:
                continue
            todo += [child for child in children if isinstance(child, pikepdf.Object) and not child.is_indirect]


def still(value: Any) -> None:
    keys = set(value.keys())
    deed, looks, kind = (str(value.get(key, "")) for key in ("/S", "/Subtype", "/Type"))
    if keys & CARRIES_KEYS or looks == "/FileAttachment" or kind == "/EmbeddedFile":
        raise Unfit("carries")
    if keys & ACTIVE_KEYS or deed in ACTIVE_DEEDS or looks in ACTIVE_LOOKS:
        raise Unfit("active")


def inflates_to(pikepdf: Any, stream: Any, room: int) -> int:
    """Bytes of a stream once unpacked, counted without keeping them. Raises Unfit where they are more than `room`."""
    filters = stream.get("/Filter", [])
    names = [str(one) for one in filters] if isinstance(filters, pikepdf.Array) else [str(filters)]
    if len(names) > 2 or names.count("/FlateDecode") > 1 or "/LZWDecode" in names[1:]:
        raise Unfit("bomb")
    packed = stream.read_raw_bytes()
    if names[:1] != ["/FlateDecode"]:
        return len(packed)
    unpack, size = zlib.decompressobj(), 0
    try:
        while packed and not unpack.eof:
            size += len(unpack.decompress(packed, 1 << 20))
            packed = unpack.unconsumed_tail
            if size > room:
                raise Unfit("bomb")
    except zlib.error:
        return size  # a reader shows nothing of it, either
    return size


def signed(pikepdf: Any, pdf: Any) -> bool:
    held = (one for one in pdf.objects if isinstance(one, pikepdf.Dictionary))
    return any("/ByteRange" in one and "/Contents" in one for one in held)


def rewritten(pikepdf: Any, pdf: Any) -> bytes:
    for key in ("/Metadata", "/AF"):
        if key in pdf.Root:
            del pdf.Root[key]
    if "/Info" in pdf.trailer:
        del pdf.trailer["/Info"]
    out = io.BytesIO()
    pdf.save(
        out, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none,
        object_stream_mode=pikepdf.ObjectStreamMode.generate, deterministic_id=True,
    )  # fmt: skip
    return out.getvalue()


def main() -> None:
    raw = sys.stdin.buffer.read()
    try:
        kind, clean = document(raw) if b"%PDF-" in raw[:1024] else picture(raw)
    except Unfit as unfit:
        sys.stderr.write(str(unfit))
        sys.exit(3)
    sys.stdout.buffer.write(kind.encode() + b"\n" + clean)


if __name__ == "__main__":
    main()
