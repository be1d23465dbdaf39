"""Who may print a box's poster, and what comes out."""

import io

import pytest
import zxingcpp
from PIL import Image

from tests.accounts.signing_in import enter
from tests.cast import Cast
from tests.conftest import FaceClient

PDF, PNG = "/boxes/na-co-sa/poster.pdf", "/boxes/na-co-sa/poster.png"
pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    cast = Cast()
    _ = cast.box
    return cast


def test_an_officer_of_the_post_prints_its_poster(desk: FaceClient, cast: Cast) -> None:
    enter(desk, cast.hoa)
    answer = desk.get(PDF)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"] == 'inline; filename="ap-phich-na-co-sa.pdf"'
    assert answer.content.startswith(b"%PDF-")


def test_the_picture_holds_the_same_qr(desk: FaceClient, cast: Cast) -> None:
    enter(desk, cast.hoa)
    answer = desk.get(PNG, {"lang": "en"})
    assert answer.headers["Content-Type"] == "image/png"
    picture = Image.open(io.BytesIO(answer.content))
    assert picture.size == (1240, 1754)
    [found] = zxingcpp.read_barcodes(picture)
    assert found.text == f"http://127.0.0.1:8000/b/na-co-sa#{cast.keys.root.fingerprint}"


def test_the_administrator_prints_it_too(desk: FaceClient, cast: Cast) -> None:
    enter(desk, cast.quan)
    assert desk.get(PDF).status_code == 200


@pytest.mark.parametrize("address", [PDF, PNG])
def test_o2_the_neighbour_communes_officer_is_told_that_there_is_no_such_page(
    desk: FaceClient, cast: Cast, address: str
) -> None:
    enter(desk, cast.lan)
    assert desk.get(address).status_code == 404
    assert desk.get(address.replace("na-co-sa", "khong-co")).status_code == 404


def test_a_box_without_a_key_gets_one_sentence_and_no_poster(desk: FaceClient, cast: Cast) -> None:
    cast.box.root = ""
    cast.box.save()
    enter(desk, cast.hoa)
    answer = desk.get(PDF)
    assert answer.status_code == 409
    assert "Hộp thư này chưa có khoá" in answer.content.decode()


@pytest.mark.parametrize("lang", ["xx", "vi", "\x00", "en'><script>"])
def test_a_language_that_the_box_has_not_gets_one_sentence(desk: FaceClient, cast: Cast, lang: str) -> None:
    enter(desk, cast.hoa)
    answer = desk.get(PNG, {"lang": lang})
    assert answer.status_code == 409
    assert "không có ngôn ngữ" in answer.content.decode()
    assert b"<script>" not in answer.content


def test_a_poster_is_only_read(desk: FaceClient, cast: Cast) -> None:
    enter(desk, cast.hoa)
    assert desk.post(PDF).status_code == 405
