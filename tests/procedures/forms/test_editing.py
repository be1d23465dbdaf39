"""The editor's steps on pages: whatever is done, what comes out is a form, or is refused with a sentence."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keng.procedures.forms import editing
from keng.procedures.forms.dialect import read
from keng.procedures.forms.differences import differences
from keng.procedures.forms.editing import NoSuchSpot
from keng.procedures.forms.fields import Field, Heading, Kind, Note, Page
from keng.procedures.forms.reading import Malformed
from keng.procedures.forms.writing import write
from tests.procedures.forms.forms import EVERY_KIND


def names(pages: list[Page]) -> list[list[str]]:
    return [[field.name for field in page.fields] for page in pages]


@pytest.mark.parametrize("kind", [*Kind, "heading", "note"])
def test_a_new_item_of_any_kind_can_be_used_as_it_is(kind: str) -> None:
    pages, spot = editing.add(editing.first_pages(), (0,), kind, "")
    assert editing.checked(pages) == pages
    assert editing.at(pages, spot) == pages[0].items[-1]


def test_a_new_field_is_named_after_its_label_and_once() -> None:
    pages = editing.first_pages()
    for _ in range(2):
        pages, _spot = editing.add(pages, (0,), "text", "Địa chỉ tạm trú")
    assert names(pages)[0][-2:] == ["dia_chi_tam_tru", "dia_chi_tam_tru_2"]
    assert editing.name_of("12 tháng", set()) == "o_12_thang"
    assert editing.name_of("漢字 — ✎", set()) == "o"
    assert len(editing.name_of("a" * 300, set())) <= 40


def test_a_new_field_comes_before_the_pledge_that_ends_a_page() -> None:
    pages, spot = editing.add(editing.first_pages(), (1,), "text", "Lý do")
    assert (names(pages)[1], spot) == (["ly_do", "pledge"], (1, 0))
    assert editing.add(pages, (1,), "pledge", "")[1] == (1, 2)


def test_groups_and_rows_take_fields_but_no_files_and_no_groups() -> None:
    pages, spot = editing.add(editing.first_pages(), (0,), "rows", "Người cùng đi")
    pages, inner = editing.add(pages, spot, "date", "Ngày sinh")
    assert editing.at(pages, inner).name == "ngay_sinh"
    for kind in ("rows", "group", "file", "pledge", "zzz"):
        with pytest.raises(Malformed):
            editing.add(pages, spot, kind, "")
    with pytest.raises(Malformed):
        editing.add(pages, (0, 0), "text", "")


def test_items_move_among_each_other_and_over_the_edge_of_a_page() -> None:
    pages = [
        Page("Một", items=(Field("a", Kind.TEXT, "A"), Heading("H"))),
        Page("Hai", items=(Field("b", Kind.TEXT, "B"), Note("N"))),
    ]
    assert editing.move(pages, (0, 0), 1)[0].items[0] == Heading("H")
    assert names(editing.move(pages, (1, 0), -1)) == [["a", "b"], []]
    assert editing.move(pages, (0, 1), 1)[1].items[0] == Heading("H")
    assert editing.move(pages, (0, 0), -1) == pages
    assert editing.move(pages, (1, 1), 1) == pages
    assert names(editing.move(pages, (0,), 1)) == [["b"], ["a"]]
    group = [Page("Một", items=(Field("g", Kind.GROUP, "G", fields=editing.person()),))]
    moved = editing.move(group, (0, 0, 0), 1)[0].fields[0]
    assert [one.name for one in moved.fields] == ["number", "name", "relation"]


def test_a_field_that_another_hangs_on_can_not_go() -> None:
    place = next(
        number for number, item in enumerate(EVERY_KIND[1].items) if isinstance(item, Field) and item.name == "why"
    )
    with pytest.raises(Malformed, match="Lý do cụ thể"):
        editing.checked(editing.put(EVERY_KIND, (1, place), None))


def test_choices_keep_their_values_when_they_are_reworded_around() -> None:
    before = (("work", "Làm việc"), ("other", "Lý do khác"))
    assert editing.choices_of("Học tập\r\n Làm việc \n\nLàm việc\nLý do khác", before) == (
        ("hoc_tap", "Học tập"), ("work", "Làm việc"), ("other", "Lý do khác"),
    )  # fmt: skip


@pytest.mark.parametrize("spot", ["", "a", "0.0.0.0", "-1", "9999", "0.", "٣", "0..1"])
def test_a_spot_that_makes_no_sense_is_not_there(spot: str) -> None:
    with pytest.raises(NoSuchSpot):
        editing.at(EVERY_KIND, editing.spot_of(spot))


SPOTS = st.lists(st.integers(0, 12), min_size=1, max_size=3).map(tuple)
STEPS = st.lists(
    st.tuples(st.just("move"), SPOTS, st.sampled_from([-1, 0, 1]))
    | st.tuples(st.just("drop"), SPOTS, st.none())
    | st.tuples(st.just("add"), SPOTS, st.sampled_from([*Kind, "heading"])),
    max_size=12,
)


@given(STEPS)
@settings(max_examples=150, deadline=None)
def test_any_steps_leave_a_form_that_reads_back_or_are_refused(
    steps: list[tuple[str, tuple[int, ...], object]],
) -> None:
    pages = EVERY_KIND
    for verb, spot, what in steps:
        try:
            if verb == "move":
                made = editing.move(pages, spot, what)
            elif verb == "drop":
                made = editing.put(pages, spot, None)
            else:
                made, _new = editing.add(pages, spot, what, "Ô")
            pages = editing.checked(made)
        except (NoSuchSpot, Malformed):
            continue
    assert write(read(*write(pages))) == write(pages)


def test_what_changed_is_told_in_lines() -> None:
    pages, _spot = editing.add(EVERY_KIND, (0,), "text", "Nghề nghiệp")
    pages = editing.put(pages, (0, 5), None)
    pages = editing.put(pages, (0, 1), Field("name", Kind.TEXT, "Họ tên", required=False, autocomplete="name", high=50))
    told = [(change.how, change.label, change.words) for change in differences(EVERY_KIND, pages)]
    assert told == [
        ("added", "Nghề nghiệp", "Chữ, một dòng"),
        ("dropped", "Thư điện tử", "Thư điện tử"),
        ("changed", "Họ tên", "tên ô, bắt buộc hay không"),
    ]
    assert differences(pages, pages) == []
    assert [one.how for one in differences(EVERY_KIND, editing.move(EVERY_KIND, (0, 2), 1))] == ["moved"]
    assert [one.label for one in differences(EVERY_KIND, editing.put(EVERY_KIND, (0, 0), Heading("Khác")))] == [
        "Lời trên trang"
    ]
