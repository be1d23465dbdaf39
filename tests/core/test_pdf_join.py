"""Many PDFs become one: nothing lost, nothing mixed up, and read back by another program's reader."""

import io
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keng.core.pdf import pages_as_png, pdf
from keng.core.pdf_join import Joined

LETTERS = """#let said = json(bytes(sys.inputs.values))
#set page(width: 30mm, height: 20mm, margin: 2mm)
#for word in said.words [#word #pagebreak(weak: true)]
"""
SHOWN = '#set page(width: 30mm, height: 20mm, margin: 0mm)\n#image("joined.pdf", page: int(json(bytes(sys.inputs.values)).page))'


@pytest.fixture
def made(tmp_path: Path) -> Path:
    (tmp_path / "words.typ").write_text(LETTERS)
    (tmp_path / "shown.typ").write_text(SHOWN)
    return tmp_path


def joined(folder: Path, *parts: tuple[list[str], int], title: str = "") -> bytes:
    out = io.BytesIO()
    whole = Joined(out, title=title)
    for words, times in parts:
        whole.add(pdf(folder / "words.typ", {"words": words}, plain=True), times=times)
    whole.finish()
    (folder / "joined.pdf").write_bytes(out.getvalue())
    return out.getvalue()


def shown(folder: Path, page: int) -> bytes:
    """Page `page` of the joined file as a picture, read by typst's own PDF reader."""
    [picture] = pages_as_png(folder / "shown.typ", {"page": str(page)}, ppi=120)
    return picture


def count(made: bytes) -> int:
    return len(re.findall(rb"/Type/Page\b(?!s)", made))


def test_every_page_comes_out_as_it_was_and_in_order(made: Path) -> None:
    joined(made, (["một", "hai"], 1), (["ba"], 1))
    three = [shown(made, page) for page in (1, 2, 3)]
    for alone, page in ((["một"], 0), (["hai"], 1), (["ba"], 2)):
        joined(made, (alone, 1))
        assert shown(made, 1) == three[page]
    assert len(set(three)) == 3


def test_a_part_hung_several_times_is_shared_and_each_copy_shows_the_same(made: Path) -> None:
    once = joined(made, (["tờ", "sau"], 1))
    thrice = joined(made, (["tờ", "sau"], 3))
    assert [count(once), count(thrice)] == [2, 6]
    assert len(thrice) < len(once) + 2000
    pages = [shown(made, page) for page in range(1, 7)]
    assert pages[0] == pages[2] == pages[4] != pages[1] == pages[3] == pages[5]


def test_a_page_that_is_not_there_is_not_invented(made: Path) -> None:
    joined(made, (["một"], 2))
    with pytest.raises(Exception, match="page"):
        shown(made, 3)


def test_the_title_is_written_with_its_accents(made: Path) -> None:
    assert "Điện Biên".encode("utf-16-be").hex().encode() in joined(made, (["một"], 1), title="Điện Biên")


@given(st.lists(st.integers(1, 4), min_size=1, max_size=5))
def test_the_table_of_offsets_points_at_every_object(
    tmp_path_factory: pytest.TempPathFactory, sizes: list[int]
) -> None:
    folder = tmp_path_factory.mktemp("join")
    (folder / "words.typ").write_text(LETTERS)
    whole = joined(folder, *((["x"] * size, 1) for size in sizes))
    table = int(whole[whole.rindex(b"startxref") :].split()[1])
    lines = whole[table:].split(b"\r\n")
    number = 0
    for number, line in enumerate(lines[1:], start=1):
        if line.endswith(b" n"):
            assert whole[int(line[:10]) :].startswith(b"%d 0 obj\n" % number)
    assert count(whole) == sum(sizes)
    assert b"/Count %d/" % sum(sizes) in whole
