"""What photos and recordings are told apart by, before and after they are written anew, in a real browser."""

import base64
import io
import struct

import pytest
from PIL import Image
from playwright.sync_api import Page


def encoded(kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    Image.new("RGBA" if options.pop("alpha", False) else "RGB", (321, 123), "#8a5a00").save(out, kind, **options)
    return out.getvalue()


def jpeg_with_long_headers() -> bytes:
    """Several segments, and padding between them, before the one that tells the size."""
    plain = encoded("JPEG")
    segments = b"".join(b"\xff\xe1" + struct.pack(">H", 60_000) + bytes(59_998) for _ in range(5))
    return plain[:2] + segments + b"\xff\xff" + plain[2:]


PICTURES = {
    "jpeg": encoded("JPEG"),
    "progressive jpeg": encoded("JPEG", progressive=True),
    "jpeg with long headers": jpeg_with_long_headers(),
    "png": encoded("PNG"),
    "webp, lossy": encoded("WEBP"),
    "webp, lossless": encoded("WEBP", lossless=True),
    "webp, extended": encoded("WEBP", lossless=False, alpha=True, exif=b"Exif\0\0" + bytes(40)),
}


@pytest.mark.parametrize("kind", PICTURES)
def test_a_pictures_size_is_read_from_its_header(protocol: Page, kind: str) -> None:
    size = protocol.evaluate("(raw) => lab.photo.sizeOf(new Uint8Array(raw))", list(PICTURES[kind]))
    assert size == {"width": 321, "height": 123}


@pytest.mark.parametrize(
    ("size", "refused"), [((8000, 8000), False), ((8001, 8000), True), ((10_000, 10_000), True), ((0, 5), True)]
)
def test_a_picture_of_more_than_64_megapixels_is_refused_before_it_is_decoded(
    protocol: Page, size: tuple[int, int], refused: bool
) -> None:
    head = b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR" + struct.pack(">II", *size) + bytes(40)
    fault = protocol.evaluate("(raw) => lab.fault(() => lab.photo.sizeOf(new Uint8Array(raw)))", list(head))
    assert (fault is not None) == refused


def chunks(webp: bytes) -> set[bytes]:
    """Names of a WebP file's chunks."""
    names, at = set(), 12
    while at < len(webp):
        names.add(webp[at : at + 4])
        size = struct.unpack("<I", webp[at + 4 : at + 8])[0]
        at += 8 + size + size % 2
    return names


def test_a_photo_leaves_as_a_picture_alone_and_at_most_1280_wide(protocol: Page) -> None:
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "MARKER"
    Image.effect_noise((2000, 1500), 90).convert("RGB").save(out, "JPEG", exif=exif, comment=b"MARKER", quality=95)
    assert b"MARKER" in out.getvalue()
    name, raw = protocol.evaluate(
        """async (b64) => {
          const { name, bytes } = await lab.photo.cleanPhoto(new Blob([lab.bytes.unb64(b64)]))
          return [name, [...bytes]]
        }""",
        base64.b64encode(out.getvalue()).decode(),
    )
    with Image.open(io.BytesIO(bytes(raw))) as picture:
        assert (name, picture.format, picture.size) == ("photo.webp", "WEBP", (1280, 960))
        assert not picture.getexif()
    assert b"MARKER" not in bytes(raw)
    assert chunks(bytes(raw)) <= {b"VP8X", b"VP8 ", b"ICCP"}  # neither EXIF nor XMP


def test_where_the_browser_makes_no_webp_the_photo_leaves_as_jpeg(protocol: Page) -> None:
    name, first, marker = protocol.evaluate(
        """async (raw) => {
          const native = HTMLCanvasElement.prototype.toBlob
          HTMLCanvasElement.prototype.toBlob = function (done, type, quality) {
            native.call(this, done, type === "image/webp" ? "image/png" : type, quality)
          }
          const { name, bytes } = await lab.photo.cleanPhoto(new Blob([new Uint8Array(raw)]))
          HTMLCanvasElement.prototype.toBlob = native
          return [name, bytes[0], bytes[3]]
        }""",
        list(PICTURES["jpeg"]),
    )
    assert (name, first, marker) == ("photo.jpg", 0xFF, 0xE0)  # JFIF, no EXIF


def box(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", 8 + len(body)) + kind + body


def test_the_times_in_an_mp4_recording_are_zeroed_and_nothing_else(protocol: Page) -> None:
    """ISO 14496-12: creation and modification time follow version and flags, 4 bytes each, or 8 in version 1."""
    now = struct.pack(">I", 3_900_000_000)
    sound = box(b"mdat", b"\x01\x02mvhd" + now * 4)

    def file(time: bytes) -> bytes:
        track = box(b"tkhd", bytes(4) + time * 2 + bytes(72)) + box(
            b"mdia", box(b"mdhd", b"\x01\0\0\0" + time * 4 + bytes(16))
        )
        return (
            box(b"ftyp", b"M4A \0\0\0\0")
            + box(b"moov", box(b"mvhd", bytes(4) + time * 2 + bytes(88)) + box(b"trak", track))
            + sound
        )

    cleaned = protocol.evaluate(
        "(raw) => { const b = new Uint8Array(raw); lab.voice.withoutTimes(b); return [...b] }", list(file(now))
    )
    assert bytes(cleaned) == file(bytes(4))


@pytest.mark.parametrize("damage", [b"", b"\0" * 7, b"\0\0\0\0moov", b"\xff\xff\xff\xffmoov", b"\0\0\0\x08moov\0\0"])
def test_a_damaged_mp4_is_left_alone_without_hanging(protocol: Page, damage: bytes) -> None:
    kept = protocol.evaluate(
        "(raw) => { const b = new Uint8Array(raw); lab.voice.withoutTimes(b); return [...b] }", list(damage)
    )
    assert bytes(kept) == damage


def test_the_wav_that_is_written_anew_sounds_as_it_did(protocol: Page) -> None:
    """Decoded again by the browser, a tone differs from what it was by no more than mu-law does."""
    length, worst = protocol.evaluate(
        """async () => {
          const tone = Float32Array.from({ length: 8001 }, (_, i) => 0.7 * Math.sin(i / 5))
          const bytes = lab.voice.wav(tone)
          const sound = await new OfflineAudioContext(1, 1, 8000).decodeAudioData(bytes.buffer)
          const again = sound.getChannelData(0)
          return [again.length, Math.max(...tone.map((sample, i) => Math.abs(sample - again[i])))]
        }"""
    )
    assert length == 8001
    assert worst < 0.025
