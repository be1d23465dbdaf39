"""`manage.py posters --all`: a province's posters in one file, with what was left out and why."""

import io
import re
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
import zxingcpp
from django.core.management import CommandError, call_command
from django.utils.timezone import localdate
from PIL import Image

from config.demo.client import BoxKeys
from keng.desk.management.commands.posters import Progress
from keng.mailbox.models import Box, KeyStatement
from keng.mailbox.poster import address
from tests.cast import Cast, office, open_box, unit
from tests.mailbox.test_poster_formats import printed

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    cast = Cast()
    _ = cast.box, cast.police
    return cast


def run(out: Path, *options: str) -> str:
    said = io.StringIO()
    call_command("posters", "--all", *options, str(out), stdout=said)
    return said.getvalue()


def pages(path: Path) -> int:
    return len(re.findall(rb"/Type/Page\b(?!s)", path.read_bytes()))


def test_all_open_boxes_of_the_province_stand_in_one_file(cast, tmp_path):
    out = tmp_path / "joined.pdf"
    said = run(out, "--format", "a5")
    assert "2 hộp thư, 0 bỏ qua" in said
    read = [zxingcpp.read_barcodes(Image.open(io.BytesIO(page)))[0].text for page in printed(tmp_path, 2)]
    assert read == [address(cast.police), address(cast.box)]
    assert [path.name for path in tmp_path.iterdir() if "pdf" in path.name] == ["joined.pdf"]


def test_a4_has_the_guide_for_the_hanger_behind_every_poster(cast, tmp_path):
    run(tmp_path / "a4.pdf")
    assert pages(tmp_path / "a4.pdf") == 4


def test_it_says_what_was_left_out_and_why(cast, tmp_path):
    keyless = {"office": cast.post, "languages": ["vi"]}
    Box.objects.create(slug="chua-khoa", title="A", **keyless)
    for slug, changed in (("de-tap", {"training": True}), ("da-dong", {"closed_on": localdate()})):
        made = open_box(slug, cast.post, BoxKeys(slug))
        Box.objects.filter(pk=made.pk).update(**changed)
    open_box("het-han", cast.post, BoxKeys("het-han"))
    KeyStatement.objects.filter(box__slug="het-han").update(until=localdate() - timedelta(days=1))
    said = run(tmp_path / "out.pdf")
    assert "Bỏ qua chua-khoa: chưa lập khoá" in said
    assert "Bỏ qua de-tap: hộp thư để tập" in said
    assert "Bỏ qua da-dong: đã đóng" in said
    assert "Bỏ qua het-han: khoá hết hạn" in said
    assert "2 hộp thư, 4 bỏ qua" in said


def test_another_province_is_left_to_its_own(cast, tmp_path):
    lai_chau = unit("12", "Lai Châu", "tinh")
    place = office("bp-ka-lang", "Đồn Biên phòng Ka Lăng", "border_post", unit("03439", "Thu Lũm", parent=lai_chau))
    open_box("ka-lang", place, BoxKeys("ka-lang"))
    assert "1 hộp thư" in run(tmp_path / "out.pdf", "--province", "12")
    assert "2 hộp thư" in run(tmp_path / "out.pdf", "--province", "11")


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--province", "99"], "Không có tỉnh"),
        (["--province", "03164"], "Không có tỉnh"),
        (["--format", "a3"], "format"),
    ],
)
def test_what_can_not_be_printed_is_refused_and_writes_nothing(cast, tmp_path, options, sentence):
    with pytest.raises(CommandError, match=sentence):
        run(tmp_path / "out.pdf", *options)
    assert list(tmp_path.iterdir()) == []


def test_without_all_nothing_is_printed(cast, tmp_path):
    with pytest.raises(CommandError, match="--all"):
        call_command("posters", str(tmp_path / "out.pdf"))


def test_a_folder_that_is_not_there_is_said_in_a_sentence_and_an_old_file_stays_when_printing_fails(
    cast, tmp_path, monkeypatch
):
    with pytest.raises(CommandError, match="Không ghi được"):
        run(tmp_path / "no" / "out.pdf")
    old = tmp_path / "out.pdf"
    old.write_bytes(b"old")

    def full(*args, **options):
        yield 1
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("keng.desk.management.commands.posters.write_pdf", full)
    with pytest.raises(CommandError, match="No space left"):
        run(old)
    assert old.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [old]


def test_on_a_terminal_a_bar_grows_elsewhere_there_are_plain_lines():
    said: list[str] = []
    bar = Progress(lambda text, ending: said.append(text + ending), all=40, terminal=True)
    for done in (4, 20, 40):
        bar.show(done)
    assert [line[0] for line in said] == ["\r"] * 3
    assert said[0].count("█") < said[1].count("█") < said[2].count("█") == 32
    assert said[-1].endswith(" 40/40\n")
    said.clear()
    plain = Progress(lambda text, ending: said.append(text + ending), all=1000, terminal=False)
    for done in range(4, 1001, 4):
        plain.show(done)
    assert len(said) == 10
    assert said[-1] == "1000/1000\n"
    assert "\r" not in "".join(said)


def test_the_command_tells_how_it_is_used():
    done = subprocess.run(
        [sys.executable, "manage.py", "posters", "--help"], capture_output=True, text=True, check=True, timeout=60
    )
    assert "stickers" in done.stdout
