"""What is taken and what is refused, by what is in a file and nothing else (S3); what is taken is written anew (R8's rule, for papers)."""

import io
import subprocess
import time

import pikepdf
import pytest
from PIL import Image

from keng.core import confined
from keng.procedures.errors import Refused
from keng.procedures.filing import kinds
from tests.procedures.filing import made

SCRIPTS = [
    made.named_script, made.opening_script, made.opening_program, made.page_deeds, made.button, made.chained, made.xfa,
    made.media, made.hidden, made.other_file, made.fetched,
]  # fmt: skip


def refused(raw: bytes) -> str:
    with pytest.raises(kinds.BadFile) as error:
        kinds.clean(raw)
    assert str(error.value.sentence).endswith(".")
    assert error.value.status in (400, 413)
    return error.value.code


@pytest.mark.parametrize(
    ("raw", "kind"),
    [(made.jpeg(), "image/jpeg"), (made.png(), "image/png"), (made.pdf(3), "application/pdf")],
    ids=["JPEG", "PNG", "PDF"],
)
def test_the_three_kinds_are_known_by_their_content(raw: bytes, kind: str) -> None:
    clean = kinds.clean(raw)
    assert clean.kind == kind
    assert kinds.clean(clean.content) == clean  # what is kept would be taken again


def test_a_picture_loses_what_it_tells_of_the_place_and_keeps_what_it_shows() -> None:
    exif = Image.Exif()
    exif[0x010E], exif[0x0112] = made.MARKER.decode(), 6  # description; lies on its side
    exif.get_ifd(0x8825)[1] = "N"
    raw = made.jpeg((40, 30), exif=exif, comment=made.MARKER, icc_profile=made.MARKER * 9, quality=60)
    assert made.MARKER in raw
    clean = kinds.clean(raw).content
    with Image.open(io.BytesIO(clean)) as picture:
        assert picture.size == (30, 40)  # upright
        assert not picture.getexif()
        assert set(picture.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    assert made.MARKER not in clean


def test_a_png_loses_its_texts_too() -> None:
    noted = Image.new("P", (9, 9))
    noted.info["transparency"] = 0
    out = io.BytesIO()
    noted.save(out, "PNG", transparency=0, dpi=(72, 72), icc_profile=made.MARKER * 3)
    raw = out.getvalue()
    raw = raw[:-12] + made.chunk(b"tEXt", b"Author\0" + made.MARKER) + raw[-12:]
    clean = kinds.clean(raw).content
    assert made.MARKER not in clean
    assert b"iCCP" not in clean
    with Image.open(io.BytesIO(clean)) as picture:
        assert picture.info == {"transparency": 0}


def test_a_photograph_written_anew_is_not_much_larger() -> None:
    raw = io.BytesIO()
    Image.effect_noise((800, 600), 60).convert("RGB").save(raw, "JPEG", quality=50)
    assert len(kinds.clean(raw.getvalue()).content) < len(raw.getvalue()) * 1.1


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_pngs_of_every_colour_are_taken(mode: str) -> None:
    out = io.BytesIO()
    Image.new(mode, (8, 8)).save(out, "PNG")
    assert kinds.clean(out.getvalue()).kind == "image/png"


def test_a_jpeg_for_printing_is_taken() -> None:
    out = io.BytesIO()
    Image.new("CMYK", (8, 8)).save(out, "JPEG")
    with Image.open(io.BytesIO(kinds.clean(out.getvalue()).content)) as picture:
        assert picture.mode == "RGB"


@pytest.mark.parametrize("stream", [False, True], ids=["plain", "in an object stream"])
@pytest.mark.parametrize("change", SCRIPTS, ids=lambda change: change.__name__)
def test_s3_a_pdf_that_does_something_is_refused(change: object, stream: bool) -> None:
    mode = pikepdf.ObjectStreamMode.generate if stream else pikepdf.ObjectStreamMode.disable
    assert refused(made.pdf(change=change, object_stream_mode=mode)) == "active"


def test_s3_a_name_written_in_other_letters_is_the_same_name() -> None:
    raw = made.pdf(change=made.opening_script, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    assert raw.count(b"/JavaScript") == 1
    assert refused(raw.replace(b"/JavaScript", b"/J#61vaScript").replace(b"/JS", b"/J#53")) == "active"


def test_s3_a_pdf_that_carries_a_file_is_refused() -> None:
    assert refused(made.pdf(change=made.carried)) == "carries"


def test_s3_a_locked_pdf_is_refused_with_and_without_a_password() -> None:
    for user in ("", "mat khau"):
        locked = pikepdf.Encryption(owner="chu", user=user)
        assert refused(made.pdf(encryption=locked)) == "locked"


def test_s3_a_pdf_of_many_pages_is_refused() -> None:
    assert kinds.clean(made.pdf(200)).kind == "application/pdf"
    assert refused(made.pdf(201)) == "pages"


def test_links_and_a_first_page_to_show_do_no_harm() -> None:
    def links(pdf: pikepdf.Pdf) -> None:
        pdf.Root.OpenAction = pikepdf.Array([pdf.pages[0].obj, pikepdf.Name.Fit])
        there = pikepdf.Dictionary(S=pikepdf.Name.URI, URI=pikepdf.String("https://dichvucong.gov.vn"))
        link = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, A=there)
        pdf.pages[0].obj.Annots = pikepdf.Array([link])

    assert kinds.clean(made.pdf(change=links)).kind == "application/pdf"


def test_a_pdf_written_anew_names_no_author_and_holds_nothing_unread() -> None:
    raw = made.pdf(change=made.marked, compress_streams=False)
    assert made.MARKER in raw
    clean = kinds.clean(raw + b"\nPK\x03\x04" + made.MARKER).content
    assert made.MARKER not in clean


def test_a_signed_pdf_stays_as_it_is_to_the_byte() -> None:
    raw = made.pdf(change=made.signed)
    assert kinds.clean(raw).content == raw
    for spoilt in (raw + made.zipped(), b"\n" * 20 + raw, raw[:-40]):
        assert refused(spoilt) == "broken"


@pytest.mark.parametrize("change", [made.bomb, made.twice_packed], ids=["400 MB", "packed twice"])
def test_s3_a_pdf_that_unpacks_without_end_is_refused(change: object) -> None:
    assert refused(made.pdf(change=change, compress_streams=False)) == "bomb"


def test_s3_an_object_stream_without_end_costs_a_process_and_nothing_more() -> None:
    raw = made.object_stream_bomb()
    assert len(raw) < kinds.MOST
    began = time.monotonic()
    assert refused(raw) in ("broken", "bomb")
    # On a busy machine the clock ends it, not the processor's seconds.
    assert time.monotonic() - began < confined.PATIENCE + 10


@pytest.mark.parametrize(
    "raw", [made.png_bomb(), made.png_bomb(40_000_001, 1), made.png_bomb(20_001, 5)], ids=["4 Gpx", "a line", "a side"]
)
def test_s3_a_picture_of_too_many_points_is_refused_before_it_is_decoded(raw: bytes) -> None:
    assert refused(raw) == "pixels"


def test_s3_a_picture_that_claims_less_than_it_holds_is_no_bomb() -> None:
    head = made.chunk(b"IHDR", b"\0\0\0\x08\0\0\0\x08\x08\0\0\0\0")
    bomb = made.chunk(b"zTXt", b"a\0\0" + __import__("zlib").compress(bytes(300 << 20), 9))
    assert refused(b"\x89PNG\r\n\x1a\n" + head + bomb + made.chunk(b"IEND", b"")) == "broken"


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "empty"),
        (bytes(5000), "other"),
        (b"\0", "other"),
        (b"MZ" + bytes(900), "other"),
        (b"<html><script>alert(1)</script>", "other"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "other"),
        (b"GIF89a" + bytes(90), "other"),
        (made.zipped(), "office"),
        (made.zipped("word/document.xml"), "office"),
        (b"\xd0\xcf\x11\xe0" + bytes(900), "office"),
        (b"\0\0\0\x18ftypheic" + bytes(900), "heic"),
        (b"\0\0\0\x18ftypmp42" + bytes(900), "film"),
        (b"%PDF-1.7\n", "broken"),
        (b"%PDF-1.7\n" + bytes(90_000), "broken"),
        (made.pdf()[: len(made.pdf()) // 2], "broken"),
        (made.jpeg((900, 900))[:2000], "broken"),
        (made.png((900, 900))[:300], "broken"),
        (b"\xff\xd8\xff" + bytes(5000), "broken"),
        (b"\x89PNG\r\n\x1a\n", "broken"),
        (made.jpeg() + bytes(kinds.MOST), "large"),
    ],
    ids=["nothing", "zeros", "a NUL", "a program", "a page", "an SVG", "a GIF", "a zip", "a Word file", "an old Word file", "HEIC",
         "a film", "a PDF's first line", "a PDF of zeros", "half a PDF", "half a JPEG", "half a PNG", "a JPEG of zeros", "a PNG's head",
         "over 5 MB"],
)  # fmt: skip
def test_s3_what_cannot_be_taken_is_refused_in_a_sentence_that_says_what_to_do(raw: bytes, code: str) -> None:
    assert refused(raw) == code


def test_s3_a_picture_that_is_also_a_zip_and_a_page_is_only_a_picture_afterwards() -> None:
    for good in (made.jpeg(), made.png()):
        clean = kinds.clean(good + b"<script>alert(1)</script>" + made.zipped(content=made.MARKER)).content
        assert b"<script" not in clean
        assert b"PK\x03\x04" not in clean


def test_s3_a_picture_that_is_also_a_pdf_is_no_script() -> None:
    both = made.jpeg() + made.pdf(change=made.opening_script)
    assert b"%PDF-" in both[:1024]
    assert refused(both) == "active"


def test_s2_a_worker_that_dies_is_a_refusal_and_a_crowd_is_told_to_wait(
    monkeypatch: pytest.MonkeyPatch, tmp_path
) -> None:
    worker = tmp_path / "worker.py"
    worker.write_text("import os; os.abort()")
    monkeypatch.setattr(kinds, "WORKER", worker)
    assert refused(made.png()) == "broken"

    def none_to_spare(*_args: object, **_kwargs: object) -> None:
        raise BlockingIOError

    monkeypatch.setattr(subprocess, "run", none_to_spare)
    with pytest.raises(Refused) as error:
        kinds.clean(made.png())
    assert (error.value.code, error.value.status) == ("busy", 503)
