"""The poster in four formats: each holds the same QR, none tells one copy from another, and a cheap phone reads them all."""

import io
import random
import re
from pathlib import Path

import pytest
import zxingcpp
from django.test import override_settings
from PIL import Image, ImageEnhance

from keng.core.pdf import pages_as_png
from keng.desk.models import Place
from keng.mailbox import poster
from keng.mailbox.models import Box
from keng.mailbox.sealing import fingerprint, unb64u
from tests.cast import Cast

pytestmark = pytest.mark.django_db
PPI = 150
CM = PPI / 2.54
QRS = {"a4": [1, 0], "a5": [1], "stickers": [21], "cards": [10, 0]}
# What a QR must measure so that a phone held a hand's breadth away reads it.
SMALLEST_CM = {"a4": 9, "a5": 6.5, "stickers": 2.4, "cards": 3.5}
every_format = pytest.mark.parametrize("format", poster.FORMATS)


@pytest.fixture
def box() -> Box:
    return Cast().box


def pages(box: Box, format: str, *, second: str = "", ppi: float = PPI) -> list[Image.Image]:
    made = pages_as_png(poster.FORMATS[format].template, poster.sheet([box], second=second), ppi=ppi)
    return [Image.open(io.BytesIO(page)).convert("L") for page in made]


def read(picture: Image.Image) -> list[str]:
    return [found.text for found in zxingcpp.read_barcodes(picture)]


def printed(folder: Path, count: int) -> list[bytes]:
    """The first pages of `joined.pdf` as pictures, read by typst's own PDF reader."""
    shown = (
        "#set page(width: auto, height: auto, margin: 0mm)\n#let count = int(json(bytes(sys.inputs.values)).count)\n"
    )
    shown += '#for n in range(count) { image("joined.pdf", page: n + 1); pagebreak(weak: true) }'
    (folder / "shown.typ").write_text(shown)
    return pages_as_png(folder / "shown.typ", {"count": str(count)}, ppi=100)


def pinned(box: Box) -> str:
    return f"http://127.0.0.1:8000/b/{box.slug}#{fingerprint(unb64u(box.root))}"


@every_format
@pytest.mark.parametrize("second", ["", "en"])
def test_r4_every_qr_of_every_format_holds_the_pinned_root(box: Box, format: str, second: str) -> None:
    found = [read(page) for page in pages(box, format, second=second)]
    assert [len(page) for page in found] == QRS[format]
    assert {text for page in found for text in page} == {pinned(box)}


@every_format
def test_the_qr_is_large_enough_for_its_distance(box: Box, format: str) -> None:
    where = zxingcpp.read_barcodes(pages(box, format)[0])[0].position
    assert (where.top_right.x - where.top_left.x) / CM >= SMALLEST_CM[format]


@every_format
@pytest.mark.parametrize("second", ["", "en"])
def test_the_longest_names_and_both_notices_cost_no_sheet_and_no_qr(box: Box, format: str, second: str) -> None:
    box.slug, box.demo_keys, box.training = "trung-tam-phuc-vu-hanh-chinh-cong-abcdef", True, True
    box.office.name = "Trung tâm Phục vụ hành chính công phường Điện Biên Phủ và các xã lân cận của tỉnh"
    with override_settings(PUBLIC_ORIGIN="https://hop-thu-to-giac.congan.dienbien.gov.example"):
        found = pages(box, format, second=second)
        assert [len(read(page)) for page in found] == QRS[format]


@pytest.mark.parametrize("format", ["a5", "stickers", "cards"])
def test_what_is_cut_apart_stays_inside_what_a_printer_can_print(box: Box, format: str) -> None:
    """Ordinary printers leave 4 mm white; the marks to cut by may lie that far out, no letter may."""
    [picture, *_] = pages(box, format)
    inked = picture.point(lambda grey: 255 - grey).getbbox()
    assert inked is not None
    edge = 0.3 * CM
    assert inked[0] >= edge
    assert inked[1] >= edge
    assert inked[2] <= picture.width - edge
    assert inked[3] <= picture.height - edge


def one_sticker(box: Box, ppi: float = 200) -> Image.Image:
    """The first sticker of the sheet, as a phone of 2015 sees it from a hand's breadth away."""
    sheet = pages(box, "stickers", ppi=ppi)[0]
    mm = ppi / 25.4
    return sheet.crop((int(7.25 * mm), int(15.1 * mm), int(70.7 * mm), int(53.2 * mm)))


@pytest.mark.parametrize("degrees", [0, 7, 90, 180, 200])
def test_a_sticker_is_read_at_print_size_turned_faded_and_grainy(box: Box, degrees: int) -> None:
    faded = ImageEnhance.Contrast(one_sticker(box)).enhance(0.3)
    grain = random.Random(degrees)
    noisy = Image.new("L", faded.size)
    noisy.putdata([max(0, min(255, int(grey + grain.gauss(0, 6)))) for grey in faded.tobytes()])
    assert read(noisy.rotate(degrees, expand=True, fillcolor=200, resample=Image.Resampling.BICUBIC)) == [pinned(box)]


def test_a_sticker_is_read_with_scratches_and_a_corner_of_its_data_gone(box: Box) -> None:
    picture = one_sticker(box)
    where = zxingcpp.read_barcodes(picture)[0].position
    side = where.top_right.x - where.top_left.x
    # a scratch through the middle, and a hole in the lower right, where no finder pattern is
    picture.paste(
        255, (where.top_left.x, where.top_left.y + side // 2, where.top_right.x, where.top_left.y + side // 2 + 2)
    )
    hole = int(side * 0.18)
    at = (where.top_left.x + int(side * 0.55), where.top_left.y + int(side * 0.6))
    picture.paste(255, (*at, at[0] + hole, at[1] + hole))
    assert read(picture) == [pinned(box)]


def test_a_card_in_black_and_white_keeps_its_words_and_its_qr(box: Box) -> None:
    black = pages(box, "cards")[0].point(lambda level: 0 if level < 150 else 255)
    assert read(black) == [pinned(box)] * 10


@every_format
def test_copies_for_two_places_are_the_same_to_the_byte(box: Box, format: str) -> None:
    """No code of a place, of a copy or of an hour: whoever scans can't be told apart by where they stood."""
    Place.objects.create(office=box.office, kind="market", name="Chợ Quảng Lâm")
    market = poster.as_pdf(box, format=format)
    Place.objects.create(office=box.office, kind="school", name="Trường Na Cô Sa")
    assert poster.as_pdf(box, format=format) == market
    assert not {"Chợ Quảng Lâm", "Trường Na Cô Sa"} & set(re.findall(r'"([^"]*)"', str(poster.values(box))))


@pytest.mark.parametrize(
    ("format", "copies", "sheets"), [("a4", 3, 6), ("a5", 3, 3), ("stickers", 22, 2), ("cards", 21, 6)]
)
def test_as_many_sheets_as_the_copies_need_all_alike(
    box: Box, tmp_path: Path, format: str, copies: int, sheets: int
) -> None:
    made = poster.as_pdf(box, format=format, copies=copies)
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", made)) == sheets
    (tmp_path / "joined.pdf").write_bytes(made)
    shown = printed(tmp_path, sheets)
    sides = len(QRS[format])
    assert len(set(shown)) == sides
    assert len(set(shown[::sides])) == 1
    assert read(Image.open(io.BytesIO(shown[-sides])))[0] == pinned(box)


def test_many_boxes_in_one_file_each_with_its_own_root(box: Box, tmp_path: Path) -> None:
    police = box.above
    assert police is not None
    out = io.BytesIO()
    done = list(poster.write_pdf([box, police, box, box, police], out, format="a5", title="Điện Biên"))
    assert done == [4, 5]
    (tmp_path / "joined.pdf").write_bytes(out.getvalue())
    shown = [read(Image.open(io.BytesIO(page))) for page in printed(tmp_path, 5)]
    assert shown == [[pinned(one)] for one in (box, police, box, box, police)]


def test_an_unknown_format_is_refused_with_a_sentence(box: Box) -> None:
    with pytest.raises(poster.NoPoster, match="khổ in"):
        poster.as_pdf(box, format="../a4")
    with pytest.raises(poster.NoPoster, match="khổ in"):
        list(poster.write_pdf([box], io.BytesIO(), format="a3"))


def test_the_card_says_to_keep_the_receipt_elsewhere_and_the_guide_how_to_find_a_false_sticker(box: Box) -> None:
    said = poster.values(box)
    assert "đừng ghi lên thẻ này" in said["sentences"]["card_hide"][0]  # type: ignore[index]
    checks = {icon: sentence for icon, [sentence] in said["checks"]}  # type: ignore[attr-defined]
    assert "dán đè" in checks["check-edge"]
    assert "12 ký tự" in checks["check-code"]
    assert "gỡ cả tờ" in checks["found"]
    assert all((poster.PRINT / "icons" / f"{icon}.svg").is_file() for icon in checks)
