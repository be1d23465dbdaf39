"""The poster that hangs in a village: what it prints, and that a cheap phone reads its code."""

import io
import random
import re
from datetime import date

import pytest
import zxingcpp
from django.test import override_settings
from PIL import Image, ImageEnhance

from keng.core.pdf import pages_as_png
from keng.mailbox import poster
from keng.mailbox.models import Box
from keng.mailbox.sealing import fingerprint, unb64u
from tests.cast import Cast

PPI = 60
CM = PPI / 2.54

pytestmark = pytest.mark.django_db


@pytest.fixture
def box() -> Box:
    return Cast().box


def wall(box: Box, *, second: str = "") -> Image.Image:
    """The page for the wall, as a phone across the room sees it: 60 pixels an inch."""
    return Image.open(io.BytesIO(poster.as_png(box, second=second, ppi=PPI))).convert("L")


def read(picture: Image.Image) -> list[str]:
    return [found.text for found in zxingcpp.read_barcodes(picture)]


def pinned(box: Box) -> str:
    return f"http://127.0.0.1:8000/b/{box.slug}#{fingerprint(unb64u(box.root))}"


def sheets(pdf: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page\b", pdf))


def test_r4_the_qr_holds_the_address_with_the_whole_fingerprint_of_the_root(box: Box) -> None:
    assert read(wall(box)) == [pinned(box)]
    assert len(pinned(box).partition("#")[2]) == 26


@pytest.mark.parametrize("degrees", [3, 17, 45, 90, 133, 180, 271])
def test_the_qr_is_read_turned(box: Box, degrees: int) -> None:
    turned = wall(box).rotate(degrees, expand=True, fillcolor=255, resample=Image.Resampling.BICUBIC)
    assert read(turned) == [pinned(box)]


def test_the_qr_is_read_faded_by_the_sun_with_a_grainy_camera(box: Box) -> None:
    faded = ImageEnhance.Contrast(wall(box)).enhance(0.18)
    grain = random.Random(1)
    noisy = Image.new("L", faded.size)
    noisy.putdata([max(0, min(255, int(grey + grain.gauss(0, 6)))) for grey in faded.tobytes()])
    assert read(noisy.rotate(8, expand=True, fillcolor=200)) == [pinned(box)]


def test_the_qr_is_read_with_a_tenth_of_it_torn_off(box: Box) -> None:
    picture = wall(box)
    where = zxingcpp.read_barcodes(picture)[0].position
    torn = Image.new("L", (int((where.top_right.x - where.top_left.x) * 0.3),) * 2, 255)
    picture.paste(torn, (where.top_left.x + torn.width, where.top_left.y + torn.width))
    assert read(picture) == [pinned(box)]


def test_the_qr_is_at_least_nine_centimetres_wide(box: Box) -> None:
    where = zxingcpp.read_barcodes(wall(box))[0].position
    assert (where.top_right.x - where.top_left.x) / CM >= 9


def test_the_quiet_zone_round_the_qr_is_white_for_four_modules(box: Box) -> None:
    picture = wall(box)
    where = zxingcpp.read_barcodes(picture)[0].position
    module = (where.top_right.x - where.top_left.x) / 37  # version 5
    zone = int(4 * module) - 2  # the frame begins where the zone ends
    left, top = where.top_left.x - 2, where.top_left.y - 2
    assert min(picture.crop((left - zone, top - zone, where.top_right.x, top)).tobytes()) > 250
    assert min(picture.crop((left - zone, top, left, where.bottom_left.y)).tobytes()) > 250


@pytest.mark.parametrize("second", ["", "en"])
def test_nothing_is_printed_in_the_outer_centimetre(box: Box, second: str) -> None:
    picture = wall(box, second=second)
    inked = picture.point(lambda grey: 255 - grey).getbbox()
    assert inked is not None
    edge = int(CM)
    assert inked[0] >= edge
    assert inked[1] >= edge
    assert inked[2] <= picture.width - edge
    assert inked[3] <= picture.height - edge


def test_a_black_and_white_printer_loses_no_word_and_no_picture(box: Box) -> None:
    """Bronze on white is dark enough to stay when there are only black and white."""
    grey = wall(box)
    black = grey.point(lambda level: 0 if level < 150 else 255)
    heading = black.crop((int(1.4 * CM), int(3 * CM), int(19 * CM), int(4.6 * CM)))
    assert 0.04 < heading.tobytes().count(0) / (heading.width * heading.height) < 0.5
    assert read(black) == [pinned(box)]


def test_the_short_code_is_the_first_twelve_characters_in_fours(box: Box) -> None:
    code = poster.short_code(box)
    assert [len(group) for group in code] == [4, 4, 4]
    assert pinned(box).partition("#")[2].startswith("".join(code))
    assert poster.values(box)["code"] == code


def test_the_heading_names_three_uses_so_that_scanning_proves_nothing(box: Box) -> None:
    said = poster.values(box)
    assert said["sentences"]["heading"] == ["Báo tin · Dịch vụ công · Cảnh báo"]  # type: ignore[index]
    assert said["office"] == "Đồn Biên phòng Na Cô Sa"
    assert said["place"] == "Xã Quảng Lâm, Điện Biên"
    assert said["address"] == "127.0.0.1:8000/b/na-co-sa"


def test_an_https_address_is_printed_without_its_scheme_but_kept_in_the_qr(box: Box) -> None:
    with override_settings(PUBLIC_ORIGIN="https://baotin.dienbien.example"):
        assert poster.values(box)["address"] == "baotin.dienbien.example/b/na-co-sa"
        assert read(wall(box))[0].startswith("https://baotin.dienbien.example/b/na-co-sa#")


def test_demo_keys_and_training_are_said_on_the_poster_and_change_what_is_seen(box: Box) -> None:
    usual = wall(box).tobytes()
    assert poster.values(box)["notices"] == []
    box.demo_keys = box.training = True
    assert poster.values(box)["notices"] == [
        ["Bản dùng thử: khoá dùng thử, đừng gửi tin thật"],
        ["Hộp thư để tập: tin gửi vào đây không ai xử lý"],
    ]
    assert wall(box).tobytes() != usual
    assert read(wall(box)) == [pinned(box)]


@pytest.mark.parametrize("second", ["", "en"])
def test_the_longest_names_still_fill_two_sheets_and_no_more(box: Box, second: str) -> None:
    box.slug, box.demo_keys, box.training = "trung-tam-phuc-vu-hanh-chinh-cong-abcdef", True, True
    box.office.name = "Trung tâm Phục vụ hành chính công phường Điện Biên Phủ và các xã lân cận của tỉnh"
    with override_settings(PUBLIC_ORIGIN="https://hop-thu-to-giac.congan.dienbien.gov.example"):
        assert sheets(poster.as_pdf(box, second=second)) == 2
        where = zxingcpp.read_barcodes(wall(box, second=second))[0].position
    assert (where.top_right.x - where.top_left.x) / CM >= 9


def test_a_name_with_markup_is_printed_as_it_stands(box: Box) -> None:
    box.office.name = '#panic("x") *đậm* $x$ <a> \\ `mã`'
    assert sheets(poster.as_pdf(box)) == 2


def test_a_second_language_stands_below_each_sentence(box: Box) -> None:
    sentences = poster.values(box, second="en")["sentences"]
    assert all(len(sentence) == 2 for name, sentence in sentences.items() if name != "hung_columns")  # type: ignore[attr-defined]


@pytest.mark.parametrize("second", ["vi", "xx", "hmn", "../en"])
def test_an_unknown_second_language_is_refused_with_a_sentence(box: Box, second: str) -> None:
    with pytest.raises(poster.NoPoster, match="không có ngôn ngữ"):
        poster.as_pdf(box, second=second)


def test_a_box_without_a_key_or_closed_has_no_poster(box: Box) -> None:
    box.closed_on = date(2026, 11, 1)
    with pytest.raises(poster.NoPoster, match="đã đóng"):
        poster.as_png(box)
    box.root = ""
    with pytest.raises(poster.NoPoster, match="chưa có khoá"):
        poster.as_png(box)


def test_the_second_sheet_tells_the_hanger_where_and_keeps_no_qr(box: Box) -> None:
    pages = pages_as_png(poster.FORMATS["a4"].template, poster.sheet([box]), ppi=PPI)
    assert len(pages) == 2
    assert read(Image.open(io.BytesIO(pages[1]))) == []
    said = poster.values(box)
    assert any("camera" in sentence for [sentence] in said["where_not"])  # type: ignore[attr-defined]
    assert pinned(box) in str(said["foot"])
